"""How the pages and the API offer what people can do: choosing, signing, bringing others in, taking back, stopping, absence, hand-over."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, OUTSIDER, Browser, Clock, Running, city, running

from forms.form import Field, Form, Section
from runtime.casework import lists, releases
from runtime.store.database import Database
from workflows.app import App, Approve, Chosen, Desk, Flow, Handle, Start, release

DEPUTY = "cao-lei"
DESK = "qian-yi"


def words(zh: str) -> dict[str, str]:
    return {"zh": zh, "en": zh}


APP = App(
    id="people",
    title=words("会商"),
    owner="office",
    category=words("综合"),
    icon="users",
    number="HS-{seq:4}",
    subject="{applicant.name} · {topic}",
    form=Form(
        fields=(
            Field(name="topic", kind="text", title=words("议题"), required=True),
            Field(name="price", kind="text", title=words("底价")),
        ),
        sections=(Section(title=words("内容"), fields=("topic", "price")),),
        schema={"type": "object", "properties": {"topic": {"type": "string"}, "price": {"type": "string"}}},
    ),
    flow=Flow(
        start=Start(),
        steps=(
            Approve(
                id="head",
                title=words("负责人"),
                who="head_of(applicant.department)",
                desk=Desk(hide=("price",), signature="typed", phrases=(words("照准"),), buttons={"approve": words("核准")}),
            ),
            Handle(id="work", title=words("经办"), who=f'user("{DESK}") + user("{OUTSIDER}")', chosen=Chosen(by="previous")),
            Approve(id="last", title=words("复核"), who=f'user("{DESK}") + user("{DEPUTY}")', chosen=Chosen(by="applicant")),
        ),
    ),
)


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock)
    database.write_now(releases.store, release(APP), "test", clock())
    with running(database, clock, demo=True) as server:
        yield server


def started(served: Running, **more: Any) -> str:
    """A case of the app, by its form; its id."""
    browser = served.as_(APPLICANT)
    page = browser.get("/apps/people/new")
    hidden = dict(re.findall(r'name="(_key|_app|_draft)" value="([^"]*)"', page.text))
    answer = browser.post("/apps/people/new", {**hidden, "_action": "submit", "topic": "年度计划", "price": "九十九万", **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2]


def task(served: Running, person: str) -> str:
    rows = served.call(lambda: served.database.read(lists.todo, person)).rows
    return next(row.task_id for row in rows if row.app_title["zh"] == "会商")


def decide(browser: Browser, id: str, action: str, **more: Any) -> Any:
    return browser.post(f"/tasks/{id}/decision", {"_action": action, **more})


CHOSEN = {"_pick.last": DEPUTY}


@pytest.mark.approval("who-applicant-chooses")
def test_the_form_asks_the_applicant_whom_to_choose(served: Running) -> None:
    """Without a choice it comes back with what was typed; with one it is handed in."""
    browser = served.as_(APPLICANT)
    page = browser.get("/apps/people/new")
    assert 'name="_pick.last"' in page.text
    hidden = dict(re.findall(r'name="(_key|_app|_draft)" value="([^"]*)"', page.text))
    refused = browser.post("/apps/people/new", {**hidden, "_action": "submit", "topic": "计划"})
    assert refused.status_code == 422
    assert 'href="#pick-last"' in refused.text
    assert "计划" in refused.text
    assert started(served, **CHOSEN)


@pytest.mark.approval("signature", "buttons", "phrases", "who-previous-chooses", "fields-rights")
def test_the_task_page_offers_what_its_step_says(served: Running) -> None:
    """Its own words on the button, its phrases, a signature, whom to choose; the hidden answer is nowhere."""
    case = started(served, **CHOSEN)
    head, id = served.as_(APPROVER), task(served, APPROVER)
    page = head.get(f"/tasks/{id}").text
    for expected in ("核准", "照准", 'name="_signature"', 'name="_pick.work"', 'value="delegate"', 'value="add-after"'):
        assert expected in page, expected
    for path in (f"/tasks/{id}", f"/cases/{case}", f"/cases/{case}/sheet"):
        assert "九十九万" not in head.get(path).text, path
    assert "九十九万" in served.as_(APPLICANT).get(f"/cases/{case}").text
    unsigned = decide(head, id, "approve", **{"_pick.work": DESK})
    assert unsigned.status_code == 422
    assert "请键入您的姓名" in unsigned.text
    assert decide(head, id, "approve", _signature="周建国").status_code == 422
    assert decide(head, id, "approve", _signature="周建国", **{"_pick.work": DESK}).status_code == 303
    assert task(served, DESK)
    assert "签名：周建国" in served.as_(APPLICANT).get(f"/cases/{case}").text


@pytest.mark.approval("add-before", "delegate")
def test_others_are_brought_in_by_one_sheet(served: Running) -> None:
    """Found by name, ticked, and in the way that was chosen; without JavaScript."""
    started(served, **CHOSEN)
    head, id = served.as_(APPROVER), task(served, APPROVER)
    found = decide(head, id, "find", _who="曹磊", _way="delegate")
    assert f'name="_person" value="{DEPUTY}"' in found.text
    nobody = decide(head, id, "others", _way="add-before")
    assert nobody.status_code == 422
    assert decide(head, id, "others", _way="delegate", _person=DEPUTY).status_code == 303
    deputy, opinion = served.as_(DEPUTY), task(served, DEPUTY)
    assert "回复意见" in deputy.get(f"/tasks/{opinion}").text
    assert decide(deputy, opinion, "answer", **{"_opinion.answer": "可行"}).status_code == 303
    assert decide(head, task(served, APPROVER), "others", _way="add-before", _person=DEPUTY).status_code == 303
    assert task(served, DEPUTY)


@pytest.mark.approval("recall", "remind", "suspend-resume-terminate")
def test_the_page_of_a_case_offers_the_rest(served: Running) -> None:
    """Reminding, taking back, stopping: each to those who may, and nothing to an outsider."""
    case = started(served, **CHOSEN)
    applicant, head, outsider = served.as_(APPLICANT), served.as_(APPROVER), served.as_(OUTSIDER)
    id = task(served, APPROVER)

    def oversee(browser: Browser, what: str, **more: str) -> Any:
        return browser.post(f"/cases/{case}/oversight", {"what": what, **more})

    assert 'value="reminder"' in applicant.get(f"/cases/{case}").text
    assert oversee(applicant, "reminder", task=id).status_code == 303
    assert oversee(applicant, "reminder", task=id).status_code == 422
    assert oversee(outsider, "reminder", task=id).status_code == 404
    assert decide(head, id, "approve", _signature="周建国", **{"_pick.work": DESK}).status_code == 303
    assert 'value="recall"' in head.get(f"/cases/{case}").text
    assert oversee(head, "recall", task=id).status_code == 303
    assert task(served, APPROVER) != id
    assert oversee(head, "suspension", reason="核查").status_code == 422
    admin = served.as_("mo-ran")
    assert oversee(admin, "suspension", reason="核查").status_code in (303, 404)


@pytest.mark.approval("absence", "absence-record")
def test_an_absence_is_taken_down_in_the_settings(served: Running) -> None:
    """New tasks go to the deputy, who is shown beside the principal; the principal has a copy."""
    head = served.as_(APPROVER)
    wrong = head.post("/settings/absences", {"deputy": "nobody", "begins": "2026-11-24", "ends": "2026-11-30"})
    assert wrong.status_code == 422
    past = head.post("/settings/absences", {"deputy": DEPUTY, "begins": "2026-11-01", "ends": "2026-11-02"})
    assert past.status_code == 422
    assert head.post("/settings/absences", {"deputy": DEPUTY, "begins": "2026-11-24", "ends": "2026-11-30"}).status_code == 303
    assert "2026-11-30" in head.get("/settings").text
    case = started(served, **CHOSEN)
    assert "曹磊（代 周建国）" in served.as_(APPLICANT).get(f"/cases/{case}").text
    assert head.get(f"/cases/{case}").status_code == 200
    assert task(served, DEPUTY)
    absence = re.search(r"/settings/absences/([0-9a-f]+)/ending", head.get("/settings").text)
    assert absence
    assert head.post(f"/settings/absences/{absence[1]}/ending").status_code == 303
    started(served, **CHOSEN)
    assert task(served, APPROVER)


@pytest.mark.approval("hand-over")
def test_a_leaver_is_handed_over_by_an_administrator(served: Running) -> None:
    """Open tasks and future ones; the log of access has it; nobody else may."""
    case = started(served, **CHOSEN)
    assert served.as_(APPLICANT).post(f"/admin/people/{APPROVER}/handing-over", {"to": DEPUTY}).status_code == 404
    admin = served.as_(ADMINISTRATOR)
    assert admin.post(f"/admin/people/{APPROVER}/handing-over", {"to": "nobody"}).status_code == 422
    done = admin.post(f"/admin/people/{APPROVER}/handing-over", {"to": DEPUTY})
    assert (done.status_code, done.headers["location"]) == (303, f"/admin/people/{APPROVER}?moved=1")
    assert "曹磊" in admin.get(f"/admin/people/{APPROVER}").text
    assert "离职交接" in served.as_(APPLICANT).get(f"/cases/{case}").text
    started(served, **CHOSEN)
    rows = served.call(lambda: served.database.read(lists.todo, DEPUTY)).rows
    assert len([row for row in rows if row.app_title["zh"] == "会商"]) == 2


@pytest.mark.approval("trap-13", "trap-12")
def test_a_case_keeps_its_questions_when_the_app_is_published_anew(served: Running) -> None:
    """Old answers stand under the questions they answer, also when a question of the same name means something else now."""
    case = started(served, **CHOSEN)
    form = msgspec.structs.replace(
        APP.form, fields=(msgspec.structs.replace(APP.form.fields[0], title=words("主题词")), *APP.form.fields[1:])
    )
    served.database.write_now(releases.store, release(msgspec.structs.replace(APP, form=form)), "test", served.clock())
    served.call(lambda: served.site.catalogue.refresh(served.database))
    applicant = served.as_(APPLICANT)
    assert "主题词" in applicant.get("/apps/people/new").text
    page = applicant.get(f"/cases/{case}").text
    assert "议题" in page
    assert "主题词" not in page
    assert decide(served.as_(APPROVER), task(served, APPROVER), "approve", _signature="周建国", **{"_pick.work": DESK}).status_code == 303
