"""Cases, tasks and events as JSON, with sensitive answers masked."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

import msgspec
from fastapi import Header, Response
from pydantic import TypeAdapter

from forms import answers
from forms.form import Field, Form
from runtime.api import shapes
from runtime.casework.cases import Done
from runtime.casework.rows import step_title
from workflows import rights
from workflows.case import Case
from workflows.events import Event
from workflows.program import Program

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$",
        description="Made anew for each thing one wants done; kept when the same request is sent again.",
    ),
]

_case = TypeAdapter(shapes.Case)


def done(result: Done, person: str, status: int = 200) -> Response:
    """The case after a command, with the events it caused."""
    body = _case.dump_json(case(result.program, result.program.digest, result.case, result.events, person), by_alias=True)
    headers = {"idempotent-replayed": "true"} if result.replayed else {}
    if status == 201:
        headers["location"] = f"/api/v1/cases/{result.case.id}"
    return Response(body, status, headers, "application/json")


def case(program: Program, digest: str, found: Case, events: Iterable[Event], person: str) -> shapes.Case:
    """``found`` as programs read it for ``person``."""
    form = program.app.form
    veil = rights.hidden(program, found, person)
    return shapes.Case(
        id=found.id,
        app=found.app,
        app_title=dict(program.app.title),
        release=digest,
        number=found.number,
        applicant=shapes.Person(id=found.applicant.id, name=found.applicant.name),
        department=found.applicant.department,
        status=found.status,
        outcome=found.outcome,
        answers=masked(form, found.answers, veil),
        created_at=found.created_at,
        ended_at=found.ended_at,
        tasks=[
            shapes.CaseTask(
                id=task.id,
                step=task.step,
                step_title=dict(step_title(program, task.step)),
                person=shapes.Person(id=task.person, name=task.name),
                state=task.state,
                how=task.how,
                opened_at=task.opened_at,
                due=task.limit,
                closed_at=task.closed_at,
            )
            for task in found.tasks.values()
        ],
        events=[_event(form, event, veil) for event in events],
    )


def masked(form: Form, given: Mapping[str, Any], veil: frozenset[str] = frozenset()) -> dict[str, Any]:
    """``given`` without what the reader does not see, and with what is sensitive in it as a reader sees it; the rest as it is."""
    fields = {field.name: field for field in form.fields}
    return {name: _masked(fields[name], value) if name in fields else value for name, value in given.items() if name not in veil}


def _masked(field: Field, value: Any) -> Any:
    if field.kind == "table":
        rows: list[dict[str, Any]] = value or []
        return [_cells(field, row) for row in rows]
    if field.kind == "group" and isinstance(value, dict):
        return _cells(field, cast("dict[str, Any]", value))
    if field.sensitive and value not in (None, ""):
        return answers.show(field, value, "zh", {}, masked=True)
    return value


def _cells(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    parts = {part.name: part for part in field.fields}
    return {name: _masked(parts[name], cell) if name in parts else cell for name, cell in row.items()}


def _event(form: Form, event: Event, veil: frozenset[str]) -> shapes.Event:
    fact: dict[str, Any] = msgspec.to_builtins(event.fact)
    kind = fact.pop("kind")
    for part in ("answers", "before", "after"):
        if isinstance(fact.get(part), dict):
            fact[part] = masked(form, fact[part], veil)
    if fact.get("field") in veil:
        fact.pop("number", None)
    return shapes.Event(seq=event.seq, at=event.at, actor=event.actor, kind=kind, fact=fact)
