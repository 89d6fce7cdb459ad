"""Whether some answers make conditions come out so: the domains are cut at the constants that occur, and each region is tried once."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from forms import syntax
from forms.syntax import Call, Name
from forms.texts import Text, say
from workflows.proof.conditions import Atom, Conditions, Logic, Variable, weight, written
from workflows.proof.subject import AROUND, Subject

#: parts of conditions that are looked at for one question, and for all of an app
MOST, MOST_IN_ALL = 200_000, 600_000
#: what an answer is that is none of those which the conditions name
OTHER = "\0"
#: where days are only compared with one another
SOME_DAY = date(2026, 1, 1).toordinal()
#: True: it holds. False: it does not, or is not known. "possible": it holds, or is not known.
Wanted = Literal[True, False, "possible"]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "is": operator.eq,
}  # fmt: skip
NO, YES, UNKNOWN = 0, 1, 2


class Goal(NamedTuple):
    """A condition, by its text, and how it is to come out."""

    text: str
    wanted: Wanted


class Part(NamedTuple):
    """A goal with its logic."""

    logic: Logic
    wanted: Wanted


class Beyond(Exception):
    """A question was given up after MOST. Callers say which part of the flow that is."""


Region = dict[Variable, Any]


class Regions:
    """Answers questions about the conditions of one app."""

    def __init__(self, subject: Subject, frozen: Iterable[str] = ()) -> None:
        self.subject = subject
        self.conditions = Conditions(subject)
        self.looked_at = 0
        self._room = MOST_IN_ALL
        self._known: dict[frozenset[Goal], Region | None] = {}
        self._values: dict[Variable, tuple[Any, ...]] = {}
        fields = subject.app.form.fields
        #: what the form itself makes sure of: its checks, which people cannot make false later, and what is shown when
        self._checks = [check.that for check in subject.app.form.checks if self._lasts(check.that)]
        shown = {field.name: [text for text in subject.shown(field) if "today" not in subject.reads(text)] for field in fields}
        self._shown = {name: texts for name, texts in shown.items() if texts}
        # every constant must be known before a domain is cut
        for text in (*frozen, *self._checks, *(text for texts in self._shown.values() for text in texts)):
            self.conditions.of(text)

    def _lasts(self, text: str) -> bool:
        reads = self.subject.reads(text)
        inputs = reads.union(*(self.subject.inputs.get(name, frozenset()) for name in reads))
        return text in self.subject.expressions and "today" not in inputs and not inputs & self.subject.unattended

    def find(self, *goals: Goal) -> Region | None:
        """Answers on which all of ``goals`` come out as wanted; None: there are none. Raises Beyond."""
        key = frozenset(goals)
        if key not in self._known:
            reads = frozenset[str]().union(*(self.subject.reads(goal.text) for goal in key))
            ahead = list(goals)
            ahead += [Goal(text, "possible") for text in self._checks if self.subject.reads(text) & reads - AROUND]
            parts = [Part(self.conditions.of(goal.text), goal.wanted) for goal in ahead]
            # what a rule hides counts as not answered
            for name in sorted(reads & self._shown.keys()):
                if name not in self.subject.sure:
                    asked: Logic = ("a", Atom(self.conditions.asked(name), "is", True, ()))
                    rules: list[Logic] = [("|", ("!", asked), self.conditions.of(text)) for text in self._shown[name]]
                    parts += [Part(rule, "possible") for rule in rules]
            self._known[key] = self._ask(parts, {})
        return self._known[key]

    def without(self, text: str, given: Region) -> Region | None:
        """Answers on which the condition ``text`` holds, where it is known what is answered. Raises Beyond."""
        return self._ask([Part(self.conditions.of(text), True)], dict(given))

    def _ask(self, parts: list[Part], region: Region) -> Region | None:
        room = [min(MOST, self._room)]
        before = room[0]
        try:
            return self._search(parts, region, sum(weight(logic) for logic, _ in parts), room)
        finally:
            self._room -= before - max(room[0], 0)

    def _search(self, parts: list[Part], region: Region, cost: int, room: list[int]) -> Region | None:
        room[0] -= cost
        self.looked_at += 1
        if room[0] < 0:
            raise Beyond
        needs: Variable | None = None
        for logic, wanted in parts:
            found = evaluate(logic, region)
            if isinstance(found, Variable):
                needs = needs or found
            elif (found == YES) != wanted if wanted != "possible" else found == NO:
                return None
        if needs is None:
            return dict(region)
        for value in self.values(needs):
            region[needs] = value
            found = self._search(parts, region, cost, room)
            if found is not None:
                return found
        del region[needs]
        return None

    def values(self, variable: Variable) -> tuple[Any, ...]:
        """A value of every region of ``variable``."""
        if variable not in self._values:
            self._values[variable] = self._cut(variable)
        return self._values[variable]

    def _cut(self, variable: Variable) -> tuple[Any, ...]:
        if variable.kind in ("truth", "answered"):
            return (True, False)
        cluster = variable.cluster or [variable]
        constants = set[Any]().union(*(other.constants for other in cluster))
        field = self.subject.fields.get(variable.field) if variable.field else None
        if variable.kind == "choice" and field and len(cluster) == 1:
            return tuple(option.value for option in field.options)
        if variable.kind in ("choice", "text"):
            options = [option.value for other in cluster for option in self._options(other)]
            ordered = sorted({*constants, *options})
            # texts may be compared by their order too: just behind each, and before all
            between = [f"{text}{OTHER}" for text in ordered]
            return (*ordered, *(OTHER * n for n in range(1, len(cluster) + 1)), *between)
        exact = variable.kind == "decimal"
        if not exact:
            constants = {whole for value in constants for whole in (math.floor(value), math.ceil(value))}
        if variable.kind == "day" and not constants:
            constants = {SOME_DAY}
        points = between_all(sorted(constants), len(cluster), exact=exact)
        low, high = (field.minimum, field.maximum) if field else (size_at_least(variable), None)
        kept = [point for point in points if (low is None or point >= low) and (high is None or point <= high)]
        bounds = [int(bound) if variable.kind == "whole" else bound for bound in (low, high) if bound is not None]
        return tuple(sorted({*kept, *bounds}))

    def _options(self, variable: Variable) -> tuple[Any, ...]:
        field = self.subject.fields.get(variable.field) if variable.field else None
        return field.options if field else ()

    def say(self, region: Region, texts: Iterable[str]) -> Text:
        """The answers of a region in words, as far as the conditions ``texts`` read them."""
        reads = frozenset[str]().union(*(self.subject.reads(text) for text in texts))
        parts = [self._said(variable, value) for variable, value in region.items() if named(variable) & reads]
        kept = [part for part in parts if part is not None]
        return {
            "zh": "，".join(part["zh"] for part in kept) or "任何内容",
            "en": ", ".join(part["en"] for part in kept) or "any answers",
        }

    def _said(self, variable: Variable, value: Any) -> Text | None:
        field = self.subject.fields.get(variable.field) if variable.field else None
        zh = say(field.title, "zh") if field else written(variable.term) if variable.term else ""
        en = say(field.title, "en") if field else zh
        if variable.kind == "answered":
            return None if value else {"zh": f"没有填写“{zh}”", "en": f"“{en}” was not answered"}
        if variable.kind == "truth":
            shown = ("是", "yes") if value else ("否", "no")
        elif field and field.kind == "money":
            shown = (f"{Decimal(value) / 100:.2f} 元", f"{Decimal(value) / 100:.2f} yuan")
        elif variable.kind == "day":
            day = date.fromordinal(int(value)).isoformat()
            shown = (day, day)
        elif isinstance(value, str):
            title = next((option.title for option in self._options(variable) if option.value == value), None)
            other = OTHER in value
            shown = (
                ("其他" if other else say(title, "zh") if title else value),
                ("something else" if other else say(title, "en") if title else value),
            )
        else:
            shown = (str(value), str(value))
        return {"zh": f"{zh} = {shown[0]}", "en": f"{en} = {shown[1]}"}


def named(variable: Variable) -> set[str]:
    """What a variable is made of: the fields in it, or ``today`` and ``applicant``."""
    names = {name.name for name in syntax.free(variable.term)} if variable.term is not None else set[str]()
    return names | ({variable.field} if variable.field is not None else set())


def size_at_least(variable: Variable) -> int | None:
    """What is answered is not empty."""
    match variable.term:
        case Call(function="size", args=(inner,)):
            return 1 if isinstance(inner, Name) else 0
        case _:
            return None


def between_all(constants: list[Any], count: int, *, exact: bool) -> list[Any]:
    """The constants, and up to ``count`` numbers before, between and behind them. ``exact``: fractions too."""
    if not constants:
        return list(range(count))
    points: list[Any] = [constants[0] - n for n in range(count, 0, -1)]
    for low, high in zip(constants, [*constants[1:], None], strict=True):
        points.append(low)
        if high is None:
            points += [low + n for n in range(1, count + 1)]
        elif exact:
            points += [low + (high - low) * n / (count + 1) for n in range(1, count + 1)]
        else:
            points += range(int(low) + 1, min(int(high), int(low) + 1 + count))
    return points


def evaluate(logic: Logic, region: Region) -> int | Variable:
    """NO, YES or UNKNOWN as CEL has it, where one side can make up for another; a variable: it depends on that."""
    match logic:
        case ("a", atom):
            return decide(atom, region)
        case ("c", value):
            return YES if value else NO
        case ("!", inner):
            found = evaluate(inner, region)
            return found if isinstance(found, Variable) or found == UNKNOWN else 1 - found
        case ("?", condition, yes, no):
            found = evaluate(condition, region)
            if isinstance(found, Variable) or found == UNKNOWN:
                return found
            return evaluate(yes if found else no, region)
        case ("=", left, right):
            one, other = evaluate(left, region), evaluate(right, region)
            for found in (one, other):
                if isinstance(found, Variable):
                    return found
            return UNKNOWN if UNKNOWN in (one, other) else YES if one == other else NO
        case (junction, left, right):
            settles = NO if junction == "&" else YES
            one = evaluate(left, region)
            if one == settles:
                return settles
            other = evaluate(right, region)
            if other == settles:
                return settles
            for found in (one, other):
                if isinstance(found, Variable):
                    return found
            return UNKNOWN if UNKNOWN in (one, other) else 1 - settles
        case _:
            raise AssertionError(logic)


def decide(atom: Atom, region: Region) -> int | Variable:
    for asked in atom.asks:
        there = region.get(asked)
        if there is None:
            return asked
        if not there:
            return UNKNOWN
    if atom.of not in region:
        return atom.of
    value, against = region[atom.of], atom.against
    if atom.operator == "in":
        return YES if value in against else NO
    if isinstance(against, Variable):
        if against not in region:
            return against
        against = region[against]
    return YES if COMPARE[atom.operator](value, against) else NO
