"""The page of workflow patterns is run: each definition by the compiler, each trace by the engine."""

from pathlib import Path

import pytest

from docs import patterns

CASES = patterns.cases()
#: the control-flow patterns that approvals use
WANTED = (*range(1, 8), *range(9, 12), *range(13, 17), *range(19, 22), *range(23, 28), 29, 30, *range(34, 37), 43)
#: those that are refused
REFUSED = (8, 38, 41, 42)
RESOURCES = ("separation of duties", "retain familiar", "delegation", "escalation", "reallocation", "piled execution", "round-robin")


@pytest.mark.parametrize("case", [case for case in CASES if case.scenario], ids=lambda case: case.name)
def test_a_pattern_runs_as_its_scenario_says(case: patterns.Case, tmp_path: Path) -> None:
    """Compiled without a word, played without a difference."""
    told = patterns.run(case, tmp_path / "w")
    assert told.problems == []
    assert told.failures == []
    assert told.trace


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.name)
def test_a_refused_pattern_is_refused_by_the_compiler(case: patterns.Case, tmp_path: Path) -> None:
    """The nearest that could be written is said to be wrong."""
    assert case.refused in patterns.run(case, tmp_path / "w").codes


def test_no_pattern_is_missing() -> None:
    """Every number of the list, and the resource patterns; what is refused says why."""
    numbers = {int(case.pattern.removeprefix("WCP-")): case for case in CASES if case.pattern.startswith("WCP-")}
    assert sorted(numbers) == sorted((*WANTED, *REFUSED))
    assert {number for number, case in numbers.items() if not case.scenario} == set(REFUSED)
    assert {case.title["en"].lower() for case in CASES if case.pattern.startswith("WRP-")} == set(RESOURCES)
    assert all(case.says["zh"] and case.says["en"] for case in CASES)


def test_the_page_is_what_the_engine_does() -> None:
    """Run `python -m docs.patterns` when this fails."""
    assert patterns.TARGET.read_text("utf-8") == patterns.text()
