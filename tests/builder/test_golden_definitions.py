"""Definitions and what `check` says about them, word for word; `make accept` rewrites the .out files, and the diff is reviewed."""

import re
from pathlib import Path

import pytest
from support import corpus

from builder.codes import CODES

OK = sorted((corpus.CASES / "ok").glob("*.yaml"))
ERR = sorted((corpus.CASES / "err").glob("*.yaml"))
SAID = re.compile(r"^\S+:\d+:\d+: .* \[([a-z0-9-]+)\]$", re.MULTILINE)


@pytest.mark.parametrize("path", [*OK, *ERR], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_said_about_a_definition_stays_word_for_word(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Message, place, line and caret, in both languages."""
    monkeypatch.chdir(corpus.lay_out(corpus.read(path).written, tmp_path / "w"))
    said, golden = corpus.said(), path.with_suffix(".out")
    if request.config.getoption("--accept"):
        golden.write_text(said, "utf-8")
    assert said == golden.read_text("utf-8")
    assert bool(SAID.search(said)) == (path.parent.name == "err")


@pytest.mark.parametrize("path", [path for path in ERR if corpus.read(path).fixed], ids=lambda path: path.stem)
def test_a_problem_is_gone_once_it_is_put_right(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that shows how it is put right is right that way."""
    case = corpus.read(path)
    monkeypatch.chdir(corpus.lay_out(case.written | case.fixed, tmp_path / "w"))
    assert corpus.said().strip() == ""


def test_every_code_has_a_case() -> None:
    """No problem can be reported that has never been seen."""
    seen = {code for path in ERR for code in SAID.findall(path.with_suffix(".out").read_text("utf-8"))}
    assert seen == set(CODES)


def test_a_case_is_named_by_the_code_it_shows() -> None:
    """`err/unknown-field-in-summary.yaml` says [unknown-field]."""
    for path in ERR:
        said = set(SAID.findall(path.with_suffix(".out").read_text("utf-8")))
        assert any(path.stem == code or path.stem.startswith(f"{code}-") for code in said), path.stem
