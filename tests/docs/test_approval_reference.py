"""Every line of the approval semantics is proven by a test that names it, and the page says which."""

import pytest

from docs import approval


def test_the_page_is_what_the_lines_and_the_marks_say(request: pytest.FixtureRequest) -> None:
    """Run `python -m docs.approval` when this fails."""
    if request.config.getoption("--accept"):
        approval.TARGET.write_text(approval.text(), "utf-8")
    assert approval.TARGET.read_text("utf-8") == approval.text()


def test_every_line_is_proven_or_said_to_be_open() -> None:
    """A line is open or has tests, never both and never neither; a mark names a line that exists."""
    known = [line["id"] for line in approval.lines()]
    proven = set(approval.proofs())
    open_lines = {line["id"] for line in approval.lines() if line.get("open")}
    assert len(known) == len(set(known))
    assert proven <= set(known), f"no such line: {sorted(proven - set(known))}"
    assert open_lines & proven == set(), "proven: take `open: true` away in docs/approval.yaml"
    assert set(known) - proven == open_lines, "a line without a test that is not said to be open"
