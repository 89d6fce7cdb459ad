"""A case as it stands: the fold of its events."""

from datetime import datetime
from typing import Any, Literal

from forms.form import Struct
from workflows.clock import Stop
from workflows.effects import Timer
from workflows.events import Applicant, Candidate, LeftHow, Parent, Part
from workflows.migration import Bygone


class Task(Struct):
    """One person's part in one round of a step."""

    id: str
    step: str
    round: int
    person: str
    name: str
    state: Literal["open", "done", "superseded", "cancelled"]
    opened_at: datetime
    due: datetime | None = None
    due_uncertain: bool = False
    closed_at: datetime | None = None
    #: sequence numbers of the events that opened and closed it: moments may be equal, these never are
    opened_seq: int = 0
    closed_seq: int = 0
    #: as Closed.how
    how: str | None = None
    opinion: str = ""
    why: tuple[dict[str, str], ...] = ()
    #: when its limit began to run, if that was before the task opened
    since: datetime | None = None
    #: when its limit stood still
    stops: tuple[Stop, ...] = ()
    #: as Closed.automatic
    automatic: bool = False
    by: str | None = None
    part: Part = "vote"
    #: as Opened.seat
    seat: str = ""
    #: as Opened.origin
    origin: str | None = None
    weight: int = 1
    #: as Candidate.principal
    principal: str | None = None

    @property
    def limit(self) -> datetime | None:
        """When the task is late; None: never, or its clock stands still."""
        return None if self.stops and self.stops[-1].until is None else self.due


class Visit(Struct):
    """A human step that is open: its round, and whom it was given to. Without candidates it is stuck: nobody could be found,
    not even a flow administrator, and administrators find it in their list.
    """

    step: str
    round: int
    candidates: tuple[Candidate, ...]
    entered_at: datetime
    due: datetime | None = None
    due_uncertain: bool = False
    #: as Entered.instead
    instead: str | None = None
    #: the weight of all votes: fixed when the step opens, changed only by adding and removing people
    total: int = 0
    #: the task of whoever claimed the step
    claimed: str | None = None


class Still(Struct):
    """A step at which the case stands still without a person: as Waiting."""

    step: str
    round: int
    since: datetime
    message: str | None = None
    until: datetime | None = None
    uncertain: bool = False
    #: when it stood still twice over: the case's limits were stopped
    stops: tuple[Stop, ...] = ()
    #: cases it still waits for
    children: tuple[str, ...] = ()


class Lasting(Struct):
    """Something that cannot be taken back: a number was issued, a message sent, a case called."""

    #: of the event
    seq: int
    step: str
    what: Literal["issued", "sent", "called"]


class ReturnTo(Struct):
    """After a direct return: where the case goes straight back to, and to whom."""

    step: str
    person: str
    name: str
    #: answers that have changed since: what a branch reads among them sends the case through that branch again
    changed: tuple[str, ...] = ()
    #: the clock of the task that returned it: since when it ran, and when it stood still, up to the return
    since: datetime | None = None
    stops: tuple[Stop, ...] = ()


class Stood(Struct):
    """What the case had been through, and what was open beside, when a step was left; as the fields of Case."""

    executed: tuple[str, ...]
    taken: dict[str, int | None]
    chosen: dict[str, tuple[int, ...]]
    lanes: dict[str, tuple[int, ...]]
    visits: dict[str, Visit]
    still: dict[str, Still]
    returns: dict[str, ReturnTo]


class Past(Struct):
    """The last round of a step that was left other than by being cancelled, so that a decision in it can be taken back."""

    visit: Visit
    how: LeftHow
    #: sequence number of leaving it
    seq: int
    back: ReturnTo | None = None
    #: where a return or a jump led
    to: str | None = None
    #: None: the case has been moved to another release since
    stood: Stood | None = None


class Kept(Struct):
    """The case as it was before a migration, in everything that a migration touches."""

    answers: dict[str, Any]
    visits: dict[str, Visit]
    rounds: dict[str, int]
    lanes: dict[str, tuple[int, ...]]
    taken: dict[str, int | None]
    executed: tuple[str, ...]
    returns: dict[str, ReturnTo]
    #: the step of each task that has another now
    steps: dict[str, str]
    past: dict[str, Past]
    picked: dict[str, tuple[str, ...]]
    approved: tuple[tuple[str, str], ...]
    timers: dict[str, Timer]
    held: dict[str, Timer]
    still: dict[str, Still]
    chosen: dict[str, tuple[int, ...]]
    issued: dict[str, str]
    lasting: tuple[Lasting, ...]


class Migration(Struct):
    """The case goes on under another release than before."""

    #: of the event
    seq: int
    #: digests
    before: str
    after: str
    #: steps that got another id
    steps: dict[str, str] = {}
    #: what it goes back to; None: somebody has acted since
    kept: Kept | None = None


class Case(Struct):
    """What the events say, and nothing else. ``events`` is the last sequence number."""

    id: str
    app: str
    applicant: Applicant
    number: str
    status: Literal["open", "ended"]
    outcome: str | None
    answers: dict[str, Any]
    created_at: datetime
    ended_at: datetime | None = None
    events: int = 0
    #: open human steps by id
    visits: dict[str, Visit] = {}
    #: rounds begun of each human step, "start" included
    rounds: dict[str, int] = {}
    #: open parallel blocks: the lanes still under way
    lanes: dict[str, tuple[int, ...]] = {}
    #: branch id to the case last taken
    taken: dict[str, int | None] = {}
    #: what this pass has been through, in order: human steps that passed, branches taken, blocks finished. A return undoes
    #: what lies behind its target, so a return may only go where the case has really been.
    executed: tuple[str, ...] = ()
    #: direct returns under way, by the step that corrects ("start" included); lanes of a parallel may each have one
    returns: dict[str, ReturnTo] = {}
    #: every task by id, in the order of opening
    tasks: dict[str, Task] = {}
    #: people who have received a copy
    copied: tuple[str, ...] = ()
    #: when someone first decided something (approved, rejected, returned, completed, an own action); None: nobody yet
    decided_at: datetime | None = None
    #: the last round of each human step that was left, but for those that were cancelled
    past: dict[str, Past] = {}
    #: parallel blocks that were cancelled, and the sequence number of the last time
    cancelled: dict[str, int] = {}
    #: tasks whose person has taken the decision back
    recalled: tuple[str, ...] = ()
    #: whom people have chosen for later steps
    picked: dict[str, tuple[str, ...]] = {}
    #: who approved at which step since the form last changed or went back: people and steps in order
    approved: tuple[tuple[str, str], ...] = ()
    #: when the person of a task was last asked to act
    reminded: dict[str, datetime] = {}
    #: since when a flow administrator has stopped it
    suspended_at: datetime | None = None
    #: the case that called this one
    parent: Parent | None = None
    #: rings the case waits for, by id
    timers: dict[str, Timer] = {}
    #: rings that wait for the limits to run again; their moments are those from before
    held: dict[str, Timer] = {}
    #: steps at which it stands still without a person, by id
    still: dict[str, Still] = {}
    #: its limits stand still
    stopped: bool = False
    #: inclusive blocks: the cases that were last taken
    chosen: dict[str, tuple[int, ...]] = {}
    #: numbers that were issued, by the field that holds them
    issued: dict[str, str] = {}
    #: what cannot be taken back any more, in order: a decision before one of these stands
    lasting: tuple[Lasting, ...] = ()
    #: the digest it has since it was moved; None: that it began with
    release: str | None = None
    #: the last migration, if it was not undone
    migration: Migration | None = None
    #: steps that the record speaks of and the release has no more, by id
    bygone: dict[str, Bygone] = {}
    #: fields of earlier releases whose answers stand in the record only
    dropped: tuple[str, ...] = ()

    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks.values() if task.state == "open"]

    def stuck(self) -> list[str]:
        """Open steps that wait for nobody, because nobody could be found: what administrators must see."""
        waiting = {task.step for task in self.open_tasks()}
        return [step for step in self.visits if step not in waiting]
