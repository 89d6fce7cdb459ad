"""What a decision wants of the world outside, as data: rings at moments, and deliveries through the outbox.

The engine sends nothing and waits for nothing. Whoever carries these out may do so late, twice or after a restart: a timer that the
case no longer waits for is refused, and an effect has an id that stays the same however often it is delivered.
"""

from datetime import datetime
from typing import Any, Literal

from forms.form import Struct
from forms.texts import Text


class Timer(Struct):
    """A ring the case waits for. ``id`` is unique within its case and stable; setting it again replaces it."""

    id: str
    #: aware, UTC
    at: datetime
    #: it rests on a year whose holidays are not known
    uncertain: bool = False


MessageKind = Literal[
    "task", "copied", "returned", "ended", "withdrawn", "reminder", "overdue", "escalated", "transferred", "decided", "comment", "stuck",
    "calendar",
]  # fmt: skip


class Message(Struct, tag="message", tag_field="effect"):
    """Words for a person: an in-app message, and an e-mail if they have an address."""

    person: str
    #: what it is about; messages of a kind may be switched off or bundled
    kind: MessageKind
    #: the step, "start" for the applicant's own; None: the whole case
    step: str | None
    task: str | None
    text: Text


class Webhook(Struct, tag="webhook", tag_field="effect"):
    """A call to a target that administrators declared by this name; a definition never holds an address."""

    name: str
    #: JSON
    payload: dict[str, Any]


class StartCase(Struct, tag="start-case", tag_field="effect"):
    """A case of another app begins: a Submit whose id and case id are ``case``, with ``parent``. What is refused for the person's or
    the app's sake stays among the dead letters, where an administrator puts it right and retries; meanwhile the parent waits.
    """

    #: the id of the new case
    case: str
    app: str
    #: person id
    applicant: str
    answers: dict[str, Any]
    #: the case that calls, and where it stands there
    parent: str
    step: str
    index: int
    #: the parent goes on only when the child has ended, and wants ChildEnded; otherwise it hears nothing more
    waits: bool


class CancelCase(Struct, tag="cancel-case", tag_field="effect"):
    """The caller of ``case`` was withdrawn, returned or ended: a Cancel on the child. One that has ended stays as it is; one that
    has not begun yet never begins.
    """

    case: str
    parent: str


class ChildEnded(Struct, tag="child-ended", tag_field="effect"):
    """A child has ended: a command ChildEnded on ``parent``."""

    parent: str
    case: str
    step: str
    index: int
    outcome: str
    #: what the child answered in the end
    answers: dict[str, Any]


Body = Message | Webhook | StartCase | CancelCase | ChildEnded


class Effect(Struct):
    """One delivery. ``id`` is ``{command.id}-e{n}``."""

    id: str
    body: Body


class Draw(Struct):
    """Not decided yet: the runtime draws the next number of each of these counters, in the same transaction, and asks again with
    ``drawn``.
    """

    scopes: tuple[str, ...]
