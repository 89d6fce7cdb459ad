"""overdue-without-due, overdue-does-nothing: what happens when a task is late needs a time to be late for, and an effect."""

from builder.draft import AppDraft
from builder.nodes import items, mapping


def check(draft: AppDraft) -> None:
    for step in draft.flow.steps if draft.flow else ():
        overdue = step.node.get("overdue")
        if overdue is None:
            continue
        if step.human and "due" not in step.node.entries:
            draft.problems.add(
                step.node.key("overdue"), "overdue-without-due", "没有写时限 due，就不会逾期", "Without due nothing is ever overdue"
            )
        for item in items(overdue):
            entry = mapping(item)
            if entry and "after" in entry.entries and not {"remind", "escalate"} & set(entry.entries):
                draft.problems.add(
                    item, "overdue-does-nothing", "要写 remind（催办）或 escalate（上报）", "Write remind or escalate: this does nothing"
                )
            elif entry and "at_most" in entry.entries and "remind" not in entry.entries:
                draft.problems.add(
                    entry.key("at_most"),
                    "overdue-does-nothing",
                    "at_most 是催办的次数，要和 remind 一起写",
                    "at_most counts reminders: it goes with remind",
                )
