"""What `dabashou diff` says of changes that a reviewer must not miss, in files as a designer writes them."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from dulwich import porcelain

from builder import workspace_git
from builder.meaning import commands
from builder.meaning.change import Change
from builder.meaning.difference import difference
from builder.meaning.version import Version, open_folder
from builder.problems import Problems

EXAMPLES = Path(__file__).parents[2] / "examples"
TRIP = "apps/business-trip"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A workspace with one app."""
    root = tmp_path / "old"
    for folder in ("org", "calendar", "dictionaries", TRIP):
        shutil.copytree(EXAMPLES / folder, root / folder)
    return root


@pytest.fixture
def new(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(old, tmp_path / "new"))


def edit(root: Path, file: str, *changes: tuple[str, str]) -> None:
    text = (root / file).read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (root / file).write_text(text, "utf-8")


def opened(root: Path) -> Version:
    problems = Problems()
    version = open_folder(str(root), problems)
    assert [problem.render() for problem in version.compiled.problems if problem.severity == "error"] == []
    return version


def changes(old: Path, new: Path) -> list[Change]:
    return difference(opened(old), opened(new))


def said(old: Path, new: Path, language: str = "zh") -> list[str]:
    return [f"{change.grade} {change.words[language]}" for change in changes(old, new)]


def test_a_lighter_way_of_deciding_and_a_way_without_approval_stand_first(old: Path, new: Path) -> None:
    """The sentence of the issue: countersigning became any one, and a way appeared on which nobody approves."""
    edit(new, f"{TRIP}/flow.yaml", ("decide: all", "decide: any-decision"), ("- approve: section-head", "- handle: section-head"))
    found = said(old, new)
    assert "high 第3步“财务会签”由会签（每个人都要同意）改为或签（一个人决定即可）" in found
    assert "high 新增一条无人审批的路径：“是否财务会签”走“其他”" in found
    assert "high 第1步“处室负责人审批”由审批改为办理" in found
    assert "high New: a way on which nobody approves: “Otherwise” at “Does finance countersign?”" in said(old, new, "en")


def test_the_reverse_says_the_mirrored_sentences(old: Path, new: Path) -> None:
    """What was added is gone, and before and after change places."""
    edit(new, f"{TRIP}/flow.yaml", ("decide: all", "decide: any-decision"), ("due: 4 working hours", "due: 2 days"))
    edit(new, f"{TRIP}/form.yaml", ("maxItems: 20", "maxItems: 5"))
    there, back = changes(old, new), changes(new, old)
    assert sorted(change.words["zh"] for change in back) == sorted(change.mirrored().words["zh"] for change in there)
    assert "medium 第4步“订票”的办理时限由 2 天改为 4 工作小时" in [f"{change.grade} {change.words['zh']}" for change in back]


def test_who_can_now_decide_is_named_when_only_the_role_changed(old: Path, new: Path) -> None:
    """The flow stayed as it was; the people behind the role did not."""
    edit(new, "org/roles.yaml", ("members: [wu-min, zheng-kai]", "members: [wu-min, tang-wei]"))
    found = said(old, new)
    assert "high 角色“财务经办”：增加唐薇；去掉郑凯" in found
    assert "high 第3步“财务会签”：现在还可以由唐薇办理；不再由郑凯办理" in found


def test_a_condition_comes_with_answers_that_take_another_way(old: Path, new: Path) -> None:
    """A limit of money moved: an amount in between shows it."""
    edit(new, f"{TRIP}/flow.yaml", ("yuan(5000)", "yuan(8000)"))
    (found,) = changes(old, new)
    assert found.grade == "high"
    assert found.example is not None
    assert found.example.answers == {"budget": 500001, "trip_type": "cross"}
    assert "例如“预算金额”填 ¥5,000.01、“出差类型”填 跨省时，原来走“跨省且预算超过5000元”，现在走“其他”" in found.words["zh"]
    assert found.new is not None
    assert (found.new.file.rpartition("/")[2], found.new.line) == ("flow.yaml", 13)


def test_a_condition_written_otherwise_is_told_as_that(old: Path, new: Path) -> None:
    """The same truth in other words is no risk."""
    edit(new, f"{TRIP}/flow.yaml", ("budget > yuan(5000)", "!(budget <= yuan(5000))"))
    (found,) = changes(old, new)
    assert found.grade == "low"
    assert "走法没有不同" in found.words["zh"]


def test_a_field_that_more_people_see_or_write_is_named(old: Path, new: Path) -> None:
    """Hiding a field, and giving another to a step to write."""
    edit(old, f"{TRIP}/flow.yaml", ('who: role("travel-desk")', 'who: role("travel-desk")\n    hide: [reason]'))
    edit(new, f"{TRIP}/flow.yaml", ('who: role("travel-desk")', 'who: role("travel-desk")\n    edit: [approved_budget]'))
    found = said(old, new)
    assert "high 第4步“订票”：现在看得到“出差事由”" in found
    assert "high 第4步“订票”：现在可以填写或修改“核定金额”" in found


def test_a_field_that_is_shown_more_often_and_no_longer_masked(old: Path, new: Path) -> None:
    """What a condition hid is shown now, and a mask fell."""
    edit(old, f"{TRIP}/form.yaml", ("reason: {title: 出差事由,", "reason: {title: 出差事由, x-sensitive: text,"))
    edit(new, f"{TRIP}/form.yaml", ("days > 3", "days > 1"))
    found = said(old, new)
    assert any(sentence.startswith("high 字段“预算金额”的显示条件由") and "原来不显示，现在显示" in sentence for sentence in found)
    assert "high 字段“出差事由”取消敏感信息遮盖（原为：全部遮盖）" in found


def test_a_moved_step_is_moved_and_a_title_is_a_title(old: Path, new: Path) -> None:
    """Steps are known by their ids: nothing is taken away and put in anew."""
    text = (new / TRIP / "flow.yaml").read_text("utf-8")
    notify = '  - notify: office\n    title: 抄送办公室\n    who: department("office")\n'
    text = text.replace(notify, "").replace("steps:\n  - approve", f"steps:\n{notify}  - approve", 1).replace("抄送办公室", "告知办公室")
    (new / TRIP / "flow.yaml").write_text(text, "utf-8")
    assert said(old, new) == [
        "medium 第1步“告知办公室”由第4步“订票”之后移到最前",
        "low 第1步“告知办公室”的名称由“抄送办公室”改为“告知办公室”",
    ]


def test_a_new_id_of_the_same_step_is_a_rename(old: Path, new: Path) -> None:
    """Everything else is alike: it says where running cases must go."""
    edit(new, f"{TRIP}/flow.yaml", ("handle: booking", "handle: tickets"))
    edit(new, f"{TRIP}/i18n/en.yaml", ("booking:", "tickets:"))
    for file in (*(new / TRIP / "tests").iterdir(), *(new / TRIP / "print").iterdir()):
        text = file.read_text("utf-8")
        file.write_text(text.replace("booking", "tickets"), "utf-8")
    found = [sentence for sentence in said(old, new) if "场景" not in sentence and "打印" not in sentence]
    assert found == ["medium 第4步“订票”的标识由“booking”改为“tickets”；正在这一步的申请要由迁移方案说明去向"]


def test_an_approval_that_can_be_passed_by_is_found(old: Path, new: Path) -> None:
    """An own action leads around it."""
    edit(
        new,
        f"{TRIP}/flow.yaml",
        ("  - branch: route", '  - handle: sort\n    title: 分拣\n    who: role("travel-desk")\n    actions:\n      urgent: {title: 急件, go: booking}\n      usual: {title: 一般}\n  - branch: route'),
    )  # fmt: skip
    text = (new / TRIP / "flow.yaml").read_text("utf-8")
    head, _, tail = text.partition("  - approve: section-head")
    step, _, rest = tail.partition("  - handle: sort")
    sort, _, rest = rest.partition("  - branch: route")
    # the sorting comes before the head of the division
    (new / TRIP / "flow.yaml").write_text(f"{head}  - handle: sort{sort}  - approve: section-head{step}  - branch: route{rest}", "utf-8")
    found = said(old, new)
    assert "high 新增一条无人审批的路径：“分拣”选“急件”" in found
    assert "high 第2步“处室负责人审批”的是否必经由每一份申请必经改为可以绕过：“分拣”选“急件”" in found


def test_options_of_a_dictionary_reach_the_fields_that_use_it(tmp_path: Path) -> None:
    """A dictionary is shared: each form that draws on it says so."""
    versions = [Path(shutil.copytree(EXAMPLES, tmp_path / name)) for name in ("one", "two")]
    edit(versions[1], "dictionaries/rooms.yaml", ("  - {value: large, title: {zh: 大会议室（200人）, en: Large room (200)}}\n", ""))
    found = [change for change in changes(*versions) if change.app == "meeting-room"]
    assert [change.words["zh"] for change in found if change.subject.startswith("field:")] == ["删去字段“会议室”的选项“大会议室（200人）”"]


def test_a_calendar_says_which_days(old: Path, new: Path) -> None:
    """Limits are reckoned by it."""
    edit(new, "calendar/2026.yaml", ("  - 2026-01-02\n", ""))
    assert said(old, new) == ["medium 2026 年的工作日历：2026-01-02不再放假"]


def test_a_scenario_taken_away_is_told(old: Path, new: Path) -> None:
    """Who deletes a test deletes a promise."""
    (new / TRIP / "tests/local.yaml").unlink()
    assert "medium 删去场景“不同意就结束”" in said(old, new)


def test_formatting_means_nothing(old: Path, new: Path) -> None:
    """Comments, quotes, order of keys and flow style say nothing."""
    for file in ("app", "form", "flow"):
        path = new / TRIP / f"{file}.yaml"
        content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        text = yaml.safe_dump(content, allow_unicode=True, default_flow_style=False, sort_keys=False, width=60)
        path.write_text(f"# written anew\n{text}", "utf-8")
    assert said(old, new) == []


def test_every_app_of_the_examples_against_nothing(old: Path, tmp_path: Path) -> None:
    """Whole apps come and go."""
    whole = Path(shutil.copytree(EXAMPLES, tmp_path / "whole"))
    found = said(old, whole)
    assert sum("新增应用“" in sentence for sentence in found) == len(list((whole / "apps").iterdir())) - 1
    assert any(sentence.startswith("high 删去应用“") for sentence in said(whole, old))


def test_revisions_of_a_repository_are_compared(tmp_path: Path, old: Path) -> None:
    """A branch, HEAD and what lies before it; places name the revision."""
    root = tmp_path / "repository"
    assert workspace_git.prepare(old, root)
    edit(root, f"{TRIP}/flow.yaml", ("decide: all", "decide: any-decision"))
    porcelain.add(str(root), [str(root / TRIP / "flow.yaml")])
    porcelain.commit(str(root), message=b"easier", author=b"A <a@example.org>", committer=b"A <a@example.org>")
    lines: list[str] = []
    assert commands.diff("HEAD~1", "main", folder=root, out=lines.append, fail_on="high") == 1
    assert lines[1:3] == [
        "  business-trip · 第3步“财务会签”由会签（每个人都要同意）改为或签（一个人决定即可）（审批）",
        "      HEAD~1:./apps/business-trip/flow.yaml:19:13 → main:./apps/business-trip/flow.yaml:19:13",
    ]
    told: list[str] = []
    assert commands.diff("HEAD", "HEAD", folder=root, out=told.append) == 0
    assert told == ["含义没有变化"]
    assert commands.diff("v9", "HEAD", folder=root, out=told.append) == 2
    assert "“v9”既不是文件夹，也不是" in told[-1]


def test_tools_get_it_as_json(old: Path, new: Path) -> None:
    """Sentences with what they are made of."""
    edit(new, f"{TRIP}/flow.yaml", ("yuan(5000)", "yuan(8000)"))
    said: list[str] = []
    assert commands.diff(str(old), str(new), format="json", out=said.append) == 0
    (change,) = json.loads(said[0])["changes"]
    assert (change["grade"], change["risk"], change["subject"], change["property"]) == ("high", "condition", "step:route", "when")
    assert change["example"]["answers"] == {"budget": 500001, "trip_type": "cross"}
    assert change["old"]["line"] == 13


def test_what_cannot_be_compiled_is_said(old: Path, new: Path) -> None:
    """A version with errors is not compared, and no silence is taken for consent."""
    edit(new, f"{TRIP}/flow.yaml", ("yuan(5000)", "yuan('x')"))
    said: list[str] = []
    assert commands.diff(str(old), str(new), out=said.append) == 2
    assert said[-1].endswith("business-trip 有错误，没有比较；用 dabashou check 查看")
