"""nobody-acts: a flow in which no person does anything would end by itself as approved."""

from builder.draft import AppDraft
from builder.nodes import items


def check(draft: AppDraft) -> None:
    flow = draft.flow
    if flow is None or "steps" not in flow.root.entries or any(step.human for step in flow.steps):
        return
    if len(items(flow.root.get("steps"))) == len([step for step in flow.steps if step.block.kind == "flow"]):
        draft.problems.add(
            flow.root.key("steps"),
            "nobody-acts",
            "流程里没有 approve 或 handle 步骤：没有人处理，提交后就直接通过了",
            "The flow has no approve or handle step: nobody acts, and every case would be approved at once",
        )
