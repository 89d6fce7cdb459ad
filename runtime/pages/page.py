"""What every page does the same way: who looks, in which language, and how an answer becomes HTML."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from jinja2 import Template
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from forms.texts import Text, say
from runtime import glance, lists, security
from runtime import site as sites
from runtime import visitor as visitors
from runtime.cards import Desk
from runtime.glance import Glance
from runtime.site import Site
from runtime.visitor import Visitor
from templates.environment import environment, icon


class Numbers(NamedTuple):
    """The numbers beside the navigation, as they are shown; "" shows none."""

    todo: str = ""
    mine: str = ""
    copied: str = ""
    drafts: str = ""
    #: in the top bar
    messages: str = ""


NONE = Numbers()
#: pages that the navigation leads to
PLACES = frozenset({"/", "/apps", "/tasks", "/tasks/done", "/mine", "/copied", "/drafts", "/settings"})


def visitor(request: Request) -> Visitor:
    """Who is signed in; the gate lets nobody else reach a page."""
    found = visitors.visitor(request)
    if found is None:
        raise HTTPException(401)
    return found


async def form_pairs(request: Request) -> list[tuple[str, str]]:
    """The fields of a submitted page, after its token was checked."""
    pairs = await security.checked_form(request)
    glance.forget(sites.of(request).database, visitor(request).person)
    return pairs


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page as HTML. ``title`` is the least a context has; ``counts`` are the numbers of the navigation."""
    liked = visitors.look(request)
    seen = visitors.visitor(request)
    path: str = request.scope["path"]
    counts: Numbers = context.get("counts", NONE)
    frame: dict[str, Any] = {"visitor": seen, "look": liked, "path": path, "back": "", "bell": counts.messages}
    if seen is not None:
        apps = usual(sites.of(request), liked.language)
        frame["nav"], frame["tabs"] = _navigation(
            liked.language,
            path if path in PLACES or path.startswith("/admin") else "",
            counts._replace(messages=""),
            apps,
            seen.admin,
        )
    return HTMLResponse(_template(liked.language, template).render(frame | context), status)


@lru_cache(2048)
def _navigation(
    language: str, path: str, counts: Numbers, usual: tuple[tuple[str, Markup, str], ...], admin: bool
) -> tuple[Markup, Markup]:
    """The side and the bottom, which many pages and people share."""
    context = {"path": path, "counts": counts, "usual": usual, "admin": admin}
    nav, tabs = (Markup(_template(language, name).render(context)) for name in ("_nav.html", "_tabs.html"))  # noqa: S704 - templates escape
    return nav, tabs


def fragment(
    request: Request, template: str, blocks: Sequence[str], *, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """Nothing but ``blocks`` of the page: what htmx swaps in. A page and its fragments are one file."""
    liked = visitors.look(request)
    found = _template(liked.language, template)
    bound = found.new_context({"visitor": visitor(request), "look": liked, "path": request.scope["path"], **context})
    body = "".join("".join(found.blocks[block](bound)) for block in blocks)
    return HTMLResponse(body, 200, dict(headers) if headers else None)


@lru_cache(256)
def _template(language: str, name: str) -> Template:
    return environment(language).get_template(name)


def asks_for_fragment(request: Request) -> bool:
    """Whether htmx asks, and not merely for a page anew from its history."""
    headers = request.headers
    return headers.get("hx-request") == "true" and "hx-history-restore-request" not in headers


def see_other(url: str) -> RedirectResponse:
    """After a POST: 303, so that going back and forth repeats nothing."""
    return RedirectResponse(url, 303)


def local(url: str, otherwise: str = "/") -> str:
    """``url`` if it leads to a page of ours, so that nobody is sent elsewhere by a link that looks like ours."""
    plain = url.startswith("/") and url[1:2] not in ("/", "\\") and url.isprintable() and len(url) <= 2000
    return url if plain else otherwise


def word(language: str, zh: str, en: str) -> str:
    """One of two: for words that stand in one place only."""
    return zh if language == "zh" else en


def said(text: Text | None, language: str) -> str:
    return say(text, language) if text else ""


#: apps named in the navigation
USUAL = 4


def usual(site: Site, language: str) -> tuple[tuple[str, Markup, str], ...]:
    """The apps of the navigation: address, picture, title."""
    return tuple((f"/apps/{p.app.id}/new", icon(p.app.icon), say(p.app.title, language)) for p in site.catalogue.apps()[:USUAL])


def numbers(conn: sa.Connection, site: Site, person: str) -> Numbers:
    """The numbers of ``person``, for `render`."""
    return shown(Glance(conn, site.database).counts(person))


def shown(counts: lists.Counts) -> Numbers:
    unread = f"{lists.FEW - 1}+" if counts.messages >= lists.FEW else str(counts.messages or "")
    return Numbers(todo=capped(counts.todo), copied=capped(counts.unread), drafts=capped(counts.drafts), messages=unread)


def capped(count: int) -> str:
    """999+ where counting stopped; nothing for none."""
    return f"{lists.CAP - 1}+" if count >= lists.CAP else str(count) if count else ""


def desk(conn: sa.Connection, site: Site, language: str) -> Desk:
    """Who reads, when and where: the clock on the wall of the organisation."""
    return Desk(language, site.clock(), ZoneInfo(Glance(conn, site.database).calendar.time_zone))
