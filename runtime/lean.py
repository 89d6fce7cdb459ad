"""SELECTs that lists ask for all day, without what SQLAlchemy does around each: on SQLite it takes twice as long as the query itself.

The statement stays SQLAlchemy's, and so do the types of its columns; only the way from the driver's rows to ours is shorter.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from runtime.database import from_json

#: values by name, as `sqlite3` takes them
_SQLITE = SQLiteDialect_pysqlite(paramstyle="named")
#: words repeat from row to row; nobody changes what a list has read
_json = lru_cache(4096)(from_json)


def _shared(text: str | None) -> Any:
    return _json(text) if text else None


class _Prepared(NamedTuple):
    """The statement as SQLite is told it."""

    sql: str
    #: of the constants within the statement
    values: dict[str, Any]
    #: how a value is written, of those that are not written as they are
    write: Mapping[str, Callable[[Any], Any]]
    #: how a column is read, by its place
    read: Sequence[tuple[int, Callable[[Any], Any]]]


class Lean:
    """A statement to be read from often. What JSON columns hold is shared between rows: it must not be changed."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._sqlite: _Prepared | None = None

    def all(self, conn: sa.Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows, each in the order of the columns."""
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return conn.execute(self._statement, values).all()
        found = self._sqlite = self._sqlite or _prepare(self._statement)
        rows = raw.execute(found.sql, found.values | {k: found.write[k](v) if k in found.write else v for k, v in values.items()})
        # column by column: a row has many values, and few of them are to be read in a special way
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        if not columns:
            return []
        for place, read in found.read:
            columns[place] = map(read, columns[place])
        return list(zip(*columns, strict=True))


def _prepare(statement: sa.Select[*tuple[Any, ...]]) -> _Prepared:
    compiled = statement.compile(dialect=_SQLITE)
    write = {name: bind.type.dialect_impl(_SQLITE).bind_processor(_SQLITE) for name, bind in compiled.binds.items()}
    read = [(place, _reader(column.type)) for place, column in enumerate(statement.selected_columns)]
    return _Prepared(
        str(compiled),
        {name: value for name, value in compiled.params.items() if value is not None},
        {name: write for name, write in write.items() if write},
        [(place, read) for place, read in read if read],
    )


def _reader(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    own = kind.dialect_impl(_SQLITE)
    return _shared if isinstance(own, sa.JSON) else own.result_processor(_SQLITE, None)
