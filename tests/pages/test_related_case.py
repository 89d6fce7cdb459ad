"""A field that refers to another case: found by number or subject among those one may see, and not there for who may not see it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.city import APPLICANT, APPROVER, FLOW_ADMIN, OUTSIDER, READER
from support.house import House, app
from support.office import Program, office, send
from support.trip import field
from support.web import Running

from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.store.database import Database
from workflows.app import Approve
from workflows.commands import Refusal
from workflows.fold import fold

NEITHER = "0" * 32


def approve(person: str, **more: object) -> Approve:
    return Approve(id="head", title={"zh": "负责人", "en": "Head"}, who=f'user("{person}")', **more)  # type: ignore[arg-type] - of Approve


TRIP = app("trip", approve(APPROVER))
OTHER = app("other", approve(APPROVER))
EXPENSE = app(
    "expense",
    approve(READER),
    fields=[
        field("trip", "case", "关联出差单", apps=("trip",)),
        field("parts", "table", "明细", fields=(field("of", "case", "所属申请"),)),
    ],
)
EDITED = app("edited", approve(READER, edit=("trip",)), fields=[field("trip", "case", "关联出差单"), field("note", "text", "备注")])


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[tuple[House, Running]]:
    with office(database, tmp_path, TRIP, OTHER, EXPENSE, EDITED) as found:
        yield found


def refused(house: House, person: str, **answers: object) -> dict[str, str]:
    result = house.run(cases.submit, person, "expense", {"reason": "事由", **answers}, "k-refused")
    assert isinstance(result, Refusal), result
    return {path: words["zh"] for path, words in result.fields.items()}


@pytest.mark.approval("related-case")
def test_it_is_found_by_number_or_subject_and_chosen_without_a_script(served: tuple[House, Running]) -> None:
    house, server = served
    trip = house.submit("trip", key="t", reason="去南京调研")
    other = house.submit("other", key="o", reason="去南京")
    browser = server.as_(APPLICANT)
    page = browser.get("/apps/expense/new").text
    for text in (trip.number, "南京 调研"):
        kept = send(browser, "/drafts", page, {"reason": "报销", "trip.find": text, "_action": "refresh"})
        # a draft is kept as it was typed, what was looked for too
        found = send(browser, "/drafts", page, {"reason": "报销", "trip.find": text}, headers={"hx-request": "true"}).text
        assert kept.status_code == 303
        assert f'value="{trip.id}"' in found
        assert f"{trip.number} 去南京调研" in found
        assert other.id not in found, "of another app"
    answer = send(browser, "/apps/expense/new", page, {"reason": "报销", "trip": trip.id, "_action": "submit"})
    case = answer.headers["location"].split("/")[2]
    assert house.case(case).answers["trip"] == trip.id
    assert f'<a href="/cases/{trip.id}">{trip.number} 去南京调研</a>' in browser.get(f"/cases/{case}").text


@pytest.mark.approval("related-case")
def test_a_reader_sees_only_what_they_may_see(served: tuple[House, Running]) -> None:
    """The approver of the expenses has no part in the trip: it is not on the page, not in the API, not in the record."""
    house, server = served
    trip = house.submit("trip", key="t", reason="去南京调研")
    case = house.submit("expense", key="e", trip=trip.id, parts=[{"of": trip.id}])
    for path in (f"/cases/{case.id}", f"/tasks/{case.open_tasks()[0].id}", f"/cases/{case.id}/sheet"):
        page = server.as_(READER).get(path)
        assert page.status_code == 200
        assert trip.id not in page.text
        assert trip.number not in page.text.replace(case.number, "")
        assert "南京" not in page.text
        assert "关联出差单" not in page.text
    seen = Program(server, READER).get(f"/cases/{case.id}").json()
    assert seen["answers"] == {"reason": "事由", "parts": [{}]}
    assert trip.id not in str(seen)
    own = Program(server, APPLICANT).get(f"/cases/{case.id}").json()
    assert own["answers"]["trip"] == trip.id
    assert own["answers"]["parts"] == [{"of": trip.id}]
    done = Program(server, READER).post(f"/tasks/{case.open_tasks()[0].id}/decision", {"action": "approve"})
    assert done.status_code == 200
    assert trip.id not in done.text


@pytest.mark.approval("related-case")
def test_a_case_that_one_may_not_see_does_not_exist(served: tuple[House, Running]) -> None:
    """Refused in the same words as one that was never there; neither by search."""
    house, server = served
    trip = house.submit("trip", key="t", reason="去南京调研")
    own = house.submit("other", key="o")
    assert refused(house, OUTSIDER, trip=trip.id) == refused(house, OUTSIDER, trip=NEITHER) == {"trip": "没有这份申请，请从查找结果里选"}
    assert refused(house, APPLICANT, trip=own.id) == {"trip": "这里不能关联这类申请，请从查找结果里选"}
    assert refused(house, OUTSIDER, parts=[{}, {"of": trip.id}]) == {"parts.1.of": "没有这份申请，请从查找结果里选"}
    browser = server.as_(OUTSIDER)
    page = browser.get("/apps/expense/new").text
    for text in (trip.number, "南京", "%", "_"):
        found = send(browser, "/drafts", page, {"reason": "报销", "trip.find": text}, headers={"hx-request": "true"})
        assert trip.id not in found.text


def test_whoever_looks_after_cases_finds_those_by_their_number(served: tuple[House, Running]) -> None:
    house, server = served
    trip = house.submit("trip", key="t")
    browser = server.as_(FLOW_ADMIN)
    page = browser.get("/apps/expense/new").text
    found = send(browser, "/drafts", page, {"reason": "报销", "trip.find": trip.number}, headers={"hx-request": "true"}).text
    assert f'value="{trip.id}"' in found


@pytest.mark.approval("related-case")
def test_who_edits_a_case_keeps_what_they_do_not_see(served: tuple[House, Running]) -> None:
    """The page does not say that it is there, and approving leaves it as it is; another cannot be put there unseen."""
    house, server = served
    trip = house.submit("trip", key="t", reason="去南京调研")
    case = house.submit("edited", key="e")
    task = case.open_tasks()[0].id
    unseen = house.run(cases.act, READER, task, "approve", "k1", answers={"trip": trip.id})
    assert isinstance(unseen, Refusal)
    mine = house.submit("edited", key="e2", person=APPLICANT)
    browser = server.as_(READER)
    page = browser.get(f"/tasks/{mine.open_tasks()[0].id}").text
    assert trip.id not in page
    answer = send(browser, f"/tasks/{mine.open_tasks()[0].id}/decision", page, {"_action": "approve"})
    assert answer.status_code == 303


def test_the_rows_say_what_the_events_say(served: tuple[House, Running]) -> None:
    house, _ = served
    trip = house.submit("trip", key="t")
    done = house.run(cases.submit, APPLICANT, "expense", {"reason": "事由", "trip": trip.id}, "k9")
    assert isinstance(done, Done)
    assert fold(done.events, done.case.id, "expense").answers["trip"] == trip.id
    house.holds()


def test_a_text_that_is_no_id_is_refused(served: tuple[House, Running]) -> None:
    house, _ = served
    assert re.fullmatch("没有这份申请.*|请从查找结果里选一份申请", refused(house, APPLICANT, trip="x'--")["trip"])
