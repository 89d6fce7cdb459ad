"""nobody-fills: where the applicant's fields are listed, every other field belongs to some step."""

from builder.draft import AppDraft
from builder.nodes import items, mapping, words
from builder.unattended_steps import written


def check(draft: AppDraft) -> None:
    start = mapping(draft.flow.root.get("start")) if draft.flow else None
    if draft.form is None or draft.flow is None or start is None or "edit" not in start.entries:
        return
    lists = [start.get("edit"), *(step.node.get("edit") for step in draft.flow.steps)]
    filled = {words(node) for edit in lists for node in items(edit)}
    filled |= {node.text for step in draft.flow.steps for node in written(step)}
    for field in draft.form.fields.values():
        if field.name not in filled and not field.computed and not (field.field and field.field.kind == "opinion"):
            draft.problems.add(
                field.key,
                "nobody-fills",
                f"没有人填写“{field.name}”：start 的 edit 和各步骤的 edit 里都没有它",
                f"Nobody fills in “{field.name}”: neither the edit of start nor that of a step has it",
                related=[(start.key("edit"), {"zh": "申请人填写的字段写在这里", "en": "the applicant's fields are here"})],
            )
