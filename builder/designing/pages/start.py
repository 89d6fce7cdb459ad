"""The first page of the designer: the apps that one may design, and the ways to begin a new one."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from builder.designing import beginning, drafts, studio
from builder.designing.layout import Refused
from builder.designing.studio import Studio
from builder.designing.text import Texts
from builder.designing.work import APP, FLOW, FORM, Work
from forms.texts import say
from runtime import site as sites
from runtime.casework import releases
from runtime.pages.page import form_pairs, render, see_other, visitor, word
from runtime.people import designers
from runtime.people.designers import Rights
from runtime.store import tables


class Mine(NamedTuple):
    """What the database knows of apps."""

    rights: Rights
    open: dict[str, Any]
    current: dict[str, str]
    #: departments as they are chosen: id and title, one's own first
    departments: list[tuple[str, str]]


class Card(NamedTuple):
    """An app in a list."""

    id: str
    title: str
    icon: str
    category: str
    #: "v7"; "" where nobody is changing it
    draft: str
    live: bool
    #: fields and steps
    fields: int = 0
    steps: int = 0


async def start(request: Request) -> Response:
    """My apps."""
    return await _page(request, {}, "")


async def begin(request: Request) -> Response:
    """A new app: from nothing, from an example, or from another app."""
    pairs = dict(await form_pairs(request))
    site, me, here = sites.of(request), visitor(request), studio.of(request)
    found = await site.database.read(_mine, me.person, me.language)
    if not found.rights.creates:
        raise HTTPException(404)
    title = pairs.get("title", "").strip()
    if not title or len(title) > 60:
        return await _page(
            request, pairs, word(me.language, "请给应用起一个名称，不超过 60 字", "Give the app a title of at most 60 characters")
        )
    try:
        id, texts = await here.run(_texts, here, found, pairs, title)
    except Refused as refused:
        return await _page(request, pairs, say(refused.words, me.language))
    await site.database.write(_begin, id, texts, me.person, site.clock())
    return see_other(f"/design/{id}/form")


def _begin(conn: sa.Connection, id: str, texts: Texts, person: str, now: Any) -> None:
    drafts.begin(conn, id, texts, person, now, new=True)
    designers.give(conn, person, id, "design", person, now)


def _texts(here: Studio, found: Mine, pairs: dict[str, str], title: str) -> tuple[str, Texts]:
    base = here.base()
    taken = {*base.apps(), *found.open, *found.current}
    id = beginning.fresh_id(title, taken)
    way, of = pairs.get("from", "blank"), pairs.get("of", "")
    if way == "example" and of in (there := beginning.gallery()):
        return id, beginning.copied(there[of], id, title)
    if way == "app" and found.rights.may("design", of) and (texts := _current_texts(here, found, of)):
        return id, beginning.copied(texts, id, title)
    owner = pairs.get("owner") or (found.departments[0][0] if found.departments else "")
    return id, beginning.blank(id, title, owner)


def _current_texts(here: Studio, found: Mine, app: str) -> Texts:
    """Those of the draft where there is one."""
    if app in found.open and (draft := here.site.database.read_now(drafts.opened, app)) is not None:
        return draft.texts
    return here.base().app(app)


async def _page(request: Request, given: dict[str, str], wrong: str) -> Response:
    site, me, here = sites.of(request), visitor(request), studio.of(request)
    found = await site.database.read(_mine, me.person, me.language)
    if not found.rights:
        raise HTTPException(404)
    mine, examples = await here.run(_cards, here, found)
    return render(
        request,
        "designer/start.html",
        status=422 if wrong else 200,
        title=word(me.language, "应用设计", "App designer"),
        cards=mine,
        examples=examples,
        rights=found.rights,
        departments=found.departments,
        given={"title": "", "owner": "", "from": "blank", "of": "", **given},
        wrong=wrong,
    )


def _mine(conn: sa.Connection, person: str, language: str) -> Mine:
    d, h = tables.department, tables.holding
    own = set(conn.execute(sa.select(h.c.department).where(h.c.person == person)).scalars())
    rows = conn.execute(sa.select(d.c.id, d.c.title).where(~d.c.retired).order_by(d.c.position))
    departments = sorted(((row.id, say(row.title, language)) for row in rows), key=lambda row: row[0] not in own)
    return Mine(designers.of(conn, person), drafts.opened_all(conn), dict(releases.current(conn)), departments)


def _cards(here: Studio, found: Mine) -> tuple[list[Card], list[Card]]:
    base = here.base()
    ids = [app for app in {*base.apps(), *found.open} if found.rights.may("design", app) or found.rights.may("review", app)]
    # what is being changed comes first, the latest change before the others
    order = {app: number for number, app in enumerate(found.open)}
    mine = [_card(id, _current_texts(here, found, id), found) for id in sorted(ids, key=lambda app: (order.get(app, len(order)), app))]
    examples = [_card(id, texts, None) for id, texts in beginning.gallery().items()] if found.rights.creates else []
    return mine, examples


def _card(id: str, texts: Texts, found: Mine | None) -> Card:
    work = Work(texts)
    words = {key: _said(work, key) for key in ("title", "icon", "category")}
    row = found.open.get(id) if found else None
    return Card(
        id=id,
        title=words["title"] or id,
        icon=words["icon"] or "file-text",
        category=words["category"],
        draft=f"v{row.version}" if row is not None else "",
        live=found is not None and id in found.current,
        fields=_count(work, FORM, "properties"),
        steps=_count(work, FLOW, "steps"),
    )


def _said(work: Work, key: str) -> str:
    try:
        found = work.data(APP, (key,))
    except Refused:
        # a broken file has no title yet
        return ""
    return found if isinstance(found, str) else ""


def _count(work: Work, file: str, key: str) -> int:
    try:
        return len(work.data(file, (key,)) or ())
    except (Refused, TypeError):
        return 0


routes = [Route("/design", start, methods=["GET"]), Route("/design", begin, methods=["POST"])]
