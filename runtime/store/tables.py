"""The tables: one class for each, and beside it the Core table that statements are written on.

Every table that grows carries its organisation, so that a cluster can be cut along it. Times are UTC. Ids are `ids.new_id`
unless a definition or the organisation's files name the thing. Facts of a case are never changed; all other rows of a case
say what folding its events says.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment: aware and UTC in Python, `timestamptz` on PostgreSQL, sortable text on SQLite. A naive one is refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value}")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """Of one step, as every command writes several."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else _to_text

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """Of one step: lists read many of these."""
        return super().result_processor(dialect, coltype) if dialect.name == "postgresql" else _from_text

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy calls it so
        return value.astimezone(UTC) if value else None


@lru_cache(64)
def _to_text(value: datetime | None) -> str | None:
    """One command writes the same moment a dozen times."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {value}")
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(" ", "microseconds").removesuffix("+00:00")


def _from_text(value: str | None) -> datetime | None:
    return _parse(value + "+00:00") if value else None


_parse = datetime.fromisoformat


class _Json(sa.TypeDecorator[Any]):
    """JSON as text on SQLite and as JSONB on PostgreSQL, whose dialect is loaded there only."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(sa.JSON(none_as_null=True))
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=True))


#: data as JSON; `Text` of forms among it
Json = _Json(none_as_null=True)

#: sorts after every time limit: tasks without one come last
NO_LIMIT = datetime(9999, 12, 31, tzinfo=UTC)


def _name(model: type[SQLModel]) -> Any:
    """SignInFailure → sign_in_failure."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


class Table(SQLModel):
    """Names a table as its class, in words."""

    __tablename__ = declared_attr(_name)


# --- releases ---


class Release(Table, table=True):
    """A version of an app, named by its content and never changed. Cases keep the one they began with."""

    digest: str = Field(primary_key=True)
    organisation: str
    app: str = Field(index=True)
    #: canonical JSON
    body: bytes
    published_by: str
    published_at: datetime = Field(sa_type=Instant)


class AppCurrent(Table, table=True):
    """The release that new cases of an app begin with."""

    app: str = Field(primary_key=True)
    organisation: str
    digest: str = Field(foreign_key="release.digest")
    since: datetime = Field(sa_type=Instant)
    #: no cases begin any more; those under way go on
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class Publication(Table, table=True):
    """Which release of an app became current when, and by whom: the app's history, never changed."""

    __table_args__ = (sa.Index(None, "app", "id"),)

    id: str = Field(primary_key=True)
    organisation: str
    app: str
    #: published, rolled-back, retired, reopened
    kind: str
    #: current from here on
    digest: str
    #: current before; None: the app is new
    before: str | None
    #: who did it: an account, or "console"
    by: str
    at: datetime = Field(sa_type=Instant)
    #: of the repository; "" where none was read
    revision: str
    author: str
    reviewer: str
    #: cases that went on under this release at once, and cases that kept another
    moved: int
    stayed: int


# --- cases ---

#: open, and at no step that anybody has a task of
_STUCK = sa.text("status = 'open' AND step_title IS NULL")


class Case(Table, table=True):
    """A case as it stands, with the words that lists print."""

    __table_args__ = (
        sa.Index(None, "applicant", "created_at", "id"),
        sa.Index(None, "app", "status", "id"),
        # the few that stand still because nobody has them
        sa.Index("ix_case_stuck", "id", sqlite_where=_STUCK),
    )

    id: str = Field(primary_key=True)
    organisation: str
    app: str
    digest: str = Field(foreign_key="release.digest")
    number: str = Field(index=True)
    applicant: str
    applicant_name: str
    department: str
    department_title: str
    post: str
    status: str
    outcome: str | None
    #: sequence number of the last event: whoever changes the case must have read it at this one
    rev: int
    #: hash of that event, which stands for all of them
    head: str = Field(sa_column_kwargs={"server_default": ""})
    answers: dict[str, Any] = Field(sa_type=Json)
    app_title: dict[str, str] = Field(sa_type=Json)
    subject: str
    #: of the first open task
    step_title: dict[str, str] | None = Field(sa_type=Json)
    #: the earliest limit of its open tasks
    due: datetime | None = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(sa_type=Instant)


class Event(Table, table=True):
    """A fact of a case. ``hash`` covers the row and the hash before it, so that a changed row breaks the chain."""

    case: str = Field(primary_key=True, foreign_key="case.id")
    seq: int = Field(primary_key=True)
    organisation: str
    at: datetime = Field(sa_type=Instant)
    actor: str | None
    #: the fact as JSON, byte for byte
    fact: str = Field(sa_type=sa.Text)
    hash: str
    #: of a fact with answers, as JSON: the salt of each, or the digest of one that was erased; None: it was hashed as it stands
    seal: str | None = Field(sa_type=sa.Text)


#: as statements must say it for an index to serve them: SQLite does not look at what is bound
OPEN, DONE = sa.literal_column("'open'", sa.String), sa.literal_column("'done'", sa.String)
_OPEN, _DONE = sa.text("state = 'open'"), sa.text("state = 'done'")


class Task(Table, table=True):
    """One person's part in one round of a step, with the words of its case that the to-do list prints: it reads this table alone."""

    __table_args__ = (
        # of the two lists: a task stands in one of them at most, so that closing it moves one entry
        sa.Index("ix_task_todo", "person", "urgency", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_task_done", "person", "closed_at", "id", sqlite_where=_DONE, postgresql_where=_DONE),
        sa.Index(None, "case", "person"),
    )

    id: str = Field(primary_key=True)
    organisation: str
    case: str = Field(foreign_key="case.id")
    app: str
    step: str
    step_title: dict[str, str] = Field(sa_type=Json)
    round: int
    person: str
    name: str
    state: str
    how: str | None
    opened_at: datetime = Field(sa_type=Instant)
    due: datetime | None = Field(sa_type=Instant)
    due_uncertain: bool
    #: ``due``, or NO_LIMIT: what the to-do list is sorted by
    urgency: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(sa_type=Instant)
    #: of the case, as they are while the task is open
    app_title: dict[str, str] = Field(sa_type=Json)
    applicant_name: str
    number: str
    subject: str


class Copy(Table, table=True):
    """A case shown to a person; one a case."""

    __table_args__ = (sa.Index(None, "person", "at", "case"),)

    case: str = Field(primary_key=True, foreign_key="case.id")
    person: str = Field(primary_key=True)
    organisation: str
    app: str
    name: str
    step: str
    at: datetime = Field(sa_type=Instant)
    read_at: datetime | None = Field(sa_type=Instant)


class Draft(Table, table=True):
    """What someone has typed and not handed in, as the browser sent it, so that nothing is lost."""

    __table_args__ = (sa.Index(None, "person", "changed_at", "id"),)

    id: str = Field(primary_key=True)
    organisation: str
    person: str
    app: str
    #: [[name, text], …]
    pairs: list[list[str]] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    #: how often it was kept: a page that read an earlier one does not write over it
    version: int


class Mark(Table, table=True):
    """What a case takes up of something that the cases of an app share: a number, hours of a vehicle, a part of a sum. Only of cases
    that count, so that a rejected one is in nobody's way.
    """

    __table_args__ = (sa.Index(None, "key", "starts"),)

    case: str = Field(primary_key=True, foreign_key="case.id")
    place: int = Field(primary_key=True)
    organisation: str
    #: digest of the rule and of the answers that must be the same to meet
    key: str
    #: no_overlap: from and to, by the clock on the wall; sum: the day
    starts: str | None
    ends: str | None
    #: sum
    amount: float | None = Field(sa_type=sa.Float)


class Gate(Table, table=True):
    """Locked by whoever reads or writes the marks of a key, so that two transactions at once do not both find it free."""

    key: str = Field(primary_key=True)
    organisation: str


class Counter(Table, table=True):
    """The last number drawn from a series; drawn in the transaction that uses it, so that none is skipped or repeated."""

    scope: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True)
    value: int


class Timer(Table, table=True):
    """A moment at which a case wants to be asked again. The case itself knows which timers it waits for: a row only says when to
    look, so ringing late, twice or for nothing does no harm.
    """

    case: str = Field(primary_key=True, foreign_key="case.id")
    id: str = Field(primary_key=True)
    organisation: str
    at: datetime = Field(sa_type=Instant, index=True)
    #: not tried before: the end of a lease, or of the pause after a failure
    wake: datetime = Field(sa_type=Instant)
    #: how often it was tried
    tries: int


class Outbox(Table, table=True):
    """Something that has to happen elsewhere because of what was committed. Gone once it has happened."""

    __table_args__ = (sa.Index(None, "state", "kind", "wake"),)

    #: the same at each attempt, so that the other side can tell a repetition
    id: str = Field(primary_key=True)
    organisation: str
    #: mail, webhook, start, cancel, ended
    kind: str
    #: the case that caused it
    case: str
    #: an Effect's body as JSON
    body: str = Field(sa_type=sa.Text)
    #: "waiting"; or "dead": given up, an administrator decides
    state: str
    created_at: datetime = Field(sa_type=Instant)
    #: as Timer.wake
    wake: datetime = Field(sa_type=Instant)
    tries: int
    #: what went wrong the last time, without anything that somebody typed
    error: str


_UNREAD = sa.text("read_at IS NULL")


class Message(Table, table=True):
    """A few words to a person about a case."""

    __table_args__ = (
        sa.Index(None, "person", "id"),
        sa.Index("ix_message_unread", "person", "case", sqlite_where=_UNREAD),
    )

    id: str = Field(primary_key=True)
    organisation: str
    person: str
    #: task, copied, reminder, overdue, returned, ended, comment …
    kind: str
    case: str = Field(foreign_key="case.id")
    step: str | None
    task: str | None
    text: dict[str, str] = Field(sa_type=Json)
    at: datetime = Field(sa_type=Instant)
    read_at: datetime | None = Field(sa_type=Instant)


class Attachment(Table, table=True):
    """A file that somebody uploaded for a field. Its bytes lie elsewhere, under their digest; equal ones lie there once."""

    __table_args__ = (sa.Index(None, "case"), sa.Index(None, "person", "place"), sa.Index(None, "digest"), sa.Index(None, "changed_at"))

    id: str = Field(primary_key=True)
    organisation: str
    person: str = Field(foreign_key="person.id")
    app: str
    field: str
    #: the draft or the task on whose page it was uploaded
    place: str
    #: the first case that was handed in or changed with it; None: nobody has yet
    case: str | None
    #: what it was called; never a path
    name: str
    #: bytes that were announced, and that have come
    size: int = Field(sa_type=sa.BigInteger)
    received: int = Field(sa_type=sa.BigInteger)
    #: "arriving", or "kept": whole, recognised, scanned and stored
    state: str
    #: SHA-256; "" while it arrives
    digest: str
    #: its media type, and the word of definitions for what it is
    media: str
    sort: str
    #: pages that can be looked at as pictures; 0: none
    pages: int
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class Export(Table, table=True):
    """A list as a file: asked for, made by a worker, fetched, and taken away after some days."""

    __table_args__ = (sa.Index(None, "person", "id"), sa.Index(None, "created_at"))

    id: str = Field(primary_key=True)
    organisation: str
    person: str = Field(foreign_key="person.id")
    #: mine, done, copied, todo
    list: str
    #: only cases of this app, with all its fields; "": of every app
    app: str
    #: "xlsx" or "csv"
    format: str
    language: str
    #: "waiting", "ready" or "failed"
    state: str
    #: rows written, and rows to write
    done: int
    total: int
    size: int = Field(sa_type=sa.BigInteger)
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(sa_type=Instant)


class Idempotency(Table, table=True):
    """A request carried out under a key, so that the same request again gets the same answer and does nothing."""

    # keys are found by nothing else, and every command writes one
    __table_args__ = ({"sqlite_with_rowid": False},)

    person: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    organisation: str
    #: digest of what was asked
    fingerprint: str
    case: str
    #: sequence numbers of the events it caused: after ``since``, up to ``until``
    since: int
    until: int
    at: datetime = Field(sa_type=Instant, index=True)


# --- the organisation ---


class Organisation(Table, table=True):
    """Who runs this installation, with its working hours."""

    id: str = Field(primary_key=True)
    title: dict[str, str] = Field(sa_type=Json)
    time_zone: str
    #: [["08:30", "12:00"], …]
    hours: list[list[str]] = Field(sa_type=Json)
    imported_at: datetime = Field(sa_type=Instant)
    #: another one at each import: what is remembered of the organisation is good for one
    version: str


class CalendarYear(Table, table=True):
    """Holidays and make-up working days of a year."""

    organisation: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    holidays: list[str] = Field(sa_type=Json)
    workdays: list[str] = Field(sa_type=Json)


class Department(Table, table=True):
    """A unit of the organisation. One that is gone stays as ``retired``, because answers name it."""

    id: str = Field(primary_key=True)
    organisation: str
    title: dict[str, str] = Field(sa_type=Json)
    parent: str | None
    head: str | None
    deputies: list[str] = Field(sa_type=Json)
    retired: bool
    #: its place in the files
    position: int


class DepartmentAbove(Table, table=True):
    """Every department with itself and each one above it: the tree, ready to be joined."""

    department: str = Field(primary_key=True)
    above: str = Field(primary_key=True)
    organisation: str


class Post(Table, table=True):
    """A position that people hold in departments."""

    id: str = Field(primary_key=True)
    organisation: str
    title: dict[str, str] = Field(sa_type=Json)
    position: int


class Person(Table, table=True):
    """Someone of the organisation. Never deleted, because records name them."""

    __table_args__ = (
        sa.Index(None, "organisation", "position"),
        sa.Index(None, "organisation", "pinyin"),
        sa.Index(None, "organisation", "initials"),
    )

    id: str = Field(primary_key=True)
    organisation: str
    name: str
    #: "zhoujianguo" and "zjg", to be found by
    pinyin: str
    initials: str
    phone: str | None
    email: str | None
    #: may not sign in and is given nothing: the files say so, they no longer name the person, or ``barred``
    disabled: bool
    #: an administrator said so; no import lifts it
    barred: bool
    #: "files": the last import named them; "gone": an earlier one did; "local": made by hand, imports leave them alone
    source: str
    position: int


class Holding(Table, table=True):
    """A post that a person holds in a department; ``position`` 0 is the main one."""

    __table_args__ = (sa.Index(None, "department", "person"), sa.Index(None, "post", "department", "person"))

    person: str = Field(primary_key=True, foreign_key="person.id")
    position: int = Field(primary_key=True)
    organisation: str
    department: str
    post: str


class Role(Table, table=True):
    """A duty that people have whatever their post."""

    id: str = Field(primary_key=True)
    organisation: str
    title: dict[str, str] = Field(sa_type=Json)
    position: int


class Member(Table, table=True):
    """Someone with a role, within a department and all below it; "" is everywhere."""

    __table_args__ = (sa.Index(None, "person", "role"),)

    role: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    person: str = Field(foreign_key="person.id")
    department: str = Field(primary_key=True)
    organisation: str


class Absence(Table, table=True):
    """Someone is away, both days included, and another stands in for them."""

    __table_args__ = (sa.Index(None, "person", "ends"),)

    id: str = Field(primary_key=True)
    organisation: str
    person: str = Field(foreign_key="person.id")
    deputy: str = Field(foreign_key="person.id")
    #: days by the clock on the wall: "2026-11-23"
    begins: str
    ends: str
    #: ids of apps; empty: all
    apps: list[str] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Instant)


class Succession(Table, table=True):
    """Someone has left and another has taken over what would be given to them."""

    person: str = Field(primary_key=True, foreign_key="person.id")
    successor: str = Field(foreign_key="person.id")
    organisation: str
    by: str
    at: datetime = Field(sa_type=Instant)


class Setting(Table, table=True):
    """A choice of the installation, or of a person (``person`` "" is the installation)."""

    person: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: Any = Field(sa_type=Json)


# --- signing in ---


class Session(Table, table=True):
    """Someone signed in. Known by the digest of its token, so that the table opens no door."""

    digest: str = Field(primary_key=True)
    organisation: str
    person: str = Field(foreign_key="person.id", index=True)
    #: "browser" or "api"
    kind: str
    csrf: str
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant, index=True)


class Credential(Table, table=True):
    """A password, as an Argon2 hash."""

    person: str = Field(primary_key=True, foreign_key="person.id")
    organisation: str
    hash: str
    #: hashes of passwords before, newest first
    former: list[str] = Field(sa_type=Json)
    #: must be changed at the next sign-in
    temporary: bool
    changed_at: datetime = Field(sa_type=Instant)


class SignInFailure(Table, table=True):
    """A failed sign-in; too many of one account or address lock it for a while."""

    __table_args__ = (sa.Index(None, "account", "at"), sa.Index(None, "address", "at"))

    id: str = Field(primary_key=True)
    #: what was typed as the account, known or not
    account: str
    address: str
    at: datetime = Field(sa_type=Instant, index=True)


class PlatformRole(Table, table=True):
    """A right over the installation: "admin". Given here only; no definition and no file of the organisation can (security D5)."""

    person: str = Field(primary_key=True, foreign_key="person.id")
    role: str = Field(primary_key=True)
    organisation: str
    given_by: str
    given_at: datetime = Field(sa_type=Instant)


class AccessLog(Table, table=True):
    """Who did what outside of a case: signed in, saw a number unmasked, changed a right, published."""

    __table_args__ = (sa.Index(None, "organisation", "at"), sa.Index(None, "person", "at"))

    id: str = Field(primary_key=True)
    organisation: str
    at: datetime = Field(sa_type=Instant)
    person: str | None
    address: str
    #: sign-in, sign-out, locked, unmask, disable, enable, import, publish …
    action: str
    object: str
    #: done, refused
    result: str


# --- definitions being designed ---


class Design(Table, table=True):
    """An app as its designers are changing it, apart from the repository until it is published; one at a time for each app."""

    __table_args__ = (sa.Index(None, "app", unique=True, sqlite_where=sa.text("closed_at IS NULL")),)

    id: str = Field(primary_key=True)
    organisation: str
    app: str
    #: the commit it began from; "" for an app that is in no commit yet
    base: str
    #: how many edits were made; every one counts, undoing too
    version: int
    created_by: str
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    #: published or thrown away
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class DesignText(Table, table=True):
    """A file of it as it is now; without a body it has been taken away."""

    design: str = Field(primary_key=True, foreign_key="design.id")
    file: str = Field(primary_key=True)
    body: str | None = Field(sa_type=sa.Text)
    #: as the commit has it that it began from; None: not there
    base: str | None = Field(default=None, sa_type=sa.Text)


class DesignEdit(Table, table=True):
    """One thing that a designer did: never changed, so that everything can be taken back and done again."""

    design: str = Field(primary_key=True, foreign_key="design.id")
    #: the version that it made
    version: int = Field(primary_key=True, sa_type=sa.Integer)
    person: str
    at: datetime = Field(sa_type=Instant)
    #: do, undo, redo
    kind: str
    #: of the last two, the version of what is taken back or done again; otherwise its own
    of: int
    #: what was done, in words
    words: dict[str, str] = Field(sa_type=Json)
    patches: list[dict[str, Any]] = Field(sa_type=Json)
    #: the places touched, by names
    touched: list[list[str]] = Field(sa_type=Json)
    #: what stood selected afterwards
    selected: str


class DesignPresence(Table, table=True):
    """Who has a page of it open, and where."""

    design: str = Field(primary_key=True, foreign_key="design.id")
    person: str = Field(primary_key=True, foreign_key="person.id")
    tab: str
    selected: str
    seen_at: datetime = Field(sa_type=Instant)


class DesignRight(Table, table=True):
    """Who may design an app or review it. Given here only, as a PlatformRole is: no definition can (security D5)."""

    person: str = Field(primary_key=True, foreign_key="person.id")
    #: "*": every app, and new ones
    app: str = Field(primary_key=True)
    #: design, review
    right: str = Field(primary_key=True)
    organisation: str
    given_by: str
    given_at: datetime = Field(sa_type=Instant)


class DesignReview(Table, table=True):
    """A version of a draft that somebody asks to be published, and what the reviewer says to it."""

    __table_args__ = (sa.Index(None, "app", "id"), sa.Index(None, "state"))

    id: str = Field(primary_key=True)
    organisation: str
    design: str = Field(foreign_key="design.id")
    app: str
    #: the version of the draft that was handed in, and its commit
    version: int
    revision: str
    asked_by: str
    asked_at: datetime = Field(sa_type=Instant)
    note: str
    #: waiting, approved, returned, withdrawn
    state: str
    decided_by: str | None = Field(default=None)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    answer: str
    #: the merge; "" before there is one
    merged: str
    #: remarks on places: who, when, about what, in which words
    remarks: list[dict[str, Any]] = Field(sa_type=Json)


def _core(model: type[Table]) -> sa.Table:
    return metadata.tables[_name(model)]


release = _core(Release)
app_current = _core(AppCurrent)
publication = _core(Publication)
case = _core(Case)
event = _core(Event)
mark = _core(Mark)
gate = _core(Gate)
task = _core(Task)
copy = _core(Copy)
draft = _core(Draft)
counter = _core(Counter)
timer = _core(Timer)
outbox = _core(Outbox)
message = _core(Message)
attachment = _core(Attachment)
export = _core(Export)
idempotency = _core(Idempotency)
organisation = _core(Organisation)
calendar_year = _core(CalendarYear)
department = _core(Department)
department_above = _core(DepartmentAbove)
post = _core(Post)
person = _core(Person)
holding = _core(Holding)
role = _core(Role)
member = _core(Member)
absence = _core(Absence)
succession = _core(Succession)
setting = _core(Setting)
session = _core(Session)
credential = _core(Credential)
sign_in_failure = _core(SignInFailure)
platform_role = _core(PlatformRole)
access_log = _core(AccessLog)
design = _core(Design)
design_text = _core(DesignText)
design_edit = _core(DesignEdit)
design_presence = _core(DesignPresence)
design_right = _core(DesignRight)
design_review = _core(DesignReview)


def for_postgresql() -> None:
    """Says in PostgreSQL's words, too, which rows an index holds: naming them above would load its dialect wherever there is SQLite."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if (where := index.dialect_options["sqlite"]["where"]) is not None:
                index.dialect_options["postgresql"]["where"] = where
