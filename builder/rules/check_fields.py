"""unknown-field: the message of a rule across fields stands at one of them."""

from builder.draft import AppDraft
from builder.nodes import items, mapping
from builder.rules import fields_named


def check(draft: AppDraft) -> None:
    for item in items(draft.form.root.get("x-checks")) if draft.form else ():
        rule = mapping(item)
        if rule and (node := rule.get("field")):
            fields_named.find(draft, node)
