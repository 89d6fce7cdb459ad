"""loop-without-people: on every way round somebody acts; nothing goes in circles by itself."""

from builder.draft import AppDraft, Block, FlowDraft, StepDraft
from builder.nodes import items, mapping, words


def check(draft: AppDraft) -> None:
    flow = draft.flow
    target = flow.step(words(flow.root.get("on_reject")) or "") if flow else None
    if flow is None or target is None:
        return
    for step in flow.steps:
        # a rejection inside a parallel ends the case
        if rejects_by_itself(step) and not step.block.within_parallel() and leads_to(flow, target, step):
            draft.problems.add(
                step.id_node,
                "loop-without-people",
                f"“{step.id}”可以自动不同意，回到“{target.id}”，再一路自动走到这里：这一圈里没有人",
                f"“{step.id}” may be rejected by itself, goes back to “{target.id}” and comes here again by itself: nobody acts on that way round",
                related=[(flow.root.key("on_reject"), {"zh": "不同意之后去那里", "en": "a rejection leads there"})],
            )


def automatically(step: StepDraft) -> set[str | None]:
    return {words(entry.get("automatically")) for item in items(step.node.get("overdue")) if (entry := mapping(item))}


def rejects_by_itself(step: StepDraft) -> bool:
    """Whether nobody here need reject for a rejection: a late task, or a case of another app that was not approved."""
    if step.kind == "call":
        return "outcome" not in step.node.entries and words(step.node.get("mode")) != "async"
    return "reject" in automatically(step)


def leads_to(flow: FlowDraft, start: StepDraft, step: StepDraft) -> bool:
    """Whether a case may come from ``start`` down to ``step`` without anybody's act."""
    at: StepDraft | None = step
    while at is not None and at.block is not start.block:
        if not all(passes(flow, other) for other in flow.steps if other.block is at.block and other.index < at.index):
            return False
        at = next((other for other in flow.steps if at.block in inside(flow, other)), None)
    if at is None or at.index < start.index:
        return False
    return all(passes(flow, other) for other in flow.steps if other.block is start.block and start.index <= other.index < at.index)


def inside(flow: FlowDraft, step: StepDraft) -> list[Block]:
    """The blocks that ``step`` holds, of those that hold steps."""
    nodes = [part.get("steps") for key in ("cases", "branches") for item in items(step.node.get(key)) if (part := mapping(item))]
    held = {id(node) for steps in nodes for node in items(steps)}
    return list(dict.fromkeys(other.block for other in flow.steps if id(other.node) in held))


def passes(flow: FlowDraft, step: StepDraft) -> bool:
    """Whether a case may get past ``step`` without anybody's act."""
    if step.human:
        return bool(automatically(step) & {"approve", "complete"})
    if step.kind not in ("branch", "inclusive", "parallel"):
        return step.kind != "end"
    parts = [part for key in ("cases", "branches") for item in items(step.node.get(key)) if (part := mapping(item))]
    blocks = inside(flow, step)
    through = [all(passes(flow, other) for other in flow.steps if other.block is block) for block in blocks]
    if step.kind == "parallel":
        return all(through)
    return any(through) or len(blocks) < len(parts) or not any("otherwise" in part.entries for part in parts)
