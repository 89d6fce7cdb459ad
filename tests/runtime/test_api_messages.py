"""Another system tells a case what it waits for, over the API."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from support.house import app
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, OUTSIDER, PASSWORD, Clock, Running, city, give_passwords, running

from forms.form import Field
from runtime.casework import releases
from runtime.people import first_run
from runtime.store.database import Database
from workflows.app import Approve, Wait, release

WAITING = app(
    "waiting",
    Wait(id="pay", title={"zh": "等付款"}, message="paid", into={"amount": "amount"}),
    Approve(id="head", title={"zh": "审批"}, who=f'user("{APPROVER}")'),
    fields=(Field(name="amount", kind="integer", title={"zh": "金额"}),),
)


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock)
    database.write_now(releases.store, release(WAITING), "test", clock())
    give_passwords(database, clock, APPLICANT, OUTSIDER, ADMINISTRATOR)
    with running(database, clock) as server:
        yield server


class Program:
    """Someone's program with a token."""

    def __init__(self, served: Running, person: str) -> None:
        self.browser = served.browser()
        got = self.browser.request("POST", "/api/v1/sessions", json={"user": person, "password": PASSWORD})
        self.headers = {"authorization": f"Bearer {got.json()['token']}"}

    def post(self, path: str, body: Any, key: str) -> Any:
        return self.browser.request("POST", f"/api/v1{path}", json=body, headers={**self.headers, "idempotency-key": key})


def test_a_system_with_the_right_brings_a_message_once(served: Running) -> None:
    """404 without the right, 202 with it, the same again for the same key, 409 when nothing waits; the case stays untold."""
    applicant, system = Program(served, APPLICANT), Program(served, OUTSIDER)
    case = applicant.post("/apps/waiting/cases", {"answers": {"reason": "采购"}}, "k").json()["id"]
    path, paid = f"/cases/{case}/messages", {"name": "paid", "payload": {"amount": 1250}}
    assert system.post(path, paid, "m").status_code == 404
    assert applicant.post(path, paid, "m").status_code == 404
    served.database.write_now(first_run.give_integration, OUTSIDER, served.clock(), given=True)
    early = system.post(path, {"name": "other"}, "o")
    assert early.status_code == 409
    assert early.json()["type"] == "urn:dabashou:problem:gone"
    taken = system.post(path, paid, "m")
    assert (taken.status_code, taken.json()) == (202, {"case": case, "status": "open"})
    again = system.post(path, paid, "m")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (202, "true")
    assert system.post(path, {"name": "paid", "payload": {}}, "m").status_code == 422
    assert system.post(path, paid, "m2").status_code == 409
    assert system.post("/cases/nothing/messages", paid, "m3").status_code == 404
    assert system.browser.request("GET", f"/api/v1/cases/{case}", headers=system.headers).status_code == 404


def test_a_server_loads_what_sends_only_when_something_is_sent() -> None:
    """An idle server keeps neither a mail client nor a driver that it does not use in its memory."""
    ask = "import runtime.web, sys; print([m for m in ('aiosmtplib', 'runtime.unattended.webhooks', 'runtime.unattended.mail', 'psycopg') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
