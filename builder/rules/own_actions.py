"""reserved-name, go-and-end, vote-and-go: an own action is none of the actions every step has, and leads one way."""

from builder.draft import AppDraft
from builder.nodes import mapping
from builder.rules.targets import actions

#: what people can do without being told so by a flow, and how tasks close by themselves
RESERVED = frozenset(
    (
        "approve", "reject", "return", "complete", "submit", "transfer", "delegate", "withdraw", "recall", "claim",
        "comment", "remind", "superseded", "cancelled", "abstain", "unclaim", "answer", "add-before", "add-after", "add-beside",
        "remove", "removed", "hand-over", "suspend", "resume", "terminate", "start", "others",
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
            led = next((key for key in ("go", "end") if action and key in action.entries), None)
            if action and led and "vote" in action.entries:
                draft.problems.add(
                    action.key("vote"),
                    "vote-and-go",
                    f"算一票的动作不能有 {led}：一个人的票不决定去哪里",
                    f"An action that is a vote has no {led}: one vote does not decide where to go",
                    related=[(action.key(led), {"zh": f"{led} 写在这里", "en": f"{led} is here"})],
                )
            if action and "go" in action.entries and "end" in action.entries:
                draft.problems.add(
                    action.key("end"),
                    "go-and-end",
                    "一个动作只能有 go 或 end 之一",
                    "An action has go or end, not both",
                    related=[(action.key("go"), {"zh": "go 写在这里", "en": "go is here"})],
                )
