"""A case for those who take part in it: where it stands, what was answered, what happened; the receipt, taking back, comments."""

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import say
from forms.words import day
from runtime import site as sites
from runtime.casework import case_view, cases, copying, drafts, moving, opinions, overseeing, sheet
from runtime.casework.cases import Done, Found
from runtime.casework.filling import Ahead
from runtime.casework.glance import Glance
from runtime.pages.page import Numbers, desk, form_pairs, local, numbers, render, see_other, visitor, word
from runtime.pages.tasks import reading_of
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.store.ids import new_id
from runtime.unattended import messages
from workflows import rights, supplying
from workflows.case import Case
from workflows.commands import Refusal
from workflows.offers import may_withdraw
from workflows.oversight import Oversight, oversight
from workflows.program import Program


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page shows."""

    head: case_view.Head
    stops: list[case_view.Stop]
    parts: list[sheet.Part]
    record: list[Any]
    ahead: list[Ahead]
    counts: Numbers
    oversight: Oversight


async def case(request: Request) -> Response:
    """The case; opening it marks one's copy as read. One's own open task is where it is decided."""
    me, site = visitor(request), sites.of(request)
    found = await _find(site, me, request.path_params["case"])
    if found.unread:
        await cases.mark_read(site, me.person, found.case.id)
    return await _page(request, found)


async def receipt(request: Request) -> Response:
    """After handing in: the number, and who has it now."""
    me, site = visitor(request), sites.of(request)
    found = await _find(site, me, request.path_params["case"])
    if me.person != found.case.applicant.id:
        raise HTTPException(404)
    view = await site.database.read(_view, site, me, found)
    ahead = [stop for stop in view.stops if stop.look in ("now", "soon")]
    steps = [
        {"look": "now" if stop.look == "now" else "", "number": number, "title": stop.title, "people": stop.people, "meta": ""}
        for number, stop in enumerate(ahead, start=1)
    ]
    if steps and view.head.open:
        steps[0]["meta"] = word(me.language, f"最迟 {view.head.limit}", f"by {view.head.limit}") if view.head.limit != "—" else ""
    return render(
        request,
        "cases/receipt.html",
        title=word(me.language, "已提交", "Submitted"),
        sheet=view.head,
        case_id=found.case.id,
        steps=steps,
        counts=view.counts,
    )


async def withdraw(request: Request) -> Response:
    """Takes one's own case back."""
    me, site, id = visitor(request), sites.of(request), request.path_params["case"]
    form = dict(await form_pairs(request))
    result = await cases.withdraw(site, me.person, id, form.get("key") or new_id(), form.get("opinion", "").strip()[:2000])
    return await _after(request, result, f"/cases/{id}")


async def comment(request: Request) -> Response:
    """Says something that everybody in the case can read."""
    me, site, id = visitor(request), sites.of(request), request.path_params["case"]
    form = dict(await form_pairs(request))
    result = await cases.comment(site, me.person, id, form.get("key") or new_id(), form.get("text", "").strip()[:2000])
    return await _after(request, result, local(form.get("back", ""), f"/cases/{id}"))


async def copy(request: Request) -> Response:
    """Begins a new draft with the answers of one's own case."""
    me, site, id = visitor(request), sites.of(request), request.path_params["case"]
    form = dict(await form_pairs(request))
    result = await copying.draft(site, me.person, id, draft if drafts.is_id(draft := form.get("draft", "")) else new_id())
    return see_other(f"/drafts/{result}") if isinstance(result, str) else await _after(request, result, "")


async def oversee(request: Request) -> Response:
    """Stops the case, lets it go on or ends it; or reminds of a task, takes one's own decision back, takes out whom one added."""
    me, site, id = visitor(request), sites.of(request), request.path_params["case"]
    form = dict(await form_pairs(request))
    key, what, task = form.get("key") or new_id(), form.get("what", ""), form.get("task", "")
    if what in overseeing.ON_TASK and task:
        result = await overseeing.on_task(site, me.person, cast("overseeing.OnTask", what), task, key)
    elif what in overseeing.ON_CASE:
        result = await overseeing.on_case(site, me.person, cast("overseeing.OnCase", what), id, key, form.get("reason", "").strip()[:2000])
    else:
        raise HTTPException(404)
    return await _after(request, result, f"/cases/{id}")


async def move_back(request: Request) -> Response:
    """Undoes a migration, for flow administrators, until somebody acts."""
    me, site, id = visitor(request), sites.of(request), request.path_params["case"]
    form = dict(await form_pairs(request))
    return await _after(request, await moving.move_back(site, me.person, id, form.get("key") or new_id()), f"/cases/{id}")


async def _after(request: Request, result: Done | Refusal | None, to: str) -> Response:
    if result is None:
        raise HTTPException(404)
    if isinstance(result, Refusal):
        found = await _find(sites.of(request), visitor(request), request.path_params["case"])
        return await _page(request, found, result)
    return see_other(to)


async def _page(request: Request, found: Found, refusal: Refusal | None = None) -> Response:
    me, site = visitor(request), sites.of(request)
    view = await site.database.read(_view, site, me, found)
    if view.counts.messages:
        await messages.opened(site, me.person, found.case.id)
    mine = next((t for t in found.case.open_tasks() if t.person == me.person), None) if found.case.status == "open" else None
    applicant = found.case.applicant.id == me.person
    return render(
        request,
        "cases/case.html",
        status=200 if refusal is None else 409 if refusal.code in ("lost-race", "too-late", "key-reused") else 422,
        title=say(found.program.app.title, me.language),
        back="/mine" if applicant else "/tasks/done",
        case_id=found.case.id,
        key=new_id(),
        comment_key=new_id(),
        sheet=view.head,
        marks=view.stops,
        parts=view.parts,
        record=view.record,
        say_to=True,
        withdrawable=may_withdraw(found.program, found.case, me.person),
        oversight=view.oversight,
        migrated=found.case.status == "open" and found.case.migration is not None,
        refusal=say(refusal.message, me.language) if refusal else "",
        owed=owed(found.program, found.case, me),
        owes_it=applicant,
        my_task=mine.id if mine else "",
        mine=applicant and site.catalogue.current(found.case.app) is not None and not site.catalogue.retired(found.case.app),
        counts=view.counts,
    )


def owed(program: Program, case: Case, me: Visitor) -> list[tuple[str, str]]:
    """What a case still lacks, as far as one sees it: the material, and the day that was promised."""
    if case.status != "open":
        return []
    veil = rights.hidden(program, case, me.person)
    missing = [item for item in supplying.owed(program, case.answers) if item.field.name not in veil]
    return [(say(item.field.title, me.language), day(item.day, me.language)) for item in missing]


def _view(conn: sa.Connection, site: Site, me: Visitor, found: Found) -> View:
    at, directory = desk(conn, site, me.language), Glance(conn, site.database)
    program, case = found.program, found.case
    reading = reading_of(conn, me, at, program, case, found.events)
    return View(
        head=case_view.head(program, case, reading),
        stops=case_view.stops(program, case, directory, reading),
        parts=sheet.parts(
            program.app.form,
            opinions.shown(program, case, found.events, me.person, me.language, reading.zone),
            sheet.Reader(me.language, reading.names, reading.files),
        ),
        record=case_view.entries(program, case, found.events, reading),
        ahead=[],
        counts=numbers(conn, site, me.person),
        oversight=oversight(program, case, me.person, directory),
    )


async def _find(site: Site, me: Visitor, case: str) -> Found:
    found = await cases.find(site, me.person, case)
    if found is None:
        raise HTTPException(404)
    return found


routes = [
    Route("/cases/{case}", case, methods=["GET"]),
    Route("/cases/{case}/receipt", receipt, methods=["GET"]),
    Route("/cases/{case}/withdrawal", withdraw, methods=["POST"]),
    Route("/cases/{case}/comments", comment, methods=["POST"]),
    Route("/cases/{case}/copy", copy, methods=["POST"]),
    Route("/cases/{case}/oversight", oversee, methods=["POST"]),
    Route("/cases/{case}/migration", move_back, methods=["POST"]),
]
