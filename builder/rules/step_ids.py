"""duplicate-id, reserved-name: a step is known by its id in links, records and other steps."""

from builder.draft import AppDraft, StepDraft

RESERVED = ("start", "end", "previous")


def check(draft: AppDraft) -> None:
    seen: dict[str, StepDraft] = {}
    for step in draft.flow.steps if draft.flow else ():
        if step.id in RESERVED:
            draft.problems.add(
                step.id_node,
                "reserved-name",
                f"步骤不能叫“{step.id}”，它另有含义",
                f"A step cannot be called “{step.id}”: the name means something else",
            )
        elif step.id in seen:
            draft.problems.add(
                step.id_node,
                "duplicate-id",
                f"步骤“{step.id}”已经有了",
                f"There is already a step “{step.id}”",
                related=[(seen[step.id].id_node, {"zh": "第一次写在这里", "en": "first written here"})],
            )
        elif step.id:
            seen[step.id] = step
