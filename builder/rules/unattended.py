"""into-without-message, series-twice, bad-number, different-kind, unknown-field: what waits and automatic steps name is there and fits."""

from builder.draft import AppDraft, StepDraft
from builder.nodes import Node, Scalar, items, words
from builder.rules import fields_named, number_pattern
from builder.rules.different_kind import said


def check(draft: AppDraft) -> None:
    series: dict[str, Node] = {}
    for step in draft.flow.steps if draft.flow else ():
        if step.kind == "wait" and "into" in step.node.entries and "message" not in step.node.entries:
            draft.problems.add(
                step.node.key("into"),
                "into-without-message",
                "没有写 message，就没有消息可以放进字段",
                "Without message there is nothing to put into fields",
            )
        if step.kind == "send":
            for item in items(step.node.get("answers")):
                fields_named.find(draft, item)
        if step.kind == "issue":
            issue(draft, step, series)


def issue(draft: AppDraft, step: StepDraft, series: dict[str, Node]) -> None:
    number, into = step.node.get("number"), step.node.get("into")
    if isinstance(number, Scalar) and (pattern := words(number)) is not None:
        number_pattern.pattern(number, pattern, draft.problems)
        if pattern in series:
            draft.problems.add(
                number,
                "series-twice",
                "一个流程里同一个序列只能取一次号",
                "A flow draws from one series once",
                related=[(series[pattern], {"zh": "第一次写在这里", "en": "first written here"})],
            )
        series.setdefault(pattern, number)
    field = draft.form.fields.get(words(into) or "") if draft.form else None
    if into is not None and field and field.field and field.field.kind not in ("text", "textarea"):
        said(draft.problems, into, field.field.kind, "text")
