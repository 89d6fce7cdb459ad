"""What people ask of a case. Each command carries an id, so that the engine needs neither clock nor randomness."""

from typing import Any, Literal

from forms.form import Struct
from forms.texts import Text
from workflows.events import Applicant, Parent
from workflows.migration import MovedBack
from workflows.moving import Moved


class Submit(Struct):
    """Start a case. ``number`` was drawn in the same transaction."""

    id: str
    applicant: Applicant
    number: str
    answers: dict[str, Any]
    #: whom the applicant chose, by step
    picked: dict[str, tuple[str, ...]] = {}
    #: another case starts it: what its answers lack is asked of the applicant first
    parent: Parent | None = None


class Act(Struct):
    """Decide a task: approve, reject, abstain, return, complete, submit (after a return to start), claim, unclaim, transfer, delegate,
    answer (a delegation), add-before, add-after, add-beside, or an own action.
    """

    id: str
    actor: str
    task: str
    action: str
    opinion: str = ""
    #: answers of the fields the step may edit (all the applicant's fields on submit)
    answers: dict[str, Any] = {}
    #: return: "start", "previous" or a step; transfer, delegate: a person
    to: str | None = None
    #: whom to add
    people: tuple[str, ...] = ()
    #: whom the actor chose for the next steps, by step
    picked: dict[str, tuple[str, ...]] = {}
    #: the actor's name, or the strokes of their hand as an SVG path
    signature: str = ""
    #: return: overrides the flow's `on_return`
    resume: Literal["rerun", "direct"] | None = None


class Withdraw(Struct):
    """The applicant takes the case back."""

    id: str
    actor: str
    opinion: str = ""


class Comment(Struct):
    """A participant says something."""

    id: str
    actor: str
    text: str


class Supply(Struct):
    """The applicant hands in materials that they promised for later."""

    id: str
    actor: str
    #: field to its files
    answers: dict[str, Any]


class Recall(Struct):
    """Someone takes back what they decided with ``task``, while nothing behind it has been acted on."""

    id: str
    actor: str
    task: str


class Remove(Struct):
    """A person who was added need not act: taken back by whoever added them, or by a flow administrator."""

    id: str
    actor: str
    task: str


class Remind(Struct):
    """The applicant or a flow administrator asks whoever has a task to act."""

    id: str
    actor: str
    task: str


class Suspend(Struct):
    """A flow administrator stops the case."""

    id: str
    actor: str
    reason: str


class Resume(Struct):
    """A flow administrator lets the case go on."""

    id: str
    actor: str
    reason: str


class Terminate(Struct):
    """A flow administrator ends the case."""

    id: str
    actor: str
    reason: str


class HandOver(Struct):
    """The open tasks of someone who leaves go to another. Whether ``actor`` may do so is for the caller to know."""

    id: str
    actor: str
    person: str
    to: str


class Erase(Struct):
    """Answers of a case that has ended are erased for good. Whether whoever asks may do so is for the caller to know."""

    id: str
    fields: tuple[str, ...]
    reason: str
    #: who asks, in words
    by: str


class Fire(Struct):
    """A timer rang. Refused as "gone" when the case does not wait for it (any more), and as "early" before its time."""

    id: str
    timer: str


class Deliver(Struct):
    """A named message arrived from outside; every step that waits for it goes on. Refused as "gone" when none does."""

    id: str
    name: str
    payload: dict[str, Any] = {}


class ChildEnded(Struct):
    """A case that this one called has ended. Refused as "gone" when the step no longer waits for it."""

    id: str
    #: the child
    case: str
    step: str
    index: int
    outcome: str
    answers: dict[str, Any] = {}


class Cancel(Struct):
    """The case that called this one no longer wants it."""

    id: str
    parent: str


class Migrate(Struct):
    """The case goes on under the program it is decided under. Whether ``actor`` may do so is for the caller to know."""

    id: str
    actor: str | None
    #: of the actor
    name: str
    moved: Moved


class MoveBack(Struct):
    """Undoes the last migration, under the program of before. Refused as "too-late" once somebody has acted."""

    id: str
    actor: str | None
    name: str
    fact: MovedBack


Supervision = Recall | Remove | Remind | Suspend | Resume | Terminate | HandOver
Command = Submit | Act | Withdraw | Comment | Supply | Supervision | Erase | Fire | Deliver | ChildEnded | Cancel | Migrate | MoveBack


class Refusal(Struct):
    """Why a command was not carried out; nothing has changed.

    ``code``: "lost-race" (someone was faster, or the case has ended), "not-yours", "unknown-action", "opinion-required",
    "invalid-answers", "not-editable", "bad-target", "self-approval", "already-there", "too-late", "not-allowed", "suspended",
    "choose-people" (somebody must be chosen for the steps in ``fields``), "signature-required", "too-often" (a reminder within the hour), "cannot-undo" (an effect outside that stays),
    "gone" (a timer, message or child that nothing waits for), "early" (a timer before its time), "definition-fault" (an expression of
    the flow failed).
    """

    code: str
    message: Text
    #: field name (``table.0.column`` in a row) to what is wrong with it
    fields: dict[str, Text] = {}
