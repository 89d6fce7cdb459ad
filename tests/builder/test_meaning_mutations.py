"""Every single property of the example apps, changed alone: one sentence at least names the step or field it belongs to, and the
reverse change says the mirrored sentences.
"""

import dataclasses
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
import pytest

from builder.meaning.change import Change, in_order
from builder.meaning.difference import app, difference
from builder.meaning.pair import Pair
from builder.meaning.version import Version, open_folder
from builder.problems import Problems
from forms.expressions import Fault
from forms.form import Field, Form, Struct
from workflows import app as apps
from workflows.app import App, Span, Step
from workflows.program import load

EXAMPLES = Path(__file__).parents[2] / "examples"
#: of each kind of change, in a short run
A_FEW = 4
APPS = tuple(sorted(path.name for path in (EXAMPLES / "apps").iterdir()))


class Mutation(NamedTuple):
    """An app with one property changed."""

    #: the kind of change, `` of `` and what it was done to
    what: str
    #: what one of the sentences must be about
    subject: str
    app: App


@cache
def examples() -> Version:
    return open_folder(str(EXAMPLES), Problems())


def with_app(of: App) -> Version | None:
    """The examples with one app in another version; None: it is no app at all, and the compiler would have refused it."""
    try:
        program = load(apps.release(of))
    except Fault:
        return None
    goals = {action.go for step in program.steps.values() for action in getattr(step, "actions", ()) if action.go}
    if not goals <= {"start", *program.steps}:
        return None
    old = examples()
    compiled = dataclasses.replace(old.compiled, apps={**old.compiled.apps, of.id: of})
    return Version(old.files, compiled, {**old.programs, of.id: program}, old.drafts)


def other(value: Any, prop: str) -> list[Any]:
    """Other values of the same type that still make an app."""
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1]
        case Span():
            return [msgspec.structs.replace(value, amount=value.amount + 1)]
        case dict() if "zh" in value:
            texts = cast("dict[str, str]", value)
            return [{**texts, "zh": f"{texts['zh']}（改）"}, {**texts, "en": f"{texts.get('en', '')} (changed)"}]
        case str():
            return list(STRINGS[prop](value)) if prop in STRINGS else []
        case tuple() if prop in ("hide", "edit", "summary", "without") and value:
            return [cast("tuple[Any, ...]", value)[1:]]
        case tuple() if prop in ("overdue", "checks", "phrases") and value:
            return [cast("tuple[Any, ...]", value)[1:]]
        case _:
            return []


STRINGS: dict[str, Callable[[str], list[str]]] = {
    "who": lambda v: ['role("flow-admin")' if v != 'role("flow-admin")' else "applicant"],
    "when": lambda v: [f"!({v})"],
    "visible": lambda v: [f"!({v})"],
    "required_if": lambda v: [f"!({v})"],
    "that": lambda v: [f"!({v})"],
    "escalate": lambda _: ['role("flow-admin")'],
    "transfer": lambda _: ['role("flow-admin")'],
    "decide": lambda v: ["all" if v != "all" else "any-decision"],
    "opinion": lambda v: ["required" if v != "required" else "optional"],
    "pattern": lambda v: [f"{v}?"],
    "number": lambda v: [f"{v}x"],
    "subject": lambda v: [f"{v} x"],
    "outcome": lambda v: ["rejected" if v != "rejected" else "approved"],
    "on_reject": lambda _: ["start"],
    "resume": lambda v: ["direct" if v != "direct" else "rerun"],
    "self_approval": lambda v: ["skip" if v != "skip" else "self"],
    "same_person": lambda v: ["all" if v != "all" else "none"],
    "nobody_does": lambda v: ["stop" if v != "stop" else "give"],
    "until": lambda v: ["never" if v == "until-decided" else "until-decided"] if v in ("never", "until-decided", "before") else [],
    "signature": lambda v: ["typed" if v != "typed" else "none"],
    "owner": lambda v: ["office" if v != "office" else "finance"],
    "icon": lambda _: ["star"],
    "widget": lambda _: ["other"],
    "sensitive": lambda v: ["text" if v != "text" else "name"],
    "to": lambda _: ["elsewhere"],
    "message": lambda _: ["something-else"],
    "app": lambda _: ["leave"],
    "end": lambda v: ["rejected" if v != "rejected" else "approved"],
}
#: what is not there yet, given
ABSENT: dict[str, Any] = {
    "due": Span(amount=3, unit="days"),
    "edit": None,
    "help": {"zh": "新的说明"},
    "placeholder": {"zh": "例如"},
    "unit": {"zh": "个"},
    "sensitive": "text",
    "max_length": 77,
    "description": {"zh": "新的说明"},
    "retention_years": 3,
}


def changes_of(struct: Struct, subject: str, apart: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, Struct]]:
    """The struct with each of its properties changed, in every way there is."""
    for prop in struct.__struct_fields__:
        if prop in apart:
            continue
        value = getattr(struct, prop)
        values = other(value, prop) if value is not None else [ABSENT[prop]] if ABSENT.get(prop) is not None else []
        for new in values:
            yield f"{type(struct).__name__}.{prop} of {subject}", subject, msgspec.structs.replace(struct, **{prop: new})


STEPS = frozenset({"id", "cases", "branches", "desk", "actions", "answers", "inputs", "outputs", "each", "into", "due_until", "until"})


def mutations(of: App) -> Iterator[Mutation]:
    """One property at a time: of the app, its form, its fields and their options, its flow, its steps and what stands in them."""
    for what, subject, new in changes_of(of, "app", frozenset({"id", "form", "flow", "language"})):
        yield Mutation(what, subject, cast(App, new))
    for what, subject, form in of_form(of.form):
        yield Mutation(what, subject, msgspec.structs.replace(of, form=form))
    for what, _, flow in changes_of(of.flow, "flow", frozenset({"start", "steps", "outcomes", "nobody"})):
        yield Mutation(what, "flow", msgspec.structs.replace(of, flow=cast(Any, flow)))
    for what, subject, step in of_steps(of.flow.steps):
        flow = msgspec.structs.replace(of.flow, steps=step)
        yield Mutation(what, subject, msgspec.structs.replace(of, flow=flow))


def of_form(form: Form) -> Iterator[tuple[str, str, Form]]:
    for number, field in enumerate(form.fields):
        for what, subject, new in of_field(field, f"field:{field.name}"):
            fields = (*form.fields[:number], new, *form.fields[number + 1 :])
            yield what, subject, msgspec.structs.replace(form, fields=fields)
    for number, check in enumerate(form.checks):
        for what, _, new in changes_of(check, f"field:{check.field}/check", frozenset({"field"})):
            checks = (*form.checks[:number], cast(Any, new), *form.checks[number + 1 :])
            yield what, f"field:{check.field}", msgspec.structs.replace(form, checks=checks)


def of_field(field: Field, subject: str) -> Iterator[tuple[str, str, Field]]:
    apart = frozenset({"name", "kind", "options", "fields", "compute", "default", "pattern"})
    for what, named, new in changes_of(field, subject, apart):
        yield what, named, cast(Field, new)
    for number, option in enumerate(field.options):
        for what, named, new in changes_of(option, f"{subject}/option:{option.value}", frozenset({"value"})):
            yield (
                what,
                named,
                msgspec.structs.replace(field, options=(*field.options[:number], cast(Any, new), *field.options[number + 1 :])),
            )
    for number, column in enumerate(field.fields):
        for what, named, new in of_field(column, f"{subject}.{column.name}"):
            yield what, named, msgspec.structs.replace(field, fields=(*field.fields[:number], new, *field.fields[number + 1 :]))


def of_steps(steps: tuple[Step, ...]) -> Iterator[tuple[str, str, tuple[Step, ...]]]:
    for number, step in enumerate(steps):
        for what, subject, new in of_step(step):
            yield what, subject, (*steps[:number], new, *steps[number + 1 :])
        yield f"{type(step).__name__} gone of step:{step.id}", f"step:{step.id}", (*steps[:number], *steps[number + 1 :])
        if number + 1 < len(steps):
            swapped = (*steps[:number], steps[number + 1], step, *steps[number + 2 :])
            yield f"{type(step).__name__} moved of step:{step.id}", f"step:{min(step.id, steps[number + 1].id)}", swapped


def of_step(step: Step) -> Iterator[tuple[str, str, Step]]:
    subject = f"step:{step.id}"
    for what, _, new in changes_of(step, subject, STEPS):
        yield what, subject, cast(Step, new)
    desk = getattr(step, "desk", None)
    if desk is not None:
        for what, _, new in changes_of(desk, subject, frozenset({"read", "buttons"})):
            yield what, subject, msgspec.structs.replace(step, desk=new)
    for holder, key in (("actions", "id"), ("cases", ""), ("branches", "")):
        parts = getattr(step, holder, ())
        for number, part in enumerate(parts):
            named = f"{subject}/action:{getattr(part, key)}" if key else subject
            for what, _, new in changes_of(part, named, frozenset({"id", "steps"})):
                yield what, subject, msgspec.structs.replace(step, **{holder: (*parts[:number], new, *parts[number + 1 :])})
            for what, inner, steps in of_steps(getattr(part, "steps", ())):
                changed = msgspec.structs.replace(part, steps=steps)
                yield what, inner, msgspec.structs.replace(step, **{holder: (*parts[:number], changed, *parts[number + 1 :])})


def about(change: Change, subject: str) -> bool:
    return change.subject == subject or change.subject.startswith((f"{subject}/", f"{subject}."))


@cache
def everything() -> dict[str, list[Mutation]]:
    """By app."""
    return {name: list(mutations(examples().compiled.apps[name])) for name in APPS}


@cache
def some() -> dict[str, list[Mutation]]:
    """Of every kind of change a few, from whichever apps have it."""
    rng, kinds = random.Random(20261124), dict[str, list[tuple[str, Mutation]]]()
    for name, found in everything().items():
        for mutation in found:
            kinds.setdefault(mutation.what.split(" of ")[0], []).append((name, mutation))
    chosen = [pair for found in kinds.values() for pair in rng.sample(found, min(A_FEW, len(found)))]
    return {name: [mutation for app, mutation in chosen if app == name] for name in APPS}


@pytest.mark.parametrize("name", APPS)
def test_every_changed_property_is_named_and_mirrored(name: str, soak: bool) -> None:
    """What a sentence is about is the step or field that was changed; the way back says the same with before and after exchanged.

    A few of each kind of change over all apps; with --soak all.
    """
    old, silent, crooked, tried = examples(), list[str](), list[str](), 0
    for mutation in (everything() if soak else some())[name]:
        new = with_app(mutation.app)
        if new is None:
            continue
        tried += 1
        there, back = in_order(app(Pair(old, new, name))), in_order(app(Pair(new, old, name)))
        if not any(about(change, mutation.subject) for change in there):
            silent.append(mutation.what)
        if sorted(change.words["zh"] for change in back) != sorted(change.mirrored().words["zh"] for change in there):
            crooked.append(mutation.what)
    assert tried > (30 if soak else 3)
    assert silent == []
    assert crooked == []


def test_the_same_workspace_means_no_change() -> None:
    """Against itself nothing is said."""
    again = open_folder(str(EXAMPLES), Problems())
    assert difference(examples(), again) == []
