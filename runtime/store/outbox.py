"""The rows of the outbox: put there with the decision that causes them, claimed by a worker, gone once the other side has them.

At least once: a worker that dies between delivering and saying so delivers again under the same id. What cannot be delivered for
a long time, or never could, is a dead letter, which administrators see and may send on its way again.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import statements
from runtime.store import tables as t
from runtime.store.statements import Together

#: a worker has this long for what it claimed; longer than any attempt may take
LEASE = timedelta(seconds=60)
#: pauses after failures: 5 s, then three times as long each time, 6 hours at most; in all about a day
FIRST, LONGEST = timedelta(seconds=5), timedelta(hours=6)
#: failed this often, a letter is dead
TRIES = 12


class Letter(NamedTuple):
    """Something to be delivered."""

    id: str
    kind: str
    case: str
    body: str
    created_at: datetime
    tries: int


class Undeliverable(Exception):
    """Trying again would change nothing. The message says why, without anything that somebody typed."""


class NotNow(Exception):
    """The other side did not take it; another time it may. The message as in Undeliverable."""


def put(writes: Together, rows: Iterable[dict[str, Any]], now: datetime) -> None:
    """New letters: id, organisation, kind, case and body of each."""
    same = {"state": "waiting", "created_at": now, "wake": now, "tries": 0, "error": ""}
    writes.add(_NEW, [row | same for row in rows])


def claim(conn: sa.Connection, kinds: Sequence[str], now: datetime, limit: int) -> list[Letter]:
    """Letters of these kinds whose time has come, for this worker alone until the lease ends.

    On SQLite the one process needs no lease and only reads.
    """
    values = {"now": now, "limit": limit, "kinds": list(kinds)}
    if conn.dialect.name == "sqlite":
        return [Letter(*row) for row in conn.execute(_DUE, values)]
    return sorted(Letter(*row) for row in conn.execute(_CLAIM, {**values, "lease": now + LEASE}))


def next(conn: sa.Connection, kinds: Sequence[str]) -> datetime | None:
    """When the next letter is to be tried; None: there is none."""
    return conn.scalar(_NEXT, {"kinds": list(kinds)})


def delivered(conn: sa.Connection, ids: Sequence[str]) -> None:
    """The other side has them."""
    conn.execute(_GONE, [{"letter": id} for id in ids])


def failed(conn: sa.Connection, letter: Letter, error: Exception, now: datetime) -> None:
    """Tries again after a pause, or gives up."""
    tries = letter.tries + 1
    dead = isinstance(error, Undeliverable) or tries >= TRIES
    words = str(error) if isinstance(error, Undeliverable | NotNow) else type(error).__name__
    # spread by a fifth, so that what failed together does not come back together
    pause = min(FIRST * 3 ** (tries - 1), LONGEST) * random.uniform(0.9, 1.1)  # noqa: S311 -- spreads, hides nothing
    changed = {"wake": now + pause, "tries": tries, "error": words[:300], "state": "dead" if dead else "waiting"}
    conn.execute(_LATER, {"letter": letter.id, **changed})


def put_right(conn: sa.Connection, now: datetime) -> None:
    """Pauses that end beyond the longest one were begun by a clock that has been set back since: they are over."""
    conn.execute(_TOO_LONG, {"now": now, "far": now + LONGEST * 2})


def dead(conn: sa.Connection, limit: int = 100) -> Sequence[Any]:
    """Letters that were given up, the newest first, with the number and app of their case."""
    return conn.execute(_DEAD, {"limit": limit}).all()


def waiting(conn: sa.Connection) -> Sequence[Any]:
    """Of each kind: how many letters wait, and how many of them have been tried in vain."""
    return conn.execute(_WAITING).all()


def again(conn: sa.Connection, id: str, now: datetime) -> bool:
    """A dead letter is tried again, from the beginning. False: there is no such letter."""
    return conn.execute(_AGAIN, {"letter": id, "wake": now}).rowcount == 1


def discard(conn: sa.Connection, id: str) -> bool:
    """A dead letter is thrown away. False: there is no such letter."""
    return conn.execute(_DISCARD, {"letter": id}).rowcount == 1


_row = t.outbox.c
_kinds = _row.kind.in_(given("kinds", expanding=True))
_DUE = (
    sa.select(_row.id, _row.kind, _row.case, _row.body, _row.created_at, _row.tries)
    .where(_row.state == "waiting", _kinds, _row.wake <= given("now", type_=t.Instant))
    .order_by(_row.wake, _row.id)
    .limit(given("limit", type_=sa.Integer))
)
_mine = _DUE.with_for_update(skip_locked=True).cte("mine").prefix_with("MATERIALIZED", dialect="postgresql")
_CLAIM = (
    sa.update(t.outbox)
    .where(_row.id == _mine.c.id)
    .values(wake=given("lease", type_=t.Instant))
    .returning(_row.id, _row.kind, _row.case, _row.body, _row.created_at, _row.tries)
)
_NEXT = sa.select(_row.wake).where(_row.state == "waiting", _kinds).order_by(_row.wake).limit(1)
_NEW = statements.insert(t.outbox)
_GONE = sa.delete(t.outbox).where(_row.id == given("letter"))
_LATER = (
    sa.update(t.outbox)
    .where(_row.id == given("letter"))
    .values(wake=given("wake"), tries=given("tries"), error=given("error"), state=given("state"))
)
_TOO_LONG = sa.update(t.outbox).where(_row.state == "waiting", _row.wake > given("far")).values(wake=given("now"))
_DEAD = (
    sa.select(_row.id, _row.kind, _row.tries, _row.error, _row.created_at, t.case.c.number, t.case.c.app_title)
    .outerjoin(t.case, t.case.c.id == _row.case)
    .where(_row.state == "dead")
    .order_by(_row.wake.desc())
    .limit(given("limit", type_=sa.Integer))
)
_WAITING = (
    sa.select(_row.kind, sa.func.count().label("all"), sa.func.sum(sa.case((_row.tries > 0, 1), else_=0)).label("failed"))
    .where(_row.state == "waiting")
    .group_by(_row.kind)
    .order_by(_row.kind)
)
_AGAIN = (
    sa.update(t.outbox)
    .where(_row.id == given("letter"), _row.state == "dead")
    .values(state="waiting", tries=0, wake=given("wake"), error="")
)
_DISCARD = sa.delete(t.outbox).where(_row.id == given("letter"), _row.state == "dead")
