"""The compiled app: form and flow as frozen data. A Release is its canonical JSON and the digest of that."""

import hashlib
from collections.abc import Iterator
from typing import Literal

import msgspec

from forms.form import Form, Struct
from forms.texts import Text
from workflows.papers import Print

Unit = Literal["minutes", "hours", "days", "working hours", "working days"]
#: none: approving takes no opinion. optional: no act needs one. on-reject: rejecting and returning do. required: every decision does.
Opinion = Literal["none", "optional", "on-reject", "required"]
#: any-decision: the first to act decides either way. any-approval: the first approval passes, rejected only by all. all: everyone
#: approves, the first rejection ends it. all-voted: nobody is cut off, one rejection rejects in the end. in-order: one after the other
#: in the listed order, the first rejection ends it. claim: offered to all, who claims it decides alone.
Way = Literal["any-decision", "any-approval", "all", "all-voted", "in-order", "claim"]


class Span(Struct):
    """A length of time, as "8 working hours" or "2 days" in a definition."""

    amount: int
    unit: Unit


class Weight(Struct):
    """The weight of the votes of some people; the first that fits counts."""

    #: CEL
    who: str
    weight: int


class AtLeast(Struct, tag="at_least", tag_field="way"):
    """Passes with so many approvals, or such a part of all votes; rejected as soon as that cannot be reached any more."""

    needed: int
    #: ``needed`` of so many parts; None: so many votes
    of: int | None = None
    #: whether one may abstain; an abstention counts among all votes
    abstain: bool = False
    #: whom none of these names has one vote
    weights: tuple[Weight, ...] = ()


class OneOf(Struct, tag="one_of", tag_field="way"):
    """Allocated to one of the people: by chance, in turn, or to whoever has the fewest open tasks."""

    by: Literal["random", "round-robin", "least-busy"]


#: how several people decide
Decide = Way | AtLeast | OneOf


class Action(Struct):
    """An action of a step's own, besides approve, reject and return. Without ``go`` and ``end`` it completes the step."""

    id: str
    title: Text
    #: "start" or the id of a step
    go: str | None = None
    #: the outcome the case ends with
    end: str | None = None
    #: CEL: who of the step's people may use it; None: all of them
    who: str | None = None
    opinion: Opinion = "optional"
    #: one vote for going on, instead of deciding for everybody
    vote: bool = False


class Overdue(Struct):
    """What happens ``after`` a task is late: one of these."""

    after: Span
    #: the holder is reminded, and again after each such length of time
    remind: Span | None = None
    #: how many reminders; None: REMINDERS
    at_most: int | None = None
    #: CEL, candidates: the first who may takes the task over; the holder keeps a copy
    escalate: str | None = None
    #: CEL, candidates: the same without a copy
    transfer: str | None = None
    #: the task is decided by nobody
    automatically: Literal["approve", "reject", "complete"] | None = None


#: reminders of an entry that does not say how many
REMINDERS = 10


class Chosen(Struct):
    """Someone chooses who acts, among those that the step's ``who`` names."""

    #: the applicant when handing in, or whoever lets the case pass on to the step
    by: Literal["applicant", "previous"]
    #: so many people at most
    most: int = 1


class Desk(Struct):
    """What the people of a step see, and what is asked of them besides deciding."""

    #: fields they do not see
    hide: tuple[str, ...] = ()
    #: the only fields they see, besides those they edit; None: all that are not hidden
    read: tuple[str, ...] | None = None
    #: other words for the buttons, by action
    buttons: dict[str, Text] = {}
    #: actions they do not have
    without: tuple[str, ...] = ()
    #: opinions they write often
    phrases: tuple[Text, ...] = ()
    signature: Literal["none", "typed", "handwritten"] = "none"


class Start(Struct):
    """Who may start a case."""

    #: CEL over the person who wants to start, or None for everyone
    who: str | None = None
    #: the fields that the applicant fills in; None: every field that no step is to fill in
    edit: tuple[str, ...] | None = None
    desk: Desk = Desk()


class Approve(Struct, tag="approve", tag_field="kind"):
    """People decide: approve, reject, return."""

    id: str
    title: Text
    #: CEL, candidates
    who: str
    decide: Decide = "any-decision"
    due: Span | None = None
    #: CEL over the answers, a day or a moment, in place of ``due``
    due_until: str | None = None
    overdue: tuple[Overdue, ...] = ()
    #: fields these people may change
    edit: tuple[str, ...] = ()
    opinion: Opinion = "on-reject"
    actions: tuple[Action, ...] = ()
    chosen: Chosen | None = None
    desk: Desk = Desk()


class Handle(Struct, tag="handle", tag_field="kind"):
    """Someone does work and completes; no veto. Own actions replace "complete"."""

    id: str
    title: Text
    who: str
    decide: Decide = "any-decision"
    due: Span | None = None
    #: CEL over the answers, a day or a moment, in place of ``due``
    due_until: str | None = None
    overdue: tuple[Overdue, ...] = ()
    edit: tuple[str, ...] = ()
    opinion: Opinion = "on-reject"
    actions: tuple[Action, ...] = ()
    chosen: Chosen | None = None
    desk: Desk = Desk()


class Notify(Struct, tag="notify", tag_field="kind"):
    """Copies the case to people; never blocks."""

    id: str
    title: Text
    who: str
    desk: Desk = Desk()


class When(Struct):
    """One case of a branch. ``when`` None is `otherwise`."""

    when: str | None
    steps: tuple["Step", ...] = ()
    title: Text | None = None


class Branch(Struct, tag="branch", tag_field="kind"):
    """The first case that holds, in order."""

    id: str
    title: Text
    cases: tuple[When, ...]


class Lane(Struct):
    """One branch of a parallel block."""

    steps: tuple["Step", ...]
    title: Text | None = None


class Parallel(Struct, tag="parallel", tag_field="kind"):
    """All branches; goes on when every one has finished."""

    id: str
    title: Text
    branches: tuple[Lane, ...]


class Inclusive(Struct, tag="inclusive", tag_field="kind"):
    """Every case that holds, at once; goes on when those have finished. None holds: `otherwise`, the case whose ``when`` is None."""

    id: str
    title: Text
    cases: tuple[When, ...]


class Wait(Struct, tag="wait", tag_field="kind"):
    """Waits for the first of what is named here."""

    id: str
    title: Text
    span: Span | None = None
    #: CEL over the answers: a moment, or the beginning of a day
    until: str | None = None
    #: the name of a message from outside
    message: str | None = None
    #: answers to set from the message: field to key of its payload
    into: dict[str, str] = {}


class Set(Struct, tag="set", tag_field="kind"):
    """Sets answers."""

    id: str
    title: Text
    #: field to CEL
    answers: dict[str, str]


class Issue(Struct, tag="issue", tag_field="kind"):
    """Issues a number of a series, once in a case."""

    id: str
    title: Text
    #: the field that takes the number
    into: str
    #: "清数〔{date:%Y}〕{seq:1}号": equal patterns draw from one series, whatever the app
    pattern: str


class Send(Struct, tag="send", tag_field="kind"):
    """Tells a system outside, by a webhook through the outbox; goes on at once."""

    id: str
    title: Text
    #: a target that administrators declared
    to: str
    #: the answers that are sent along
    answers: tuple[str, ...] = ()


class Call(Struct, tag="call", tag_field="kind"):
    """Starts a case of another app, or one for every row of a table."""

    id: str
    title: Text
    app: str
    #: a table; ``row`` names the row in ``who`` and ``inputs``
    each: str | None = None
    #: CEL, candidates, of which the first starts the case; None: the applicant
    who: str | None = None
    #: who starts it when ``who`` finds nobody: the flow administrators, or the applicant; or none is started
    nobody: Literal["flow-admin", "applicant", "skip"] = "flow-admin"
    #: field of the app that is called to CEL
    inputs: dict[str, str] = {}
    #: field here (column of the row) to field of the app that was called, once it has ended
    outputs: dict[str, str] = {}
    #: field here (column of the row) that takes the outcome. Without it, anything but approved is a rejection here.
    outcome: str | None = None
    #: waits for the outcome
    waits: bool = True


class End(Struct, tag="end", tag_field="kind"):
    """Ends the case with an outcome: approved, rejected or a named one."""

    id: str
    title: Text
    outcome: str = "approved"


Step = Approve | Handle | Notify | Branch | Parallel | Inclusive | Wait | Set | Issue | Send | Call | End
Human = Approve | Handle
#: steps with cases: what stands in each runs if its ``when`` holds
Choice = Branch | Inclusive
#: steps at which a case stands still without a person
Still = Wait | Call


class Withdraw(Struct):
    """Until when the applicant may take the case back."""

    #: until-decided: until the first decision; never; before: until the step ``before`` has been completed
    until: Literal["until-decided", "never", "before"] = "until-decided"
    before: str | None = None


class Promise(Struct):
    """How long a case takes at most, as those who apply are told. The limits of the steps must keep it, which the proof sees to."""

    within: Span
    #: the step that must have been passed by then; None: the case must have ended
    by: str | None = None


class Flow(Struct):
    """Steps read from top to bottom. The id "start" belongs to the applicant's own step."""

    start: Start
    steps: tuple[Step, ...]
    #: "end" or the id of a step
    on_reject: str = "end"
    #: after a return: all steps again, or straight back to whoever returned it
    resume: Literal["rerun", "direct"] = "rerun"
    #: CEL, candidates for a step that finds nobody; None: the flow administrators
    nobody: str | None = None
    #: give: whom ``nobody`` names; step-up: the head of the applicant's department or the nearest above; stop: nobody, administrators
    #: see that it waits
    nobody_does: Literal["give", "step-up", "stop"] = "give"
    #: an approver who is the applicant: their head decides, or the others do if there are any, or they do
    self_approval: Literal["head", "skip", "self"] = "head"
    #: whoever has approved already need not again: never, in the step right after, or in any
    same_person: Literal["none", "consecutive", "all"] = "none"
    withdraw: Withdraw = Withdraw()
    #: whether a case may be approved without anybody's approval; otherwise the proof warns of such a way
    without_approval: bool = False
    promise: Promise | None = None
    #: outcomes other than approved, rejected, withdrawn: id to words
    outcomes: dict[str, Text] = {}


class View(Struct):
    """What other apps may look up in the approved cases of this one."""

    id: str
    #: the field that cases are looked up by
    key: str
    #: the fields that may be taken
    gives: tuple[str, ...]


class App(Struct, kw_only=True):
    """A form and a flow, whole and checked: one exists only if everything in it resolves."""

    language: Literal[1] = 1
    id: str
    title: Text
    #: a department
    owner: str
    category: Text
    icon: str
    #: "CC-{date:%Y%m%d}-{seq:4}"
    number: str
    #: "{applicant.name} · {destination}": paths only; choices show their titles
    subject: str
    description: Text | None = None
    #: fields of list columns, card lines and search
    summary: tuple[str, ...] = ()
    retention_years: int | None = None
    form: Form
    flow: Flow
    #: print templates, in the order of their ids; none: cases are printed as the form is laid out
    prints: tuple[Print, ...] = ()
    views: tuple[View, ...] = ()


class Release(Struct):
    """A version of an app, named by its content."""

    #: "sha256:" and 64 hexadecimal digits, of ``body``
    digest: str
    app: App
    #: canonical JSON of ``app``: keys sorted, no white space, UTF-8
    body: bytes


# made once, while the module is imported by one thread: msgspec 0.22 works a type out when it is first decoded to, and two threads that
# do so at once end the process (a segmentation fault)
_app = msgspec.json.Decoder(App)


def release(app: App) -> Release:
    """The release of ``app``; the same app always gives the same digest."""
    # read back once: whether a default is left out depends on which object stands there, and only of what was read is that settled
    app = _app.decode(msgspec.json.encode(app))
    body = msgspec.json.encode(app, order="sorted")
    return Release(digest=digest(body), app=app, body=body)


def read(body: bytes) -> Release:
    """The release stored as ``body``. Raises msgspec.ValidationError when it is not one."""
    return Release(digest=digest(body), app=_app.decode(body), body=body)


def digest(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step, each block before what it holds, from top to bottom."""
    for step in steps:
        yield step
        if isinstance(step, Branch | Inclusive):
            for case in step.cases:
                yield from walk(case.steps)
        elif isinstance(step, Parallel):
            for lane in step.branches:
                yield from walk(lane.steps)
