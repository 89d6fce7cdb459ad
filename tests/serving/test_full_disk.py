"""A disk that is full: 503 for what cannot be kept, reads go on, the readiness is red; it recovers when there is room again.

Needs the right to mount a small file system in memory (root).
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.ledger import TRIP, Ledger, Once, account, writing
from support.serving import Client, Server

pytestmark = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None, reason="only root may mount")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount a tmpfs here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    """Takes the last byte there is."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 512, 1):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    return filler


def test_a_full_disk_stops_writing_and_nothing_else(small: Path) -> None:
    """Three times full, in the midst of writing; the same process goes on each time."""
    server, ledger = Server(small / "data"), Ledger()
    # its log would be lost with the disk
    server.log = small.parent / "server.log"

    async def until(count: int) -> None:
        await asyncio.wait_for(writing(server.port, ledger, Once(lambda: len(ledger.acknowledged) >= count), patient=True), 60)

    async def until_full() -> Path:
        filler: list[Path] = []
        enough = Once(lambda: ledger.unavailable >= full)
        full = ledger.unavailable + 8
        await asyncio.wait_for(
            writing(server.port, ledger, enough, patient=True, ready=lambda: filler.append(_fill(small))),
            60,
        )
        return filler[0]

    async def reading(token: str) -> None:
        client = Client(server.port, token)
        for told in list(ledger.filed.values())[:20]:
            assert (await client.send("GET", f"/cases/{told['id']}")).status == 200
        ledger.unsure.add(key := f"vain-{ledger.unavailable}")
        assert (await client.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=key)).status == 503
        client.close()

    async def token() -> str:
        client = await Client.sign_in(server.port, "chen-xiaolin")
        client.close()
        return client.token

    try:
        server.start()
        for number in range(1, 4):
            asyncio.run(until(20 * number))
            held = asyncio.run(token())
            filler = asyncio.run(until_full())
            server.until_ready(5, 503)
            assert server.status("/healthz") == 200
            asyncio.run(reading(held))
            filler.unlink()
            assert server.until_ready(5) < 5
        asyncio.run(until(80))
        asyncio.run(account(server.port, ledger))
    finally:
        server.stop()
    checked = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
