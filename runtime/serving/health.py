"""Whether the server lives, and whether it should get work: `/healthz` for restarting it, `/readyz` for sending it requests."""

import asyncio
import time
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runtime import site as sites
from runtime.people import choices
from runtime.serving import metrics
from runtime.site import Site
from runtime.store.database import Unavailable

#: a check is good for this long, so that asking often costs nothing
GOOD_FOR = 1.0
PATIENCE = 2.0
HEARTBEAT = "heartbeat"


class Readiness:
    """Whether the database answers and keeps what it is given, tried at most once a second."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._until = 0.0
        self._ready = False
        self._trying = asyncio.Lock()

    async def check(self) -> bool:
        """Reads and writes one row: a full disk still reads."""
        async with self._trying:
            if time.monotonic() < self._until:
                return self._ready
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._site.database.write(beat, self._site.clock())
                self._ready = True
            except (Unavailable, TimeoutError, SQLAlchemyError):
                self._ready = False
            self._until = time.monotonic() + GOOD_FOR
            metrics.READY.set(self._ready)
            return self._ready


def beat(conn: Connection, now: datetime) -> None:
    """Writes the time into a row of its own."""
    choices.put(conn, HEARTBEAT, now.isoformat())


async def live(request: Request) -> Response:
    """The process answers; nothing else is asked, or a lost database would restart every server."""
    del request
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """The database keeps what it is given. 503 otherwise."""
    readiness: Readiness = request.app.state.readiness
    good = await readiness.check()
    if not good:
        return JSONResponse({"status": "database unavailable"}, 503, headers={"retry-after": "2"})
    return JSONResponse({"status": "first run" if sites.of(request).setup else "ready"})


routes = [Route("/healthz", live), Route("/readyz", ready)]
