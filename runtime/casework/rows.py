"""The rows of a decision: the case as it stands, its events, tasks and copies, worked out from what the engine decided."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from forms.texts import Text
from runtime.people import organisation
from runtime.store import statements
from runtime.store import tables as t
from runtime.store.statements import Statement, Together
from workflows import words
from workflows.case import Case, Task
from workflows.engine import Decision
from workflows.events import Copied
from workflows.program import START, Program


def keep(writes: Together, program: Program, decision: Decision, events: list[dict[str, Any]], organisation: str, subject: str) -> None:
    """The rows of a decision but the case's own and those of its effects; ``events`` are rows already."""
    case, own = decision.case, {"organisation": organisation, "app": decision.case.app}
    writes.add(_NEW_EVENT, events)
    writes.add(_CLOSE, [{"task": task.id, "state": task.state, "how": task.how, "closed_at": task.closed_at} for task in decision.closed])
    words = {"app_title": program.app.title, "applicant_name": case.applicant.name, "number": case.number, "subject": subject}
    writes.add(_NEW_TASK, [{**own, **words, "case": case.id, **_task_columns(program, task)} for task in decision.opened])
    limits = [{"task": task.id, "due": task.limit, "due_uncertain": task.due_uncertain} for task in decision.moved]
    writes.add(_MOVE, [{**limit, "urgency": limit["due"] or t.NO_LIMIT} for limit in limits])
    copies = [
        {**own, "case": case.id, "person": to.person, "name": to.name, "step": event.fact.step, "at": event.at, "read_at": None}
        for event in decision.events
        if isinstance(event.fact, Copied)
        for to in event.fact.people
    ]
    writes.add(_NEW_COPY, copies)


def submitted(program: Program, case: Case) -> dict[str, Any]:
    """What stays as it was submitted."""
    applicant = case.applicant
    return {
        "id": case.id,
        "digest": program.digest,
        "number": case.number,
        "applicant": applicant.id,
        "applicant_name": applicant.name,
        "department": applicant.department,
        "department_title": applicant.department_title,
        "post": applicant.post,
        "app_title": program.app.title,
        "created_at": case.created_at,
    }


def standing(conn: sa.Connection, program: Program, case: Case, now: datetime) -> dict[str, Any]:
    """What may change with every command."""
    waiting = case.open_tasks()
    # without a task a case may still wait for a moment, a message or another case; only one that does not is stuck
    at = waiting[0].step if waiting else next(iter(case.still), None) if not case.visits else None
    return {
        "status": case.status,
        "outcome": case.outcome,
        "rev": case.events,
        "answers": case.answers,
        "subject": _subject(conn, program, case),
        "step_title": step_title(program, at) if at else None,
        "due": min((task.limit for task in waiting if task.limit), default=None),
        "changed_at": now,
        "ended_at": case.ended_at,
    }


def _task_columns(program: Program, task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "step": task.step,
        "step_title": step_title(program, task.step),
        "round": task.round,
        "person": task.person,
        "name": task.name,
        "state": task.state,
        "how": task.how,
        "opened_at": task.opened_at,
        "due": task.limit,
        "due_uncertain": task.due_uncertain,
        "urgency": task.limit or t.NO_LIMIT,
        "closed_at": task.closed_at,
    }


def step_title(program: Program, step: str) -> Text:
    """The words of a step; "start" is the applicant's own."""
    if step == START:
        return {"zh": "发起人修改", "en": "Correction by the applicant"}
    # of a closed task, a step may be gone with an earlier release
    return program.steps[step].title if step in program.steps else {"zh": step}


def _subject(conn: sa.Connection, program: Program, case: Case) -> str:
    """The subject, with the names of people and departments that it speaks of."""
    spoken = [
        field for field in program.app.form.fields if field.kind in ("person", "department") and f"{{{field.name}" in program.app.subject
    ]
    ids: dict[str, list[str]] = {"person": [], "department": []}
    for field in spoken:
        if isinstance(value := case.answers.get(field.name), str):
            ids[field.kind].append(value)
    names = organisation.names(conn, ids["person"], ids["department"]) if spoken else None
    return words.subject(program, case.applicant, case.answers, names=names)


NEW_CASE = statements.insert(t.case)
_NEW_EVENT = statements.insert(t.event)
_NEW_TASK = statements.insert(t.task)
_NEW_COPY = statements.insert(t.copy)
_as_read = sa.update(t.case).where(t.case.c.id == given("of"), t.case.c.rev == given("read"))
_MOVED = ["rev", "head", "answers", "subject", "step_title", "due", "changed_at"]
CHANGE_CASE = Statement(_as_read, ["status", "outcome", "ended_at", *_MOVED])
#: its status is what it was: SQLite would write anew each index that has it
MOVE_CASE = Statement(_as_read, _MOVED)
_CLOSE = Statement(
    sa.update(t.task).where(t.task.c.id == given("task"), t.task.c.state == t.OPEN),
    # the value of `state` goes by the column's name, that of the condition by its own
    ["state", "how", "closed_at"],
)
_MOVE = Statement(sa.update(t.task).where(t.task.c.id == given("task")), ["due", "due_uncertain", "urgency"])
