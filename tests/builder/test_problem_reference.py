"""The page of all problems is written from the golden corpus."""

import runpy
from pathlib import Path

import pytest

from builder.codes import CODES

ROOT = Path(__file__).parents[2]


def test_the_reference_shows_every_code_as_the_corpus_has_it(request: pytest.FixtureRequest) -> None:
    """Nobody writes it by hand: `make accept` does."""
    page = runpy.run_path(str(ROOT / "docs/problems.py"))
    written = page["text"]()
    if request.config.getoption("--accept"):
        page["TARGET"].write_text(written, "utf-8")
    assert page["TARGET"].read_text("utf-8") == written
    assert [line[4:-1] for line in written.splitlines() if line.startswith("## `")] == list(CODES)
