"""Reads where answers are taken from (`x-from` of a field), and what an app publishes for others to take (`views`)."""

from typing import Any, cast

from builder.draft import AppDraft
from builder.nodes import Mapping, Node, items, mapping, words
from forms.form import Lookup
from workflows.app import View


def read(node: Node | None) -> Lookup | None:
    """What a field's `x-from` says, names not looked up yet; its shape is right."""
    root = mapping(node)
    if root is None:
        return None
    for of in ("person", "department"):
        if (part := words(root.get(of))) is not None:
            return Lookup(of=cast(Any, of), take=part)
    of = next((of for of in ("mine", "dictionary", "view", "source") if of in root.entries), None)
    if of is None:
        return None
    by = root.get("by")
    pairs = {key: words(value) or "" for key, value in by.items()} if isinstance(by, Mapping) else {"": name} if (name := words(by)) else {}
    return Lookup(of=cast(Any, of), name=words(root.get(of)) or "", take=words(root.get("take")) or "", by=pairs)


def views(draft: AppDraft) -> tuple[View, ...]:
    """What an app without problems publishes."""
    declared = mapping(draft.app.get("views")) if draft.app else None
    return tuple(
        View(
            id=id,
            key=words(view.get("key")) or "",
            gives=tuple(name for item in items(view.get("gives")) if (name := words(item))),
        )
        for id, node in (declared.items() if declared else ())
        if (view := mapping(node))
    )
