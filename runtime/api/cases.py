"""A case with its events; taking it back and commenting on it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from runtime.api import shapes, telling
from runtime.api.problems import ALWAYS, WRITES, refused
from runtime.api.strict import StrictRoute
from runtime.api.telling import Key, done
from runtime.api.who import Here, Me
from runtime.casework import automatic, cases, copying, overseeing
from runtime.output import printing, typeset
from runtime.site import Site
from workflows.commands import Refusal

PAPER: Any = {200: {"description": "A PDF", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}}
router = APIRouter(tags=["cases"], route_class=StrictRoute, responses=ALWAYS)


@router.get("/cases/{case}")
async def case(here: Here, me: Me, case: str) -> shapes.Case:
    """A case that one started, had a task of, or got a copy of."""
    found = await cases.find(here, me.person, case)
    if found is None:
        raise HTTPException(404)
    return await telling.case(here, found.program, found.digest, found.case, found.events, me.person)


@router.get("/cases/{case}/papers/{paper}", response_class=Response, responses=PAPER)
async def print_(request: Request, here: Here, me: Me, case: str, paper: str) -> Response:
    """The case as PDF, by one of its app's print templates; `case` is the one of an app without any."""
    found = await cases.find(here, me.person, case)
    base = here.settings.public_url or str(request.base_url)
    try:
        made = await printing.pdf(here, me, found, paper, f"{base.rstrip('/')}/cases/{case}") if found else None
    except typeset.NoFont:
        raise HTTPException(503, "no-font") from None
    if made is None:
        raise HTTPException(404)
    return Response(made, media_type="application/pdf")


@router.get("/cases/{case}/copy")
async def copy(here: Here, me: Me, case: str) -> shapes.Copied:
    """The answers of one's own case for applying again, unmasked. 404: it is not one's own."""
    looked = await copying.look(here, me.person, case)
    if looked is None or isinstance(looked, Refusal):
        raise HTTPException(404)
    found, taken = looked
    dropped = [shapes.Dropped(field=lost.field, title=dict(lost.title), why=dict(lost.why)) for lost in taken.dropped]
    return shapes.Copied(app=found.case.app, answers=taken.answers, dropped=dropped)


@router.post("/cases/{case}/withdrawal", responses=WRITES, response_model=shapes.Case)
async def withdraw(request: Request, here: Here, me: Me, case: str, body: shapes.Withdrawal, key: Key) -> Response:
    """Takes one's own case back, while the flow allows it."""
    result = await cases.withdraw(here, me.person, case, key, body.opinion.strip())
    if result is None:
        raise HTTPException(404)
    return refused(request, result) if isinstance(result, Refusal) else await done(here, result, me.person)


@router.post("/cases/{case}/suspension", responses=WRITES, response_model=shapes.Case)
async def suspend(request: Request, here: Here, me: Me, case: str, body: shapes.Reason, key: Key) -> Response:
    """Stops a case. For flow administrators."""
    return await _overseen(request, here, me.person, "suspension", case, body, key)


@router.post("/cases/{case}/resumption", responses=WRITES, response_model=shapes.Case)
async def resume(request: Request, here: Here, me: Me, case: str, body: shapes.Reason, key: Key) -> Response:
    """Lets a suspended case go on. For flow administrators."""
    return await _overseen(request, here, me.person, "resumption", case, body, key)


@router.post("/cases/{case}/termination", responses=WRITES, response_model=shapes.Case)
async def terminate(request: Request, here: Here, me: Me, case: str, body: shapes.Reason, key: Key) -> Response:
    """Ends a case. For flow administrators."""
    return await _overseen(request, here, me.person, "termination", case, body, key)


async def _overseen(
    request: Request, site: Site, person: str, what: overseeing.OnCase, case: str, body: shapes.Reason, key: str
) -> Response:
    result = await overseeing.on_case(site, person, what, case, key, body.reason.strip())
    if result is None:
        raise HTTPException(404)
    return refused(request, result) if isinstance(result, Refusal) else await done(site, result, person)


@router.post("/cases/{case}/comments", status_code=201, responses=WRITES, response_model=shapes.Case)
async def comment(request: Request, here: Here, me: Me, case: str, body: shapes.Comment, key: Key) -> Response:
    """Says something about a case; its state does not change."""
    result = await cases.comment(here, me.person, case, key, body.text)
    if result is None:
        raise HTTPException(404)
    return refused(request, result) if isinstance(result, Refusal) else await done(here, result, me.person, 201)


@router.post("/cases/{case}/messages", status_code=202, responses=WRITES, response_model=shapes.Delivered)
async def deliver(request: Request, here: Here, me: Me, case: str, body: shapes.Message, key: Key) -> Response:
    """Tells a case what one of its steps waits for. Only accounts of other systems may (`dabashou org integration`); 409: nothing waits
    for it.
    """
    result = await automatic.deliver(here, case, body.name, body.payload, key, me.person)
    if result is None:
        raise HTTPException(404)
    if isinstance(result, Refusal):
        return refused(request, result)
    headers = {"idempotent-replayed": "true"} if result.replayed else {}
    taken = shapes.Delivered(case=result.case.id, status=result.case.status)
    return Response(taken.model_dump_json(), 202, headers, "application/json")
