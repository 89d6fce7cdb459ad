"""The expressions of a form, compiled once per release, and what they make of some answers: shown, required, calculated."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from forms.calendar import WorkCalendar
from forms.expressions import UNKNOWN, Expression, Fault, Scope, answered, compile, want_of
from forms.form import Check, Field, Form
from forms.texts import Text, say
from forms.validation import Validator

#: what is said where a rule fails on what was answered
INCALCULABLE: Text = {
    "zh": "用现在填的内容算不出来，请检查有没有填得过大的数",
    "en": "This cannot be calculated from these answers: look for a number that is too large",
}
_INSPECTED = frozenset({"table", "date-range", "half-day-range", "id-card"})


class Facts(NamedTuple):
    """What surrounds the answers. ``applicant``: id, name, department, post."""

    calendar: WorkCalendar
    #: in the organisation's time zone
    today: date
    applicant: Mapping[str, str] | None = None

    def binding(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The variables of an expression."""
        found = {**answers, "today": self.today.isoformat()}
        if self.applicant is not None:
            found["applicant"] = self.applicant
        return found


class Settled(NamedTuple):
    """A form as its rules have it."""

    #: what is shown and answered, calculated fields filled in. What a rule hides is left out, and counts as not answered
    answers: dict[str, Any]
    visible: frozenset[str]
    #: of the visible
    required: frozenset[str]
    #: fields whose rule failed on these answers, such as a product too large
    problems: dict[str, Text]


class FieldRules(NamedTuple):
    """The expressions of one field."""

    field: Field
    visible: Expression | None
    required: Expression | None
    compute: Expression | None


def cycle(reads: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names that read each other in a circle, the first again at the end; empty where there is none."""
    done: set[str] = set()
    for start in reads:
        path: dict[str, None] = {}
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            name, leaving = todo.pop()
            if leaving:
                del path[name]
                done.add(name)
            elif name in path:
                names = list(path)
                return (*names[names.index(name) :], name)
            elif name not in done:
                path[name] = None
                todo.append((name, True))
                todo += [(other, False) for other in sorted(reads.get(name, ()), reverse=True) if other in reads]
    return ()


class FormRules:
    """A form with its expressions. Raises Fault where a release is broken: the builder lets none through."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.fields: Mapping[str, Field] = {field.name: field for field in form.fields}
        scope = Scope.of_form(form)
        rules = {field.name: _rules(field, scope) for field in form.fields}
        #: fields with rules, each after what it reads
        self._ordered = _order({name: rule for name, rule in rules.items() if rule.visible or rule.required or rule.compute}, rules)
        self.checks: tuple[tuple[Check, Expression], ...] = tuple((check, _compiled(check.that, scope, "bool")) for check in form.checks)
        #: each field that is calculated or shown by a rule, and what its answer so depends on
        self.reads: Mapping[str, frozenset[str]] = {
            name: _read(rule.visible, rule.compute) for name, rule in rules.items() if rule.visible or rule.compute
        }
        #: fields the server calculates
        self.computed = frozenset(field.name for field in form.fields if field.compute)
        self._given = self.fields.keys() - self.computed
        #: fields that hold whole numbers
        self.whole = tuple(field.name for field in form.fields if field.kind in ("integer", "money"))
        #: fields whose answers have rules beyond their schema
        self.inspected = tuple(field for field in form.fields if field.kind in _INSPECTED)
        self.validator = Validator(form)
        self._always = frozenset(name for name, rule in rules.items() if not rule.visible)
        self._asked = frozenset(field.name for field in form.fields if field.required and not field.compute)

    def settle(self, answers: Mapping[str, Any], facts: Facts) -> Settled:
        """What the rules make of ``answers``; those of calculated and unknown fields are not looked at."""
        settled = {name: value for name, value in answers.items() if name in self._given and answered(value)}
        if not self._ordered:
            return Settled(settled, self._always, self._asked, {})
        visible, required = set(self._always), set(self._asked)
        problems: dict[str, Text] = {}
        binding = facts.binding(settled)

        def value(name: str, expression: Expression) -> Any:
            try:
                return expression.value(binding, facts.calendar)
            except Fault:
                problems[name] = {
                    "zh": "用现在填的内容算不出来，请检查有没有填得过大的数",
                    "en": "This cannot be calculated from these answers: look for a number too large",
                }
                return UNKNOWN

        for name, rule in self._ordered:
            if rule.visible:
                if value(name, rule.visible) is not True:
                    settled.pop(name, None)
                    binding.pop(name, None)
                    continue
                visible.add(name)
            if rule.compute:
                result = value(name, rule.compute)
                if result is not UNKNOWN:
                    settled[name] = binding[name] = result
            elif rule.required and name not in required and value(name, rule.required) is True:
                required.add(name)
        return Settled(settled, frozenset(visible), frozenset(required & visible), problems)


def _rules(field: Field, scope: Scope) -> FieldRules:
    return FieldRules(
        field,
        _compiled(field.visible, scope, "bool") if field.visible else None,
        _compiled(field.required_if, scope, "bool") if field.required_if else None,
        _compiled(field.compute, scope, want_of(field.kind) or "any") if field.compute else None,
    )


def _compiled(text: str, scope: Scope, want: str) -> Expression:
    found = compile(text, scope, want)
    if isinstance(found, Expression):
        return found
    raise Fault(text, "; ".join(say(problem.message, "en") for problem in found))


def _order(chosen: Mapping[str, FieldRules], rules: Mapping[str, FieldRules]) -> tuple[tuple[str, FieldRules], ...]:
    """``chosen`` so that each comes after those it reads; in the order of the form otherwise."""
    reads = {name: _read(rule.visible, rule.required, rule.compute) & rules.keys() for name, rule in chosen.items()}
    if circle := cycle(reads):
        raise Fault(" → ".join(circle), "these rules need each other")
    ordered: dict[str, FieldRules] = {}

    def place(name: str) -> None:
        if name in chosen and name not in ordered:
            for other in sorted(reads[name], key=list(rules).index):
                place(other)
            ordered[name] = chosen[name]

    for name in chosen:
        place(name)
    return tuple(ordered.items())


def _read(*expressions: Expression | None) -> frozenset[str]:
    """Everything that ``expressions`` read."""
    return frozenset[str]().union(*(expression.reads for expression in expressions if expression))
