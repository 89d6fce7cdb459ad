"""Nobody gets in unless a session says who: every path needs one but those listed here."""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.site import Site

#: these look after themselves: programs bring their token, and the rest is for everybody
APART = ("/static/", "/api/", "/schema/")
APART_EXACT = frozenset({"/healthz", "/readyz", "/metrics", "/favicon.ico"})
#: pages for those who are not signed in
OPEN = frozenset({"/sign-in", "/sign-in/demo", "/setup"})
#: answered to those who are not signed in, too: language and type size
OPEN_POST = frozenset({"/settings"})
#: pages for those who must change their password first
CHANGING = frozenset({"/password", "/sign-out"})

#: files on their way in
PARTS = ("/uploads", "/drafts/files")
#: pages that need no organisation
BEFORE = ("/admin", "/settings", "/password", "/sign-out", "/sign-in")


class Gate:
    """Finds the visitor of a page; sends those without a session to sign in."""

    def __init__(self, app: ASGIApp, site: Site, expired: Callable[[Request, str], Awaitable[Response]]) -> None:
        """``expired``: answers a form that came without a session, given its token."""
        self._app = app
        self._site = site
        self._expired = expired
        self._cookie = site.sessions.cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        state: dict[str, object] = scope.setdefault("state", {})
        if path.startswith(APART) or path in APART_EXACT:
            await self._app(scope, receive, send)
            return
        if self._site.setup and path != "/setup":
            await _elsewhere(scope, "/setup")(scope, receive, send)
            return
        token = cookie(scope, self._cookie)
        found = await self._site.sessions.find(token, "browser") if token else None
        if found is not None:
            state["visitor"] = found.visitor
            if found.temporary and path not in CHANGING:
                await _elsewhere(scope, "/password")(scope, receive, send)
                return
            if self._site.empty and not path.startswith(BEFORE):
                await _elsewhere(scope, "/admin")(scope, receive, send)
                return
        elif path not in OPEN and not (path in OPEN_POST and scope["method"] == "POST"):
            if scope["method"] in ("GET", "HEAD"):
                response = _elsewhere(scope, "/sign-in" + _and_then(scope))
            elif path.startswith(PARTS):
                # a script sends these, and nothing of a form is in them
                response = Response(status_code=401)
            else:
                response = await self._expired(Request(scope, receive), token)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)


def cookie(scope: Scope, name: str) -> str:
    """The value of one cookie; "" when there is none."""
    for header, value in scope["headers"]:
        if header == b"cookie":
            text: str = value.decode("latin-1")
            start = text.find(name + "=")
            if start == 0 or (start > 0 and text[start - 1] in " ;"):
                return text[start + len(name) + 1 :].split(";", 1)[0].strip().strip('"')
            if start > 0:
                return _parsed(text, name)
    return ""


def _parsed(text: str, name: str) -> str:
    """The slow way, for when another cookie's name or value ends in ours."""
    try:
        found = SimpleCookie(text).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _and_then(scope: Scope) -> str:
    """Where to go on after signing in: the page that was asked for."""
    wanted: str = scope["path"]
    if scope["query_string"]:
        wanted += "?" + scope["query_string"].decode("latin-1")
    return f"?next={quote(wanted, safe='/')}" if wanted != "/" else ""


def _elsewhere(scope: Scope, to: str) -> Response:
    """To another page; a fragment that was asked for by htmx cannot hold one, so the whole page goes."""
    if any(name == b"hx-request" for name, _ in scope["headers"]):
        return Response(status_code=401, headers={"hx-redirect": to})
    return RedirectResponse(to, 303)
