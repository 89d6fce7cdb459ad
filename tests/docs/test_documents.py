"""The documents say what is true: the tutorial's blocks are run, and links between pages lead somewhere."""

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from builder import commands, shape, source
from builder.compile import compile_workspace
from builder.problems import Problems
from builder.scenarios import commands as scenario_commands

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```yaml\n# (apps/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The example city, with the files of the tutorial in it."""
    for folder in ("org", "calendar", "dictionaries"):
        shutil.copytree(ROOT / "examples" / folder, tmp_path / folder)
    for path, text in BLOCK.findall((ROOT / "docs/tutorial.md").read_text("utf-8")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def test_the_tutorial_builds_an_app_that_passes_its_check_and_its_scenario(workspace: Path) -> None:
    """A newcomer who copies every block ends with an app that can be published."""
    said: list[str] = []
    assert commands.check(workspace / "apps/my-leave", out=said.append) == 0, "\n".join(said)
    assert scenario_commands.run(workspace / "apps/my-leave", out=said.append) == 0, "\n".join(said)
    assert said[-1] == "共 1 个场景，全部通过"


def test_the_mistake_of_the_tutorial_is_found_as_it_says(workspace: Path) -> None:
    """The misspelt field is named with its place and with what was meant."""
    flow = workspace / "apps/my-leave/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("days > 3", "dayz > 3"), "utf-8")
    [problem] = [p for p in compile_workspace(workspace / "apps/my-leave").problems if p.severity == "error"]
    line = next(n for n, row in enumerate(flow.read_text("utf-8").splitlines(), 1) if "dayz" in row)
    assert problem.place.file.endswith("apps/my-leave/flow.yaml")
    assert (problem.place.line, problem.place.column) == (line, 15)
    assert "days" in problem.message["zh"]
    assert "days" in problem.message["en"]


def test_the_definition_in_the_readme_has_the_form_of_a_flow(workspace: Path) -> None:
    """What the first page shows is no invention: it is a flow of the example city."""
    text = (ROOT / "README.md").read_text("utf-8")
    [block] = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (workspace / "apps/leave").mkdir()
    for name in ("app.yaml", "form.yaml"):
        shutil.copy(ROOT / "examples/apps/leave" / name, workspace / "apps/leave" / name)
    (workspace / "apps/leave/flow.yaml").write_text(block, "utf-8")
    problems = [p.render() for p in compile_workspace(workspace / "apps/leave").problems if p.severity == "error"]
    assert problems == []


def test_links_between_documents_lead_somewhere() -> None:
    """No page points at a file that is not there."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "examples/README.md"]
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_language_reference_is_what_the_schemas_say() -> None:
    """The page is written by a program from what the compiler uses; run `python -m docs.reference` when this fails."""
    from docs import reference

    assert reference.TARGET.read_text("utf-8") == reference.text()


def test_every_step_of_the_how_to_on_time_has_its_shape() -> None:
    """What can be copied from there is a flow as the language has it."""
    page = (ROOT / "docs/howto/time.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(- .*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        problems = Problems()
        root = source.load(f"start: {{who: everyone}}\nsteps:\n{textwrap.indent(block, '  ')}".encode(), "flow.yaml", problems)
        assert root is not None
        shape.check(root, "flow", problems)
        assert problems.in_order() == []
