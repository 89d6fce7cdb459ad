"""A process tree of another product becomes an app; whatever has no equal is reported where it stands."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import flowlong
from typer.testing import CliRunner

import app as command_line
from workflows.app import Approve, Branch, End, Notify, Parallel

LEASE = (Path(__file__).parent / "fixtures" / "stall-lease.json").read_text("utf-8")


def tree(*nodes: dict[str, Any], **start: Any) -> str:
    """A tree of ``nodes`` one after the other."""
    below: dict[str, Any] = {}
    for number, node in reversed(list(enumerate(nodes))):
        below = {"nodeName": f"节点{number}", "nodeKey": f"k{number}", **node, **({"childNode": below} if below else {})}
    return json.dumps(
        {"name": "试", "nodeConfig": {"nodeName": "发起人", "type": 0, **start, "childNode": below}}, ensure_ascii=False, indent=1
    )


def approval(**node: Any) -> dict[str, Any]:
    return {"type": 1, "setType": 1, "nodeAssigneeList": [{"id": "a", "name": "甲"}], **node}


def reports(text: str) -> list[str]:
    """What is said to have no equal, in English."""
    draft, problems = flowlong.imported(text)
    assert draft
    return [problem.message["en"].partition(": ")[2] for problem in problems]


def test_a_tree_becomes_blocks(tmp_path: Path) -> None:
    """Nodes become steps, what hangs below them comes next, cases and lanes hold their own."""
    draft, _ = flowlong.imported(LEASE)
    assert draft
    compiled = flowlong.compiled(draft, tmp_path)
    assert [problem.code for problem in compiled.problems] == ["untranslated"]
    check, branch, copies = compiled.apps["imported"].flow.steps
    assert isinstance(check, Approve)
    assert (check.who, check.decide) == ('user("u01") + user("u02")', "any-decision")
    assert isinstance(branch, Branch)
    large, other = branch.cases
    assert large.when == '(area > 20.0 && class != "temporary") || class.contains("permanent")'
    [parallel] = large.steps
    assert isinstance(parallel, Parallel)
    assert [step.who for lane in parallel.branches for step in lane.steps if isinstance(step, Approve)] == [
        'role("fire")',
        "head_of(applicant.department)",
    ]
    assert other.when is None
    assert [step.outcome for step in other.steps if isinstance(step, End)] == ["rejected"]
    assert isinstance(copies, Notify)
    assert [(field.name, field.kind) for field in compiled.apps["imported"].form.fields] == [
        ("details", "textarea"),
        ("area", "number"),
        ("class", "text"),
    ]


def test_the_app_of_a_tree_runs_to_its_end(tmp_path: Path) -> None:
    """By the engine, everybody doing the first thing that is offered: a small stall is turned down by itself."""
    draft, _ = flowlong.imported(LEASE)
    assert draft
    assert flowlong.played(flowlong.compiled(draft, tmp_path).apps["imported"], draft) == "rejected"


def test_what_has_no_equal_is_reported_where_it_stands() -> None:
    """The trigger, by its line; nothing else of this tree is lost."""
    _, problems = flowlong.imported(LEASE)
    assert [(problem.place.line, problem.code, problem.severity) for problem in problems] == [(43, "import-no-equal", "warning")]
    assert "a trigger" in problems[0].message["en"]


def test_no_node_is_dropped_silently() -> None:
    """Every one is a step, or a report points at it."""
    draft, problems = flowlong.imported(LEASE)
    assert draft
    assert flowlong.unaccounted(LEASE, draft, problems) == []
    assert flowlong.unaccounted(LEASE, draft, []) == ["通知财务系统"]


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (approval(rejectStrategy=2), "a rejection that goes to the step before only; here whoever rejects says where to"),
        (approval(setType=2, examineLevel=3), "the head 3 levels up; here it is the head"),
        (approval(setType=4, nodeAssigneeList=[], selectMode=2), "several people chosen by the applicant; here it is one"),
        (approval(nodeAssigneeList=[]), "nobody is named; here it goes to the flow administrators"),
        (approval(typeOfApprove=2), "a node that passes by itself, left out"),
        (approval(examineMode=4, nodeAssigneeList=[{"id": "a", "weight": 900}]), "the weight 900; here it is one vote"),
        (approval(moonPhase="full"), "“moonPhase”"),
        (approval(extendConfig={"formConfig": [{"id": 1}]}), "rights to single fields"),
        ({"type": 23, "routeNodes": [{"nodeKey": "k9"}]}, "a jump to “k9” by itself; make it an action (go) of the step before"),
        ({"type": 99}, "a node of type 99, left out"),
        ({"type": 2}, "copies to nobody, left out"),
    ],
)
def test_each_loss_has_words(node: dict[str, Any], said: str) -> None:
    """What flowlong can do and this cannot."""
    assert reports(tree(node, approval())) == [said]


def test_what_cannot_be_done_has_no_button() -> None:
    """No transfer, nobody added, no return; and a rejection that goes back is a return with the word that is used there."""
    draft, _ = flowlong.imported(
        tree(approval(allowTransfer=False, allowAppendNode=False, allowRollback=False), approval(rejectStrategy=1))
    )
    assert draft
    first, second = draft.flow["steps"]
    assert first["buttons"] == {"return": False, "transfer": False, "add-before": False, "add-after": False, "add-beside": False}
    assert second["buttons"] == {"reject": False, "return": "驳回"}


def test_what_holds_for_approvers_who_are_the_applicant_is_said_once() -> None:
    """As most nodes have it; those that differ are reported."""
    draft, problems = flowlong.imported(tree(approval(approveSelf=1), approval(approveSelf=1), approval(approveSelf=0)))
    assert draft
    assert draft.flow["self_approval"] == "skip"
    assert [problem.message["en"].partition(": ")[2] for problem in problems] == ["that applicants approve their own case"]


@pytest.mark.parametrize(
    ("node", "who", "more"),
    [
        (approval(setType=5), "applicant", {}),
        (approval(setType=6, examineMode=1), "heads_of(applicant.department, 20)", {"decide": "in-order"}),
        (approval(setType=6, directorMode=1, directorLevel=3, examineMode=2), "heads_of(applicant.department, 3)", {"decide": "all"}),
        (approval(setType=4), 'user("a")', {"chosen_by": "applicant"}),
        (approval(setType=7, nodeAssigneeList=[{"id": "d", "name": "丁处"}], examineMode=3), 'department("d")', {"decide": "any-decision"}),
        (approval(setType=3, groupStrategy=0, examineMode=2), 'role("a")', {"decide": "claim"}),
        (
            approval(examineMode=4, nodeAssigneeList=[{"id": "a", "weight": 60}, {"id": "b", "weight": 40}]),
            'user("a") + user("b")',
            {"decide": {"at_least": "51/100", "weights": [{"who": 'user("a")', "weight": 60}, {"who": 'user("b")', "weight": 40}]}},
        ),
    ],
)
def test_people_and_how_they_decide(node: dict[str, Any], who: str, more: dict[str, Any]) -> None:
    """All kinds of people that a node can name, and the ways in which several decide."""
    draft, _ = flowlong.imported(tree(node))
    assert draft
    [step] = draft.flow["steps"]
    assert step["who"] == who
    assert {key: value for key, value in step.items() if key not in ("approve", "title", "who")} == more


def test_a_branch_without_a_default_gets_one() -> None:
    """Nothing passes silently: a flow administrator gets what no condition lets through, and that is said."""
    part = {"conditionList": [[{"field": "age", "operator": "==", "value": "18"}]], "childNode": approval(nodeName="甲", nodeKey="k8")}
    text = tree({"type": 4, "conditionNodes": [part]}, approval())
    assert reports(text) == ["no case for all others; here a flow administrator gets those"]
    draft, _ = flowlong.imported(text)
    assert draft
    assert draft.flow["steps"][0]["cases"][1]["steps"][0]["who"] == 'role("flow-admin")'


def test_a_limit_that_is_switched_off_says_nothing() -> None:
    """The designer always writes one."""
    assert reports(tree(approval(term=3, termAuto=False, termMode=1))) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "import-not-this"),
        ('{"nodeConfig": {"type": 1}}', "import-not-this"),
        (tree(approval(nodeKey="same"), approval(nodeKey="same")), "import-duplicate-state"),
        (tree(approval(), {"type": 30}, approval()), "import-unreachable"),
    ],
)
def test_a_defect_is_named(text: str, code: str) -> None:
    """And nothing is made of a tree that has one."""
    draft, problems = flowlong.imported(text)
    assert draft is None
    assert [problem.code for problem in problems if problem.severity == "error"] == [code]


def test_the_command_writes_an_app_folder(tmp_path: Path) -> None:
    """With the losses printed, and who must be in org/."""
    file, folder = tmp_path / "lease.json", tmp_path / "apps" / "stall-lease"
    file.write_text(LEASE, "utf-8")
    result = CliRunner().invoke(command_line.main, ["import", "flowlong", str(file), "--into", str(folder)])
    assert result.exit_code == 0, result.output
    assert "[import-no-equal]" in result.output
    assert "org/ 里要有的人员：u01 (管理员甲), u02 (管理员乙)" in result.output
    assert (folder / "flow.yaml").exists()
