"""What every page does the same way: who looks, in which language, and how an answer becomes HTML."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jinja2 import Template
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from forms.texts import say
from runtime import security, sessions
from runtime import site as sites
from runtime.site import Site
from runtime.visitor import Preferences, Visitor
from templates.environment import environment, icon


class Numbers(NamedTuple):
    """The numbers beside the navigation, as they are shown; "" shows none."""

    todo: str = ""
    mine: str = ""
    copied: str = ""
    drafts: str = ""


NONE = Numbers()


def visitor(request: Request) -> Visitor:
    """Who is signed in. Raises HTTPException 401, which the web core turns into the sign-in page."""
    found: Visitor | None = request.scope["state"].get("visitor")
    if found is None:
        raise HTTPException(401)
    return found


def look(request: Request) -> Preferences:
    """Language, theme and 关怀版: of the person, or of this browser before sign-in."""
    found: Visitor | None = request.scope.get("state", {}).get("visitor")
    if found is not None:
        return Preferences(found.language, found.theme, found.care)
    cookie = request.cookies.get(sessions.LOOK_COOKIE)
    if cookie is None and request.headers.get("accept-language", "zh").lower().startswith("en"):
        return Preferences(language="en")
    return Preferences.unpack(cookie or "")


async def form_pairs(request: Request) -> list[tuple[str, str]]:
    """The fields of a submitted page, after its token was checked."""
    return await security.checked_form(request)


def render(request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> HTMLResponse:
    """The page as HTML. ``title`` is the least a context has; ``counts`` are the numbers of the navigation."""
    return HTMLResponse(words(request, template, **context), status, dict(headers) if headers else None)


def words(request: Request, template: str, **context: Any) -> str:
    """The page as text."""
    site = sites.of(request)
    seen: Visitor | None = request.scope.get("state", {}).get("visitor")
    liked = look(request)
    frame = {
        "visitor": seen,
        "look": liked,
        "path": request.scope["path"],
        "back": "",
        "counts": NONE,
        "usual": usual(site, liked.language) if seen is not None else (),
        "organisation": "",
    }
    return _template(liked.language, template).render(frame | context)


def fragment(
    request: Request, template: str, blocks: Sequence[str], *, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """Nothing but ``blocks`` of the page: what htmx swaps in. The page and its fragments are one file."""
    liked = look(request)
    found = _template(liked.language, template)
    bound = found.new_context({"visitor": visitor(request), "look": liked, "path": request.scope["path"]} | context)
    body = "".join("".join(found.blocks[block](bound)) for block in blocks)
    return HTMLResponse(body, 200, dict(headers) if headers else None)


@lru_cache(256)
def _template(language: str, name: str) -> Template:
    return environment(language).get_template(name)


def asks_for_fragment(request: Request) -> bool:
    """Whether htmx asks (and does not merely fetch a page anew from its history)."""
    return request.headers.get("hx-request") == "true" and "hx-history-restore-request" not in request.headers


def see_other(url: str) -> RedirectResponse:
    """After a POST: 303, so that going back and forth repeats nothing."""
    return RedirectResponse(url, 303)


def local(url: str, otherwise: str = "/") -> str:
    """``url`` if it leads to a page of ours, so that nobody is sent elsewhere by a link that looks like ours."""
    parts = urlsplit(url)
    safe = url.startswith("/") and not url.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc and url.isprintable()
    return url if safe and "\\" not in url else otherwise


#: apps named in the navigation
USUAL = 4


def usual(site: Site, language: str) -> tuple[tuple[str, Markup, str], ...]:
    """The apps of the navigation: address, picture, title."""
    programs = site.catalogue.apps()[:USUAL]
    return tuple((f"/apps/{program.app.id}/new", icon(program.app.icon), say(program.app.title, language)) for program in programs)
