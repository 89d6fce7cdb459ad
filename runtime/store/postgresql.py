"""PostgreSQL: a pool of connections and as many threads; any number of processes."""

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc

from runtime.store import tables
from runtime.store.database import Database, Unavailable, from_json, to_json

P = ParamSpec("P")
T = TypeVar("T")

#: connections of one process
POOL = 8
#: a transaction that the server rolled back for the sake of another one is tried this often
TRIES = 6


class Postgresql(Database):
    """A server, any number of processes."""

    dialect = "postgresql"

    def __init__(self, url: sa.URL) -> None:
        tables.for_postgresql()
        self.engine = sa.create_engine(
            url,
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=10,
            # keeps the word of a commit whatever the server's default is
            connect_args={"options": "-c timezone=UTC -c synchronous_commit=on", "connect_timeout": 5},
            json_serializer=to_json,
            json_deserializer=from_json,
        )
        self.snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._threads = ThreadPoolExecutor(POOL, thread_name_prefix="database")
        self._closed = False

    async def read(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def call(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        return await self._elsewhere(self.snapshots, call)

    async def write(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def call(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        return await self._elsewhere(self.engine, call)

    def read_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def call(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        return self._carry_out(self.snapshots, call)

    def write_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def call(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        return self._carry_out(self.engine, call)

    async def _elsewhere(self, engine: sa.Engine, call: Callable[[sa.Connection], T]) -> T:
        if self._closed:
            raise Unavailable("the database has been closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._carry_out, engine, call)

    def _carry_out(self, engine: sa.Engine, call: Callable[[sa.Connection], T]) -> T:
        if self._closed:
            raise Unavailable("the database has been closed")
        for attempt in range(1, TRIES + 1):
            committing = False
            try:
                with engine.connect() as connection:
                    # statements of runtime.store.statements go past SQLAlchemy, which would not see that anything has begun
                    connection.begin()
                    result = call(connection)
                    committing = True
                    connection.commit()
                    return result
            except exc.TimeoutError as error:
                raise Unavailable("every connection is in use") from error
            except exc.DBAPIError as error:
                if attempt < TRIES and _again(error, committing=committing):
                    time.sleep(random.uniform(0, 0.01 * attempt))  # noqa: S311 -- spreads those who collided
                    continue
                if isinstance(error.orig, psycopg.OperationalError | psycopg.InterfaceError) or error.connection_invalidated:
                    raise Unavailable(str(error.orig).strip()) from error
                raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        self._closed = True
        self._threads.shutdown(wait=True)
        self.engine.dispose()


def _again(error: exc.DBAPIError, *, committing: bool) -> bool:
    """Whether trying again is right: the server chose this transaction to give way, or a pooled connection had died before its use."""
    if isinstance(error.orig, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected):
        return True
    return error.connection_invalidated and not committing
