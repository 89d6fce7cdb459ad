"""calculation-cycle: what is calculated or shown does not depend on itself."""

from builder.draft import AppDraft, Formula
from builder.nodes import items, mapping, words
from forms.order import cycle, needs
from forms.rules import SECTION


def check(draft: AppDraft) -> None:
    formulas: dict[str, list[Formula]] = {}
    for formula in draft.formulas:
        if formula.purpose in ("compute", "visible") and formula.expression:
            formulas.setdefault(formula.owner, []).append(formula)
    reads = {path: frozenset[str]().union(*(f.expression.paths for f in found if f.expression)) for path, found in formulas.items()}
    needed = needs(reads, gates(draft))
    while circle := cycle(needed):
        shown = " → ".join(place(path) for path in circle)
        draft.problems.add(
            formulas[circle[0]][0].node if len(formulas[circle[0]]) == 1 else reading(formulas[circle[0]], circle[1]).node,
            "calculation-cycle",
            f"字段的计算或显示绕成了圈：{shown}",
            f"Fields are calculated or shown in a circle: {shown}",
        )
        for path in circle[1:]:
            needed.pop(path, None)


def reading(formulas: list[Formula], path: str) -> Formula:
    """The one of them that reads ``path``."""
    return next((f for f in formulas if f.expression and path in f.expression.paths), formulas[0])


def gates(draft: AppDraft) -> dict[str, str]:
    """The fields in sections that a rule shows, with the name of that rule."""
    found: dict[str, str] = {}
    for number, node in enumerate(items(draft.form.root.get("x-layout"))) if draft.form else ():
        section = mapping(node)
        if section and section.get("x-visible") is not None:
            found |= {name: f"{SECTION}{number}" for item in items(section.get("fields")) if (name := words(item))}
    return found


def place(path: str) -> str:
    """``path`` as a reader knows it: sections are counted from one."""
    return f"x-layout[{int(path[1:]) + 1}]" if path.startswith(SECTION) else path
