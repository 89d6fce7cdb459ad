"""The way to the database: functions run on a connection, reads apart from writes, and a write answers only once it is on the disk.

Every statement of the project stands in a plain function whose first argument is a Connection; `read` and `write` run it. What
is read in one function is of one moment; what is written in one function is kept whole or not at all.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import msgspec
import sqlalchemy as sa

from runtime.store.bell import Bell

P = ParamSpec("P")
T = TypeVar("T")


class Unavailable(Exception):
    """The database cannot answer or cannot keep what it is given: full disk, lost file or server, too many waiting.

    Nothing of the transaction was kept, unless the connection broke during the commit itself; asking again under the same
    idempotency key finds out. Answer 503; the next request tries anew.
    """


class Database(ABC):
    """An open database. Safe to be used from several threads and loops."""

    dialect: Literal["sqlite", "postgresql"]

    @cached_property
    def bell(self) -> Bell:
        """Rung after a commit that leaves the workers of this process something to do."""
        return Bell()

    @staticmethod
    def open(url: str) -> "Database":
        """``sqlite:///path`` or ``postgresql+psycopg://…``. Connects at the first use on PostgreSQL, at once on SQLite."""
        parsed = sa.make_url(url)
        match parsed.get_backend_name():
            case "sqlite":
                from runtime.store.sqlite import Sqlite

                return Sqlite(parsed)
            case "postgresql":
                from runtime.store.postgresql import Postgresql

                return Postgresql(parsed.set(drivername="postgresql+psycopg"))
            case other:
                raise ValueError(f"a database of the kind {other!r}; there are sqlite and postgresql")

    @abstractmethod
    async def read(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``fn`` finds, all of one moment. On SQLite it runs on the loop: keep it short. Raises Unavailable."""

    @abstractmethod
    async def write(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``fn`` returns, after its transaction was committed synchronously. When ``fn`` raises, nothing it did remains.

        ``fn`` may run again after a serialisation failure: it must touch nothing but the connection. Raises Unavailable.
        """

    @abstractmethod
    def read_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, for the command line and tests: blocks."""

    @abstractmethod
    def write_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `write`, for the command line and tests: blocks."""

    @abstractmethod
    def close(self) -> None:
        """Finish what has begun and let go. Later calls raise Unavailable."""


def to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


from_json = msgspec.json.decode
