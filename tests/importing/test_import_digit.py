"""A state machine of another product becomes an app that behaves as it did, or is refused with what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import digit
from support.lts import bisimilar
from typer.testing import CliRunner

import app as command_line
from builder.compile import compile_workspace
from workflows.app import Handle, Span

PERMIT = (Path(__file__).parent / "fixtures" / "stall-permit.json").read_text("utf-8")
State = dict[str, Any]


def changed(change: Callable[[dict[str, State]], None]) -> str:
    """The permit with ``change`` made to its states, which are called by name ("" is the start)."""
    service = json.loads(PERMIT)
    states = {state["state"] or "": state for state in service["states"]}
    change(states)
    service["states"] = list(states.values())
    return json.dumps(service, indent=1)


def direct(states: dict[str, State]) -> None:
    del states[""]["actions"][1]


@pytest.mark.parametrize("text", [PERMIT, changed(direct)], ids=["two ways to begin", "one way to begin"])
def test_the_app_is_bisimilar_to_the_machine(text: str, tmp_path: Path) -> None:
    """Everything that anybody may do in any state, and nothing else, on both sides."""
    found, problems = digit.imported(text)
    assert found
    assert {problem.severity for problem in problems} == {"warning"}
    service, app = digit.of_service(text, found), digit.of_app(digit.compiled(found, tmp_path), found)
    assert bisimilar(service, app)
    assert len(app.ways) > 5


def test_an_app_of_another_machine_is_not(tmp_path: Path) -> None:
    """The check is no formality: one role more on one action, and it fails."""

    def more(states: dict[str, State]) -> None:
        states["PENDING_VISIT"]["actions"][0]["roles"].append("TRADER")

    found, _ = digit.imported(PERMIT)
    assert found
    assert not bisimilar(digit.of_service(changed(more), found), digit.of_app(digit.compiled(found, tmp_path), found))


def test_limits_and_rights_come_along(tmp_path: Path) -> None:
    """The limit of a state is the step's, what may be changed there is its edit, ends are outcomes."""
    found, _ = digit.imported(PERMIT)
    assert found
    flow = digit.compiled(found, tmp_path).flow
    steps = {step.id: step for step in flow.steps if isinstance(step, Handle)}
    assert steps["pending-check"].due == Span(amount=2, unit="days")
    assert steps["pending-visit"].due == Span(amount=12, unit="hours")
    assert steps["pending-check"].edit == ("details",)
    assert steps["pending-visit"].edit == ()
    assert found.outcomes == {"approved": "APPROVED", "rejected": "REJECTED", "withdrawn-2": "WITHDRAWN"}
    assert [action.title["zh"] for action in steps["begin"].actions] == ["申请", "Register"]


def test_what_has_no_equal_is_said_with_its_place() -> None:
    """The limit of the whole case and the second name of a state."""
    _, problems = digit.imported(PERMIT)
    assert [(problem.place.line, problem.code, problem.message["en"].partition(": ")[2]) for problem in problems] == [
        (4, "import-no-equal", "a limit for the whole case; write due in its steps"),
        (34, "import-no-equal", "a status besides the state, “ACTIVE”"),
    ]


def acts_after_the_end(states: dict[str, State]) -> None:
    states["REJECTED"]["actions"] = [{"action": "REOPEN", "nextState": "PENDING_CHECK", "roles": ["CLERK"]}]


def leads_nowhere(states: dict[str, State]) -> None:
    states["PENDING_CHECK"]["actions"][1]["nextState"] = "PENDING_INSPECTION"


def names_no_target(states: dict[str, State]) -> None:
    states["PENDING_CHECK"]["actions"][1]["nextState"] = None


def nobody_comes(states: dict[str, State]) -> None:
    del states["PENDING_CHECK"]["actions"][3]


def stops(states: dict[str, State]) -> None:
    states["PENDING_VISIT"]["actions"] = []


def runs_forever(states: dict[str, State]) -> None:
    states["PENDING_VISIT"]["actions"] = [{"action": "LOOK_AGAIN", "nextState": "PENDING_VISIT", "roles": ["CLERK"]}]


def without_start(states: dict[str, State]) -> None:
    del states[""]


def twice(states: dict[str, State]) -> None:
    states["again"] = {**states["PENDING_VISIT"]}


def without_roles(states: dict[str, State]) -> None:
    states["PENDING_VISIT"]["actions"][1]["roles"] = []


@pytest.mark.parametrize(
    ("change", "codes", "named"),
    [
        (acts_after_the_end, {"import-end-acts"}, "REJECTED"),
        (leads_nowhere, {"import-no-target"}, "PENDING_INSPECTION"),
        (names_no_target, {"import-no-target"}, "FORWARD"),
        (nobody_comes, {"import-unreachable"}, "WITHDRAWN"),
        (stops, {"import-dead-end", "import-unreachable"}, "PENDING_VISIT"),
        (runs_forever, {"import-endless", "import-unreachable"}, "PENDING_VISIT"),
        (without_start, {"import-no-start"}, "null"),
        (twice, {"import-duplicate-state"}, "PENDING_VISIT"),
        (without_roles, {"import-nobody"}, "APPROVE"),
    ],
)
def test_a_defect_is_named(change: Callable[[dict[str, State]], None], codes: set[str], named: str) -> None:
    """And nothing is made of a machine that has one."""
    found, problems = digit.imported(changed(change))
    assert found is None
    assert {problem.code for problem in problems if problem.severity == "error"} == codes
    assert any(named in problem.message["en"] for problem in problems)


@pytest.mark.parametrize("text", ["[]", "{}", '{"businessService": "X"}', '{"BusinessServices": []}', "7"])
def test_what_is_no_machine_is_refused(text: str) -> None:
    """Whatever the file holds."""
    found, problems = digit.imported(text)
    assert found is None
    assert [problem.code for problem in problems] == ["import-not-this"]


def test_the_command_writes_an_app_folder_and_says_what_is_missing(tmp_path: Path) -> None:
    """A folder that `check` can read; the roles that org/ must have are named."""
    file, folder = tmp_path / "permit.json", tmp_path / "w" / "apps" / "stall-permit"
    file.write_text(f'{{"BusinessServices": [{PERMIT}]}}', "utf-8")
    result = CliRunner().invoke(command_line.main, ["import", "digit", str(file), "--into", str(folder), "--english"])
    assert result.exit_code == 0, result.output
    assert "Roles that org/ has to have: trader (TRADER), clerk (CLERK), market-warden (MARKET_WARDEN)" in result.output
    assert [problem.render() for problem in compile_workspace(folder).problems] == []
    again = CliRunner().invoke(command_line.main, ["import", "digit", str(file), "--into", str(folder)])
    assert again.exit_code == 2
    assert "请给一个新文件夹" in again.output


def test_the_command_writes_nothing_of_a_defective_machine(tmp_path: Path) -> None:
    """The problem is printed, the exit code is 1."""
    file, folder = tmp_path / "permit.json", tmp_path / "stall-permit"
    file.write_text(changed(leads_nowhere), "utf-8")
    result = CliRunner().invoke(command_line.main, ["import", "digit", str(file), "--into", str(folder)])
    assert result.exit_code == 1
    assert "[import-no-target]" in result.output
    assert not folder.exists()
