"""What became of scenarios: for people side by side, for CI as JUnit XML, for tools as JSON."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from builder.scenarios.expect import Difference
from builder.scenarios.reach import Coverage
from builder.scenarios.running import Run
from forms.diagnostics import width
from forms.texts import Text, say

#: columns of a terminal that one side takes at most
SIDE = 48
HEADS: dict[str, tuple[str, str]] = {"zh": ("应当", "实际"), "en": ("expected", "actual")}
#: of the JSON; it grows by new keys, and counts up when an old one changes
FORMAT = 1


def lines(runs: Sequence[Run], language: str) -> list[str]:
    """A line for each scenario, and both sides of whatever went otherwise."""
    shown: list[str] = []
    for run in runs:
        shown.append(f"{'✗' if run.differences else '✓'} {run.app} · {run.title}")
        for difference in run.differences:
            shown += [difference.diagnostic.render(language), *_indented(side_by_side(difference, language))]
    return shown


def summary(runs: Sequence[Run], language: str) -> str:
    failed = sum(bool(run.differences) for run in runs)
    if language == "en":
        return f"{len(runs)} scenarios, {failed} failed"
    return f"共 {len(runs)} 个场景，{f'{failed} 个没有通过' if failed else '全部通过'}"


def side_by_side(difference: Difference, language: str) -> list[str]:
    """Expected and actual in two columns, a row for each step, person or field; what differs is marked."""
    expected, actual = difference.expected, difference.actual
    if expected.keys() != actual.keys() and {"", *expected} != {"", *actual} and "" in (*expected, *actual):
        # one side has names and the other none: each stands as a whole
        expected, actual = ({"": _whole(side)} for side in (expected, actual))
    rows: list[tuple[str, str, bool]] = []
    for name in dict.fromkeys((*expected, *actual)):
        left, right = (say(side[name], language) if name in side else None for side in (expected, actual))
        label = f"{name}: " if name else ""
        rows.append((_cell(label, left), _cell(label, right), left != right))
    heads = HEADS[language]
    wide = min(SIDE, max(width(text) for text in (heads[0], *(left for left, _, _ in rows))))
    shown = [f"  {_padded(heads[0], wide)} │ {heads[1]}"]
    for left, right, differs in rows:
        mark = "≠" if differs else " "
        for number, (a, b) in enumerate(_wrapped(left, right, wide)):
            shown.append(f"{mark if number == 0 else ' '} {_padded(a, wide)} │ {b}".rstrip())
    return shown


def data(runs: Sequence[Run], coverage: Sequence[Coverage]) -> dict[str, Any]:
    """For tools."""
    return {
        "format": FORMAT,
        "scenarios": len(runs),
        "failed": sum(bool(run.differences) for run in runs),
        "steps": sum(run.steps for run in runs),
        "runs": [
            {
                "app": run.app,
                "scenario": run.title,
                "file": run.file,
                "line": run.line,
                "steps": run.steps,
                "passed": not run.differences,
                "failures": [_failure(difference) for difference in run.differences],
            }
            for run in runs
        ],
        "coverage": [item.data() for item in coverage],
    }


def _failure(difference: Difference) -> dict[str, Any]:
    place = difference.diagnostic.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "expectation": difference.key,
        "message": dict(difference.diagnostic.message),
        "expected": {name: dict(text) for name, text in difference.expected.items()},
        "actual": {name: dict(text) for name, text in difference.actual.items()},
    }


def junit(runs: Sequence[Run], language: str) -> str:
    """JUnit XML as CI servers read it: a suite for each app, a case for each scenario."""
    root = ET.Element("testsuites", tests=str(len(runs)), failures=str(sum(bool(run.differences) for run in runs)))
    for app in dict.fromkeys(run.app for run in runs):
        mine = [run for run in runs if run.app == app]
        failures = str(sum(bool(run.differences) for run in mine))
        suite = ET.SubElement(root, "testsuite", name=app, tests=str(len(mine)), failures=failures)
        for run in mine:
            case = ET.SubElement(suite, "testcase", classname=app, name=run.title, file=run.file, line=str(run.line))
            if run.differences:
                first = say(run.differences[0].diagnostic.message, language)
                failure = ET.SubElement(case, "failure", message=first, type="scenario-failed")
                failure.text = "\n".join(
                    line
                    for difference in run.differences
                    for line in (difference.diagnostic.render(language), *_indented(side_by_side(difference, language)))
                )
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _indented(rows: list[str]) -> list[str]:
    return [f"    {row}" for row in rows]


def _whole(side: dict[str, Text]) -> Text:
    if list(side) == [""]:
        return side[""]
    return {language: f"{{{', '.join(f'{name}: {say(text, language)}' for name, text in side.items())}}}" for language in ("zh", "en")}


def _cell(label: str, value: str | None) -> str:
    return f"{label}{value}" if value is not None else "—"


def _padded(text: str, wide: int) -> str:
    return text + " " * max(0, wide - width(text))


def _wrapped(left: str, right: str, wide: int) -> list[tuple[str, str]]:
    a, b = _rows(left, wide), _rows(right, SIDE)
    rows = max(len(a), len(b))
    return list(zip([*a, *[""] * (rows - len(a))], [*b, *[""] * (rows - len(b))], strict=True))


def _rows(text: str, wide: int) -> list[str]:
    """``text`` in rows of so many columns."""
    rows, row = list[str](), ""
    for character in text:
        if width(row) + width(character) > wide:
            rows.append(row)
            row = ""
        row += character
    return [*rows, row]
