"""unknown-field, duplicate-id: lists show fields that exist, each once."""

from builder.draft import AppDraft
from builder.nodes import items, words
from builder.rules import fields_named


def check(draft: AppDraft) -> None:
    seen: set[str] = set()
    for node in items(draft.app.get("summary")) if draft.app else ():
        name = words(node)
        if name in seen:
            draft.problems.add(node, "duplicate-id", f"“{name}”写了两次", f"“{name}” is written twice")
        elif name is not None:
            seen.add(name)
            fields_named.find(draft, node)
