"""The two versions of one app, and how their parts are matched: by id, and where parts have none, by what they hold."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import msgspec

from builder.meaning.change import Change, Effect, Example, Grade, Kind, Risk, text
from builder.meaning.examples import Surroundings, names_of
from builder.meaning.values import Teller, quoted
from builder.meaning.version import Version
from forms.diagnostics import Place
from forms.form import Field
from forms.texts import Text, say
from workflows.app import App, Branch, Inclusive, Lane, Parallel, Step, When, walk

T = TypeVar("T")


class Spot(NamedTuple):
    """Where a step stands: in which list of steps, and where in it."""

    #: the branch or parallel and which of its parts, as the new version counts them; ("", 0) is the flow itself
    block: tuple[str, str]
    at: int
    step: Step
    #: which part, as its own version counts them
    part: int = 0


@dataclass
class Pair:
    """One app in both versions."""

    old: Version
    new: Version
    app: str
    found: list[Change] = field(default_factory=list[Change])

    @cached_property
    def apps(self) -> tuple[App, App]:
        return self.old.compiled.apps[self.app], self.new.compiled.apps[self.app]

    @cached_property
    def tellers(self) -> tuple[Teller, Teller]:
        old, new = self.apps
        return Teller(old, self.old.compiled.organisation), Teller(new, self.new.compiled.organisation)

    @cached_property
    def steps(self) -> tuple[dict[str, Step], dict[str, Step]]:
        old, new = ({step.id: step for step in walk(app.flow.steps)} for app in self.apps)
        return old, new

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields of both versions, each with the options of both: what answers are made up of. The same whichever is the old one."""
        old, new = ({field.name: field for field in app.form.fields} for app in self.apps)
        return {name: _both(old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys())}

    @cached_property
    def same_people(self) -> bool:
        """Whether both versions have the same organisation."""
        old, new = self.old.compiled.organisation, self.new.compiled.organisation
        return old is not None and new is not None and msgspec.structs.replace(old, calendar=new.calendar) == new

    @cached_property
    def around(self) -> Surroundings:
        """The larger organisation of both, so that somebody who is only in one applies too; the same whichever is the old one."""
        both = (self.old.compiled.organisation, self.new.compiled.organisation)
        return Surroundings(max(both, key=lambda of: (len(of.people), repr(of)) if of else (0, "")))

    @cached_property
    def names(self) -> dict[str, str]:
        """Of people and departments by id."""
        return names_of(self.old.compiled.organisation) | names_of(self.new.compiled.organisation)

    def add(
        self,
        kind: Kind,
        risk: Risk,
        grade: Grade,
        subject: str,
        what: tuple[Text | None, Text | None],
        *,
        prop: str = "",
        words: Text | None = None,
        before: Text | None = None,
        after: Text | None = None,
        effects: Iterable[Effect] = (),
        example: Example | None = None,
        note: Text | None = None,
        places: tuple[Place | None, Place | None] = (None, None),
    ) -> None:
        self.found.append(
            Change(
                kind, risk, grade, self.app, subject, what[0], what[1], prop, words, before, after,
                tuple(e for e in effects if e.gained or e.lost), example, note, places[0], places[1],
            )
        )  # fmt: skip

    def step_places(self, step: str, *path: str | int) -> tuple[Place | None, Place | None]:
        old, new = self.steps
        return (
            self.old.step_place(self.app, step, *path) if step in old or step == "start" else None,
            self.new.step_place(self.app, step, *path) if step in new or step == "start" else None,
        )

    def step_words(self, step: str) -> tuple[Text, Text]:
        return self.tellers[0].step(step), self.tellers[1].step(step)


def _both(old: Field | None, new: Field | None) -> Field:
    if old is None or new is None:
        found = old or new
        assert found is not None
        return found
    if old.kind != new.kind:
        return max((old, new), key=repr)
    options = {option.value: option for option in (*old.options, *new.options)}
    low, high = ([bound for bound in bounds if bound is not None] for bounds in ((old.minimum, new.minimum), (old.maximum, new.maximum)))
    inner = {field.name: field for field in (*old.fields, *new.fields)}
    mine = ({field.name: field for field in table.fields} for table in (old, new))
    first, second = mine
    return msgspec.structs.replace(
        old,
        options=tuple(options[value] for value in sorted(options)),
        required=old.required and new.required,
        minimum=min(low, default=None) if len(low) == 2 else None,
        maximum=max(high, default=None) if len(high) == 2 else None,
        fields=tuple(_both(first.get(name), second.get(name)) for name in sorted(inner)),
    )


def parts_of(step: Step) -> tuple[When | Lane, ...]:
    if isinstance(step, Branch | Inclusive):
        return step.cases
    return step.branches if isinstance(step, Parallel) else ()


def match_parts(old: Sequence[When | Lane], new: Sequence[When | Lane]) -> dict[int, int]:
    """Which part of the old step is which of the new one. Cases and lanes have no ids: equal ones first, then those with the same
    condition, the same words, the same steps, and last those that are left at the same place.
    """
    found: dict[int, int] = {}
    for key in (_whole, _when, _title, _inside, _otherwise):
        for number, part in enumerate(old):
            if number in found or key(part) is None:
                continue
            same = [n for n, other in enumerate(new) if n not in found.values() and key(other) == key(part)]
            alone = sum(key(other) == key(part) for n, other in enumerate(old) if n not in found) == len(same) == 1
            if same and (alone or key is _whole):
                found[number] = number if number in same else same[0]
    left = [number for number in range(len(old)) if number not in found]
    free = [number for number in range(len(new)) if number not in found.values()]
    if len(old) == len(new):
        found |= {number: number for number in left if number in free}
    return found


def _whole(part: When | Lane) -> Any:
    return part


def _when(part: When | Lane) -> Any:
    return part.when if isinstance(part, When) else None


def _otherwise(part: When | Lane) -> Any:
    return True if isinstance(part, When) and part.when is None else None


def _title(part: When | Lane) -> Any:
    return part.title["zh"] if part.title else None


def _inside(part: When | Lane) -> Any:
    return tuple(step.id for step in part.steps) or None


def spots(pair: Pair) -> tuple[dict[str, Spot], dict[str, Spot]]:
    """Where each step stands in each version; blocks that are the same have the same name."""
    old_steps, new_steps = pair.steps
    names: dict[tuple[str, int], str] = {}
    for id in old_steps.keys() & new_steps.keys():
        old, new = parts_of(old_steps[id]), parts_of(new_steps[id])
        for number, other in match_parts(old, new).items():
            names[id, number] = str(other)
    before: dict[str, Spot] = {}
    after: dict[str, Spot] = {}
    _spots(pair.apps[0].flow.steps, ("", ""), 0, before, names)
    _spots(pair.apps[1].flow.steps, ("", ""), 0, after, None)
    return before, after


def _spots(
    steps: Sequence[Step], block: tuple[str, str], part: int, into: dict[str, Spot], names: dict[tuple[str, int], str] | None
) -> None:
    for at, step in enumerate(steps):
        into[step.id] = Spot(block, at, step, part)
        for number, inner in enumerate(parts_of(step)):
            name = str(number) if names is None else names.get((step.id, number), f"old {number}")
            _spots(inner.steps, (step.id, name), number, into, names)


def displaced(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The fewest of the things in both orders without which the rest stand in the same order; the same whichever order is the old one."""
    left = [item for item in old if item in new]
    place = {item: number for number, item in enumerate(new)}
    moved: list[str] = []
    while True:
        crossings = {a: sum((x < y) != (place[a] < place[b]) for y, b in enumerate(left) if b != a) for x, a in enumerate(left)}
        worst = max(crossings.values(), default=0)
        if not worst:
            return moved
        one = min(item for item, count in crossings.items() if count == worst)
        moved.append(one)
        left.remove(one)


def part_words(step: Text, part: When | Lane, number: int, teller: Teller) -> Text:
    """“是否财务会签”的情形“跨省”."""
    if part.title:
        title = quoted(part.title)
    elif isinstance(part, When):
        title = quoted(teller.expression(part.when) or text("其他", "otherwise"))
    else:
        title = text(f"第 {number + 1} 支", f"number {number + 1}")
    kind = text("情形", "case") if isinstance(part, When) else text("分支", "lane")
    return text(f"{say(step, 'zh')}的{say(kind, 'zh')}{say(title, 'zh')}", f"{say(kind, 'en')} {say(title, 'en')} of {say(step, 'en')}")


def _itself(item: object) -> object:
    return item


def matches(old: Sequence[T], new: Sequence[T], keys: Sequence[Callable[[T], object]]) -> dict[int, int]:
    """Which of ``old`` is which of ``new``: equal ones, then those with the same key, then, if as many are left of both, by their order."""
    found: dict[int, int] = {}
    for key in (_itself, *keys):
        for a, one in enumerate(old):
            same = [b for b, other in enumerate(new) if b not in found.values() and key(other) == key(one)]
            if a not in found and same:
                found[a] = a if a in same else same[0]
    left, free = [a for a in range(len(old)) if a not in found], [b for b in range(len(new)) if b not in found.values()]
    return found | (dict(zip(left, free, strict=True)) if len(left) == len(free) else {})
