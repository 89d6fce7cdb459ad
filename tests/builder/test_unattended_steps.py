"""Flows that would run by themselves are refused before anybody meets them."""

from pathlib import Path

import pytest
from support import corpus

from builder import compile

#: an app to call
OTHER: dict[str, str | None] = {
    "apps/other/app.yaml": "language: 1\nid: other\ntitle: 另办\nowner: office\ncategory: 综合\nnumber: 'LB-{seq:4}'\nsubject: '{what}'\n",
    "apps/other/form.yaml": "type: object\nproperties:\n  what: {title: 事项, type: string}\n",
    "apps/other/flow.yaml": "start: {who: everyone}\nsteps:\n  - {handle: do, who: 'role(\"desk\")'}\n",
}
HEAD = "start: {who: everyone}\nsteps:\n"
BACK = "on_reject: first\n"


def codes(tmp_path: Path, flow: str) -> set[str]:
    files: dict[str, str | None] = {"apps/demo/flow.yaml": flow, "apps/demo/tests/basic.yaml": None, "apps/demo/i18n/en.yaml": None}
    files |= OTHER if "app: other" in flow else {}
    return {p.code for p in compile.compile_workspace(corpus.lay_out(files, tmp_path / "w")).problems} - {"untranslated"}


LATE = "who: 'role(\"desk\")', due: 1 day, overdue: [{after: 1 day, automatically: reject}]"


@pytest.mark.approval("loop-has-a-person")
@pytest.mark.parametrize(
    ("between", "alone"),
    [
        ("", True),
        ('  - handle: work\n    who: role("desk")\n', False),
        ('  - handle: work\n    who: role("desk")\n    due: 1 day\n    overdue: [{after: 1 day, automatically: complete}]\n', True),
        ("  - wait: pause\n    for: 1 day\n", True),
        (
            '  - branch: way\n    cases:\n      - when: kind == "a"\n        steps: [{handle: work, who: \'role("desk")\'}]\n      - otherwise:\n',
            True,
        ),
        (
            "  - parallel: both\n    branches:\n      - steps: [{handle: work, who: 'role(\"desk\")'}]\n      - steps: [{wait: pause, for: 1 day}]\n",
            False,
        ),
    ],
)
def test_every_way_round_passes_somebody(tmp_path: Path, between: str, alone: bool) -> None:
    """A late task that rejects itself leads back only where a person stands on the way."""
    flow = f'{HEAD}  - set: first\n    answers: {{phone: "\'13800000000\'"}}\n{between}  - {{approve: late, {LATE}}}\n  - {{approve: last, who: head_of("office")}}\n{BACK}'
    flow = flow.replace('head_of("office")}', "'head_of(\"office\")'}")
    assert codes(tmp_path, flow) == ({"loop-without-people"} if alone else set())


@pytest.mark.approval("loop-has-a-person")
def test_a_rejected_case_of_another_app_leads_back_past_somebody(tmp_path: Path) -> None:
    """Or its outcome is kept in a field, and the flow goes on."""
    call = "  - {call: first, app: other%s}\n  - {approve: last, who: 'head_of(\"office\")'}\n"

    assert "loop-without-people" in codes(tmp_path / "a", HEAD + call % "" + BACK)
    assert "loop-without-people" not in codes(tmp_path / "b", HEAD + call % ", outcome: phone" + BACK)


@pytest.mark.approval("edge-overdue-after")
def test_every_overdue_entry_says_after_what_time(tmp_path: Path) -> None:
    """Nothing is assumed."""
    entry = "  - {approve: first, who: 'head_of(\"office\")', due: 1 day, overdue: [{%sautomatically: approve}]}\n"
    assert codes(tmp_path / "a", HEAD + entry % "") == {"missing-key"}
    allowed = "without_approval: allowed\n"
    assert codes(tmp_path / "b", allowed + HEAD + entry % "after: 0 hours, ") == set()
