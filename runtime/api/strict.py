"""JSON as RFC 8259 has it and no more: UTF-8, no NaN, no member twice, no depth that breaks a stack; typed as application/json."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, cast

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

DEPTH = 32


class StrictRequest(Request):
    """A request whose body is read by `read`."""

    async def json(self) -> Any:
        return read(await self.body())


class StrictRoute(APIRoute):
    """A route that takes JSON only as JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def handle_strictly(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if takes_body:
                kind = strict.headers.get("content-type", "").split(";")[0].strip().lower()
                if kind != "application/json":
                    raise HTTPException(415)
                if not await strict.body():
                    raise HTTPException(400, "bad-json")
            return await handle(strict)

        return handle_strictly


def read(body: bytes) -> Any:
    """The value of ``body``. Raises HTTPException 400 "bad-json"."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
        _check(value, 0)
    except (ValueError, RecursionError) as wrong:
        raise HTTPException(400, "bad-json") from wrong
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _check(value: Any, depth: int) -> None:
    """No lone surrogates, no infinite numbers, no integers or depth beyond what can be stored."""
    if depth > DEPTH:
        raise ValueError("too deep")
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise ValueError("too large")
    elif isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            name.encode("utf-8")
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            _check(item, depth + 1)
