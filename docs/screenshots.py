"""Remakes docs/screenshots: the example city is served, a few days of work are done in it, and every page is looked at.

`python -m docs.screenshots [NAME…]`; names choose pages. Uses the browser that `tests/browser_ready.py` finds.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent
SHOTS = ROOT / "docs" / "screenshots"

sys.path.insert(0, str(ROOT / "tests"))

from browser_ready import launch  # noqa: E402 - beside the tests, which use the same browser

APPLICANT, HEAD, FINANCE, LEADER, DESK, ADMIN = "chen-xiaolin", "zhou-jianguo", "wu-min", "luo-chengyi", "qian-yi", "mo-ran"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@contextlib.contextmanager
def city() -> Iterator[str]:
    """The address of a freshly served example city."""
    with tempfile.TemporaryDirectory() as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "DABASHOU_DATA": data}
        command = [sys.executable, str(ROOT / "app.py"), "serve", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, cwd=data, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if line.startswith("http://"):
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


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


def story(browser: Browser, base: str) -> dict[str, Any]:
    """A few days of the office; the addresses that are worth looking at."""
    today = date.today()  # noqa: DTZ011 - the day on the wall of whoever runs this
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
    }


def look(page: Page, base: str, path: str, file: Path) -> None:
    page.goto(base + path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)


def main(chosen: list[str]) -> None:
    SHOTS.mkdir(exist_ok=True)
    began = time.monotonic()
    with city() as base, sync_playwright() as playwright:
        browser = launch(playwright)
        found = story(browser, base)
        people: dict[str, Person] = found["people"]
        for width, size, scale in (("1440", WIDE, 1.0), ("390", PHONE, 1.5)):
            guest = browser.new_context(viewport=size, device_scale_factor=scale, locale="zh-CN").new_page()
            if not chosen or "sign-in" in chosen:
                look(guest, base, "/sign-in", SHOTS / f"sign-in-{width}.png")
            for name, (who, path) in pages(found).items():
                if chosen and name not in chosen:
                    continue
                state = people[who].context.storage_state()
                context = browser.new_context(viewport=size, device_scale_factor=scale, storage_state=state, locale="zh-CN")
                look(context.new_page(), base, path, SHOTS / f"{name}-{width}.png")
                context.close()
            for variant, choice in (
                ("dark", {"theme": "dark"}),
                ("care", {"care": "on", "theme": "light"}),
                ("en", {"language": "en", "care": "off"}),
            ):
                for name in ("task", "fill"):
                    if chosen and f"{name}-{variant}" not in chosen:
                        continue
                    who, path = pages(found)[name]
                    person = people[who]
                    person.send("/settings", person.text("/settings"), choice)
                    context = browser.new_context(viewport=size, device_scale_factor=scale, storage_state=person.context.storage_state())
                    look(context.new_page(), base, path, SHOTS / f"{name}-{variant}-{width}.png")
                    context.close()
                    person.send("/settings", person.text("/settings"), {"theme": "auto", "care": "off", "language": "zh"})
        browser.close()
    sys.stdout.write(f"{len(list(SHOTS.glob('*.png')))} screenshots in {SHOTS}, {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
