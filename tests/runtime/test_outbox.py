"""The outbox and the timers as rows: claimed once, tried again after growing pauses, given up, taken up again."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from support.city import APPLICANT, MONDAY, SHORT, City, found
from support.databases import written

from runtime.casework import cases
from runtime.store import outbox, timers
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.store.outbox import NotNow, Undeliverable
from workflows.effects import Timer

HOUR = timedelta(hours=1)


def post(database: Database, *ids: str, kind: str = "webhook", at: datetime = MONDAY) -> None:
    rows = [{"id": id, "organisation": "qingxi", "kind": kind, "case": "c", "body": "{}"} for id in ids]
    database.write_now(written, outbox.put, rows, at)


def claim(database: Database, at: datetime, *kinds: str) -> list[str]:
    return [letter.id for letter in database.write_now(outbox.claim, kinds or ("webhook",), at, 64)]


def state(database: Database, id: str) -> Any:
    return database.read_now(lambda conn: conn.execute(sa.select(t.outbox).where(t.outbox.c.id == id)).one())


def test_a_letter_is_claimed_by_kind_and_is_gone_once_delivered(database: Database) -> None:
    """A worker sees its own kinds alone."""
    post(database, "a", "b")
    post(database, "m", kind="mail")
    assert claim(database, MONDAY) == ["a", "b"]
    assert claim(database, MONDAY, "mail", "start") == ["m"]
    database.write_now(outbox.delivered, ["a", "b"])
    assert claim(database, MONDAY + HOUR) == []


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_one_worker_claimed_no_other_gets_until_the_lease_ends(database: Database) -> None:
    """A worker that died leaves its letters to the others."""
    post(database, "a", "b")
    assert claim(database, MONDAY) == ["a", "b"]
    assert claim(database, MONDAY + outbox.LEASE - timedelta(seconds=1)) == []
    assert claim(database, MONDAY + outbox.LEASE) == ["a", "b"]


def test_pauses_grow_until_a_letter_is_dead_and_an_administrator_takes_it_up_again(database: Database) -> None:
    """Each pause is longer than the one before; nothing is tried for ever."""
    post(database, "a")
    at, pauses = MONDAY, list[timedelta]()
    for _ in range(outbox.TRIES):
        (letter,) = database.write_now(outbox.claim, ("webhook",), at, 64)
        database.write_now(outbox.failed, letter, NotNow("answered 500"), at)
        pauses.append(state(database, "a").wake - at)
        at = state(database, "a").wake
    assert pauses[0] < timedelta(seconds=6)
    assert all(later > earlier or later > outbox.LONGEST * 0.85 for earlier, later in itertools.pairwise(pauses))
    assert max(pauses) < outbox.LONGEST * 1.2
    assert claim(database, at + timedelta(days=30)) == []
    (dead,) = database.read_now(outbox.dead)
    assert (dead.id, dead.error, dead.tries) == ("a", "answered 500", outbox.TRIES)
    assert not database.write_now(outbox.again, "b", at)
    assert database.write_now(outbox.again, "a", at)
    assert claim(database, at) == ["a"]
    assert state(database, "a").tries == 0


def test_what_will_never_be_taken_is_dead_at_once_and_can_be_thrown_away(database: Database) -> None:
    """Only dead letters can."""
    post(database, "a", "b")
    letter, _ = database.write_now(outbox.claim, ("webhook",), MONDAY, 64)
    database.write_now(outbox.failed, letter, Undeliverable("no such target"), MONDAY)
    assert [row.error for row in database.read_now(outbox.dead)] == ["no such target"]
    assert not database.write_now(outbox.discard, "b")
    assert database.write_now(outbox.discard, "a")
    assert not database.write_now(outbox.again, "a", MONDAY)


def test_an_unforeseen_failure_says_its_kind_and_nothing_that_it_quotes(database: Database) -> None:
    """What somebody typed must not reach the administrators' page."""
    post(database, "a")
    (letter,) = database.write_now(outbox.claim, ("webhook",), MONDAY, 64)
    database.write_now(outbox.failed, letter, ValueError("330102199001011234"), MONDAY)
    assert state(database, "a").error == "ValueError"


def test_a_clock_that_was_ahead_delays_nothing_once_it_is_right(database: Database) -> None:
    """Leases and pauses that it began are over."""
    ahead = MONDAY + timedelta(days=30)
    post(database, "a")
    (letter,) = database.write_now(outbox.claim, ("webhook",), ahead, 64)
    database.write_now(outbox.failed, letter, NotNow("answered 500"), ahead)
    assert claim(database, MONDAY + HOUR) == []
    database.write_now(outbox.put_right, MONDAY + HOUR)
    assert claim(database, MONDAY + HOUR) == ["a"]


# --- timers ---


async def with_case(database: Database) -> tuple[City, str]:
    city = await found(database)
    done = await cases.submit(city, APPLICANT, "leave", SHORT, "k")
    assert isinstance(done, cases.Done)
    database.write_now(lambda conn: conn.execute(sa.delete(t.timer)))
    return city, done.case.id


def run(fn: Callable[..., Any], *args: Any) -> Any:
    return asyncio.run(fn(*args))


def put(database: Database, case: str, *given: tuple[str, datetime]) -> None:
    database.write_now(written, timers.put, case, "qingxi", [Timer(id=id, at=at) for id, at in given])


def due(database: Database, at: datetime) -> list[str]:
    return [found.id for found in database.write_now(timers.claim, at, 64)]


def test_timers_are_due_in_their_order_and_never_early(database: Database) -> None:
    """Setting one again moves it."""
    _, case = run(with_case, database)
    put(database, case, ("late", MONDAY + 2 * HOUR), ("soon", MONDAY + HOUR), ("moved", MONDAY + HOUR))
    put(database, case, ("moved", MONDAY + 3 * HOUR))
    assert database.read_now(timers.next) == MONDAY + HOUR
    assert due(database, MONDAY + HOUR - timedelta(microseconds=1)) == []
    assert due(database, MONDAY + 2 * HOUR) == ["soon", "late"]
    assert not database.write_now(timers.rung, case, "moved", MONDAY + 2 * HOUR)
    assert database.write_now(timers.rung, case, "soon", MONDAY + 2 * HOUR)
    assert not database.write_now(timers.rung, case, "soon", MONDAY + 2 * HOUR)
    database.write_now(written, timers.drop, case, ["late", "moved", "never there"])
    assert database.read_now(timers.next) is None


def test_a_timer_that_fails_pauses_and_administrators_hear_of_it(database: Database) -> None:
    """It is never given up: the case waits for it."""
    _, case = run(with_case, database)
    put(database, case, ("a", MONDAY))
    at = MONDAY
    for _ in range(timers.FAILING):
        (one,) = database.write_now(timers.claim, at, 64)
        database.write_now(timers.failed, one, at)
        assert due(database, at) == []
        at += timers.LONGEST
    assert [(row.id, row.tries) for row in database.read_now(timers.failing)] == [("a", timers.FAILING)]
    assert due(database, at) == ["a"]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lease_is_over_when_the_clock_that_gave_it_was_wrong(database: Database) -> None:
    """A worker whose clock ran thirty days ahead claims a timer and dies; the others ring it when it is due."""
    _, case = run(with_case, database)
    put(database, case, ("a", MONDAY))
    assert due(database, MONDAY + timedelta(days=30)) == ["a"]
    assert due(database, MONDAY) == ["a"]
    assert due(database, MONDAY) == []
