"""`dabashou test`: runs scenarios and tells what became of them, and what they reach."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from builder import commands, scenario_coverage, scenario_report, scenarios, workspace
from builder.compile import compile_files, compile_workspace
from builder.meaning.version import Version
from builder.problems import Problems

Out = Callable[[str], object]
Format = Literal["text", "json", "junit"]


def run(
    path: str | Path,
    *,
    format: Format = "text",
    coverage: bool = False,
    at_least: float | None = None,
    english: bool = False,
    out: Out = print,
) -> int:
    """Runs the scenarios of the apps at ``path``; 1 if one goes otherwise than it says, if the definitions are wrong, or if one reaches
    less than ``at_least`` percent of the steps, cases and actions of its flow.
    """
    language = "en" if english else "zh"
    problems = Problems()
    files = workspace.read(path, problems)
    compiled = compile_files(files, problems)
    if compiled.errors:
        return commands.report(compiled, english, out)

    @cache
    def around() -> dict[str, scenarios.App]:
        return compile_workspace(files.name or ".").apps if files.only else {}

    runs = list(scenarios.run(compiled, beside=around))
    reached = scenario_coverage.measure(Version(files, compiled), runs) if coverage or at_least is not None or format == "json" else []
    low = [item for item in reached if at_least is not None and item.percent < at_least]
    if format == "json":
        out(json.dumps(scenario_report.data(runs, reached), ensure_ascii=False, indent=2))
    elif format == "junit":
        out(scenario_report.junit(runs, language))
    else:
        said = scenario_report.lines(runs, language)
        said += scenario_coverage.lines(reached if coverage else low, language)
        if low:
            names = ", ".join(item.app for item in low)
            said.append(f"less than {at_least:g}% reached: {names}" if english else f"没有达到 {at_least:g}%：{names}")
        for line in [*said, scenario_report.summary(runs, language)]:
            out(line)
    return int(bool(low) or any(run.differences for run in runs))
