"""unknown-field: what many rules say when a name is not that of a field."""

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
    problems.add(at, "unknown-field", f"没有字段“{name}”", f"There is no field “{name}”", among=known)
