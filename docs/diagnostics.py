"""Writes docs/reference/diagnostics.md, every code with an example put right, from the golden corpus: `python -m docs.diagnostics`.

The page is executable: a test takes every example out of it, runs it, and compares.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from builder.characters import HIDDEN
from builder.codes import CODES

FOLDER = Path(__file__).parent
TARGET = FOLDER / "reference/diagnostics.md"
CASES = FOLDER.parent / "tests/cases"
HEAD = re.compile(r"^=== (fixed )?(\S+)(?: \((.*)\))?\n", re.MULTILINE)
ABOVE = """# 检查会指出的问题 · What check says

<!-- Written by `python -m docs.diagnostics` from tests/cases; tests keep it so, and run every example. -->

`dabashou check 文件夹` 把每个问题写成 `文件:行:列: 说明 [代码]`，下面是那一行和箭头，然后是有关的其他地方；加 `--english` 用英文说。
`dabashou check --explain 代码` 显示本页的一节，`--fix` 改正只有一种改法的问题，`--format json`、`sarif`、`github` 供其他工具使用。
每个例子都是真的：放进[小工作区](../../tests/cases/base)就得到下面的文字，换成改好的写法就没有错误了。
`dabashou check FOLDER` says every problem as `file:line:column: message [code]`, with the line and a caret, then the other places that
belong to it. Every example is real: put into the small workspace it says what stands below, and put right it says nothing.

太长的写得短些：`<<<x, >>>*1000` 是一千个 `x, `，`{n}` 是第几个，文件名里的 `{1..1000}` 是一千个文件（`{f}` 是第几个）；`*` 是所有文件。
What is too long is written short: `<<<x, >>>*1000` is `x, ` a thousand times, `{n}` the how-manieth, `{1..1000}` a thousand files (`{f}` the how-manieth); `*` is
all of them.
"""
AFTER = "改好以后 · Put right:"


class File(NamedTuple):
    """A file of a case, as the case has it."""

    path: str
    #: "none", "gbk", "link …" or nothing
    how: str
    text: str


def text() -> str:
    """The whole page."""
    return ABOVE + "".join(part(code) for code in CODES)


def part(code: str) -> str:
    """One code: what it means, an example, what is said about it, and the example put right."""
    words = CODES[code]
    head = f"\n## `{code}`\n\n{words['zh']}。{words['en']}.\n"
    case = example(code)
    if case is None:
        return head
    written, fixed = files(case)
    said = case.with_suffix(".out").read_text("utf-8").strip()
    return f"{head}\n{blocks(written)}```text\n{said}\n```\n\n{AFTER}\n\n{blocks(fixed)}".rstrip("\n") + "\n"


def example(code: str) -> Path | None:
    """The case that shows ``code`` and how it is put right, the one with the plainest name."""
    found = [path for path in (CASES / "err").glob(f"{code}*.yaml") if path.stem == code or path.stem.startswith(f"{code}-")]
    return next((path for path in sorted(found, key=lambda path: (path.stem != code, path.stem)) if shows(path, code)), None)


def shows(case: Path, code: str) -> bool:
    """Whether the case says ``code``, is put right, and can be shown: a page has no invisible characters."""
    written = case.read_text("utf-8")
    said = case.with_suffix(".out")
    return said.exists() and f"[{code}]" in said.read_text("utf-8") and "\n=== fixed " in written and not HIDDEN.search(written)


def files(case: Path) -> tuple[list[File], list[File]]:
    """What is wrong, and what puts it right."""
    written = case.read_text("utf-8")
    wrong: list[File] = []
    right: list[File] = []
    heads = list(HEAD.finditer(written))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = written[head.end() : after.start() if after else len(written)]
        (right if head[1] else wrong).append(File(head[2], head[3] or "", body))
    return wrong, right


def blocks(some: list[File]) -> str:
    """Each file under its name."""
    return "".join(
        f"`{file.path}`{f' ({file.how})' if file.how else ''}\n\n"
        + (f"```{Path(file.path).suffix[1:] or 'yaml'}\n{file.text.rstrip(chr(10))}\n```\n\n" if file.text else "")
        for file in some
    )


#: a file in the page, or what is said
BLOCK = re.compile(r"^`([^`\n]+)`(?: \((.*)\))?\n\n(?:```(?:yaml|json|yml)\n(.*?)\n```\n)?|^```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def examples(page: str) -> Iterator[tuple[str, list[File], str, list[File]]]:
    """What the page shows: code, the files that are wrong, what is said, the files that put it right."""
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        code, _, rest = section.partition("\n")
        before, _, after = rest.partition(f"\n{AFTER}\n")
        found = list(BLOCK.finditer(before))
        said = next((match[4] for match in found if match[4] is not None), "")
        yield code.strip("`"), [taken(m) for m in found if m[1]], said, [taken(m) for m in BLOCK.finditer(after) if m[1]]


def taken(match: re.Match[str]) -> File:
    return File(match[1], match[2] or "", f"{match[3]}\n" if match[3] is not None else "")


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    sys.stdout.write(f"{TARGET}\n")
