"""Folding: what a list of events says about the case. The engine folds as it goes; audits and tests fold again and compare."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec

from workflows import events as facts
from workflows import migration_folds
from workflows import unattended_folds as folds
from workflows.case import Case, Lasting, Migration, Past, ReturnTo, Still, Stood, Task, Visit
from workflows.effects import Timer
from workflows.events import Applicant, Event, Parent
from workflows.migration import Bygone

#: ways of closing a task that are nobody's decision about the case
NOT_A_DECISION = frozenset(
    {"superseded", "cancelled", "removed", "submit", "transfer", "delegate", "answer", "add-before", "unclaim", "hand-over"}
)
#: how a task is closed without its person
NOT_BY_ITS_PERSON = {"superseded": "superseded", "cancelled": "cancelled", "removed": "cancelled"}


class Marking(msgspec.Struct):
    """A case under way of being folded; the same fields as Case, changed in place. Nobody outside one fold or decision sees it."""

    id: str
    app: str
    applicant: Applicant
    number: str
    created_at: datetime
    status: Literal["open", "ended"] = "open"
    outcome: str | None = None
    answers: dict[str, Any] = {}
    ended_at: datetime | None = None
    events: int = 0
    visits: dict[str, Visit] = {}
    rounds: dict[str, int] = {}
    lanes: dict[str, tuple[int, ...]] = {}
    taken: dict[str, int | None] = {}
    executed: list[str] = []
    returns: dict[str, ReturnTo] = {}
    tasks: dict[str, Task] = {}
    copied: list[str] = []
    decided_at: datetime | None = None
    past: dict[str, Past] = {}
    cancelled: dict[str, int] = {}
    recalled: list[str] = []
    picked: dict[str, tuple[str, ...]] = {}
    approved: list[tuple[str, str]] = []
    reminded: dict[str, datetime] = {}
    suspended_at: datetime | None = None
    parent: Parent | None = None
    timers: dict[str, Timer] = {}
    held: dict[str, Timer] = {}
    still: dict[str, Still] = {}
    stopped: bool = False
    chosen: dict[str, tuple[int, ...]] = {}
    issued: dict[str, str] = {}
    lasting: list[Lasting] = []
    release: str | None = None
    migration: Migration | None = None
    bygone: dict[str, Bygone] = {}
    dropped: tuple[str, ...] = ()

    @classmethod
    def of(cls, case: Case) -> "Marking":
        """A marking that starts where ``case`` stands and shares nothing that changes with it."""
        return cls(
            id=case.id,
            app=case.app,
            applicant=case.applicant,
            number=case.number,
            created_at=case.created_at,
            status=case.status,
            outcome=case.outcome,
            answers=dict(case.answers),
            ended_at=case.ended_at,
            events=case.events,
            visits=dict(case.visits),
            rounds=dict(case.rounds),
            lanes=dict(case.lanes),
            taken=dict(case.taken),
            executed=list(case.executed),
            returns=dict(case.returns),
            tasks=dict(case.tasks),
            copied=list(case.copied),
            decided_at=case.decided_at,
            past=dict(case.past),
            cancelled=dict(case.cancelled),
            recalled=list(case.recalled),
            picked=dict(case.picked),
            approved=list(case.approved),
            reminded=dict(case.reminded),
            suspended_at=case.suspended_at,
            parent=case.parent,
            timers=dict(case.timers),
            held=dict(case.held),
            still=dict(case.still),
            stopped=case.stopped,
            chosen=dict(case.chosen),
            issued=dict(case.issued),
            lasting=list(case.lasting),
            release=case.release,
            migration=case.migration,
            bygone=case.bygone,
            dropped=case.dropped,
        )

    def case(self) -> Case:
        """The case as it stands now; the marking must not be changed afterwards."""
        return Case(
            id=self.id,
            app=self.app,
            applicant=self.applicant,
            number=self.number,
            created_at=self.created_at,
            status=self.status,
            outcome=self.outcome,
            answers=self.answers,
            ended_at=self.ended_at,
            events=self.events,
            visits=self.visits,
            rounds=self.rounds,
            lanes=self.lanes,
            taken=self.taken,
            executed=tuple(self.executed),
            returns=self.returns,
            tasks=self.tasks,
            copied=tuple(self.copied),
            decided_at=self.decided_at,
            past=self.past,
            cancelled=self.cancelled,
            recalled=tuple(self.recalled),
            picked=self.picked,
            approved=tuple(self.approved),
            reminded=self.reminded,
            suspended_at=self.suspended_at,
            parent=self.parent,
            timers=self.timers,
            held=self.held,
            still=self.still,
            stopped=self.stopped,
            chosen=self.chosen,
            issued=self.issued,
            lasting=tuple(self.lasting),
            release=self.release,
            migration=self.migration,
            bygone=self.bygone,
            dropped=self.dropped,
        )

    def open_tasks(self, step: str) -> list[Task]:
        return [task for task in self.tasks.values() if task.step == step and task.state == "open"]

    def apply(self, event: Event) -> None:
        """Take in the next event. Raises ValueError when it is not the next one."""
        if event.seq != self.events + 1:
            raise ValueError(f"event {event.seq} of case {self.id} follows {self.events}")
        self.events = event.seq
        if self.migration is not None and self.migration.kept is not None:
            migration_folds.settle(self, event)
        APPLY[type(event.fact)](self, event.fact, event)


def fold(events: Iterable[Event], case_id: str, app: str) -> Case:
    """The case that ``events`` (from the first on) describe. Raises ValueError when they do not begin with a submission."""
    marking: Marking | None = None
    for event in events:
        marking = marking or begin(case_id, app, event)
        marking.apply(event)
    if marking is None:
        raise ValueError(f"case {case_id} has no events")
    return marking.case()


def begin(case_id: str, app: str, event: Event) -> Marking:
    """An empty case for its first event."""
    fact = event.fact
    if not isinstance(fact, facts.Submitted):
        raise ValueError(f"case {case_id} begins with {type(fact).__name__}")  # noqa: TRY004 - the type is right, the order of events is not
    return Marking(id=case_id, app=app, applicant=fact.applicant, number=fact.number, created_at=event.at)


def _submitted(m: Marking, fact: facts.Submitted, _event: Event) -> None:
    m.answers = dict(fact.answers)
    m.approved = []
    m.parent = m.parent or fact.parent


def _entered(m: Marking, fact: facts.Entered, event: Event) -> None:
    m.rounds[fact.step] = fact.round
    m.visits[fact.step] = Visit(
        step=fact.step,
        round=fact.round,
        candidates=fact.candidates,
        entered_at=event.at,
        due=fact.due,
        due_uncertain=fact.due_uncertain,
        instead=fact.instead,
        total=sum([candidate.weight for candidate in fact.candidates]),
    )


def _opened(m: Marking, fact: facts.Opened, event: Event) -> None:
    m.tasks[fact.task] = Task(
        id=fact.task,
        step=fact.step,
        round=fact.round,
        person=fact.person,
        name=fact.name,
        state="open",
        opened_at=event.at,
        opened_seq=event.seq,
        due=fact.due,
        due_uncertain=fact.due_uncertain,
        why=fact.why,
        since=fact.since,
        stops=fact.stops,
        by=fact.by,
        part=fact.part,
        seat=fact.seat,
        origin=fact.origin,
        weight=fact.weight,
        principal=fact.principal,
    )


def _closed(m: Marking, fact: facts.Closed, event: Event) -> None:
    task = m.tasks[fact.task]
    state = NOT_BY_ITS_PERSON.get(fact.how, "done")
    m.tasks[fact.task] = msgspec.structs.replace(
        task,
        state=state,
        closed_at=event.at,
        closed_seq=event.seq,
        how=fact.how,
        opinion=fact.opinion,
        automatic=fact.automatic,
    )
    if m.timers or m.held:
        folds.silence(m, fact.task)
    if fact.how in ("approve", "repeat") and not fact.automatic and task.part in ("vote", "beside"):
        m.approved.append((fact.person, fact.step))
    elif fact.how == "unclaim":
        m.visits[fact.step] = msgspec.structs.replace(m.visits[fact.step], claimed=None)
    elif fact.how == "removed" and task.part == "beside":
        visit = m.visits[fact.step]
        others = tuple([candidate for candidate in visit.candidates if candidate.person != task.person])
        m.visits[fact.step] = msgspec.structs.replace(visit, candidates=others, total=visit.total - task.weight)
    if fact.how not in NOT_A_DECISION and m.decided_at is None:
        m.decided_at = event.at


def _changed(m: Marking, fact: facts.Changed, _event: Event) -> None:
    m.approved = []
    for name in fact.before:
        if name not in fact.after:
            m.answers.pop(name, None)
    m.answers.update(fact.after)
    if back := m.returns.get(fact.step):
        changed = tuple(dict.fromkeys((*back.changed, *fact.before, *fact.after)))
        m.returns[fact.step] = msgspec.structs.replace(back, changed=changed)


def _left(m: Marking, fact: facts.Left, event: Event) -> None:
    visit, back = m.visits.pop(fact.step, None), m.returns.pop(fact.step, None)
    if m.still.pop(fact.step, None) and (m.timers or m.held):
        folds.silence(m, f"{fact.step}~{fact.round}")
    if visit and fact.how != "cancelled":
        m.past[fact.step] = Past(visit=visit, how=fact.how, seq=event.seq, back=back, stood=_stood(m))
    if fact.how == "passed" and fact.step != "start":
        m.executed.append(fact.step)


def _stood(m: Marking) -> Stood:
    return Stood(
        executed=tuple(m.executed),
        taken=dict(m.taken),
        chosen=dict(m.chosen),
        lanes=dict(m.lanes),
        visits=dict(m.visits),
        still=dict(m.still),
        returns=dict(m.returns),
    )


def _took(m: Marking, fact: facts.Took, _event: Event) -> None:
    m.taken[fact.branch] = fact.case
    m.executed.append(fact.branch)


def _forked(m: Marking, fact: facts.Forked, _event: Event) -> None:
    m.lanes[fact.parallel] = tuple(range(fact.lanes)) if fact.taken is None else fact.taken
    if fact.taken is not None:
        m.chosen[fact.parallel] = fact.taken


def _arrived(m: Marking, fact: facts.Arrived, _event: Event) -> None:
    m.lanes[fact.parallel] = tuple(lane for lane in m.lanes[fact.parallel] if lane != fact.lane)


def _joined(m: Marking, fact: facts.Joined, event: Event) -> None:
    m.lanes.pop(fact.parallel)
    if fact.how == "finished":
        m.executed.append(fact.parallel)
    else:
        m.chosen.pop(fact.parallel, None)
        m.cancelled[fact.parallel] = event.seq


def _copied(m: Marking, fact: facts.Copied, _event: Event) -> None:
    m.copied.extend(candidate.person for candidate in fact.people)
    if fact.task is None:
        m.executed.append(fact.step)


def _returned(m: Marking, fact: facts.Returned, _event: Event) -> None:
    m.approved = []
    _undo(m, fact.undone)
    _led(m, fact.step, fact.to)
    if fact.direct:
        m.returns[fact.to] = ReturnTo(step=fact.step, person=fact.person, name=fact.name, since=fact.since, stops=fact.stops)


def _jumped(m: Marking, fact: facts.Jumped, _event: Event) -> None:
    _undo(m, fact.undone)
    if fact.action != "changed":
        _led(m, fact.step, fact.to)


def _led(m: Marking, step: str, to: str) -> None:
    if past := m.past.get(step):
        m.past[step] = msgspec.structs.replace(past, to=to)


def _undo(m: Marking, undone: tuple[str, ...]) -> None:
    for step in undone:
        m.executed.remove(step)
        m.taken.pop(step, None)
        m.chosen.pop(step, None)


def _claimed(m: Marking, fact: facts.Claimed, _event: Event) -> None:
    m.visits[fact.step] = msgspec.structs.replace(m.visits[fact.step], claimed=fact.task)


def _added(m: Marking, fact: facts.Added, _event: Event) -> None:
    if fact.where == "beside":
        visit = m.visits[fact.step]
        total = visit.total + sum([candidate.weight for candidate in fact.people])
        m.visits[fact.step] = msgspec.structs.replace(visit, candidates=(*visit.candidates, *fact.people), total=total)


def _picked(m: Marking, fact: facts.Picked, _event: Event) -> None:
    m.picked[fact.step] = tuple([person.person for person in fact.people])


def _recalled(m: Marking, fact: facts.Recalled, _event: Event) -> None:
    m.approved = []
    m.recalled.append(fact.task)
    if not fact.reopened:
        return
    past = m.past.pop(fact.step)
    m.visits[fact.step] = past.visit
    if past.back:
        m.returns[fact.step] = past.back
    _undo(m, fact.undone)
    m.lanes.update(fact.lanes)
    if past.stood:
        _put_back(m, past.stood, fact)


def _put_back(m: Marking, stood: Stood, fact: facts.Recalled) -> None:
    """Steps the case has been through after all, in the old order, and those that are open beside."""
    again = {*m.executed, *fact.restored}
    m.executed = [*[id for id in stood.executed if id in again], *[id for id in m.executed if id not in stood.executed]]
    for id in (*fact.restored, *fact.lanes):
        if id in stood.taken:
            m.taken[id] = stood.taken[id]
        if id in stood.chosen:
            m.chosen[id] = stood.chosen[id]
    for id in fact.beside:
        m.visits[id] = stood.visits[id]
        if id in stood.returns:
            m.returns[id] = stood.returns[id]


def _reminded(m: Marking, fact: facts.Reminded, event: Event) -> None:
    m.reminded[fact.task] = event.at


def _suspended(m: Marking, _fact: facts.Suspended, event: Event) -> None:
    m.suspended_at = event.at


def _resumed(m: Marking, _fact: facts.Resumed, _event: Event) -> None:
    m.suspended_at = None


def _commented(m: Marking, fact: facts.Commented, _event: Event) -> None:
    """A comment changes nothing."""


def _erased(m: Marking, fact: facts.Erased, _event: Event) -> None:
    for name in fact.fields:
        m.answers.pop(name, None)


def _ended(m: Marking, fact: facts.Ended, event: Event) -> None:
    m.status = "ended"
    m.outcome = fact.outcome
    m.ended_at = event.at
    m.suspended_at = None
    m.lanes = {}
    m.returns = {}
    m.stopped = False


APPLY: dict[type[facts.Fact], Callable[[Marking, Any, Event], None]] = {
    facts.Submitted: _submitted,
    facts.Entered: _entered,
    facts.Opened: _opened,
    facts.Closed: _closed,
    facts.Changed: _changed,
    facts.Left: _left,
    facts.Took: _took,
    facts.Forked: _forked,
    facts.Arrived: _arrived,
    facts.Joined: _joined,
    facts.Copied: _copied,
    facts.Returned: _returned,
    facts.Jumped: _jumped,
    facts.Commented: _commented,
    facts.Ended: _ended,
    facts.Erased: _erased,
    facts.Claimed: _claimed,
    facts.Picked: _picked,
    facts.Added: _added,
    facts.Recalled: _recalled,
    facts.Reminded: _reminded,
    facts.Suspended: _suspended,
    facts.Resumed: _resumed,
    **folds.APPLY,
    **migration_folds.APPLY,
}
