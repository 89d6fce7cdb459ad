"""What `dabashou check --explain CODE` shows: the section of docs/reference/diagnostics.md, which every package brings along."""

import re
from functools import cache
from pathlib import Path


@cache
def page() -> str:
    """The whole reference: beside this file once installed (pyproject.toml puts it there), in docs/ of a checkout."""
    here = Path(__file__).parent
    beside = here / "diagnostics.md"
    return (beside if beside.exists() else here.parent / "docs/reference/diagnostics.md").read_text("utf-8")


def find(code: str) -> str | None:
    """The section of ``code``, without its heading's sign; None when there is no such code."""
    match = re.search(rf"^## (`{re.escape(code)}`\n.*?)(?=^## |\Z)", page(), re.MULTILINE | re.DOTALL)
    return match[1].strip() if match else None
