"""The golden corpus of definitions: a case is the small workspace of `tests/cases/base` with some of its files replaced.

A case file holds whole files one after the other, each under a line `=== path`; under `=== fixed path` stands the same file put right.
Behind the path may stand `(none)`: the file is taken away (`*`: all of them), `(gbk)`: written in that encoding, `(link to)`: a symbolic
link. What no page could hold is written short: `<<<x, >>>*1000` is `x, ` a thousand times, with `{n}` counting from 1 in each, and a path
with `{1..1000}` is so many files, `{f}` counting them. `digit.json` and `flowlong.json` are imported instead of compiled.
"""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from builder import compile, source
from builder.importing import digit, flowlong
from builder.problems import Problems
from builder.scenarios import running
from forms.diagnostics import Diagnostic

CASES = Path(__file__).parent.parent / "cases"
BASE = CASES / "base"
HEAD = re.compile(r"^=== (fixed )?(\S+)(?: \((none|gbk|link \S+)\))?\n", re.MULTILINE)
OFTEN = re.compile(r"<<<(.*?)>>>\*(\d+)", re.DOTALL)
MANY = re.compile(r"\{1\.\.(\d+)\}")

#: text, bytes, where a link leads; None where the file is taken away
Content = str | bytes | Path | None


class Case(NamedTuple):
    """Files by path."""

    written: dict[str, Content]
    #: `written` with these instead compiles without an error
    fixed: dict[str, Content]


def read(path: Path) -> Case:
    """The case in ``path``."""
    text = path.read_text("utf-8")
    heads = list(HEAD.finditer(text))
    assert heads, f"{path} has no line “=== path”"
    assert heads[0].start() == 0, f"{path} begins with something else than “=== path”"
    case = Case({}, {})
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        put(case.fixed if head[1] else case.written, head[2], head[3] or "", text[head.end() : after.start() if after else len(text)])
    return case


def put(into: dict[str, Content], path: str, how: str, body: str) -> None:
    """Adds what a head and the text below it stand for."""
    text = OFTEN.sub(lambda match: "".join(match[1].replace("{n}", str(n)) for n in range(1, int(match[2]) + 1)), body)
    content: Content = None if how == "none" else Path(how.removeprefix("link ")) if how else text
    if how == "gbk":
        content = text.encode("gbk")
    many = MANY.search(path)
    for n in range(1, int(many[1]) + 1) if many else (0,):
        into[MANY.sub(str(n), path)] = content.replace("{f}", str(n)) if isinstance(content, str) and many else content


def lay_out(files: dict[str, str | None] | dict[str, Content], into: Path) -> Path:
    """The base workspace with ``files`` in it, as a folder."""
    if "*" in files:
        into.mkdir()
    else:
        shutil.copytree(BASE, into)
    for name, content in files.items():
        at = into / name
        if name == "*":
            continue
        if content is None or isinstance(content, Path):
            shutil.rmtree(at) if at.is_dir() else at.unlink(missing_ok=True)
        if content is not None:
            at.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            at.symlink_to(content)
        elif content is not None:
            at.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return into


def problems() -> list[Diagnostic]:
    """What is wrong in the current folder. Scenarios run where nothing else is wrong."""
    if other := next((path for path in (Path("digit.json"), Path("flowlong.json")) if path.exists()), None):
        return imported(other)
    compiled = compile.compile_workspace(".")
    failures = [] if compiled.errors else [failure for run in running.run(compiled) for failure in run.failures]
    return [*compiled.problems, *failures]


def imported(path: Path) -> list[Diagnostic]:
    """What is said of a file of another product."""
    found = Problems()
    root = source.load(path.read_bytes(), path.name, found)
    if root and path.name == "digit.json":
        digit.read(root, "imported", "office", found)
    elif root:
        flowlong.read(root, "imported", "office", found)
    return found.in_order()


def said() -> str:
    """What is wrong in the current folder: in Chinese, then in English."""
    found = problems()
    return "\n\n".join("\n".join(problem.render(language) for problem in found) for language in ("zh", "en")) + "\n"
