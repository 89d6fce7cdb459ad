"""The first page of the designer: the apps that one may design."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from builder.designing import drafts, studio
from builder.designing.layout import Refused
from builder.designing.studio import Studio
from builder.designing.work import APP, Work
from runtime import site as sites
from runtime.casework import releases
from runtime.pages.page import render, visitor, word
from runtime.people import designers
from runtime.people.designers import Rights


class Mine(NamedTuple):
    """What the database knows of apps."""

    rights: Rights
    open: dict[str, Any]
    current: dict[str, str]


class Card(NamedTuple):
    """An app in the list."""

    id: str
    title: str
    icon: str
    category: str
    #: when somebody changed it last; "" where there is no draft
    draft: str
    live: bool


async def start(request: Request) -> Response:
    """My apps."""
    site, me, here = sites.of(request), visitor(request), studio.of(request)
    found = await site.database.read(_mine, me.person)
    if not found.rights:
        raise HTTPException(404)
    cards = await here.run(_cards, here, found)
    return render(request, "designer/start.html", title=word(me.language, "应用设计", "App designer"), cards=cards, rights=found.rights)


def _mine(conn: sa.Connection, person: str) -> Mine:
    return Mine(designers.of(conn, person), drafts.opened_all(conn), dict(releases.current(conn)))


def _cards(here: Studio, found: Mine) -> list[Card]:
    base = here.base()
    ids = [app for app in sorted({*base.apps(), *found.open}) if found.rights.may("design", app) or found.rights.may("review", app)]
    return [_card(here, found, id) for id in ids]


def _card(here: Studio, found: Mine, id: str) -> Card:
    row = found.open.get(id)
    texts = here.site.database.read_now(drafts.texts_of, row.id, APP) if row is not None else here.base().app(id)
    words: dict[str, str] = {}
    for key in ("title", "icon", "category"):
        try:
            written = Work(texts).data(APP, (key,))
        except Refused:
            # a broken file has no title yet
            break
        words[key] = written if isinstance(written, str) else ""
    return Card(
        id=id,
        title=words.get("title") or id,
        icon=words.get("icon") or "file-text",
        category=words.get("category", ""),
        draft=f"v{row.version}" if row is not None else "",
        live=id in found.current,
    )


routes = [Route("/design", start, methods=["GET"])]
