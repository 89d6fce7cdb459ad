"""Events as rows: each carries a hash over itself and the hash before it, so that a changed, missing or inserted row shows."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import seals
from runtime.store import tables as t
from runtime.store.statements import Statement
from workflows.events import AnyFact, Changed, Erased, Event, Submitted
from workflows.migration import Migrated

_facts: msgspec.json.Decoder[AnyFact] = msgspec.json.Decoder(AnyFact)


class Broken(NamedTuple):
    """The first row of a case's chain that does not fit."""

    case: str
    seq: int


def rows(case: str, organisation: str, events: Iterable[Event], before: str) -> list[dict[str, Any]]:
    """``events`` as rows that go on from the hash ``before``; "" begins a case."""
    found: list[dict[str, Any]] = []
    for event in events:
        fact = msgspec.json.encode(event.fact).decode()
        seal, closed = seals.new(fact) if isinstance(event.fact, Submitted | Changed | Migrated) else (None, fact)
        row: dict[str, Any] = {
            "case": case,
            "seq": event.seq,
            "organisation": organisation,
            "at": event.at,
            "actor": event.actor,
            "fact": fact,
            "seal": seal,
        }
        row["hash"] = before = _hash(row, closed, before)
        found.append(row)
    return found


def link(row: Mapping[Any, Any], before: str) -> str:
    """The hash of ``row`` behind ``before``: SHA-256 of the canonical JSON of what the row says, its answers as salted digests."""
    return _hash(row, seals.closed(row["fact"], row["seal"]), before)


def _hash(row: Mapping[Any, Any], closed: str, before: str) -> str:
    at: datetime = row["at"]
    said = [before, row["case"], row["seq"], at.astimezone(UTC).isoformat(), row["actor"], closed]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def read(conn: sa.Connection, case: str, until: int | None = None) -> tuple[list[Event], str]:
    """The events of ``case``, up to ``until``, and the last hash."""
    found = _EVENTS.all(conn, {"case": case}) if until is None else _UNTIL.all(conn, {"case": case, "until": until})
    events = [Event(seq=seq, at=at, actor=actor, fact=_facts.decode(fact)) for seq, at, actor, fact, _ in found]
    return events, found[-1][4] if found else ""


def verify(conn: sa.Connection, case: str | None = None) -> Broken | None:
    """The first row that does not follow from the one before it, of one case or of all; None: every chain holds.

    An answer that is gone must have been erased by an event of the case. A tail cut off whole is not seen here: `verify.differences`
    sees it by the case's row, an anchor outside even without.
    """
    following = _Following()
    statement = _CHAIN if case is None else _CHAIN.where(t.event.c.case == case)
    with conn.execute(statement.execution_options(yield_per=1000)) as found:
        for row in found.mappings():
            if row["case"] != following.case:
                if broken := following.unexplained():
                    return broken
                following = _Following(row["case"])
            if not following.takes(row):
                return Broken(following.case, following.seq + 1)
    return following.unexplained()


class _Following:
    """One chain, row by row."""

    def __init__(self, case: str = "") -> None:
        self.case = case
        self.seq: int = 0
        self._before: str = ""
        #: answers that are gone, and the first row they are gone from
        self._gone: dict[str, int] = {}
        #: answers that events say were erased
        self._erased: set[str] = set()

    def takes(self, row: Mapping[Any, Any]) -> bool:
        """Whether ``row`` follows."""
        try:
            if row["seq"] != self.seq + 1 or row["hash"] != link(row, self._before):
                return False
            for name in seals.erased(row["seal"]):
                self._gone.setdefault(name, row["seq"])
            if '"kind":"erased"' in row["fact"] and isinstance(fact := _facts.decode(row["fact"]), Erased):
                self._erased.update(fact.fields)
        except (ValueError, KeyError, TypeError, AttributeError):  # no JSON, or none of ours: a row that somebody wrote
            return False
        self.seq, self._before = row["seq"], row["hash"]
        return True

    def unexplained(self) -> Broken | None:
        """The first row from which an answer is gone that no event erased."""
        lost = [seq for name, seq in self._gone.items() if name not in self._erased]
        return Broken(self.case, min(lost)) if lost else None


def erase(conn: sa.Connection, case: str, names: Collection[str]) -> bool:
    """Take the answers ``names`` out of the events of ``case``. False: some of them were written before answers had salts, and the chain
    would not hold without them; nothing has changed then.
    """
    changed: list[dict[str, Any]] = []
    for row in conn.execute(_SEALED, {"of": case}):
        fact = msgspec.json.decode(row.fact)
        if not any(name in fact.get(part, ()) for part in seals.PARTS for name in names):
            continue
        if row.seal is None:
            return False
        said, seal = seals.erase(row.fact, row.seal, names)
        changed.append({"of": case, "number": row.seq, "fact": said, "seal": seal})
    if changed:
        conn.execute(_REWRITE, changed)
    return True


_events = (
    sa.select(t.event.c.seq, t.event.c.at, t.event.c.actor, t.event.c.fact, t.event.c.hash)
    .where(t.event.c.case == given("case"))
    .order_by(t.event.c.seq)
)
_EVENTS = Statement(_events)
_SEALED = sa.select(t.event.c.seq, t.event.c.fact, t.event.c.seal).where(t.event.c.case == given("of")).order_by(t.event.c.seq)
_REWRITE = (
    sa.update(t.event).where(t.event.c.case == given("of"), t.event.c.seq == given("number")).values(fact=given("fact"), seal=given("seal"))
)
_UNTIL = Statement(_events.where(t.event.c.seq <= given("until")))
_CHAIN = sa.select(t.event).order_by(t.event.c.case, t.event.c.seq)
