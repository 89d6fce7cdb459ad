"""unreachable-step: no step stands behind an end, where no case can come."""

from builder.draft import AppDraft, Block, FlowDraft, StepDraft
from builder.nodes import Mapping, Node, items, mapping, words
from builder.rules.targets import actions


def check(draft: AppDraft) -> None:
    flow = draft.flow
    if flow is None:
        return
    aimed = targets(flow)
    blocks: dict[Block, list[StepDraft]] = {}
    for step in flow.steps:
        blocks.setdefault(step.block, []).append(step)
    for steps in blocks.values():
        ended: StepDraft | None = None
        for step in steps:
            if step.id in aimed:
                ended = None
            if ended is not None:
                draft.problems.add(
                    step.id_node,
                    "unreachable-step",
                    f"流程在“{ended.id}”已经结束，走不到这一步",
                    f"The flow has ended at “{ended.id}”: no case comes here",
                    related=[(ended.id_node, {"zh": "在这里结束", "en": "it ends here"})],
                )
                break
            if ends(step.node):
                ended = step


def targets(flow: FlowDraft) -> set[str | None]:
    found = {words(flow.root.get("on_reject"))}
    for step in flow.steps:
        found |= {words(action.get("go")) for _, node in actions(step) if (action := mapping(node))}
    return found


def ends(node: Node) -> bool:
    """Whether every case that enters this step ends in it."""
    if not isinstance(node, Mapping):
        return False
    if "end" in node.entries and "branch" not in node.entries:
        return True
    cases = [case for case in items(node.get("cases")) if isinstance(case, Mapping)]
    whole = any("otherwise" in case.entries for case in cases)
    return whole and all(any(ends(step) for step in items(case.get("steps"))) for case in cases)
