"""The tables that the program knows are the tables that the migrations make."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from support.databases import BOTH

from runtime.store import migrate, tables
from runtime.store.database import Database


def differences(connection: sa.Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables.metadata)


def test_models_equal_the_migrations(database: Database) -> None:
    """Alembic would have nothing to add."""
    assert database.read_now(differences) == []


def test_a_migrated_database_has_nothing_pending(database: Database) -> None:
    """Readiness asks this."""
    assert not database.read_now(migrate.pending)


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    """Every start of the server upgrades."""
    migrate.upgrade(database)
    assert not database.read_now(migrate.pending)


@pytest.mark.parametrize("kind", BOTH)
def test_an_empty_database_is_pending_until_upgraded(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """From nothing to the newest shape."""
    if kind == "sqlite":
        database = Database.open(f"sqlite:///{tmp_path / 'new.db'}")
    else:
        database = Database.open(request.getfixturevalue("postgresql_server").new("template0"))
    assert database.read_now(migrate.pending)
    migrate.upgrade(database)
    assert not database.read_now(migrate.pending)
    assert database.read_now(differences) == []
    database.close()


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    """A process that finds its database in order never loads Alembic, so the program itself knows the newest."""
    assert migrate.head() == migrate.HEAD
