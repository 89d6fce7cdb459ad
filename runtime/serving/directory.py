"""All pages as one route, found by the first part of their path: a request tries a handful of patterns and not each of fifty."""

from collections import defaultdict
from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class Directory(BaseRoute):
    """Routes in the order in which they are tried. Says of each request what its own route says of it."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._parts: defaultdict[str, list[Route]] = defaultdict(list)
        for route in routes:
            self._parts[_first(route.path)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        nearly: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] == "http":
            for route in self._parts.get(_first(scope["path"]), ()):
                match, child = route.matches(scope)
                if match is Match.FULL:
                    return match, {**child, "route": route}
                if match is Match.PARTIAL and nearly[0] is Match.NONE:
                    nearly = match, {**child, "route": route}
        return nearly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope["route"]
        await route.handle(scope, receive, send)


def _first(path: str) -> str:
    return path[1:].split("/", 1)[0]
