"""unknown-target, target-out-of-reach: a jump stays within its block or those around it, and never crosses a parallel."""

from collections.abc import Iterable

from builder.draft import AppDraft, FlowDraft, StepDraft
from builder.nodes import Node, mapping, words


def check(draft: AppDraft) -> None:
    flow = draft.flow
    if flow is None:
        return
    for step in flow.steps:
        for _, action in actions(step):
            written = mapping(action)
            node = written.get("go") if written else None
            if node is not None and words(node) != "start":
                reach(draft, flow, step, node)
    rejected = flow.root.get("on_reject")
    if rejected is not None and words(rejected) != "end" and (target := find(draft, flow, rejected, ("end",))):
        for step in flow.steps:
            # a rejection inside a parallel ends the case, so it never jumps
            rejects = step.kind == "approve" or (step.kind == "call" and "outcome" not in step.node.entries)
            if rejects and not step.block.within_parallel() and not reachable(step, target):
                too_far(draft, rejected, step, target)
    promise = mapping(flow.root.get("promise"))
    if promise is not None and (by := promise.get("by")) is not None:
        find(draft, flow, by, ())
    withdraw = mapping(flow.root.get("withdraw"))
    before = withdraw.get("before") if withdraw else None
    if before is not None and (target := find(draft, flow, before, ())) and not target.human:
        draft.problems.add(
            before,
            "unknown-target",
            f"“{target.id}”没有人办理；before 要写一个 approve 或 handle 步骤",
            f"Nobody acts in “{target.id}”: before names an approve or handle step",
        )


def actions(step: StepDraft) -> Iterable[tuple[str, Node]]:
    found = mapping(step.node.get("actions"))
    return found.items() if found else ()


def reach(draft: AppDraft, flow: FlowDraft, step: StepDraft, node: Node) -> None:
    target = find(draft, flow, node, ("start",))
    if target is not None and not reachable(step, target):
        too_far(draft, node, step, target)


def find(draft: AppDraft, flow: FlowDraft, node: Node, besides: tuple[str, ...]) -> StepDraft | None:
    """The step that ``node`` names; when there is none, that is said."""
    name = words(node)
    target = flow.step(name) if name else None
    if target is None and name is not None:
        known = [*besides, *(step.id for step in flow.steps)]
        draft.problems.add(node, "unknown-target", f"没有步骤“{name}”", f"There is no step “{name}”", among=known)
    return target


def reachable(step: StepDraft, target: StepDraft) -> bool:
    """Whether ``target`` lies in a block around ``step``, with no boundary of a parallel between."""
    for block in step.block.up():
        if block is target.block:
            return True
        if block.kind == "lane":
            return False
    return False


def too_far(draft: AppDraft, node: Node, step: StepDraft, target: StepDraft) -> None:
    draft.problems.add(
        node,
        "target-out-of-reach",
        f"从“{step.id}”不能跳到“{target.id}”：只能去同一层或外层的步骤，不能跳进分支，也不能跨过并行的边界",
        f"“{step.id}” cannot jump to “{target.id}”: only to the same or an enclosing block, not into a branch, never across a parallel boundary",
        related=[(target.id_node, {"zh": "目标在这里", "en": "the target is here"})],
    )
