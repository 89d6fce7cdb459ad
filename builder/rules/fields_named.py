"""unknown-field: what many rules say when a name is not that of a field."""

from builder import words as phrases
from builder.draft import AppDraft, FieldDraft
from builder.nodes import Mark, Node, words
from builder.problems import Problems


def find(draft: AppDraft, node: Node) -> FieldDraft | None:
    """The field that ``node`` names; when there is none, that is said."""
    name = words(node)
    if name is None or draft.form is None:
        return None
    field = draft.form.fields.get(name)
    if field is None:
        unknown(name, node, list(draft.form.fields), draft.problems)
    return field


def unknown(name: str, at: Node | Mark, known: list[str], problems: Problems) -> None:
    hint = phrases.meant(name, known)
    if not hint["zh"]:
        hint = {"zh": f"。字段有：{phrases.listed(known, 'zh')}", "en": f". The fields are: {phrases.listed(known, 'en')}"}
    problems.add(at, "unknown-field", f"没有字段“{name}”{hint['zh']}", f"There is no field “{name}”{hint['en']}")
