"""Settings that are made while serving: of the installation (person "") and of people."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from runtime.people.sessions import PREFERENCES
from runtime.people.visitor import Preferences
from runtime.store import tables
from runtime.store.statements import OwnWords

_t = tables.setting


def get(conn: Connection, name: str, person: str = "") -> Any:
    """What was chosen; None when nothing was."""
    return conn.execute(sa.select(_t.c.value).where(_t.c.person == person, _t.c.name == name)).scalar()


def put(conn: Connection, name: str, value: Any, person: str = "") -> None:
    """Chooses ``value``, whatever was chosen before."""
    _PUT.on(conn).run(conn, [{"person": person, "name": name, "value": value}])


def drop(conn: Connection, name: str, person: str = "") -> None:
    conn.execute(_t.delete().where(_t.c.person == person, _t.c.name == name))


def preferences(conn: Connection, person: str) -> Preferences:
    """How ``person`` wants pages to look."""
    packed = get(conn, PREFERENCES, person)
    return Preferences.unpack(packed) if isinstance(packed, str) else Preferences()


def prefer(conn: Connection, person: str, preferences: Preferences) -> None:
    """Remembers how ``person`` wants pages to look. `Sessions.forget` makes it show at once, `Sessions.remember` before sign-in."""
    put(conn, PREFERENCES, preferences.pack(), person)


_PUT = OwnWords(
    lambda insert: (new := insert(_t)).on_conflict_do_update(index_elements=["person", "name"], set_={"value": new.excluded.value}),
    ["person", "name", "value"],
)
