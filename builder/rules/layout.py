"""unknown-field, laid-out-twice, not-laid-out: each field that people fill in has one place on the page."""

from builder.draft import AppDraft
from builder.nodes import Node, items, mapping, words
from builder.rules import fields_named


def check(draft: AppDraft) -> None:
    layout = draft.form.root.get("x-layout") if draft.form else None
    if draft.form is None or layout is None or not items(layout):
        return
    places: dict[str, Node] = {}
    for section in items(layout):
        for node in items(found.get("fields")) if (found := mapping(section)) else ():
            name = words(node)
            if name in places:
                draft.problems.add(
                    node,
                    "laid-out-twice",
                    f"“{name}”在页面上出现了两次",
                    f"“{name}” stands on the page twice",
                    related=[(places[name], {"zh": "第一次写在这里", "en": "first written here"})],
                )
            elif name is not None:
                fields_named.find(draft, node)
                places[name] = node
    for field in draft.form.fields.values():
        if field.name not in places and not field.computed:
            draft.problems.add(
                field.key,
                "not-laid-out",
                f"x-layout 的分组里没有“{field.name}”，页面上不会出现，没有人能填写",
                f"No section of x-layout has “{field.name}”: it would not be on the page for anyone to fill in",
            )
