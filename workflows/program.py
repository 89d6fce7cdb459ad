"""A release made ready to run: every expression compiled once, and for every step the block it stands in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec

from forms import expressions
from forms.expressions import Expression, Fault, Scope
from forms.form import Field
from forms.form import walk as walk_fields
from forms.rules import FormRules
from workflows.app import (
    App,
    Approve,
    AtLeast,
    Branch,
    Call,
    Desk,
    Handle,
    Inclusive,
    Issue,
    Lane,
    Notify,
    Parallel,
    Release,
    Set,
    Step,
    Wait,
    When,
    walk,
)

#: the id of the applicant's own step
START = "start"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Steps that are read from top to bottom: the flow itself, a case of a branch, or a lane of a parallel or inclusive block."""

    steps: tuple[Step, ...]
    kind: Literal["flow", "case", "lane"]
    #: where the branch or the parallel stands that holds this block; None around the flow
    around: "Place | None" = None
    #: which case or lane
    number: int = 0


#: what stands in braces, in the patterns of numbers and subjects
PART = re.compile(r"\{([^{}]*)\}")


class Part(NamedTuple):
    """What stands in braces in a subject: ``{period.start}``, with the field if it is one."""

    name: str
    end: str
    field: Field | None


class Piece(NamedTuple):
    """What stands between the separators of a subject: said only if one of its braces has an answer, where it has any."""

    parts: tuple[str | Part, ...]
    asks: bool


class Place(NamedTuple):
    """A position between steps: before ``block.steps[at]``, or at the end of the block."""

    block: Block
    at: int

    @property
    def step(self) -> Step:
        return self.block.steps[self.at]

    def after(self) -> "Place":
        return Place(self.block, self.at + 1)


class Compiled(dict[tuple[str, str], Expression]):
    """Expressions by what they give and their text, each compiled when it is first met: a thousand apps start at once, and most of what
    they say is not needed for a while.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def __missing__(self, key: tuple[str, str]) -> Expression:
        want, text = key
        return self.setdefault(key, _compile(text, want, self._scope))


@dataclass(frozen=True, eq=False)
class Program:
    """What the engine, the forecast and the pages read of a release. Shared by all cases that run on it; nothing in it changes. An
    expression that does not compile raises forms.expressions.Fault where it is met, which the builder makes sure of before it publishes:
    such a release was not made by this builder and must be published again.
    """

    app: App
    digest: str
    #: every step by id, blocks and what they hold
    steps: Mapping[str, Step]
    flow: Block
    places: Mapping[str, Place]
    #: the block of each case or lane, by the id of its branch or parallel and its number
    blocks: Mapping[tuple[str, int], Block]
    #: the lanes that a step stands in, outermost first
    lanes: Mapping[str, tuple[Block, ...]]
    #: a step with all that a case can only come to behind it
    onward: Mapping[str, frozenset[str]]
    #: the fields that the applicant fills in
    fills: frozenset[str]
    #: the fields that the people of a step do not see, by step; "start" is the applicant
    veiled: Mapping[str, frozenset[str]]
    #: steps whose people somebody chooses
    choosing: tuple[Approve | Handle, ...]
    #: the subject's pattern, taken apart
    subject: tuple[Piece, ...]
    #: fields that name people or departments, and tables with such columns
    naming: tuple[Field, ...]
    #: fields that refer to cases, and tables with such columns
    relating: tuple[Field, ...]
    _compiled: Mapping[tuple[str, str], Expression] = field(repr=False)

    @cached_property
    def rules(self) -> FormRules:
        """The rules of the form."""
        return FormRules(self.app.form)

    @cached_property
    def inputs(self) -> Mapping[str, frozenset[str]]:
        """Names of answers that each calculated or conditional field depends on, directly or through others."""
        return _inputs(self.rules)

    def ready(self) -> "Program":
        """The same, with everything compiled. Raises Fault."""
        for key in _texts(self.app):
            self._compiled[key]
        self.inputs  # noqa: B018 -- compiles the rules
        return self

    def people(self, text: str) -> Expression:
        """The compiled ``who`` of a step, an action or the start."""
        return self._compiled["people", text]

    def condition(self, text: str) -> Expression:
        """The compiled ``when`` of a branch."""
        return self._compiled["bool", text]

    def moment(self, text: str) -> Expression:
        """The compiled ``until`` of a limit or a wait: a day or a moment."""
        return self._compiled["moment", text]

    def answer(self, field: Field, text: str) -> Expression:
        """The compiled expression of an answer that is set."""
        return self._compiled[expressions.want_of(field.kind) or "any", text]

    def input(self, call: Call, text: str) -> Expression:
        """The compiled expression over the case and, if there is one for each, a row."""
        return self._compiled[f"row {call.each}" if call.each else "any", text]

    def starter(self, call: Call) -> Expression | None:
        """The compiled ``who`` of a call."""
        return self._compiled[f"people {call.each}" if call.each else "people", call.who] if call.who is not None else None

    @property
    def expressions(self) -> Mapping[str, Expression]:
        """Every expression of the app by its text, those of its form included. Raises Fault."""
        return {text: self._compiled[want, text] for want, text in _texts(self.app)} | dict(self.rules.expressions)

    def field(self, name: str) -> Field:
        return next(field for field in self.app.form.fields if field.name == name)

    def reads_of(self, step: Step) -> frozenset[str]:
        """The answers that any expression of ``step`` itself reads."""
        return frozenset[str]().union(
            *(self._compiled[key].reads for key in _texts_of(step, {field.name: field for field in self.app.form.fields}))
        )

    def reads(self, branch: Branch | Inclusive) -> frozenset[str]:
        """The answers that decide which way ``branch`` goes."""
        return frozenset[str]().union(*(self.condition(case.when).reads for case in branch.cases if case.when is not None))


def load(release: Release) -> Program:
    """The program of ``release``."""
    app = release.app
    places: dict[str, Place] = {}
    blocks: dict[tuple[str, int], Block] = {}
    flow = Block(app.flow.steps, "flow")
    _place(flow, places, blocks)
    return Program(
        app=app,
        digest=release.digest,
        steps={step.id: step for step in walk(app.flow.steps)},
        flow=flow,
        places=places,
        blocks=blocks,
        lanes={id: tuple(reversed([block for block in _around(place.block) if block.kind == "lane"])) for id, place in places.items()},
        onward={id: frozenset(_onward(place)) for id, place in places.items()},
        fills=fills(app),
        veiled=_veils(app),
        choosing=tuple([step for step in walk(app.flow.steps) if isinstance(step, Approve | Handle) and step.chosen]),
        subject=_pieces(app),
        naming=tuple(item for item in app.form.fields if any(part.kind in ("person", "department") for part in walk_fields((item,)))),
        relating=tuple(item for item in app.form.fields if any(part.kind == "case" for part in walk_fields((item,)))),
        _compiled=Compiled(Scope.of_flow(app.form)),
    )


def _pieces(app: App) -> tuple[Piece, ...]:
    # the pattern writes the unit itself: {days}天
    fields = {field.name: msgspec.structs.replace(field, unit=None) for field in app.form.fields}
    found: list[Piece] = []
    for piece in app.subject.split(" · "):
        texts = PART.split(piece)
        parts: list[str | Part] = [*texts]
        for place in range(1, len(texts), 2):
            name, _, end = texts[place].partition(".")
            parts[place] = Part(name, end, fields.get(name))
        found.append(Piece(tuple(parts), len(texts) > 1))
    return tuple(found)


def fills(app: App) -> frozenset[str]:
    """The fields that the applicant fills in: what ``start`` names, or else whatever no step is asked for."""
    if app.flow.start.edit is not None:
        return frozenset(app.flow.start.edit) | _promised(app, app.flow.start.edit)
    elsewhere = {name for step in walk(app.flow.steps) for name in written(step)}
    elsewhere |= _promised(app, elsewhere)
    mine = (item for item in app.form.fields if item.compute is None and item.kind != "opinion")
    return frozenset(item.name for item in mine if item.name not in elsewhere)


def _promised(app: App, names: Iterable[str]) -> frozenset[str]:
    """The fields that hold the days by which the materials ``names`` are promised."""
    some = frozenset(names)
    return frozenset(item.later.promise for item in app.form.fields if item.later and item.name in some)


def written(step: Step) -> Iterable[str]:
    """The fields that ``step`` fills in: its people, or the flow itself."""
    match step:
        case Approve() | Handle():
            return step.edit
        case Set():
            return step.answers
        case Issue():
            return (step.into,)
        case Wait():
            return step.into
        case Call() if step.each is None:
            return (*step.outputs, *((step.outcome,) if step.outcome is not None else ()))
        case _:
            return ()


def _veils(app: App) -> dict[str, frozenset[str]]:
    """Of every step with people."""
    fields = frozenset(field.name for field in app.form.fields)
    found = {START: _veil(app.flow.start.desk, (), fields)}
    for step in walk(app.flow.steps):
        if isinstance(step, Approve | Handle | Notify):
            found[step.id] = _veil(step.desk, step.edit if isinstance(step, Approve | Handle) else (), fields)
    days = {item.later.promise: item.name for item in app.form.fields if item.later}
    if not days:
        return found
    # the day of a material is seen by those who see the material
    return {step: frozenset(name for name in fields if days.get(name, name) in veil) for step, veil in found.items()}


def _veil(desk: Desk, edit: tuple[str, ...], fields: frozenset[str]) -> frozenset[str]:
    beyond = fields - {*desk.read} if desk.read is not None else frozenset[str]()
    return (frozenset(desk.hide) | beyond) - set(edit)


def _place(block: Block, places: dict[str, Place], blocks: dict[tuple[str, int], Block]) -> None:
    for index, step in enumerate(block.steps):
        here = places[step.id] = Place(block, index)
        parts: tuple[When | Lane, ...] = ()
        if isinstance(step, Branch | Inclusive):
            parts = step.cases
        elif isinstance(step, Parallel):
            parts = step.branches
        for number, part in enumerate(parts):
            inner = blocks[step.id, number] = Block(part.steps, "case" if isinstance(step, Branch) else "lane", here, number)
            _place(inner, places, blocks)


def _around(block: Block) -> Iterator[Block]:
    """``block`` and those around it, innermost first."""
    yield block
    if block.around:
        yield from _around(block.around.block)


def _onward(place: Place) -> Iterator[str]:
    for step in walk(place.block.steps[place.at :]):
        yield step.id
    if place.block.around:
        yield from _onward(place.block.around.after())


def _texts(app: App) -> set[tuple[str, str]]:
    """Every expression of the flow, with what it is to give; a table after it: ``row`` is a row of that."""
    fields = {field.name: field for field in app.form.fields}
    found = {("people", text) for text in (app.flow.start.who, app.flow.nobody) if text is not None}
    return found.union(*(_texts_of(step, fields) for step in walk(app.flow.steps)))


def _texts_of(step: Step, fields: Mapping[str, Field]) -> set[tuple[str, str]]:
    """Those of one step, without what stands in it."""
    found: set[tuple[str, str]] = set()
    match step:
        case Approve() | Handle():
            entries = [text for entry in step.overdue for text in (entry.escalate, entry.transfer)]
            weights = step.decide.weights if isinstance(step.decide, AtLeast) else ()
            people = [step.who, *(action.who for action in step.actions), *(weight.who for weight in weights), *entries]
            found |= {("people", text) for text in people if text is not None}
            found |= {("moment", step.due_until)} if step.due_until is not None else set()
        case Notify():
            found.add(("people", step.who))
        case Branch() | Inclusive():
            found |= {("bool", case.when) for case in step.cases if case.when is not None}
        case Wait():
            found |= {("moment", step.until)} if step.until is not None else set()
        case Set():
            found |= {(expressions.want_of(fields[name].kind) or "any", text) for name, text in step.answers.items()}
        case Call():
            found |= {(f"row {step.each}" if step.each else "any", text) for text in step.inputs.values()}
            found |= {(f"people {step.each}" if step.each else "people", step.who)} if step.who is not None else set()
        case _:
            pass
    return found


def _compile(text: str, want: str, scope: Scope) -> Expression:
    want, _, table = want.partition(" ")
    if table:
        scope, want = scope.with_row(table), "any" if want == "row" else want
    compiled = expressions.compile(text, scope, want)
    if isinstance(compiled, list):
        raise Fault(text, "; ".join(problem.message["zh"] for problem in compiled))
    return compiled


def _inputs(rules: FormRules) -> dict[str, frozenset[str]]:
    direct = rules.reads
    found: dict[str, frozenset[str]] = {}
    for name in direct:
        reached: set[str] = set()
        ahead = list(direct[name])
        while ahead:
            read = ahead.pop()
            if read not in reached:
                reached.add(read)
                ahead.extend(direct.get(read, ()))
        found[name] = frozenset(reached)
    return found
