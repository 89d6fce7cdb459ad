"""The first page: what waits for one, what one waits for, and what one may begin."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.worktime import is_workday
from runtime import site as sites
from runtime.casework import cards, lists
from runtime.casework.cards import Card, Desk
from runtime.casework.glance import Glance
from runtime.casework.moments import MONTHS
from runtime.pages.apps import startable, tiles
from runtime.pages.page import Numbers, capped, desk, render, shown, visitor, word
from runtime.people.visitor import Visitor
from runtime.site import Site

#: cards of each list
FEW = 4


class Home(NamedTuple):
    desk: Desk
    tasks: list[Card]
    mine: list[Card]
    apps: list[tuple[str, str, str, str, str]]
    counts: lists.Counts
    workday: bool


async def home(request: Request) -> Response:
    me, site = visitor(request), sites.of(request)
    found = await site.database.read(_read, site, me)
    local = found.desk.now.astimezone(found.desk.zone)
    numbers: Numbers = shown(found.counts)
    return render(
        request,
        "home/home.html",
        title=word(me.language, "首页", "Home"),
        greeting=greeting(local.hour, me.name, me.language),
        today=today(local, me.language, workday=found.workday),
        tiles=_tiles(found.counts, me.language),
        tasks=cards.html(found.tasks),
        mine=cards.html(found.mine),
        apps=found.apps,
        counts=numbers,
    )


def _read(conn: sa.Connection, site: Site, me: Visitor) -> Home:
    at = desk(conn, site, me.language)
    todo = cards.todo(lists.todo(conn, me.person, limit=FEW).rows, at)
    outcomes = outcomes_of(site)
    mine = cards.cases(lists.mine(conn, me.person, limit=FEW).rows, at, outcomes)
    calendar = Glance(conn, site.database).calendar
    workday = is_workday(calendar, at.now.astimezone(at.zone).date())
    apps = tiles(startable(conn, site, me.person), me.language)[:6]
    return Home(at, todo, mine, apps, Glance(conn, site.database).counts(me.person), workday)


def outcomes_of(site: Site) -> dict[str, Any]:
    """The words of outcomes that apps have named."""
    return {id: words for program in site.catalogue.apps() for id, words in program.app.flow.outcomes.items()}


def greeting(hour: int, name: str, language: str) -> str:
    zh, en = ("早上好", "Good morning") if hour < 11 else ("下午好", "Good afternoon") if 12 < hour < 18 else ("您好", "Hello")
    if hour >= 18 or hour < 5:
        zh, en = "晚上好", "Good evening"
    return f"{zh}，{name}" if language == "zh" else f"{en}, {name}"


def today(local: datetime, language: str, *, workday: bool) -> str:
    if language == "zh":
        days = "一二三四五六日"
        return f"{local.month}月{local.day}日 星期{days[local.weekday()]} · {'工作日' if workday else '休息日'}"
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return f"{days[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} · {'a working day' if workday else 'not a working day'}"


def _tiles(counts: lists.Counts, language: str) -> list[tuple[str, str, str, str, str]]:
    return [
        ("/tasks", "inbox", capped(counts.todo) or "0", word(language, "待办", "To do"), "hot" if counts.todo else ""),
        ("/mine", "send", capped(counts.mine) or "0", word(language, "我发起的", "My applications"), ""),
        ("/copied", "mail-opened", capped(counts.unread) or "0", word(language, "未读抄送", "Unread copies"), ""),
        ("/drafts", "pencil", capped(counts.drafts) or "0", word(language, "草稿", "Drafts"), ""),
    ]


routes = [Route("/", home, methods=["GET"])]
