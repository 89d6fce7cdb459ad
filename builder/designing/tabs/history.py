"""What was published of the app and how it is used, and what was done to the draft."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from builder.designing import drafts
from builder.designing.tab import tab
from builder.designing.view import View
from builder.releasing import KINDS
from forms.texts import say
from runtime.casework import releases
from runtime.store import tables


class Version(NamedTuple):
    """A line of the history of releases."""

    at: Any
    kind: str
    digest: str
    author: str
    reviewer: str
    revision: str
    cases: int
    open: int
    current: bool


#: edits shown
MOST = 200


@tab("history", "历史", "History", "history", 100)
def context(view: View) -> dict[str, Any]:
    """Releases with their use, the latest first, and the last edits."""
    database = view.studio.site.database
    versions, previous, abandoned = database.read_now(_versions, view.app, view.language)
    done = database.read_now(drafts.told, view.draft.id, MOST) if view.draft.id else []
    return {"versions": versions, "previous": previous, "abandoned": abandoned, "edits": done}


def _versions(conn: Connection, app: str, language: str) -> tuple[list[Version], str | None, int]:
    c, d = tables.case, tables.draft
    counted = sa.select(c.c.digest, sa.func.count().label("cases"), sa.func.sum(sa.case((c.c.status == "open", 1), else_=0)).label("open"))
    used = {row.digest: (row.cases, int(row.open or 0)) for row in conn.execute(counted.where(c.c.app == app).group_by(c.c.digest))}
    now = releases.standing(conn, app)
    found = [
        Version(
            row.at,
            say(KINDS[row.kind], language),
            row.digest,
            row.author or row.by,
            row.reviewer,
            row.revision,
            *used.get(row.digest, (0, 0)),
            current=now is not None and row.digest == now.digest,
        )
        for row in releases.history(conn, app)
    ]
    abandoned = conn.execute(sa.select(sa.func.count()).where(d.c.app == app)).scalar() or 0
    return found, releases.previous(conn, app), abandoned
