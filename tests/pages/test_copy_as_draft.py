"""Applying for the same again: the draft holds what the form of today still asks for, and says what it does not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.city import APPLICANT, APPROVER, OUTSIDER
from support.house import House, app
from support.office import Program, office, send
from support.trip import field, options, schema_of
from support.web import Browser, Running

from forms.form import Field, Form
from runtime.people import organisation
from runtime.store import tables as t
from runtime.store.database import Database
from workflows.app import App, Approve

HEAD = Approve(id="head", title={"zh": "负责人", "en": "Head"}, who=f'user("{APPROVER}")')


def form(*fields: Field) -> App:
    made = app("trip", HEAD, fields=fields)
    schema = {"type": "object", "additionalProperties": False, "properties": {f.name: schema_of(f) for f in made.form.fields}}
    return _with(made, Form(fields=made.form.fields, sections=made.form.sections, schema=schema))


def _with(made: App, form: Form) -> App:
    import msgspec

    return msgspec.structs.replace(made, form=form)


OLD = form(
    field("place", "text", "地点"),
    field("kind", "choice", "类型", options=options("bus", "ship")),
    field("days", "integer", "天数"),
    field("twice", "integer", "两倍", compute="days * 2"),
    field("deputy", "person", "代理人"),
    field("room", "text", "房间"),
    field("people", "table", "同行", fields=(field("name", "text", "姓名"), field("age", "integer", "年龄"))),
)
NEW = form(
    field("place", "text", "地点"),
    field("kind", "choice", "出行类型", options=options("bus", "train")),
    field("days", "text", "天数"),
    field("deputy", "person", "代理人"),
    field("people", "table", "同行", fields=(field("name", "text", "姓名"),)),
)
ANSWERS = {
    "place": "杭州",
    "kind": "ship",
    "days": 3,
    "deputy": "lin-fang",
    "room": "301",
    "people": [{"name": "甲", "age": 30}, {"name": "乙"}],
}


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[tuple[House, Running]]:
    with office(database, tmp_path, OLD) as found:
        yield found


def copied(server: Running, case: str) -> tuple[Browser, str]:
    """The applicant, and the page of the draft."""
    browser = server.as_(APPLICANT)
    answer = browser.post(f"/cases/{case}/copy", {"draft": DRAFT})
    assert answer.status_code == 303, answer.text
    return browser, browser.get(answer.headers["location"]).text


DRAFT = "d" * 32


@pytest.mark.approval("copy-as-draft")
def test_an_own_case_becomes_a_draft_and_can_be_handed_in(served: tuple[House, Running]) -> None:
    house, server = served
    old = house.submit("trip", **ANSWERS)
    browser, page = copied(server, old.id)
    assert f'href="/cases/{old.id}">{old.number}</a>' in page
    assert "没有带过来" not in page
    assert 'value="杭州"' in page
    typed = [(name, text) for name, text in house.rows(t.draft, "pairs")[0][0] if not name.startswith("_")]
    answer = send(browser, "/apps/trip/new", page, [*typed, ("_action", "submit")])
    assert answer.status_code == 303, answer.text
    new = house.case(answer.headers["location"].split("/")[2])
    assert new.answers == old.answers
    assert new.number != old.number
    assert house.rows(t.draft, "id") == []


@pytest.mark.approval("copy-as-draft")
def test_what_the_form_of_today_does_not_know_is_said(served: tuple[House, Running]) -> None:
    """Gone, answered in another way, an option that is no more, a column that is no more; also after the draft was saved again."""
    house, server = served
    old = house.submit("trip", **ANSWERS)
    house.publish(NEW)
    browser, page = copied(server, old.id)
    said = re.search(r"没有带过来.*?</ul>", page, re.DOTALL)
    assert said
    lost = re.findall(r"<li>(.*?)：(.*?)</li>", said[0])
    assert [label for label, _ in lost] == ["出行类型", "天数", "房间", "同行 · 年龄"]
    assert lost[1][1] == "这一项的填法变了"
    assert lost[2][1] == lost[3][1] == "现在的表单没有这一项"
    assert 'value="杭州"' in page
    assert 'value="甲"' in page
    kept = send(browser, "/drafts", page, {"place": "宁波", "reason": "再去一次", "_action": "refresh"})
    again = browser.get(kept.headers["location"]).text
    assert 'value="宁波"' in again
    assert "房间" in again


def test_a_person_who_has_left_is_not_taken_over(served: tuple[House, Running]) -> None:
    house, server = served
    old = house.submit("trip", **ANSWERS)
    assert house.database.write_now(organisation.disable, "lin-fang")
    _, page = copied(server, old.id)
    assert "代理人：没有这个人，或账号已停用" in page


@pytest.mark.approval("copy-as-draft")
def test_pressing_twice_makes_one_draft(served: tuple[House, Running]) -> None:
    house, server = served
    old = house.submit("trip", **ANSWERS)
    browser = server.as_(APPLICANT)
    key = re.search(r'name="draft" value="(\w+)"', browser.get(f"/cases/{old.id}").text)
    assert key
    for _ in range(2):
        answer = browser.post(f"/cases/{old.id}/copy", {"draft": key[1]})
        assert answer.headers["location"] == f"/drafts/{key[1]}"
    assert house.rows(t.draft, "id") == [(key[1],)]


@pytest.mark.parametrize("person", [APPROVER, OUTSIDER])
def test_nobody_copies_the_case_of_another(served: tuple[House, Running], person: str) -> None:
    """The approver sees the case, and no button; for an outsider there is no such case."""
    house, server = served
    old = house.submit("trip", **ANSWERS)
    browser = server.as_(person)
    assert "再次发起" not in browser.get(f"/cases/{old.id}").text
    assert browser.post(f"/cases/{old.id}/copy", {}).status_code == 404
    assert Program(server, person).get(f"/cases/{old.id}/copy").status_code == 404
    assert house.rows(t.draft, "id") == []


def test_programs_get_the_answers_to_begin_with(served: tuple[House, Running]) -> None:
    house, server = served
    old = house.submit("trip", **ANSWERS)
    house.publish(NEW)
    found = Program(server, APPLICANT).get(f"/cases/{old.id}/copy").json()
    assert found["answers"] == {"reason": "事由", "place": "杭州", "deputy": "lin-fang", "people": [{"name": "甲"}, {"name": "乙"}]}
    assert [lost["field"] for lost in found["dropped"]] == ["kind", "days", "room", "people.age"]
