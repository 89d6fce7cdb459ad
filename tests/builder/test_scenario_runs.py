"""`dabashou test`: what scenarios may expect, how a difference is shown, what they reach, and what CI gets of it."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from builder import compile
from builder.scenarios import commands as scenario_commands
from builder.scenarios import running
from builder.scenarios.expect import Difference

EXAMPLES = Path(__file__).parents[2] / "examples"
TRIP = """\
- scenario: 市内出差
  as: chen-xiaolin
  at: 2026-11-23T09:00
  submit: {trip_type: city, destination: "330100", period: {start: 2026-12-01, end: 2026-12-03}, reason: 参加省数据局组织的业务培训班}
"""
MATTER = """\
- scenario: 协办
  as: bai-lu
  at: 2026-11-23T09:00
  submit:
    {matter: 一网通办事项清单更新, source: meeting, lead: platform, requirement: 十二月底前全部更新, deadline: 2026-12-31, frequency: weekly,
     helpers: [{unit: law, task: 审核依据}]}
  then:
    - {as: he-wenjing, do: approve}
    - {as: zhou-jianguo, do: accepted}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The example workspace, with two apps."""
    for folder in ("org", "calendar", "dictionaries", "apps/business-trip", "apps/supervision", "apps/supervision-part"):
        shutil.copytree(EXAMPLES / folder, tmp_path / "w" / folder)
    for app in ("business-trip", "supervision", "supervision-part"):
        shutil.rmtree(tmp_path / "w/apps" / app / "tests")
    return tmp_path / "w"


def play(root: Path, app: str, scenario: str) -> list[Difference]:
    """What went otherwise than ``scenario`` says, which must be well written."""
    folder = root / "apps" / app / "tests"
    folder.mkdir(exist_ok=True)
    (folder / "one.yaml").write_text(scenario, "utf-8")
    compiled = compile.compile_workspace(root)
    assert [problem.render() for problem in compiled.problems if problem.severity == "error"] == []
    return [difference for run in running.run(compiled, app) for difference in run.differences]


def test_fields_and_actions_are_held_for_each_person(root: Path) -> None:
    """What the approver may write the applicant may only see; what nobody has a task for nobody may do."""
    text = (root / "apps/business-trip/flow.yaml").read_text("utf-8")
    text = text.replace('who: role("travel-desk")', 'who: role("travel-desk")\n    hide: [reason]\n    edit: [companions]')
    (root / "apps/business-trip/flow.yaml").write_text(text, "utf-8")
    found = play(
        root,
        "business-trip",
        TRIP + """\
  expect: {actions: {zhou-jianguo: [approve, reject, return, transfer, delegate, add-before, add-after, add-beside], qian-yi: []}}
  then:
    - as: zhou-jianguo
      do: approve
      expect:
        visible: {qian-yi: [trip_type, destination, period, days, approved_budget, companions], chen-xiaolin: [reason]}
        editable: {qian-yi: [companions], chen-xiaolin: []}
        subject: 陈晓琳 · 浙江省 · 杭州市 · 3天
        number: CC-20261123-0001
""",
    )  # fmt: skip
    assert [(d.key, d.expected[""]["zh"]) for d in found] == [("chen-xiaolin", "[reason]")]
    assert "companions" in found[0].actual[""]["zh"]
    assert "reason" in found[0].actual[""]["zh"]


def test_a_called_case_is_played_by_its_own_app(root: Path) -> None:
    """Its people act in it, its rules refuse, and its end takes the caller on."""
    found = play(
        root,
        "supervision",
        MATTER + """\
    - {in: helpers, expect: {open: {help: [shen-yue]}, answers: {task: 审核依据}}}
    - {in: helpers, as: shen-yue, do: helped, expect: {refused: invalid-answers, fields: [result]}}
    - {as: zhou-jianguo, do: reported, answers: {progress: 100}}
    - {as: sun-lihua, do: approve, expect: {waiting: [helpers]}}
    - {in: helpers, as: shen-yue, do: helped, answers: {result: 依据已审核}, expect: {ended: approved}}
    - {expect: {open: {strike-off: [sun-lihua]}}}
""",
    )  # fmt: skip
    assert [difference.diagnostic.render() for difference in found] == []


def test_limits_of_a_called_case_run_too(root: Path) -> None:
    """Time goes by in all cases of a scenario."""
    found = play(root, "supervision", MATTER + """\
    - {after: 40 days}
    - {in: helpers, expect: {told: {shen-yue: [overdue]}}}
""")  # fmt: skip
    assert [(difference.key, difference.actual) for difference in found] == [
        ("told", {"shen-yue": {"zh": "[overdue, overdue, overdue]", "en": "[overdue, overdue, overdue]"}})
    ]


def test_a_case_that_was_not_called_is_said(root: Path) -> None:
    """A row that is not there calls nobody."""
    found = play(root, "supervision", MATTER + "    - {in: [helpers, 7], as: shen-yue, do: helped}\n")
    assert [difference.key for difference in found] == ["in"]


def test_names_in_a_called_case_are_those_of_its_app(root: Path) -> None:
    """A slip is a mistake of the scenario, not of the flow."""
    folder = root / "apps/supervision/tests"
    folder.mkdir()
    (folder / "one.yaml").write_text(
        MATTER
        + "    - {in: helper, as: shen-yue, do: helped}\n    - {in: helpers, as: shen-yue, do: helped, answers: {matter: x, rezult: y}}\n",
        "utf-8",
    )
    problems = compile.compile_workspace(root).problems
    assert [(problem.code, problem.meant) for problem in problems] == [("unknown-target", "helpers"), ("unknown-field", "result")]


def test_a_difference_stands_side_by_side(root: Path) -> None:
    """A row for each step, what differs marked, the columns even where characters are wide."""
    folder = root / "apps/business-trip/tests"
    folder.mkdir()
    (folder / "one.yaml").write_text(TRIP + "  expect: {open: {section-head: [wu-min], booking: [qian-yi]}}\n", "utf-8")
    said: list[str] = []
    assert scenario_commands.run(root / "apps/business-trip", out=said.append) == 1
    assert said[0] == "✗ business-trip · 市内出差"
    assert said[1].splitlines()[0].partition("one.yaml:")[2].startswith("5:18: 场景“市内出差”：")
    assert said[2:] == [
        "      应当                   │ 实际",
        "    ≠ booking: [qian-yi]     │ —",
        "    ≠ section-head: [wu-min] │ section-head: [zhou-jianguo]",
        "共 1 个场景，1 个没有通过",
    ]


def test_what_no_scenario_reaches_is_listed_with_its_place(root: Path) -> None:
    """And a minimum can be demanded."""
    play(root, "business-trip", TRIP + "  then:\n    - {as: zhou-jianguo, do: approve}\n")
    said: list[str] = []
    assert scenario_commands.run(root / "apps/business-trip", coverage=True, at_least=90, out=said.append) == 1
    file = root / "apps/business-trip/flow.yaml"
    assert said[1:6] == [
        " 37.5%  business-trip  步骤 2/4  分支 1/2  操作 0/2",
        f"        {file}:13:9: 没有场景走到“是否财务会签”的情形“跨省且预算超过5000元”",
        f"        {file}:16:22: 没有场景走到步骤“财务会签”",
        f"        {file}:29:7: 没有场景走到“订票”的操作“已订票”",
        f"        {file}:30:7: 没有场景走到“订票”的操作“请补充说明”",
    ]
    assert "没有达到 90%：business-trip" in said
    assert scenario_commands.run(root / "apps/business-trip", at_least=30, out=said.append) == 0


def test_ci_gets_junit_and_json(root: Path) -> None:
    """A failure with its place in both."""
    folder = root / "apps/business-trip/tests"
    folder.mkdir()
    (folder / "one.yaml").write_text(TRIP + "  expect: {open: {section-head: [wu-min]}}\n", "utf-8")
    said: list[str] = []
    assert scenario_commands.run(root, format="junit", out=said.append) == 1
    suites = ET.fromstring(said[0])
    assert (suites.get("tests"), suites.get("failures")) == ("1", "1")
    failure = suites.find("testsuite/testcase/failure")
    assert failure is not None
    assert "one.yaml:5:18" in (failure.text or "")
    assert scenario_commands.run(root, format="json", out=said.append) == 1
    told = json.loads(said[1])
    assert told["runs"][0]["failures"][0]["expected"] == {"section-head": {"zh": "[wu-min]", "en": "[wu-min]"}}
    assert [item["app"] for item in told["coverage"]] == ["business-trip", "supervision", "supervision-part"]
