"""unknown-field, different-kind, unknown-option: the options of a cascade hang under those of a field beside it."""

from builder import words as phrases
from builder.draft import AppDraft, FieldDraft
from builder.nodes import Node, items, mapping, words
from builder.rules import different_kind, fields_named


def check(draft: AppDraft) -> None:
    if draft.form is None:
        return
    fields = dict(draft.form.walk())
    for path, field in fields.items():
        above = path.rpartition(".")[0]
        beside = fields[above].columns if above else draft.form.fields
        one(draft, field, beside)


def one(draft: AppDraft, field: FieldDraft, beside: dict[str, FieldDraft]) -> None:
    node, name = field.get("x-under"), words(field.get("x-under"))
    if node is None or name is None:
        return
    other = beside.get(name)
    if other is None or other is field:
        fields_named.unknown(name, node, [known for known in beside if known != field.name], draft.problems)
    elif other.field is not None and other.field.kind != "choice":
        different_kind.said(draft.problems, node, other.field.kind, "choice")
    elif other.field is not None:
        known = [option.value for option in other.field.options]
        for parent in parents(field):
            if (value := words(parent)) not in known and value is not None:
                hint = phrases.meant(value, known)
                draft.problems.add(
                    parent,
                    "unknown-option",
                    f"“{name}”没有选项“{value}”{hint['zh']}",
                    f"“{name}” has no option “{value}”{hint['en']}",
                )


def parents(field: FieldDraft) -> list[Node]:
    found: list[Node] = []
    for holder in (mapping(field.node), mapping(field.get("items"))):
        for item in items(holder.get("oneOf")) if holder else ():
            option = mapping(item)
            if option and (node := option.get("x-parent")):
                found.append(node)
    return found
