"""A release made ready to run: every expression compiled once, and for every step the block it stands in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import msgspec

from forms import expressions
from forms.expressions import Expression, Fault, Scope
from forms.form import Field
from forms.rules import FormRules
from workflows.app import App, Approve, Branch, Handle, Lane, Notify, Parallel, Release, Step, When, walk

#: the id of the applicant's own step
START = "start"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Steps that are read from top to bottom: the flow itself, a case of a branch, or a lane of a parallel."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """What the engine, the forecast and the pages read of a release. Shared by all cases that run on it; nothing in it changes."""

    app: App
    digest: str
    #: every step by id, blocks and what they hold
    steps: Mapping[str, Step]
    rules: FormRules
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
    #: names of answers that each calculated or conditional field depends on, directly or through others
    inputs: Mapping[str, frozenset[str]]
    #: the subject's pattern, taken apart
    subject: tuple[Piece, ...]
    #: fields that name people or departments, and tables with such columns
    naming: tuple[Field, ...]
    _compiled: Mapping[tuple[str, str], Expression] = field(repr=False)

    def people(self, text: str) -> Expression:
        """The compiled ``who`` of a step, an action or the start."""
        return self._compiled["people", text]

    def condition(self, text: str) -> Expression:
        """The compiled ``when`` of a branch."""
        return self._compiled["bool", text]

    def reads(self, branch: Branch) -> frozenset[str]:
        """The answers that decide which way ``branch`` goes."""
        return frozenset[str]().union(*(self.condition(case.when).reads for case in branch.cases if case.when is not None))


def load(release: Release) -> Program:
    """The program of ``release``. Raises forms.expressions.Fault when an expression of it does not compile, which the builder
    makes sure of before it publishes: such a release was not made by this builder and must be published again.
    """
    app = release.app
    places: dict[str, Place] = {}
    blocks: dict[tuple[str, int], Block] = {}
    flow = Block(app.flow.steps, "flow")
    _place(flow, places, blocks)
    rules = FormRules(app.form)
    scope = Scope.of_flow(app.form)
    return Program(
        app=app,
        digest=release.digest,
        steps={step.id: step for step in walk(app.flow.steps)},
        rules=rules,
        flow=flow,
        places=places,
        blocks=blocks,
        lanes={id: tuple(reversed([block for block in _around(place.block) if block.kind == "lane"])) for id, place in places.items()},
        onward={id: frozenset(_onward(place)) for id, place in places.items()},
        fills=fills(app),
        inputs=_inputs(rules),
        subject=_pieces(app),
        naming=tuple(item for item in app.form.fields if any(part.kind in ("person", "department") for part in (item, *item.fields))),
        _compiled={key: _compile(key[1], key[0], scope) for key in _texts(app)},
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
        return frozenset(app.flow.start.edit)
    elsewhere = {name for step in walk(app.flow.steps) if isinstance(step, Approve | Handle) for name in step.edit}
    return frozenset(item.name for item in app.form.fields if item.compute is None and item.name not in elsewhere)


def _place(block: Block, places: dict[str, Place], blocks: dict[tuple[str, int], Block]) -> None:
    for index, step in enumerate(block.steps):
        here = places[step.id] = Place(block, index)
        parts: tuple[When | Lane, ...] = step.cases if isinstance(step, Branch) else step.branches if isinstance(step, Parallel) else ()
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
    """Every expression of the flow, with what it is to give."""
    found = {("people", text) for text in (app.flow.start.who, app.flow.nobody) if text is not None}
    for step in walk(app.flow.steps):
        if isinstance(step, Approve | Handle | Notify):
            found.add(("people", step.who))
        if isinstance(step, Approve | Handle):
            found |= {("people", action.who) for action in step.actions if action.who is not None}
        if isinstance(step, Branch):
            found |= {("bool", case.when) for case in step.cases if case.when is not None}
    return found


def _compile(text: str, want: str, scope: Scope) -> Expression:
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
