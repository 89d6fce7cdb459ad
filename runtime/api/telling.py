"""Cases, tasks and events as JSON, with sensitive answers masked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, cast

import msgspec
from fastapi import Header, Response
from pydantic import TypeAdapter

from forms import answers
from forms.form import Field, Form
from runtime.api import shapes
from runtime.casework import relating
from runtime.casework.cases import Done
from runtime.casework.rows import step_title
from runtime.site import Site
from runtime.store import seals
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


async def done(site: Site, result: Done, person: str, status: int = 200) -> Response:
    """The case after a command, with the events it caused."""
    body = _case.dump_json(await case(site, result.program, result.program.digest, result.case, result.events, person), by_alias=True)
    headers = {"idempotent-replayed": "true"} if result.replayed else {}
    if status == 201:
        headers["location"] = f"/api/v1/cases/{result.case.id}"
    return Response(body, status, headers, "application/json")


async def case(site: Site, program: Program, digest: str, found: Case, events: Sequence[Event], person: str) -> shapes.Case:
    """``found`` as programs read it for ``person``."""
    form = program.app.form
    told = _told(events) if program.relating else ()
    cases = await site.database.read(relating.names, person, program, found.answers, *told) if program.relating else {}
    veil = Veil(rights.hidden(program, found, person), frozenset(cases))
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


class Veil(NamedTuple):
    """What a reader does not see."""

    #: fields
    hidden: frozenset[str] = frozenset()
    #: of the cases that answers refer to, those they do see
    cases: frozenset[str] = frozenset()


def _told(events: Iterable[Event]) -> list[Mapping[str, Any]]:
    """All answers that ``events`` tell."""
    facts = [event.fact for event in events]
    return [answers for fact in facts for part in seals.PARTS if isinstance(answers := getattr(fact, part, None), dict)]


def masked(form: Form, given: Mapping[str, Any], veil: Veil) -> dict[str, Any]:
    """``given`` without what the reader does not see, and with what is sensitive in it as a reader sees it; the rest as it is."""
    return _row(
        {field.name: field for field in form.fields}, {name: value for name, value in given.items() if name not in veil.hidden}, veil
    )


def _row(fields: Mapping[str, Field], given: Mapping[str, Any], veil: Veil) -> dict[str, Any]:
    """A case that the reader may not see is not there."""
    gone = {name for name, value in given.items() if name in fields and fields[name].kind == "case" and value not in veil.cases}
    return {name: _masked(fields[name], value, veil) if name in fields else value for name, value in given.items() if name not in gone}


def _masked(field: Field, value: Any, veil: Veil) -> Any:
    if field.kind == "table":
        rows: list[dict[str, Any]] = value or []
        return [_row(_parts(field), row, veil) for row in rows]
    if field.kind == "group" and isinstance(value, dict):
        return _row(_parts(field), cast("dict[str, Any]", value), veil)
    if field.sensitive and value not in (None, ""):
        return answers.show(field, value, "zh", {}, masked=True)
    return value


def _parts(field: Field) -> dict[str, Field]:
    return {part.name: part for part in field.fields}


def _event(form: Form, event: Event, veil: Veil) -> shapes.Event:
    fact: dict[str, Any] = msgspec.to_builtins(event.fact)
    kind = fact.pop("kind")
    for part in ("answers", "before", "after"):
        if isinstance(fact.get(part), dict):
            fact[part] = masked(form, fact[part], veil)
    if fact.get("field") in veil.hidden:
        fact.pop("number", None)
    return shapes.Event(seq=event.seq, at=event.at, actor=event.actor, kind=kind, fact=fact)
