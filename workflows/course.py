"""A decision under way: says facts one by one, folds each at once, and remembers which tasks they touched."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from forms.worktime import Deadline
from workflows import timing
from workflows.app import Approve, Handle
from workflows.candidates import Facts, today
from workflows.case import Task, Visit
from workflows.clock import Stop
from workflows.effects import Body, CancelCase, ChildEnded, Timer
from workflows.events import AnyFact, Candidate, Closed, Copied, Ended, Entered, Event, Left, LeftHow, Opened, Part
from workflows.fold import Marking
from workflows.people import Directory
from workflows.program import Program
from workflows.unattended import Restarted, Scheduled, Stopped


class Undrawn(Exception):
    """The decision needs the next numbers of ``scopes``; caught by `engine.decide`, which asks for them."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__(", ".join(scopes))
        self.scopes = scopes


class Course:
    """One command's way through a case. Lives for one call of decide."""

    def __init__(
        self, program: Program, marking: Marking, command: str, now: datetime, directory: Directory, drawn: Mapping[str, int]
    ) -> None:
        self.program = program
        self.marking = marking
        self.command = command
        self.now = now
        self.directory = directory
        self.events: list[Event] = []
        #: ids of the tasks opened and closed
        self.opened: list[str] = []
        self.closed: list[str] = []
        #: ids of the tasks whose clocks stopped or ran on
        self.moved: dict[str, None] = {}
        self.copied: list[Candidate] = []
        #: human steps that were entered
        self.entered: list[str] = []
        #: numbers that were drawn for this decision, by counter
        self.drawn = drawn
        #: what leaves through the outbox, in order
        self.effects: list[Body] = []
        #: cases that were called
        self.children = 0
        #: timers that tasks still had when they closed, for whoever takes over
        self.silenced: dict[str, tuple[Timer, ...]] = {}
        #: what happens is nobody's act: the flow decides a late task
        self.automatic = False

    @property
    def open(self) -> bool:
        return self.marking.status == "open"

    @property
    def facts(self) -> Facts:
        return Facts(self.marking.applicant, self.marking.answers, today(self.now, self.directory), self.marking.picked)

    def say(self, fact: AnyFact, actor: str | None = None) -> None:
        """``fact`` happens; ``actor`` None: it follows from what a person did."""
        event = Event(seq=self.marking.events + 1, at=self.now, actor=None if self.automatic else actor, fact=fact)
        self.marking.apply(event)
        self.events.append(event)
        if isinstance(fact, Stopped | Restarted):
            self.moved |= {id: None for id, task in self.marking.tasks.items() if task.state == "open" and task.due}

    def due(self, step: Approve | Handle, since: datetime | None = None, stops: tuple[Stop, ...] = ()) -> Deadline | None:
        """When the limit of ``step`` ends that begins now, or began at ``since``. Raises Fault."""
        if step.due is None and step.due_until is None:
            return None
        return timing.limit(self.program, step, self.facts, self.directory, since or self.now, stops)

    def begin(
        self,
        step: str,
        candidates: tuple[Candidate, ...],
        due: Deadline | None,
        *,
        instead: str | None = None,
        allocated: str | None = None,
        one_by_one: bool = False,
        since: datetime | None = None,
        stops: tuple[Stop, ...] = (),
    ) -> None:
        """A new round of ``step``: everyone gets a task, or the first of them. ``since`` and ``stops``: of a limit that runs already."""
        round = self.marking.rounds.get(step, 0) + 1
        at, uncertain = due or (None, False)
        self.say(
            Entered(step=step, round=round, candidates=candidates, due=at, due_uncertain=uncertain, instead=instead, allocated=allocated)
        )
        self.entered.append(step)
        visit = self.marking.visits[step]
        for candidate in candidates[:1] if one_by_one else candidates:
            self.give(visit, candidate, due, since=since, stops=stops)

    def give(
        self,
        visit: Visit,
        to: Candidate,
        due: Deadline | None,
        *,
        by: str | None = None,
        part: Part = "vote",
        seat: str = "",
        origin: str | None = None,
        since: datetime | None = None,
        stops: tuple[Stop, ...] = (),
        rings: tuple[Timer, ...] | None = None,
    ) -> None:
        """A task for ``to``. ``rings``: the timers it is to have; None: those of its limit."""
        if due and self.marking.stopped and (not stops or stops[-1].until is not None):
            stops = (*stops, Stop(since=self.now))
        task = f"{self.command}-{len(self.opened) + 1}"
        at, uncertain = due or (None, False)
        self.opened.append(task)
        self.say(
            Opened(
                task=task,
                step=visit.step,
                round=visit.round,
                person=to.person,
                name=to.name,
                why=to.why,
                due=at,
                due_uncertain=uncertain,
                by=by,
                since=since,
                stops=stops,
                part=part,
                seat=seat,
                origin=origin,
                weight=to.weight,
                principal=to.principal,
            )
        )
        if to.principal and (away := self.directory.person(to.principal)):
            # both see the record
            self.copy(visit.step, (Candidate(person=away.id, name=away.name, why=to.why[:1]),), task)
        step = self.program.steps.get(visit.step)
        if due and rings is None and isinstance(step, Approve | Handle) and step.overdue:
            rings = timing.timers(self.directory.calendar, task, step, due)
        if rings:
            self.say(Scheduled(timers=rings))

    def pass_on(
        self,
        visit: Visit,
        to: Candidate,
        task: Task,
        *,
        by: str | None = None,
        part: Part | None = None,
        seat: str | None = None,
        origin: str | None = None,
    ) -> None:
        """``to`` gets what ``task`` was: its seat and weight, its limit and the timers that have not rung, and unless told otherwise its
        part in the step. ``seat`` "": one of its own.
        """
        new = f"{self.command}-{len(self.opened) + 1}"
        pending = [(timing.read(timer.id), timer) for timer in self.silenced.get(task.id, ())]
        self.give(
            visit,
            msgspec.structs.replace(to, weight=task.weight),
            Deadline(task.due, task.due_uncertain) if task.due else None,
            by=by,
            part=part or task.part,
            seat=(task.seat or task.id) if seat is None else seat,
            origin=origin if part else task.origin,
            since=(task.since or task.opened_at) if task.due else None,
            stops=task.stops,
            rings=tuple(
                [Timer(id=timing.ring_id(new, ring.entry, ring.times), at=old.at, uncertain=old.uncertain) for ring, old in pending]
            )
            if task.id in self.closed
            else None,
        )

    def close(
        self,
        task: Task,
        how: str,
        *,
        actor: str | None = None,
        opinion: str = "",
        to: str | None = None,
        to_name: str | None = None,
        signature: str = "",
    ) -> None:
        """``task`` is over, by its person's act or because of another's."""
        self.closed.append(task.id)
        if self.marking.timers or self.marking.held:
            rings = (*self.marking.timers.values(), *self.marking.held.values())
            self.silenced[task.id] = tuple([timer for timer in rings if timer.id.startswith(f"{task.id}~")])
        self.say(
            Closed(
                task=task.id,
                step=task.step,
                round=task.round,
                person=task.person,
                how=how,
                name=task.name,
                opinion=opinion,
                to=to,
                to_name=to_name,
                automatic=self.automatic,
                signature=signature,
            ),
            actor,
        )

    def leave(self, step: str, how: LeftHow) -> None:
        """The round of ``step`` is over; who has not acted need not."""
        for task in self.marking.open_tasks(step):
            self.close(task, "cancelled" if how == "cancelled" else "superseded")
        still = self.marking.still.get(step)
        if still and how != "passed":
            self.effects += [CancelCase(case=child, parent=self.marking.id) for child in still.children]
        self.say(Left(step=step, round=(still or self.marking.visits[step]).round, how=how))

    def copy(self, step: str, people: tuple[Candidate, ...], task: str | None = None) -> None:
        """A copy for everyone who has none yet; that nobody was found is recorded, and stops nothing. ``task``: it moved on from them."""
        new = tuple(candidate for candidate in people if candidate.person not in self.marking.copied)
        self.copied.extend(new)
        self.say(Copied(step=step, people=new, nobody=not people, task=task))

    def end(self, outcome: str, *, actor: str | None = None, opinion: str = "") -> None:
        """The case is over: every step that is still open is left; a case that waits for the outcome hears of it."""
        for step in [*self.marking.visits, *self.marking.still]:
            self.leave(step, "cancelled")
        self.say(Ended(outcome=outcome, opinion=opinion), actor)
        marking, parent = self.marking, self.marking.parent
        if parent and parent.waits:
            body = ChildEnded(
                parent=parent.case, case=marking.id, step=parent.step, index=parent.index, outcome=outcome, answers=dict(marking.answers)
            )
            self.effects.append(body)
