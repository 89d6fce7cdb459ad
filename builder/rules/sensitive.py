"""sensitive-calculation, sensitive-sent: what is masked where it is asked for does not come out unmasked elsewhere."""

from builder.draft import AppDraft, Formula
from builder.nodes import items, words
from forms import syntax
from forms.syntax import Member, Name


def check(draft: AppDraft) -> None:
    if draft.form is None:
        return
    masked = {field.name for field in draft.form.whole() if field.sensitive}
    fields = {path: field.field for path, field in draft.form.walk()}
    columns = {field.name for path, field in fields.items() if "." in path and field and field.sensitive}
    for formula in draft.formulas:
        if formula.purpose not in ("compute", "set") or formula.expression is None:
            continue
        field = fields.get(formula.owner)
        # a number, an amount or a yes does not tell what it was made of
        if field is None or field.sensitive or field.kind in ("integer", "number", "money", "boolean", "choice"):
            continue
        if found := read(formula, masked, columns):
            draft.problems.add(
                formula.node,
                "sensitive-calculation",
                f"“{formula.owner}”由敏感信息“{found[0]}”算出，也要写 x-sensitive",
                f"“{formula.owner}” is calculated from “{found[0]}”, which is sensitive: it needs x-sensitive too",
            )
    sent(draft, masked)


def read(formula: Formula, masked: set[str], columns: set[str]) -> list[str]:
    """What is sensitive of that which ``formula`` reads."""
    nodes = list(syntax.walk(formula.expression.tree)) if formula.expression else []
    found = [node.name for node in nodes if isinstance(node, Name) and node.name in masked]
    return found + [node.name for node in nodes if isinstance(node, Member) and node.name in columns]


def sent(draft: AppDraft, masked: set[str]) -> None:
    """It may be meant to leave the house; whoever reviews the definition must see that it does."""
    for step in draft.flow.steps if draft.flow else ():
        for node in items(step.node.get("answers")) if step.kind == "send" else ():
            if (name := words(node)) in masked:
                draft.problems.add(
                    node,
                    "sensitive-sent",
                    f"敏感信息“{name}”会送到外部系统",
                    f"“{name}”, which is sensitive, leaves for a system outside",
                    severity="warning",
                )
