"""Answers for which two expressions, or two branches, do different things: the values around everything that either of them mentions."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from forms import answers as forms
from forms import syntax
from forms.calendar import WorkCalendar
from forms.expressions import UNKNOWN, Expression, Fault
from forms.form import Field
from forms.syntax import Literal_, Member, Node
from forms.texts import LANGUAGES, Text, say
from workflows.people import Organisation

#: combinations that are tried before it is said that none was found
MOST = 3_000
#: values of one field that are tried
VALUES = 24
#: a day like any other, far from the ends of the calendar
TODAY = date(2026, 6, 3)


class Surroundings(NamedTuple):
    """What expressions read besides answers."""

    organisation: Organisation | None

    @property
    def calendar(self) -> WorkCalendar | None:
        return self.organisation.calendar if self.organisation else None

    def applicants(self) -> list[dict[str, str]]:
        """One person of each department and post."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for person in self.organisation.people if self.organisation else ():
            for held in person.holdings:
                known = {"id": person.id, "name": person.name, "department": held.department, "post": held.post}
                if not person.disabled:
                    found.setdefault((held.department, held.post), known)
        return list(found.values()) or [{"id": "somebody", "name": "某人", "department": "", "post": ""}]


def bindings(
    fields: Mapping[str, Field], expressions: Sequence[Expression], around: Surroundings, *, reads: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """Answers around what ``expressions`` mention, the same in the same order every time; at most MOST."""
    names = sorted({*reads, *(name for expression in expressions for name in expression.reads)} - {"today", "applicant", "row"})
    trees = [expression.tree for expression in expressions]
    read = {name for expression in expressions for name in expression.reads}
    domains = [values(fields[name], trees, around) for name in names if name in fields]
    known = [name for name in names if name in fields]
    applicants = around.applicants() if "applicant" in read else around.applicants()[:1]
    days = sorted({TODAY, *_dates(trees)})[:8] if "today" in read else [TODAY]
    size = len(applicants) * len(days)
    for domain in domains:
        size *= len(domain)
    every: Iterable[tuple[Any, ...]] = itertools.product(*domains, days, applicants)
    if size > MOST:
        drawn = random.Random(7)  # noqa: S311 - the same sample every time, no secret
        every = (tuple(drawn.choice(part) for part in (*domains, days, applicants)) for _ in range(MOST))
    for combination in every:
        *answers, day, applicant = combination
        found = {name: value for name, value in zip(known, answers, strict=True) if value is not None}
        yield {**found, "today": f"{day}", "applicant": applicant}


def values(field: Field, trees: Sequence[Node], around: Surroundings) -> list[Any]:
    """Values of ``field`` at which something may turn, an ordinary one first and nothing (None) last."""
    if field.kind == "table":
        return _tables(field, trees, around)
    found = _plain(field, trees, around)
    once: dict[str, Any] = {repr(value): value for value in found}
    return [*list(once.values())[: VALUES - 1], *([None] if not field.required else [])] or [None]


def _plain(field: Field, trees: Sequence[Node], around: Surroundings) -> list[Any]:
    numbers, texts = _numbers(trees), _texts(trees)
    match field.kind:
        case "choice":
            return [option.value for option in field.options]
        case "choices":
            single = [[option.value] for option in field.options]
            return [*single, [option.value for option in field.options]]
        case "boolean":
            return [True, False]
        case "integer" | "number":
            return _around(numbers, [1, 0, 2, 10], field)
        case "money":
            return _around([*(number * 100 for number in numbers), *numbers], [100, 0, 100_000, 10_000_000], field)
        case "date" | "datetime":
            tail = "T09:00" if field.kind == "datetime" else ""
            days = sorted({TODAY, *_dates(trees), *(TODAY + timedelta(days=int(n)) for n in numbers if abs(n) < 4_000)})
            return [f"{day + timedelta(days=by)}{tail}" for day in days for by in (0, -1, 1)]
        case "date-range" | "half-day-range":
            halves = {"start_half": "am", "end_half": "pm"} if field.kind == "half-day-range" else {}
            lengths = sorted(
                {0, 1, 2, 4, 6, 13, 29, *(int(n) + by for n in numbers if 0 <= n < 400 for by in (-1, 0, 1, 2) if n + by >= 0)}
            )
            starts = sorted({TODAY, *_dates(trees)})
            return [{"start": f"{day}", "end": f"{day + timedelta(days=n)}", **halves} for day in starts for n in lengths]
        case "person":
            of = around.organisation
            return [text for text in texts if of and any(p.id == text for p in of.people)] + [p.id for p in (of.people[:3] if of else ())]
        case "department":
            of = around.organisation
            units = [unit.id for unit in of.departments] if of else []
            return [text for text in texts if text in units] + units[:4]
        case _:
            return ["某", *texts, *(f"{text}某" for text in texts[:4])]


def _around(mentioned: Iterable[float], ordinary: Sequence[float], field: Field) -> list[Any]:
    whole = field.kind in ("integer", "money")
    near = [n + by for n in sorted(set(mentioned)) for by in ((0, -1, 1) if whole else (0, -0.5, 0.5))]
    low = field.minimum if field.minimum is not None else float("-inf")
    high = field.maximum if field.maximum is not None else float("inf")
    return [int(n) if whole else float(n) for n in [*ordinary, *near] if low <= n <= high]


def _tables(field: Field, trees: Sequence[Node], around: Surroundings) -> list[Any]:
    """A row of ordinary values, one row for each turning value of a column that is mentioned, two rows, and none."""
    mentioned = {node.name for tree in trees for node in syntax.walk(tree) if isinstance(node, Member)}
    columns = [column for column in field.fields if column.name in mentioned] or list(field.fields[:1])
    domains = {column.name: [value for value in values(column, trees, around) if value is not None] or ["某"] for column in columns}
    first = {name: domain[0] for name, domain in domains.items()}
    rows = [first, *({**first, name: value} for name, domain in domains.items() for value in domain[1:])]
    last = {name: domain[-1] for name, domain in domains.items()}
    return [*([row] for row in rows[: VALUES - 3]), [first, last], [last, last], None]


def _literals(trees: Iterable[Node]) -> Iterator[Any]:
    for tree in trees:
        for node in syntax.walk(tree):
            if isinstance(node, Literal_):
                yield node.value


def _numbers(trees: Sequence[Node]) -> list[float]:
    """Numbers that are written, in yuan where they are money."""
    return sorted({value for value in _literals(trees) if isinstance(value, int | float) and not isinstance(value, bool)})


def _texts(trees: Sequence[Node]) -> list[str]:
    return sorted({value for value in _literals(trees) if isinstance(value, str)})


def _dates(trees: Sequence[Node]) -> list[date]:
    found: list[date] = []
    for text in _texts(trees):
        try:
            found.append(date.fromisoformat(text[:10]))
        except ValueError:
            continue
    return found


class Difference(NamedTuple):
    """The first answers for which two versions part, and what each does with them."""

    answers: dict[str, Any]
    before: Any
    after: Any


def first(
    tried: Iterable[dict[str, Any]], before: Callable[[dict[str, Any]], Any], after: Callable[[dict[str, Any]], Any]
) -> Difference | None:
    """Where the two part; None: nowhere that was looked."""
    for binding in tried:
        old, new = before(binding), after(binding)
        if old != new:
            return Difference(binding, old, new)
    return None


def valued(expression: Expression | None, calendar: WorkCalendar | None, absent: Any) -> Callable[[dict[str, Any]], Any]:
    """What ``expression`` gives; without one ``absent``. Not yet known is None, as is what cannot be calculated."""

    def value(binding: dict[str, Any]) -> Any:
        if expression is None:
            return absent
        try:
            found = expression.value(binding, calendar)
        except Fault:
            return None
        return None if found is UNKNOWN else found

    return value


def said(answers: Mapping[str, Any], fields: Mapping[str, Field], reads: Iterable[str], names: Mapping[str, str]) -> Text:
    """Answers in words: “预算金额”填 5,000.01 元."""
    shown = sorted(set(reads) - {"row"})
    return {language: _said(answers, fields, shown, names, language) for language in LANGUAGES}


def _said(answers: Mapping[str, Any], fields: Mapping[str, Field], reads: Sequence[str], names: Mapping[str, str], language: str) -> str:
    zh = language == "zh"
    parts: list[str] = []
    for name in reads:
        if name == "today":
            parts.append(f"今天是 {answers['today']}" if zh else f"today being {answers['today']}")
        elif name == "applicant":
            applicant = answers["applicant"]
            place = names.get(applicant["department"], applicant["department"])
            parts.append(f"申请人是{place}的{applicant['name']}" if zh else f"{applicant['name']} of {place} applying")
        elif name in fields:
            field = fields[name]
            title, value = say(field.title, language), answers.get(name)
            if value is None:
                parts.append(f"“{title}”不填" if zh else f"“{title}” left empty")
            else:
                shown = _value(field, value, language, names)
                parts.append(f"“{title}”填 {shown}" if zh else f"“{title}” {shown}")
    return ("、" if zh else ", ").join(parts) or ("任何内容" if zh else "any answers")


def _value(field: Field, value: Any, language: str, names: Mapping[str, str]) -> str:
    if field.kind != "table":
        return forms.show(field, value, language, names, masked=False)
    columns = {column.name: column for column in field.fields}
    rows = [
        " ".join(
            f"{say(columns[name].title, language)} {forms.show(columns[name], cell, language, names, masked=False)}"
            for name, cell in row.items()
        )
        for row in value
    ]
    return f"[{'; '.join(rows)}]"


def names_of(organisation: Organisation | None) -> dict[str, str]:
    """Of people and departments by id."""
    if organisation is None:
        return {}
    return {unit.id: unit.title["zh"] for unit in organisation.departments} | {p.id: p.name for p in organisation.people}
