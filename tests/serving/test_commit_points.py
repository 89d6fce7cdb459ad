"""The server killed, or its disk broken, at the Nth synchronous write: strace stops the very system call that makes a commit last.

Needs `strace` (apt install strace).
"""

import asyncio
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from support.ledger import TRIP, Ledger, Once, account, writing
from support.serving import Client, Server

SYNC = "fsync,fdatasync"
#: of 1 … 40, what every test run tries; the rest with --soak
SLICE = (1, 3, 7)
POINTS = [pytest.param(n, marks=() if n in SLICE else pytest.mark.soak) for n in range(1, 41)]

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: apt install strace")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a demo that was started once, to be copied: its first start has syncs of its own."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    server = Server(data)
    server.start()
    server.stop()
    return data


@contextmanager
def injected(server: Server, what: str) -> Iterator[None]:
    """``what`` happens at synchronous writes of the server, counted from now on for each thread; one thread commits."""
    assert server.process is not None
    log = server.data.parent / "strace.log"
    command = ["strace", "-f", "-q", "-o", str(log), "-p", str(server.process.pid), "-e", f"trace={SYNC}", "-e", f"inject={SYNC}:{what}"]
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _attached(server.process.pid, tracer)
        yield
    finally:
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        assert tracer.stderr is not None
        tracer.stderr.close()
        tracer.wait(20)


def _attached(pid: int, tracer: "subprocess.Popen[bytes]") -> None:
    """Waits until every thread is traced."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if tracer.poll() is not None:
            assert tracer.stderr is not None
            said = tracer.stderr.read().decode()
            if "Operation not permitted" in said:
                pytest.skip(f"strace may not attach here: {said.strip()}")
            raise AssertionError(said)
        tasks = Path(f"/proc/{pid}/task").glob("*/status")
        if all("TracerPid:\t0\n" not in task.read_text() for task in tasks):
            return
        time.sleep(0.01)
    raise AssertionError("strace did not attach")


@pytest.mark.parametrize("n", POINTS)
def test_killed_at_a_commit_point_it_lost_nothing_and_left_nothing_half_done(n: int, prepared: Path, tmp_path: Path) -> None:
    """SIGKILL as the Nth synchronous write begins: the transaction is whole or absent, and its key finds out which."""
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    server, ledger = Server(data), Ledger()

    async def until_dead(stack: ExitStack) -> None:
        def inject() -> None:
            stack.enter_context(injected(server, f"signal=SIGKILL:when={n}"))

        await asyncio.wait_for(writing(server.port, ledger, asyncio.Event(), ready=inject), 60)

    try:
        server.start()
        with ExitStack() as stack:
            asyncio.run(until_dead(stack))
            assert server.process is not None
            assert server.process.wait(20) == -signal.SIGKILL
        server.start()
        asyncio.run(account(server.port, ledger))
    finally:
        server.stop()
    _verified(server)


@pytest.mark.parametrize("n", POINTS)
def test_an_error_at_a_commit_point_fails_that_commit_alone(n: int, prepared: Path, tmp_path: Path) -> None:
    """EIO at the Nth synchronous write: 503 for those who shared it; the next ones are committed, by the same process."""
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    server, ledger = Server(data), Ledger()

    async def a_while(stack: ExitStack) -> None:
        def inject() -> None:
            stack.enter_context(injected(server, f"error=EIO:when={n}"))

        def struck() -> bool:
            return "INJECTED" in (data.parent / "strace.log").read_text()

        # an error within a checkpoint fails no commit: what it was to carry over is in the log already
        enough = Once(lambda: len(ledger.acknowledged) > n + 20 and struck())
        await asyncio.wait_for(writing(server.port, ledger, enough, patient=True, ready=inject), 60)

    try:
        server.start()
        with ExitStack() as stack:
            asyncio.run(a_while(stack))
        asyncio.run(account(server.port, ledger))
    finally:
        server.stop()
    _verified(server)


def test_while_every_commit_fails_reads_go_on_and_it_recovers_by_itself(prepared: Path, tmp_path: Path) -> None:
    """503 for writes, the readiness is red; once the disk is well, everything goes on without a restart."""
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    server, ledger = Server(data), Ledger()

    async def before() -> None:
        await asyncio.wait_for(writing(server.port, ledger, Once(lambda: len(ledger.acknowledged) > 8)), 60)

    async def broken(token: str) -> None:
        client = Client(server.port, token)
        for number in range(5):
            ledger.unsure.add(key := f"vain-{number}")
            assert (await client.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=key)).status == 503
            for told in list(ledger.filed.values())[:5]:
                assert (await client.send("GET", f"/cases/{told['id']}")).status == 200
        client.close()

    async def token() -> str:
        client = await Client.sign_in(server.port, "chen-xiaolin")
        client.close()
        return client.token

    try:
        server.start()
        asyncio.run(before())
        held = asyncio.run(token())
        with injected(server, "error=EIO:when=1+"):
            asyncio.run(broken(held))
            server.until_ready(5, 503)
            assert server.status("/healthz") == 200
        server.until_ready(5)
        asyncio.run(account(server.port, ledger))
    finally:
        server.stop()
    _verified(server)


def _verified(server: Server) -> None:
    checked = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
