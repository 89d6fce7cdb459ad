"""The page of all problems is written from the golden corpus, and can be run: each example says what stands below it."""

from pathlib import Path

import pytest
from support import corpus

from builder import explanations
from builder.codes import CODES
from docs import diagnostics


def test_the_reference_shows_every_code_as_the_corpus_has_it(request: pytest.FixtureRequest) -> None:
    """Nobody writes it by hand: `make accept` does."""
    if request.config.getoption("--accept"):
        diagnostics.TARGET.write_text(diagnostics.text(), "utf-8")
    assert diagnostics.TARGET.read_text("utf-8") == diagnostics.text()


def test_every_code_is_shown_wrong_and_put_right() -> None:
    """None is only named."""
    shown = {code: (written, said, fixed) for code, written, said, fixed in diagnostics.examples(page())}
    assert list(shown) == list(CODES)
    assert [code for code, parts in shown.items() if not all(parts)] == []


def page() -> str:
    return diagnostics.TARGET.read_text("utf-8")


@pytest.mark.parametrize("example", list(diagnostics.examples(page())), ids=lambda example: example[0])
def test_an_example_of_the_page_says_what_stands_below_it(
    example: tuple[str, list[diagnostics.File], str, list[diagnostics.File]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken out of the page, laid out, checked; then put right."""
    code, written, said, fixed = example
    wrong, right = contents(written), contents(fixed)
    monkeypatch.chdir(corpus.lay_out(wrong, tmp_path / "wrong"))
    assert corpus.said().strip() == said
    assert f"[{code}]" in said
    monkeypatch.chdir(corpus.lay_out(wrong | right, tmp_path / "right"))
    assert corpus.said().strip() == ""


def contents(files: list[diagnostics.File]) -> dict[str, corpus.Content]:
    into: dict[str, corpus.Content] = {}
    for file in files:
        corpus.put(into, file.path, file.how, file.text)
    return into


def test_the_command_line_explains_a_code_by_its_section() -> None:
    """`--explain` shows what the page shows."""
    assert all(explanations.find(code) for code in CODES)
