"""Several tasks decided by one press, on the page without a script and by the API: what asks for more than a decision is left."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.city import APPLICANT, APPROVER, OUTSIDER
from support.house import House, app
from support.office import Program, office, send
from support.web import Running

from forms.form import Field
from runtime.store.database import Database
from workflows.app import App, Approve, Desk, Handle

WHO = f'user("{APPROVER}")'
TITLE = {"zh": "负责人", "en": "Head"}


def one(id: str, **more: Any) -> App:
    """An app with one approval."""
    return app(
        id, Approve(id="head", title=TITLE, who=WHO, **more), fields=[Field(name="note", kind="text", title={"zh": "备注", "en": "Note"})]
    )


APPS = (
    one("plain"),
    one("signed", desk=Desk(signature="typed")),
    one("edited", edit=("note",)),
    one("worded", opinion="required"),
    one("free", opinion="optional"),
    app("handled", Handle(id="head", title=TITLE, who=WHO)),
)


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[tuple[House, Running]]:
    with office(database, tmp_path, *APPS) as found:
        yield found


def tasks(house: House, *apps: str) -> list[str]:
    return [house.submit(app, key=f"{app}-{number}").open_tasks()[0].id for number, app in enumerate(apps)]


def state(house: House, task: str) -> str:
    return house.case(task.rpartition("-")[0]).tasks[task].state


def words(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


@pytest.mark.approval("batch")
def test_what_is_ticked_is_decided_and_the_rest_stays(served: tuple[House, Running]) -> None:
    """One press, one opinion, one result for each; without a script."""
    house, server = served
    first, second, third = tasks(house, "plain", "plain", "plain")
    browser = server.as_(APPROVER)
    page = browser.get("/tasks/batch").text
    assert page.count('type="checkbox"') == 3
    answer = send(browser, "/tasks/batch", page, [("task", first), ("task", second), ("_opinion", "都同意"), ("_action", "approve")])
    assert answer.status_code == 200
    assert "已同意  2" in words(answer.text)
    assert [state(house, task) for task in (first, second, third)] == ["done", "done", "open"]
    assert house.case(first.rpartition("-")[0]).tasks[first].opinion == "都同意"
    again = send(browser, "/tasks/batch", page, [("task", first), ("task", second), ("_opinion", "都同意"), ("_action", "approve")])
    assert "已同意  2" in words(again.text), "the same press again says the same"
    house.holds()


@pytest.mark.approval("batch")
@pytest.mark.parametrize(
    ("app", "why"),
    [("signed", "要签名"), ("edited", "本环节要填写内容"), ("worded", "要单独写意见"), ("handled", "要逐件办理，不是审批")],
)
def test_what_asks_for_more_cannot_be_ticked_and_is_left_if_it_is_sent(served: tuple[House, Running], app: str, why: str) -> None:
    house, server = served
    plain, other = tasks(house, "plain", app)
    browser = server.as_(APPROVER)
    page = browser.get("/tasks/batch").text
    assert f'value="{plain}"' in page
    assert f'value="{other}"' not in page
    assert why in page
    answer = send(browser, "/tasks/batch", page, [("task", plain), ("task", other), ("_opinion", "好"), ("_action", "approve")])
    assert "没有办，还在待办里  1" in words(answer.text)
    assert why in answer.text
    assert [state(house, plain), state(house, other)] == ["done", "open"]


@pytest.mark.approval("batch")
def test_rejecting_together_asks_for_words_once(served: tuple[House, Running]) -> None:
    house, server = served
    first, free = tasks(house, "plain", "free")
    browser = server.as_(APPROVER)
    page = browser.get("/tasks/batch").text
    bare = send(browser, "/tasks/batch", page, [("task", first), ("task", free), ("_action", "reject")])
    assert bare.status_code == 422
    assert "需要填写意见" in bare.text
    assert len(re.findall(r'type="checkbox"[^>]* checked', bare.text)) == 2, "what was ticked stays ticked"
    assert state(house, free) == "open"
    answer = send(browser, "/tasks/batch", bare.text, [("task", first), ("task", free), ("_opinion", "材料不全"), ("_action", "reject")])
    assert "已不同意  2" in words(answer.text)
    assert [house.case(task.rpartition("-")[0]).outcome for task in (first, free)] == ["rejected", "rejected"]


def test_where_no_words_are_needed_none_are_asked_for(served: tuple[House, Running]) -> None:
    house, server = served
    (free,) = tasks(house, "free")
    browser = server.as_(APPROVER)
    answer = send(browser, "/tasks/batch", browser.get("/tasks/batch").text, [("task", free), ("_action", "reject")])
    assert "已不同意  1" in words(answer.text)


def test_nothing_ticked_says_so_and_enter_decides_nothing(served: tuple[House, Running]) -> None:
    house, server = served
    (task,) = tasks(house, "plain")
    browser = server.as_(APPROVER)
    page = browser.get("/tasks/batch").text
    assert "请先勾选" in send(browser, "/tasks/batch", page, [("_action", "approve")]).text
    looked = send(browser, "/tasks/batch", page, [("task", task), ("_opinion", "好"), ("_action", "look")])
    assert state(house, task) == "open"
    assert ">好</textarea>" in looked.text


def test_a_lost_race_is_said_of_that_task_alone(served: tuple[House, Running]) -> None:
    house, server = served
    first, second = tasks(house, "plain", "plain")
    browser = server.as_(APPROVER)
    page = browser.get("/tasks/batch").text
    house.act(APPROVER, first)
    answer = send(browser, "/tasks/batch", page, [("task", first), ("task", second), ("_action", "approve")])
    assert "已由 周建国 于" in answer.text
    assert "已同意  1" in words(answer.text)


def test_nobody_decides_what_is_not_theirs(served: tuple[House, Running]) -> None:
    """And is told nothing about it."""
    house, server = served
    (task,) = tasks(house, "plain")
    for person in (OUTSIDER, APPLICANT):
        browser = server.as_(person)
        page = browser.get("/tasks/batch")
        assert 'type="checkbox"' not in page.text
        answer = send(browser, "/tasks/batch", browser.get("/apps/plain/new").text, [("task", task), ("_action", "approve")])
        assert "事由" not in answer.text
        assert state(house, task) == "open"


@pytest.mark.approval("batch")
def test_programs_decide_together_too(served: tuple[House, Running]) -> None:
    house, server = served
    plain, signed = tasks(house, "plain", "signed")
    program = Program(server, APPROVER)
    body = {"tasks": [plain, signed, "nothing"], "action": "approve", "opinion": "同意"}
    answer = program.post("/tasks/decisions", body)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [(found["task"], found["done"], found["code"]) for found in results] == [
        (plain, True, None),
        (signed, False, "not-together"),
        ("nothing", False, "not-yours"),
    ]
    assert results[1]["problem"]["en"] == "It needs a signature"
    assert program.post("/tasks/decisions", body).json() == answer.json(), "the same request gets the same answer"
    assert program.post("/tasks/decisions", {**body, "action": "transfer"}, "k2").status_code == 422


def test_the_list_leads_there(served: tuple[House, Running]) -> None:
    house, server = served
    tasks(house, "plain", "free")
    browser = server.as_(APPROVER)
    assert 'href="/tasks/batch"' in browser.get("/tasks").text
    assert 'href="/tasks/batch?app=free"' in browser.get("/tasks?app=free").text
    assert browser.get("/tasks/batch?app=free").text.count('type="checkbox"') == 1
