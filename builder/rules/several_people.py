"""missing-decide: where several people act it must be said how they decide."""

from builder.draft import AppDraft
from builder.fields import whole
from forms.syntax import Call, Literal_, Node
from workflows.people import Organisation


def check(draft: AppDraft) -> None:
    steps = {step.id: step for step in draft.flow.steps} if draft.flow else {}
    for formula in draft.formulas:
        step = steps.get(formula.owner)
        if formula.purpose != "who" or formula.expression is None or step is None or not step.human or "decide" in step.node.entries:
            continue
        most = whole(step.node.get("choose")) or 1
        if "chosen_by" in step.node.entries and most == 1:
            continue
        if draft.organisation and len(people := found(formula.expression.tree, draft.organisation)) > 1:
            draft.problems.add(
                formula.node,
                "missing-decide",
                f"这一步会有 {len(people)} 个人，要写 decide：any-decision（或签）、all（会签）、in-order（依次）等",
                f"This step has {len(people)} people: write decide (any-decision, all, in-order, …)",
            )


def found(node: Node, organisation: Organisation) -> set[str]:
    """The people that ``node`` names for certain, as far as that depends on nobody's answers."""
    match node:
        case Call(function="_+_", args=(left, right)):
            return found(left, organisation) | found(right, organisation)
        case Call(function="user", args=(Literal_(value=id),)):
            return {id}
        case Call(function="role", args=(Literal_(value=id),)):
            return {member.person for role in organisation.roles if role.id == id for member in role.members}
        case Call(function="post", args=(Literal_(value=id),)):
            return {person.id for person in organisation.people if any(held.post == id for held in person.holdings)}
        case Call(function="department", args=(Literal_(value=id),)):
            return {person.id for person in organisation.people if any(held.department == id for held in person.holdings)}
        case Call(function="heads_of", args=(_, Literal_(value=levels))):
            return {f"head {level}" for level in range(levels if isinstance(levels, int) else 2)}
        case Call(function="deputy_of", args=(Literal_(value=id),)):
            return {deputy for department in organisation.departments if department.id == id for deputy in department.deputies}
        case _:
            return set()
