"""The JSON API under /api/v1: what pages do, for programs, by the same code."""

import asyncio
import threading
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from runtime.site import Site

__all__ = ["Api"]


class Api:
    """The application over ``site``, made at its first request: where nobody uses it, no process holds FastAPI and its 10 MiB."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self._app: ASGIApp | None = None
        self._making = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # in a thread: pages are answered meanwhile
        app = self._app or await asyncio.to_thread(self._made)
        await app(scope, receive, send)

    def _made(self) -> ASGIApp:
        from runtime.api.create import create

        with self._making:
            self._app = self._app or create(self._site)
        return self._app
