"""The record of a case in plain words: one entry for each thing that happened, in order, opinions and changed answers with it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from runtime.casework import telling
from runtime.casework.entries import Entry, Teller, shade
from runtime.casework.moments import due as due_in
from workflows import events as facts
from workflows.case import Case, Task
from workflows.events import Event
from workflows.fold import NOT_BY_ITS_PERSON


def tell(events: Iterable[Event], teller: Teller) -> list[Entry]:
    """The entries of a case, oldest first."""
    entries: list[Entry] = []
    opened: dict[str, datetime] = {}
    given: list[str] = []
    entered: facts.Entered | None = None
    for event in events:
        fact = event.fact
        if entered is not None and not isinstance(fact, facts.Opened):
            entries.append(telling.given(entered, given, teller))
            entered, given = None, []
        if isinstance(fact, facts.Entered):
            entered = fact
        elif isinstance(fact, facts.Opened):
            opened[fact.task] = event.at
            if entered is not None:
                given.append(teller.name(fact.person, fact.name))
        elif isinstance(fact, facts.Changed) and entries and not entries[-1].quiet:
            entries[-1] = replace(entries[-1], changes=telling.changes(fact, teller))
        elif isinstance(fact, facts.Closed) and fact.how not in NOT_BY_ITS_PERSON:
            entries.append(telling.closed(fact, event, opened.get(fact.task), teller))
        else:
            entries.extend(telling.TELL[type(fact)](fact, event, teller) if type(fact) in telling.TELL else ())
    if entered is not None:
        entries.append(telling.given(entered, given, teller))
    return entries


def waiting(case: Case, teller: Teller) -> list[Entry]:
    """An entry for each open task: whom the case is waiting for, oneself first."""
    tasks = sorted(case.open_tasks(), key=lambda task: task.person != teller.me)
    return [_waiting(task, teller) for task in tasks]


def _waiting(task: Task, teller: Teller) -> Entry:
    language = teller.reader.language
    limit = due_in((task.limit - teller.now).total_seconds(), language, task.due_uncertain) if task.limit else None
    mine = task.person == teller.me
    meta = " · ".join(filter(None, (teller.step(task.step), limit.words if limit else "")))
    return Entry(
        when="",
        who=teller.name(task.person, task.name),
        chip=teller.word("待您办理", "Waiting for you") if mine else teller.word("办理中", "In progress"),
        tone="info" if mine else "",
        meta=meta,
        initial=task.name[:1],
        shade=shade(task.name),
    )
