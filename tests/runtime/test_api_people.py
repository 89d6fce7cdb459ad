"""The API's doors beside deciding a task: reminding, taking back, stopping."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, OUTSIDER, PASSWORD, Clock, Running, city, give_passwords, running

from runtime.store.database import Database

TRIP: dict[str, Any] = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "reason": "参加省数据局组织的培训班",
}
KEYS = iter(range(1000))


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock)
    give_passwords(database, clock, APPLICANT, APPROVER, OUTSIDER, ADMINISTRATOR)
    with running(database, clock) as server:
        yield server


def program(served: Running, person: str) -> Any:
    browser = served.browser()
    token = browser.request("POST", "/api/v1/sessions", json={"user": person, "password": PASSWORD}).json()["token"]

    def send(path: str, body: Any = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": f"k{next(KEYS)}"}
        return browser.request("POST", f"/api/v1{path}", json=body, headers=headers)

    return send


@pytest.mark.approval("remind", "recall", "suspend-resume-terminate")
def test_reminding_taking_back_and_stopping_by_programs(served: Running) -> None:
    """The same rules as on the pages; an outsider finds nothing."""
    applicant, approver, outsider = program(served, APPLICANT), program(served, APPROVER), program(served, OUTSIDER)
    case = applicant("/apps/business-trip/cases", {"answers": TRIP}).json()
    [task] = [task["id"] for task in case["tasks"]]
    assert outsider(f"/tasks/{task}/reminder").status_code == 404
    assert applicant(f"/tasks/{task}/reminder").json()["events"][0]["kind"] == "reminded"
    again = applicant(f"/tasks/{task}/reminder")
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[1]) == (409, "too-often")
    assert approver(f"/tasks/{task}/decision", {"action": "approve"}).status_code == 200
    taken = approver(f"/tasks/{task}/recall")
    assert taken.status_code == 200, taken.text
    assert [t["step"] for t in taken.json()["tasks"] if t["state"] == "open"] == ["section-head"]
    assert approver(f"/tasks/{task}/removal").status_code == 403
    for what in ("suspension", "resumption", "termination"):
        assert approver(f"/cases/{case['id']}/{what}", {"reason": "核查"}).status_code == 403
        assert outsider(f"/cases/{case['id']}/{what}", {"reason": "核查"}).status_code == 404
