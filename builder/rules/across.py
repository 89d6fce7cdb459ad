"""bad-across, unknown-field: a rule across cases is about fields that there are and of kinds that it can compare."""

from builder.draft import AppDraft, FieldDraft
from builder.nodes import Mapping, Node, items, mapping, words

KINDS = ("unique", "no_overlap", "sum")
SPANS = frozenset({"date-range", "half-day-range"})
FIGURES = frozenset({"money", "integer", "number"})
#: what is the same or not by itself
PLAIN = frozenset({"table", "group", "choices", "date-range", "half-day-range", "note", "opinion"})


def check(draft: AppDraft) -> None:
    form = draft.form
    if form is None:
        return
    known = dict(form.walk())
    for item in items(form.root.get("x-across")):
        rule = mapping(item)
        kind = next((kind for kind in KINDS if rule and kind in rule.entries), None)
        if rule is None or kind is None:
            continue
        of, same = _named(draft, rule.get(kind), known), _named(draft, rule.get("same"), known)
        tables = {path.partition(".")[0] for path, _, _ in (*of, *same) if "." in path}
        if len(tables) > 1:
            _bad(draft, rule, "一条规则只能读一个明细", "A rule can read one table only")
        for _, node, field in (*same, *(of if kind == "unique" else ())):
            if field.field and field.field.kind in PLAIN:
                _bad(draft, node, "这种字段不能比较是否相同", "A field of this kind cannot be compared")
        if kind == "no_overlap":
            _span(draft, rule, of)
        elif kind == "sum":
            for _, node, field in of:
                if field.field and field.field.kind not in FIGURES:
                    _bad(draft, node, "合计只能用金额或数字", "A sum is of money or numbers")


def _named(draft: AppDraft, node: Node | None, known: dict[str, FieldDraft]) -> list[tuple[str, Node, FieldDraft]]:
    """The fields that ``node`` names, a list or one."""
    found: list[tuple[str, Node, FieldDraft]] = []
    for item in items(node) or ([node] if node is not None else []):
        path = words(item)
        if path is None:
            continue
        if path not in known:
            draft.problems.add(item, "unknown-field", f"没有字段“{path}”", f"There is no field “{path}”", among=list(known))
        else:
            found.append((path, item, known[path]))
    return found


def _span(draft: AppDraft, rule: Mapping, of: list[tuple[str, Node, FieldDraft]]) -> None:
    kinds = [field.field.kind for _, _, field in of if field.field]
    if len(kinds) == len(of) and kinds and not (kinds[0] in SPANS and len(kinds) == 1) and kinds != ["datetime", "datetime"]:
        _bad(
            draft,
            rule.entries["no_overlap"].value,
            "这里写一个日期范围字段，或 [开始, 结束] 两个日期时间字段",
            "Write one field of a range of days, or two of date and time: [from, to]",
        )


def _bad(draft: AppDraft, node: Node, zh: str, en: str) -> None:
    draft.problems.add(node, "bad-across", zh, en)
