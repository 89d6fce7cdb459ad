"""Who stands in for whom: absences with a deputy, and successors of people who have left. Few rows, read once in the life of a version
of the organisation: whoever changes them gives it another version.
"""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from runtime.store import tables as t
from runtime.store.ids import new_id
from workflows.people import Absence


class StandIns(NamedTuple):
    """All of them."""

    #: by who has left
    successors: dict[str, str]
    #: by who is away
    absences: dict[str, list[Absence]]


def read(conn: sa.Connection) -> StandIns:
    """As this transaction sees them."""
    successors = {row.person: row.successor for row in conn.execute(sa.select(t.succession.c.person, t.succession.c.successor))}
    absences: dict[str, list[Absence]] = {}
    for row in conn.execute(sa.select(t.absence).order_by(t.absence.c.begins, t.absence.c.id)):
        absences.setdefault(row.person, []).append(_absence(row))
    return StandIns(successors, absences)


def of(conn: sa.Connection, person: str, day: str) -> list[tuple[str, Absence]]:
    """The absences of ``person`` that are not over on ``day``, with their ids."""
    rows = conn.execute(sa.select(t.absence).where(t.absence.c.person == person, t.absence.c.ends >= day).order_by(t.absence.c.begins))
    return [(row.id, _absence(row)) for row in rows]


def add(conn: sa.Connection, absence: Absence, organisation: str, now: datetime) -> None:
    """``absence.person`` will be away."""
    row = {"id": new_id(), "organisation": organisation, "person": absence.person, "deputy": absence.deputy, "created_at": now}
    conn.execute(sa.insert(t.absence), [{**row, "begins": absence.begins, "ends": absence.ends, "apps": list(absence.apps)}])
    _changed(conn)


def remove(conn: sa.Connection, person: str, id: str) -> None:
    """``person`` is back, or stays after all."""
    conn.execute(sa.delete(t.absence).where(t.absence.c.id == id, t.absence.c.person == person))
    _changed(conn)


def succeed(conn: sa.Connection, person: str, successor: str, by: str, organisation: str, now: datetime) -> None:
    """What would be given to ``person`` is given to ``successor`` from now on."""
    conn.execute(sa.delete(t.succession).where(t.succession.c.person.in_((person, successor))))
    conn.execute(sa.insert(t.succession), [{"person": person, "successor": successor, "organisation": organisation, "by": by, "at": now}])
    _changed(conn)


def _changed(conn: sa.Connection) -> None:
    """What is remembered of the organisation is good no more."""
    conn.execute(sa.update(t.organisation).values(version=new_id()))


def _absence(row: Any) -> Absence:
    return Absence(person=row.person, deputy=row.deputy, begins=row.begins, ends=row.ends, apps=tuple(row.apps))
