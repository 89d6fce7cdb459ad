"""Statements that are asked all day, compiled once and told the driver directly: the way through SQLAlchemy takes longer than what the
database does, and psycopg would take each text apart again to find its placeholders.

A statement stays SQLAlchemy's, and so do the types of its columns and values; only the way to and from the driver's rows is
shorter. On PostgreSQL, where each statement is a way to the server and back, writes that belong together are one statement.
"""

import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib import import_module
from typing import Any, Generic, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.dml import UpdateBase

from runtime.store.database import from_json, to_json

T = TypeVar("T")
#: rows that a Listing shares, about 1 KiB each
REMEMBERED = 4096

#: values by place: by name, `sqlite3` looks up each of them
_SQLITE = SQLiteDialect_pysqlite(paramstyle="qmark", json_serializer=to_json)


@cache
def _postgresql() -> sa.Dialect:
    """Loaded only where it is used. Its placeholders are the server's own."""
    return import_module("sqlalchemy.dialects.postgresql.psycopg").PGDialect_psycopg(paramstyle="numeric_dollar")


def ask(conn: sa.Connection, sql: str, values: Sequence[Any]) -> Any:
    """PostgreSQL's answer, as a cursor. Raises what SQLAlchemy would raise."""
    import psycopg

    raw: Any = conn.connection.driver_connection
    cursor = psycopg.RawCursor(raw)
    try:
        return cursor.execute(sql.encode(), values)
    except psycopg.Error as error:
        gone = conn.dialect.is_disconnect(cast("Any", error), raw, None)
        if gone:
            conn.invalidate(error)
        raise exc.DBAPIError.instance(
            sql, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=gone, dialect=conn.dialect
        ) from error


@lru_cache(4096)
def _shared(text: str | None) -> Any:
    """Words repeat from row to row, and nobody changes what a list has read."""
    return from_json(text) if text else None


class _Compiled(NamedTuple):
    """The statement as a database is told it."""

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

    def rows(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """``rows`` as the driver gives them, read."""
        if not rows or not self.read:
            return rows
        # column by column: a row has many values, and few of them are to be read in a special way
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, read in self.read:
            columns[place] = map(read, columns[place])
        return list(zip(*columns, strict=True))


class Statement:
    """``names``: the columns that an INSERT or UPDATE is given."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]] | UpdateBase, names: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._names = names

    def on(self, conn: sa.Connection) -> "Statement":  # noqa: ARG002 -- as OwnWords is asked
        """The same on every database."""
        return self

    def run(self, conn: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Once for each of ``rows``. How many rows the last one changed."""
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            compiled = self.on_postgresql
            return [ask(conn, compiled.sql, compiled.values(row)).rowcount for row in rows][-1]
        compiled = self._on_sqlite
        if len(rows) == 1:
            return raw.execute(compiled.sql, compiled.values(rows[0])).rowcount
        return raw.executemany(compiled.sql, [compiled.values(row) for row in rows]).rowcount

    def all(self, conn: sa.Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows, each in the order of the columns. What JSON columns hold is shared between rows: it must not be changed."""
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            compiled = self.on_postgresql
            return compiled.rows(ask(conn, compiled.sql, compiled.values(values)).fetchall())
        compiled = self._on_sqlite
        return compiled.rows(raw.execute(compiled.sql, compiled.values(values)).fetchall())

    def first(self, conn: sa.Connection, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """The first row; None when there is none."""
        found = self.all(conn, values)
        return found[0] if found else None

    def one(self, conn: sa.Connection, values: Mapping[str, Any]) -> Any:
        """The first row, its columns by name; None when there is none."""
        found = self.all(conn, values)
        return self._row(*found[0]) if found else None

    @cached_property
    def _row(self) -> Callable[..., Any]:
        return NamedTuple("Row", [(column.name, Any) for column in _columns(self._statement)])  # pyright: ignore -- its names come with the statement

    @cached_property
    def _on_sqlite(self) -> _Compiled:
        return self._compile(_SQLITE)

    @cached_property
    def on_postgresql(self) -> _Compiled:
        return self._compile(_postgresql())

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._names)
        names = compiled.positiontup or []
        write = [(place, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for place, name in enumerate(names)]
        return _Compiled(
            str(compiled),
            names,
            {name: value for name, value in compiled.params.items() if value is not None and not compiled.binds[name].required},
            [(place, how) for place, how in write if how],
            [(place, how) for place, column in enumerate(_columns(self._statement)) if (how := _reader(column.type, dialect))],
        )


class Listing(Statement, Generic[T]):
    """A statement of which the same rows are asked for again and again: each is made once, by ``make`` of its columns, and shared
    while it is remembered. T has to be immutable, and is the same object as long as its row says the same.
    """

    def __init__(self, statement: sa.Select[*tuple[Any, ...]], make: Callable[..., T]) -> None:
        super().__init__(statement)
        self._make = make
        self._known: dict[Hashable, T] = {}

    def made(self, conn: sa.Connection, values: Mapping[str, Any]) -> list[T]:
        raw = conn.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            compiled = self._on_sqlite
            rows = keys = raw.execute(compiled.sql, compiled.values(values)).fetchall()
        else:
            compiled = self.on_postgresql
            rows = ask(conn, compiled.sql, compiled.values(values)).fetchall()
            # what psycopg makes of JSON cannot be a key
            keys = [tuple([to_json(cell) if isinstance(cell, dict | list) else cell for cell in row]) for row in rows]
        known = self._known
        found = list(map(known.get, keys))
        for place, item in enumerate(found):
            if item is None:
                if len(known) >= REMEMBERED:
                    known.clear()
                found[place] = known[keys[place]] = self._make(*compiled.rows([rows[place]])[0])
        return cast("list[T]", found)


class Together:
    """Writes that belong together, in this order: on PostgreSQL they go as one statement of CTEs, which takes one way to the server
    and back instead of one for each. No two of them may change the same row, and none sees what another one wrote.
    """

    def __init__(self) -> None:
        self._writes: list[tuple[Statement | OwnWords, Sequence[Mapping[str, Any]]]] = []

    def add(self, statement: "Statement | OwnWords", rows: Sequence[Mapping[str, Any]]) -> None:
        """``statement`` once for each of ``rows``."""
        if rows:
            self._writes.append((statement, rows))

    def run(self, conn: sa.Connection) -> int:
        """How many rows the first one changed. Whoever expected another number has to roll back: the others may have been written."""
        if isinstance(conn.connection.driver_connection, sqlite3.Connection):
            changed = [statement.on(conn).run(conn, rows) for statement, rows in self._writes]
            return changed[0]
        parts = [(write.on(conn).on_postgresql, row) for write, rows in self._writes for row in rows]
        values = [value for compiled, row in parts for value in compiled.values(row)]
        return ask(conn, _whole(tuple([compiled.sql for compiled, _ in parts])), values).fetchone()[0]


@lru_cache(500)
def _whole(parts: tuple[str, ...]) -> str:
    """One statement that carries out ``parts``, their placeholders numbered through, and counts what the first one changed."""
    before, found = 0, list[str]()
    for number, sql in enumerate(parts):
        own = _PLACEHOLDER.findall(sql)
        moved = _PLACEHOLDER.sub(lambda match, before=before: f"${int(match[1]) + before}", sql)
        found.append(f"w{number} AS ({moved}{'' if number else ' RETURNING 1'})")
        before += max(map(int, own), default=0)
    return f"WITH {', '.join(found)} SELECT count(*) FROM w0"  # noqa: S608 -- made of statements, which hold no values


_PLACEHOLDER = re.compile(r"\$(\d+)\b")


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


def _reader(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    own = kind.dialect_impl(dialect)
    if dialect is not _SQLITE:
        return own.result_processor(dialect, None)
    json = isinstance(own.impl_instance if isinstance(own, sa.TypeDecorator) else own, sa.JSON)
    return _shared if json else own.result_processor(dialect, None)
