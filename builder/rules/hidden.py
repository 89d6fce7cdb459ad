"""unknown-field, duplicate-id, edit-hidden, hidden-in-list: what people of a step do not see they neither edit nor read in lists."""

from builder.draft import AppDraft
from builder.nodes import Mapping, Node, items, mapping, words
from builder.rules import fields_named
from workflows.words import PART


def check(draft: AppDraft) -> None:
    if draft.flow is None:
        return
    start = mapping(draft.flow.root.get("start"))
    for node in [*([start] if start else []), *(step.node for step in draft.flow.steps)]:
        hidden(draft, node)


def hidden(draft: AppDraft, node: Mapping) -> None:
    edited = {words(item): item for item in items(node.get("edit"))}
    for key in ("hide", "read"):
        seen: set[str] = set()
        for item in items(node.get(key)):
            name = words(item)
            if name in seen:
                draft.problems.add(item, "duplicate-id", f"“{name}”写了两次", f"“{name}” is written twice")
            elif name is not None and fields_named.find(draft, item):
                seen.add(name)
                if key == "hide":
                    told(draft, item, name, edited)


def told(draft: AppDraft, item: Node, name: str, edited: dict[str | None, Node]) -> None:
    if name in edited:
        draft.problems.add(
            item,
            "edit-hidden",
            f"“{name}”既要填写又看不到",
            f"“{name}” is edited and hidden at once",
            related=[(edited[name], {"zh": "填写写在这里", "en": "edited here"})],
        )
    where = listed(draft, name)
    if where is not None:
        draft.problems.add(
            item,
            "hidden-in-list",
            f"“{name}”出现在列表和查询里，藏不住",
            f"“{name}” stands in lists and is searched: it cannot be hidden",
            related=[(where, {"zh": "写在这里", "en": "here"})],
        )


def listed(draft: AppDraft, name: str) -> Node | None:
    """Where lists print ``name``: the subject, or the summary."""
    if draft.app is None:
        return None
    subject = draft.app.get("subject")
    if any(part.split(".")[0] == name for part in PART.findall(words(subject) or "")):
        return subject
    return next((item for item in items(draft.app.get("summary")) if words(item) == name), None)
