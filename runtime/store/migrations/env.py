"""Where Alembic begins: the connection comes from `runtime.store.migrate`, already in a transaction."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import AutoString

from runtime.store.tables import Instant, Json, metadata


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A new migration says what the database has, not what the program calls it: that may change later."""
    if kind != "type":
        return False
    match item:
        case Instant():
            return "sa.DateTime(timezone=True)"
        case AutoString():
            return "sa.String()"
        case sa.JSON() | Json.__class__():
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
        case _:
            return False


connection: sa.Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_item=render, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
