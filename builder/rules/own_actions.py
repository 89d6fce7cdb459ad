"""reserved-name, go-and-end: an own action is none of the actions every step has, and leads one way."""

from builder.draft import AppDraft
from builder.nodes import mapping
from builder.rules.targets import actions

#: what people can do without being told so by a flow, and how tasks close by themselves
RESERVED = frozenset(
    (
        "approve", "reject", "return", "complete", "submit", "transfer", "delegate", "withdraw", "recall", "claim",
        "comment", "remind", "superseded", "cancelled",
    )
)  # fmt: skip


def check(draft: AppDraft) -> None:
    for step in draft.flow.steps if draft.flow else ():
        own = mapping(step.node.get("actions"))
        for name, node in actions(step):
            action = mapping(node)
            if own and name in RESERVED:
                draft.problems.add(
                    own.key(name),
                    "reserved-name",
                    f"动作不能叫“{name}”，系统已有这个动作",
                    f"An action cannot be called “{name}”: there is one already",
                )
            if action and "go" in action.entries and "end" in action.entries:
                draft.problems.add(
                    action.key("end"),
                    "go-and-end",
                    "一个动作只能有 go 或 end 之一",
                    "An action has go or end, not both",
                    related=[(action.key("go"), {"zh": "go 写在这里", "en": "go is here"})],
                )
