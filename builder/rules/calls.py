"""not-a-table, unknown-part, async-outputs: what a call takes of this form and puts back into it; the other app is `builder.calls`' matter."""

from builder.draft import AppDraft, FieldDraft, StepDraft
from builder.nodes import Node, Scalar, mapping, words
from builder.rules import fields_named
from builder.rules.different_kind import said


def check(draft: AppDraft) -> None:
    for step in draft.flow.steps if draft.flow else ():
        if step.kind == "call":
            one(draft, step)


def one(draft: AppDraft, step: StepDraft) -> None:
    node = step.node
    for key in ("outputs", "outcome"):
        if words(node.get("mode")) == "async" and key in node.entries:
            draft.problems.add(
                node.key(key),
                "async-outputs",
                "不等它办完（async），就没有结果可以取回",
                "What is not waited for (async) brings nothing back",
            )
    each = node.get("each")
    table = fields_named.find(draft, each) if each is not None else None
    if each is not None and table and table.field and table.field.kind != "table":
        said(draft.problems, each, table.field.kind, "table")
    elif table and table.field:
        columns(draft, step, table)
    target = node.get("outcome")
    field = draft.form.fields.get(words(target) or "") if draft.form else None
    if target is not None and each is None and field and field.field and field.field.kind not in ("text", "choice"):
        said(draft.problems, target, field.field.kind, "text")


def columns(draft: AppDraft, step: StepDraft, table: FieldDraft) -> None:
    """Of one for each row, what comes back goes into columns."""
    outputs = mapping(step.node.get("outputs"))
    named: list[Node | None] = [outputs.key(name) for name in outputs.entries] if outputs else []
    for node in [*named, step.node.get("outcome")]:
        if isinstance(node, Scalar) and node.text not in table.columns:
            known = list(table.columns)
            draft.problems.add(
                node,
                "unknown-part",
                f"“{table.name}”没有列“{node.text}”",
                f"“{table.name}” has no column “{node.text}”",
                among=known,
            )
