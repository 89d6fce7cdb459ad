"""What an app publishes of its approved cases, found by the answer that it names as the key."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from runtime.store import tables as t
from workflows.app import View


def published(conn: sa.Connection, app: str, key: str, wanted: str, take: str) -> Any:
    """The answer ``take`` of the newest approved case whose answer to ``key`` is ``wanted``; None: there is none."""
    found = conn.execute(
        sa.select(t.case.c.answers)
        .where(t.case.c.app == app, sa.literal_column(_answer(conn, key), sa.String) == wanted)
        .where(t.case.c.status == "ended", t.case.c.outcome == "approved")
        .order_by(t.case.c.id.desc())
        .limit(1)
    ).first()
    return found.answers.get(take) if found else None


def indexed(conn: sa.Connection, views: Iterable[View]) -> None:
    """Makes the index that `published` needs of each key, where it is not there yet: cases of before are found too."""
    for key in dict.fromkeys(view.key for view in views):
        conn.execute(sa.text(f'CREATE INDEX IF NOT EXISTS ix_view_{key} ON "case" (app, {_answer(conn, key)})'))


def _answer(conn: sa.Connection, name: str) -> str:
    """An answer as the index has it, written out: what is bound serves no index."""
    assert name.replace("_", "").isalnum(), name  # as names of fields are
    return f"((answers ->> '{name}'))" if conn.dialect.name == "postgresql" else f"json_extract(answers, '$.{name}')"
