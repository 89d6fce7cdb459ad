"""Whether the server lives, is ready, and tells its numbers to whom it should."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.web import APPLICANT, Clock, Running, city, running

from runtime.serving import health
from runtime.store import sqlite
from runtime.store.database import Database


@pytest.fixture
def served(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(health, "GOOD_FOR", 0.0)
    monkeypatch.setattr(sqlite, "LOOK_AGAIN", 0.0)
    clock = Clock()
    city(database, clock, apps=False)
    with running(database, clock, demo=True) as server:
        yield server


def test_a_healthy_server_is_live_and_ready(served: Running) -> None:
    """Without a session, because machines ask."""
    browser = served.browser()
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").json() == {"status": "ready"}


def test_a_lost_database_is_503_not_ready_yet_live_and_heals_by_itself(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and the API say that nothing has happened; afterwards the same session goes on."""
    monkeypatch.setattr(health, "GOOD_FOR", 0.0)
    monkeypatch.setattr(sqlite, "LOOK_AGAIN", 0.0)
    path = tmp_path / "lost.db"
    shutil.copy(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}")
    clock = Clock()
    city(database, clock, apps=False)
    with running(database, clock, demo=True) as served:
        browser = served.as_(APPLICANT)
        token = browser.token()
        path.rename(tmp_path / "away.db")
        served.site.sessions.forget(person=APPLICANT)
        page = browser.get("/settings")
        assert page.status_code == 503
        assert "retry-after" in page.headers
        assert "系统暂时无法保存" in page.text
        assert browser.post("/sign-out", token=token).status_code == 503
        program = browser.request("POST", "/api/v1/sessions", json={"user": APPLICANT})
        assert program.status_code == 503
        assert program.headers["content-type"] == "application/problem+json"
        assert browser.get("/readyz").status_code == 503
        assert browser.get("/healthz").status_code == 200
        (tmp_path / "away.db").rename(path)
        assert browser.get("/readyz").status_code == 200
        assert browser.get("/settings").status_code == 200
    database.close()


def test_numbers_are_told_to_the_machine_itself_only(served: Running) -> None:
    """And never to whom a proxy speaks for. Routes stand there without ids."""
    served.as_(APPLICANT).get("/cases/0123456789abcdef")
    numbers = served.browser().get("/metrics")
    assert numbers.status_code == 200
    assert 'route="/cases/{case}"' in numbers.text or 'route="/cases/{id}"' in numbers.text
    assert "0123456789abcdef" not in numbers.text
    assert served.browser("10.0.0.7").get("/metrics").status_code == 404
    assert served.browser().get("/metrics", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 404


def test_with_a_token_the_numbers_are_for_who_knows_it(database: Database) -> None:
    """From anywhere, and nobody else."""
    with running(database, Clock(), demo=True, metrics_token="of-the-monitoring") as served:
        far = served.browser("10.0.0.7")
        assert far.get("/metrics", headers={"authorization": "Bearer of-the-monitoring"}).status_code == 200
        assert far.get("/metrics", headers={"authorization": "Bearer guess"}).status_code == 404
        assert served.browser().get("/metrics").status_code == 404
