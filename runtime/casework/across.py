"""Rules across cases, held in the transaction that changes the answers: nobody can take up between looking and writing.

Open and approved cases count. What a case takes up are rows of `mark`; whoever looks at those of a key first locks its gate.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from forms import across
from forms.across import Claim
from forms.texts import Text
from runtime.casework.visible import VISIBLE
from runtime.store import tables as t
from runtime.store.statements import OwnWords
from workflows.case import Case
from workflows.program import Program


def counts(case: Case) -> bool:
    """Whether what ``case`` takes up is in the way of others."""
    return case.status == "open" or case.outcome == "approved"


def hold(conn: sa.Connection, program: Program, case: Case, person: str, organisation: str, zone: str) -> dict[str, Text]:
    """Take up what ``case`` takes up as it stands now, and let go of the rest. What another case, or another row of this one, has taken up
    already is in the answer, by its place; then the transaction must not be committed. ``person`` reads it.
    """
    claims = across.claims(program.app.form, program.app.id, case.answers, _day(case.created_at, zone)) if counts(case) else []
    rows: list[dict[str, Any]] = [
        {
            "case": case.id,
            "place": place,
            "organisation": organisation,
            "key": c.key,
            "starts": c.starts,
            "ends": c.ends,
            "amount": c.amount,
        }
        for place, c in enumerate(claims)
    ]
    if rows == [dict(row) for row in conn.execute(_MINE, {"of": case.id}).mappings()]:
        return {}
    # in one order, so that two never wait for each other
    for key in sorted({claim.key for claim in claims}):
        _GATE.on(conn).run(conn, [{"key": key, "organisation": organisation}])
    problems: dict[str, Text] = {}
    for number, claim in enumerate(claims):
        others: Sequence[Any] = conn.execute(_OTHERS, {"key": claim.key, "of": case.id, "since": _since(claim)}).all()
        own = [one for place, one in enumerate(claims) if place != number and one.key == claim.key]
        if found := _in_the_way(claim, others, own):
            problems[claim.path] = _said(conn, claim, [id for id in found if id], person)
    if not problems:
        conn.execute(_LET_GO, {"of": case.id})
        if rows:
            conn.execute(sa.insert(t.mark), rows)
    return problems


def _in_the_way(claim: Claim, others: Sequence[Any], own: Sequence[Claim]) -> list[str]:
    """Ids of the cases that are in the way of ``claim``; "" is its own."""
    rule = claim.rule
    if rule.rule == "unique":
        return [*dict.fromkeys(row.case for row in others), *([""] if own else [])]
    if rule.rule == "no_overlap":
        met = [row.case for row in others if across.overlap(claim, row.starts, row.ends)]
        return [*dict.fromkeys(met), *([""] if any(across.overlap(claim, one.starts or "", one.ends or "") for one in own) else [])]
    taken = [(row.starts, row.amount) for row in others] + [(one.starts or "", one.amount or 0) for one in own]
    assert rule.at_most is not None
    over = across.most(claim, taken, rule.days or 1) > rule.at_most
    return [*dict.fromkeys(row.case for row in others if _near(row.starts, claim, rule.days or 1)), ""] if over else []


def _since(claim: Claim) -> str:
    """Of what begins earlier nothing can be in the way of ``claim``."""
    if claim.rule.rule != "sum":
        return ""
    return (date.fromisoformat(claim.starts or "") - timedelta(days=claim.rule.days or 1)).isoformat()


def _near(day: str, claim: Claim, days: int) -> bool:
    return abs((date.fromisoformat(day) - date.fromisoformat(claim.starts or "")).days) < days


def _said(conn: sa.Connection, claim: Claim, cases: Sequence[str], person: str) -> Text:
    """The rule's own message, with the numbers of those cases that ``person`` may see."""
    seen = list(conn.scalars(_NUMBERS, {"ids": list(cases), "person": person})) if cases else []
    message = claim.rule.message
    if not seen:
        return message
    return {
        language: f"{words}（{'、'.join(seen)}）" if language == "zh" else f"{words} ({', '.join(seen)})"
        for language, words in message.items()
    }


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def changed(program: Program, before: Mapping[str, Any] | None, case: Case) -> bool:
    """Whether the rules have to be asked again."""
    return bool(program.app.form.across) and (before is None or before != case.answers or case.status == "ended")


_MINE = sa.select(t.mark).where(t.mark.c.case == given("of")).order_by(t.mark.c.place)
_OTHERS = sa.select(t.mark.c.case, t.mark.c.starts, t.mark.c.ends, t.mark.c.amount).where(
    t.mark.c.key == given("key"), t.mark.c.case != given("of"), sa.or_(t.mark.c.starts.is_(None), t.mark.c.starts >= given("since"))
)
_LET_GO = sa.delete(t.mark).where(t.mark.c.case == given("of"))
_NUMBERS = sa.select(t.case.c.number).where(t.case.c.id.in_(given("ids", expanding=True)), VISIBLE).order_by(t.case.c.number).limit(3)
_GATE = OwnWords(
    lambda insert: insert(t.gate).on_conflict_do_update(index_elements=["key"], set_={"organisation": t.gate.c.organisation}),
    ["key", "organisation"],
)
