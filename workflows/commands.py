"""What people ask of a case. Each command carries an id, so that the engine needs neither clock nor randomness."""

from typing import Any, Literal

from forms.form import Struct
from forms.texts import Text
from workflows.events import Applicant, Parent


class Submit(Struct):
    """Start a case. ``number`` was drawn in the same transaction."""

    id: str
    applicant: Applicant
    number: str
    answers: dict[str, Any]
    #: another case starts it: what its answers lack is asked of the applicant first
    parent: Parent | None = None


class Act(Struct):
    """Decide a task: approve, reject, return, complete, submit (after a return to start), transfer, or an own action."""

    id: str
    actor: str
    task: str
    action: str
    opinion: str = ""
    #: answers of the fields the step may edit (all the applicant's fields on submit)
    answers: dict[str, Any] = {}
    #: return: "start", "previous" or a step; transfer: a person
    to: str | None = None
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


Command = Submit | Act | Withdraw | Comment | Fire | Deliver | ChildEnded | Cancel


class Refusal(Struct):
    """Why a command was not carried out; nothing has changed.

    ``code``: "lost-race" (someone was faster, or the case has ended), "not-yours", "unknown-action", "opinion-required",
    "invalid-answers", "not-editable", "bad-target", "self-approval", "already-there", "too-late", "not-allowed",
    "gone" (a timer, message or child that nothing waits for), "early" (a timer before its time), "definition-fault" (an expression of
    the flow failed).
    """

    code: str
    message: Text
    #: field name (``table.0.column`` in a row) to what is wrong with it
    fields: dict[str, Text] = {}
