"""The lists of a person: to do, done, started, copied. Each page is one query along an index, however many rows there are."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from forms.form import Struct
from forms.texts import Text
from runtime.store import tables as t
from runtime.store.statements import Listing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
#: counts stop here and are shown as "999+"
CAP = 1000
#: and those of messages here: many people never open them
FEW = 100


class Row(Struct, eq=False):
    """One line of a list. Two are equal when they are the same object, which a row that is read again is."""

    #: of to do and done
    task_id: str | None
    case_id: str
    app_title: Text
    applicant_name: str
    subject: str
    number: str
    #: of the task in to do, else the earliest of the case
    due: datetime | None
    due_uncertain: bool
    #: of the task in to do, else where the case stands; None: it has ended
    step_title: Text | None
    #: when it came into this list
    opened_at: datetime
    #: how the case ended; None: it has not
    outcome: str | None
    #: of copied: when the person opened it
    read_at: datetime | None


class Page(NamedTuple):
    """Some rows, and where the next ones begin: the ``after`` of the next page; None: these were the last."""

    rows: list[Row]
    next: str | None


class Counts(NamedTuple):
    """How much is in each list, none above CAP."""

    todo: int
    done: int
    mine: int
    copied: int
    #: copies not opened yet, among the newest
    unread: int
    drafts: int
    #: messages not read yet, up to FEW
    messages: int = 0


def todo(
    conn: sa.Connection, person: str, app: str | None = None, text: str | None = None, after: str | None = None, limit: int = 20
) -> Page:
    """Open tasks, the most urgent first."""
    return _page(conn, "todo", person, app=app, text=text, after=after, limit=limit)


def done(
    conn: sa.Connection, person: str, app: str | None = None, text: str | None = None, after: str | None = None, limit: int = 20
) -> Page:
    """Tasks the person has decided, the newest first."""
    return _page(conn, "done", person, app=app, text=text, after=after, limit=limit)


def mine(
    conn: sa.Connection, person: str, app: str | None = None, text: str | None = None, after: str | None = None, limit: int = 20
) -> Page:
    """Cases the person started, the newest first."""
    return _page(conn, "mine", person, app=app, text=text, after=after, limit=limit)


def copied(
    conn: sa.Connection, person: str, app: str | None = None, text: str | None = None, after: str | None = None, limit: int = 20
) -> Page:
    """Cases the person has a copy of, the newest first."""
    return _page(conn, "copied", person, app=app, text=text, after=after, limit=limit)


def counts(conn: sa.Connection, person: str) -> Counts:
    """The counts beside the names of the lists."""
    return Counts(*conn.execute(_COUNTS, {"person": person}).one())


List = Literal["todo", "done", "mine", "copied"]


def _page(conn: sa.Connection, which: List, person: str, *, app: str | None, text: str | None, after: str | None, limit: int) -> Page:
    words = " ".join((text or "").split())
    start = _place(after)
    values: dict[str, Any] = {"person": person, "limit": limit + 1}
    if app:
        values["app"] = app
    if words:
        escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values["text"] = f"%{escaped}%"
    if start:
        values["at"], values["id"] = start
    rows = _statement(which, bool(app), bool(words), bool(start)).made(conn, values)
    if len(rows) <= limit:
        return Page(rows, None)
    del rows[limit:]
    return Page(rows, _marker(which, rows[-1]))


def _marker(which: List, row: Row) -> str:
    """Where ``row`` stands: what its list is sorted by."""
    at = row.due or t.NO_LIMIT if which == "todo" else row.opened_at
    return f"{(at - EPOCH) // MICROSECOND}~{row.task_id or row.case_id}"


def _place(after: str | None) -> tuple[datetime, str] | None:
    """Where a page begins; a marker that we did not write begins at the start."""
    if not after:
        return None
    at, _, id = after.partition("~")
    try:
        return EPOCH + int(at) * MICROSECOND, id
    except (ValueError, OverflowError):
        return None


def _columns(task: Any, limit: Any, step: Any, opened: Any, read: Any) -> tuple[Any, ...]:
    """The columns of Row in its order; ``limit`` is the due date and whether it is uncertain."""
    case = t.case.c
    return (task, case.id, case.app_title, case.applicant_name, case.subject, case.number, *limit, step, opened, case.outcome, read)


_none = sa.null()
_task = t.task.c
_case_limit = (t.case.c.due, sa.false().label("due_uncertain"))


class _Source(NamedTuple):
    """What a list is made of: its columns, its rows, and the two columns it is sorted by."""

    columns: tuple[Any, ...]
    of: Any
    app: Any
    at: Any
    id: Any
    descending: bool


_decided = t.task.join(t.case, t.case.c.id == t.task.c.case)
_SOURCES: dict[List, tuple[Any, _Source, tuple[Any, ...]]] = {
    "todo": (
        # the words of the case stand in its open tasks: the list that is read most reads one table
        t.task,
        _Source(
            (
                *(_task.id, _task.case, _task.app_title, _task.applicant_name, _task.subject, _task.number),
                *(_task.due, _task.due_uncertain, _task.step_title, _task.opened_at, _none, _none),
            ),
            t.task.c.person,
            t.task.c.app,
            t.task.c.urgency,
            t.task.c.id,
            descending=False,
        ),
        (t.task.c.state == t.OPEN,),
    ),
    "done": (
        _decided,
        _Source(
            _columns(t.task.c.id, _case_limit, t.case.c.step_title, t.task.c.closed_at, _none),
            t.task.c.person,
            t.task.c.app,
            t.task.c.closed_at,
            t.task.c.id,
            descending=True,
        ),
        (t.task.c.state == t.DONE,),
    ),
    "mine": (
        t.case,
        _Source(
            _columns(_none, _case_limit, t.case.c.step_title, t.case.c.created_at, _none),
            t.case.c.applicant,
            t.case.c.app,
            t.case.c.created_at,
            t.case.c.id,
            descending=True,
        ),
        (),
    ),
    "copied": (
        t.copy.join(t.case, t.case.c.id == t.copy.c.case),
        _Source(
            _columns(_none, _case_limit, t.case.c.step_title, t.copy.c.at, t.copy.c.read_at),
            t.copy.c.person,
            t.copy.c.app,
            t.copy.c.at,
            t.copy.c.case,
            descending=True,
        ),
        (),
    ),
}


@cache
def _statement(which: List, by_app: bool, by_text: bool, later: bool) -> Listing[Row]:
    """One of the forms a list can take, made once."""
    rows, source, only = _SOURCES[which]
    found = sa.select(*source.columns).select_from(rows).where(source.of == given("person"), *only)
    if by_app:
        found = found.where(source.app == given("app"))
    if by_text:
        words, row = given("text", type_=sa.String), (t.task if which == "todo" else t.case).c
        found = found.where(sa.or_(*(c.like(words, escape="\\") for c in (row.subject, row.number, row.applicant_name))))
    if later:
        here, there = sa.tuple_(source.at, source.id), sa.tuple_(given("at", type_=t.Instant), given("id", type_=sa.String))
        found = found.where(here < there if source.descending else here > there)
    order = (source.at.desc(), source.id.desc()) if source.descending else (source.at, source.id)
    return Listing(found.order_by(*order).limit(given("limit", type_=sa.Integer)), Row)


def _count(*where: Any, cap: int = CAP) -> Any:
    return sa.select(sa.func.count()).select_from(sa.select(sa.literal(1)).where(*where).limit(cap).subquery()).scalar_subquery()


_person = given("person", type_=sa.String)
_newest_copies = sa.select(t.copy.c.read_at).where(t.copy.c.person == _person).order_by(t.copy.c.at.desc()).limit(CAP).subquery()
_COUNTS = sa.select(
    _count(t.task.c.person == _person, t.task.c.state == t.OPEN),
    _count(t.task.c.person == _person, t.task.c.state == t.DONE),
    _count(t.case.c.applicant == _person),
    _count(t.copy.c.person == _person),
    sa.select(sa.func.count()).select_from(_newest_copies).where(_newest_copies.c.read_at.is_(None)).scalar_subquery(),
    _count(t.draft.c.person == _person),
    _count(t.message.c.person == _person, t.message.c.read_at.is_(None), cap=FEW),
)
