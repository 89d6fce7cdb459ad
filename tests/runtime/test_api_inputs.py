"""Any input that the OpenAPI document allows, and much that it forbids, is answered as the document says, and never by a 500."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from support.web import APPLICANT, APPROVER, ORIGIN, PASSWORD, Clock, Running, city, give_passwords, opened, running

TRIP = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "reason": "参加省数据局的培训班",
}
OPERATIONS = [
    ("post", "/sessions"),
    ("get", "/apps/{app}"),
    ("post", "/apps/{app}/cases"),
    ("get", "/tasks"),
    ("get", "/tasks/{task}"),
    ("post", "/tasks/{task}/decision"),
    ("get", "/cases/{case}"),
    ("post", "/cases/{case}/withdrawal"),
    ("post", "/cases/{case}/comments"),
]


class Target:
    """The API with a case in it, and whom to ask as."""

    def __init__(self, served: Running) -> None:
        self.browser = served.browser()
        self.document = self.browser.get("/api/v1/openapi.json").json()
        self.schema = schemathesis.openapi.from_dict(self.document)
        self.bearers = [self._bearer(APPLICANT), self._bearer(APPROVER)]
        headers = {**self.bearers[0], "idempotency-key": "first"}
        case = self.browser.request("POST", "/api/v1/apps/business-trip/cases", json={"answers": TRIP}, headers=headers).json()
        #: what stands for made-up ids every other time, so that requests get further than 404
        self.real = {"app": "business-trip", "case": case["id"], "task": case["tasks"][0]["id"]}

    def _bearer(self, person: str) -> dict[str, str]:
        got = self.browser.request("POST", "/api/v1/sessions", json={"user": person, "password": PASSWORD})
        return {"authorization": f"Bearer {got.json()['token']}"}

    def send(self, case: Case, bearer: dict[str, str], *, real: bool) -> Any:
        if real:
            for name in case.path_parameters:
                case.path_parameters[name] = self.real.get(name, case.path_parameters[name])
        sent = case.as_transport_kwargs(base_url=ORIGIN + "/api/v1")
        headers = {name: value for name, value in dict(sent.pop("headers", None) or {}).items() if name.lower() != "authorization"}
        body = {"content": sent["data"]} if sent.get("data") is not None else {"json": sent["json"]} if "json" in sent else {}
        return self.browser.request(
            sent["method"], sent["url"], params=sent.get("params"), headers={**_sendable(headers), **bearer}, **body
        )


def _sendable(headers: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value).encode("latin-1", "replace") for name, value in headers.items()}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder: Path = tmp_path_factory.mktemp("api")
    with opened(f"sqlite:///{folder / 'api.db'}") as database:
        clock = Clock()
        city(database, clock)
        give_passwords(database, clock, APPLICANT, APPROVER, "mo-ran")
        # the address is the same for all these tries
        with running(database, clock, sign_in_failures_address=10_000) as server:
            yield Target(server)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_answers_are_as_documented(target: Target, method: str, path: str, mode: GenerationMode, soak: bool) -> None:
    """The status is one of those in the document, and every failure is a problem."""
    operation = target.schema[path][method]
    documented = target.document["paths"][path][method]["responses"]

    @settings(max_examples=2000 if soak else 15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), who=st.sampled_from(target.bearers), real=st.booleans())
    def tried(case: Case, who: dict[str, str], real: bool) -> None:
        answer = target.send(case, who, real=real)
        # a made-up path may be another path, or none
        assert str(answer.status_code) in documented or answer.status_code in (404, 405, 307), (answer.status_code, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert set(answer.json()) == {"type", "title", "status", "detail", "errors"}

    tried()
