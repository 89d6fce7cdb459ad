"""applicant-alone (a warning): a way through the flow on which nobody but the applicant approves."""

from builder.draft import AppDraft
from builder.nodes import Mapping, Node, items, words
from forms.syntax import Name


def check(draft: AppDraft) -> None:
    flow = draft.flow
    if flow is None or words(flow.root.get("self_approval")) != "self":
        return
    oneself = {
        formula.owner
        for formula in draft.formulas
        if formula.purpose == "who"
        and formula.expression
        and isinstance(tree := formula.expression.tree, Name)
        and tree.name == "applicant"
    }
    own = [step for step in flow.steps if step.kind == "approve" and step.id in oneself]
    if own and alone(flow.root.get("steps"), oneself):
        draft.problems.add(
            own[0].node.get("who") or own[0].id_node,
            "applicant-alone",
            "有一条路径上只有申请人自己审批",
            "There is a way on which the applicant alone approves",
            severity="warning",
        )


def alone(steps: Node | None, oneself: set[str]) -> bool:
    """Whether a case may come through ``steps`` without anybody else's approval."""
    for step in items(steps):
        if not isinstance(step, Mapping):
            continue
        if "approve" in step.entries and words(step.get("approve")) not in oneself:
            return False
        cases = [case for case in items(step.get("cases")) if isinstance(case, Mapping)]
        if cases and not any(alone(case.get("steps"), oneself) for case in cases):
            return False
        lanes = [lane for lane in items(step.get("branches")) if isinstance(lane, Mapping)]
        if not all(alone(lane.get("steps"), oneself) for lane in lanes):
            return False
    return True
