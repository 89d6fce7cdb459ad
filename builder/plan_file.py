"""Reads and writes migration plans: what people decided about the running cases of apps before a new release.

The format: docs/howto/move-running-cases.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from builder import shape, source
from builder.nodes import Mapping as Entries
from builder.nodes import Node, Scalar, data, items, mapping, words
from builder.problems import Problems
from builder.source import MAX_BYTES
from forms.texts import say
from workflows.moving_plan import FieldPlan, Plan, Reason, StepPlan


def read(path: Path, problems: Problems) -> dict[str, Plan]:
    """The plans in a file by app. What is wrong with it is said, and nothing of it is read then."""
    with path.open("rb") as file:
        root = source.load(file.read(MAX_BYTES + 1), str(path), problems)
    if root is None or shape.check(root, "plan", problems):
        return {}
    return dict(_plans(root))


def _plans(root: Node) -> Iterator[tuple[str, Plan]]:
    for app, node in _entries(_get(root, "apps")):
        steps = {id: _step(entry) for id, entry in _entries(_get(node, "steps"))}
        fields = {name: _field(entry) for name, entry in _entries(_get(node, "fields"))}
        yield app, Plan(app=app, steps=steps, fields=fields, stay=tuple(words(item) or "" for item in items(_get(node, "stay"))))


def _get(node: Node | None, key: str) -> Node | None:
    found = mapping(node)
    return found.get(key) if found is not None else None


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Entries):
        for key, entry in node.entries.items():
            yield key, entry.value


def _step(node: Node) -> StepPlan:
    if isinstance(node, Scalar):
        return StepPlan(stay=True)
    return StepPlan(now=words(_get(node, "now")), go=words(_get(node, "go")))


def _field(node: Node) -> FieldPlan:
    if isinstance(node, Scalar):
        return FieldPlan(drop=node.text == "drop", accept=node.text == "accept", ask=node.text == "ask", stay=node.text == "stay")
    value = _get(node, "value")
    return FieldPlan(now=words(_get(node, "now")), value=None if value is None else data(value))


#: how each choice is written, and what it means
CHOICES: dict[str, dict[str, tuple[str, str, str]]] = {
    "steps": {
        "now": ("{now: …}", "同一环节，换了标识；待办照旧", "the same step under another id; tasks stay"),
        "go": (
            "{go: …}",
            "待办取消，从这个环节重新开始（start：退回申请人）",
            "tasks are cancelled, the case begins this step (start: the applicant)",
        ),
        "stay": ("stay", "这些申请保持原版本", "these cases keep their release"),
    },
    "fields": {
        "now": ("{now: …}", "同一字段，换了名称", "the same field under another name"),
        "drop": ("drop", "不再使用，只留在记录里", "it stays in the record only"),
        "accept": ("accept", "保持现状", "it stays as it is"),
        "value": ("{value: …}", "都填这个", "all are given this"),
        "ask": ("ask", "退回申请人补填", "back to the applicant, who answers"),
        "stay": ("stay", "这些申请保持原版本", "these cases keep their release"),
    },
}


def template(reasons: Mapping[str, Iterable[tuple[Reason, int]]], language: str = "zh") -> str:
    """A plan to edit: every entry that needs a decision keeps its cases where they are until somebody writes another choice."""
    zh = language == "zh"
    lines = ["# 在办申请换用新版本的计划：逐条改成您的决定" if zh else "# What becomes of running cases: edit each entry", "apps:"]
    for app, found in reasons.items():
        lines.append(f"  {app}:")
        for about in ("steps", "fields"):
            entries = [(reason, number) for reason, number in found if reason.about == about and reason.choices]
            lines += [f"    {about}:"] if entries else []
            for reason, number in entries:
                lines.append(f"      # {say(reason.message, language)}{f'（{number} 件）' if zh else f' ({number} case(s))'}")
                for choice in reason.choices:
                    written, meaning, english = CHOICES[about][choice]
                    lines.append(f"      #   {written:12} {meaning if zh else english}")
                lines.append(f"      {reason.of}: stay")
        if lines[-1] == f"  {app}:":
            lines[-1] = f"  {app}: {{}}"
    return "\n".join(lines) + "\n"
