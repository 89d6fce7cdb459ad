"""Statements that are asked all day, compiled once: on SQLite the way through SQLAlchemy takes longer than what SQLite does.

A statement stays SQLAlchemy's, and so do the types of its columns and values; only the way to and from the driver's rows is
shorter. On PostgreSQL it goes its usual way.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.dml import UpdateBase

from runtime.database import from_json, to_json

#: values by place: by name, `sqlite3` looks up each of them
_SQLITE = SQLiteDialect_pysqlite(paramstyle="qmark", json_serializer=to_json)


@lru_cache(4096)
def _shared(text: str | None) -> Any:
    """Words repeat from row to row, and nobody changes what a list has read."""
    return from_json(text) if text else None


class _Compiled(NamedTuple):
    """The statement as SQLite is told it."""

    sql: str
    #: of the values, in their order
    names: Sequence[str]
    #: of the constants within the statement
    constants: Mapping[str, Any]
    #: how a value is written, by its place, of those that are not written as they are
    write: Sequence[tuple[int, Callable[[Any], Any]]]
    #: how a column is read, by its place, of those that are not read as they are
    read: Sequence[tuple[int, Callable[[Any], Any]]]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        if self.constants:
            given = {**self.constants, **given}
        found = [given[name] for name in self.names]
        for place, write in self.write:
            found[place] = write(found[place])
        return found


class Statement:
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

    def all(self, conn: sa.Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows, each in the order of the columns. What JSON columns hold is shared between rows: it must not be changed."""
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return conn.execute(self._statement, dict(values)).all()
        compiled = self._ready()
        rows = raw.execute(compiled.sql, compiled.values(values)).fetchall()
        if not rows or not compiled.read:
            return rows
        # column by column: a row has many values, and few of them are to be read in a special way
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, read in compiled.read:
            columns[place] = map(read, columns[place])
        return list(zip(*columns, strict=True))

    def first(self, conn: sa.Connection, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """The first row; None when there is none."""
        found = self.all(conn, values)
        return found[0] if found else None

    def _ready(self) -> _Compiled:
        if self._compiled is None:
            compiled = self._statement.compile(dialect=_SQLITE, column_keys=self._names)
            names = compiled.positiontup or []
            write = [(place, compiled.binds[name].type.dialect_impl(_SQLITE).bind_processor(_SQLITE)) for place, name in enumerate(names)]
            self._compiled = _Compiled(
                str(compiled),
                names,
                {name: value for name, value in compiled.params.items() if value is not None},
                [(place, how) for place, how in write if how],
                [(place, how) for place, column in enumerate(_columns(self._statement)) if (how := _reader(column.type))],
            )
        return self._compiled


class OwnWords:
    """A statement that standard SQL has no words for, written for a database when it is first met there: nobody loads the dialect of
    the other. ``write`` is given the dialect's own ``insert``, which has ON CONFLICT.
    """

    def __init__(self, write: Callable[[Any], UpdateBase], names: Sequence[str]) -> None:
        self._write = write
        self._names = names
        self._written: dict[str, Statement] = {}

    def on(self, conn: sa.Connection) -> Statement:
        name = conn.dialect.name
        if name not in self._written:
            self._written[name] = Statement(self._write(import_module(f"sqlalchemy.dialects.{name}").insert), self._names)
        return self._written[name]


def insert(table: sa.Table) -> Statement:
    """An INSERT of whole rows."""
    return Statement(sa.insert(table), [column.name for column in table.columns])


def _columns(statement: sa.Select[*tuple[Any, ...]] | UpdateBase) -> Sequence[Any]:
    """What the statement gives back: of a SELECT its columns, of a write what its RETURNING names."""
    return list(statement.selected_columns) if isinstance(statement, sa.Select) else statement.exported_columns.values()


def _reader(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    own = kind.dialect_impl(_SQLITE)
    json = isinstance(own.impl_instance if isinstance(own, sa.TypeDecorator) else own, sa.JSON)
    return _shared if json else own.result_processor(_SQLITE, None)
