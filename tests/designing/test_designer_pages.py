"""The designer through its doors: who gets in, and that a command changes one line and can be taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import web
from support.web import APPLICANT, APPROVER, EXAMPLES, OUTSIDER, Clock, Running

from builder import workspace_git
from builder.designing import drafts
from runtime.people import designers
from runtime.store.database import Database

HTMX = {"hx-request": "true"}


@pytest.fixture
def city(tmp_path: Path, database: Database) -> Iterator[Running]:
    clock = Clock()
    web.city(database, clock, apps=False)
    workspace_git.prepare(EXAMPLES, tmp_path / "workspace")
    for person in (APPLICANT, APPROVER):
        database.write_now(designers.give, person, "*", "design", "test", clock())
    with web.running(database, clock, data=tmp_path, demo=True) as served:
        yield served


def change(browser: web.Browser, value: str, version: int = 0, **more: str) -> object:
    form = {
        "do": "set-property",
        "file": "app.yaml",
        "path": json.dumps(["title"]),
        "value": value,
        "label": "名称",
        "version": str(version),
        "tab": "settings",
    }
    return browser.post("/design/leave/commands", {**form, **more}, headers=HTMX)


def test_one_property_is_one_line_and_is_taken_back_and_done_again(city: Running) -> None:
    browser = city.as_(APPLICANT)
    assert "/design/leave/form" in browser.get("/design").text
    assert browser.get("/design/leave/form").status_code == 200
    before = (EXAMPLES / "apps/leave/app.yaml").read_bytes().decode()
    assert city.database.read_now(drafts.opened, "leave") is None, "looking changes nothing"
    answer = change(browser, "请假单")
    assert 'id="work"' in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text
    draft = city.database.read_now(drafts.opened, "leave")
    lines = zip(before.splitlines(), draft.texts["app.yaml"].splitlines(), strict=True)
    assert [new for old, new in lines if old != new] == ["title: 请假单"]
    assert browser.post("/design/leave/undo", {"tab": "form"}, headers=HTMX).status_code == 200
    assert city.database.read_now(drafts.opened, "leave").texts["app.yaml"] == before
    browser.post("/design/leave/redo", {"tab": "form"})
    assert "title: 请假单\n" in city.database.read_now(drafts.opened, "leave").texts["app.yaml"]


def test_nobody_without_a_right_sees_that_there_is_a_designer(city: Running) -> None:
    browser = city.as_(OUTSIDER)
    for address in ("/design", "/design/leave", "/design/leave/form", "/design/leave/news"):
        assert browser.get(address).status_code == 404
    assert change(browser, "x").status_code == 404
    assert city.database.read_now(drafts.opened, "leave") is None


def test_of_two_designers_the_later_one_on_the_same_place_sees_both_versions(city: Running) -> None:
    one, two = city.as_(APPLICANT), city.as_(APPROVER)
    assert change(one, "甲").status_code == 200
    assert change(two, "人事类", path=json.dumps(["category"])).status_code == 200, "elsewhere, from the same version: both are kept"
    answer = change(two, "乙")
    assert "用我的" in answer.text
    assert ">甲<" in answer.text
    assert ">乙<" in answer.text
    draft = city.database.read_now(drafts.opened, "leave")
    assert "title: 甲\n" in draft.texts["app.yaml"]
    assert "category: 人事类\n" in draft.texts["app.yaml"]
    assert change(two, "乙", version=draft.version).status_code == 200
    assert "title: 乙\n" in city.database.read_now(drafts.opened, "leave").texts["app.yaml"]
    assert "这一步不能撤销" in one.post("/design/leave/undo", {"tab": "form"}, headers=HTMX).text


def test_a_post_without_a_token_changes_nothing(city: Running) -> None:
    browser = city.as_(APPLICANT)
    assert browser.post("/design/leave/commands", {"do": "set-property"}, token="x").status_code == 403
