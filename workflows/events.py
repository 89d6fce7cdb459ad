"""Facts of a case, append-only. Folding them gives the case; they are what an auditor reads."""

from datetime import datetime
from typing import Any, Literal

from forms.form import Struct
from workflows.clock import Stop
from workflows.fact import Fact
from workflows.migration import Migrated, MovedBack
from workflows.unattended import Answered, Called, Delivered, Issued, Rang, Restarted, Scheduled, Sent, Stopped, Waiting


class Applicant(Struct):
    """Who applies, with the post they apply as, frozen at submission."""

    id: str
    name: str
    department: str
    department_title: str
    post: str


class Parent(Struct):
    """The case and step that called a case."""

    case: str
    step: str
    index: int
    #: it waits for the outcome
    waits: bool


class Candidate(Struct):
    """Someone a step is given to, with all authorities that led to them ("处室负责人", "角色：财务经办"), and the department and post
    they had when it was.
    """

    person: str
    name: str
    department: str = ""
    post: str = ""
    #: each an authority in Chinese and English
    why: tuple[dict[str, str], ...] = ()
    #: of their vote
    weight: int = 1
    #: in whose place, who is away; ``name`` says it too
    principal: str | None = None


#: what a task is for: a vote of its own, one of a person who was added beside, an opinion for whoever delegated, or the act of a person
#: added before or after someone's decision
Part = Literal["vote", "beside", "opinion", "before", "after"]


class Submitted(Fact, tag="submitted"):
    """The applicant handed in the form: the first event of a case, and again after a return to start."""

    applicant: Applicant
    number: str
    answers: dict[str, Any]
    #: the applicant's task that this answers, after a return
    task: str | None = None
    #: who called for this case, if another did
    parent: Parent | None = None


class Entered(Fact, tag="entered"):
    """A human step began a new round; its tasks open in the events that follow."""

    step: str
    round: int
    candidates: tuple[Candidate, ...]
    due: datetime | None = None
    #: the due date lies past the calendar's known years
    due_uncertain: bool = False
    #: why these are not the people the step names: "nobody", "self-approval"; None otherwise
    instead: str | None = None
    #: how the one was chosen: "random", "round-robin", "least-busy"; None: they are all there are
    allocated: str | None = None


class Opened(Fact, tag="opened"):
    """A task was given to a person."""

    task: str
    step: str
    round: int
    person: str
    name: str
    why: tuple[dict[str, str], ...] = ()
    due: datetime | None = None
    #: as Entered.due_uncertain
    due_uncertain: bool = False
    #: who transferred it, delegated it or added this person, if anybody did
    by: str | None = None
    #: when its limit began to run, if that was before this task
    since: datetime | None = None
    #: when the limit stood still since then
    stops: tuple[Stop, ...] = ()
    part: Part = "vote"
    #: the first task of the seat in the vote that this one continues; "": itself
    seat: str = ""
    #: the task of whoever delegated or added, which this one serves
    origin: str | None = None
    weight: int = 1
    #: as Candidate.principal
    principal: str | None = None


class Closed(Fact, tag="closed"):
    """A task was decided by its person, or closed because another's act decided the step."""

    task: str
    step: str
    round: int
    person: str
    #: approve, reject, abstain, repeat (approved already: the flow asks no second time), return, complete, submit, transfer, delegate, answer, add-before, unclaim, hand-over, the id of an
    #: own action; or without the person: "superseded", "cancelled", "removed"
    how: str
    name: str = ""
    opinion: str = ""
    #: the name as it was typed, or the strokes of the hand as an SVG path
    signature: str = ""
    #: where to, for return (a step) and transfer (a person), with its words
    to: str | None = None
    to_name: str | None = None
    #: by the flow, because it was late; not by its person
    automatic: bool = False


class Claimed(Fact, tag="claimed"):
    """One of the people to whom a step was offered took it."""

    step: str
    round: int
    task: str
    person: str
    name: str


class Picked(Fact, tag="picked"):
    """Someone chose who is to act at a later step."""

    step: str
    by: str
    people: tuple[Candidate, ...]


class Added(Fact, tag="added"):
    """Someone in the step added people; their tasks open in the events that follow."""

    step: str
    round: int
    where: Literal["before", "after", "beside"]
    person: str
    name: str
    people: tuple[Candidate, ...]


class Recalled(Fact, tag="recalled"):
    """Someone took their decision back. Where the step had been left it is open again as it was: ``undone`` is what the case had been
    through since, ``lanes`` are the blocks that are under way again. After a return, a jump or a rejection also ``restored``, what the
    case has been through after all, and ``beside``, the steps that are open again because a parallel is.
    """

    step: str
    round: int
    task: str
    person: str
    name: str
    #: the step had been left
    reopened: bool = False
    undone: tuple[str, ...] = ()
    lanes: dict[str, tuple[int, ...]] = {}
    restored: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Reminded(Fact, tag="reminded"):
    """Someone asked the person of a task to act."""

    task: str
    step: str
    person: str
    name: str
    by: str


class Suspended(Fact, tag="suspended"):
    """A flow administrator stopped the case; nobody can act on it and clocks stand still."""

    name: str
    reason: str


class Resumed(Fact, tag="resumed"):
    """A flow administrator let it go on."""

    name: str
    reason: str


class Changed(Fact, tag="changed"):
    """Answers changed at a step: fields it may edit, and calculated ones that follow."""

    step: str
    before: dict[str, Any]
    after: dict[str, Any]


LeftHow = Literal["passed", "rejected", "returned", "jumped", "ended", "cancelled"]


class Left(Fact, tag="left"):
    """A human step ended its round. ``passed``: the case goes on below it; ``jumped``: an own action sends it elsewhere;
    ``ended``: an own action ended the case; ``cancelled``: another step's act did away with it.
    """

    step: str
    round: int
    how: LeftHow


class Took(Fact, tag="took"):
    """A branch took the case at this place of its list; None: no case held and there is no otherwise."""

    branch: str
    case: int | None


class Forked(Fact, tag="forked"):
    """A parallel block began all its lanes; an inclusive one those ``taken``."""

    parallel: str
    lanes: int
    taken: tuple[int, ...] | None = None


class Arrived(Fact, tag="arrived"):
    """A lane of a parallel block finished."""

    parallel: str
    lane: int


class Joined(Fact, tag="joined"):
    """A parallel block ended: every lane finished, or a return cancelled it."""

    parallel: str
    how: Literal["finished", "cancelled"]


class Copied(Fact, tag="copied"):
    """People received a copy. Nobody twice in a case."""

    step: str
    people: tuple[Candidate, ...]
    #: nobody was found: recorded, never blocking
    nobody: bool = False
    #: the task that moved on from these people and left them the copy; None: the step is there for the copies
    task: str | None = None


class Returned(Fact, tag="returned"):
    """The case went back to ``to`` ("start" or a step); ``direct``: from there straight back to ``person`` at ``step``."""

    step: str
    to: str
    direct: bool
    person: str
    name: str
    opinion: str
    #: what the case has been through since ``to`` and will go through again
    undone: tuple[str, ...] = ()
    #: ``direct``: the clock of the task that returned it, up to here
    since: datetime | None = None
    stops: tuple[Stop, ...] = ()


class Jumped(Fact, tag="jumped"):
    """An own action (its id) or a rejection ("reject") sent the case from ``step`` to ``to``; or answers that a branch reads were
    "changed" after a direct return, and the case goes through that branch again instead of straight back.
    """

    step: str
    to: str
    action: str
    undone: tuple[str, ...] = ()


class Commented(Fact, tag="commented"):
    """Someone said something; the state did not change."""

    name: str
    text: str


class Erased(Fact, tag="erased"):
    """Answers were erased for good, here and from every event before."""

    fields: tuple[str, ...]
    reason: str
    #: who did it, in words
    by: str


class Ended(Fact, tag="ended"):
    """The case is over. ``outcome``: approved, rejected, withdrawn or a named one."""

    outcome: str
    opinion: str = ""


AnyFact = (
    Submitted | Entered | Opened | Closed | Changed | Erased | Left | Took | Forked | Arrived | Joined
    | Copied | Returned | Jumped | Commented | Ended
    | Claimed | Picked | Added | Recalled | Reminded | Suspended | Resumed
    | Scheduled | Rang | Stopped | Restarted | Waiting | Delivered | Issued | Sent | Called | Answered
    | Migrated | MovedBack
)  # fmt: skip


class Event(Struct):
    """A fact with its place in the case: ``seq`` counts from 1 without gaps; ``at`` in UTC; ``actor`` None is the system."""

    seq: int
    at: datetime
    actor: str | None
    fact: AnyFact
