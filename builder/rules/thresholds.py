"""impossible-threshold: no vote can reach more than all of the votes."""

from builder import flow_file
from builder.draft import AppDraft
from builder.nodes import mapping


def check(draft: AppDraft) -> None:
    for step in draft.flow.steps if draft.flow else ():
        decide = mapping(step.node.get("decide"))
        node = decide.get("at_least") if decide else None
        found = flow_file.threshold(node)
        if node is not None and found and found[1] is not None and found[0] > found[1]:
            draft.problems.add(
                node,
                "impossible-threshold",
                f"{found[0]}/{found[1]} 比全部还多，永远达不到",
                f"{found[0]}/{found[1]} is more than all votes and can never be reached",
            )
