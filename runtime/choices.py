"""Settings that are made while serving: of the installation (person "") and of people."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from runtime import tables
from runtime.sessions import PREFERENCES
from runtime.visitor import Preferences

_t = tables.setting


def get(conn: Connection, name: str, person: str = "") -> Any:
    """What was chosen; None when nothing was."""
    return conn.execute(sa.select(_t.c.value).where(_t.c.person == person, _t.c.name == name)).scalar()


def put(conn: Connection, name: str, value: Any, person: str = "") -> None:
    """Chooses ``value``, whatever was chosen before."""
    insert = postgresql.insert(_t) if conn.dialect.name == "postgresql" else sqlite.insert(_t)
    row = insert.values(person=person, name=name, value=value)
    conn.execute(row.on_conflict_do_update(index_elements=[_t.c.person, _t.c.name], set_={"value": row.excluded.value}))


def drop(conn: Connection, name: str, person: str = "") -> None:
    conn.execute(_t.delete().where(_t.c.person == person, _t.c.name == name))


def preferences(conn: Connection, person: str) -> Preferences:
    """How ``person`` wants pages to look."""
    packed = get(conn, PREFERENCES, person)
    return Preferences.unpack(packed) if isinstance(packed, str) else Preferences()


def prefer(conn: Connection, person: str, preferences: Preferences) -> None:
    """Remembers how ``person`` wants pages to look. `Sessions.forget` makes it show at once, `Sessions.remember` before sign-in."""
    put(conn, PREFERENCES, preferences.pack(), person)
