"""From a blank page to an app that employees use: designed, handed in, reviewed by somebody else, live, and taken back."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import web
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, EXAMPLES, OUTSIDER, Clock, Running

from builder import workspace_git
from builder.designing import drafts, reviewing
from runtime.store.database import Database

HTMX = {"hx-request": "true"}
FORM = """$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [reason]
properties:
  reason: {title: 事由, type: string, maxLength: 200, x-widget: textarea}
x-layout:
  - {section: 基本信息, fields: [reason]}
"""
FLOW = """start: {who: everyone}
steps:
  - approve: head
    title: 处室负责人审批
    who: head_of(applicant.department)
on_reject: end
nobody: {give_to: flow-admin}
"""


@pytest.fixture
def city(tmp_path: Path, database: Database) -> Iterator[Running]:
    clock = Clock()
    web.city(database, clock, apps=False)
    workspace_git.prepare(EXAMPLES, tmp_path / "workspace")
    with web.running(database, clock, data=tmp_path, demo=True) as served:
        yield served


def write(browser: web.Browser, app: str, file: str, text: str) -> None:
    answer = browser.post(f"/design/{app}/commands", {"do": "write-file", "file": file, "text": text, "tab": "source"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'class="alert bad"' not in answer.text.split('id="problems"')[0].split('id="said"')[1]


def test_a_new_app_goes_live_through_somebody_elses_review(city: Running, tmp_path: Path) -> None:
    designer, reviewer = city.as_(APPLICANT), city.as_(APPROVER)
    made = designer.post("/design", {"title": "物品领用", "from": "blank", "owner": "data-bureau"})
    assert made.status_code == 303
    app = made.headers["location"].split("/")[2]
    assert designer.get(f"/design/{app}/form").status_code == 200
    refused = designer.post(f"/design/{app}/review", {"note": "新"})
    assert refused.status_code == 422, "an app in which nobody decides has problems"
    write(designer, app, "form.yaml", FORM)
    write(designer, app, "flow.yaml", FLOW)
    page = designer.get(f"/design/{app}/publish")
    assert "编译和流程证明没有问题" in page.text
    assert designer.post(f"/design/{app}/review", {"note": "新应用"}).status_code == 303
    assert designer.get("/design/reviews").status_code == 404, "who designs does not see the queue"
    assert app not in reviewer.get("/apps").text
    review = re.search(r"/design/reviews/(\w+)", reviewer.get("/design/reviews").text)[0]
    shown = reviewer.get(review).text
    assert "物品领用" in shown
    assert "head_of(applicant.department)" in shown
    assert city.as_(OUTSIDER).get(review).status_code == 404
    reviewer.post(review, {"do": "remark", "about": "form.yaml", "words": "事由够吗"})
    assert reviewer.post(review, {"do": "return"}).status_code == 422, "sending back needs words"
    assert reviewer.post(review, {"do": "approve"}).status_code == 303
    assert f"/apps/{app}/new" in city.as_(OUTSIDER).get("/apps").text
    assert city.database.read_now(drafts.opened, app) is None
    log = subprocess.run(
        ["git", "log", "-3", "--format=%an|%s|%b", "HEAD"], cwd=tmp_path / "workspace", capture_output=True, text=True, check=True
    ).stdout
    assert "周建国|合并：新应用" in log
    assert "Reviewed-by: 周建国" in log
    assert "陈晓琳|物品领用：新应用" in log
    clean = subprocess.run(["git", "status", "--porcelain"], cwd=tmp_path / "workspace", capture_output=True, text=True, check=True).stdout
    assert clean == ""
    # a second version, and back to the first in two clicks
    write(designer, app, "form.yaml", FORM.replace("title: 事由", "title: 用途"))
    assert "说明" in designer.get(f"/design/{app}/publish").text or "用途" in designer.get(f"/design/{app}/publish").text
    designer.post(f"/design/{app}/review", {"note": "改名"})
    review = re.search(r"/design/reviews/(\w+)", reviewer.get("/design/reviews").text)[0]
    assert city.as_(ADMINISTRATOR).post(review, {"do": "approve"}).status_code == 303
    assert "用途" in city.as_(OUTSIDER).get(f"/apps/{app}/new").text
    assert "退回上一个版本" in designer.get(f"/design/{app}/history").text
    assert designer.post(f"/design/{app}/rollback").status_code == 303
    city.call(city.site.catalogue.refresh, city.database)
    assert "事由" in city.as_(OUTSIDER).get(f"/apps/{app}/new").text


def test_nobody_reviews_what_they_wrote(city: Running) -> None:
    from runtime.people import designers

    city.database.write_now(designers.give, APPLICANT, "*", "review", "test", city.clock())
    designer = city.as_(APPLICANT)
    write(designer, "leave", "flow.yaml", (EXAMPLES / "apps/leave/flow.yaml").read_text("utf-8") + "# 改\n")
    write(designer, "leave", "app.yaml", (EXAMPLES / "apps/leave/app.yaml").read_text("utf-8").replace("title: ", "title: 新", 1))
    assert designer.post("/design/leave/review", {"note": "x"}).status_code == 303
    review = city.database.read_now(reviewing.waiting)[0]
    answer = designer.post(f"/design/reviews/{review.id}", {"do": "approve"})
    assert answer.status_code == 422
    assert "由他人审核" in answer.text
    assert city.database.read_now(reviewing.found, review.id).state == "waiting"
