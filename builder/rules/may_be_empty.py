"""may-be-empty, reads-too-early: where a case goes and to whom is never decided by an answer that may not be there."""

from builder import certain
from builder.draft import AppDraft, Formula
from builder.nodes import Mark
from builder.scalars import mark_at


def check(draft: AppDraft) -> None:
    sure = certain.fields(draft)
    for formula in draft.formulas:
        if formula.expression is None:
            continue
        if formula.purpose == "start":
            for name in certain.unsure(formula.expression.tree, frozenset()):
                draft.problems.add(
                    at(formula, name.start, name.name),
                    "reads-too-early",
                    f"发起的时候还没有填写“{name.name}”；这里只能用 applicant、today 和人员函数",
                    f"“{name.name}” has not been filled in when a case is started: use applicant, today and the functions that name people",
                )
        elif formula.purpose in ("who", "when", "action", "escalate", "nobody", "until", "set"):
            said: set[str] = set()
            for name in certain.unsure(formula.expression.tree, sure | certain.known(formula)):
                if name.name not in said:
                    said.add(name.name)
                    draft.problems.add(
                        at(formula, name.start, name.name),
                        "may-be-empty",
                        f"“{name.name}”可能没有填写；先问 has(answered.{name.name})",
                        f"“{name.name}” may be empty here: ask has(answered.{name.name}) first",
                    )


def at(formula: Formula, start: int, text: str) -> Mark:
    """The place of ``text`` at the code point ``start`` of an expression."""
    return mark_at(formula.node, start, len(text))
