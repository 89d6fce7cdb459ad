"""bad-number: the numbers of cases are made of text, the date, and exactly one running number."""

import re

from builder.draft import AppDraft
from builder.nodes import Scalar, words
from builder.problems import Problems
from builder.scalars import mark_within

PART = re.compile(r"\{([^{}]*)\}|[{}]")
SEQ = re.compile(r"seq:([1-9])\Z")
DATE = re.compile(r"date:((?:%[Ymdy]|[-./年月日])+)\Z")


def check(draft: AppDraft) -> None:
    node = draft.app.get("number") if draft.app else None
    text = words(node)
    if isinstance(node, Scalar) and text is not None:
        pattern(node, text, draft.problems)


def pattern(node: Scalar, text: str, problems: Problems) -> None:
    """Says what is wrong with a pattern of numbers."""
    running = 0
    for part in PART.finditer(text):
        inner = part[1] or ""
        if SEQ.match(inner):
            running += 1
        elif not DATE.match(inner):
            fault(node, part, problems)
    if running != 1:
        problems.add(
            node, "bad-number", "编号里要有且只有一个流水号，如 {seq:4}", "A number has exactly one running number, such as {seq:4}"
        )


def fault(node: Scalar, part: re.Match[str], problems: Problems) -> None:
    at = mark_within(node, 1, part.start() + 1, part.end() - part.start())
    problems.add(
        at,
        "bad-number",
        f"编号里不能写 {part[0]}；花括号里可以写 date:%Y%m%d 或 seq:4",
        f"{part[0]} cannot stand in a number; in braces write date:%Y%m%d or seq:4",
    )
