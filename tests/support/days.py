"""A few days of work in the example city, by plain requests: what there is to look at on every page."""

import re
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext
from support import papers

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

    def attach(self, app: str, fields: dict[str, str], *files: tuple[str, str, bytes]) -> str:
        """A draft with files, each with its field and its name, as a page without a script sends them; its path."""
        path, page = f"/apps/{app}/new", self.text(f"/apps/{app}/new")
        for field, name, body in files:
            kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
            sent = {**fields, **{key: value for key, value in kept if key.startswith("_")}, "_action": "files"}
            # what is there already is sent along; a form has one value for a name here, so each field takes one file
            sent |= {key: value for key, value in kept if not key.startswith("_")}
            file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": body}
            answer = self.context.request.post(
                f"{self.base}/drafts/files", multipart={**sent, f"{field}.file": file}, headers={"origin": self.base}
            )
            assert answer.ok, (answer.status, answer.text()[:400])
            path, page = answer.url.removeprefix(self.base), answer.text()
        return path

    def hand_in(self, app: str, draft: str, fields: dict[str, str]) -> str:
        """The draft, with ``fields`` and its files; where that led to."""
        page = self.text(draft)
        kept = dict(re.findall(r'<input type="hidden" name="([a-z]\w*)" value="([0-9a-f]{32})"', page))
        return self.send(f"/apps/{app}/new", page, {**fields, **kept, "_action": "submit"})

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


def expense(trip: str, first: str, last: str) -> dict[str, str]:
    """A claim for a trip that is over."""
    return {
        "trip": trip,
        "period.start": first,
        "period.end": last,
        **{f"journeys.0.{name}": value for name, value in {"day": first, "from_place": "清溪", "to_place": "南京"}.items()},
        **{f"journeys.1.{name}": value for name, value in {"day": last, "from_place": "南京", "to_place": "清溪"}.items()},
        "transport": "412.50",
        "lodging": "980",
        "allowance": "300",
        "grade": "other",
        "standard": "760",
        "over_reason": "会议指定酒店，没有更便宜的房间。",
        "invoices.0.code": "26332000000012345678",
        "invoices.0.amount": "980",
        "invoices.1.code": "26332000000012345679",
        "invoices.1.amount": "412.50",
        "official_card": "true",
    }


LICENCE = {
    "request_kind": "new",
    "unchanged": "false",
    "subject_name": "清溪小面馆",
    "credit_code": "91330100MA2ABCDE0N",
    "legal_person": "经营者",
    "id_number": "11010519491231002X",
    "region": "330106",
    "address": "清溪路 1 号",
    "business_type": "catering",
    "items": "热食类制售",
    "prepackaged_only": "false",
    "floor_area": "60",
    "health_certificate": "JK-2026-0815",
}
PURCHASE = {
    "project": "会议室音响",
    "budget_subject": "办公设备购置",
    "items.0.name": "无线话筒",
    "items.0.spec": "手持，双通道",
    "items.0.quantity": "4",
    "items.0.price": "800",
    "items.1.name": "功放",
    "items.1.quantity": "1",
    "items.1.price": "6200",
    "method": "inquiry",
    "in_catalogue": "false",
}


def story(browser: Browser, base: str, today: date) -> dict[str, Any]:
    """The addresses that are worth looking at, and who may."""
    people = {
        id: Person(browser.new_context(locale="zh-CN"), base, id)
        for id in (APPLICANT, HEAD, FINANCE, LEADER, DESK, ADMIN, "xu-tao", "gao-ying", "xia-yu")
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
    claim = expense(went.split("/")[2], today.isoformat(), today.isoformat())
    with_files = chen.attach("travel-expense", claim, ("receipts", "住宿发票.pdf", papers.PDF))
    claimed = chen.hand_in("travel-expense", with_files, claim)
    chen.apply("procurement", PURCHASE, draft=True)
    bought = re.search(r'href="(/drafts/\w+)"', chen.text("/drafts"))
    assert bought
    window = people["xia-yu"]
    files = ("plan", "平面图.pdf", papers.PDF), ("shop_photos", "门头.png", papers.picture("PNG", (640, 480)))
    licence = window.attach("food-licence", LICENCE, *files)
    chen.send("/exports", chen.text("/exports"), {"list": "mine", "app": "", "format": "xlsx"})
    draft = chen.apply("leave", leave(weekday(today, 20), weekday(today, 21), "xu-tao"), draft=True)
    kept = re.search(r'href="(/drafts/\w+)"', chen.text(draft))
    file = re.search(r'href="(/cases/\w+/files/\w+/view)"', chen.text(claimed.removesuffix("/receipt")))
    assert kept
    assert file
    return {
        "people": people,
        "receipt": went,
        "case": went.removesuffix("/receipt"),
        "returned": back,
        "done": done.removesuffix("/receipt"),
        "draft": kept[1],
        "correction": chen.task("发起人修改"),
        "claim": claimed.removesuffix("/receipt"),
        "file": file[1],
        "rows": bought[1],
        "licence": licence,
        "check": zhou.task("差旅报销"),
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
        "fill-rows": (APPLICANT, found["rows"]),
        "fill-files": ("xia-yu", found["licence"]),
        "fill-expense": (APPLICANT, "/apps/travel-expense/new"),
        "receipt": (APPLICANT, found["receipt"]),
        "tasks": (HEAD, "/tasks"),
        "task": (HEAD, found["approve"]),
        "task-edit": (FINANCE, found["task"]),
        "correction": (APPLICANT, found["correction"]),
        "case": (APPLICANT, found["case"]),
        "case-files": (APPLICANT, found["claim"]),
        "file": (APPLICANT, found["file"]),
        "task-files": (HEAD, found["check"]),
        "sheet-files": (APPLICANT, f"{found['claim']}/sheet"),
        "exports": (APPLICANT, "/exports"),
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


def doors(browser: Browser, base: str) -> dict[str, str]:
    """Pages that an address alone does not show, as they were answered: their names and the whole of them."""
    chen, zhou = Person(browser.new_context(locale="zh-CN"), base, APPLICANT), Person(browser.new_context(locale="zh-CN"), base, HEAD)
    path = zhou.task("请休假")
    page = zhou.text(path)
    hidden = dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', page))
    told: dict[str, str] = {}

    def kept(name: str, who: Person, path: str, **sent: Any) -> None:
        told[name] = who.context.request.post(base + path, headers={"origin": base}, **sent).text()

    # without the words that returning asks for, then for all, and too late
    kept("task-refused", zhou, f"{path}/decision", form={**hidden, "_action": "return", "_to": "start"})
    batch = dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', zhou.text("/tasks/batch")))
    kept("batch-refused", zhou, "/tasks/batch", form={**batch, "_action": "approve"})
    kept("batch-done", zhou, "/tasks/batch", form={**batch, "_action": "approve", "task": path.split("/")[2]})
    kept("late", zhou, f"{path}/decision", form={**hidden, "_key": "f" * 32, "_action": "approve"})
    new = dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', chen.text("/apps/leave/new")))
    kept("fill-wrong", chen, "/apps/leave/new", form={**new, "_action": "submit", "phone": "12345"})
    file: Any = {"name": "病历.docx", "mimeType": "application/octet-stream", "buffer": papers.office("word/document.xml")}
    kept("not-taken", chen, "/drafts/files", multipart={**new, "_action": "files", "leave_type": "sick", "certificate.file": file})
    return told
