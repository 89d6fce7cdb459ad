"""Bringing a database to the shape that this version of the program knows."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from runtime.database import Database

#: names the lock under which one of several workers migrates while the others wait
LOCK = 0x64616261


def upgrade(database: Database, revision: str = "head") -> None:
    """Run what is missing, in one transaction: afterwards the database has the new shape or the old one."""
    database.write_now(_upgrade, revision)


def _upgrade(connection: sa.Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    command.upgrade(_config(connection), revision)


def pending(connection: sa.Connection) -> bool:
    """Whether the database has another shape than this program needs; then it must not serve."""
    return MigrationContext.configure(connection).get_current_revision() != head()


def head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
