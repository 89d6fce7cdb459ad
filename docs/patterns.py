"""Writes docs/reference/patterns.md: each workflow pattern with a definition that the compiler accepts and what the engine makes of it.

`python -m docs.patterns` runs every case of tests/patterns; a test runs them too and holds the page against them.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import yaml

from builder import compile
from builder.scenarios import running
from workflows.events import Event

FOLDER = Path(__file__).parent
CASES = FOLDER.parent / "tests/patterns"
TARGET = FOLDER / "reference/patterns.md"
ABOVE = """# 流程模式 · Workflow patterns

<!-- Written by `python -m docs.patterns` from tests/patterns; a test runs every one and keeps the page so. -->

审批用得到的控制流模式（编号见 [workflowpatterns.com](http://www.workflowpatterns.com)）和资源模式，每一个有一段定义和它的轨迹：
定义由真正的编译器检查，轨迹由真正的引擎走出。人员见 [tests/patterns/base](../../tests/patterns/base/org/office.yaml)。
The control-flow patterns that approvals use (numbered as on workflowpatterns.com) and the resource patterns, each with a definition and
its trace: the compiler accepts the definition, the engine made the trace. The people are those of `tests/patterns/base`.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A file of tests/patterns."""

    name: str
    #: "WCP-7", "R-FE": how the pattern is known
    pattern: str
    title: dict[str, str]
    says: dict[str, str]
    flow: str
    scenario: str
    #: the code of the problem by which a pattern is refused
    refused: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a case."""

    #: problems of the definition, rendered
    problems: list[str]
    codes: set[str]
    failures: list[str]
    trace: list[str]


def cases() -> list[Case]:
    """Every pattern, in the order of the files."""
    found: list[Case] = []
    for path in sorted(CASES.glob("*.yaml")):
        written = cast(dict[str, Any], yaml.safe_load(path.read_text("utf-8")))
        found.append(
            Case(
                path.stem,
                written["pattern"],
                written["title"],
                written["says"],
                written.get("flow", ""),
                written.get("scenario", ""),
                written.get("refused"),
            )
        )
    return found


def run(case: Case, folder: Path) -> Told:
    """The case in the small office, compiled and played in ``folder``, which is not there yet."""
    shutil.copytree(CASES / "base", folder)
    app = folder / "apps/demo"
    (app / "flow.yaml").write_text(case.flow, "utf-8")
    if case.scenario:
        (app / "tests").mkdir()
        (app / "tests/case.yaml").write_text(case.scenario, "utf-8")
    compiled = compile.compile_workspace(folder)
    # the words of the steps are Chinese only: these are examples
    problems = [problem for problem in compiled.problems if problem.code != "untranslated"]
    runs = [] if problems else list(running.run(compiled))
    return Told(
        [problem.render("en").replace(f"{folder}/", "") for problem in problems],
        {problem.code for problem in problems},
        [failure.render("en") for played in runs for failure in played.failures],
        [line for played in runs for line in trace(played.events)],
    )


#: what a line of a trace shows of a fact, in this order
SHOWN = (
    "parallel",
    "branch",
    "inclusive",
    "step",
    "lane",
    "taken",
    "case",
    "person",
    "message",
    "number",
    "app",
    "how",
    "to",
    "outcome",
    "by",
)


def trace(events: list[Event]) -> Iterator[str]:
    """A line for each fact: when, what, and the parts that say where and who."""
    for event in events:
        fact = cast(dict[str, Any], msgspec.to_builtins(event.fact))
        at = event.at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%d %H:%M")
        parts = [f"{fact[key]}" for key in SHOWN if fact.get(key) not in (None, "", [])]
        people = [item["person"] for item in (*fact.get("candidates", ()), *fact.get("people", ()))]
        who = f" [{', '.join(people)}]" if people else ""
        yield f"{at}  {fact['kind']:10} {' '.join(parts)}{who}".rstrip()


def text() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        return ABOVE + "".join(part(case, run(case, Path(folder) / case.name)) for case in cases())


def part(case: Case, told: Told) -> str:
    head = f"\n## {case.pattern} {case.title['zh']} · {case.title['en']}\n\n{case.says['zh'].strip()}\n{case.says['en'].strip()}\n"
    if case.flow:
        head += f"\n```yaml\n{case.flow.strip()}\n```\n"
    if told.problems:
        shown = "\n".join(told.problems)
        head += f"\n```text\n{shown}\n```\n"
    elif told.trace:
        shown = "\n".join(told.trace)
        head += f"\n```text\n{shown}\n```\n"
    return head


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    sys.stdout.write(f"{TARGET}\n")
