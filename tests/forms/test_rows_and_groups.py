"""Rules within the rows of a table and within groups, read, settled and checked."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from builder.compile import compile_workspace
from forms import answers, typed
from forms.form import Form
from forms.rules import Facts, FormRules
from tests.support import corpus
from tests.support.stories import CALENDAR

CASE = Path(__file__).parents[1] / "cases/ok/rows-and-groups.yaml"
FACTS = Facts(CALENDAR, date(2026, 11, 23), {"id": "he-lei", "name": "何磊", "department": "hall", "post": "clerk"})


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Form:
    folder = corpus.lay_out(corpus.read(CASE).written, tmp_path_factory.mktemp("rows") / "w")
    return compile_workspace(folder).apps["demo"].form


@pytest.fixture(scope="module")
def rules(form: Form) -> FormRules:
    return FormRules(form)


def row(price: int, count: int, **more: Any) -> dict[str, Any]:
    return {"price": price, "count": count, **more}


BASE = {"kind": "b", "home": {"city": "清溪", "street": "湖滨路"}}


def test_a_row_calculates_before_what_adds_the_rows_up_and_again_after(rules: FormRules) -> None:
    found = rules.settle({**BASE, "rows": [row(1000, 3), row(50, 1)]}, FACTS)
    assert found.answers["rows"] == [row(1000, 3, sum=3000, share=0.75), row(50, 1, sum=50, share=0.25)]
    assert (found.answers["all"], found.answers["total"]) == (4, 3050)


def test_what_a_browser_sends_for_a_calculated_cell_is_not_looked_at(rules: FormRules) -> None:
    given = {**BASE, "rows": [row(1000, 3, sum=1)]}
    assert rules.settle(given, FACTS).answers["total"] == 3000
    assert given["rows"] == [row(1000, 3, sum=1)], "the answers handed in are left as they were"


def test_a_cell_is_shown_required_and_locked_by_its_own_row(rules: FormRules) -> None:
    found = rules.settle({**BASE, "rows": [row(1, 1, note="x"), row(15_000, 1, note="x"), row(30_000, 7, note="x")]}, FACTS)
    assert [line.get("note") for line in found.answers["rows"]] == [None, "x", "x"]
    assert {path for path in found.visible if path.startswith("rows.")} == {"rows.1.note", "rows.2.note"}
    assert "rows.2.note" in found.required
    assert "rows.1.note" not in found.required
    assert found.readonly == {"rows.2.note"}


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({**BASE, "rows": [row(1, 1)]}, {}),
        ({**BASE, "rows": [row(1, 1), {"price": 5}]}, {"rows.1.count"}),
        ({**BASE, "rows": [row(30_000, 1)]}, {"rows.0.note"}),
        ({**BASE, "rows": [row(1, 1), row(1, 100)]}, {"rows.1.count"}),
        ({**BASE, "rows": [row(1, 1, period={"start": "2026-12-02", "end": "2026-12-01"})]}, {"rows.0.period.end"}),
        ({**BASE, "rows": [row(1, 1, period={"start": "2026-12-02"})]}, {"rows.0.period.end"}),
        ({"kind": "a"}, {"home", "home.city"}),
        ({"kind": "a", "home": {"city": "清溪"}}, {}),
        ({"kind": "b", "home": {"city": "清溪"}}, {"home.street"}),
        ({"kind": "b", "home": {"city": "无"}}, {}),
        ({"kind": "a", "home": {"city": "清溪", "street": "清溪"}}, {"home.street"}),
        ({**BASE, "home": {**BASE["home"], "contact": {"name": "何磊"}}}, {"home.contact.phone"}),
        ({**BASE, "home": {**BASE["home"], "contact": {"name": "何磊", "phone": "1"}}}, {"home.contact.phone"}),
        ({**BASE, "home": {**BASE["home"], "cellar": 1}}, {"home"}),
        ({**BASE, "home": 5}, {"home", "home.city"}),
        ({**BASE, "rows": {"0": row(1, 1)}}, {"rows"}),
        ({**BASE, "rows": [5, row(1, 1)]}, {"rows.0", "rows.0.price", "rows.0.count"}),
        ({**BASE, "home": {**BASE["home"], "contact": "x"}}, {"home.contact"}),
    ],
)
def test_what_is_wrong_stands_at_its_place(rules: FormRules, given: dict[str, Any], problems: set[str]) -> None:
    assert set(answers.check(rules, given, FACTS).problems) == set(problems)


def test_a_section_that_is_hidden_takes_its_fields_along(rules: FormRules) -> None:
    found = rules.settle({"kind": "a", "home": {"city": "清溪"}, "rows": [row(90_000, 1)], "phone": "13800001234"}, FACTS)
    assert found.answers.keys() == {"kind", "home"}, "the telephone is asked for because of rows that nobody sees"
    assert found.visible.isdisjoint({"rows", "all", "total", "phone"})
    shown = rules.settle({**BASE, "rows": [row(90_000, 1)], "phone": "13800001234"}, FACTS)
    assert {"rows", "all", "total", "phone"} <= shown.visible


def test_what_was_typed_in_rows_and_groups_is_read_and_written_back(form: Form) -> None:
    texts = {
        "kind": "b", "home.city": "清溪", "home.contact.phone": "138 0000 1234", "rows.3.price": "10", "rows.3.count": "2",
        "rows.3.period.start": "2026-12-01", "rows.5.price": "", "rows.9.price": "x", "rows.3.sum": "99999",
    }  # fmt: skip
    read = typed.read(form, list(texts.items()))
    assert read.answers == {
        "kind": "b",
        "home": {"city": "清溪", "contact": {"phone": "13800001234"}},
        "rows": [{"price": 1000, "count": 2, "period": {"start": "2026-12-01"}}, {}],
    }
    assert read.problems.keys() == {"rows.1.price"}
    assert read.raw["rows.1.price"] == "x"
    written = typed.write(form, read.answers)
    assert written["home.contact.phone"] == "13800001234"
    assert typed.read(form, list(written.items())).answers["rows"] == read.answers["rows"][:1]


def test_a_group_in_which_nothing_was_answered_is_no_answer(rules: FormRules) -> None:
    assert "home" not in rules.settle({"kind": "a", "home": {"city": "", "contact": {}}}, FACTS).answers
