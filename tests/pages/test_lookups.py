"""Answers that are taken from elsewhere: from oneself, earlier cases, dictionaries, what other apps publish and systems outside."""

import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from support import corpus
from support.city import APPLICANT, APPROVER, OUTSIDER, READER
from support.house import House
from support.office import hidden, office, send
from support.receivers import Receiver, receiver
from support.web import Browser, Running

from builder.compile import compile_files
from builder.workspace import Workspace
from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.store.database import Database
from workflows.app import App
from workflows.case import Case

CODE, NAME = "91110000600037341L", "清溪建设有限公司"


@cache
def apps() -> list[App]:
    files = {name: text.encode() for name, text in corpus.read(corpus.CASES / "ok/lookups.yaml").written.items() if isinstance(text, str)}
    base = {str(path.relative_to(corpus.BASE)): path.read_bytes() for path in corpus.BASE.rglob("*.yaml") if "org" not in path.parts}
    merged = {**base, **files}
    flow = b"start: {who: everyone}\nsteps:\n  - approve: review\n    title: r\n    who: user('%s')\n" % APPROVER.encode()
    merged["apps/demo/flow.yaml"] = merged["apps/other/flow.yaml"] = flow
    for app in ("demo", "other"):
        merged.pop(f"apps/{app}/i18n/en.yaml", None)
    merged.pop("apps/demo/tests/basic.yaml", None)
    compiled = compile_files(Workspace("", merged))
    assert compiled.errors == 0, compiled.problems
    return [compiled.apps["other"], compiled.apps["demo"]]


@pytest.fixture
def register() -> Iterator[Receiver]:
    with receiver() as found:
        found.status = 200
        found.answer = json.dumps({"data": {"name": NAME, "founded": "2011-05-04"}}).encode()
        yield found


@pytest.fixture
def plain(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """What is asked outside does not depend on the kind of database."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close()


@pytest.fixture
def served(plain: Database, tmp_path: Path, register: Receiver) -> Iterator[tuple[House, Running]]:
    source = {
        "url": f"http://127.0.0.1:{register.port}/companies?v=1", "apps": ("demo",), "networks": ("127.0.0.0/8",),
        "header": "authorization", "secret": "Bearer s3cret", "seconds": 2,
    }  # fmt: skip
    with office(plain, tmp_path, *apps(), sources={"company": source}) as found:
        yield found


def begin(house: House, person: str, app: str, **answers: object) -> Case:
    done = house.run(cases.submit, person, app, answers, f"k-{app}")
    assert isinstance(done, Done), done
    return done.case


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}"[^>]*? value="([^"]*)"', page)
    assert found, name
    return found[1]


def note(page: str, name: str) -> str:
    found = re.search(rf'id="{re.escape(name)}-from">([^<]*)', page)
    return found[1] if found else ""


def change(browser: Browser, page: str, fields: dict[str, str]) -> str:
    """What the page becomes when these are typed; as without a script, by the button that saves."""
    own = hidden(page)
    marks = re.findall(r'name="_looked" value="([^"]*)"', page)
    pairs = [(name, text) for name, text in own.items() if name not in ("_csrf", "_looked")]
    pairs += [("_looked", mark) for mark in marks] + list(fields.items()) + [("_action", "refresh")]
    headers = {"hx-request": "true"}
    got = browser.post("/drafts", pairs, token=own["_csrf"], headers=headers)
    assert got.status_code == 200, got.text
    head = "".join(f'<input type="hidden" name="{name}" value="{text}">' for name, text in own.items() if name != "_looked")
    return head + got.text


def test_a_new_form_begins_with_what_is_known_of_its_applicant(served: tuple[House, Running]) -> None:
    """Phone and department; of earlier cases their newest answer. What belongs to somebody else is nobody's."""
    house, running = served
    page = running.as_(READER).get("/apps/demo/new").text
    assert value(page, "phone") == "13800001234"
    assert '<option value="archives" selected>' in page
    assert value(page, "last") == ""
    begin(house, READER, "demo", kind="a", day="2026-12-01", amount=123400)
    house.clock.forward(minutes=2)
    assert value(running.as_(READER).get("/apps/demo/new").text, "last") == "1234.00"
    assert value(running.as_(OUTSIDER).get("/apps/demo/new").text, "last") == ""


def test_what_another_system_says_is_filled_in_and_may_be_changed(served: tuple[House, Running], register: Receiver) -> None:
    """It is asked once with the key administrators gave it, nothing that was changed is written over, and another key brings another answer."""
    _, running = served
    browser = running.as_(APPLICANT)
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE.lower()})
    assert value(page, "company") == NAME
    assert value(page, "since") == "2011-05-04"
    assert "企业登记" in note(page, "company")
    assert [call.path for call in register.calls] == [f"/companies?v=1&code={CODE}"]
    assert register.calls[0].headers["authorization"] == "Bearer s3cret"
    page = change(browser, page, {"credit": CODE, "company": "改过的名字", "since": "2011-05-04"})
    assert value(page, "company") == "改过的名字"
    assert len(register.calls) == 1


def test_a_system_that_is_away_holds_nothing_up(served: tuple[House, Running], register: Receiver) -> None:
    """It is said beside the field; what is typed by hand stays and is handed in."""
    _, running = served
    browser = running.as_(APPLICANT)
    register.status = 500
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE})
    assert "暂时查不到" in note(page, "company")
    typed = {"kind": "a", "day": "2026-12-01", "credit": CODE, "company": "手工填写", "since": ""}
    got = send(browser, "/apps/demo/new", page, [*typed.items(), ("_action", "submit")])
    assert got.status_code == 303, got.text
    register.status = 404
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": "91330106MA2AXXXX0T"})
    assert note(page, "company") == ""  # what is no code is not asked for


@pytest.mark.parametrize("said", [b"[", b"{}", b'{"data": {"name": {"a": 1}, "founded": "soon"}}', b"x" * 100_000, b"[" * 60_000])
def test_what_makes_no_sense_is_no_answer(served: tuple[House, Running], register: Receiver, said: bytes) -> None:
    """The form goes on without it."""
    _, running = served
    register.answer = said
    browser = running.as_(APPLICANT)
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE})
    assert value(page, "company") == ""
    assert note(page, "company")


def test_an_app_that_administrators_did_not_name_asks_nothing(plain: Database, tmp_path: Path, register: Receiver) -> None:
    """A definition cannot give itself a way out, nor lead one inside."""
    source = {"url": f"http://127.0.0.1:{register.port}/", "apps": ("other",), "networks": ("127.0.0.0/8",)}
    inside = {"url": f"http://localhost:{register.port}/", "apps": ("*",)}
    for number, settings in enumerate((source, inside)):
        with office(plain, tmp_path / str(number), *apps(), sources={"company": settings}) as (_, running):
            browser = running.as_(APPLICANT)
            page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE})
            assert "暂时查不到" in note(page, "company")
    assert register.calls == []


def test_an_approved_case_of_another_app_is_found_by_its_key(database: Database, tmp_path: Path) -> None:
    """Only approved ones, the newest; a dictionary gives its prices row by row."""
    with office(database, tmp_path, *apps()) as (house, running):
        published(house, running)


def published(house: House, running: Running) -> None:
    browser = running.as_(APPLICANT)
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE})
    assert "没有查到" in note(page, "holder")
    case = begin(house, OUTSIDER, "other", credit=CODE, holder="吴刚")
    (task,) = case.open_tasks()
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE})
    assert value(page, "holder") == ""
    house.act(APPROVER, task.id)
    page = change(browser, browser.get("/apps/demo/new").text, {"credit": CODE, "goods.0.item": "paper", "goods.1.item": "pen"})
    assert value(page, "holder") == "吴刚"
    assert [value(page, f"goods.{row}.price") for row in (0, 1)] == ["25.5", "3"]
    assert value(page, "goods.1.unit") == "支"
