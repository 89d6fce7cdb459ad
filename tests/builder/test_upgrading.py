"""`dabashou upgrade` moves a definition of an older language up and leaves every other byte as it was."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import corpus
from typer.testing import CliRunner

import app as command_line
from builder import compile, upgrading
from builder.problems import Problems
from builder.workspace import Workspace

GUIDE = (Path(__file__).parents[2] / "docs/howto/upgrade.md").read_text("utf-8")
#: the examples of the guide: path within the app, language 0, language 1
EXAMPLES = re.findall(r"^`(\S+\.yaml)`\n\n```yaml\n(.*?)```\n\n```yaml\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL)
OLD = {path: old for path, old, _ in EXAMPLES}
NEW = {path: new for path, _, new in EXAMPLES}


def up(files: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The files afterwards, and the codes of what was said."""
    problems = Problems()
    encoded = {path: text.encode() for path, text in files.items()}
    done = upgrading.upgrade(encoded, str, problems)
    assert done is not None
    return {path: (done.files.get(path) or text).decode() for path, text in encoded.items()}, [p.code for p in problems.in_order()]


def test_the_examples_of_the_guide_go_up_byte_for_byte() -> None:
    """All files at once, as the command does it."""
    assert set(OLD) == {"app.yaml", "form.yaml", "flow.yaml", "i18n/en.yaml"}
    assert up(OLD) == (NEW, [])


def test_line_breaks_and_a_byte_order_mark_stay_as_they_are() -> None:
    """A file from Windows goes up as one."""
    windows = {path: "\ufeff" + text.replace("\n", "\r\n") for path, text in OLD.items()}
    assert up(windows) == ({path: "\ufeff" + text.replace("\n", "\r\n") for path, text in NEW.items()}, [])


def test_what_went_up_compiles(tmp_path: Path) -> None:
    """In the small city, without an error or a warning; and there is nothing left to move."""
    files = {f"apps/demo/{path}": text for path, text in NEW.items()}
    root = corpus.lay_out({**files, "apps/demo/tests/basic.yaml": None}, tmp_path / "w")
    assert [problem.render("en") for problem in compile.compile_workspace(root).problems] == []
    assert upgrading.upgrade({path: text.encode() for path, text in NEW.items()}, str, Problems()) is None


def test_the_command_shows_then_writes_then_has_nothing_to_do(tmp_path: Path) -> None:
    """--dry-run touches no file."""
    old = {f"apps/demo/{path}": text for path, text in OLD.items()}
    root = corpus.lay_out({**old, "apps/demo/tests/basic.yaml": None}, tmp_path / "w")
    runner = CliRunner()
    shown = runner.invoke(command_line.main, ["upgrade", str(root), "--dry-run", "--english"])
    assert shown.exit_code == 0
    for row in ("-            mode: together   # 会签", "+            decide: all   # 会签", "-language: 0", "+language: 1"):
        assert row in shown.output.splitlines()
    assert (root / "apps/demo/flow.yaml").read_text("utf-8") == OLD["flow.yaml"]
    assert "[old-language]" in runner.invoke(command_line.main, ["check", str(root)]).output
    done = runner.invoke(command_line.main, ["upgrade", str(root), "--english"])
    assert (done.exit_code, len(done.output.splitlines())) == (0, 4)
    assert {path: (root / "apps/demo" / path).read_text("utf-8") for path in NEW} == NEW
    assert runner.invoke(command_line.main, ["check", str(root)]).exit_code == 0
    assert runner.invoke(command_line.main, ["upgrade", str(root), "--english"]).output == "demo  language 1\n"


def test_nothing_of_an_app_is_written_where_a_place_needs_a_hand(tmp_path: Path) -> None:
    """`else` beside cases on one line cannot become the last of them without rewriting the line."""
    flow = "start: {who: everyone}\nsteps:\n  - branch: way\n    cases: [{when: kind == 'a'}]\n    else:\n      - task: work\n        approver: role('desk')\n"
    root = corpus.lay_out({f"apps/demo/{path}": text for path, text in {**OLD, "flow.yaml": flow}.items()}, tmp_path / "w")
    result = CliRunner().invoke(command_line.main, ["upgrade", str(root), "--english"])
    assert result.exit_code == 1
    assert "flow.yaml:5:5: This cannot be moved up by itself" in result.output
    assert (root / "apps/demo/app.yaml").read_text("utf-8") == OLD["app.yaml"]
    assert (root / "apps/demo/flow.yaml").read_text("utf-8") == flow
    assert [p.code for p in compile.compile_workspace(root).problems] == ["old-language", "upgrade-by-hand"]


FLOWS = {
    "else before the cases": (
        "steps:\n- branch: w\n  else: # x\n  - approve: a # y\n  cases:\n  - when: b\n    steps: [] # z\n  # end\n",
        "steps:\n- branch: w\n  cases:\n  - when: b\n    steps: [] # z\n  - otherwise: # x\n    steps:\n      - approve: a # y\n  # end\n",
    ),
    "else on one line": (
        "steps:\n  - branch: w\n    cases:\n      - when: b\n    else: [{approve: a}]  # y",
        "steps:\n  - branch: w\n    cases:\n      - when: b\n      - otherwise:\n        steps: [{approve: a}]  # y",
    ),
    "else within else": (
        """steps:
  - branch: w
    cases:
      - when: b
    else:
      - branch: v
        cases:
          - when: c
        else:
          - task: t
""",
        """steps:
  - branch: w
    cases:
      - when: b
      - otherwise:
        steps:
          - branch: v
            cases:
              - when: c
              - otherwise:
                steps:
                  - handle: t
""",
    ),
    "text of several lines within else": (
        "steps:\n  - branch: w\n    cases:\n      - when: b\n    else:\n      - approve: a\n        opinion: |\n          一\n\n            二\n  - task: t\n",
        "steps:\n  - branch: w\n    cases:\n      - when: b\n      - otherwise:\n        steps:\n          - approve: a\n            opinion: |\n              一\n\n                二\n  - handle: t\n",
    ),
    "quoted keys, and a mode that is no vote": (
        "steps:\n  - {\"task\": t, 'deadline': 1 day}\n  - {call: c, mode: async}\n  - {approve: a, mode: either, who: x}\n",
        "steps:\n  - {\"handle\": t, 'due': 1 day}\n  - {call: c, mode: async}\n  - {approve: a, decide: any-decision, who: x}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_goes_up_however_it_is_laid_out(name: str) -> None:
    """Comments go where their line goes."""
    before, after = FLOWS[name]
    assert up({"app.yaml": "language: 0\n", "flow.yaml": before})[0]["flow.yaml"] == after


def test_a_key_that_is_there_in_both_languages_needs_a_hand() -> None:
    """Nobody can say which of the two is meant."""
    _, codes = up({"app.yaml": "language: 0\nname: a\ntitle: b\n"})
    assert codes == ["upgrade-by-hand"]


COMMENT = st.sampled_from(["", " # 说明", "   # keep: no"])
BETWEEN = st.sampled_from(["", "\n", "# name: 注释\n", "  # else:\n", "\n\n"])


@settings(max_examples=15)
@given(data=st.data())
def test_comments_and_blank_lines_come_through_whatever_they_say(data: st.DataObject) -> None:
    """Comments that look like keys, at the end of lines and between them, are the same ones in the same order afterwards."""

    def strewn(text: str) -> str:
        rows = text.splitlines()
        return "".join(data.draw(BETWEEN) + row + (data.draw(COMMENT) if "#" not in row else "") + "\n" for row in rows)

    files = {path: strewn(text) for path, text in OLD.items()}
    after, codes = up(files)
    assert codes == []
    for path, text in files.items():
        remarks = [row.partition("#")[2] for row in text.splitlines() if "#" in row]
        assert [row.partition("#")[2] for row in after[path].splitlines() if "#" in row] == remarks
        assert after[path].count("\n") == NEW[path].count("\n") - OLD[path].count("\n") + text.count("\n")
        stripped = [row.split("#")[0].split() for row in after[path].splitlines()]
        plain = [row.split("#")[0].split() for row in NEW[path].splitlines()]
        assert [row for row in stripped if row] == [row for row in plain if row]


def test_a_language_that_is_newer_is_refused_and_left_alone() -> None:
    """Nothing else is said of the app: its keys may mean other things there."""
    base = {path.relative_to(corpus.BASE).as_posix(): path.read_bytes() for path in corpus.BASE.rglob("*.yaml")}
    base["apps/demo/app.yaml"] = b"language: 2\nwhat: ever\n"
    assert [p.code for p in compile.compile_files(Workspace(name="", files=base)).problems] == ["new-language"]
    assert upgrading.upgrade({"app.yaml": b"language: 2\n"}, str, Problems()) is None
