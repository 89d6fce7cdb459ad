"""The cases of one scenario: the one that it hands in, and those of other apps that it calls, each decided by the real engine."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workflows import commands, effects, engine
from workflows import words as phrases
from workflows.case import Case
from workflows.effects import Body, Draw, Timer
from workflows.engine import Decision
from workflows.events import Applicant, Event, Parent
from workflows.people import Person
from workflows.program import Program
from workflows.roster import Roster
from workflows.unattended import Called

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: refusals of what another case wants that mean: there is nothing to do any more
OVER = frozenset({"gone", "lost-race"})

Outcome = Decision | commands.Refusal | None


@dataclass(slots=True, eq=False)
class Strand:
    """One case of a scenario, and all that it has been through."""

    program: Program
    case: Case | None = None
    events: list[Event] = field(default_factory=list[Event])
    #: what the last act, and the time before it, has sent out
    effects: list[Body] = field(default_factory=list[Body])


@dataclass(slots=True)
class World:
    """All cases, one clock, one set of counters."""

    #: an app by its id; None: it is not there, and whoever calls it gets a stand-in
    programs: Callable[[str], Program | None]
    roster: Roster
    root: Strand
    now: datetime = LONG_AGO
    sent: int = 0
    #: the last number drawn of each counter
    counters: dict[str, int] = field(default_factory=dict[str, int])
    #: the cases that were called, by their id
    called: dict[str, Strand] = field(default_factory=dict[str, Strand])
    #: what one case wanted of another and did not get: app, refusal
    undone: list[tuple[str, commands.Refusal]] = field(default_factory=list[tuple[str, commands.Refusal]])

    def strands(self) -> list[Strand]:
        return [self.root, *self.called.values()]

    def act(self) -> None:
        """Something new begins: what was sent out before is told."""
        self.undone = []
        for strand in self.strands():
            strand.effects = []

    # deciding

    def decide(self, strand: Strand, command: commands.Command, *, case: str | None = None) -> Decision | commands.Refusal:
        """``command`` on ``strand``, and all that other cases are told of by it."""
        outcome = self._one(strand, command, case)
        ahead = deque(self._wanted(outcome))
        while ahead:
            body = ahead.popleft()
            match body:
                case effects.StartCase():
                    ahead.extend(self._wanted(self._start(body)))
                case effects.CancelCase() if body.case in self.called:
                    child = self.called[body.case]
                    if child.case and child.case.status == "open":
                        ahead.extend(self._wanted(self._one(child, commands.Cancel(id=self.command(), parent=body.parent))))
                case effects.ChildEnded():
                    ahead.extend(self._wanted(self._ended(body)))
                case _:
                    pass
        return outcome

    def _one(self, strand: Strand, command: commands.Command, case: str | None = None) -> Decision | commands.Refusal:
        drawn: dict[str, int] = {}
        while isinstance(
            outcome := engine.decide(strand.program, strand.case, command, self.now, self.roster, case_id=case, drawn=drawn), Draw
        ):
            for scope in outcome.scopes:
                drawn[scope] = self.draw(scope)
        if isinstance(outcome, Decision):
            strand.case = outcome.case
            strand.events.extend(outcome.events)
            strand.effects.extend(effect.body for effect in outcome.effects)
        return outcome

    def _wanted(self, outcome: Outcome) -> list[Body]:
        return [effect.body for effect in outcome.effects] if isinstance(outcome, Decision) else []

    def _start(self, start: effects.StartCase) -> Outcome:
        """A case of another app begins; where that app is not there, whoever writes the scenario says how it ended."""
        program = self.programs(start.app)
        person = self.roster.person(start.applicant)
        if program is None or person is None:
            return None
        strand = Strand(program)
        parent = Parent(case=start.parent, step=start.step, index=start.index, waits=start.waits)
        command = commands.Submit(
            id=start.case, applicant=self.applying(person), number=self.number(program), answers=start.answers, parent=parent
        )
        self.called[start.case] = strand
        outcome = self._one(strand, command, start.case)
        if isinstance(outcome, commands.Refusal):
            del self.called[start.case]
            self.undone.append((start.app, outcome))
        return outcome

    def _ended(self, ended: effects.ChildEnded) -> Outcome:
        parent = next((strand for strand in self.strands() if strand.case and strand.case.id == ended.parent), None)
        if parent is None:
            return None
        command = commands.ChildEnded(
            id=self.command(), case=ended.case, step=ended.step, index=ended.index, outcome=ended.outcome, answers=ended.answers
        )
        outcome = self._one(parent, command)
        if isinstance(outcome, commands.Refusal) and outcome.code not in OVER:
            self.undone.append((parent.program.app.id, outcome))
        return outcome

    # time

    def later(self, end: datetime) -> Outcome:
        """Time goes by until ``end``, and whatever is due on the way happens, in whichever case: the last decision or the first refusal."""
        outcome: Outcome = None
        while rings := self.due(end):
            strand, timer = rings
            self.now = max(self.now, timer.at)
            outcome = self.decide(strand, commands.Fire(id=self.command(), timer=timer.id))
            if isinstance(outcome, commands.Refusal):
                break
        self.now = end
        return outcome

    def due(self, end: datetime) -> tuple[Strand, Timer] | None:
        """The first timer that rings by ``end``, with its case."""
        waiting = [
            (timer.at, number, timer.id, strand, timer)
            for number, strand in enumerate(self.strands())
            for timer in (strand.case.timers.values() if strand.case else ())
            if timer.at <= end
        ]
        first = min(waiting, key=lambda item: item[:3], default=None)
        return (first[3], first[4]) if first else None

    def moment(self, written: str) -> datetime:
        """A time by the clock on the wall of the organisation."""
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(self.roster.calendar.time_zone)).astimezone(UTC)

    def local(self, at: datetime | None = None) -> datetime:
        return (at or self.now).astimezone(ZoneInfo(self.roster.calendar.time_zone))

    # names and numbers

    def command(self) -> str:
        self.sent += 1
        return f"{self.sent:032x}"

    def draw(self, scope: str) -> int:
        self.counters[scope] = self.counters.get(scope, 0) + 1
        return self.counters[scope]

    def number(self, program: Program) -> str:
        day = self.local().date()
        scope = phrases.number_scope(program.app.number, day)
        return phrases.number(program.app.number, day, self.draw(f"number {program.app.id} {scope}"))

    def applying(self, person: Person, department: str | None = None, post: str | None = None) -> Applicant:
        """``person`` as an applicant, by their main post or by the one given."""
        main = person.holdings[0] if person.holdings else None
        department = (main.department if main else "") if department is None else department
        post = (main.post if main else "") if post is None else post
        found = self.roster.department(department)
        title = found.title["zh"] if found else ""
        return Applicant(id=person.id, name=person.name, department=department, department_title=title, post=post)

    def child(self, strand: Strand, step: str, row: int) -> str | None:
        """The id of the case that ``step`` of ``strand`` called last for ``row``, counted from 1."""
        facts = [event.fact for event in strand.events if isinstance(event.fact, Called)]
        found = [fact.case for fact in facts if (fact.step, fact.index) == (step, row - 1)]
        return found[-1] if found else None
