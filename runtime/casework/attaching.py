"""Where somebody may upload a file, and which files of a case they may have."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from forms.expressions import Fault
from forms.form import Field
from runtime.casework import cases
from runtime.casework.releases import Catalogue
from runtime.files import held
from runtime.files.cards import Card, cards
from runtime.files.uploads import File, Place
from runtime.people import organisation
from runtime.people.organisation import DatabaseDirectory
from runtime.site import Site
from workflows import candidates, rights
from workflows.app import Approve, Handle
from workflows.program import START, Program


async def at_draft(site: Site, person: str, app: str, draft: str, field: str) -> Place | None:
    """The field of a form that the person may start and fill in; None: there is no such place for them."""
    program = site.catalogue.current(app)
    found = _field(program, field, program.fills) if program else None
    if program is None or found is None or not await site.database.read(_may_start, program, person):
        return None
    return Place(person, app, found, draft, path=field)


def _may_start(conn: sa.Connection, program: Program, person: str) -> bool:
    directory = DatabaseDirectory(conn)
    applicant = organisation.applying(directory, person, None)
    try:
        return applicant is not None and candidates.may_start(program, applicant, directory)
    except Fault:
        return False


async def at_task(site: Site, person: str, task: str, field: str) -> Place | None:
    """The field of an open task of the person's that its step fills in."""
    found = await cases.find_task(site, person, task)
    if found is None or found.task.state != "open" or found.case.status != "open":
        return None
    step = found.program.steps.get(found.task.step)
    may = (
        found.program.fills
        if found.task.step == START
        else frozenset(step.edit)
        if isinstance(step, Approve | Handle)
        else frozenset[str]()
    )
    wanted = _field(found.program, field, may)
    return Place(person, found.case.app, wanted, task, found.case.id, field) if wanted else None


def _field(program: Program, name: str, may: frozenset[str]) -> Field | None:
    """``name`` may be a path into a row."""
    return held.at(program.app.form, name) if name.partition(".")[0] in may else None


def field_of(catalogue: Catalogue, file: File) -> Field | None:
    """The field that an upload was announced for, as the app has it now."""
    program = catalogue.current(file.app)
    return held.at(program.app.form, file.field) if program else None


async def of_case(site: Site, person: str, case: str, file: str) -> File | None:
    """A file that the person sees in a case, by a field that is not hidden from them."""
    found = await cases.find(site, person, case)
    if found is None or file not in held.ids(found.program.app.form, rights.shown(found.program, found.case, person)):
        return None
    return (await site.database.read(held.read, [file])).get(file)


def on_page(conn: sa.Connection, form: Any, values: Mapping[str, Any], before: Mapping[str, Any], actor: str, case: str) -> dict[str, Card]:
    """The files of a page being filled in: one's own, and those that the case has already. Of others nothing is said."""
    wanted = held.ids(form, values)
    if not wanted:
        return {}
    known = set(held.ids(form, before))
    found = held.read(conn, wanted)
    own = {id: file for id, file in found.items() if file.person == actor}
    return {**cards({id: file for id, file in found.items() if id in known}, f"/cases/{case}/files"), **cards(own, "/uploads")}
