"""On PostgreSQL, what one process leaves to be done wakes the others too: LISTEN and NOTIFY, beside the commits and never within one.

A notification is a hint. A commit that carried one would take a lock that all such commits share, and the rows say everything anyway.
"""

import asyncio
import contextlib
from datetime import UTC, datetime

import psycopg
import sqlalchemy as sa

from runtime.site import Site
from runtime.store.bell import Bell
from runtime.store.database import Unavailable

CHANNEL = "dabashou_work"
#: seconds between two notifications of a process at least, and before a lost connection is made again
APART, AGAIN = 0.1, 1.0


async def listen(site: Site, url: sa.URL) -> None:
    """Rings the bell for what other processes tell, for ever."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        with contextlib.suppress(psycopg.Error):
            async with await psycopg.AsyncConnection.connect(plain, autocommit=True, connect_timeout=5) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                async for told in connection.notifies():
                    with contextlib.suppress(ValueError):
                        site.database.bell.hear(datetime.fromisoformat(told.payload))
        await asyncio.sleep(AGAIN)


async def tell(site: Site) -> None:
    """Tells other processes what has rung here, for ever."""
    said = Told(site.database.bell)
    while True:
        at = await said.earliest()
        with contextlib.suppress(Unavailable):
            await site.database.write(_notify, at)
        await asyncio.sleep(APART)


def _notify(conn: sa.Connection, at: datetime) -> None:
    conn.execute(sa.select(sa.func.pg_notify(CHANNEL, at.astimezone(UTC).isoformat())))


class Told:
    """Collects what rings until somebody asks."""

    def __init__(self, bell: Bell) -> None:
        self._loop = asyncio.get_running_loop()
        self._at: datetime | None = None
        self._there = asyncio.Event()
        bell.tellers.append(self._hear)

    def _hear(self, at: datetime) -> None:
        self._at = min(self._at or at, at)
        if not self._there.is_set():
            self._loop.call_soon_threadsafe(self._there.set)

    async def earliest(self) -> datetime:
        """The earliest moment that rang since the last call; waits for one."""
        while (at := self._at) is None:
            self._there.clear()
            await self._there.wait()
        self._at = None
        return at
