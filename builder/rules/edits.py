"""unknown-field, edit-computed, duplicate-id: the fields that a step fills in exist and are not calculated."""

from builder.draft import AppDraft
from builder.nodes import Node, items, mapping, words
from builder.rules import fields_named
from builder.unattended_steps import written


def check(draft: AppDraft) -> None:
    if draft.flow is None:
        return
    start = mapping(draft.flow.root.get("start"))
    for edit in [start.get("edit") if start else None, *(step.node.get("edit") for step in draft.flow.steps)]:
        named(draft, edit)
    for step in draft.flow.steps:
        for node in written(step):
            one(draft, node)


def named(draft: AppDraft, edit: Node | None) -> None:
    seen: set[str] = set()
    for node in items(edit):
        name = words(node)
        if name in seen:
            draft.problems.add(node, "duplicate-id", f"“{name}”写了两次", f"“{name}” is written twice")
        elif name is not None:
            seen.add(name)
            one(draft, node)


def one(draft: AppDraft, node: Node) -> None:
    field = fields_named.find(draft, node)
    if field and field.computed:
        name = field.name
        draft.problems.add(node, "edit-computed", f"“{name}”是计算出来的，没有人能填写", f"“{name}” is calculated: nobody can fill it in")
