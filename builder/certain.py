"""Which fields are sure to be answered once a case is submitted, and which an expression makes sure of itself."""

from builder.draft import AppDraft, Formula
from builder.nodes import items, mapping, words
from builder.unattended_steps import written
from forms import syntax
from forms.syntax import Call, Each, Member, Name, Node

ANSWERED = "answered"
#: names that are always there
AROUND = frozenset(("today", "applicant", "row", ANSWERED))


def fields(draft: AppDraft) -> frozenset[str]:
    """Fields that the applicant must answer whatever the other answers are, and what is calculated from such fields only."""
    if draft.form is None or draft.flow is None:
        return frozenset()
    start = mapping(draft.flow.root.get("start"))
    asked = {words(node) for node in items(start.get("edit"))} if start and "edit" in start.entries else None
    later = {words(node) for step in draft.flow.steps for node in (*items(step.node.get("edit")), *written(step))}
    sometimes = {formula.owner for formula in draft.formulas if formula.purpose == "visible"}
    found = {
        name
        for name in draft.form.fields
        if name in draft.form.required and name not in sometimes and (name in asked if asked is not None else name not in later)
    }
    computed = {
        formula.owner: formula.expression.tree
        for formula in draft.formulas
        if formula.purpose == "compute" and formula.expression and formula.owner not in sometimes
    }
    while ready := {name for name, tree in computed.items() if name not in found and not unsure(tree, frozenset(found))}:
        found |= ready
    return frozenset(found)


def known(formula: Formula) -> frozenset[str]:
    """The fields that the branches around ``formula`` have made sure of."""
    found: frozenset[str] = frozenset()
    for condition, held in formula.given:
        if condition.expression:
            found |= ensures(condition.expression.tree, held)
    return found


def ensures(node: Node, value: bool) -> frozenset[str]:
    """The fields that are answered whenever ``node`` is ``value``."""
    match node:
        case Member(of=Name(name="answered"), name=name):
            return frozenset((name,)) if value else frozenset()
        case Call(function="!_", args=(inner,)):
            return ensures(inner, not value)
        case Call(function="_&&_", args=(left, right)):
            return ensures(left, value) | ensures(right, value) if value else ensures(left, value) & ensures(right, value)
        case Call(function="_||_", args=(left, right)):
            return ensures(left, value) & ensures(right, value) if value else ensures(left, value) | ensures(right, value)
        case _:
            return frozenset()


def unsure(node: Node, sure: frozenset[str], bound: frozenset[str] = frozenset()) -> list[Name]:
    """The variables that ``node`` reads although they may be empty there, in order. ``bound``: what macros declare."""
    match node:
        case Name(name=name):
            return [] if name in sure or name in bound or name in AROUND else [node]
        case Member(of=Name(name="answered")):
            return []
        case Call(function="_&&_" | "_||_" as operator, args=(left, right)):
            # CEL looks at both sides in either order, so each may lean on the other
            held = operator == "_&&_"
            return [*unsure(left, sure | ensures(right, held), bound), *unsure(right, sure | ensures(left, held), bound)]
        case Call(function="_?_:_", args=(condition, yes, no)):
            return [
                *unsure(condition, sure, bound),
                *unsure(yes, sure | ensures(condition, True), bound),
                *unsure(no, sure | ensures(condition, False), bound),
            ]
        case Each(variable=variable, over=over):
            parts = [part for part in (node.condition, node.result) if part is not None]
            inner = [name for part in parts for name in unsure(part, sure, bound | {variable})]
            return [*unsure(over, sure, bound), *inner]
        case _:
            return [name for child in syntax.children(node) for name in unsure(child, sure, bound)]
