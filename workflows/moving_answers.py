"""The answers of a running case under the form of another release; a part of workflows.moving."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from forms.expressions import answered
from forms.form import Field
from forms.texts import Text, say
from workflows.case import Case
from workflows.moving_plan import NO_FIELD, Code, Plan, Reason
from workflows.program import Program, written

#: kinds whose answers are the same thing, written the same way
_TEXTS = frozenset({"text", "textarea", "phone", "email", "id-card", "credit-code", "plate", "region"})


class Answers(NamedTuple):
    """What becomes of the answers."""

    after: dict[str, Any]
    dropped: dict[str, Any]
    given: dict[str, Any]
    reasons: tuple[Reason, ...]
    #: the plan keeps such a case where it is
    stays: bool


def answers(case: Case, old: Program, new: Program, plan: Plan) -> Answers:
    """What ``case`` has answered, by the names of now."""
    before = {field.name: field for field in old.app.form.fields}
    fields = {field.name: field for field in new.app.form.fields}
    after: dict[str, Any] = {}
    dropped: dict[str, Any] = {}
    given: dict[str, Any] = {}
    reasons: list[Reason] = []
    stays = False
    for name, value in case.answers.items():
        entry = plan.fields.get(name, NO_FIELD)
        now = entry.now or name
        field, was = fields.get(now), before.get(name)
        stays = stays or (entry.stay and (field is None or was is None or not _same(was, field)))
        if entry.drop or (field is None and (not answered(value) or (was and was.compute))):
            dropped[name] = value
        elif field is None:
            reasons.append(_removed(name, was))
        elif was is None or not _same(was, field):
            reasons.append(_kind(name, was, field))
        else:
            after[now] = value
            if now != name:
                dropped[name], given[now] = value, value
    standing = {finding.path.partition(".")[0] for finding in old.rules.validator.findings(case.answers)}
    for finding in new.rules.validator.findings(after):
        name = finding.path.partition(".")[0]
        entry = plan.fields.get(name, NO_FIELD)
        if name in standing or entry.accept or name not in fields:
            continue
        stays = stays or entry.stay
        reasons.append(_not_allowed(name, fields[name], finding.message))
    for name, entry in plan.fields.items():
        if entry.value is not None and name in fields and not answered(after.get(name)):
            after[name] = given[name] = entry.value
            if any(finding.path.partition(".")[0] == name for finding in new.rules.validator.findings({name: entry.value})):
                title = fields[name].title
                reasons.append(
                    _reason(
                        "plan",
                        name,
                        f"计划里给“{title['zh']}”的值不符合表单",
                        f"The form does not allow the plan's value for “{say(title, 'en')}”",
                        (),
                    )
                )
    return Answers(after, dropped, given, tuple(reasons), stays)


def lacking(after: Mapping[str, Any], new: Program, ahead: frozenset[str]) -> list[Field]:
    """The required fields that steps in ``ahead`` read and that nobody answers before: those steps would fail."""
    later = {name for id in ahead for name in written(new.steps[id])}
    read = {name for id in ahead for name in new.reads_of(new.steps[id])}
    return [
        field
        for field in new.app.form.fields
        if field.required
        and field.visible is None
        and field.compute is None
        and field.name in read - later
        and not answered(after.get(field.name))
    ]


def missing(field: Field) -> Reason:
    title = field.title
    return _reason(
        "answer-missing",
        field.name,
        f"后面的环节要用“{title['zh']}”，这份申请没有填过",
        f"Steps ahead read “{say(title, 'en')}”, which this case never answered",
        ("value", "ask", "accept", "stay"),
    )


def _same(was: Field, field: Field) -> bool:
    """Whether an answer to ``was`` is one to ``field``, apart from what the form allows."""
    if was.kind == field.kind or {was.kind, field.kind} <= _TEXTS:
        return True
    return (was.kind, field.kind) == ("integer", "number")


def _removed(name: str, was: Field | None) -> Reason:
    title: Text = was.title if was else {"zh": name}
    return _reason(
        "field-removed",
        name,
        f"“{title['zh']}”已经填写，新版本没有这个字段",
        f"“{say(title, 'en')}” was answered, and the new release has no such field",
        ("now", "drop", "stay"),
    )


def _kind(name: str, was: Field | None, field: Field) -> Reason:
    title, kind = field.title, was.kind if was else "?"
    return _reason(
        "field-kind",
        name,
        f"“{title['zh']}”原来填的是 {kind}，新版本要填 {field.kind}",
        f"“{say(title, 'en')}” was answered as {kind}; the new release asks for {field.kind}",
        ("now", "drop", "stay"),
    )


def _not_allowed(name: str, field: Field, why: Text) -> Reason:
    title = field.title
    return _reason(
        "answer-not-allowed",
        name,
        f"“{title['zh']}”已填的内容，新版本不允许：{why['zh']}",
        f"The new release does not allow what “{say(title, 'en')}” was answered with: {say(why, 'en')}",
        ("accept", "drop", "stay"),
    )


def _reason(code: Code, of: str, zh: str, en: str, choices: tuple[str, ...]) -> Reason:
    return Reason(code=code, about="fields", of=of, message={"zh": zh, "en": en}, choices=choices)
