"""overdue-without-due, overdue-does-nothing, overdue-several, overdue-automatic: a late task is late for something, and one thing happens."""

from builder.draft import AppDraft, StepDraft
from builder.nodes import Mapping, items, mapping, words

EFFECTS = ("remind", "escalate", "transfer", "automatically")


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
            if (entry := mapping(item)) and "after" in entry.entries:
                one(draft, step, entry)


def one(draft: AppDraft, step: StepDraft, entry: Mapping) -> None:
    """One entry: what it does, and that it does one thing."""
    found = [key for key in EFFECTS if key in entry.entries]
    if not found:
        draft.problems.add(
            entry,
            "overdue-does-nothing",
            "要写 remind（催办）、escalate（上报）、transfer（转办）或 automatically（自动决定）",
            "Write remind, escalate, transfer or automatically: this does nothing",
        )
    elif len(found) > 1:
        draft.problems.add(
            entry.key(found[1]),
            "overdue-several",
            f"一条只做一件事：{found[0]} 和 {found[1]} 要分成两条",
            f"An entry does one thing: write {found[0]} and {found[1]} as two",
            related=[(entry.key(found[0]), {"zh": "另一件写在这里", "en": "the other is here"})],
        )
    elif "at_most" in entry.entries and "remind" not in entry.entries:
        draft.problems.add(
            entry.key("at_most"),
            "overdue-does-nothing",
            "at_most 是催办的次数，要和 remind 一起写",
            "at_most counts reminders: it goes with remind",
        )
    automatic(draft, step, entry)


def automatic(draft: AppDraft, step: StepDraft, entry: Mapping) -> None:
    """Decided by nobody is only what asks for no more than a decision."""
    node = entry.get("automatically")
    how = words(node)
    if node is None or how is None:
        return
    allowed = ("approve", "reject") if step.kind == "approve" else () if "actions" in step.node.entries else ("complete",)
    if how not in allowed:
        zh = f"这一步能自动做的是：{'、'.join(allowed)}" if allowed else "有自己动作的办理不能自动完成"
        en = (
            f"What can be done here automatically: {', '.join(allowed)}"
            if allowed
            else "Work with actions of its own cannot be completed automatically"
        )
        draft.problems.add(node, "overdue-automatic", zh, en)
    elif how != "reject" and words(step.node.get("opinion")) == "required":
        draft.problems.add(
            node,
            "overdue-automatic",
            "这一步必须写意见，没有人就写不了，不能自动决定",
            "This step requires an opinion, which nobody would give: it cannot be decided automatically",
            related=[(step.node.key("opinion"), {"zh": "意见必填写在这里", "en": "the opinion is required here"})],
        )
    elif (
        how != "reject"
        and draft.form
        and (needed := [n for item in items(step.node.get("edit")) if (n := words(item)) in draft.form.required])
    ):
        draft.problems.add(
            node,
            "overdue-automatic",
            f"这一步必须填写“{needed[0]}”，没有人填就不能自动决定",
            f"This step must fill in “{needed[0]}”, which nobody would: it cannot be decided automatically",
        )
