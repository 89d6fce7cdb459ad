"""The JSON API, by the same rules as the pages: who may see, who was faster, what was wrong and where."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, OUTSIDER, PASSWORD, Browser, Clock, Running, city, give_passwords, running

from runtime.store.database import Database

TRIP: dict[str, Any] = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "companions": [{"name": "徐涛", "phone": "13812345678"}],
    "reason": "参加省数据局组织的培训班",
}


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock)
    give_passwords(database, clock, APPLICANT, APPROVER, OUTSIDER, ADMINISTRATOR, "qian-yi")
    with running(database, clock) as server:
        yield server


class Program:
    """Software of a person."""

    def __init__(self, served: Running, person: str) -> None:
        self.browser: Browser = served.browser()
        got = self.browser.request("POST", "/api/v1/sessions", json={"user": person, "password": PASSWORD})
        assert got.status_code == 201, got.text
        self.headers = {"authorization": f"Bearer {got.json()['token']}"}

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.browser.get("/api/v1" + path, headers=self.headers, **options)

    def post(self, path: str, body: Any = None, key: str = "a-key", **headers: str) -> httpx.Response:
        return self.browser.request("POST", "/api/v1" + path, json=body, headers={**self.headers, "idempotency-key": key, **headers})


def started(program: Program, key: str = "start") -> dict[str, Any]:
    answer = program.post("/apps/business-trip/cases", {"answers": TRIP}, key)
    assert answer.status_code == 201, answer.text
    return answer.json()


def is_problem(answer: httpx.Response, status: int, *fields: str) -> bool:
    """Whether ``answer`` is a problem of RFC 9457 that names ``fields``."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert {error["field"] for error in body["errors"]} >= set(fields), body
    return True


def test_a_case_from_start_to_end(served: Running) -> None:
    """Apps, form, submission, task, decision, events."""
    applicant, approver, desk = Program(served, APPLICANT), Program(served, APPROVER), Program(served, "qian-yi")
    assert "business-trip" in [app["id"] for app in applicant.get("/apps").json()["apps"]]
    form = applicant.get("/apps/business-trip").json()
    assert form["schema"]["properties"]["trip_type"]
    assert [field["name"] for field in form["fields"]][:2] == ["trip_type", "destination"]
    case = started(applicant)
    assert case["answers"]["days"] == 3
    task = approver.get("/tasks").json()["tasks"][0]
    assert task["case"] == case["id"]
    assert [offer["id"] for offer in approver.get(f"/tasks/{task['id']}").json()["offers"]] == [
        "approve", "reject", "return", "transfer", "delegate", "add-before", "add-after", "add-beside",
    ]  # fmt: skip
    assert approver.post(f"/tasks/{task['id']}/decision", {"action": "approve"}, "yes").status_code == 200
    booking = desk.get("/tasks").json()["tasks"][0]
    assert desk.post(f"/tasks/{booking['id']}/decision", {"action": "booked"}, "booked").json()["outcome"] == "approved"
    ended = applicant.get(f"/cases/{case['id']}").json()
    assert ended["status"] == "ended"
    assert [event["seq"] for event in ended["events"]] == list(range(1, len(ended["events"]) + 1))


def test_without_a_token_nothing_is_told(served: Running) -> None:
    """Nor with a made-up one, nor with the cookie of a browser, nor with the token of a browser as a bearer."""
    browser = served.as_(APPLICANT)
    cookie = browser.client.cookies["dabashou"]
    for headers in ({}, {"authorization": "Bearer guess"}, {"authorization": f"Bearer {cookie}"}, {"authorization": "Basic x"}):
        for path in ("/apps", "/tasks", "/cases/x", "/apps/leave"):
            answer = browser.get("/api/v1" + path, headers=headers)
            assert is_problem(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
    assert is_problem(browser.request("POST", "/api/v1/apps/leave/cases", json={"answers": {}}, headers={"idempotency-key": "x"}), 401)


def test_a_token_is_no_cookie(served: Running) -> None:
    """What a program was given opens no pages."""
    program = Program(served, APPLICANT)
    browser = served.browser()
    browser.client.cookies.set("dabashou", program.headers["authorization"][7:], domain="127.0.0.1")
    assert browser.get("/tasks").status_code == 303


def test_a_token_ends_when_given_back(served: Running) -> None:
    """At once."""
    program = Program(served, APPLICANT)
    assert program.browser.request("DELETE", "/api/v1/sessions/current", headers=program.headers).status_code == 204
    assert is_problem(program.get("/apps"), 401)


def test_the_lock_of_an_account_holds_for_programs_too(served: Running) -> None:
    """Tries on the page and by the API count together; wrong and unknown are one answer."""
    browser = served.browser()
    bodies = [browser.request("POST", "/api/v1/sessions", json={"user": user, "password": "wrong"}) for user in (APPLICANT, "nobody")]
    assert bodies[0].json() == bodies[1].json()
    assert is_problem(bodies[0], 401)
    for _ in range(4):
        browser.sign_in(APPLICANT, "wrong-Password-1")
    locked = browser.request("POST", "/api/v1/sessions", json={"user": APPLICANT, "password": PASSWORD})
    assert is_problem(locked, 429)
    assert int(locked.headers["retry-after"]) > 0
    assert is_problem(browser.request("POST", "/api/v1/sessions", json={"user": OUTSIDER}), 401)


def test_an_outsider_finds_nothing(served: Running) -> None:
    """Neither the case nor the task, to read or to act; and an administrator reads no business."""
    applicant, approver = Program(served, APPLICANT), Program(served, APPROVER)
    case = started(applicant)
    task = approver.get("/tasks").json()["tasks"][0]["id"]
    for person in (OUTSIDER, ADMINISTRATOR):
        program = Program(served, person)
        assert is_problem(program.get(f"/cases/{case['id']}"), 404)
        assert is_problem(program.get(f"/tasks/{task}"), 404)
        assert is_problem(program.post(f"/tasks/{task}/decision", {"action": "approve"}), 404)
        assert is_problem(program.post(f"/cases/{case['id']}/comments", {"text": "…"}), 404)
        assert is_problem(program.post(f"/cases/{case['id']}/withdrawal", {}), 404)
        assert program.get("/tasks").json()["tasks"] == []
    assert is_problem(applicant.post("/apps/nothing/cases", {"answers": {}}), 404)
    assert is_problem(applicant.post(f"/tasks/{task}/decision", {"action": "approve"}), 403)


def test_sensitive_answers_are_masked_in_cases_and_events(served: Running) -> None:
    """Also for who filled them in: the API is no form."""
    program = Program(served, APPLICANT)
    case = started(program)
    text = program.get(f"/cases/{case['id']}").text
    assert "13812345678" not in text + str(case)
    assert text.count("138****5678") == 2


@pytest.mark.approval("edge-idempotency")
def test_the_same_key_gives_the_same_answer_and_does_nothing(served: Running) -> None:
    """Another body under it is refused."""
    program = Program(served, APPLICANT)
    first = program.post("/apps/business-trip/cases", {"answers": TRIP}, "once")
    again = program.post("/apps/business-trip/cases", {"answers": TRIP}, "once")
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = program.post("/apps/business-trip/cases", {"answers": {**TRIP, "reason": "另一个足够长的出差事由"}}, "once")
    assert is_problem(other, 422)
    assert other.json()["type"].endswith("key-reused")


def test_whoever_comes_second_reads_who_was_faster(served: Running) -> None:
    """409, with the name and the time."""
    approver = Program(served, APPROVER)
    started(Program(served, APPLICANT))
    task = approver.get("/tasks").json()["tasks"][0]["id"]
    assert approver.post(f"/tasks/{task}/decision", {"action": "approve"}, "one").status_code == 200
    late = approver.post(f"/tasks/{task}/decision", {"action": "reject", "opinion": "不妥"}, "two")
    assert is_problem(late, 409)
    assert "周建国" in late.json()["detail"]


def test_wrong_input_names_the_field(served: Running) -> None:
    """In the language of the request, and nothing has happened."""
    program = Program(served, APPLICANT)
    submit = "/apps/business-trip/cases"
    assert is_problem(program.post(submit, {"answers": {**TRIP, "destination": "000000"}}), 422, "answers.destination")
    assert is_problem(program.post(submit, {"answers": {**TRIP, "days": 9}}), 422, "answers.days")
    assert is_problem(program.post(submit, {"answers": {**TRIP, "nothing": 1}}), 422, "answers.nothing")
    assert is_problem(program.post(submit, {"answers": {**TRIP, "companions": [{"phone": "1"}]}}), 422, "answers.companions.0.phone")
    assert is_problem(program.post(submit, {"answers": {**TRIP, "reason": "空\0字符在这里面出现了"}}), 422, "answers.reason")
    assert is_problem(program.post(submit, {"answers": [], "more": 1}), 422, "answers", "more")
    assert is_problem(program.post(submit, {"answers": TRIP, "post": {"department": 1, "post": "x"}}), 422, "post.department")
    assert is_problem(
        program.browser.request("POST", "/api/v1" + submit, json={"answers": TRIP}, headers=program.headers), 422, "Idempotency-Key"
    )
    assert is_problem(program.get("/tasks", params={"limit": "many"}), 422, "limit")
    english = program.post(submit, {"answers": []}, **{"accept-language": "en-GB,en"}).json()
    assert english["errors"] == [{"field": "answers", "message": "must be an object"}]
    assert Program(served, APPROVER).get("/tasks").json()["tasks"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"answers": NaN}',
        b'{"answers": 1e999}',
        b'{"answers": {}, "answers": {}}',
        b'{"answers": {"a": "\\ud800"}}',
        b'{"answers": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"answers": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_400(served: Running, body: bytes) -> None:
    """Never a traceback."""
    program = Program(served, APPLICANT)
    headers = {**program.headers, "idempotency-key": "x", "content-type": "application/json"}
    assert is_problem(program.browser.request("POST", "/api/v1/apps/leave/cases", content=body, headers=headers), 400)
    text = program.browser.request("POST", "/api/v1/apps/leave/cases", content=body, headers={**headers, "content-type": "text/plain"})
    assert is_problem(text, 415)


def test_taking_back_and_commenting(served: Running) -> None:
    """As on the pages."""
    program = Program(served, APPLICANT)
    case = started(program)["id"]
    assert program.post(f"/cases/{case}/comments", {"text": "请尽快"}, "c").status_code == 201
    assert program.post(f"/cases/{case}/withdrawal", {"opinion": "不去了"}, "w").json()["outcome"] == "withdrawn"
    assert is_problem(program.post(f"/cases/{case}/withdrawal", {}, "w2"), 409)


def test_in_a_demo_a_program_chooses_who_to_be(database: Database) -> None:
    """Without a password, as people do on the page."""
    clock = Clock()
    city(database, clock, apps=False)
    with running(database, clock, demo=True) as served:
        got = served.browser().request("POST", "/api/v1/sessions", json={"user": APPLICANT})
        assert got.status_code == 201


def test_the_document_describes_every_route_and_failure(served: Running) -> None:
    """OpenAPI 3.1, without a token."""
    document = served.browser().get("/api/v1/openapi.json").json()
    assert set(document["paths"]) == {
        "/sessions",
        "/sessions/current",
        "/apps",
        "/apps/{app}",
        "/apps/{app}/cases",
        "/tasks",
        "/tasks/decisions",
        "/tasks/{task}",
        "/tasks/{task}/decision",
        "/tasks/{task}/recall",
        "/tasks/{task}/reminder",
        "/tasks/{task}/removal",
        "/cases/{case}",
        "/cases/{case}/copy",
        "/cases/{case}/papers/{paper}",
        "/cases/{case}/withdrawal",
        "/cases/{case}/suspension",
        "/cases/{case}/resumption",
        "/cases/{case}/termination",
        "/cases/{case}/comments",
        "/cases/{case}/messages",
        "/cases/{case}/files/{file}",
        "/uploads",
    }
    assert document["servers"] == [{"url": "/api/v1"}]
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            assert "503" in route["responses"], (method, path)
            assert route["description"], (method, path)
