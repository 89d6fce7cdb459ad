"""Messages: what the system has told one, and that one has read it."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import say
from runtime import site as sites
from runtime.casework.cards import Desk
from runtime.pages.page import Numbers, asks_for_fragment, desk, form_pairs, fragment, numbers, render, see_other, visitor, word
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.unattended import messages
from runtime.unattended.messages import Line

PAGE = 30

#: kinds to their picture; the bell for any other
ICONS = {
    "task": "inbox",
    "copied": "mail-opened",
    "returned": "arrow-back-up",
    "ended": "flag",
    "withdrawn": "arrow-back-up",
    "reminder": "bell",
    "overdue": "clock",
    "escalated": "arrow-up",
    "transferred": "arrows-exchange",
    "decided": "check",
    "comment": "message",
    "stuck": "alert-triangle",
    "calendar": "calendar-off",
}


class Said(NamedTuple):
    """A message as the page shows it."""

    href: str
    icon: str
    text: str
    #: app, number and subject of its case
    about: str
    when: str
    unread: bool


class Listed(NamedTuple):
    lines: list[Said]
    next: str | None
    counts: Numbers


async def show(request: Request) -> Response:
    """The newest first; with `unread`, those alone that were not read."""
    me, site, query = visitor(request), sites.of(request), request.query_params
    unread = query.get("unread") == "1"
    found = await site.database.read(_read, site, me, query.get("after", "")[:80] or None, unread)
    following = "/messages?" + urlencode({**({"unread": "1"} if unread else {}), "after": found.next}) if found.next else ""
    context: dict[str, Any] = {"lines": found.lines, "next": following}
    if asks_for_fragment(request):
        return fragment(request, "messages.html", ("more",), **context)
    return render(request, "messages.html", title=word(me.language, "消息", "Messages"), unread_only=unread, counts=found.counts, **context)


async def mark_read(request: Request) -> Response:
    """All of them are read."""
    me, site = visitor(request), sites.of(request)
    await form_pairs(request)
    await messages.read(site, me.person, None)
    return see_other("/messages")


def _read(conn: sa.Connection, site: Site, me: Visitor, after: str | None, unread: bool) -> Listed:
    at = desk(conn, site, me.language)
    page = messages.page(conn, me.person, after=after, unread=unread, limit=PAGE)
    return Listed([_said(line, at) for line in page.lines], page.next, numbers(conn, site, me.person))


def _said(line: Line, at: Desk) -> Said:
    return Said(
        href=f"/tasks/{line.task}" if line.task else f"/cases/{line.case}",
        icon=ICONS.get(line.kind, "bell"),
        text=say(line.text, at.language),
        about=" · ".join((say(line.app_title, at.language), line.number, line.subject)),
        when=at.corner.at(line.at),
        unread=line.read_at is None,
    )


routes = [
    Route("/messages", show, methods=["GET"]),
    Route("/messages/reading", mark_read, methods=["POST"]),
]
