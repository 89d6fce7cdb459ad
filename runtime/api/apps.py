"""What one may apply for, and applying."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from runtime.api import shapes
from runtime.api.problems import ALWAYS, WRITES, documented, refused
from runtime.api.strict import StrictRoute
from runtime.api.telling import Key, done
from runtime.api.who import Here, Me
from runtime.casework import cases
from runtime.people import organisation
from runtime.people.organisation import DatabaseDirectory
from workflows import candidates
from workflows.commands import Refusal
from workflows.people import Holding
from workflows.program import Program

router = APIRouter(tags=["apps"], route_class=StrictRoute, responses=ALWAYS)


@router.get("/apps")
async def apps(here: Here, me: Me) -> shapes.Apps:
    """The apps that one may start."""
    found = await here.database.read(_startable, me.person, here.catalogue.apps())
    return shapes.Apps(apps=[shapes.App(**_head(program)) for program in found])


@router.get("/apps/{app}", responses=documented(410))
async def app(here: Here, me: Me, app: str) -> shapes.AppForm:
    """An app with its form."""
    program = here.catalogue.latest(app)
    if program is None or not await here.database.read(_startable, me.person, [program]):
        raise HTTPException(404)
    if here.catalogue.retired(app):
        raise HTTPException(410, "retired")
    form = program.app.form
    fields: list[dict[str, Any]] = msgspec.to_builtins(form.fields)
    sections: list[dict[str, Any]] = msgspec.to_builtins(form.sections)
    return shapes.AppForm(**_head(program), form_schema=form.schema, fields=fields, sections=sections)


@router.post("/apps/{app}/cases", status_code=201, responses=WRITES | documented(410), response_model=shapes.Case)
async def submit(request: Request, here: Here, me: Me, app: str, body: shapes.Submission, key: Key) -> Response:
    """Starts a case. The same key and body again give the same answer and do nothing."""
    post = Holding(department=body.post.department, post=body.post.post) if body.post else None
    result = await cases.submit(here, me.person, app, body.answers, key, post=post, picked=body.picked)
    if result is None:
        raise HTTPException(404)
    return refused(request, result) if isinstance(result, Refusal) else await done(here, result, me.person, 201)


def _startable(conn: Connection, person: str, programs: list[Program]) -> list[Program]:
    applicant = organisation.applicant(conn, person)
    directory = DatabaseDirectory(conn)
    return [program for program in programs if applicant and candidates.may_start(program, applicant, directory)]


def _head(program: Program) -> dict[str, Any]:
    of = program.app
    return {
        "id": of.id,
        "title": dict(of.title),
        "category": dict(of.category),
        "description": dict(of.description) if of.description else None,
        "release": program.digest,
    }
