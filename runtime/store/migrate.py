"""Bringing a database to the shape that this version of the program knows."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from runtime.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: the newest migration; written here so that a process that finds its database in order need not load Alembic (a test compares)
HEAD = "0009"
#: names the lock under which one of several workers migrates while the others wait
LOCK = 0x64616261


def upgrade(database: Database) -> None:
    """Run what is missing, in one transaction: afterwards the database has the new shape or the old one."""
    if database.read_now(pending):
        database.write_now(_upgrade)


def pending(connection: sa.Connection) -> bool:
    """Whether the database has another shape than this program needs; then it must not serve."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return True
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() != HEAD


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    command.upgrade(_config(connection), "head")


def head() -> str | None:
    """The newest migration there is, as Alembic finds it."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: sa.Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
