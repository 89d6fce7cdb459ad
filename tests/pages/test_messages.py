"""The pages of messages, of deliveries and of the approval sheet, by HTTP and without a script."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support import web
from support.databases import written
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, OUTSIDER, Browser, Clock, Running

from runtime.casework import cases, glance
from runtime.casework.cases import Done
from runtime.store import outbox

TRIP = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "reason": "参加省数据局组织的业务培训班",
}


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The example city."""
    folder = tmp_path_factory.mktemp("messages")
    with web.opened(f"sqlite:///{folder / 'pages.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=folder) as served:
            yield served


def submit(office: Running, key: str = "k") -> str:
    done: Any = office.call(cases.submit, office.site, APPLICANT, "business-trip", TRIP, key)
    assert isinstance(done, Done)
    return done.case.id


def say(office: Running, case: str, times: int = 1) -> None:
    """The applicant says something, which the approver is told of: new tasks are in the list and make no message."""
    for number in range(times):
        assert isinstance(office.call(cases.comment, office.site, APPLICANT, case, f"c{number}", f"请尽快 {number}"), Done)


def bell(browser: Browser, path: str = "/tasks") -> str:
    """The number in the top bar; "" for none."""
    found = re.search(r'<a class="[^"]*bell[^"]*".*?</a>', browser.get(path).text, re.DOTALL)
    assert found
    count = re.search(r'class="count hot">([^<]+)<', found[0])
    return count[1] if count else ""


def test_an_approver_is_told_of_a_comment_and_opening_the_case_reads_it(office: Running) -> None:
    """The bell counts what was not read; the outsider hears nothing."""
    approver, outsider = office.as_(APPROVER), office.as_(OUTSIDER)
    assert bell(approver) == ""
    say(office, submit(office))
    glance.forget(office.database, APPROVER)
    assert bell(approver, "/messages") == "1"
    page = approver.get("/messages").text
    (href,) = re.findall(r'<a class="it msg un" href="([^"]+)"', page)
    assert "陈晓琳 评论：请尽快 0" in page
    assert "因公出差审批" in page
    assert approver.get(href).status_code == 200
    assert 'class="it msg un"' not in approver.get("/messages").text
    assert 'class="it msg' not in outsider.get("/messages").text
    assert "还没有消息" in outsider.get("/messages").text


def test_all_messages_can_be_marked_as_read(office: Running) -> None:
    """Only one's own; nothing changes without the token."""
    approver = office.as_(APPROVER)
    say(office, submit(office), 35)
    page = approver.get("/messages").text
    assert page.count('class="it msg un"') == 30
    (following,) = re.findall(r'id="more"><a class="btn" href="([^"]+)"', page)
    assert approver.get(following.replace("&amp;", "&")).text.count('class="it msg un"') == 5
    assert approver.post("/messages/reading", token="wrong").status_code == 403
    assert office.as_(OUTSIDER).post("/messages/reading").status_code == 303
    assert 'class="it msg un"' in approver.get("/messages?unread=1").text
    assert approver.post("/messages/reading").status_code == 303
    assert "没有未读消息" in approver.get("/messages?unread=1").text
    assert approver.get("/messages").text.count('class="it msg"') == 30


def dead_letter(office: Running, id: str = "l1") -> None:
    row = {
        "id": id,
        "organisation": "qingxi",
        "kind": "webhook",
        "case": submit(office, id),
        "body": '{"effect":"webhook","name":"x","payload":{}}',
    }
    office.database.write_now(written, outbox.put, [row], office.clock())
    office.call(office.app.state.work.settle)


def test_administrators_see_dead_letters_and_try_them_again(office: Running) -> None:
    """The reason is there, what the letter says is not; for everybody else the page does not exist."""
    dead_letter(office)
    administrator, outsider = office.as_(ADMINISTRATOR), office.as_(OUTSIDER)
    assert outsider.get("/admin/deliveries").status_code == 404
    assert outsider.post("/admin/deliveries/l1/retry").status_code == 404
    page = administrator.get("/admin/deliveries").text
    assert "no webhook target x is declared" in page
    assert "调用外部系统" in page
    assert "参加省数据局" not in page
    assert "<b>1</b><span>投递失败的内容" in administrator.get("/admin").text
    assert administrator.post("/admin/deliveries/l1/retry").status_code == 303
    assert administrator.post("/admin/deliveries/nothing/retry").status_code == 404
    office.call(office.app.state.work.settle)
    assert "no webhook target x is declared" in administrator.get("/admin/deliveries").text


def test_administrators_can_give_a_letter_up(office: Running) -> None:
    """Then it is gone, and the record of access says who did it."""
    dead_letter(office)
    administrator = office.as_(ADMINISTRATOR)
    assert administrator.post("/admin/deliveries/l1/discarding").status_code == 303
    assert "no webhook target" not in administrator.get("/admin/deliveries").text
    assert administrator.post("/admin/deliveries/l1/discarding").status_code == 404


def test_the_sheet_is_for_those_who_may_see_the_case(office: Running) -> None:
    """In the reader's language."""
    case = submit(office)
    sheet = office.as_(APPLICANT).get(f"/cases/{case}/sheet")
    assert sheet.status_code == 200
    assert "因公出差审批单" in sheet.text
    assert "参加省数据局组织的业务培训班" in sheet.text
    assert office.as_(APPROVER).get(f"/cases/{case}/sheet").status_code == 200
    assert office.as_(OUTSIDER).get(f"/cases/{case}/sheet").status_code == 404
    assert office.as_(APPLICANT).get("/cases/nothing/sheet").status_code == 404
