"""A few days of work in the example city, by plain requests: what there is to look at on every page."""

import re
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext

APPLICANT, HEAD, FINANCE, LEADER, DESK, ADMIN = "chen-xiaolin", "zhou-jianguo", "wu-min", "luo-chengyi", "qian-yi", "mo-ran"


class Person:
    """Someone of the city at work, by forms that are sent without a browser window."""

    def __init__(self, context: BrowserContext, base: str, id: str) -> None:
        self.context, self.base, self.id = context, base, id
        self.send("/sign-in/demo", self.text("/sign-in"), {"person": id})

    def text(self, path: str) -> str:
        return self.context.request.get(self.base + path).text()

    def send(self, path: str, page: str, fields: dict[str, str]) -> str:
        """Sends a form of ``page`` with its hidden fields; where that led to."""
        hidden = dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', page))
        answer = self.context.request.post(self.base + path, form={**hidden, **fields}, headers={"origin": self.base})
        assert answer.status < 400, (path, answer.status, re.findall(r"<li><a href=.*?</li>", answer.text()))
        return answer.url.removeprefix(self.base)

    def apply(self, app: str, fields: dict[str, str], *, draft: bool = False) -> str:
        path = f"/apps/{app}/new"
        return self.send("/drafts" if draft else path, self.text(path), {**fields, "_action": "save" if draft else "submit"})

    def task(self, words: str = "") -> str:
        """The path of one's task whose card holds ``words``."""
        cards = re.findall(r'<a class="it[^"]*" href="(/tasks/[^"]+)">(.*?)</a>', self.text("/tasks"), re.DOTALL)
        return next(href for href, card in cards if words in card)

    def decide(self, action: str, words: str = "", **fields: str) -> str:
        path = self.task(words)
        return self.send(f"{path}/decision", self.text(path), {"_action": action, **fields})


def weekday(start: date, ahead: int) -> str:
    """The ``ahead``-th day from Monday to Friday after ``start``."""
    day = start
    while ahead:
        day += timedelta(days=1)
        ahead -= day.weekday() < 5
    return day.isoformat()


def leave(first: str, last: str, deputy: str, **more: str) -> dict[str, str]:
    span = {"period.start": first, "period.start_half": "am", "period.end": last, "period.end_half": "pm"}
    return {"leave_type": "annual", **span, "deputy": deputy, "phone": "13800001234", "leaves_city": "false", **more}


def trip(first: str, last: str, to: str, budget: str, reason: str) -> dict[str, str]:
    return {"trip_type": "cross", "destination": to, "period.start": first, "period.end": last, "budget": budget, "reason": reason}


def story(browser: Browser, base: str, today: date) -> dict[str, Any]:
    """The addresses that are worth looking at, and who may."""
    people = {
        id: Person(browser.new_context(locale="zh-CN"), base, id)
        for id in (APPLICANT, HEAD, FINANCE, LEADER, DESK, ADMIN, "xu-tao", "gao-ying")
    }
    chen, zhou, xu = people[APPLICANT], people[HEAD], people["xu-tao"]
    reason = "参加长三角“跨省通办”数据共享接口对接会，确认 14 项高频事项的电子证照字段与联调计划。"
    went = chen.apply("business-trip", trip(weekday(today, 5), weekday(today, 7), "320100", "6280", reason))
    zhou.decide("approve", "南京", _opinion="情况属实，建议同意。请提前对接省平台接口清单。")
    back = chen.apply("leave", leave(weekday(today, 2), weekday(today, 2), "xu-tao"))
    zhou.send(
        f"{(path := zhou.task('请休假'))}/decision",
        zhou.text(path),
        {"_action": "return", "_to": "start", "_resume": "rerun", "_opinion.return": "那天有评审会，请改期或写明安排。"},
    )
    done = xu.apply("leave", leave(weekday(today, 1), weekday(today, 1), APPLICANT, reason="带孩子看病"))
    zhou.decide("approve", "徐涛", _opinion="同意。")
    xu.apply("leave", leave(weekday(today, 8), weekday(today, 12), APPLICANT))
    xu.apply(
        "business-trip", trip(weekday(today, 9), weekday(today, 10), "310000", "3200", "到上海市大数据中心调研一网通办知识库建设经验。")
    )
    people["gao-ying"].apply("leave", leave(weekday(today, 3), weekday(today, 3), "tang-wei"))
    draft = chen.apply("leave", leave(weekday(today, 20), weekday(today, 21), "xu-tao"), draft=True)
    kept = re.search(r'href="(/drafts/\w+)"', chen.text(draft))
    assert kept
    return {
        "people": people,
        "receipt": went,
        "case": went.removesuffix("/receipt"),
        "returned": back,
        "done": done.removesuffix("/receipt"),
        "draft": kept[1],
        "correction": chen.task("发起人修改"),
        "task": people[FINANCE].task("南京"),
        "approve": zhou.task("上海"),
    }


def pages(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Name to who looks and where."""
    return {
        "home": (APPLICANT, "/"),
        "apps": (APPLICANT, "/apps"),
        "fill": (APPLICANT, found["draft"]),
        "fill-trip": (APPLICANT, "/apps/business-trip/new"),
        "receipt": (APPLICANT, found["receipt"]),
        "tasks": (HEAD, "/tasks"),
        "task": (HEAD, found["approve"]),
        "task-edit": (FINANCE, found["task"]),
        "correction": (APPLICANT, found["correction"]),
        "case": (APPLICANT, found["case"]),
        "sheet": (APPLICANT, f"{found['case']}/sheet"),
        "messages": (APPLICANT, "/messages"),
        "batch": (HEAD, "/tasks/batch"),
        "done": (HEAD, "/tasks/done"),
        "mine": (APPLICANT, "/mine"),
        "copied": (APPLICANT, "/copied"),
        "drafts": (APPLICANT, "/drafts"),
        "settings": (APPLICANT, "/settings"),
        "not-found": (APPLICANT, "/cases/0"),
        "admin": (ADMIN, "/admin"),
        "admin-people": (ADMIN, "/admin/people"),
        "admin-person": (ADMIN, "/admin/people/xu-tao"),
        "admin-organisation": (ADMIN, "/admin/organisation"),
        "admin-deliveries": (ADMIN, "/admin/deliveries"),
    }
