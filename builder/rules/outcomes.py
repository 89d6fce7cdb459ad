"""unknown-outcome, reserved-name, unused-outcome: a case ends with an outcome that has words."""

from builder.draft import AppDraft
from builder.nodes import Node, mapping, words
from builder.rules.targets import actions

#: what the product itself calls the end of a case; the others are the applicant's own act, and that of a case that called
BUILT_IN = ("approved", "rejected")
RESERVED = (*BUILT_IN, "withdrawn", "caller-gone")


def check(draft: AppDraft) -> None:
    if draft.flow is None:
        return
    declared = mapping(draft.flow.root.get("outcomes"))
    own = list(declared.entries) if declared else []
    used: set[str] = set()
    for step in draft.flow.steps:
        ends = [step.node.get("outcome")] if step.kind == "end" else []
        ends += [action.get("end") for _, node in actions(step) if (action := mapping(node))]
        for node in ends:
            name = words(node)
            if node is not None and name is not None:
                used.add(name)
                known(draft, node, name, [*BUILT_IN, *own])
    for name in own:
        key = declared.key(name) if declared else None
        if key and name in RESERVED:
            draft.problems.add(
                key, "reserved-name", f"结果“{name}”是系统已有的，不用再写", f"The outcome “{name}” is there already: do not declare it"
            )
        elif key and name not in used:
            draft.problems.add(key, "unused-outcome", f"没有步骤以“{name}”结束", f"No step ends with “{name}”", severity="warning")


def known(draft: AppDraft, node: Node, name: str, outcomes: list[str]) -> None:
    if name not in outcomes:
        draft.problems.add(node, "unknown-outcome", f"没有声明结果“{name}”", f"The outcome “{name}” is not declared", among=outcomes)
