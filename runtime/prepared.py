"""Statements of a command, compiled once: on SQLite the way through SQLAlchemy takes longer than what SQLite does.

A statement stays SQLAlchemy's, and so do the types of what is written; on PostgreSQL it goes its usual way.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.dml import UpdateBase

from runtime.database import to_json

_SQLITE = SQLiteDialect_pysqlite(paramstyle="named", json_serializer=to_json)


class _Compiled(NamedTuple):
    sql: str
    #: of the constants within the statement
    constants: Mapping[str, Any]
    #: how a value is written, of those that are not written as they are
    write: Sequence[tuple[str, Callable[[Any], Any]]]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = {**self.constants, **given}
        for name, write in self.write:
            found[name] = write(found[name])
        return found


class Prepared:
    """``names``: the columns that an INSERT is given."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]] | UpdateBase, names: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._names = names
        self._compiled: _Compiled | None = None

    def run(self, conn: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of ``rows``."""
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            conn.execute(self._statement, [dict(row) for row in rows])
            return
        compiled = self._ready()
        if len(rows) == 1:
            raw.execute(compiled.sql, compiled.values(rows[0]))
        else:
            raw.executemany(compiled.sql, [compiled.values(row) for row in rows])

    def first(self, conn: sa.Connection, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """The first row, of columns that the database holds as they are: text and numbers, no JSON, no moments."""
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return conn.execute(self._statement, dict(values)).first()
        compiled = self._ready()
        found = raw.execute(compiled.sql, compiled.values(values)).fetchall()
        return found[0] if found else None

    def _ready(self) -> _Compiled:
        if self._compiled is None:
            compiled = self._statement.compile(dialect=_SQLITE, column_keys=self._names)
            write = [(name, bind.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)) for name, bind in compiled.binds.items()]
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            self._compiled = _Compiled(str(compiled), constants, [(name, how) for name, how in write if how])
        return self._compiled


def insert(table: sa.Table) -> Prepared:
    """An INSERT of whole rows."""
    return Prepared(sa.insert(table), [column.name for column in table.columns])
