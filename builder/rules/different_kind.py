"""different-kind: what several rules say when an answer does not go into a field of another kind."""

from builder.nodes import Node
from builder.problems import Problems


def said(problems: Problems, at: Node, found: str, wanted: str) -> None:
    problems.add(
        at,
        "different-kind",
        f"这里要 {wanted} 这种字段，现在是 {found}",
        f"This takes a field of the kind {wanted}; this one is {found}",
    )
