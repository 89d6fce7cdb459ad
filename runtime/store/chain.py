"""Events as rows: each carries a hash over itself and the hash before it, so that a changed, missing or inserted row shows."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import tables as t
from runtime.store.statements import Statement
from workflows.events import AnyFact, Event

_facts: msgspec.json.Decoder[AnyFact] = msgspec.json.Decoder(AnyFact)


class Broken(NamedTuple):
    """The first row of a case's chain that does not fit."""

    case: str
    seq: int


def rows(case: str, organisation: str, events: Iterable[Event], before: str) -> list[dict[str, Any]]:
    """``events`` as rows that go on from the hash ``before``; "" begins a case."""
    found: list[dict[str, Any]] = []
    for event in events:
        row = {
            "case": case,
            "seq": event.seq,
            "organisation": organisation,
            "at": event.at,
            "actor": event.actor,
            "fact": msgspec.json.encode(event.fact).decode(),
        }
        before = row["hash"] = link(row, before)
        found.append(row)
    return found


def link(row: Mapping[Any, Any], before: str) -> str:
    """The hash of ``row`` behind ``before``: SHA-256 of the canonical JSON of what the row says."""
    at: datetime = row["at"]
    said = [before, row["case"], row["seq"], at.astimezone(UTC).isoformat(), row["actor"], row["fact"]]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def read(conn: sa.Connection, case: str, until: int | None = None) -> tuple[list[Event], str]:
    """The events of ``case``, up to ``until``, and the last hash."""
    found = _EVENTS.all(conn, {"case": case}) if until is None else _UNTIL.all(conn, {"case": case, "until": until})
    events = [Event(seq=seq, at=at, actor=actor, fact=_facts.decode(fact)) for seq, at, actor, fact, _ in found]
    return events, found[-1][4] if found else ""


def verify(conn: sa.Connection, case: str | None = None) -> Broken | None:
    """The first row that does not follow from the one before it, of one case or of all; None: every chain holds.

    A tail cut off whole is not seen here: `verify.differences` sees it by the case's row, an anchor outside even without.
    """
    expected, before, current = 1, "", ""
    statement = _CHAIN if case is None else _CHAIN.where(t.event.c.case == case)
    with conn.execute(statement.execution_options(yield_per=1000)) as found:
        for row in found.mappings():
            if row["case"] != current:
                expected, before, current = 1, "", row["case"]
            if row["seq"] != expected or row["hash"] != link(row, before):
                return Broken(current, expected)
            expected, before = expected + 1, row["hash"]
    return None


_events = (
    sa.select(t.event.c.seq, t.event.c.at, t.event.c.actor, t.event.c.fact, t.event.c.hash)
    .where(t.event.c.case == given("case"))
    .order_by(t.event.c.seq)
)
_EVENTS = Statement(_events)
_UNTIL = Statement(_events.where(t.event.c.seq <= given("until")))
_CHAIN = sa.select(t.event).order_by(t.event.c.case, t.event.c.seq)
