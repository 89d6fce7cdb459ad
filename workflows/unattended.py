"""Facts of what happens without a person: limits and timers, steps that stand still, numbers, messages, cases that were called."""

from datetime import datetime
from typing import Literal

from forms.form import Struct
from workflows.effects import Timer
from workflows.fact import Fact


class Scheduled(Fact, tag="scheduled"):
    """The case waits for rings. One of a task is over with it, one of a step with its round."""

    timers: tuple[Timer, ...]


Late = Literal["remind", "escalate", "transfer", "approve", "reject", "complete", "material"]


#: nothing follows, because: nobody can take the task over, the step asks for more than a decision, or the time rests on a year whose
#: holidays are not known
Held = Literal["nobody", "incomplete", "calendar"]


class Rang(Fact, tag="rang"):
    """A timer rang, and what is written in the flow for it happens in the events that follow."""

    timer: str
    step: str
    #: None: a wait is over
    task: str | None = None
    #: whose task it is
    person: str | None = None
    name: str = ""
    how: Late | None = None
    #: the how-manieth reminder
    times: int = 1
    #: nothing follows
    held: Held | None = None


class Stopped(Fact, tag="stopped"):
    """The limits of the case stand still from here on, and no timer rings."""


class Limit(Struct):
    """The new limit of a task, or (``task`` None) of a wait."""

    step: str
    due: datetime
    task: str | None = None
    due_uncertain: bool = False


class Restarted(Fact, tag="restarted"):
    """The limits run again, with what was left of them; or one was reckoned anew, because the calendar now knows its year."""

    limits: tuple[Limit, ...] = ()
    timers: tuple[Timer, ...] = ()


class Waiting(Fact, tag="waiting"):
    """A step stands still until a moment, a message or the cases it called; ``Left`` ends it."""

    step: str
    round: int
    message: str | None = None
    until: datetime | None = None
    #: ``until`` rests on a year whose holidays are not known
    uncertain: bool = False
    #: cases it waits for
    children: tuple[str, ...] = ()


class Delivered(Fact, tag="delivered"):
    """A message from outside came that a step waited for."""

    step: str
    message: str


class Issued(Fact, tag="issued"):
    """A number was drawn for the case; it is the case's for good."""

    step: str
    field: str
    number: str


class Sent(Fact, tag="sent"):
    """A system outside is told."""

    step: str
    to: str


class Called(Fact, tag="called"):
    """A case of another app was started for someone; ``case`` None: nobody could start it, and the flow lets that pass."""

    step: str
    round: int
    index: int
    app: str
    case: str | None = None
    person: str | None = None
    name: str = ""
    #: ``person`` stands in, because nobody was found
    instead: bool = False


class Answered(Fact, tag="answered"):
    """A case that was called has ended."""

    step: str
    index: int
    case: str
    outcome: str
