"""unknown-field: the message of a rule across fields stands at one of them."""

from builder.draft import AppDraft, FieldDraft
from builder.nodes import Mapping, items, mapping, words
from builder.rules import fields_named


def check(draft: AppDraft) -> None:
    if draft.form is None:
        return
    among(draft, draft.form.root, draft.form.fields)
    for _, field in draft.form.walk():
        if field.inner is not None:
            among(draft, field.inner, field.columns)


def among(draft: AppDraft, holder: Mapping, fields: dict[str, FieldDraft]) -> None:
    """Each rule of ``holder`` stands at one of ``fields``."""
    for item in items(holder.get("x-checks")):
        rule = mapping(item)
        if rule and (node := rule.get("field")) and (name := words(node)) is not None and name not in fields:
            fields_named.unknown(name, node, list(fields), draft.problems)
