"""Reads what a page of the designer shows, and keeps those out who may not see it."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request

from builder.designing import drafts, history, studio
from builder.designing.drafts import Draft
from builder.designing.studio import Studio
from builder.designing.tab import TABS
from builder.designing.view import Said, View
from builder.designing.work import Work
from builder.workspace import ID
from runtime import site as sites
from runtime.pages.page import visitor
from runtime.people import designers
from runtime.people.designers import Rights
from runtime.people.visitor import Visitor


class Opened(NamedTuple):
    """What the database has of an app that is being designed."""

    draft: Draft | None
    rights: Rights
    can_undo: bool
    can_redo: bool
    others: list[Any]


async def opened(request: Request) -> Opened:
    """For the app of the address. Raises HTTPException 404 to those who may neither design nor review it."""
    app, site, me = request.path_params["app"], sites.of(request), visitor(request)
    found = await site.database.read(_opened, app, me.person, site.clock())
    if not (found.rights.may("design", app) or found.rights.may("review", app)) or not ID.match(app):
        raise HTTPException(404)
    return found


def _opened(conn: sa.Connection, app: str, person: str, now: Any) -> Opened:
    mine = designers.of(conn, person)
    draft = drafts.opened(conn, app)
    if draft is None:
        return Opened(None, mine, can_undo=False, can_redo=False, others=[])
    done = drafts.outline(conn, draft.id)
    return Opened(
        draft,
        mine,
        can_undo=history.undoable(done, person) is not None,
        can_redo=history.redoable(done, person) is not None,
        others=drafts.present(conn, draft.id, person, now),
    )


def look(found: Opened, here: Studio, app: str, me: Visitor, tab: str, selected: str, asked: dict[str, str], said: Said | None) -> View:
    """The page. Runs beside the loop. Raises HTTPException 404 where there is neither a draft nor an app."""
    base = here.base()
    draft = found.draft or committed(here, app)
    if draft is None or tab not in TABS:
        raise HTTPException(404)
    return View(
        draft=draft,
        work=Work(draft.texts),
        base=base,
        findings=here.findings(draft),
        rights=found.rights,
        language=me.language,
        tab=tab,
        selected=selected,
        csrf=me.csrf,
        studio=here,
        asked=asked,
        can_undo=found.can_undo,
        can_redo=found.can_redo,
        others=found.others,
        said=said,
    )


def committed(here: Studio, app: str) -> Draft | None:
    """The app as the newest commit has it, before anybody has changed it; None where there is none."""
    base = here.base()
    texts = base.app(app)
    return Draft("", app, base.revision, 0, texts, here.site.clock(), "") if texts else None


def studio_of(request: Request) -> Studio:
    return studio.of(request)
