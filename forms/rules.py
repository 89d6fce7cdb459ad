"""The expressions of a form, compiled once per release, and what they make of some answers: shown, required, calculated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from forms.calendar import WorkCalendar
from forms.expressions import UNKNOWN, Expression, Fault, Scope, answered, compile, want_of
from forms.form import HOLDERS, Check, Field, Form
from forms.order import cycle, needs, ordered
from forms.texts import Text, say
from forms.validation import Validator

__all__ = ["INCALCULABLE", "Facts", "FormRules", "RowCheck", "Rule", "Settled"]

#: what is said where a rule fails on what was answered
INCALCULABLE: Text = {
    "zh": "用现在填的内容算不出来，请检查有没有填得过大的数",
    "en": "This cannot be calculated from these answers: look for a number that is too large",
}
_INSPECTED = frozenset({"table", "group", "date-range", "half-day-range", "id-card"})
#: before the number of a section, where its rule stands among those of fields
SECTION = "#"


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
    """A form as its rules have it.

    Of what a table or a group holds, ``visible`` has only fields with a rule for it, by their path in the answers ("items.0.note"):
    the others are seen with what holds them.
    """

    #: what is shown and answered, calculated fields filled in. What a rule hides is left out, and counts as not answered
    answers: dict[str, Any]
    visible: frozenset[str]
    #: of the visible; of what a table or a group holds, only fields with a rule for it
    required: frozenset[str]
    #: fields whose rule failed on these answers, such as a product too large
    problems: dict[str, Text]
    #: what cannot be changed, as a rule has it
    readonly: frozenset[str] = frozenset()
    #: by path, the options that may not be chosen now
    withheld: Mapping[str, frozenset[str]] = {}


class Rule(NamedTuple):
    """The expressions of one field, or of a section (which has no field)."""

    #: "days", "home.city", "items.price", "#2"
    path: str
    field: Field | None
    visible: Expression | None = None
    required: Expression | None = None
    readonly: Expression | None = None
    compute: Expression | None = None
    #: by the value of an option, when it is offered
    offered: Mapping[str, Expression] = {}

    def feeds(self) -> bool:
        """Whether answers depend on it: what is required or locked is looked at when all answers are settled."""
        return self.visible is not None or self.compute is not None


class RowCheck(NamedTuple):
    """A rule over each row of the table, or over the group, at ``path``."""

    path: str
    check: Check
    expression: Expression


class Spot(NamedTuple):
    """A field in the answers: its path there, what holds its value, and the row that it stands in."""

    path: str
    holder: dict[str, Any]
    row: dict[str, Any] | None


class FormRules:
    """A form with its expressions. Raises Fault where a release is broken: the builder lets none through."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.fields: Mapping[str, Field] = {field.name: field for field in form.fields}
        self._scope = Scope.of_form(form)
        rules = {rule.path: rule for rule in (*self._of_sections(form), *self._of_fields(form.fields, "", None))}
        #: by the name of its rule, the fields of a section, and those of them that no rule of their own shows
        self._sections = {
            f"{SECTION}{number}": (section.fields, tuple(name for name in section.fields if not self.fields[name].visible))
            for number, section in enumerate(form.sections)
            if section.visible
        }
        #: the rule of the section of a field
        self._gates = {
            name: f"{SECTION}{number}" for number, section in enumerate(form.sections) if section.visible for name in section.fields
        }
        feeding = {path: rule for path, rule in rules.items() if rule.feeds()}
        self._ordered = self._in_order(feeding)
        #: looked at when all answers are settled
        self._asking = tuple(
            rule for rule in rules.values() if rule.field and (rule.required or rule.readonly or rule.offered or rule.field.under)
        )
        self.checks: tuple[tuple[Check, Expression], ...] = tuple(
            (check, _compiled(check.that, self._scope, "bool")) for check in form.checks
        )
        self._defaults = tuple(
            (field.name, _compiled(field.default_from, self._scope, want_of(field.kind) or "any"))
            for field in form.fields
            if field.default_from
        )
        #: rules over the rows of tables, and within groups
        self.row_checks: tuple[RowCheck, ...] = tuple(self._of_rows(form.fields, "", None))
        compiled = [part for rule in rules.values() for part in (rule.visible, rule.required, rule.readonly, rule.compute)]
        compiled += [found.expression for found in self.row_checks] + [found for _, found in self.checks]
        #: every expression by its text
        self.expressions: Mapping[str, Expression] = {found.text: found for found in compiled if found is not None}
        #: each field that is calculated or shown by a rule, and what its answer so depends on; what it holds included
        self.reads: Mapping[str, frozenset[str]] = self._names_read(feeding)
        #: fields the server calculates
        self.computed = frozenset(field.name for field in form.fields if field.compute)
        self._given = self.fields.keys() - self.computed
        #: fields that hold others of which some have rules: their rows are copied before anything is written into them
        self._worked = {name: self.fields[name] for path in rules if "." in path and (name := path.partition(".")[0])}
        #: fields that hold whole numbers
        self.whole = tuple(field.name for field in form.fields if field.kind in ("integer", "money"))
        #: fields that hold formatted text
        self.rich = tuple(field.name for field in form.fields if field.kind == "rich-text")
        #: fields whose answers have rules beyond their schema
        self.inspected = tuple(field for field in form.fields if field.kind in _INSPECTED)
        self.validator = Validator(form)
        gated = self._gates.keys()
        self._always = frozenset(field.name for field in form.fields if not field.visible and field.name not in gated)
        self._asked = frozenset(field.name for field in form.fields if field.required and not field.compute)

    def settle(self, answers: Mapping[str, Any], facts: Facts) -> Settled:
        """What the rules make of ``answers``; those of calculated and unknown fields are not looked at."""
        settled = {name: value for name, value in answers.items() if name in self._given and answered(value)}
        if not self._ordered and not self._asking:
            return Settled(settled, self._always, self._asked, {})
        # what is no table or no group takes no part, and stays for the schema to refuse
        misshapen: dict[str, Any] = {}
        for name, field in self._worked.items():
            value = settled.get(name)
            if value is not None and not isinstance(value, list if field.kind == "table" else dict):
                misshapen[name] = settled.pop(name)
            elif value is not None or field.kind == "group":
                settled[name] = _opened(field, value)
        work = _Settling(settled, facts, self._always, self._asked)
        for rule in self._ordered:
            if rule.field is None:
                names, plain = self._sections[rule.path]
                work.section(rule, plain, names)
            else:
                work.field(rule, self.spots(rule.path, settled))
        for rule in self._asking:
            work.ask(rule, self.spots(rule.path, settled))
        for name, field in self._worked.items():
            if name in settled and not _closed(field, settled[name]):
                del settled[name]
        settled.update((name, value) for name, value in misshapen.items() if name in work.visible)
        required = frozenset(path for path in work.required if "." in path or path in work.visible)
        return Settled(settled, frozenset(work.visible), required, work.problems, frozenset(work.readonly), work.withheld)

    def begin(self, facts: Facts) -> dict[str, Any]:
        """What a new form begins with."""
        found = {field.name: field.default for field in self.form.fields if field.default is not None}
        for name, expression in self._defaults:
            try:
                value = expression.value(facts.binding({}), facts.calendar)
            except Fault:
                continue
            if value is not UNKNOWN and value != "":
                found[name] = value
        return found

    def _in_order(self, feeding: Mapping[str, Rule]) -> tuple[Rule, ...]:
        needed = needs({path: _paths(rule.visible, rule.compute) for path, rule in feeding.items()}, self._gates)
        if circle := cycle(needed):
            raise Fault(" → ".join(circle), "these rules need each other")
        places = {path: place for place, path in enumerate(feeding)}
        return tuple(feeding[path] for path in ordered(needed, places))

    def _of_sections(self, form: Form) -> Iterator[Rule]:
        for number, section in enumerate(form.sections):
            if section.visible:
                yield Rule(f"{SECTION}{number}", None, _compiled(section.visible, self._scope, "bool"))

    def _of_fields(self, fields: Iterable[Field], within: str, table: str | None) -> Iterator[Rule]:
        scope = self._scope.with_row(table) if table else self._scope
        for field in fields:
            path = within + field.name
            conditional = {option.value: _compiled(option.visible, scope, "bool") for option in field.options if option.visible}
            if field.visible or field.required_if or field.readonly or field.compute or conditional or field.under:
                yield Rule(
                    path,
                    field,
                    _compiled(field.visible, scope, "bool") if field.visible else None,
                    _compiled(field.required_if, scope, "bool") if field.required_if else None,
                    _compiled(field.readonly, scope, "bool") if field.readonly else None,
                    _compiled(field.compute, scope, want_of(field.kind) or "any") if field.compute else None,
                    conditional,
                )
            yield from self._of_fields(field.fields, f"{path}.", path if field.kind == "table" else table)

    def _of_rows(self, fields: Iterable[Field], within: str, table: str | None) -> Iterator[RowCheck]:
        for field in fields:
            path = within + field.name
            inner = path if field.kind == "table" else table
            scope = self._scope.with_row(inner) if inner else self._scope
            for check in field.checks:
                yield RowCheck(path, check, _compiled(check.that, scope, "bool"))
            yield from self._of_rows(field.fields, f"{path}.", inner)

    def _names_read(self, feeding: Mapping[str, Rule]) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for path, rule in feeding.items():
            name = path.partition(".")[0]
            read = _names(rule.visible, rule.compute)
            # what a table reads of itself is no answer it depends on
            for owner in (name,) if rule.field else self.form.sections[int(path[1:])].fields:
                found[owner] = found.get(owner, frozenset()) | (read - {owner} if "." in path else read)
        return found

    def spots(self, path: str, answers: dict[str, Any]) -> Iterator[Spot]:
        """Where the field at ``path`` stands in ``answers``: once, or in every row of its table."""
        *holders, name = path.split(".")
        return _spots(holders, name, answers, "", None)


def _spots(holders: Sequence[str], name: str, at: Any, before: str, row: dict[str, Any] | None) -> Iterator[Spot]:
    if not isinstance(at, dict):
        return
    at = cast(dict[str, Any], at)
    if not holders:
        yield Spot(before + name, at, row)
        return
    first, *rest = holders
    value: Any = at.get(first)
    if isinstance(value, list):
        for number, line in enumerate(cast(list[Any], value)):
            yield from _spots(rest, name, line, f"{before}{first}.{number}.", line)
    elif isinstance(value, dict):
        yield from _spots(rest, name, cast(dict[str, Any], value), f"{before}{first}.", row)


class _Settling:
    """One pass over the rules of a form."""

    def __init__(self, answers: dict[str, Any], facts: Facts, visible: Iterable[str], required: Iterable[str]) -> None:
        self.answers = answers
        self.calendar = facts.calendar
        self.binding = facts.binding(answers)
        self.visible, self.required, self.readonly = set(visible), set(required), set[str]()
        self.problems: dict[str, Text] = {}
        self.withheld: dict[str, frozenset[str]] = {}
        #: what a rule hides; what such a thing holds is gone with it
        self.hidden: set[str] = set()

    def section(self, rule: Rule, plain: Iterable[str], names: Iterable[str]) -> None:
        """``names``: all fields of the section; ``plain``: those without a rule of their own for being seen."""
        if rule.visible and self.value(rule.path, rule.visible) is True:
            self.visible.update(plain)
            return
        self.hidden.update(names)
        for name in names:
            self.answers.pop(name, None)
            self.binding.pop(name, None)

    def field(self, rule: Rule, spots: Iterable[Spot]) -> None:
        """Hides and calculates, in every row where it stands in rows."""
        for path, holder, row in spots:
            if path in self.hidden:
                continue
            name = rule.path.rpartition(".")[2]
            if rule.visible:
                if self.value(path, rule.visible, row) is not True:
                    self.hidden.add(path)
                    holder.pop(name, None)
                    if row is None and holder is self.answers:
                        self.binding.pop(name, None)
                    continue
                self.visible.add(path)
            if rule.compute:
                result = self.value(path, rule.compute, row)
                if result is not UNKNOWN:
                    holder[name] = result
                    if holder is self.answers:
                        self.binding[name] = result

    def ask(self, rule: Rule, spots: Iterable[Spot]) -> None:
        """Whether it is required, whether it is locked, and what may be chosen."""
        for path, holder, row in spots:
            if path in self.hidden:
                continue
            if rule.required and not rule.compute and self.value(path, rule.required, row) is True:
                self.required.add(path)
            if rule.readonly and self.value(path, rule.readonly, row) is True:
                self.readonly.add(path)
            if rule.field and (rule.offered or rule.field.under):
                parent = holder.get(rule.field.under) if rule.field.under else None
                self.withheld[path] = frozenset(
                    option.value
                    for option in rule.field.options
                    if (option.parent is not None and option.parent != parent)
                    or (option.visible and self.value(path, rule.offered[option.value], row) is not True)
                )

    def value(self, path: str, expression: Expression, row: Mapping[str, Any] | None = None) -> Any:
        if row is not None:
            self.binding["row"] = row
        try:
            return expression.value(self.binding, self.calendar)
        except Fault:
            self.problems[path] = INCALCULABLE
            return UNKNOWN


def _opened(field: Field, value: Any) -> Any:
    """A copy of ``value`` to be written into: groups are there, rows are rows, nothing calculated or empty is in them."""
    if field.kind == "table":
        return [_cells(field, row) if isinstance(row, dict) else row for row in cast(list[Any], value)]
    return _cells(field, value)


def _cells(field: Field, value: Any) -> dict[str, Any]:
    given = cast(dict[str, Any], value) if isinstance(value, dict) else {}
    inner = {part.name: part for part in field.fields}
    found = {name: cell for name, cell in given.items() if answered(cell) and not (name in inner and inner[name].compute)}
    for name, part in inner.items():
        inside = found.get(name)
        if (part.kind == "group" and isinstance(inside, dict | None)) or (part.kind == "table" and isinstance(inside, list)):
            found[name] = _opened(part, cast(Any, inside))
    return found


def _closed(field: Field, value: Any) -> Any:
    """``value`` without the groups in which nothing was answered."""
    if field.kind == "table":
        return [_closed_cells(field, row) if isinstance(row, dict) else row for row in value]
    return _closed_cells(field, value) if isinstance(value, dict) else value


def _closed_cells(field: Field, cells: Any) -> dict[str, Any]:
    for part in field.fields:
        if part.kind in HOLDERS and part.name in cells:
            if inner := _closed(part, cells[part.name]):
                cells[part.name] = inner
            else:
                del cells[part.name]
    return cells


def _compiled(text: str, scope: Scope, want: str) -> Expression:
    found = compile(text, scope, want)
    if isinstance(found, Expression):
        return found
    raise Fault(text, "; ".join(say(problem.message, "en") for problem in found))


def _paths(*expressions: Expression | None) -> frozenset[str]:
    """Everything that ``expressions`` read, as paths."""
    return frozenset[str]().union(*(expression.paths for expression in expressions if expression))


def _names(*expressions: Expression | None) -> frozenset[str]:
    """The names of the answers, and of what stands around them, that ``expressions`` read."""
    return frozenset[str]().union(*(expression.reads for expression in expressions if expression)) - {"row"}
