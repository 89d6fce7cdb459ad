"""unknown-field, required-computed, duplicate-id: what is required is a field that somebody fills in."""

from builder.draft import AppDraft, FieldDraft
from builder.nodes import Node, items, words
from builder.rules import fields_named
from forms.form import SILENT


def check(draft: AppDraft) -> None:
    if draft.form is None:
        return
    listed(draft, draft.form.root.get("required"), draft.form.fields)
    for _, field in draft.form.walk():
        if field.inner is not None and field.columns:
            listed(draft, field.inner.get("required"), field.columns)
        for key in ("x-required", "x-readonly"):
            if field.computed and (node := field.get(key)):
                computed(draft, node, field.name)


def listed(draft: AppDraft, required: Node | None, fields: dict[str, FieldDraft]) -> None:
    seen: set[str] = set()
    for node in items(required):
        name = words(node)
        if name is None:
            continue
        if name in seen:
            draft.problems.add(node, "duplicate-id", f"“{name}”写了两次", f"“{name}” is written twice")
        elif name not in fields:
            fields_named.unknown(name, node, list(fields), draft.problems)
        elif fields[name].computed:
            computed(draft, node, name)
        elif (field := fields[name].field) and field.kind in SILENT:
            draft.problems.add(
                node,
                "required-computed",
                f"“{name}”是说明文字，没有可填的，不能要求填写",
                f"“{name}” is static text: nobody can be required to fill it in",
            )
        seen.add(name)


def computed(draft: AppDraft, at: Node, name: str) -> None:
    draft.problems.add(
        at, "required-computed", f"“{name}”是计算出来的，不能要求填写", f"“{name}” is calculated: nobody can be required to fill it in"
    )
