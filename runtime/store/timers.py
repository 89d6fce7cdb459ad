"""The rows of timers: set and dropped with the decision that says so, claimed when they are due, gone once they have rung.

A row only says when to look at a case. Whether the case still waits for it is decided from the case, under its lock; so a timer that
rings late, twice, or beside a person's act does nothing it should not.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import tables as t
from runtime.store.statements import OwnWords, Statement, Together

#: a worker has this long for what it claimed; then another one may
LEASE = timedelta(seconds=30)
#: pauses after failures: 5 s, 10 s, 20 s … and never more than an hour
PAUSE, LONGEST = timedelta(seconds=5), timedelta(hours=1)
#: failures after which administrators are told
FAILING = 3


class Due(NamedTuple):
    """A timer that a worker has claimed."""

    at: datetime
    case: str
    id: str
    tries: int


def put(writes: Together, case: str, organisation: str, timers: Iterable[Any]) -> None:
    """Sets ``timers`` (workflows.effects.Timer); one that is there moves."""
    own = {"case": case, "organisation": organisation, "tries": 0}
    writes.add(_SET, [{**own, "id": timer.id, "at": timer.at, "wake": timer.at} for timer in timers])


def drop(writes: Together, case: str, ids: Iterable[str]) -> None:
    """Lets go of timers that the case no longer waits for."""
    writes.add(_DROP, [{"of": case, "timer": id} for id in ids])


def rung(conn: sa.Connection, case: str, id: str, now: datetime) -> bool:
    """Takes the row of a timer that is due away, in the transaction of what it does. False: it is gone, or was moved to later."""
    return conn.execute(_RUNG, {"of": case, "timer": id, "now": now}).rowcount == 1


def claim(conn: sa.Connection, now: datetime, limit: int) -> list[Due]:
    """Timers that are due, the earliest first, for this worker alone until the lease ends.

    On SQLite the one process needs no lease and only reads.
    """
    values = {"now": now, "far": now + LONGEST, "limit": limit}
    if conn.dialect.name == "sqlite":
        return [Due(*row) for row in conn.execute(_DUE, values)]
    return sorted(Due(*row) for row in conn.execute(_CLAIM, {**values, "lease": now + LEASE}))


def next(conn: sa.Connection) -> datetime | None:
    """When the next timer is due; in the past while one is claimed or pauses; None: there is none."""
    return conn.scalar(_NEXT)


def failed(conn: sa.Connection, due: Due, now: datetime) -> None:
    """Lets it be tried again after a pause, each longer than the one before."""
    pause = min(PAUSE * 2 ** min(due.tries, 20), LONGEST)
    conn.execute(_LATER, {"of": due.case, "timer": due.id, "wake": now + pause, "tries": due.tries + 1})


def failing(conn: sa.Connection, limit: int = 50) -> Sequence[Any]:
    """Timers that have failed often, with the number and app of their case."""
    return conn.execute(_FAILING, {"limit": limit}).all()


# a pause that ends beyond the longest one was begun by a clock that has been put right since: it counts for nothing
_due = sa.and_(
    t.timer.c.at <= given("now", type_=t.Instant),
    sa.or_(t.timer.c.wake <= given("now", type_=t.Instant), t.timer.c.wake > given("far", type_=t.Instant)),
)
_columns = (t.timer.c.at, t.timer.c.case, t.timer.c.id, t.timer.c.tries)
_DUE = sa.select(*_columns).where(_due).order_by(t.timer.c.at).limit(given("limit", type_=sa.Integer))
_mine = _DUE.with_for_update(skip_locked=True).cte("mine").prefix_with("MATERIALIZED", dialect="postgresql")
_CLAIM = (
    sa.update(t.timer)
    .where(t.timer.c.case == _mine.c.case, t.timer.c.id == _mine.c.id)
    .values(wake=given("lease", type_=t.Instant))
    .returning(*_columns)
)
_NEXT = sa.select(t.timer.c.at).order_by(t.timer.c.at).limit(1)
_one = sa.and_(t.timer.c.case == given("of"), t.timer.c.id == given("timer"))
_RUNG = sa.delete(t.timer).where(_one, t.timer.c.at <= given("now", type_=t.Instant))
_DROP = Statement(sa.delete(t.timer).where(_one))
_LATER = sa.update(t.timer).where(_one).values(wake=given("wake"), tries=given("tries"))
_FAILING = (
    sa.select(t.timer.c.id, t.timer.c.at, t.timer.c.tries, t.case.c.number, t.case.c.app_title)
    .join(t.case, t.case.c.id == t.timer.c.case)
    .where(t.timer.c.tries >= FAILING)
    .order_by(t.timer.c.at)
    .limit(given("limit", type_=sa.Integer))
)
_SET = OwnWords(
    lambda insert: (new := insert(t.timer)).on_conflict_do_update(
        index_elements=["case", "id"], set_={"at": new.excluded.at, "wake": new.excluded.wake, "tries": 0}
    ),
    [column.name for column in t.timer.columns],
)
