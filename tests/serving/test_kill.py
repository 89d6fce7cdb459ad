"""The server killed in the midst of writing: what was acknowledged is there, what was not is whole or absent."""

import asyncio
import random
from pathlib import Path

import pytest
from support.ledger import Ledger, account, writing
from support.serving import Server

SEED = 20261124


async def _until_killed(server: Server, ledger: Ledger, seconds: float) -> None:
    stop, begun = asyncio.Event(), asyncio.Event()

    async def kill() -> None:
        await begun.wait()
        await asyncio.sleep(seconds)
        server.kill()
        stop.set()

    await asyncio.gather(writing(server.port, ledger, stop, ready=begun.set), kill())


def _kill_often(data: Path, times: int) -> None:
    chance = random.Random(SEED)
    server = Server(data)
    ledger = Ledger()
    try:
        for _ in range(times):
            server.start()
            asyncio.run(_until_killed(server, ledger, chance.uniform(0.2, 1.2)))
        server.start()
        asyncio.run(account(server.port, ledger))
    finally:
        server.stop()
    assert len(ledger.filed) > times, "the writers hardly wrote: nothing was tested"
    checked = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_server_killed_five_times_lost_nothing_it_had_acknowledged(tmp_path: Path) -> None:
    """Four writers, five power cuts at random moments; then the ledger of the clients is held against the server."""
    _kill_often(tmp_path / "data", 5)


@pytest.mark.soak
def test_a_server_killed_fifty_times_lost_nothing_it_had_acknowledged(tmp_path: Path) -> None:
    """The same, fifty times."""
    _kill_often(tmp_path / "data", 50)
