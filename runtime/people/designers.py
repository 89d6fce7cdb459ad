"""Who may design which app, and who may review it. Rights are rows that administrators give; no definition can (security D5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from runtime.people import signing_in
from runtime.store import tables

Right = Literal["design", "review"]
#: every app, and new ones
EVERY = "*"


class Rights:
    """What one person may do. Whoever may do nothing is told of nothing."""

    def __init__(self, person: str, rows: Iterable[tuple[str, str]]) -> None:
        self.person = person
        self._given = frozenset(rows)

    def __bool__(self) -> bool:
        return bool(self._given)

    def may(self, right: Right, app: str) -> bool:
        return (EVERY, right) in self._given or (app, right) in self._given

    @property
    def creates(self) -> bool:
        """May begin new apps."""
        return (EVERY, "design") in self._given

    @property
    def reviews(self) -> bool:
        return any(right == "review" for _, right in self._given)


def of(conn: Connection, person: str) -> Rights:
    r = tables.design_right
    return Rights(person, [(row.app, row.right) for row in conn.execute(sa.select(r.c.app, r.c.right).where(r.c.person == person))])


def give(conn: Connection, person: str, app: str, right: Right, by: str, now: datetime) -> None:
    """Gives it; nothing happens where it is given already."""
    r = tables.design_right
    if conn.execute(sa.select(r.c.person).where(r.c.person == person, r.c.app == app, r.c.right == right)).first() is not None:
        return
    organisation = conn.execute(sa.select(tables.organisation.c.id).limit(1)).scalar() or ""
    row = {"person": person, "app": app, "right": right, "organisation": organisation, "given_by": by, "given_at": now}
    conn.execute(r.insert(), row)
    signing_in.record(conn, None, by, "right", f"{person} {right} {app}", "given", now)


def take(conn: Connection, person: str, app: str, right: Right, by: str, now: datetime) -> None:
    r = tables.design_right
    if conn.execute(r.delete().where(r.c.person == person, r.c.app == app, r.c.right == right)).rowcount:
        signing_in.record(conn, None, by, "right", f"{person} {right} {app}", "taken", now)
