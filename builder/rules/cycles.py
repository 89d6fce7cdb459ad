"""calculation-cycle: what is calculated, shown or required does not depend on itself."""

from builder.draft import AppDraft, Formula
from forms.rules import cycle


def check(draft: AppDraft) -> None:
    reads: dict[str, dict[str, Formula]] = {}
    for formula in draft.formulas:
        if formula.purpose in ("compute", "visible", "required") and formula.expression:
            for name in formula.expression.reads:
                reads.setdefault(formula.owner, {}).setdefault(name, formula)
    while circle := cycle(reads):
        shown = " → ".join(circle)
        draft.problems.add(
            reads[circle[0]][circle[1]].node,
            "calculation-cycle",
            f"字段的计算或显示绕成了圈：{shown}",
            f"Fields are calculated, shown or required in a circle: {shown}",
        )
        for name in circle[1:]:
            reads.pop(name, None)
