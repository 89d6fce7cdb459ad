"""The names behind everything that a case's answers refer to, today's and those that were changed: of people, departments, cases
and files.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from runtime.casework import relating, sheet
from runtime.files import held
from runtime.people import organisation
from workflows.case import Case
from workflows.events import Changed, Event
from workflows.program import Program


def names(conn: sa.Connection, person: str, language: str, program: Program, case: Case, events: Sequence[Event]) -> dict[str, str]:
    """By id, for ``person`` to read. A case that they may not see has none."""
    told: list[Mapping[str, Any]] = [case.answers]
    for event in events:
        if isinstance(event.fact, Changed):
            told += [event.fact.before, event.fact.after]
    people, departments = set[str](), set[str]()
    for answers in told:
        some, units = sheet.references(program.app.form, answers)
        people |= some
        departments |= units
    found = organisation.names(conn, people, departments, language) if people or departments else {}
    files = held.read(conn, [id for answers in told for id in held.ids(program.app.form, answers)])
    return {**found, **relating.names(conn, person, program, *told), **held.names(files)}
