"""unknown-target, keyword-does-not-fit: materials that may come later (容缺), and the field in which their day is promised."""

import msgspec

from builder.draft import AppDraft, FormDraft
from builder.nodes import Mapping, mapping, words
from builder.rules import targets
from forms.expressions import Expression, Scope, compile
from forms.form import Check, Field, Form, Later
from forms.texts import Text, say

#: ends the name of the field that holds the day
PROMISED = "_promised"
HELP: Text = {
    "zh": "现在还没有这份材料的，先不上传，写上哪天补交（最迟{}内），提交后再补交。",
    "en": "Without it today, leave it out, say by which day it will come (within {}), and hand it in later.",
}
TOO_LATE: Text = {"zh": "补交日期要在今天以后{}之内", "en": "It must come within {} from today"}


def later(name: str, node: Mapping) -> Later | None:
    """What `x-later` of the field called ``name`` says."""
    root = mapping(node.get("x-later"))
    return Later(promise=f"{name}{PROMISED}", before=words(root.get("before"))) if root else None


def check(draft: AppDraft) -> None:
    """What waits for a material is a step with people; an opinion is that of one."""
    for field in draft.form.fields.values() if draft.form else ():
        root = mapping(field.get("x-later"))
        before, step = root.get("before") if root else None, field.get("x-step")
        for node, besides in ((before, ("end",)), (step, ())):
            if node is None or draft.flow is None or words(node) in besides:
                continue
            target = targets.find(draft, draft.flow, node, besides)
            if target is not None and not target.human:
                zh, en = (
                    f"“{target.id}”没有人办理，这里要写一个 approve 或 handle 步骤",
                    f"Nobody acts in “{target.id}”: name an approve or handle step",
                )
                draft.problems.add(node, "unknown-target", zh, en)
        if step is None and field.field and field.field.kind == "opinion" and isinstance(field.node, Mapping):
            draft.problems.add(
                field.node, "missing-key", "std:opinion 要写 x-step：哪一步的意见", "std:opinion needs x-step: whose opinions stand here"
            )
        if root and draft.form and f"{field.name}{PROMISED}" in draft.form.fields and isinstance(field.node, Mapping):
            zh = f"x-later 会用字段名“{field.name}{PROMISED}”，这个名称已经有了"
            en = f"x-later makes a field “{field.name}{PROMISED}”, which is there already"
            draft.problems.add(field.node.key("x-later"), "duplicate-id", zh, en)


def promises(form: FormDraft, fields: list[Field]) -> tuple[dict[str, Field], tuple[Check, ...]]:
    """The fields that hold the days, by the field whose material they promise, and the rules about them. ``fields`` are as they are written;
    a material is required as long as no day is promised.
    """
    found: dict[str, Field] = {}
    checks: list[Check] = []
    for place, field in enumerate(fields):
        if field.later is None:
            continue
        promise = field.later.promise
        root = mapping(form.fields[field.name].get("x-later"))
        amount, _, unit = ((words(root.get("within")) if root else None) or "").partition(" ")
        working = unit.startswith("working")
        length = {"zh": f" {amount} 个工作日" if working else f" {amount} 天", "en": f"{amount} {unit}"}
        seen = f"!has(answered.{field.name})"
        found[field.name] = Field(
            name=promise,
            kind="date",
            title={language: TITLES[language].format(say(field.title, language)) for language in ("zh", "en")},
            help={language: HELP[language].format(length[language]) for language in ("zh", "en")},
            visible=f"({field.visible}) && {seen}" if field.visible else seen,
        )
        asked = f"!has(answered.{promise})"
        if field.required:
            fields[place] = msgspec.structs.replace(field, required=False, required_if=asked)
        elif field.required_if:
            fields[place] = msgspec.structs.replace(field, required_if=f"({field.required_if}) && {asked}")
        span = f"workdays(today, {promise}) - workdays(today, today)" if working else f"days(today, {promise}) - 1"
        message = {language: TOO_LATE[language].format(length[language]) for language in ("zh", "en")}
        checks.append(Check(that=f"{promise} >= today && {span} <= {amount}", message=message, field=promise))
    return found, tuple(checks)


def expressions(form: Form) -> dict[str, Expression]:
    """What has been written here for materials that may come later, by its text."""
    found = {field.name: field for field in form.fields}
    texts: list[str | None] = []
    for field in form.fields:
        if field.later:
            promise = field.later.promise
            texts += [field.required_if, found[promise].visible, *(check.that for check in form.checks if check.field == promise)]
    scope = Scope.of_form(form) if texts else None
    made = {text: compile(text, scope, "bool") for text in texts if text and scope}
    return {text: expression for text, expression in made.items() if isinstance(expression, Expression)}


TITLES: Text = {"zh": "{}：暂缺，承诺补交日期", "en": "{}: not there yet, promised for"}
