"""`check --fix` puts right what can only be meant so, and changes nothing else in the file."""

from pathlib import Path

import pytest
from support import corpus

from builder import commands
from builder.compile import compile_workspace

ERR = sorted((corpus.CASES / "err").glob("*.yaml"))
FIXABLE = [
    path for path in ERR if "可以自动改正" in path.with_suffix(".out").read_text("utf-8") and "digit.json" not in path.read_text("utf-8")
]


def fixed(file: str, text: str, tmp_path: Path, *, guesses: bool = False) -> tuple[str, list[str]]:
    """What becomes of one file of the base workspace, and what is said."""
    root, said = corpus.lay_out({file: text}, tmp_path / "w"), list[str]()
    commands.check(root, fix=True, guesses=guesses, english=True, out=said.append)
    return (root / file).read_bytes().decode("utf-8"), said


@pytest.mark.parametrize("path", FIXABLE, ids=lambda path: path.stem)
def test_what_can_be_fixed_is_gone_and_nothing_is_worse(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every problem with a sure fix is put right; a second run finds nothing more to fix."""
    monkeypatch.chdir(corpus.lay_out(corpus.read(path).written, tmp_path / "w"))
    before = compile_workspace(".")
    sure = [problem for problem in before.problems if problem.fix and problem.fix.sure]
    commands.check(".", fix=True, out=lambda _: None)
    after = compile_workspace(".")
    assert sure
    assert [problem for problem in after.problems if problem.fix and problem.fix.sure] == []
    codes = [problem.code for problem in after.problems]
    # what could not be read before may have problems of its own
    if not any(problem.code in ("yaml-syntax", "hidden-character", "expression-syntax") for problem in before.problems):
        assert len(codes) <= len(before.problems) - len(sure)
    again: list[str] = []
    commands.check(".", fix=True, english=True, out=again.append)
    assert again[0] == "0 fixed"


FLOW = """# 谁都可以申请   \r
start: {who: everyone}  # 不要改\r
steps:\r
\r
  - approve: review # 第一步\r
    title: 审批\r
    who: head_of(applicant.department)\r
    decide: %s # 怎样决定\r
    due: %s\r
  - handle: work\r
    title: 办理\r
    who: role("desk")"""


@pytest.mark.parametrize(
    ("decide", "due", "right"),
    [
        ("all", "8个工作小时", ("all", "8 working hours")),
        ("all", "三天", ("all", "3 days")),
        ("all", "２ working days", ("all", "2 working days")),
        ("all", "两周", ("all", "14 days")),
        ("all", "'1小时'", ("all", "'1 hour'")),
    ],
)
def test_a_length_of_time_as_people_say_it_becomes_one_of_the_language(
    decide: str, due: str, right: tuple[str, str], tmp_path: Path
) -> None:
    """Comments, blank lines, line breaks, trailing spaces and the missing last line break stay."""
    text, said = fixed("apps/demo/flow.yaml", FLOW % (decide, due), tmp_path)
    assert text == FLOW % right
    assert said[0].endswith(f"write {right[1].strip(chr(39))} [bad-format]")
    assert said[1] == "1 fixed"


def test_what_was_probably_meant_is_taken_only_when_asked(tmp_path: Path) -> None:
    """会签 is most likely `all`, but somebody should look: --fix-guesses."""
    wrong = FLOW % ("会签", "1 day")
    assert fixed("apps/demo/flow.yaml", wrong, tmp_path / "a")[0] == wrong
    text, said = fixed("apps/demo/flow.yaml", wrong, tmp_path / "b", guesses=True)
    assert text == FLOW % ("all", "1 day")
    assert "write “all” instead of “会签” [not-allowed]" in said[0]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("kind ＝＝ 'b'", "kind == 'b'"),
        ("kind = 'b' 并且 day > '2026-01-01'", "kind == 'b' && day > '2026-01-01'"),
        ("kind == ‘b’", "kind == 'b'"),
        ("has（answered.day）", "has(answered.day)"),
        ("has(day)", "has(answered.day)"),
        ("amount > 5000", "amount > yuan(5000)"),
        ("amount >= 99.5 or kind == 'a'", "amount >= yuan(99.5) || kind == 'a'"),
    ],
)
def test_an_expression_written_with_the_signs_of_an_office_is_put_right(wrong: str, right: str, tmp_path: Path) -> None:
    """One slip hides the next: all of them go in one command."""
    form = (corpus.BASE / "apps/demo/form.yaml").read_text("utf-8")
    old = "phone: {title: 手机,"
    text, _ = fixed("apps/demo/form.yaml", form.replace(old, f'phone: {{x-visible: "{wrong}", title: 手机,'), tmp_path)
    assert text == form.replace(old, f'phone: {{x-visible: "{right}", title: 手机,')


def test_a_file_with_a_byte_order_mark_and_tabs_keeps_its_mark(tmp_path: Path) -> None:
    """Places count without the mark."""
    wrong = '\ufefflanguage: 1\nid: demo\ntitle：样例\nowner: office\ncategory: 综合\nnumber: 2026\nsubject: "{applicant.name}"\nsummary:\n\t- kind\n'
    text, said = fixed("apps/demo/app.yaml", wrong, tmp_path)
    assert text == wrong.replace("：", ": ").replace("\t", "  ").replace("2026", '"2026"')
    assert "3 fixed" in said


def test_a_fix_that_would_break_the_file_is_not_made(tmp_path: Path) -> None:
    """A wide colon in an unquoted expression stays: an ordinary one would end it."""
    form = (corpus.BASE / "apps/demo/form.yaml").read_text("utf-8")
    wrong = form + "  more:\n    title: 更多\n    type: boolean\n    x-visible: kind == 'a' ? true ： false\n"
    text, said = fixed("apps/demo/form.yaml", wrong, tmp_path)
    assert text == wrong
    assert said[0] == "0 fixed"


def test_links_are_not_written_through(tmp_path: Path) -> None:
    """A file outside the workspace is never changed."""
    outside = tmp_path / "outside.yaml"
    outside.write_text("title：x\n", "utf-8")
    root = corpus.lay_out({"apps/demo/form.yaml": Path(outside)}, tmp_path / "w")
    commands.check(root, fix=True, guesses=True, out=lambda _: None)
    assert outside.read_text("utf-8") == "title：x\n"


@pytest.mark.parametrize("ending", ["yml", "YML", "YAML"])
def test_a_file_with_another_ending_is_renamed_and_then_put_right(ending: str, tmp_path: Path) -> None:
    """What is in it is read once it has its name."""
    wrong = FLOW % ("all", "3天")
    root = corpus.lay_out({f"apps/demo/flow.{ending}": wrong, "apps/demo/flow.yaml": None}, tmp_path / "w")
    said: list[str] = []
    commands.check(root, fix=True, english=True, out=said.append)
    assert (root / "apps/demo/flow.yaml").read_bytes().decode() == FLOW % ("all", "3 days")
    assert not (root / f"apps/demo/flow.{ending}").exists()
    assert said[0].endswith("rename the file to flow.yaml [file-name]")
    assert "2 fixed" in said


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Of two with one name somebody has to choose."""
    root = corpus.lay_out({"apps/demo/form.yml": "title: x\n"}, tmp_path / "w")
    before = (root / "apps/demo/form.yaml").read_bytes()
    said: list[str] = []
    assert commands.check(root, fix=True, guesses=True, english=True, out=said.append) == 1
    assert (root / "apps/demo/form.yaml").read_bytes() == before
    assert (root / "apps/demo/form.yml").read_text("utf-8") == "title: x\n"
    assert any("form.yaml is here too" in line for line in said)


def test_the_id_of_an_app_becomes_the_name_of_its_folder(tmp_path: Path) -> None:
    """Links and cases name the folder; whoever copies an app has renamed that first."""
    right = (corpus.BASE / "apps/demo/app.yaml").read_text("utf-8")
    text, said = fixed("apps/demo/app.yaml", right.replace("id: demo", "id: 'demo-old' # x"), tmp_path)
    assert text == right.replace("id: demo", "id: 'demo' # x")
    assert "1 fixed" in said
