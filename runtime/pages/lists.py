"""The five lists: to do, done, one's own, copies, drafts. Each page is one query and a template that only prints."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms import typed
from forms.rules import Facts
from forms.texts import Text, say
from runtime import site as sites
from runtime.casework import cards, drafts, lists
from runtime.casework.cards import Card, Desk
from runtime.casework.glance import Glance
from runtime.pages.home import outcomes_of
from runtime.pages.page import Numbers, asks_for_fragment, desk, fragment, render, shown, visitor, word
from runtime.people import organisation
from runtime.people.visitor import Visitor
from runtime.site import Site
from workflows import editing, words
from workflows.events import Applicant


class Listed(NamedTuple):
    cards: list[Card]
    next: str | None
    counts: Numbers
    total: int


class Kind(NamedTuple):
    """One of the lists that are made of cases."""

    title: Text
    empty: Text
    icon: str
    rows: Callable[..., lists.Page]
    cards: Callable[[list[lists.Row], Desk, dict[str, Any]], list[Card]]


KINDS = {
    "/tasks/done": Kind(
        {"zh": "已办", "en": "Done"}, {"zh": "还没有办过事项", "en": "You have not decided anything yet"}, "checks", lists.done, cards.cases
    ),
    "/mine": Kind(
        {"zh": "我发起的", "en": "Mine"}, {"zh": "还没有发起过申请", "en": "You have not applied for anything yet"}, "send", lists.mine, cards.cases
    ),
    "/copied": Kind(
        {"zh": "抄送我的", "en": "Copied to me"}, {"zh": "还没有抄送给您的申请", "en": "Nothing has been copied to you yet"}, "mail-opened",
        lists.copied, partial(cards.cases, copies=True),
    ),
}  # fmt: skip


async def todo(request: Request) -> Response:
    """What waits for one, the most urgent first."""
    me, site = visitor(request), sites.of(request)
    query: Mapping[str, str] = request.query_params if request.scope["query_string"] else {}
    app, after = query.get("app", "")[:100], query.get("after")
    found = await site.database.read(_todo, site, me, app, after)
    following = _link("/tasks", app=app, after=found.next) if found.next else ""
    if asks_for_fragment(request):
        return fragment(request, "tasks/tasks.html", ("more",), cards=cards.html(found.cards), next=following)
    return render(
        request,
        "tasks/tasks.html",
        title=word(me.language, "待办", "To do"),
        total=found.counts.todo or "0",
        apps=_options(site, me.language, app),
        app=app,
        cards=cards.html(found.cards),
        next=following,
        first=found.cards[0].href if found.cards and not after else "",
        counts=found.counts,
    )


def _options(site: Site, language: str, chosen: str) -> Markup:
    """The apps to choose from, which everybody shares."""

    def options() -> Markup:
        option, selected = Markup('<option value="{}"{}>{}</option>'), Markup(" selected")
        apps = [program.app for program in site.catalogue.apps()]
        return Markup().join(option.format(app.id, selected if app.id == chosen else "", say(app.title, language)) for app in apps)

    known = chosen if site.catalogue.current(chosen) else ""
    return site.catalogue.once(("options", language, known), options)


def _todo(conn: sa.Connection, site: Site, me: Visitor, app: str, after: str | None) -> Listed:
    at = desk(conn, site, me.language)
    page = lists.todo(conn, me.person, app or None, None, after)
    counts = Glance(conn, site.database).counts(me.person)
    rows = cards.todo(page.rows, at)
    return Listed(cards.mark(rows, rows[0].href) if rows and not after else rows, page.next, shown(counts), counts.todo)


async def listed(request: Request) -> Response:
    """Done, mine and copied: the same page with other rows."""
    me, site, query = visitor(request), sites.of(request), request.query_params
    path: str = request.scope["path"]
    kind, text = KINDS[path], query.get("q", "").strip()[:100]
    found = await site.database.read(_listed, site, me, kind, text, query.get("after"))
    following = _link(path, q=text, after=found.next) if found.next else ""
    if asks_for_fragment(request):
        return fragment(request, "cases/list.html", ("more",), cards=cards.html(found.cards), next=following)
    return render(
        request,
        "cases/list.html",
        title=say(kind.title, me.language),
        text=text,
        searchable=True,
        cards=cards.html(found.cards),
        next=following,
        empty=say(kind.empty, me.language),
        empty_icon=kind.icon,
        counts=found.counts,
    )


def _listed(conn: sa.Connection, site: Site, me: Visitor, kind: Kind, text: str, after: str | None) -> Listed:
    at, outcomes = desk(conn, site, me.language), outcomes_of(site)
    page = kind.rows(conn, me.person, None, text or None, after)
    counts = Glance(conn, site.database).counts(me.person)
    return Listed(kind.cards(page.rows, at, outcomes), page.next, shown(counts), 0)


async def draft_box(request: Request) -> Response:
    """What has been begun and not handed in."""
    me, site = visitor(request), sites.of(request)
    found = await site.database.read(_drafts, site, me)
    return render(
        request,
        "cases/list.html",
        title=word(me.language, "草稿箱", "Drafts"),
        text="",
        searchable=False,
        cards=cards.html(found.cards),
        next="",
        empty=word(me.language, "没有草稿", "No drafts"),
        empty_icon="pencil",
        counts=found.counts,
    )


def _drafts(conn: sa.Connection, site: Site, me: Visitor) -> Listed:
    at = desk(conn, site, me.language)
    applicant = organisation.applying(Glance(conn, site.database), me.person)
    known = editing.facts(applicant, at.now, Glance(conn, site.database)) if applicant else None
    found = [_draft(draft, site, at, applicant, known) for draft in drafts.mine(conn, me.person)]
    counts = Glance(conn, site.database).counts(me.person)
    return Listed(found, None, shown(counts), counts.drafts)


def _draft(draft: drafts.Draft, site: Site, at: Desk, applicant: Applicant | None, known: Facts | None) -> Card:
    program = site.catalogue.latest(draft.app)
    title = say(program.app.title, at.language) if program else draft.app
    task = dict(draft.pairs).get("_task", "")
    subject = ""
    if program and applicant and known and not task:
        answers = program.rules.settle(typed.read(program.app.form, draft.pairs).answers, known).answers
        subject = words.subject(program, applicant, answers, at.language).removeprefix(f"{applicant.name} · ")
    said = cards.Words(
        href=f"/tasks/{task}" if task else f"/drafts/{draft.id}",
        title=title,
        subject=subject,
        name=title,
        line=word(at.language, "尚未提交", "Not submitted"),
        time=at.corner.at(draft.changed_at),
    )
    return cards.card(said, word(at.language, "待办中的草稿", "Of a task") if task else "", "info")


def _link(path: str, **query: str | None) -> str:
    chosen = "&".join([f"{name}={quote(value, safe='~')}" for name, value in query.items() if value])
    return f"{path}?{chosen}" if chosen else path


routes = [
    Route("/tasks", todo, methods=["GET"]),
    Route("/tasks/done", listed, methods=["GET"]),
    Route("/mine", listed, methods=["GET"]),
    Route("/copied", listed, methods=["GET"]),
    Route("/drafts", draft_box, methods=["GET"]),
]
