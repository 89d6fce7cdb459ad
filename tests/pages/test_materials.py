"""Materials and what else stands in a form: those that come later, files in rows, opinions, certificates and pictures."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx
import pytest
from PIL import Image
from support import corpus
from support.city import APPLICANT, APPROVER, FLOW_ADMIN, OUTSIDER
from support.house import House
from support.office import hidden, office, send
from support.web import Browser, Running

from builder.compile import compile_files
from builder.workspace import Workspace
from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.store.database import Database
from workflows.app import App
from workflows.commands import Refusal

FLOW = f"""start: {{who: everyone}}
steps:
  - approve: review
    title: 审批
    who: user('{APPROVER}')
  - handle: work
    title: 办理
    who: user('{FLOW_ADMIN}')
"""


def drawn() -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(into, "PNG")
    return into.getvalue()


@cache
def demo() -> App:
    """`ok/materials` with a picture beside it."""
    written = corpus.read(corpus.CASES / "ok/materials.yaml").written["apps/demo/form.yaml"]
    assert isinstance(written, str)
    note = "  guide: {title: 办理说明, type: 'null', x-image: flow.png, x-alt: 先审批后办理}\n"
    files = {
        "apps/demo/app.yaml": (corpus.BASE / "apps/demo/app.yaml").read_bytes(),
        "apps/demo/form.yaml": (written + note).encode(),
        "apps/demo/flow.yaml": FLOW.encode(),
        "apps/demo/images/flow.png": drawn(),
    }
    compiled = compile_files(Workspace("", files))
    assert compiled.errors == 0, [problem.message for problem in compiled.problems]
    return compiled.apps["demo"]


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[tuple[House, Running]]:
    with office(database, tmp_path, demo()) as found:
        yield found


def apply(house: House, **answers: object) -> Done | Refusal:
    done = house.run(cases.submit, APPLICANT, "demo", {"kind": "a", "day": "2026-12-01", **answers}, f"k{sorted(answers)}")
    assert done is not None
    return done


def begun(house: House, **answers: object) -> str:
    done = apply(house, **answers)
    assert isinstance(done, Done), done
    return done.case.id


def task_of(house: House, case: str, person: str) -> str:
    return next(task.id for task in house.case(case).open_tasks() if task.person == person)


def hand_in(browser: Browser, case: str, name: str, content: bytes, called: str = "图.png") -> httpx.Response:
    page = browser.get(f"/cases/{case}/materials").text
    own = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    headers = {"origin": browser.origin, "sec-fetch-site": "same-origin"}
    return browser.request("POST", "/materials", data=own, files={name: (called, content)}, headers=headers)


def test_what_is_missing_is_promised_or_refused(served: tuple[House, Running]) -> None:
    """Either the file or a day within the limit; and no day that has passed."""
    house, _ = served
    for day, says in ((None, "请上传平面图"), ("2026-11-20", "5 个工作日"), ("2026-12-01", "5 个工作日")):
        refused = apply(house, **({"plan_promised": day} if day else {}))
        assert isinstance(refused, Refusal)
        assert says in " ".join(words["zh"] for words in refused.fields.values())
    assert isinstance(apply(house, plan_promised="2026-11-30"), Done)


def test_a_material_that_is_owed_is_seen_handed_in_and_waited_for(served: tuple[House, Running]) -> None:
    """Everybody in the case sees it; the step that needs it is not passed; its applicant alone hands it in, and is reminded of it."""
    house, running = served
    case = begun(house, plan_promised="2026-11-27")
    applicant = running.as_(APPLICANT)
    assert "待补交材料" in applicant.get(f"/cases/{case}").text
    assert f"/cases/{case}/materials" in applicant.get(f"/cases/{case}").text
    assert running.as_(OUTSIDER).get(f"/cases/{case}/materials").status_code == 404
    approver = running.as_(APPROVER)
    task = task_of(house, case, APPROVER)
    assert "待补交材料" in approver.get(f"/tasks/{task}").text
    assert approver.get(f"/cases/{case}/materials").status_code == 404
    assert isinstance(house.act(APPROVER, task), Done)
    work = task_of(house, case, FLOW_ADMIN)
    refused = house.run(cases.act, FLOW_ADMIN, work, "complete", "early")
    assert isinstance(refused, Refusal)
    assert (refused.code, "平面图" in refused.message["zh"]) == ("material-missing", True)
    house.until(datetime(2026, 11, 27, 1, 30, tzinfo=UTC))
    applicant = running.as_(APPLICANT)  # the session of Monday is over
    assert "今天要补交“平面图”" in applicant.get("/messages").text
    wrong = hand_in(applicant, case, "plan", b"PK\x03\x04 not a picture", "图.zip")
    assert wrong.status_code == 422
    assert hand_in(applicant, case, "plan", drawn()).status_code == 303
    page = applicant.get(f"/cases/{case}").text
    assert "图.png" in page
    assert "待补交材料" not in page
    assert isinstance(house.run(cases.act, FLOW_ADMIN, work, "complete", "now"), Done)
    assert house.case(case).outcome == "approved"


def test_a_case_is_not_approved_without_what_its_end_waits_for(served: tuple[House, Running]) -> None:
    """`before: end`; what nobody promised cannot be handed in later."""
    house, running = served
    case = begun(house, kind="b", plan_promised="2026-11-27", proof_promised="2026-12-01")
    applicant = running.as_(APPLICANT)
    assert hand_in(applicant, case, "plan", drawn()).status_code == 303
    house.act(APPROVER, task_of(house, case, APPROVER))
    work = task_of(house, case, FLOW_ADMIN)
    refused = house.run(cases.act, FLOW_ADMIN, work, "complete", "early")
    assert isinstance(refused, Refusal)
    assert refused.code == "material-missing"
    assert hand_in(applicant, case, "plan", drawn()).status_code == 404
    assert hand_in(applicant, case, "proof", drawn()).status_code == 303
    assert isinstance(house.run(cases.act, FLOW_ADMIN, work, "complete", "now"), Done)


def test_files_stand_in_rows(served: tuple[House, Running]) -> None:
    """Sent with the page, kept in the draft, handed in, and seen by those who see the case."""
    house, running = served
    applicant = running.as_(APPLICANT)
    page = applicant.get("/apps/demo/new").text
    own = hidden(page)
    typed = {"parts.0.name": "甲", "kind": "a", "day": "2026-12-01", "plan_promised": "2026-11-27"}
    headers = {"origin": applicant.origin, "sec-fetch-site": "same-origin"}
    sent = applicant.request(
        "POST",
        "/drafts/files",
        data={**own, **typed, "_action": "files"},
        files={"parts.0.papers.file": ("票.png", drawn())},
        headers=headers,
    )
    assert sent.status_code == 303, sent.text
    page = applicant.get(sent.headers["location"]).text
    file = re.search(r'name="parts.0.papers" value="([0-9a-f]{32})"', page)
    assert file, page[:500]
    got = send(applicant, "/apps/demo/new", page, [*typed.items(), ("parts.0.papers", file[1]), ("_action", "submit")])
    assert got.status_code == 303, got.text
    case = got.headers["location"].split("/")[2]
    assert house.case(case).answers["parts"] == [{"name": "甲", "papers": [file[1]]}]
    approver = running.as_(APPROVER)
    assert "票.png" in approver.get(f"/cases/{case}").text
    assert approver.get(f"/cases/{case}/files/{file[1]}").content == drawn()
    assert running.as_(OUTSIDER).get(f"/cases/{case}/files/{file[1]}").status_code == 404
    stolen = apply(house, plan_promised="2026-11-27", parts=[{"name": "乙", "papers": ["0" * 32]}])
    assert isinstance(stolen, Refusal)
    assert list(stolen.fields) == ["parts.0.papers"]


def test_an_opinion_stands_where_the_form_wants_it_and_a_certificate_must_be_valid(served: tuple[House, Running]) -> None:
    """What the people of the step said, with name and day; nobody types it."""
    house, running = served
    licence = {"name": "营业执照", "number": "330106", "until": "2026-11-01"}
    refused = apply(house, plan_promised="2026-11-27", licence=licence)
    assert isinstance(refused, Refusal)
    assert refused.fields["licence.until"]["zh"] == "这份证照已经过了有效期"
    typed = apply(house, plan_promised="2026-11-27", advice="伪造的意见")
    assert isinstance(typed, Refusal)
    case = begun(house, plan_promised="2026-11-27", licence={**licence, "until": "2027-11-01"})
    applicant = running.as_(APPLICANT)
    assert "负责人意见" not in applicant.get(f"/cases/{case}").text
    house.act(APPROVER, task_of(house, case, APPROVER), opinion="情况属实。")
    page = applicant.get(f"/cases/{case}").text
    assert re.search(r"负责人意见</dt><dd>情况属实。　周建国　2026年11月23日", page)


def test_a_picture_of_the_form_is_served_to_those_who_are_signed_in(served: tuple[House, Running]) -> None:
    """It says what it shows; its bytes are those of the file."""
    _, running = served
    page = running.as_(APPLICANT).get("/apps/demo/new").text
    found = re.search(r'src="(/apps/demo/pictures/[0-9a-f]{64})" width="40" height="30" alt="先审批后办理"', page)
    assert found
    got = running.as_(OUTSIDER).get(found[1])
    assert (got.content, got.headers["content-type"]) == (drawn(), "image/png")
    assert running.browser().get(found[1]).status_code == 303
    assert running.as_(OUTSIDER).get("/apps/demo/pictures/" + "0" * 64).status_code == 404
