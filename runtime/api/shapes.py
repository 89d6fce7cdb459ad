"""What goes in and out as JSON: strict types, nothing unknown, every field described once for the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

OPINION = 4000


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("contains a null character")
    return text


Word = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_storable)]
Prose = Annotated[str, Field(max_length=OPINION), AfterValidator(_storable)]
Answers = Annotated[
    dict[str, JsonValue],
    Field(description="Answers by field name, as the form's `schema` has them: money in cents, dates as 2026-11-23."),
]
Words = Annotated[dict[str, str], Field(description="Words by language: always `zh`, others where translated.")]


class In(BaseModel):
    """A body: types are not converted, unknown members are refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class SignIn(In):
    """Account and password. In a demo the password is left out."""

    user: Word
    password: Annotated[str, Field(max_length=200), AfterValidator(_storable)] | None = None


class Post(In):
    """A post the applicant holds and applies as."""

    department: Word
    post: Word


class Submission(In):
    """A form filled in."""

    answers: Answers
    #: the main post unless named
    post: Post | None = None
    picked: Annotated[dict[Word, list[Word]], Field(description="Whom the applicant chooses, by step.")] = {}


class Decision(In):
    """What is done with a task."""

    action: Annotated[Word, Field(description="The id of one of the task's `offers`.")]
    opinion: Prose = ""
    answers: Annotated[Answers, Field(default_factory=dict[str, JsonValue])]
    to: Annotated[Word | None, Field(description="return: one of the offer's targets; transfer, delegate: a person.")] = None
    picked: Annotated[
        dict[Word, list[Word]], Field(description="Whom one chooses for the next steps, by step: see the offer's `picks`.")
    ] = {}
    signature: Annotated[
        str, Field(max_length=20_000, description="typed: one's name; handwritten: an SVG path."), AfterValidator(_storable)
    ] = ""
    people: Annotated[list[Word], Field(max_length=20, description="add-before, add-after, add-beside: whom to add.")] = []
    resume: Literal["rerun", "direct"] | None = None


class Decisions(In):
    """Several tasks decided together."""

    tasks: Annotated[list[Word], Field(min_length=1, max_length=50)]
    action: Literal["approve", "reject"]
    opinion: Prose = ""


class Withdrawal(In):
    """Why the case is taken back."""

    opinion: Prose = ""


class Reason(In):
    """Why."""

    reason: Prose


class Comment(In):
    """Something to say about a case."""

    text: Annotated[str, Field(min_length=1, max_length=OPINION), AfterValidator(_storable)]


class Message(In):
    """What another system tells a case that waits for it."""

    name: Annotated[Word, Field(description="The name that a step of the case waits for.")]
    payload: Annotated[dict[str, JsonValue], Field(default_factory=dict[str, JsonValue])]


class Out(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class Person(Out):
    id: str
    name: str


class Upload(Out):
    """A file that was taken. ``id`` is what an answer names it by."""

    id: str
    name: str
    size: int
    #: by its content, whatever it was called
    media: str
    sha256: str


class Delivered(Out):
    """A message was taken; the case itself is not told to other systems."""

    case: str
    status: Literal["open", "ended"]


class Session(Out):
    """A token to be sent as `Authorization: Bearer …`."""

    token: str
    person: Person
    expires_at: datetime


class App(Out):
    """Something one may apply for."""

    id: str
    title: Words
    category: Words
    description: Words | None
    release: str


class Apps(Out):
    apps: list[App]


class AppForm(App):
    """An app with its form."""

    #: JSON Schema 2020-12 of complete answers
    form_schema: Annotated[dict[str, Any], Field(serialization_alias="schema")]
    fields: Annotated[list[dict[str, Any]], Field(description="The questions in order, with their rules.")]
    sections: list[dict[str, Any]]


class TaskLine(Out):
    """A task in the list."""

    id: str
    case: str
    app_title: Words
    number: str
    applicant: str
    subject: str
    step: Words | None
    opened_at: datetime
    due: datetime | None
    due_uncertain: Annotated[bool, Field(description="The limit lies beyond the known calendar.")]


class Tasks(Out):
    tasks: list[TaskLine]
    next: Annotated[str | None, Field(description="The `after` of the next page; null: this was the last.")]


class Offer(Out):
    """One thing that may be done with a task."""

    id: str
    title: Words
    opinion: Literal["none", "optional", "on-reject", "required"]
    picks: Annotated[list[dict[str, Any]], Field(description="Steps whose people may have to be chosen, with those there are.")] = []
    signature: Literal["none", "typed", "handwritten"] = "none"
    targets: list[dict[str, Any]]


class CaseTask(Out):
    """Someone's part in a case."""

    id: str
    step: str
    step_title: Words
    person: Person
    state: Literal["open", "done", "superseded", "cancelled"]
    how: str | None
    opened_at: datetime
    due: datetime | None
    closed_at: datetime | None


class Event(Out):
    """A fact of a case."""

    seq: int
    at: datetime
    actor: str | None
    kind: str
    fact: dict[str, Any]


class Case(Out):
    """A case as it stands. Sensitive answers are masked."""

    id: str
    app: str
    app_title: Words
    release: str
    number: str
    applicant: Person
    department: str
    status: Literal["open", "ended"]
    outcome: str | None
    answers: dict[str, Any]
    created_at: datetime
    ended_at: datetime | None
    tasks: list[CaseTask]
    events: Annotated[list[Event], Field(description="All of them, or those that the request caused.")]


class Dropped(Out):
    """An answer that was not taken over."""

    field: str
    title: Words
    why: Words


class Copied(Out):
    """The answers of an old case as far as its app still asks for them: what a new submission can begin with."""

    app: str
    answers: dict[str, Any]
    dropped: list[Dropped]


class Task(TaskLine):
    """One's task, what may be done with it, and its case."""

    state: Literal["open", "done", "superseded", "cancelled"]
    offers: list[Offer]
    editable: Annotated[list[str], Field(description="The fields whose answers may be sent along.")]
    detail: Case


class Decided(Out):
    """What became of one of several tasks."""

    task: str
    done: Annotated[bool, Field(description="False: it is as it was, for the reason in `problem`.")]
    case: Annotated[str | None, Field(description="null: one has no such task.")]
    code: Annotated[str | None, Field(description="Of the refusal; `not-together`: it asks for more than a decision.")] = None
    problem: Words | None = None


class DecidedAll(Out):
    results: Annotated[list[Decided], Field(description="In the order of `tasks`.")]


class FieldError(Out):
    field: Annotated[str, Field(description="A member of the body, a parameter, or an answer as `answers.budget`, `answers.rows.0.name`.")]
    message: str


class Problem(Out):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
