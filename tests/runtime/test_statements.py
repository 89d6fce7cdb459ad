"""Statements that go to the driver directly, on both databases alike."""

import sqlite3
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import bindparam as given
from sqlalchemy import exc

from runtime.store import statements
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.store.statements import OwnWords, Statement, Together

AT = datetime(2026, 11, 23, 9, 30, 0, 250, tzinfo=UTC)
NEW = statements.insert(t.idempotency)
TOUCH = Statement(sa.update(t.idempotency).where(t.idempotency.c.key == given("of"), t.idempotency.c.since == 1), ["fingerprint", "until"])
ADD = OwnWords(
    lambda insert: insert(t.counter).on_conflict_do_update(
        index_elements=["scope", "organisation"], set_={"value": t.counter.c.value + insert(t.counter).excluded.value}
    ),
    ["scope", "organisation", "value"],
)
FOUND = Statement(sa.select(t.idempotency.c.key, t.idempotency.c.until, t.idempotency.c.at).order_by(t.idempotency.c.key))


def row(key: str) -> dict[str, object]:
    return {"person": "p", "key": key, "organisation": "o", "fingerprint": "f", "case": "c", "since": 1, "until": 2, "at": AT}


def test_writes_that_belong_together_are_all_carried_out(database: Database) -> None:
    """Their values are numbered through, many rows and an upsert among them; the answer is how many rows the first one changed."""
    database.write_now(lambda conn: NEW.run(conn, [row("a"), row("b")]))
    database.write_now(lambda conn: ADD.on(conn).run(conn, [{"scope": "s", "organisation": "o", "value": 3}]))
    writes = Together()
    writes.add(TOUCH, [{"of": "a", "fingerprint": "$1 'f' %s :x", "until": 7}])
    writes.add(NEW, [row("c"), row("d")])
    writes.add(NEW, [])
    writes.add(ADD, [{"scope": "s", "organisation": "o", "value": 4}, {"scope": "t", "organisation": "o", "value": 5}])
    assert database.write_now(writes.run) == 1
    assert [tuple(found) for found in database.read_now(FOUND.all, {})] == [("a", 7, AT), ("b", 2, AT), ("c", 2, AT), ("d", 2, AT)]
    kept = database.read_now(lambda conn: conn.execute(sa.select(t.counter.c.scope, t.counter.c.value).order_by(t.counter.c.scope)).all())
    assert [tuple(found) for found in kept] == [("s", 7), ("t", 5)]


def test_the_answer_says_when_the_first_changed_nothing(database: Database) -> None:
    """Whoever asked takes the rest back."""
    writes = Together()
    writes.add(TOUCH, [{"of": "nobody's", "fingerprint": "", "until": 7}])
    writes.add(NEW, [row("a")])
    assert database.write_now(writes.run) == 0


def test_a_row_that_is_there_already_is_told_as_such(database: Database) -> None:
    """And nothing of the transaction remains."""

    def twice(conn: sa.Connection) -> None:
        NEW.run(conn, [row("b")])
        NEW.run(conn, [row("a")])

    database.write_now(lambda conn: NEW.run(conn, [row("a")]))
    with pytest.raises((exc.IntegrityError, sqlite3.IntegrityError)):
        database.write_now(twice)
    assert [found[0] for found in database.read_now(FOUND.all, {})] == ["a"]
