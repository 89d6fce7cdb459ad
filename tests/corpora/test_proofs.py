"""Flows that others published, proved: `make corpora` prints the verdict on each, and what was seeded into the clean ones."""

import copy
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from support import digit, flowlong

from workflows import program
from workflows.app import App, release
from workflows.people import Organisation
from workflows.proof import Subject, Verdict, prove

FLOWS = Path(__file__).parents[3] / "shared" / "corpora" / "flows"
EXAMPLES = Path(__file__).parents[2] / "examples"
ABSENT = (
    "没有公共数据：项目旁边缺少 shared/corpora/flows。 The public data are absent: there is no shared/corpora/flows beside the project."
)
pytestmark = pytest.mark.corpora
#: trees with a condition that contradicts one around or before it: looked at by hand, they do
CONTRADICTORY = ("issues_I9O8GV", "noNodeCondition", "testParallelModel")
#: seconds, of the processor; the 99th percentile of all flows
LIMIT = 0.020


def files(name: str) -> list[Path]:
    found = sorted((FLOWS / name).rglob("*.json"))
    if not found:
        pytest.skip(ABSENT)
    return found


def proved(app: App, organisation: Organisation | None) -> tuple[Verdict, float]:
    """The verdict, and the time it took: the best of three, as others work on the machine too."""
    loaded = program.load(release(app))
    took: list[float] = []
    for _ in range(3):
        subject = Subject.of(loaded)
        began = process_time()
        verdict = prove(subject, organisation)
        took.append(process_time() - began)
    return verdict, min(took)


def row(name: str, verdict: Verdict, took: float) -> str:
    said = ", ".join(sorted({finding.code for finding in verdict.findings})) or "sound"
    return f"{name:44} {verdict.states:3} states {verdict.regions:4} regions {took * 1000:6.2f} ms  {said}"


def test_every_flow_is_proved_and_in_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No error in a clean flow; the 99th percentile of the time is below 20 ms."""
    from builder import compile

    rows: list[str] = []
    times: list[float] = []
    errors: list[str] = []

    def judge(name: str, app: App, organisation: Organisation | None) -> None:
        verdict, took = proved(app, organisation)
        times.append(took)
        rows.append(row(name, verdict, took))
        errors.extend(f"{name}: {finding.message['en']}" for finding in verdict.findings if finding.severity == "error")

    examples = compile.compile_workspace(EXAMPLES)
    for app in examples.apps.values():
        judge(f"examples {app.id}", app, examples.organisation)
    for number, path in enumerate(files("in-digit")):
        found, _ = digit.imported(path.read_text("utf-8"))
        if found is not None:
            judge(f"digit {path.stem}", digit.compiled(found, tmp_path / f"d{number}"), digit.people(found))
    called, _ = flowlong.imported((files("cn-flowlong")[0].parent / "workHandover.json").read_text("utf-8"), "workhandover")
    for number, path in enumerate(files("cn-flowlong")):
        draft, _ = flowlong.imported(path.read_text("utf-8"))
        if draft is not None:
            compiled = flowlong.compiled(draft, tmp_path / f"f{number}", called)
            refused = [problem.message["en"] for problem in compiled.problems if problem.severity == "error"]
            if path.stem in CONTRADICTORY:
                rows.append(f"{f'flowlong {path.stem}':44} {'; '.join(refused)}")
                assert refused, path.stem
                continue
            errors.extend(f"flowlong {path.stem}: {words}" for words in refused)
            if not refused:
                judge(f"flowlong {path.stem}", compiled.apps["imported"], None)
    times.sort()
    p99 = times[math.ceil(len(times) * 0.99) - 1]
    summary = f"{len(rows)} flows, p50 {times[len(times) // 2] * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms, slowest {times[-1] * 1000:.2f} ms"
    show(capsys, "Proofs", [*rows, summary])
    assert errors == []
    assert p99 < LIMIT


def show(capsys: pytest.CaptureFixture[str], title: str, rows: list[str]) -> None:
    with capsys.disabled():
        sys.stdout.write("\n".join(["", "", title, *rows, ""]))


Service = dict[str, Any]


def acting_ends(service: Service) -> Iterator[tuple[str, str, Service]]:
    """An action out of an end state."""
    for number, state in enumerate(service["states"]):
        if state["isTerminateState"]:
            changed = copy.deepcopy(service)
            target = next(other["state"] for other in service["states"] if other["state"] is not None)
            changed["states"][number]["actions"] = [{"action": "SEEDED", "nextState": target, "roles": ["EMPLOYEE"]}]
            yield "import-end-acts", f"“{state['state']}”", changed


def unreachable(service: Service) -> Iterator[tuple[str, str, Service]]:
    """A state that nothing leads to."""
    changed = copy.deepcopy(service)
    target = next(other["state"] for other in service["states"] if other["isTerminateState"])
    model = copy.deepcopy(next(state for state in service["states"] if state["actions"] and state["state"] is not None))
    model |= {"state": "SEEDED", "isStartState": False, "isTerminateState": False}
    model["actions"] = [{**model["actions"][0], "nextState": target}]
    changed["states"].append(model)
    yield "import-unreachable", "“SEEDED”", changed


def dangling(service: Service) -> Iterator[tuple[str, str, Service]]:
    """An action that leads nowhere."""
    for number, state in enumerate(service["states"]):
        for place, action in enumerate(state["actions"] or ()):
            changed = copy.deepcopy(service)
            changed["states"][number]["actions"][place]["nextState"] = "NOWHERE"
            yield "import-no-target", f"“{action['action']}”", changed


def test_every_defect_seeded_into_a_clean_machine_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the kinds that corpora/README.md names, at every place of every clean machine."""
    rows: list[str] = []
    missed: list[str] = []
    for kind in (acting_ends, unreachable, dangling):
        seeded = found = 0
        for path in files("in-digit"):
            text = path.read_text("utf-8")
            if digit.imported(text)[0] is None:
                continue
            for code, name, changed in kind(json.loads(text)):
                seeded += 1
                _, problems = digit.imported(json.dumps(changed))
                if any(problem.code == code and name in problem.message["en"] for problem in problems):
                    found += 1
                else:
                    missed.append(f"{path.stem}: {code} {name}")
        rows.append(f"{kind.__doc__.strip() if kind.__doc__ else kind.__name__:40} {seeded:4} seeded {found:4} found")
    show(capsys, "Defects seeded into clean DIGIT machines", rows)
    assert missed == []
