"""Administration of what leaves the system: what waits, what was given up and why, and sending it on its way again.

What letters say is not shown: an administrator reads no business data.
"""

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import Text, say
from runtime import site as sites
from runtime.casework.glance import Glance
from runtime.casework.moments import moment
from runtime.pages import page
from runtime.pages.admin import administrator
from runtime.people import signing_in
from runtime.serving import security
from runtime.site import Site
from runtime.store import outbox, timers

KINDS: dict[str, Text] = {
    "mail": {"zh": "电子邮件", "en": "E-mail"},
    "webhook": {"zh": "调用外部系统", "en": "Webhook"},
    "start": {"zh": "发起子流程", "en": "Starting a case"},
    "cancel": {"zh": "取消子流程", "en": "Cancelling a case"},
    "ended": {"zh": "子流程结果", "en": "Outcome of a case"},
}


async def show(request: Request) -> Response:
    """Dead letters with their reasons, what waits, and timers that fail."""
    me, site = administrator(request), sites.of(request)
    found = await site.database.read(_read, site)
    now, language, here = site.clock(), me.language, found["zone"]
    letters = [
        {
            "id": row.id,
            "kind": _kind(row.kind, language),
            "number": row.number or "—",
            "app": say(row.app_title, language) if row.app_title else "",
            "since": moment(row.created_at, now, here, language),
            "tries": row.tries,
            "error": row.error,
        }
        for row in found["dead"]
    ]
    failing = [
        {
            "number": row.number,
            "app": say(row.app_title, language),
            "at": moment(row.at, now, here, language),
            "tries": row.tries,
        }
        for row in found["failing"]
    ]
    return page.render(
        request,
        "admin/deliveries.html",
        title=say({"zh": "投递", "en": "Deliveries"}, language),
        letters=letters,
        failing=failing,
        waiting=[{"kind": _kind(row.kind, language), "all": row.all, "failed": row.failed} for row in found["waiting"]],
        mail=site.settings.mail_server,
        targets=sorted(site.settings.webhooks),
    )


async def retry(request: Request) -> Response:
    """A dead letter goes on its way again."""
    return await _change(request, "retry")


async def discard(request: Request) -> Response:
    """A dead letter is thrown away: what it was to do will never happen."""
    return await _change(request, "discard")


async def _change(request: Request, what: str) -> Response:
    me, site, id = administrator(request), sites.of(request), request.path_params["letter"]
    await security.checked_form(request)
    if not await site.database.write(_carry_out, site, what, id, me.person, security.client(request)):
        raise HTTPException(404)
    site.database.bell.ring(site.clock())
    return page.see_other("/admin/deliveries")


def _carry_out(conn: sa.Connection, site: Site, what: str, id: str, by: str, address: str) -> bool:
    done = outbox.again(conn, id, site.clock()) if what == "retry" else outbox.discard(conn, id)
    if done:
        signing_in.record(conn, by, address, f"{what}-letter", id, "done", site.clock())
    return done


def _read(conn: sa.Connection, site: Site) -> dict[str, Any]:
    return {
        "dead": outbox.dead(conn),
        "waiting": outbox.waiting(conn),
        "failing": timers.failing(conn),
        "zone": ZoneInfo(Glance(conn, site.database).calendar.time_zone or "UTC"),
    }


def _kind(kind: str, language: str) -> str:
    return say(KINDS.get(kind, {"zh": kind, "en": kind}), language)


routes = [
    Route("/admin/deliveries", show, methods=["GET"]),
    Route("/admin/deliveries/{letter}/retry", retry, methods=["POST"]),
    Route("/admin/deliveries/{letter}/discarding", discard, methods=["POST"]),
]
