"""Asks a clamd whether a file is clean, by its INSTREAM command: the scanner needs not see our disk."""

import asyncio
import struct
from pathlib import Path
from urllib.parse import urlsplit

#: seconds a scan may take
PATIENCE = 60.0
PIECE = 1 << 16


class Infected(Exception):
    """Something was found; its name is for the log."""


class NoScanner(Exception):
    """The scanner was configured and does not answer: nothing may be taken in unscanned."""


async def scan(address: str, path: Path) -> None:
    """``address``: "tcp://host:3310" or "unix:///run/clamav/clamd.ctl". Raises Infected or NoScanner."""
    try:
        async with asyncio.timeout(PATIENCE):
            reply = await _ask(address, path)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise NoScanner(type(error).__name__) from error
    if reply.endswith("FOUND"):
        raise Infected(reply.removeprefix("stream: ").removesuffix(" FOUND"))
    if not reply.endswith("OK"):
        raise NoScanner(reply[:200])


async def _ask(address: str, path: Path) -> str:
    parts = urlsplit(address)
    opened = (
        asyncio.open_unix_connection(parts.path) if parts.scheme == "unix" else asyncio.open_connection(parts.hostname, parts.port or 3310)
    )
    reader, writer = await opened
    try:
        writer.write(b"zINSTREAM\0")
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                writer.write(struct.pack(">L", len(piece)) + piece)
                await writer.drain()
        writer.write(struct.pack(">L", 0))
        await writer.drain()
        return (await reader.read(4096)).rstrip(b"\0\n").decode("utf-8", "replace")
    finally:
        writer.close()
