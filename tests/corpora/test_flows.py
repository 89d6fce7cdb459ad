"""Flows that others published, imported: `make corpora` prints what became of each."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support import digit, flowlong
from support.lts import bisimilar

FLOWS = Path(__file__).parents[3] / "shared" / "corpora" / "flows"
ABSENT = (
    "没有公共数据：项目旁边缺少 shared/corpora/flows。 The public data are absent: there is no shared/corpora/flows beside the project."
)
pytestmark = pytest.mark.corpora


def files(name: str) -> list[Path]:
    return sorted((FLOWS / name).rglob("*.json"))


def defects(service: dict[str, Any]) -> set[tuple[str, str]]:
    """What is wrong with a machine, told in another way than the import does: the code and what it must name."""
    states: dict[str | None, Any] = {state["state"]: state for state in service["states"]}
    found: set[tuple[str, str]] = set()
    reached: set[str | None] = {None}
    for _ in states:
        reached |= {action["nextState"] for name in reached if name in states for action in states[name]["actions"] or ()}
    lost = False
    for name, state in states.items():
        for action in state["actions"] or ():
            if state["isTerminateState"]:
                found.add(("import-end-acts", f"“{name}”"))
            if action["nextState"] is None or action["nextState"] not in states:
                lost = True
                found.add(("import-no-target", f"“{action['action']}”"))
    if not lost:
        found |= {("import-unreachable", f"“{name}”") for name in states if name not in reached}
    return found


def test_every_clean_machine_is_bisimilar_and_every_defect_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """DIGIT, services of Indian cities."""
    if not files("in-digit"):
        pytest.skip(ABSENT)
    rows: list[str] = []
    for number, path in enumerate(files("in-digit")):
        text = path.read_text("utf-8")
        expected = defects(json.loads(text))
        found, problems = digit.imported(text)
        errors = [problem for problem in problems if problem.severity == "error"]
        unsaid = {(code, name) for code, name in expected if not any(p.code == code and name in p.message["en"] for p in errors)}
        assert not unsaid, path.name
        assert bool(errors) == bool(expected), (path.name, [problem.render() for problem in errors])
        if found is None:
            rows.append(f"{path.stem:44} {'defects: ' + ', '.join(sorted({problem.code for problem in errors}))}")
            continue
        service = digit.of_service(text, found)
        app = digit.of_app(digit.compiled(found, tmp_path / str(number)), found)
        assert bisimilar(service, app), path.name
        transitions = sum(map(len, app.ways.values()))
        rows.append(f"{path.stem:44} bisimilar: {len(app.ways):3} states {transitions:4} transitions, {len(problems)} without equal")
    summary = f"{len(rows)} files, {sum('bisimilar' in row for row in rows)} bisimilar, {sum('defects' in row for row in rows)} defective"
    show(capsys, "DIGIT BusinessServices", [*rows, summary])


def show(capsys: pytest.CaptureFixture[str], title: str, rows: list[str]) -> None:
    """The table, on the console whether the test passes or not."""
    with capsys.disabled():
        sys.stdout.write("\n".join(["", "", title, *rows, ""]))


#: what is wrong with some of the trees, which their own project keeps to test its checks
WRONG = {
    "duplicateNodeNames": "import-duplicate-state",
    "testAutoNodeError01": "import-unreachable",
    "testAutoNodeError02": "import-unreachable",
    "testAutoNodeError03": "import-unreachable",
}


#: trees with a condition that contradicts one around or before it, as the proof shows
CONTRADICTORY = ("issues_I9O8GV", "noNodeCondition", "testParallelModel")


def test_every_tree_becomes_an_app_and_nothing_is_dropped_silently(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """flowlong, processes in DingTalk's style."""
    if not files("cn-flowlong"):
        pytest.skip(ABSENT)
    # some trees call this one
    called, _ = flowlong.imported((files("cn-flowlong")[0].parent / "workHandover.json").read_text("utf-8"), "workhandover")
    rows: list[str] = []
    lost: Counter[str] = Counter()
    for number, path in enumerate(files("cn-flowlong")):
        text = path.read_text("utf-8")
        draft, problems = flowlong.imported(text)
        errors = {problem.code for problem in problems if problem.severity == "error"}
        assert errors == ({WRONG[path.stem]} if path.stem in WRONG else set()), (path.name, errors)
        if draft is None:
            rows.append(f"{path.stem:30} defects: {', '.join(sorted(errors))}")
            continue
        assert flowlong.unaccounted(text, draft, problems) == [], path.name
        compiled = flowlong.compiled(draft, tmp_path / str(number), called)
        refused = {problem.code for problem in compiled.problems if problem.severity == "error"}
        assert refused == ({"condition-never"} if path.stem in CONTRADICTORY else set()), path.name
        if refused:
            rows.append(f"{path.stem:30} defects: {', '.join(sorted(refused))}")
            continue
        outcome = flowlong.played(compiled.apps["imported"], draft)
        lost.update(problem.message["en"].partition(": ")[2] for problem in problems)
        rows.append(
            f"{path.stem:30} compiles: {len(draft.flow['steps']):2} steps on top, {len(problems):3} without equal, played: {outcome}"
        )
    show(capsys, "flowlong process trees", rows)
    show(capsys, "What has no equal", [f"{count:4}  {words}" for words, count in lost.most_common()])
    summary = f"{len(rows)} files, {sum('compiles' in row for row in rows)} compile, {sum('defects' in row for row in rows)} defective"
    show(capsys, summary, [])
