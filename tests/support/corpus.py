"""The golden corpus of definitions: a case is the small workspace of `tests/cases/base` with some of its files replaced.

A case file holds whole files one after the other, each under a line `=== path`. `=== path (none)` takes a file away.
Under `=== fixed path` stands the same file put right.
"""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parent.parent / "cases"
BASE = CASES / "base"
HEAD = re.compile(r"^=== (fixed )?(\S+)( \(none\))?\n", re.MULTILINE)


class Case(NamedTuple):
    """Files by path; None where one is taken away."""

    written: dict[str, str | None]
    #: `written` with these instead compiles without an error
    fixed: dict[str, str | None]


def read(path: Path) -> Case:
    """The case in ``path``."""
    text = path.read_text("utf-8")
    heads = list(HEAD.finditer(text))
    assert heads, f"{path} has no line “=== path”"
    assert heads[0].start() == 0, f"{path} begins with something else than “=== path”"
    written: dict[str, str | None] = {}
    fixed: dict[str, str | None] = {}
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : after.start() if after else len(text)]
        (fixed if head[1] else written)[head[2]] = None if head[3] else body
    return Case(written, fixed)


def lay_out(files: dict[str, str | None], into: Path) -> Path:
    """The base workspace with ``files`` in it, as a folder."""
    shutil.copytree(BASE, into)
    for name, text in files.items():
        at = into / name
        if text is None:
            at.unlink(missing_ok=True)
        else:
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(text, "utf-8", newline="")
    return into
