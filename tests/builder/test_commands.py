"""What the command line does with definitions: exit codes, what is printed, and what stands in the database afterwards."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import corpus

from builder import commands
from builder.scenarios import commands as scenario_commands
from runtime.casework import releases
from runtime.people import organisation
from runtime.store.database import Database
from workflows.app import read, release

EXAMPLES = Path(__file__).parents[2] / "examples"
APPS = sorted(folder.name for folder in (EXAMPLES / "apps").iterdir())
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FORM = "apps/demo/form.yaml"


@pytest.fixture
def said() -> list[str]:
    """The lines that a command printed."""
    return []


def edited(name: str, old: str, new: str) -> dict[str, str | None]:
    text = (corpus.BASE / name).read_text("utf-8")
    assert old in text
    return {name: text.replace(old, new)}


def test_check_says_that_nothing_is_wrong_and_exits_0(said: list[str]) -> None:
    """A right workspace."""
    assert commands.check(EXAMPLES, out=said.append) == 0
    assert said == [f"0 个错误，0 个提醒，{len(APPS)} 个应用可以发布"]


def test_check_prints_every_problem_with_its_place_and_exits_1(tmp_path: Path, said: list[str]) -> None:
    """In the language asked for, in order, with a caret."""
    root = corpus.lay_out(edited(FORM, "[kind, day]", "[kinb, dya]"), tmp_path / "w")
    assert commands.check(root, english=True, out=said.append) == 1
    assert said[0] == (
        f"{root}/apps/demo/form.yaml:2:12: There is no field “kinb”. Did you mean “kind”? [unknown-field]\n"
        "  required: [kinb, dya]\n             ^^^^"
    )
    assert "Did you mean “day”?" in said[1]
    assert said[2] == "2 error(s), 0 warning(s), 0 app(s) fit to publish"


def test_a_warning_does_not_forbid_to_publish(tmp_path: Path, said: list[str]) -> None:
    """Missing English is said and let through."""
    root = corpus.lay_out({"apps/demo/i18n/en.yaml": None}, tmp_path / "w")
    assert commands.check(root, out=said.append) == 0
    assert said[-1] == "0 个错误，1 个提醒，1 个应用可以发布"


def test_test_runs_the_scenarios(said: list[str]) -> None:
    """A line for each, and how many passed."""
    assert scenario_commands.run(corpus.BASE, out=said.append) == 0
    assert said == ["✓ demo · 审批后办理", "共 1 个场景，全部通过"]


def test_test_shows_what_was_expected_and_what_came(tmp_path: Path, said: list[str]) -> None:
    """With the place in the scenario."""
    root = corpus.lay_out(edited("apps/demo/tests/basic.yaml", "[other]", "[clerk]"), tmp_path / "w")
    assert scenario_commands.run(root, english=True, out=said.append) == 1
    assert "tests/basic.yaml:6:46" in said[1]
    assert "expected {work: [clerk]}, got {work: [other]}" in said[1]
    assert said[2:-1] == [
        "      expected      │ actual",
        "    ≠ work: [clerk] │ work: [other]",
    ]
    assert said[-1] == "1 scenarios, 1 failed"


def test_publish_stores_a_release_of_every_app(database: Database, said: list[str]) -> None:
    """What is stored is the app, under the digest of its content; publishing again changes nothing."""
    assert commands.org_import(EXAMPLES, database, now=NOW, out=said.append) == 0
    assert commands.publish(EXAMPLES, database, now=NOW, by="console", out=said.append) == 0
    current = database.read_now(releases.current)
    assert list(current) == APPS
    kept = database.read_now(releases.find, current["leave"])
    assert kept is not None
    assert release(kept.app).digest == read(kept.body).digest == current["leave"]
    said.clear()
    assert commands.publish(EXAMPLES, database, now=NOW, by="console", english=True, out=said.append) == 0
    assert [line.split()[1] for line in said] == ["unchanged"] * len(APPS)
    assert database.read_now(releases.current) == current


def test_nothing_is_published_when_anything_is_wrong(database: Database, tmp_path: Path, said: list[str]) -> None:
    """Not even the apps that are right."""
    root = corpus.lay_out(edited(FORM, "[kind, day]", "[kinb, day]"), tmp_path / "w")
    assert commands.publish(root, database, now=NOW, out=said.append) == 1
    assert database.read_now(releases.current) == {}


def test_an_app_without_people_of_its_own_is_held_against_those_of_the_database(
    database: Database, tmp_path: Path, said: list[str]
) -> None:
    """Production syncs people: a workspace need not have org/."""
    root = corpus.lay_out({"org/org.yaml": None, **edited("apps/demo/flow.yaml", 'role("desk")', 'role("clerks")')}, tmp_path / "w")
    assert commands.check(root, out=said.append) == 0
    commands.org_import(corpus.BASE, database, now=NOW, out=said.append)
    said.clear()
    assert commands.publish(root, database, now=NOW, out=said.append) == 1
    assert "unknown-role" in said[0]


def test_a_dry_run_tells_what_an_import_would_change_and_changes_nothing(database: Database, said: list[str]) -> None:
    """Then the import does it, and a second one finds nothing to do."""
    assert commands.org_import(EXAMPLES / "org", database, now=NOW, dry_run=True, out=said.append) == 0
    foretold = said[:-1]
    assert "+ 人员 chen-xiaolin 陈晓琳" in foretold
    assert database.read_now(organisation.stored) is None
    said.clear()
    assert commands.org_import(EXAMPLES / "org", database, now=NOW, out=said.append) == 0
    assert said[:-1] == foretold
    said.clear()
    assert commands.org_import(EXAMPLES, database, now=NOW, english=True, out=said.append) == 0
    assert said == ["No changes"]


def test_an_organisation_with_errors_is_not_imported(database: Database, tmp_path: Path, said: list[str]) -> None:
    """Each problem is said at its place."""
    root = corpus.lay_out(edited("org/org.yaml", "head: head", "head: haed"), tmp_path / "w")
    assert commands.org_import(root, database, now=NOW, out=said.append) == 1
    assert "[unknown-person]" in said[0]
    assert database.read_now(organisation.stored) is None


def test_another_organisation_is_refused(database: Database, said: list[str]) -> None:
    """A database belongs to one organisation; nothing of it is overwritten by another's files."""
    commands.org_import(EXAMPLES, database, now=NOW, out=said.append)
    said.clear()
    assert commands.org_import(corpus.BASE, database, now=NOW, english=True, out=said.append) == 1
    assert "belongs to the organisation “qingxi”" in said[0]


def test_a_folder_without_people_is_said(database: Database, tmp_path: Path, said: list[str]) -> None:
    """Importing the wrong folder is not success."""
    (tmp_path / "apps").mkdir()
    assert commands.org_import(tmp_path, database, now=NOW, out=said.append) == 1
    assert said
