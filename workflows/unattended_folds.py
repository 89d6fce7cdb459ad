"""Folding what happens without a person; a part of workflows.fold."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from workflows import unattended as facts
from workflows.case import Lasting, Still
from workflows.clock import Stop, closed
from workflows.fact import Fact

if TYPE_CHECKING:
    from workflows.events import Event
    from workflows.fold import Marking


def silence(m: "Marking", of: str) -> None:
    """No timer of this task, or of this round of a step, is waited for any more."""
    for timers in (m.timers, m.held):
        for id in [id for id in timers if id.startswith(f"{of}~")]:
            del timers[id]


def _scheduled(m: "Marking", fact: facts.Scheduled, _event: "Event") -> None:
    (m.held if m.stopped else m.timers).update({timer.id: timer for timer in fact.timers})


def _rang(m: "Marking", fact: facts.Rang, _event: "Event") -> None:
    m.timers.pop(fact.timer, None)


def _stopped(m: "Marking", _fact: facts.Stopped, event: "Event") -> None:
    m.stopped = True
    m.held, m.timers = m.timers, {}
    for id, task in m.tasks.items():
        if task.state == "open" and task.due:
            m.tasks[id] = msgspec.structs.replace(task, stops=(*task.stops, Stop(since=event.at)))
    for step, still in m.still.items():
        m.still[step] = msgspec.structs.replace(still, stops=(*still.stops, Stop(since=event.at)))


def _restarted(m: "Marking", fact: facts.Restarted, event: "Event") -> None:
    m.stopped, m.held = False, {}
    for id, task in m.tasks.items():
        if task.state == "open" and (stops := closed(task.stops, event.at)) != task.stops:
            m.tasks[id] = msgspec.structs.replace(task, stops=stops)
    for step, still in m.still.items():
        m.still[step] = msgspec.structs.replace(still, stops=closed(still.stops, event.at))
    for limit in fact.limits:
        if limit.task is None:
            m.still[limit.step] = msgspec.structs.replace(m.still[limit.step], until=limit.due, uncertain=limit.due_uncertain)
            continue
        m.tasks[limit.task] = msgspec.structs.replace(m.tasks[limit.task], due=limit.due, due_uncertain=limit.due_uncertain)
        if visit := m.visits.get(limit.step):
            m.visits[limit.step] = msgspec.structs.replace(visit, due=limit.due, due_uncertain=limit.due_uncertain)
    m.timers.update({timer.id: timer for timer in fact.timers})


def _waiting(m: "Marking", fact: facts.Waiting, event: "Event") -> None:
    m.rounds[fact.step] = fact.round
    m.still[fact.step] = Still(
        step=fact.step,
        round=fact.round,
        since=event.at,
        message=fact.message,
        until=fact.until,
        uncertain=fact.uncertain,
        children=fact.children,
    )


def _nothing(_m: "Marking", _fact: Fact, _event: "Event") -> None:
    """Recorded for those who read; what follows from it stands in events of its own."""


def _issued(m: "Marking", fact: facts.Issued, event: "Event") -> None:
    m.issued[fact.field] = fact.number
    m.lasting.append(Lasting(seq=event.seq, step=fact.step, what="issued"))


def _sent(m: "Marking", fact: facts.Sent, event: "Event") -> None:
    m.lasting.append(Lasting(seq=event.seq, step=fact.step, what="sent"))


def _called(m: "Marking", fact: facts.Called, event: "Event") -> None:
    if fact.case is not None:
        m.lasting.append(Lasting(seq=event.seq, step=fact.step, what="called"))


def _answered(m: "Marking", fact: facts.Answered, _event: "Event") -> None:
    if still := m.still.get(fact.step):
        left = tuple(case for case in still.children if case != fact.case)
        m.still[fact.step] = msgspec.structs.replace(still, children=left)


APPLY: dict[type[Fact], Callable[["Marking", Any, "Event"], None]] = {
    facts.Scheduled: _scheduled,
    facts.Rang: _rang,
    facts.Stopped: _stopped,
    facts.Restarted: _restarted,
    facts.Waiting: _waiting,
    facts.Delivered: _nothing,
    facts.Issued: _issued,
    facts.Sent: _sent,
    facts.Called: _called,
    facts.Answered: _answered,
}
