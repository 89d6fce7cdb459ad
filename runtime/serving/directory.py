"""All pages as one route, found by the first part of their path: a request tries a handful of patterns and not each of fifty."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

#: routes that are made when somebody first asks for one of them
Later = Callable[[], Iterable[Route]]


class Directory(BaseRoute):
    """Routes in the order in which they are tried. Says of each request what its own route says of it.

    ``later``: by the first part of their path, routes whose modules a process has no need of until somebody goes there.
    """

    def __init__(self, routes: Iterable[Route], later: Mapping[str, Later] | None = None) -> None:
        self._parts: defaultdict[str, list[Route]] = defaultdict(list)
        self._later = {part: _Later(self, part, make) for part, make in (later or {}).items()}
        self._add(routes)

    def _add(self, routes: Iterable[Route]) -> None:
        # those without ids first, so that `/tasks/done` is not a task
        for route in sorted(routes, key=lambda route: "{" in route.path):
            self._parts[_first(route.path)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        nearly: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] == "http":
            part = _first(scope["path"])
            if part in self._later:
                return Match.FULL, {"route": self._later[part]}
            for route in self._parts.get(part, ()):
                match, child = route.matches(scope)
                if match is Match.FULL:
                    return match, {**child, "route": route}
                if match is Match.PARTIAL and nearly[0] is Match.NONE:
                    nearly = match, {**child, "route": route}
        return nearly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope["route"]
        await route.handle(scope, receive, send)

    def load(self, part: str, routes: Iterable[Route]) -> None:
        """``routes`` stand in the directory from now on, at the place that was kept for them."""
        # two requests may have come first: what one has put there stays
        if self._later.pop(part, None):
            self._add(routes)


class _Later(BaseRoute):
    """Stands for routes that nobody has asked for yet."""

    #: what the metrics call a request whose own route could not be made
    path = ""

    def __init__(self, directory: Directory, part: str, make: Later) -> None:
        self._directory = directory
        self._part = part
        self._make = make

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        # some tenths of a second of importing, beside the loop
        self._directory.load(self._part, await asyncio.to_thread(self._make))
        match, child = self._directory.matches(scope)
        if match is Match.NONE:
            raise HTTPException(404)
        scope.update(child)
        await self._directory.handle(scope, receive, send)


def _first(path: str) -> str:
    return path[1:].split("/", 1)[0]
