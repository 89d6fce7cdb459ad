"""Administration: people and their accounts, the organisation, releases, the calendar, and cases that nobody can move.

Only the platform's administrators get here; for everybody else it does not exist. Nothing here reads what a case says.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forms.texts import Text, say
from runtime import site as sites
from runtime.casework import overseeing
from runtime.casework.entries import shade
from runtime.casework.moments import moment
from runtime.pages import page
from runtime.people import organisation, passwords, signing_in, standing_in
from runtime.people.visitor import Visitor
from runtime.serving import security
from runtime.store import tables
from workflows.commands import Refusal
from workflows.people import Department

PEOPLE = 50
#: stuck cases shown on the overview
STUCK = 50


async def overview(request: Request) -> Response:
    """How the installation stands."""
    me, site = administrator(request), sites.of(request)
    found = await site.database.read(_overview)
    now, language = site.clock(), me.language
    here = ZoneInfo(found["zone"] or "UTC")
    programs = {program.digest: program for program in site.catalogue.apps()}
    releases = [
        {
            "id": row.app,
            "title": say(programs[row.digest].app.title, language) if row.digest in programs else row.app,
            "category": say(programs[row.digest].app.category, language) if row.digest in programs else "",
            "owner": _title(found["departments"], programs[row.digest].app.owner, language) if row.digest in programs else "",
            "at": moment(row.since, now, here, language),
            "digest": row.digest,
        }
        for row in found["releases"]
    ]
    titles: dict[str, Text] = {program.app.id: program.app.title for program in programs.values()}
    stuck = [
        {
            "number": row.number,
            "app": say(titles.get(row.app) or row.app_title, language),
            "step": _step(row.step_title, language),
            "since": moment(row.changed_at, now, here, language),
        }
        for row in found["stuck"]
    ]
    return page.render(
        request,
        "admin/overview.html",
        title=say({"zh": "系统管理", "en": "Administration"}, language),
        tiles=_tiles(found, len(releases), language),
        warnings=_warnings(found, now.year, language),
        releases=releases,
        years=found["years"],
        hours=_hours(found, language),
        stuck=stuck,
    )


async def people(request: Request) -> Response:
    """Everybody, with a search by name, account, spelling or department."""
    me, site = administrator(request), sites.of(request)
    text, after = request.query_params.get("q", "").strip()[:64], request.query_params.get("after", "")[:64]
    rows = await site.database.read(_people, text, after, PEOPLE + 1)
    ids = [row.id for row in rows[:PEOPLE]]
    places, roles = await site.database.read(_about, ids)
    following = ""
    if len(rows) > PEOPLE:
        following = "/admin/people?" + urlencode({"q": text, "after": _marker(rows[PEOPLE - 1])})
    return page.render(
        request,
        "admin/people.html",
        title=say({"zh": "人员", "en": "People"}, me.language),
        text=text,
        people=[_person(row, places, roles, me.language) for row in rows[:PEOPLE]],
        next=following,
    )


async def person(request: Request) -> Response:
    """One account."""
    return await _person_page(request, administrator(request))


async def set_password(request: Request) -> Response:
    """A password for somebody else: they must change it when they sign in, and are signed out everywhere now."""
    me = administrator(request)
    form = dict(await security.checked_form(request))
    site, whom = sites.of(request), request.path_params["person"]
    if await site.database.read(_one, whom) is None:
        raise HTTPException(404)
    wrong = passwords.problem(form.get("password", ""), whom, site.settings)
    if wrong:
        return await _person_page(request, me, say(wrong, me.language))
    address = security.client(request)
    await signing_in.set_password(site, whom, form.get("password", ""), by=me.person, address=address, temporary=whom != me.person)
    return RedirectResponse(f"/admin/people/{whom}", 303)


async def disable(request: Request) -> Response:
    """Signs somebody out everywhere and keeps them out. Not oneself: nobody might be left to undo it."""
    me = administrator(request)
    await security.checked_form(request)
    site, whom = sites.of(request), request.path_params["person"]
    if whom == me.person:
        raise HTTPException(403)
    if not await site.database.write(_disable, whom, me.person, security.client(request), site.clock()):
        raise HTTPException(404)
    site.sessions.forget(person=whom)
    return RedirectResponse(f"/admin/people/{whom}", 303)


async def hand_over(request: Request) -> Response:
    """Everything that waits for somebody who leaves, and all that would be given to them, goes to another."""
    me = administrator(request)
    form = dict(await security.checked_form(request))
    site, whom = sites.of(request), request.path_params["person"]
    if await site.database.read(_one, whom) is None:
        raise HTTPException(404)
    moved = await overseeing.hand_over(site, me.person, whom, form.get("to", "").strip()[:64], security.client(request))
    if isinstance(moved, Refusal):
        return await _person_page(request, me, hand_error=say(moved.message, me.language))
    return RedirectResponse(f"/admin/people/{whom}?moved={moved}", 303)


async def enable(request: Request) -> Response:
    """Lets somebody in again, unless the organisation's files have dropped them."""
    me = administrator(request)
    await security.checked_form(request)
    site, whom = sites.of(request), request.path_params["person"]
    if await site.database.read(_one, whom) is None:
        raise HTTPException(404)
    if not await site.database.write(_enable, whom, me.person, security.client(request), site.clock()):
        gone: Text = {"zh": "组织机构文件中已没有此人，不能在这里恢复。", "en": "The organisation's files no longer name this person."}
        return await _person_page(request, me, say(gone, me.language))
    return RedirectResponse(f"/admin/people/{whom}", 303)


async def show_organisation(request: Request) -> Response:
    """The tree of departments, roles with their members, and posts."""
    me = administrator(request)
    found = await sites.of(request).database.read(organisation.stored)
    language = me.language
    departments = found.departments if found else ()
    everybody = {person.id: person for person in found.people} if found else {}
    posts: dict[str, Text] = {post.id: post.title for post in found.posts} if found else {}
    names = {id: item.name for id, item in everybody.items()}
    inside: dict[str, list[str]] = {}
    for item in everybody.values():
        for holding in item.holdings:
            inside.setdefault(holding.department, []).append(
                f"{item.name}（{say(posts.get(holding.post, {'zh': holding.post}), language)}）"
            )
    below: dict[str | None, list[Department]] = {}
    for item in departments:
        below.setdefault(item.parent, []).append(item)

    def branch(parent: str | None) -> list[dict[str, Any]]:
        return [
            {
                "id": item.id,
                "title": say(item.title, language),
                "words": _heads(item, names, language),
                "people": len(inside.get(item.id, ())),
                "children": branch(item.id),
            }
            for item in below.get(parent, ())
        ]

    joined = "、" if language == "zh" else ", "
    roles = [
        {
            "id": role.id,
            "title": say(role.title, language),
            "members": joined.join(names.get(member.person, member.person) for member in role.members),
        }
        for role in (found.roles if found else ())
    ]
    return page.render(
        request,
        "admin/organisation.html",
        title=say({"zh": "组织机构", "en": "Organisation"}, language),
        departments=branch(None),
        roles=roles,
        posts=[{"title": say(title, language)} for title in posts.values()],
    )


def administrator(request: Request) -> Visitor:
    """The visitor, if they administer the platform. For everybody else there is nothing here: HTTPException 404."""
    me = page.visitor(request)
    if not me.admin:
        raise HTTPException(404)
    return me


async def _person_page(request: Request, me: Visitor, error: str = "", hand_error: str = "") -> Response:
    site, whom = sites.of(request), request.path_params["person"]
    row = await site.database.read(_one, whom)
    if row is None:
        raise HTTPException(404)
    places, roles = await site.database.read(_about, [whom])
    shown = _person(row, places, roles, me.language)
    taken_over = (await site.database.read(standing_in.read)).successors.get(whom, "")
    return page.render(
        request,
        "admin/person.html",
        status=422 if error or hand_error else 200,
        title=row.name,
        person=shown,
        error=error,
        hand_error=hand_error,
        successor=(await site.database.read(organisation.names, [taken_over], [])).get(taken_over, taken_over),
        moved=request.query_params.get("moved", "")[:6],
    )


def _person(row: Any, places: dict[str, list[tuple[Text, Text]]], roles: dict[str, list[Text]], language: str) -> dict[str, Any]:
    joined = "、" if language == "zh" else ", "
    return {
        "id": row.id,
        "name": row.name,
        "shade": shade(row.name),
        "places": joined.join(f"{say(department, language)} {say(post, language)}" for department, post in places.get(row.id, ())),
        "roles": joined.join(say(title, language) for title in roles.get(row.id, ())),
        "disabled": row.disabled,
    }


def _heads(department: Department, names: dict[str, str], language: str) -> str:
    """Who leads it."""
    zh = language == "zh"
    parts: list[str] = []
    if department.head:
        parts.append(("负责人 " if zh else "Head: ") + names.get(department.head, department.head))
    if department.deputies:
        deputies = ("、" if zh else ", ").join(names.get(deputy, deputy) for deputy in department.deputies)
        parts.append(("副职 " if zh else "Deputies: ") + deputies)
    return " · ".join(parts) or ("没有负责人" if zh else "no head")


def _tiles(found: dict[str, Any], apps: int, language: str) -> list[tuple[str, str, int, str, str]]:
    stuck = len(found["stuck"])
    words: list[tuple[str, str, int, Text, str]] = [
        ("/admin/people", "users", found["people"], {"zh": "在用账号", "en": "accounts in use"}, ""),
        ("#apps", "apps", apps, {"zh": "已发布应用", "en": "apps published"}, ""),
        (
            "/admin/deliveries",
            "send",
            found["dead"],
            {"zh": "投递失败的内容", "en": "letters not delivered"},
            "bad" if found["dead"] else "",
        ),
        ("#stuck", "alert-triangle", stuck, {"zh": "没有办理人的申请", "en": "cases without anybody"}, "bad" if stuck else ""),
    ]
    return [(href, icon, number, say(text, language), tone) for href, icon, number, text, tone in words]


def _warnings(found: dict[str, Any], year: int, language: str) -> list[str]:
    """What an administrator should see to."""
    warnings: list[Text] = []
    if not found["zone"]:
        warnings.append({"zh": "还没有导入组织机构：dabashou org import 文件夹", "en": "No organisation yet: dabashou org import FOLDER"})
    elif year not in found["years"]:
        warnings.append(
            {
                "zh": f"工作日历没有 {year} 年：期限按周一至周五估算，请导入当年的日历。",
                "en": f"The calendar does not know {year}: time limits are guessed from Monday to Friday. Import this year's.",
            }
        )
    if found["zone"] and not found["flow_admins"]:
        warnings.append(
            {
                "zh": "没有人担任流程管理员（flow-admin）：找不到办理人的申请会停住。",
                "en": "Nobody is a flow administrator (flow-admin): cases that find nobody will stand still.",
            }
        )
    return [say(words, language) for words in warnings]


def _hours(found: dict[str, Any], language: str) -> str:
    spans = ("、" if language == "zh" else ", ").join(f"{start}—{end}" for start, end in found["hours"])
    return f"{spans} · {found['zone']}" if spans else ""


def _title(departments: dict[str, Text], id: str, language: str) -> str:
    return say(departments[id], language) if id in departments else id


def _step(title: Text | None, language: str) -> str:
    return say(title, language) if title else "—"


# --- what is read; of cases only that they stand still, where, and since when ---

_p, _h, _d, _t = tables.person, tables.holding, tables.department, tables.post


def _overview(conn: Connection) -> dict[str, Any]:
    here = conn.execute(sa.select(tables.organisation)).first()
    case, task, current = tables.case, tables.task, tables.app_current
    columns = (case.c.id, case.c.number, case.c.app, case.c.app_title, case.c.changed_at)
    nobody = sa.select(*columns, case.c.step_title).where(sa.text("status = 'open' AND step_title IS NULL")).order_by(case.c.id)
    # tasks of people who cannot act, unless somebody else at the same step can
    beside = task.alias("beside")
    able = sa.select(beside.c.id).join(_p, _p.c.id == beside.c.person)
    able = able.where(beside.c.case == task.c.case, beside.c.step == task.c.step, beside.c.state == tables.OPEN, _p.c.disabled.is_(False))
    left = (
        sa.select(*columns, task.c.step_title)
        .join(task, task.c.case == case.c.id)
        .where(task.c.person.in_(sa.select(_p.c.id).where(_p.c.disabled)), task.c.state == tables.OPEN, ~able.correlate(task).exists())
        .order_by(case.c.id)
    )
    stuck = {row.id: row for query in (nobody, left) for row in conn.execute(query.limit(STUCK))}
    flow_admins = sa.select(tables.member.c.person).join(_p, _p.c.id == tables.member.c.person)
    return {
        "zone": here.time_zone if here else "",
        "hours": here.hours if here else [],
        "years": list(conn.execute(sa.select(tables.calendar_year.c.year).order_by(tables.calendar_year.c.year)).scalars()),
        "people": conn.execute(sa.select(sa.func.count()).select_from(_p).where(_p.c.disabled.is_(False))).scalar_one(),
        "departments": {row.id: row.title for row in conn.execute(sa.select(_d.c.id, _d.c.title))},
        "releases": conn.execute(sa.select(current.c.app, current.c.digest, current.c.since).order_by(current.c.app)).all(),
        "stuck": list(stuck.values()),
        "dead": conn.execute(sa.select(sa.func.count()).select_from(tables.outbox).where(tables.outbox.c.state == "dead")).scalar_one(),
        "flow_admins": conn.execute(flow_admins.where(tables.member.c.role == "flow-admin", _p.c.disabled.is_(False)).limit(1)).first(),
    }


def _people(conn: Connection, text: str, after: str, limit: int) -> Sequence[Any]:
    """A page of people in the order of the organisation, after the one that the marker names."""
    wanted = sa.select(_p.c.id, _p.c.name, _p.c.disabled, _p.c.position).order_by(_p.c.position, _p.c.id).limit(limit)
    if text:
        part = "%" + "".join("\\" + c if c in "\\%_" else c for c in text) + "%"
        inside = sa.select(_h.c.person).join(_d, _d.c.id == _h.c.department).where(_d.c.title["zh"].as_string().like(part, escape="\\"))
        columns = (_p.c.name, _p.c.id, _p.c.pinyin, _p.c.initials)
        wanted = wanted.where(sa.or_(*(column.like(part.lower(), escape="\\") for column in columns), _p.c.id.in_(inside)))
    position, _, id = after.partition("~")
    if position.isdecimal() and id:
        wanted = wanted.where(sa.tuple_(_p.c.position, _p.c.id) > sa.tuple_(sa.literal(min(int(position), 2**31 - 1)), sa.literal(id)))
    return conn.execute(wanted).all()


def _marker(row: Any) -> str:
    return f"{row.position}~{row.id}"


def _one(conn: Connection, person: str) -> Any:
    return conn.execute(sa.select(_p.c.id, _p.c.name, _p.c.disabled).where(_p.c.id == person)).first()


def _about(conn: Connection, people: Sequence[str]) -> tuple[dict[str, list[tuple[Text, Text]]], dict[str, list[Text]]]:
    """Where people work as what, and the roles they have."""
    places: dict[str, list[tuple[Text, Text]]] = {}
    held = (
        sa.select(_h.c.person, _d.c.title, _t.c.title.label("post"))
        .join(_d, _d.c.id == _h.c.department)
        .join(_t, _t.c.id == _h.c.post)
        .where(_h.c.person.in_(people))
        .order_by(_h.c.person, _h.c.position)
    )
    for row in conn.execute(held):
        places.setdefault(row.person, []).append((row.title, row.post))
    roles: dict[str, list[Text]] = {}
    role, member = tables.role, tables.member
    given = sa.select(member.c.person, role.c.id, role.c.title, role.c.position).join(role, role.c.id == member.c.role)
    for row in conn.execute(given.where(member.c.person.in_(people)).order_by(role.c.position)):
        if row.title not in (known := roles.setdefault(row.person, [])):
            known.append(row.title)
    return places, roles


def _disable(conn: Connection, person: str, by: str, address: str, now: Any) -> bool:
    if not organisation.disable(conn, person):
        return False
    signing_in.record(conn, by, address, "disable", person, "done", now)
    return True


def _enable(conn: Connection, person: str, by: str, address: str, now: Any) -> bool:
    if not organisation.enable(conn, person):
        return False
    signing_in.record(conn, by, address, "enable", person, "done", now)
    return True


routes = [
    Route("/admin", overview, methods=["GET"]),
    Route("/admin/people", people, methods=["GET"]),
    Route("/admin/organisation", show_organisation, methods=["GET"]),
    Route("/admin/people/{person}", person, methods=["GET"]),
    Route("/admin/people/{person}/password", set_password, methods=["POST"]),
    Route("/admin/people/{person}/disabling", disable, methods=["POST"]),
    Route("/admin/people/{person}/enabling", enable, methods=["POST"]),
    Route("/admin/people/{person}/handing-over", hand_over, methods=["POST"]),
]
