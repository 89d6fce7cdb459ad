"""unknown-field, edit-computed, duplicate-id: the fields that a step fills in exist and are not calculated."""

from builder.draft import AppDraft
from builder.nodes import items, words
from builder.rules import fields_named


def check(draft: AppDraft) -> None:
    for step in draft.flow.steps if draft.flow else ():
        seen: set[str] = set()
        for node in items(step.node.get("edit")):
            name = words(node)
            if name in seen:
                draft.problems.add(node, "duplicate-id", f"“{name}”写了两次", f"“{name}” is written twice")
            elif name is not None:
                seen.add(name)
                field = fields_named.find(draft, node)
                if field and field.computed:
                    draft.problems.add(
                        node, "edit-computed", f"“{name}”是计算出来的，没有人能填写", f"“{name}” is calculated: nobody can fill it in"
                    )
