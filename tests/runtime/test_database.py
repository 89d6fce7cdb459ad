"""What the database promises: an answer only after the commit, all of a command or nothing, a clear word when it cannot."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from support.databases import PostgresqlServer

from runtime.store.database import Database, Unavailable
from runtime.store.sqlite import Sqlite
from runtime.store.tables import counter


def put(conn: sa.Connection, scope: str) -> str:
    conn.execute(sa.insert(counter), {"scope": scope, "organisation": "qingxi", "value": 1})
    return scope


def put_and_fail(conn: sa.Connection, scope: str) -> None:
    put(conn, scope)
    raise KeyError(scope)


def scopes(conn: sa.Connection) -> list[str]:
    return list(conn.scalars(sa.select(counter.c.scope).order_by(counter.c.scope)))


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "test.db"
    path.write_bytes(sqlite_template.read_bytes())
    return path


@pytest.fixture
def file(sqlite_path: Path) -> Iterator[Sqlite]:
    database = Database.open(f"sqlite:///{sqlite_path}")
    assert isinstance(database, Sqlite)
    yield database
    database.close()


def test_what_was_written_is_read(database: Database) -> None:
    """By blocking and by awaiting callers alike."""
    assert database.write_now(put, "a") == "a"
    assert asyncio.run(database.write(put, "b")) == "b"
    assert database.read_now(scopes) == asyncio.run(database.read(scopes)) == ["a", "b"]


def test_a_command_that_fails_leaves_nothing_and_harms_no_other(database: Database) -> None:
    """Though they may share a commit."""

    async def run() -> list[Any]:
        calls = [database.write(put_and_fail if n % 2 else put, f"{n:02}") for n in range(20)]
        return await asyncio.gather(*calls, return_exceptions=True)

    answers = asyncio.run(run())
    assert [isinstance(answer, KeyError) for answer in answers] == [bool(n % 2) for n in range(20)]
    assert database.read_now(scopes) == [f"{n:02}" for n in range(0, 20, 2)]


def test_a_caller_that_gives_up_is_forgotten(database: Database) -> None:
    """Its command may be kept; the others get their answers."""

    async def run() -> None:
        gone = asyncio.create_task(database.write(put, "gone"))
        await asyncio.sleep(0)
        gone.cancel()
        assert await database.write(put, "stays") == "stays"

    asyncio.run(run())
    assert "stays" in database.read_now(scopes)


def test_a_closed_database_is_unavailable(database: Database) -> None:
    """Nobody waits for ever."""
    database.close()
    with pytest.raises(Unavailable):
        database.read_now(scopes)
    with pytest.raises(Unavailable):
        database.write_now(put, "a")


def test_sqlite_commits_synchronously(file: Sqlite) -> None:
    """WAL with synchronous=FULL (2), foreign keys on; the reading connection writes nothing."""

    def pragmas(conn: sa.Connection) -> list[Any]:
        return [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert file.write_now(pragmas) == ["wal", 2, 1]
    with pytest.raises(Unavailable, match="readonly"):
        file.read_now(lambda conn: conn.exec_driver_sql("DELETE FROM counter").rowcount)


def test_a_failed_commit_fails_all_who_share_it_and_the_writer_heals(file: Sqlite) -> None:
    """A foreign key that is only checked at the commit makes it fail."""

    def break_the_commit(conn: sa.Connection) -> None:
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        conn.exec_driver_sql("INSERT INTO app_current (app, organisation, digest, since) VALUES ('x', 'y', 'nowhere', '2026-01-01')")

    async def run() -> list[Any]:
        return await asyncio.gather(file.write(put, "a"), file.write(break_the_commit), file.write(put, "b"), return_exceptions=True)

    first, broken, last = asyncio.run(run())
    assert isinstance(broken, sqlite3.IntegrityError)
    kept = [scope for scope, answer in (("a", first), ("b", last)) if answer == scope]
    assert file.read_now(scopes) == kept, "an answer without a row, or a row without an answer"
    assert file.write_now(put, "c") == "c"


def test_a_full_disk_is_unavailable_until_there_is_room(file: Sqlite) -> None:
    """Nothing half done; reading goes on."""

    def limit(conn: sa.Connection, pages: int) -> None:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def much(conn: sa.Connection) -> None:
        for n in range(2000):
            put(conn, f"{n:04}" * 100)

    file.write_now(limit, 1)  # SQLite raises it to what is there already
    with pytest.raises(Unavailable, match="full"):
        file.write_now(much)
    assert file.read_now(scopes) == []
    file.write_now(limit, 1_000_000)
    assert file.write_now(put, "a") == "a"


def test_a_lost_file_is_unavailable_until_it_is_back(file: Sqlite, sqlite_path: Path) -> None:
    """What was written to a file that nobody can open again would be lost: it is not acknowledged."""
    file.write_now(put, "a")
    away = sqlite_path.with_name("away.db")
    sqlite_path.rename(away)
    for _ in range(2):
        with pytest.raises(Unavailable):
            file.read_now(scopes)
        with pytest.raises(Unavailable):
            file.write_now(put, "b")
    assert not sqlite_path.exists()
    away.rename(sqlite_path)
    assert file.write_now(put, "c") == "c"
    assert file.read_now(scopes) == ["a", "c"]


@pytest.mark.postgres
def test_connections_that_died_are_replaced(postgresql_server: PostgresqlServer) -> None:
    """After the server went down and came back, the next request is served."""
    url = postgresql_server.new()
    database = Database.open(url)
    database.write_now(put, "a")
    name = sa.make_url(url).database
    postgresql_server.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    assert database.read_now(scopes) == ["a"]
    database.close()


@pytest.mark.postgres
def test_a_missing_server_is_unavailable(tmp_path: Path) -> None:
    """No socket, no database."""
    database = Database.open(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
    with pytest.raises(Unavailable):
        database.read_now(scopes)
    database.close()


@pytest.mark.postgres
def test_those_who_collide_try_again(postgresql_server: PostgresqlServer) -> None:
    """Two transactions that wait for each other: the server ends one, and it runs again."""
    database = Database.open(postgresql_server.new())
    for scope in ("a", "b"):
        database.write_now(put, scope)

    def both(conn: sa.Connection, first: str, second: str) -> None:
        for scope in (first, second):
            conn.execute(sa.update(counter).where(counter.c.scope == scope).values(value=counter.c.value + 1))
            conn.execute(sa.select(sa.func.pg_sleep(0.05)))

    async def run() -> None:
        await asyncio.gather(database.write(both, "a", "b"), database.write(both, "b", "a"))

    asyncio.run(run())
    assert set(database.read_now(lambda conn: conn.scalars(sa.select(counter.c.value)).all())) == {3}
    database.close()


def test_an_unknown_kind_of_database_is_refused() -> None:
    """Said at once, with what there is."""
    with pytest.raises(ValueError, match="sqlite and postgresql"):
        Database.open("mysql://localhost/x")
