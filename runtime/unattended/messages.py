"""Messages to a person: the newest first, unread ones counted, read when their case is opened or when one says so."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from forms.texts import Text
from runtime.casework import glance
from runtime.site import Site
from runtime.store import tables as t


class Line(NamedTuple):
    """One message, with the words of its case."""

    id: str
    kind: str
    case: str
    task: str | None
    text: Text
    at: datetime
    read_at: datetime | None
    app_title: Text
    subject: str
    number: str


class Page(NamedTuple):
    lines: list[Line]
    #: where the next page begins; None: this was the last
    next: str | None


def page(conn: sa.Connection, person: str, *, after: str | None, unread: bool, limit: int) -> Page:
    """Messages of ``person`` before the one with the id ``after``; ``unread`` leaves out those that were read."""
    found = _LINES
    if after:
        found = found.where(t.message.c.id < after)
    if unread:
        found = found.where(t.message.c.read_at.is_(None))
    rows = [Line(*row) for row in conn.execute(found.limit(limit + 1), {"person": person})]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


async def opened(site: Site, person: str, case: str) -> None:
    """The person looks at the case: what was said about it is read. Asked only while something is unread."""
    await site.database.write(_read_case, person, case, site.clock())
    glance.forget(site.database, person)


async def read(site: Site, person: str, id: str | None) -> None:
    """One message is read; all of them without ``id``."""
    await site.database.write(_read, person, id, site.clock())
    glance.forget(site.database, person)


def _read_case(conn: sa.Connection, person: str, case: str, now: datetime) -> None:
    conn.execute(_SEEN.where(t.message.c.case == given("of")), {"owner": person, "now": now, "of": case})


def _read(conn: sa.Connection, person: str, id: str | None, now: datetime) -> None:
    values = {"owner": person, "now": now}
    if id is None:
        conn.execute(_SEEN, values)
    else:
        conn.execute(_SEEN.where(t.message.c.id == given("message")), {**values, "message": id})


_m, _c = t.message.c, t.case.c
_LINES = (
    sa.select(_m.id, _m.kind, _m.case, _m.task, _m.text, _m.at, _m.read_at, _c.app_title, _c.subject, _c.number)
    .join(t.case, _c.id == _m.case)
    .where(_m.person == given("person"))
    .order_by(_m.id.desc())
)
_SEEN = sa.update(t.message).where(_m.person == given("owner"), _m.read_at.is_(None)).values(read_at=given("now"))
