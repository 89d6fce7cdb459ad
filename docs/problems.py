"""Writes docs/reference/problems.md, every code with an example, from the golden corpus: `python -m docs.problems`."""

import difflib
import re
import sys
from pathlib import Path

from builder.characters import HIDDEN
from builder.codes import CODES

FOLDER = Path(__file__).parent
TARGET = FOLDER / "reference/problems.md"
CASES = FOLDER.parent / "tests/cases"
HEAD = re.compile(r"^=== (fixed )?(\S+)( \(none\))?\n", re.MULTILINE)
ABOVE = """# 检查会指出的问题 · What check says

<!-- Written by `python -m docs.problems` from tests/cases; a test keeps it so. -->

`dabashou check 文件夹` 把每个问题写成 `文件:行:列: 说明 [代码]`，下面是那一行和箭头；加 `--english` 用英文说。
每个例子都是真的：`-` 是有问题的写法，`+` 是改好的写法，测试会运行两者。
`dabashou check FOLDER` says every problem as `file:line:column: message [code]`, with the line and a caret. Every example is real:
`-` is wrong, `+` puts it right, and tests run both.
"""


def text() -> str:
    """The whole page."""
    return ABOVE + "".join(part(code) for code in CODES)


def part(code: str) -> str:
    """One code: what it means, an example put right, and what is said about it."""
    words = CODES[code]
    head = f"\n## `{code}`\n\n{words['zh']}。{words['en']}.\n"
    found = [path for path in (CASES / "err").glob(f"{code}*.yaml") if path.stem == code or path.stem.startswith(f"{code}-")]
    case = next((path for path in sorted(found, key=lambda path: (path.stem != code, path.stem)) if shows(path, code)), None)
    if case is None:
        return head
    said = case.with_suffix(".out").read_text("utf-8").strip()
    change = difference(case.read_text("utf-8"))
    return f"{head}\n{change}```text\n{said}\n```\n"


def shows(case: Path, code: str) -> bool:
    """Whether the case says ``code``, and can be shown: a page has no invisible characters."""
    said = case.with_suffix(".out").read_text("utf-8")
    return f"[{code}]" in said and not HIDDEN.search(case.read_text("utf-8"))


def difference(case: str) -> str:
    """From what is wrong to what is right, only the lines that change."""
    wrong: dict[str, str] = {}
    right: dict[str, str] = {}
    heads = list(HEAD.finditer(case))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = case[head.end() : after.start() if after else len(case)]
        (right if head[1] else wrong)[head[2]] = "" if head[3] else body
    lines: list[str] = []
    for name in right:
        changed = list(difflib.unified_diff(wrong.get(name, "").splitlines(), right[name].splitlines(), n=0, lineterm=""))[2:]
        lines += [f"# {name}", *(line for line in changed if not line.startswith("@@"))]
    return "```diff\n" + "\n".join(lines) + "\n```\n\n" if lines else ""


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    sys.stdout.write(f"{TARGET}\n")
