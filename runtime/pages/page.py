"""What every page does the same way: who looks, in which language, and how an answer becomes HTML."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from jinja2 import Template
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forms.texts import Text, say
from runtime import site as sites
from runtime.casework import glance, lists
from runtime.casework.cards import Desk
from runtime.casework.glance import Glance
from runtime.people import visitor as visitors
from runtime.people.visitor import Visitor
from runtime.serving import security
from runtime.site import Site
from templates.environment import environment, escape_all, icon


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
PLACES = frozenset({"/", "/design", "/apps", "/tasks", "/tasks/done", "/mine", "/copied", "/drafts", "/settings"})


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
    found = _template(liked.language, template)
    counts: Numbers = context.get("counts", NONE)
    bound: dict[str, Any] = {"visitor": seen, "look": liked, "path": path, "back": "", **context}
    if seen is None or "main" not in found.blocks:
        return HTMLResponse(found.render(bound), status)
    nav, tabs = _navigation(
        liked.language,
        path if path in PLACES or path.startswith("/admin") else "",
        counts._replace(messages=""),
        usual(sites.of(request), liked.language),
        seen.admin,
        seen.designs,
    )
    apart = Apart(bool(bound["back"]), seen.admin, seen.demo, bool(counts.messages), path == "/messages", seen.designs)
    frame = _frame(liked, apart)
    main = "".join(found.blocks["main"](found.new_context(bound)))
    plain = (bound["title"], path, bound["back"], seen.csrf, seen.name, seen.name[:1], seen.department_title, counts.messages)
    words = dict(zip(PLAIN, map(str.encode, escape_all(plain)), strict=True), nav=nav, tabs=tabs, main=main.encode())
    return HTMLResponse(frame.filled(words), status)


#: what a frame says that is text, and not HTML yet
PLAIN = ("title", "path", "back", "csrf", "name", "initial", "department", "bell")


class Frame(NamedTuple):
    """What stands around the main part of a page: text, and between it the names of what differs from person to person."""

    text: tuple[bytes, ...]
    #: one for each gap between two texts
    names: tuple[str, ...]

    def filled(self, words: Mapping[str, bytes]) -> bytes:
        """The page; ``words`` are HTML already."""
        pieces = [b""] * (2 * len(self.names) + 1)
        pieces[::2] = self.text
        pieces[1::2] = [words[name] for name in self.names]
        return b"".join(pieces)


class Apart(NamedTuple):
    """What makes one frame look different from another, besides the look: with a way back, an administrator's, a demo's,
    with unread messages, of the page of messages, a designer's.
    """

    deep: bool
    admin: bool
    demo: bool
    bell: bool
    messages: bool
    designs: bool = False


@lru_cache(256)
def _frame(look: visitors.Preferences, apart: Apart) -> Frame:
    """The frame, which everybody with the same look shares: rendered once, it costs a page nothing but being joined."""

    def hole(name: str) -> str:
        return f"\x01{name}\x01"

    someone = Visitor(
        "",
        hole("name"),
        hole("department"),
        hole("csrf"),
        look.language,
        look.theme,
        look.care,
        apart.admin,
        apart.demo,
        designs=apart.designs,
    )
    context = {
        **{name: hole(name) for name in ("title", "initial", "nav", "tabs", "main")},
        "visitor": someone,
        "look": look,
        "path": "/messages" if apart.messages else hole("path"),
        "back": hole("back") if apart.deep else "",
        "bell": hole("bell") if apart.bell else "",
    }
    pieces = re.split("\x01([a-z]+)\x01", _template(look.language, "base.html").render(context))
    return Frame(tuple(piece.encode() for piece in pieces[::2]), tuple(pieces[1::2]))


@lru_cache(2048)
def _navigation(
    language: str, path: str, counts: Numbers, usual: tuple[tuple[str, Markup, str], ...], admin: bool, designs: bool
) -> tuple[bytes, bytes]:
    """The side and the bottom, which many pages and people share."""
    context = {"path": path, "counts": counts, "usual": usual, "admin": admin, "designs": designs}
    nav, tabs = (_template(language, name).render(context).encode() for name in ("_nav.html", "_tabs.html"))
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


def see_other(url: str) -> Response:
    """After a POST: 303, so that going back and forth repeats nothing."""
    return Response(status_code=303, headers={"location": url}) if _OWN_ADDRESS.fullmatch(url) else RedirectResponse(url, 303)


#: an address that needs no escapes
_OWN_ADDRESS = re.compile(r"[\w/.?=&#~-]+", re.ASCII)


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
    """The apps of the navigation: address, picture, title. It is the same for everybody, so only what everybody may start is in it."""

    def name() -> tuple[tuple[str, Markup, str], ...]:
        open_to_all = [program.app for program in site.catalogue.apps() if program.app.flow.start.who is None][:USUAL]
        return tuple((f"/apps/{app.id}/new", icon(app.icon), say(app.title, language)) for app in open_to_all)

    return site.catalogue.once(("usual", language), name)


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
