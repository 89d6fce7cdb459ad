"""The pages as the applicant, the approver and the outsider meet them, by HTTP and without a script."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support import web
from support.web import APPLICANT, APPROVER, OUTSIDER, Browser, Clock, Running

MASKED, PLAIN = "138****1234", "13800001234"
LEAVE = {
    "leave_type": "annual",
    "period.start": "2026-12-01",
    "period.start_half": "am",
    "period.end": "2026-12-01",
    "period.end_half": "pm",
    "deputy": "xu-tao",
    "phone": PLAIN,
    "leaves_city": "false",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The example city, shared: each test files its own case."""
    folder = tmp_path_factory.mktemp("pages")
    with web.opened(f"sqlite:///{folder / 'pages.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=folder) as served:
            yield served


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends by itself."""
    return dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', page))


def send(browser: Browser, path: str, page: str, fields: dict[str, str], **options: Any) -> Any:
    sent = {**hidden(page), **fields}
    return browser.post(path, [pair for pair in sent.items() if pair[0] != "_csrf"], token=sent["_csrf"], **options)


def file(browser: Browser, **more: str) -> str:
    """Submits a leave request; the id of its case."""
    answer = send(browser, "/apps/leave/new", browser.get("/apps/leave/new").text, {**LEAVE, **more, "_action": "submit"})
    assert answer.status_code == 303, re.findall(r'<li><a href="#.*?</li>', answer.text)
    return answer.headers["location"].split("/")[2]


def task_of(browser: Browser, case: str) -> str:
    """The path of one's task in ``case``, on whichever page of the list it stands."""
    following = "/tasks"
    while following:
        listed = browser.get(following).text
        for path in re.findall(r'class="it[^"]*" href="(/tasks/[^"]+)"', listed):
            page = browser.get(path).text
            if f'action="/cases/{case}/comments"' in page or f'href="/cases/{case}"' in page:
                return path
        more = re.search(r'hx-get="(/tasks\?after=[^"]+)"', listed)
        following = more[1].replace("&amp;", "&") if more else ""
    raise AssertionError("no task")


def decide(browser: Browser, path: str, action: str, **fields: str) -> Any:
    return send(browser, f"{path}/decision", browser.get(path).text, {"_action": action, **fields})


@pytest.fixture
def applicant(office: Running) -> Browser:
    return office.as_(APPLICANT)


@pytest.fixture
def head(office: Running) -> Browser:
    return office.as_(APPROVER)


@pytest.fixture
def outsider(office: Running) -> Browser:
    return office.as_(OUTSIDER)


@pytest.mark.parametrize("path", ["/", "/apps", "/tasks"])
def test_no_page_names_an_app_that_one_may_not_start(applicant: Browser, path: str) -> None:
    """Some apps of the city are for a few: neither the navigation nor a list leads to them."""
    named = set(re.findall(r'href="(/apps/[a-z-]+/new)"', applicant.get(path).text))
    assert named
    assert [address for address in sorted(named) if applicant.get(address).status_code != 200] == []
    assert applicant.get("/apps/petition/new").status_code == 404


@pytest.mark.parametrize("path", ["/", "/apps", "/tasks", "/tasks/done", "/mine", "/copied", "/drafts", "/settings", "/apps/leave/new"])
def test_nobody_sees_a_page_without_signing_in(office: Running, path: str) -> None:
    answer = office.browser().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "path", ["/", "/apps", "/tasks", "/tasks/done", "/mine", "/copied", "/drafts", "/settings", "/apps/business-trip/new"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_stands_in_both_languages(applicant: Browser, path: str, language: str) -> None:
    """With one heading of the first level, in the language that was chosen."""
    applicant.post("/settings", {"language": language, "back": path})
    page = applicant.get(path)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in page.text
    applicant.post("/settings", {"language": "zh", "back": path})


def test_a_submitted_leave_gives_a_receipt_with_who_has_it_now(applicant: Browser) -> None:
    case = file(applicant)
    page = applicant.get(f"/cases/{case}/receipt").text
    assert re.search(r"QJ-2026-\d{5}", page)
    assert "周建国" in page


def test_the_outsider_finds_nothing_of_a_case(applicant: Browser, head: Browser, outsider: Browser) -> None:
    """Neither the case, nor its task, nor a way to act on them: 404, as if they were not there."""
    case = file(applicant)
    task = task_of(head, case)
    for path in (f"/cases/{case}", f"/cases/{case}/receipt", task):
        assert outsider.get(path).status_code == 404
    for path in (f"{task}/decision", f"/cases/{case}/withdrawal", f"/cases/{case}/comments"):
        assert outsider.post(path, {"_action": "approve", "text": "x", "key": "k"}).status_code == 404
    assert outsider.post("/drafts", {"_task": task.split("/")[-1], "_opinion": "x"}).status_code == 404


def test_a_draft_is_its_writers_alone(applicant: Browser, outsider: Browser) -> None:
    page = applicant.get("/apps/leave/new").text
    draft = hidden(page)["_draft"]
    assert send(applicant, "/drafts", page, {**LEAVE, "_action": "save"}).headers["location"] == "/drafts"
    assert applicant.get(f"/drafts/{draft}").status_code == 200
    assert outsider.get(f"/drafts/{draft}").status_code == 404
    assert outsider.post(f"/drafts/{draft}/discarding", {}).status_code == 404
    answer = outsider.post("/drafts", {"_app": "leave", "_draft": draft, "_key": "k" * 32, "reason": "overwritten"})
    assert answer.status_code in (303, 404)
    assert "overwritten" not in applicant.get(f"/drafts/{draft}").text
    assert send(applicant, f"/drafts/{draft}/discarding", page, {}).status_code == 303
    assert applicant.get(f"/drafts/{draft}").status_code == 404


def test_wrong_answers_come_back_with_everything_typed(applicant: Browser) -> None:
    """422, a summary with links, the message at the field, and what was typed still in it; kept as a draft, too."""
    page = applicant.get("/apps/leave/new").text
    answer = send(applicant, "/apps/leave/new", page, {**LEAVE, "phone": "12345", "period.end": "2026-11-30", "_action": "submit"})
    assert answer.status_code == 422
    assert '<a href="#phone">' in answer.text
    assert re.search(r'id="phone"[^>]*value="12345"[^>]*aria-invalid="true"', answer.text)
    assert 'id="phone-error"' in answer.text
    assert re.search(r'href="#period', answer.text)
    assert "12345" in applicant.get(f"/drafts/{hidden(page)['_draft']}").text


@pytest.mark.approval("trap-10")
def test_handing_in_twice_files_one_case_and_uses_up_the_draft(applicant: Browser) -> None:
    """The key in the page makes the second press an echo of the first."""
    page = applicant.get("/apps/leave/new").text
    send(applicant, "/drafts", page, {**LEAVE, "_action": "save"})
    first, second = (send(applicant, "/apps/leave/new", page, {**LEAVE, "_action": "submit"}) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert applicant.get(f"/drafts/{hidden(page)['_draft']}").status_code == 404
    late = send(applicant, "/drafts", page, LEAVE, headers={"hx-request": "true"})
    assert late.status_code == 204, "a save that comes late brings nothing back"
    assert applicant.get(f"/drafts/{hidden(page)['_draft']}").status_code == 404


def test_rules_and_calculations_are_the_servers(applicant: Browser) -> None:
    """The fragment shows what follows from what was typed; a calculated answer that is sent anyway counts for nothing."""
    page = applicant.get("/apps/leave/new").text
    sent = {**LEAVE, "leave_type": "marriage", "days": "99", "_action": ""}
    answer = send(applicant, "/drafts", page, sent, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert answer.headers["hx-replace-url"].startswith("/drafts/")
    assert 'id="certificate"' in answer.text
    assert re.search(r'id="days"[^>]*><span>1天', answer.text)
    assert "99" not in re.search(r'id="days".*?</output>', answer.text, re.DOTALL)[0]
    assert 'id="forecast" hx-swap-oob="true"' in answer.text
    assert "周建国" in answer.text
    assert "<html" not in answer.text


def test_sensitive_answers_are_masked_for_everyone_but_who_fills_in(applicant: Browser, head: Browser) -> None:
    case = file(applicant)
    task = task_of(head, case)
    for browser, path in (
        (head, task),
        (applicant, f"/cases/{case}"),
        (head, "/tasks"),
        (applicant, "/mine"),
        (applicant, f"/cases/{case}/receipt"),
    ):
        assert PLAIN not in browser.get(path).text
    assert MASKED in head.get(task).text
    decide(head, task, "return", _to="start", **{"_opinion.return": "请补充"})
    assert PLAIN in applicant.get(task_of(applicant, case)).text, "who fills in sees what they typed"


def test_a_returned_case_is_corrected_and_approved(applicant: Browser, head: Browser) -> None:
    """What was said stands above the form; what was typed halfway is still there; then it goes on."""
    case = file(applicant)
    task = task_of(head, case)
    refused = decide(head, task, "return", _to="start")
    assert refused.status_code == 422
    assert "需要填写意见" in refused.text
    assert re.search(r'<details class="pop plain" open>', refused.text), "the sheet that was wrong is open"
    assert decide(head, task, "return", _to="start", _resume="rerun", **{"_opinion.return": "请写明事由"}).status_code == 303
    correction = task_of(applicant, case)
    page = applicant.get(correction).text
    assert "请写明事由" in page
    assert 'value="xu-tao" checked' in page
    send(applicant, "/drafts", page, {**LEAVE, "reason": "回老家探望父母"}, headers={"hx-request": "true"})
    page = applicant.get(correction).text
    assert "回老家探望父母" in page
    done = send(applicant, f"{correction}/decision", page, {**LEAVE, "reason": "回老家探望父母", "_action": "submit"})
    assert done.headers["location"] == f"/cases/{case}/receipt"
    assert decide(head, task_of(head, case), "approve", _opinion="同意。").headers["location"] == f"/cases/{case}"
    record = applicant.get(f"/cases/{case}").text
    assert all(words in record for words in ("退回", "重新提交", "同意。", "回老家探望父母"))


def test_what_was_typed_at_a_task_waits_for_its_writer(applicant: Browser, head: Browser) -> None:
    """An opinion half written is there when the page is opened again, and gone when it was used."""
    task = task_of(head, file(applicant))
    send(head, "/drafts", head.get(task).text, {"_opinion": "先看看材料"}, headers={"hx-request": "true"})
    assert "先看看材料" in head.get(task).text
    assert task in head.get("/drafts").text
    decide(head, task, "approve")
    assert task not in head.get("/drafts").text


def test_whoever_comes_late_reads_who_was_faster(applicant: Browser, office: Running) -> None:
    """409 with the name and the time; one's own words are there to be copied."""
    trip = {"trip_type": "cross", "destination": "320100", "period.start": "2026-12-01", "period.end": "2026-12-03", "budget": "6280"}
    page = applicant.get("/apps/business-trip/new").text
    answer = send(applicant, "/apps/business-trip/new", page, {**trip, "reason": "参加数据共享接口对接会，确认字段", "_action": "submit"})
    case = answer.headers["location"].split("/")[2]
    head = office.as_(APPROVER)
    task = task_of(head, case)
    stale = head.get(task).text
    assert decide(head, task, "approve").status_code == 303
    late = send(head, f"{task}/decision", stale, {"_action": "reject", "_opinion.reject": "再想想", "_key": "another"})
    assert late.status_code == 409
    assert "已由 周建国 于" in late.text
    assert "再想想" in late.text


def test_a_transfer_looks_for_people_and_hands_over(applicant: Browser, head: Browser, office: Running) -> None:
    """Found by pinyin on a plain submit; afterwards the other one has the task."""
    case = file(applicant)
    task = task_of(head, case)
    found = decide(head, task, "find", _who="mr")
    assert found.status_code == 200
    assert 'name="_person" value="mo-ran"' in found.text
    assert re.search(r"<details class=\"pop plain\" open>", found.text)
    assert decide(head, task, "transfer", _person="mo-ran").status_code == 303
    assert task_of(office.as_("mo-ran"), case)


@pytest.mark.approval("field-history", "trap-8")
def test_a_step_writes_its_own_fields_and_no_others(applicant: Browser, head: Browser, office: Running) -> None:
    """Finance fixes the amount; a field that is not theirs is not in the form and not taken."""
    page = applicant.get("/apps/business-trip/new").text
    trip = {"trip_type": "cross", "destination": "320100", "period.start": "2026-12-01", "period.end": "2026-12-03", "budget": "6280"}
    answer = send(applicant, "/apps/business-trip/new", page, {**trip, "reason": "参加数据共享接口对接会，确认字段", "_action": "submit"})
    case = answer.headers["location"].split("/")[2]
    decide(head, task_of(head, case), "approve")
    finance = office.as_("wu-min")
    task = task_of(finance, case)
    shown = finance.get(task).text
    assert 'name="approved_budget"' in shown
    assert 'name="budget"' not in shown
    wrong = decide(finance, task, "approve", approved_budget="很多")
    assert wrong.status_code == 422
    assert "金额要填数字" in wrong.text
    assert decide(finance, task, "approve", approved_budget="5000", budget="1").status_code == 303
    record = applicant.get(f"/cases/{case}").text
    assert "¥5,000.00" in record
    assert "¥6,280.00" in record


def test_taking_back_and_commenting(applicant: Browser, head: Browser) -> None:
    case = file(applicant)
    assert "撤销申请" in applicant.get(f"/cases/{case}").text
    assert "撤销申请" not in head.get(f"/cases/{case}").text
    assert head.post(f"/cases/{case}/comments", {"key": "c" * 32, "text": "请尽快"}).status_code == 303
    assert "请尽快" in applicant.get(f"/cases/{case}").text
    assert head.post(f"/cases/{case}/withdrawal", {"key": "w" * 32}).status_code == 422
    assert applicant.post(f"/cases/{case}/withdrawal", {"key": "v" * 32, "opinion": "不去了"}).status_code == 303
    assert "已撤销" in applicant.get(f"/cases/{case}").text


@pytest.mark.approval("step-notify")
def test_a_copy_is_unread_until_it_is_opened(applicant: Browser, head: Browser, office: Running) -> None:
    case = file(applicant)
    decide(head, task_of(head, case), "approve")
    deputy = office.as_("xu-tao")
    assert f'class="it un" href="/cases/{case}"' in deputy.get("/copied").text
    assert deputy.get(f"/cases/{case}").status_code == 200
    assert f'class="it un" href="/cases/{case}"' not in deputy.get("/copied").text


@pytest.mark.approval("who-several-posts")
def test_someone_with_two_posts_chooses_one(office: Running) -> None:
    """The main one is chosen; the other is a click away and decides who approves."""
    browser = office.as_("xia-yu")
    page = browser.get("/apps/leave/new").text
    assert 'value="service-centre/window-clerk" checked' in page
    answer = send(browser, "/apps/leave/new", page, {**LEAVE, "_post": "data-resources/officer", "_action": "submit"})
    assert "数据资源处" in browser.get(answer.headers["location"].removesuffix("/receipt")).text
    page = browser.get("/apps/leave/new").text
    assert send(browser, "/apps/leave/new", page, {**LEAVE, "_post": "finance/director", "_action": "submit"}).status_code == 404


def test_lists_go_on_where_they_stopped(applicant: Browser) -> None:
    """Twenty to a page; the rest comes as a fragment, or as a page of its own."""
    for _ in range(21):
        file(applicant)
    page = applicant.get("/mine").text
    more = re.search(r'hx-get="(/mine\?after=[^"]+)"', page)[1].replace("&amp;", "&")
    assert page.count('class="it"') == 20
    fragment = applicant.get(more, headers={"hx-request": "true"}).text
    assert "<html" not in fragment
    assert fragment.count('class="it"') >= 1
    assert applicant.get(more).text.count("<h1") == 1
    assert "QJ-2026-00001" in applicant.get("/mine?q=QJ-2026-00001").text


def test_rows_of_a_table_by_plain_submits(applicant: Browser) -> None:
    page = applicant.get("/apps/business-trip/new").text
    answer = send(applicant, "/drafts", page, {"_action": "companions.+"})
    assert answer.headers["location"].endswith("#companions.0")
    page = applicant.get(answer.headers["location"]).text
    answer = send(applicant, "/drafts", page, {"companions.0.name": "何磊", "_action": "companions.+"})
    page = applicant.get(answer.headers["location"]).text
    assert 'name="companions.1.name"' in page
    answer = send(applicant, "/drafts", page, {"companions.0.name": "何磊", "companions.1.name": "马超", "_action": "companions.0.-"})
    page = applicant.get(answer.headers["location"]).text
    assert "马超" in page
    assert "何磊" not in page


def test_a_forged_submit_changes_nothing(applicant: Browser) -> None:
    """No token, no case: the answer says that the page has expired."""
    before = applicant.get("/mine").text.count('class="it"')
    assert applicant.post("/apps/leave/new", {**LEAVE, "_action": "submit"}, token="forged").status_code == 403
    assert applicant.get("/mine").text.count('class="it"') == before


def test_where_settings_lead_back_is_one_of_our_pages(applicant: Browser) -> None:
    for wanted in ("https://example.org/", "//example.org", "/\\example.org"):
        assert applicant.post("/settings", {"theme": "dark", "back": wanted}).headers["location"] == "/settings"
    assert 'data-theme="dark"' in applicant.get("/").text
    applicant.post("/settings", {"theme": "auto", "back": "/"})
