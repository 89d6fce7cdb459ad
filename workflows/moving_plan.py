"""What people decide about running cases before a new release: the migration plan, and the reasons that ask for one."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from forms.form import Struct
from forms.texts import Text
from workflows.program import START, Program


class StepPlan(Struct):
    """What becomes of the cases that stand at a step, or in a parallel block: one of these."""

    #: the step has this id now; tasks stay as they are
    now: str | None = None
    #: its people need not act any more: the case begins this step ("start": the applicant corrects the form)
    go: str | None = None
    #: these cases keep their release
    stay: bool = False


class FieldPlan(Struct):
    """What becomes of the answers to a field: one of these."""

    #: the field has this name now
    now: str | None = None
    #: nothing asks for it any more: the answer stays in the record only
    drop: bool = False
    #: it stays as it is, although the form would not allow it, or would ask for it
    accept: bool = False
    #: every case without an answer is given this one
    value: Any = None
    #: cases without an answer go back to the applicant
    ask: bool = False
    #: these cases keep their release
    stay: bool = False


class Plan(Struct):
    """Everything that was decided about the running cases of an app. As a file: docs/howto/move-running-cases.md."""

    app: str = ""
    #: by the id of before
    steps: dict[str, StepPlan] = {}
    #: by the name of before; a new field by its own
    fields: dict[str, FieldPlan] = {}
    #: numbers of cases that keep their release
    stay: tuple[str, ...] = ()


NOTHING = Plan()
NO_STEP = StepPlan()
NO_FIELD = FieldPlan()

Code = Literal[
    "step-removed", "step-kind", "step-people", "step-waits", "parallel-changed",
    "field-removed", "field-kind", "answer-not-allowed", "answer-missing", "plan",
]  # fmt: skip


class Reason(Struct):
    """Why a case cannot go on by itself. ``of`` is what the plan's entry is called; ``choices`` are the keys it may have."""

    code: Code
    about: Literal["steps", "fields"]
    of: str
    message: Text
    choices: tuple[str, ...] = ()


def check(old: Program, new: Program, plan: Plan) -> Iterator[Reason]:
    """The entries of ``plan`` that lead nowhere."""
    fields = {field.name for field in new.app.form.fields}
    before = {field.name for field in old.app.form.fields}
    known = before | fields
    for id, entry in plan.steps.items():
        to = entry.now if entry.now is not None else entry.go
        if id not in old.steps and id != START:
            yield _wrong("steps", id, f"原版本没有环节“{id}”", f"The release of before has no step “{id}”")
        elif to is not None and to not in new.steps and entry.go != START:
            yield _wrong("steps", id, f"新版本没有环节“{to}”", f"The new release has no step “{to}”")
        elif entry.now is not None and _taken(id, entry.now, {key: item.now for key, item in plan.steps.items()}, {*old.steps}):
            yield _wrong("steps", id, f"“{to}”已是另一个环节", f"“{to}” is another step already")
    for name, entry in plan.fields.items():
        if name not in known:
            yield _wrong("fields", name, f"两个版本都没有字段“{name}”", f"Neither release has a field “{name}”")
        elif entry.now is not None and entry.now not in fields:
            yield _wrong("fields", name, f"新版本没有字段“{entry.now}”", f"The new release has no field “{entry.now}”")
        elif entry.now is not None and _taken(name, entry.now, {key: item.now for key, item in plan.fields.items()}, before):
            yield _wrong("fields", name, f"“{entry.now}”已是另一个字段", f"“{entry.now}” is another field already")


def _taken(name: str, now: str, names: Mapping[str, str | None], before: set[str]) -> bool:
    """Whether something else has the name ``now`` too."""
    others = {names.get(other) or other for other in {*before, *names} - {name}}
    return now in others


def _wrong(about: Literal["steps", "fields"], of: str, zh: str, en: str) -> Reason:
    return Reason(code="plan", about=about, of=of, message={"zh": zh, "en": en})
