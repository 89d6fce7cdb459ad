"""What stands before every page: fixed headers, known hosts, a cap on bodies, and nothing unsafe from other sites.

Pure ASGI, because it runs for every request. The token of forms is checked in `checked_form`, where the form is read.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import site as sites
from runtime.people.sessions import same
from runtime.people.visitor import Visitor
from runtime.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: "same-origin" and not "no-referrer": with the latter, browsers send `Origin: null` with our own forms
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: the field of every form that carries the token of the session
TOKEN_FIELD = "_csrf"  # noqa: S105 -- the name of a field

#: what ties a form to the browser it was sent to while there is no session yet
GUEST = "dabashou_guest"


#: what takes whole files: the pages' own way without a script, and the one for programs
TAKES_FILES = ("/drafts/files", "/materials", "/api/v1/uploads", "/import/rows")
#: files sent at once by a page without a script
FILES_AT_ONCE = 20


class Limits:
    """How large a body may be, by where it goes."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.body_limit
        self._files = settings.upload_limit + settings.body_limit

    def of(self, path: str) -> int:
        return self._files if path in TAKES_FILES else self._most


class Shield:
    """Adds the headers to all that goes out, failures included, and caps what comes in."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._limits = Limits(settings)
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS]
        if settings.https:
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = message["headers"]
                if not any(name == b"cache-control" for name, _ in headers):
                    # pages show personal matters on shared machines
                    headers.append((b"cache-control", b"no-store"))
                headers.extend(self._headers)
            await send(message)

        await self._app(
            scope, receive if scope["method"] in ("GET", "HEAD") else _capped(receive, self._limits.of(scope["path"])), send_shielded
        )


class Doorkeeper:
    """Refuses what came to the wrong name, from another site, or is too large. Stands where an exception becomes an answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._limits = Limits(settings)
        self._known = lru_cache(1024)(partial(_answers_to, settings))
        self._own = urlsplit(settings.public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host, origin, fetch_site, length = _headers(scope)
            if not self._known(host):
                raise HTTPException(400, "unknown-host")
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                # no id or word has one, and PostgreSQL cannot be asked about it
                raise HTTPException(404)
            if scope["method"] not in SAFE:
                if fetch_site not in (b"", b"same-origin", b"none") or (fetch_site == b"" and not self._from_here(origin, host)):
                    raise HTTPException(403, "other-site")
                if length.isdigit() and int(length) > self._limits.of(scope["path"]):
                    raise HTTPException(413)
        await self._app(scope, receive, send)

    def _from_here(self, origin: bytes, host: bytes) -> bool:
        """Programs send no Origin and carry no cookies by themselves; a browser's names the page that asks."""
        if not origin:
            return True
        came_from = urlsplit(origin.decode("latin-1")).netloc
        return came_from != "" and came_from in (host.decode("latin-1"), self._own)


def _headers(scope: Scope) -> tuple[bytes, bytes, bytes, bytes]:
    host = origin = fetch_site = length = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"origin":
            origin = value
        elif name == b"sec-fetch-site":
            fetch_site = value
        elif name == b"content-length":
            length = value
    return host, origin, fetch_site, length


def _answers_to(settings: Settings, host: bytes) -> bool:
    """Whether the server goes by the name ``host``.

    A name that somebody else owns may lead to this machine, and its pages would be of "the same origin" (DNS rebinding).
    Addresses and names without a dot belong to nobody outside.
    """
    name = urlsplit(f"//{host.decode('latin-1')}").hostname if host else None
    if not name:
        return not host
    known = settings.known_hosts
    if name in known or ("." not in name and ":" not in name) or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return not known and not settings.demo
    return True


def _capped(receive: Receive, limit: int) -> Receive:
    """``receive`` that gives up when a body grows past ``limit``, whatever it claimed to be."""
    total = 0

    async def receive_capped() -> Message:
        nonlocal total
        message = await receive()
        if message["type"] == "http.request":
            total += len(message.get("body", b""))
            if total > limit:
                raise HTTPException(413)
        return message

    return receive_capped


async def checked_form(request: Request) -> list[tuple[str, str]]:
    """The fields of a submitted page in their order, without the token, which is checked against the session
    (on the pages before sign-in, against a cookie of the browser).

    Raises HTTPException: 403 "csrf", 400 malformed, 413 too many fields, 415 not a form.
    """
    visitor: Visitor | None = request.scope.get("state", {}).get("visitor")
    expected = visitor.csrf if visitor else request.cookies.get(GUEST, "")
    return check_token(await read_form(request), expected)


def check_token(pairs: Sequence[tuple[str, str]], expected: str) -> list[tuple[str, str]]:
    """``pairs`` without the token. Raises HTTPException 403 "csrf" when it is not ``expected``."""
    given = [value for name, value in pairs if name == TOKEN_FIELD]
    if not expected or not given or not same(expected, given[0]):
        raise HTTPException(403, "csrf")
    return [pair for pair in pairs if pair[0] != TOKEN_FIELD]


async def read_form(request: Request) -> list[tuple[str, str]]:
    """The fields of a submitted page, token included. Files are no fields: `checked_files` reads pages that send some, and here any is refused."""
    limit = sites.of(request).settings.fields_limit
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        pairs = _urlencoded(await request.body(), limit)
    elif kind == "multipart/form-data":
        pairs = await _multipart(request, limit)
    else:
        raise HTTPException(415)
    return pairs


def _urlencoded(body: bytes, limit: int) -> list[tuple[str, str]]:
    if body.count(b"&") >= limit:
        raise HTTPException(413)
    if b"\0" in body or b"%00" in body:
        # no id or word has one, no database keeps one, and here it separates
        raise HTTPException(400)
    try:
        pairs = [part.partition("=") for part in body.decode("ascii").replace("+", " ").split("&") if part]
        texts = _unescaped("\0".join([f"{name}\0{value}" for name, _, value in pairs])).split("\0")
    except ValueError as wrong:
        raise HTTPException(400) from wrong
    return list(zip(texts[::2], texts[1::2], strict=True)) if pairs else []


def _unescaped(text: str) -> str:
    """As `urllib.parse.unquote`, of everything at once and not in Python: to a JSON reader each escape is one of its own.
    Raises ValueError when the bytes are no UTF-8.
    """
    written = text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "\\u0000").replace("%", "\\u00")
    try:
        return msgspec.json.decode(f'"{written}"', type=str).encode("latin-1").decode()
    except msgspec.DecodeError:
        # a % that no two digits follow, or a line break that was sent as it is
        return unquote(text, errors="strict")


async def _multipart(request: Request, limit: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    async with request.form(max_files=0, max_fields=limit) as form:
        items: list[tuple[str, Any]] = list(form.multi_items())
        for name, value in items:
            if isinstance(value, UploadFile) or "\0" in name or "\0" in value:
                raise HTTPException(400)
            found.append((name, value))
    return found


@asynccontextmanager
async def checked_files(request: Request) -> AsyncGenerator[tuple[list[tuple[str, str]], list[tuple[str, UploadFile]]]]:
    """As `checked_form`, of a page that sends files: its fields, and its files by field. They are gone after the block; they lie on the disk,
    not in memory.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "multipart/form-data":
        raise HTTPException(415)
    visitor: Visitor | None = request.scope.get("state", {}).get("visitor")
    async with request.form(max_files=FILES_AT_ONCE, max_fields=sites.of(request).settings.fields_limit) as form:
        pairs: list[tuple[str, str]] = []
        files: list[tuple[str, UploadFile]] = []
        items: list[tuple[str, Any]] = list(form.multi_items())
        for name, value in items:
            if "\0" in name or (isinstance(value, str) and "\0" in value):
                raise HTTPException(400)
            if isinstance(value, UploadFile):
                files.append((name, value))
            else:
                pairs.append((name, value))
        yield check_token(pairs, visitor.csrf if visitor else ""), [(name, file) for name, file in files if file.filename]


def client(request: Request) -> str:
    """The address that asks: the proxy's word for it only if the proxy is trusted (uvicorn sees to that)."""
    return request.client.host if request.client else ""
