"""Rules across the cases of an app: what a case takes up of something that they share, worked out from its answers alone."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, cast

import msgspec

from forms.form import Across, Form


class Claim(NamedTuple):
    """What a case takes up by one rule."""

    rule: Across
    #: where what is wrong is said: "period", "invoices.0.code"
    path: str
    #: equal for all that is in each other's way: a digest, so that it tells nothing
    key: str
    #: no_overlap: from and up to; sum: the day
    starts: str | None = None
    ends: str | None = None
    #: sum
    amount: float | None = None


def claims(form: Form, app: str, answers: Mapping[str, Any], day: date) -> list[Claim]:
    """All that ``answers`` take up; ``day`` is that of the submission. What has not been answered takes up nothing."""
    return [claim for rule in form.across for claim in _of(rule, app, answers, day)]


def _of(rule: Across, app: str, answers: Mapping[str, Any], day: date) -> Iterator[Claim]:
    for path, of, same in _places(rule, answers):
        if any(value in (None, "", [], {}) for value in (*of, *same)):
            continue
        met = (*same, *of) if rule.rule == "unique" else same
        said = [app, rule.rule, rule.of, rule.same, met]
        key = hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
        if rule.rule == "unique":
            yield Claim(rule, path, key)
        elif rule.rule == "sum":
            yield Claim(rule, path, key, starts=day.isoformat(), amount=float(of[0]))
        elif span := _span(of):
            yield Claim(rule, path, key, *span)


def _places(rule: Across, answers: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Any], Sequence[Any]]]:
    """Each place that the rule is about, with its values: the case itself, or every row of the table that its paths lead into."""
    table = next((path.partition(".")[0] for path in (*rule.of, *rule.same) if "." in path), None)
    if table is None:
        yield rule.of[0], [answers.get(name) for name in rule.of], [answers.get(name) for name in rule.same]
        return
    rows = answers.get(table)
    for number, row in enumerate(cast("list[Any]", rows) if isinstance(rows, list) else ()):
        cells = cast("Mapping[str, Any]", row if isinstance(row, Mapping) else {})

        def value(path: str, cells: Mapping[str, Any] = cells) -> Any:
            name, _, column = path.partition(".")
            return cells.get(column) if column else answers.get(name)

        first = rule.of[0]
        where = f"{table}.{number}.{first.partition('.')[2]}" if "." in first else first
        yield where, [value(path) for path in rule.of], [value(path) for path in rule.same]


def _span(of: Sequence[Any]) -> tuple[str, str] | None:
    """From and up to: days and halves of days are taken up whole, a moment is free again for the next."""
    if len(of) == 2:
        return (str(of[0]), str(of[1])) if str(of[0]) < str(of[1]) else None
    value = cast("Mapping[str, Any]", of[0] if isinstance(of[0], Mapping) else {})
    start, end = (f"{value.get(part) or ''}{value.get(f'{part}_half') or ''}" for part in ("start", "end"))
    return (start, f"{end}~") if start and end else None


def overlap(claim: Claim, starts: str, ends: str) -> bool:
    """Whether the time of ``claim`` and another meet."""
    return claim.starts is not None and claim.ends is not None and claim.starts < ends and starts < claim.ends


def most(claim: Claim, others: Iterable[tuple[str, float]], days: int) -> float:
    """The largest sum within ``days`` days in a row that ``claim`` is part of, with what ``others`` take up: their days and amounts."""
    here = date.fromisoformat(claim.starts or "")
    known = [(date.fromisoformat(day), amount) for day, amount in others]
    firsts = [here - timedelta(days=back) for back in range(days)]
    sums = [sum(amount for day, amount in known if first <= day < first + timedelta(days=days)) for first in firsts]
    return max(sums) + (claim.amount or 0)
