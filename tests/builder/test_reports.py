"""What `check` says to other tools: JSON, SARIF 2.1.0 held against the standard's schema, and annotations of GitHub."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from support import corpus
from typer.testing import CliRunner

import app as command_line
from builder import commands, reports
from builder.codes import CODES
from forms.diagnostics import Diagnostic, Place, Related

VENDOR = Path(__file__).parents[1] / "vendor"
ERR = sorted((corpus.CASES / "err").glob("*.yaml"))


def report(name: str, form: reports.Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, english: bool = True) -> str:
    """What is printed of a case of the golden corpus."""
    monkeypatch.chdir(corpus.lay_out(corpus.read(corpus.CASES / f"err/{name}.yaml").written, tmp_path / "w"))
    said: list[str] = []
    assert commands.check(".", english=english, form=form, out=said.append) == 1
    return "\n".join(said)


def test_json_says_what_was_found_allowed_and_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Place, the other place, the guess and its edit, in both languages."""
    whole = json.loads(report("unknown-key", "json", tmp_path, monkeypatch))
    assert (whole["version"], whole["errors"], whole["apps"]) == (1, len(whole["problems"]), [])
    first = whole["problems"][0]
    line = first["line_text"]
    assert line[first["column"] - 1 : first["end_column"] - 1] == first["found"]
    assert first["meant"] in first["allowed"]
    assert first["meant"] in first["message"]["zh"]
    assert first["meant"] in first["message"]["en"]
    (edit,) = first["fix"]["edits"]
    assert first["fix"]["sure"] is False
    assert line[: edit["column"] - 1] + edit["text"] + line[edit["end_column"] - 1 :] == line.replace(first["found"], first["meant"])


def test_json_names_the_other_place_of_a_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its line."""
    (problem,) = json.loads(report("duplicate-key", "json", tmp_path, monkeypatch))["problems"]
    (other,) = problem["related"]
    assert (other["line"], other["note"]["en"]) == (3, "first written here")
    assert other["line_text"][other["column"] - 1 : other["end_column"] - 1] == "title"


@pytest.fixture(scope="module")
def sarif() -> jsonschema_rs.Draft4Validator:
    """The schema that OASIS publishes."""
    return jsonschema_rs.Draft4Validator(json.loads((VENDOR / "sarif-schema-2.1.0.json").read_text("utf-8")))


@pytest.mark.parametrize("path", [path for path in ERR if path.stem in CODES], ids=lambda path: path.stem)
def test_every_problem_of_the_corpus_is_valid_sarif(
    path: Path, sarif: jsonschema_rs.Draft4Validator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the standard's schema has it, and every result points at one of its rules."""
    monkeypatch.chdir(corpus.lay_out(corpus.read(path).written, tmp_path / "w"))
    problems = corpus.problems()
    for language in ("zh", "en"):
        written: list[str] = []
        reports.write(reports.Found(problems, ()), "sarif", language, written.append)
        log = json.loads(written[0])
        assert [error.message for error in sarif.iter_errors(log)] == []
        run: dict[str, Any] = log["runs"][0]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert run["results"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["message"]["text"]
            region = result["locations"][0]["physicalLocation"]["region"]
            assert region["endColumn"] > region["startColumn"] >= 1


def test_sarif_tells_of_the_other_place_and_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As relatedLocations and fixes."""
    run = json.loads(report("duplicate-key", "sarif", tmp_path, monkeypatch))["runs"][0]
    assert run["results"][0]["relatedLocations"][0]["message"]["text"] == "first written here"
    run = json.loads(report("expression-syntax-and", "sarif", tmp_path / "other", monkeypatch))["runs"][0]
    (change,) = run["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"].startswith("apps/demo/")
    assert [replacement["insertedContent"]["text"] for replacement in change["replacements"]] == ["&&"]


def test_github_gets_one_command_for_each_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the place, the code as its title, and the other place below."""
    said = report("duplicate-key", "github", tmp_path, monkeypatch, english=False)
    assert said == (
        "::error file=apps/demo/app.yaml,line=4,col=1,endColumn=6,title=duplicate-key::“title”在这里写了两次%0Aapps/demo/app.yaml:3:1: 第一次写在这里"
    )


def test_what_github_would_take_for_its_own_signs_is_escaped() -> None:
    """Percent signs, line breaks, and in properties colons and commas."""
    problem = Diagnostic(
        Place("apps/a,b:c/%.yaml", 1, 2),
        "unknown-key",
        {"zh": "100%\n::error::", "en": ""},
        severity="warning",
        witness=({"zh": "先%", "en": ""},),
        related=(Related(Place("x", 1, 1), {"zh": "那里", "en": ""}),),
    )
    said: list[str] = []
    reports.write(reports.Found([problem], ()), "github", "zh", said.append)
    assert said == [
        "::warning file=apps/a%2Cb%3Ac/%25.yaml,line=1,col=2,endColumn=3,title=unknown-key::100%25%0A::error::%0Ax:1:1: 那里%0A1. 先%25"
    ]


def test_the_way_to_a_problem_is_told_step_by_step() -> None:
    """What a proof finds is shown as how it comes to that, in text and in every other form."""
    problem = Diagnostic(
        Place("f.yaml", 3, 5),
        "unreachable-step",
        {"zh": "走不到", "en": "Never reached"},
        "  - a: b",
        1,
        witness=({"zh": "提交", "en": "submitted"}, {"zh": "同意", "en": "approved"}),
    )
    assert problem.render("en").splitlines()[3:] == ["  how it comes to that:", "    1. submitted", "    2. approved"]
    assert problem.render("zh").splitlines()[3:] == ["  经过：", "    1. 提交", "    2. 同意"]
    found = reports.Found([problem], ())
    said: list[str] = []
    for form in ("json", "sarif", "github"):
        reports.write(found, form, "en", said.append)
    assert json.loads(said[0])["problems"][0]["witness"][1]["en"] == "approved"
    flow = json.loads(said[1])["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in flow] == ["submitted", "approved"]
    assert said[2].endswith("::Never reached%0A1. submitted%0A2. approved")


def test_carets_stand_under_wide_characters() -> None:
    """Chinese takes two columns, a combining mark none, a tab stays a tab."""
    problem = Diagnostic(Place("f", 1, 9), "unknown-key", {"zh": "错", "en": ""}, "\t标题e\u0301Ａ: 出差x", 2)
    _, line, caret = problem.render().splitlines()
    assert line == "  \t标题e\u0301Ａ: 出差x"
    assert caret == "  \t" + " " * (4 + 1 + 2 + 2) + "^^^^"


def test_the_command_line_has_the_forms_and_explains_codes() -> None:
    """As other tools and people call it."""
    runner = CliRunner()
    base = str(corpus.BASE)
    assert json.loads(runner.invoke(command_line.main, ["check", base, "--format", "json"]).output)["apps"] == ["demo"]
    assert runner.invoke(command_line.main, ["check", base, "--format", "github"]).output == ""
    shown = runner.invoke(command_line.main, ["check", "--explain", "duplicate-key"])
    assert shown.exit_code == 0
    assert "first written here" in shown.output
    wrong = runner.invoke(command_line.main, ["check", "--explain", "duplicate-kye", "--english"])
    assert wrong.exit_code == 2
    assert re.search(r"Did you mean “duplicate-key”\?", wrong.output)
    assert runner.invoke(command_line.main, ["check", base, "--format", "xml"]).exit_code == 2
