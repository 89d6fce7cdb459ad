"""What waits for one, and deciding it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from runtime.api import shapes, telling
from runtime.api.problems import ALWAYS, WRITES, refused
from runtime.api.strict import StrictRoute
from runtime.api.telling import Key, done
from runtime.api.who import Here, Me
from runtime.casework import batch, cases, lists, overseeing, rows
from runtime.casework.cases import FoundTask
from runtime.casework.lists import Row
from runtime.people.organisation import DatabaseDirectory
from runtime.site import Site
from workflows import offers
from workflows.commands import Refusal
from workflows.program import START

router = APIRouter(tags=["tasks"], route_class=StrictRoute, responses=ALWAYS)


@router.get("/tasks")
async def tasks(
    here: Here,
    me: Me,
    app: Annotated[str | None, Query(max_length=64)] = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of the subject, number or applicant.")] = None,
    after: Annotated[str | None, Query(max_length=100, description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> shapes.Tasks:
    """Open tasks, the most urgent first."""
    page = await here.database.read(lists.todo, me.person, app, q, after, limit)
    return shapes.Tasks(tasks=[_line(row) for row in page.rows], next=page.next)


@router.get("/tasks/{task}")
async def task(here: Here, me: Me, task: str) -> shapes.Task:
    """A task of one's own, open or over, with what may be done."""
    found = await cases.find_task(here, me.person, task)
    if found is None:
        raise HTTPException(404)
    mine = found.task
    can = await here.database.read(_offers, found, here)
    step = found.program.steps.get(mine.step)
    editable = found.program.fills if mine.step == START else getattr(step, "edit", ())
    return shapes.Task(
        id=mine.id,
        case=found.case.id,
        app_title=dict(found.program.app.title),
        number=found.case.number,
        applicant=found.case.applicant.name,
        subject=found.row.subject,
        step=dict(rows.step_title(found.program, mine.step)),
        opened_at=mine.opened_at,
        due=mine.limit,
        due_uncertain=mine.due_uncertain,
        state=mine.state,
        offers=can,
        editable=sorted(editable) if can else [],
        detail=await telling.case(here, found.program, found.digest, found.case, found.events, me.person),
    )


@router.post("/tasks/decisions", responses=WRITES)
async def decide_together(here: Here, me: Me, body: shapes.Decisions, key: Key) -> shapes.DecidedAll:
    """Decides several tasks with one opinion, each by itself. Those that need a signature, answers, people to be chosen or an opinion of
    their own are left as they are.
    """
    outcomes = await batch.decide(here, me.person, body.tasks, body.action, key, body.opinion.strip())
    return shapes.DecidedAll(
        results=[
            shapes.Decided(
                task=outcome.task,
                done=outcome.refusal is None,
                case=outcome.found.case.id if outcome.found else None,
                code=outcome.refusal.code if outcome.refusal else None,
                problem=dict(outcome.refusal.message) if outcome.refusal else None,
            )
            for outcome in outcomes
        ]
    )


@router.post("/tasks/{task}/decision", responses=WRITES, response_model=shapes.Case)
async def decide(request: Request, here: Here, me: Me, task: str, body: shapes.Decision, key: Key) -> Response:
    """Decides a task. 409: someone was faster."""
    result = await cases.act(
        here,
        me.person,
        task,
        body.action,
        key,
        opinion=body.opinion.strip(),
        answers=body.answers,
        to=body.to,
        people=body.people,
        picked=body.picked,
        signature=body.signature,
        resume=body.resume,
    )
    if result is None:
        raise HTTPException(404)
    return refused(request, result) if isinstance(result, Refusal) else await done(here, result, me.person)


@router.post("/tasks/{task}/recall", responses=WRITES, response_model=shapes.Case)
async def recall(request: Request, here: Here, me: Me, task: str, key: Key) -> Response:
    """Takes back what one decided with a task, while nobody behind it has acted."""
    return await _on_task(request, here, me.person, "recall", task, key)


@router.post("/tasks/{task}/removal", responses=WRITES, response_model=shapes.Case)
async def remove(request: Request, here: Here, me: Me, task: str, key: Key) -> Response:
    """Takes out someone whom one added."""
    return await _on_task(request, here, me.person, "removal", task, key)


@router.post("/tasks/{task}/reminder", responses=WRITES, response_model=shapes.Case)
async def remind(request: Request, here: Here, me: Me, task: str, key: Key) -> Response:
    """Asks whoever has a task to act: the applicant and flow administrators may, once an hour."""
    return await _on_task(request, here, me.person, "reminder", task, key)


async def _on_task(request: Request, site: Site, person: str, what: overseeing.OnTask, task: str, key: str) -> Response:
    result = await overseeing.on_task(site, person, what, task, key)
    if result is None:
        raise HTTPException(404)
    return refused(request, result) if isinstance(result, Refusal) else await done(site, result, person)


def _line(row: Row) -> shapes.TaskLine:
    return shapes.TaskLine(
        id=row.task_id or "",
        case=row.case_id,
        app_title=dict(row.app_title),
        number=row.number,
        applicant=row.applicant_name,
        subject=row.subject,
        step=dict(row.step_title) if row.step_title else None,
        opened_at=row.opened_at,
        due=row.due,
        due_uncertain=row.due_uncertain,
    )


def _offers(conn: Connection, found: FoundTask, here: Site) -> list[shapes.Offer]:
    directory = DatabaseDirectory(conn)
    return [
        shapes.Offer(
            id=offer.id,
            title=dict(offer.title),
            opinion=offer.opinion,
            targets=[{"id": id, "title": dict(words)} for id, words in offer.targets],
            picks=[
                {
                    "step": pick.step,
                    "title": dict(pick.title),
                    "most": pick.most,
                    "people": [{"id": person.person, "name": person.name} for person in pick.people],
                }
                for pick in offer.picks
            ],
            signature=offer.signature,
        )
        for offer in offers.offers(found.program, found.case, found.task, directory, here.clock())
    ]
