"""Lengths of time as definitions write them: `8 working hours`, `1 day`, `every 30 minutes`."""

import re
from typing import Any, cast

from builder.nodes import Node, words
from workflows.app import Span

WRITTEN = re.compile(r"(?:every )?([0-9]+) (working )?(minute|hour|day)s?\Z")


def read(node: Node | None) -> Span | None:
    """The span that ``node`` writes; None when it writes none."""
    return parse(words(node) or "")


def parse(text: str) -> Span | None:
    match = WRITTEN.match(text)
    return Span(amount=int(match[1]), unit=cast(Any, f"{match[2] or ''}{match[3]}s")) if match else None
