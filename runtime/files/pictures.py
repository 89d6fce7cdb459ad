"""Small pictures of files, made by a process of its own: what decodes a stranger's file has limits of memory and time, and no way back."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import anyio
import structlog
from anyio import to_thread

log = structlog.get_logger(__name__)
#: decoders at once
AT_ONCE = 2
#: seconds a decoder may take
PATIENCE = 20.0
#: points of the longer side: of the picture in a list, of a page to read
SMALL, LARGE = 320, 1600
#: bytes of address space a decoder may have: the largest pictures that are taken fit in it
MEMORY = 1_500_000_000


async def make(path: Path, media: str, into: Path, *, page: int = 0) -> int:
    """Writes a WebP of the file at ``path`` to ``into``: a small one (0), or page ``page`` from 1. How many pages it has; 0: no picture
    could be made.
    """
    return await to_thread.run_sync(_make, path, media, into, page, limiter=_limiter())


def _make(path: Path, media: str, into: Path, page: int) -> int:
    size = LARGE if page else SMALL
    command = [sys.executable, "-I", str(Path(__file__).with_name("draw.py")), path, media, into, str(page), str(MEMORY), str(size)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 -- our own program, told no words of a user's
    except subprocess.TimeoutExpired:
        log.warning("no picture", media=media, why="too slow")
        return 0
    if done.returncode != 0 or not done.stdout.strip().isdigit():
        log.warning("no picture", media=media, why=done.returncode)
        return 0
    return int(done.stdout)


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)
