"""A decision under way: says facts one by one, folds each at once, and remembers which tasks they touched."""

from collections.abc import Mapping
from datetime import datetime

from forms.worktime import Deadline, after
from workflows.app import Span
from workflows.candidates import Facts, today
from workflows.case import Task, Visit
from workflows.effects import Body
from workflows.events import AnyFact, Candidate, Closed, Copied, Ended, Entered, Event, Left, LeftHow, Opened
from workflows.fold import Marking
from workflows.people import Directory
from workflows.program import Program


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
        self.copied: list[Candidate] = []
        #: numbers that were drawn for this decision, by counter
        self.drawn = drawn
        #: what leaves through the outbox, in order
        self.effects: list[Body] = []

    @property
    def open(self) -> bool:
        return self.marking.status == "open"

    @property
    def facts(self) -> Facts:
        return Facts(self.marking.applicant, self.marking.answers, today(self.now, self.directory))

    def say(self, fact: AnyFact, actor: str | None = None) -> None:
        """``fact`` happens; ``actor`` None: it follows from what a person did."""
        event = Event(seq=self.marking.events + 1, at=self.now, actor=actor, fact=fact)
        self.marking.apply(event)
        self.events.append(event)

    def due(self, span: Span | None) -> Deadline | None:
        return after(self.directory.calendar, self.now, span.amount, span.unit) if span else None

    def begin(
        self, step: str, candidates: tuple[Candidate, ...], due: Deadline | None, *, instead: str | None = None, one_by_one: bool = False
    ) -> None:
        """A new round of ``step``: everyone gets a task, or the first of them."""
        round = self.marking.rounds.get(step, 0) + 1
        at, uncertain = due or (None, False)
        self.say(Entered(step=step, round=round, candidates=candidates, due=at, due_uncertain=uncertain, instead=instead))
        visit = self.marking.visits[step]
        for candidate in candidates[:1] if one_by_one else candidates:
            self.give(visit, candidate, due)

    def give(self, visit: Visit, to: Candidate, due: Deadline | None, by: str | None = None) -> None:
        """A task for ``to``; ``by`` handed theirs over."""
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
            )
        )

    def hand_over(self, visit: Visit, to: Candidate, task: Task) -> None:
        """``to`` gets what ``task`` was, with its limit."""
        self.give(visit, to, Deadline(task.due, task.due_uncertain) if task.due else None, by=task.person)

    def close(
        self, task: Task, how: str, *, actor: str | None = None, opinion: str = "", to: str | None = None, to_name: str | None = None
    ) -> None:
        """``task`` is over, by its person's act or because of another's."""
        self.closed.append(task.id)
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
            ),
            actor,
        )

    def leave(self, step: str, how: LeftHow) -> None:
        """The round of ``step`` is over; who has not acted need not."""
        for task in self.marking.open_tasks(step):
            self.close(task, "cancelled" if how == "cancelled" else "superseded")
        self.say(Left(step=step, round=self.marking.visits[step].round, how=how))

    def copy(self, step: str, people: tuple[Candidate, ...]) -> None:
        """A copy for everyone who has none yet; that nobody was found is recorded, and stops nothing."""
        new = tuple(candidate for candidate in people if candidate.person not in self.marking.copied)
        self.copied.extend(new)
        self.say(Copied(step=step, people=new, nobody=not people))

    def end(self, outcome: str, *, actor: str | None = None, opinion: str = "") -> None:
        """The case is over: every step that is still open is left."""
        for step in list(self.marking.visits):
            self.leave(step, "cancelled")
        self.say(Ended(outcome=outcome, opinion=opinion), actor)
