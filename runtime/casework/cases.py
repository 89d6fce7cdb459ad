"""The only place that commits a transition: one command, one transaction, with its events, tasks, copies and number."""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Literal, NamedTuple, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given
from sqlalchemy import exc

from runtime.casework import across, effects, folded, relating, rows
from runtime.casework.releases import Catalogue
from runtime.casework.visible import VISIBLE
from runtime.files import held
from runtime.people import organisation
from runtime.people.organisation import DatabaseDirectory
from runtime.store import chain, counters, statements
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.store.ids import new_id
from runtime.store.statements import OwnWords, Statement, Together
from workflows import candidates, engine, refusals, words
from workflows.case import Case, Task
from workflows.commands import Act, Command, Comment, Recall, Refusal, Remind, Remove, Submit, Supply, Withdraw
from workflows.effects import Draw
from workflows.engine import Decision
from workflows.events import Event
from workflows.fold import fold
from workflows.migration import Migrated, MovedBack
from workflows.people import Holding
from workflows.program import Program

P = ParamSpec("P")
T = TypeVar("T")


class Site(Protocol):
    """What a command needs of the running server."""

    @property
    def database(self) -> Database: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def mails(self) -> bool:
        """Messages to people go out as e-mail too."""
        ...


class Done(NamedTuple):
    """A command was carried out; ``events`` are those it caused."""

    case: Case
    events: tuple[Event, ...]
    program: Program
    #: it had been carried out before, under the same key; this is the answer it got then
    replayed: bool
    #: when the workers have something to do because of it; None: nothing
    stirs: datetime | None = None


class Found(NamedTuple):
    """A case that the person may see."""

    case: Case
    events: tuple[Event, ...]
    program: Program
    #: of the release it runs on
    digest: str
    #: the row of the table `case`
    row: Any
    #: the person has a copy and has not opened it yet
    unread: bool


class FoundTask(NamedTuple):
    """A task of the person's, open or over, with its case."""

    task: Task
    case: Case
    events: tuple[Event, ...]
    program: Program
    digest: str
    row: Any


class Asked(NamedTuple):
    """A request, and what it is known by when it comes again."""

    site: Site
    person: str
    key: str
    #: digest of everything that was asked
    fingerprint: str


class Refused(Exception):
    """Takes back what the transaction has done so far and carries the refusal out of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Lost(Exception):
    """Someone else changed the case between reading and writing it: read again."""


# --- commands ---


async def submit(
    site: Site,
    person: str,
    app: str,
    answers: Mapping[str, Any],
    key: str,
    *,
    post: Holding | None = None,
    draft: str | None = None,
    picked: Mapping[str, Sequence[str]] | None = None,
) -> Done | Refusal | None:
    """Start a case of ``app`` with ``answers``, as the holder of ``post`` (else the main one); ``draft`` is used up by it.

    None: there is no such app, or the person may not start it.
    """
    chosen = _picked(picked)
    asked = Asked(site, person, key, _fingerprint("submit", app, answers, post, *([chosen] if chosen else [])))
    return await once(asked, _submit, app, dict(answers), chosen, post=post, draft=draft)


async def act(
    site: Site,
    person: str,
    task: str,
    action: str,
    key: str,
    *,
    opinion: str = "",
    answers: Mapping[str, Any] | None = None,
    to: str | None = None,
    people: Sequence[str] = (),
    picked: Mapping[str, Sequence[str]] | None = None,
    signature: str = "",
    resume: Literal["rerun", "direct"] | None = None,
) -> Done | Refusal | None:
    """Decide a task. None: the person has no such task and may not see its case."""
    command = Act(
        id=new_id(),
        actor=person,
        task=task,
        action=action,
        opinion=opinion,
        answers=dict(answers or {}),
        to=to,
        people=tuple(people),
        picked=_picked(picked),
        signature=signature,
        resume=resume,
    )
    return await once(asking(site, person, key, task, command), on_task, command)


def _picked(given: Mapping[str, Sequence[str]] | None) -> dict[str, tuple[str, ...]]:
    return {step: tuple(people) for step, people in (given or {}).items() if people}


async def withdraw(site: Site, person: str, case: str, key: str, opinion: str = "") -> Done | Refusal | None:
    """Take one's case back. None: the person may not see it."""
    command = Withdraw(id=new_id(), actor=person, opinion=opinion)
    return await once(asking(site, person, key, case, command), on_case, case, command)


async def comment(site: Site, person: str, case: str, key: str, text: str) -> Done | Refusal | None:
    """Say something about a case. None: the person may not see it."""
    command = Comment(id=new_id(), actor=person, text=text)
    return await once(asking(site, person, key, case, command), on_case, case, command)


async def supply(site: Site, person: str, case: str, answers: Mapping[str, Any], key: str) -> Done | Refusal | None:
    """Hand in what one promised for later. None: the person may not see the case."""
    command = Supply(id=new_id(), actor=person, answers=dict(answers))
    return await once(asking(site, person, key, case, command), on_case, case, command)


def asking(site: Site, person: str, key: str, of: str, command: Command) -> Asked:
    """``command`` on the task or case ``of``, known by everything but its new id."""
    return Asked(site, person, key, _fingerprint(type(command).__name__, of, msgspec.structs.replace(command, id="")))


async def mark_read(site: Site, person: str, case: str) -> None:
    """The person has opened their copy."""
    await site.database.write(_mark_read, person, case, site.clock())


def _mark_read(conn: sa.Connection, person: str, case: str, now: datetime) -> None:
    conn.execute(_READ, {"owner": person, "of": case, "now": now})


async def once(
    asked: Asked, fn: Callable[Concatenate[sa.Connection, Asked, P], Done | Refusal | None], *args: P.args, **kwargs: P.kwargs
) -> Done | Refusal | None:
    """Carry out what was asked, by a transaction that ends with `remember`. What was done before under the same key is answered as
    it was then, whatever has become of the case since.
    """
    site = asked.site
    result = await _tried(site, asked, fn, asked, *args, **kwargs)
    if result is None or isinstance(result, Refusal):
        result = await site.database.read(replayed, asked) or result
    return _counted(site, result)


async def carried_out(
    site: Site, fn: Callable[Concatenate[sa.Connection, P], Done | Refusal | None], *args: P.args, **kwargs: P.kwargs
) -> Done | Refusal | None:
    """Run a transaction; again, when another one was faster on the same rows."""
    return _counted(site, await _tried(site, None, fn, *args, **kwargs))


def _counted(site: Site, result: Done | Refusal | None) -> Done | Refusal | None:
    if isinstance(result, Refusal):
        counters.REFUSALS.labels(result.code).inc()
    elif result is not None and not result.replayed:
        counters.COMMITS.inc()
        if result.stirs:
            site.database.bell.ring(result.stirs)
    return result


#: as SQLite says it; PostgreSQL says SQLSTATE 23505
THERE_ALREADY = ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_ROWID")


async def _tried(
    site: Site,
    asked: Asked | None,
    fn: Callable[Concatenate[sa.Connection, P], Done | Refusal | None],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Done | Refusal | None:
    for _ in range(4):
        try:
            return await site.database.write(fn, *args, **kwargs)
        except Refused as refused:
            return refused.refusal
        except Lost:
            continue
        except (exc.IntegrityError, sqlite3.IntegrityError) as error:
            if not _there_already(error):
                raise
            # the key, or on PostgreSQL the number of an event or a counter that another worker has just written
            if asked and (before := await site.database.read(replayed, asked)):
                return before
    return BUSY


def _there_already(error: exc.IntegrityError | sqlite3.IntegrityError) -> bool:
    """Whether a row that has the same key was in the way."""
    cause = error.orig if isinstance(error, exc.IntegrityError) else error
    return getattr(cause, "sqlstate", "") == "23505" or getattr(cause, "sqlite_errorname", "") in THERE_ALREADY


BUSY = Refusal(
    code="lost-race",
    message={"zh": "很多人同时在办理这份申请，请稍后再试", "en": "Many people are acting on this case at once: try again in a moment"},
)
RETIRED = Refusal(
    code="retired",
    message={
        "zh": "这项业务已停止受理，不能再提交新的申请；已经提交的申请照常办理",
        "en": "This app takes no new applications; those handed in before are decided as usual",
    },
)
KEY_REUSED = Refusal(
    code="key-reused",
    message={
        "zh": "这次提交的编号已用于另一项内容，请刷新页面后重试",
        "en": "This key was used for something else: reload the page and try again",
    },
)


def _submit(
    conn: sa.Connection,
    asked: Asked,
    app: str,
    answers: dict[str, Any],
    picked: dict[str, tuple[str, ...]],
    *,
    post: Holding | None,
    draft: str | None,
) -> Done | Refusal | None:
    site, person = asked.site, asked.person
    program = site.catalogue.latest(app)
    directory = DatabaseDirectory(conn)
    applicant = organisation.applying(directory, person, post)
    if program is None or applicant is None or not candidates.may_start(program, applicant, directory):
        return None
    if site.catalogue.retired(app):
        raise Refused(RETIRED)
    if strange := relating.strangers(conn, program, person, answers, {}):
        raise Refused(refusals.invalid(strange))
    now = site.clock()
    number = next_number(conn, program, now, directory)
    command = Submit(id=new_id(), applicant=applicant, number=number, answers=answers, picked=picked)
    done = begin(conn, site, program, command, now, directory)
    remember(conn, asked, done, directory.organisation)
    if draft:
        conn.execute(_USE_DRAFT, {"draft": draft, "owner": person})
    return done


def next_number(conn: sa.Connection, program: Program, now: datetime, directory: DatabaseDirectory) -> str:
    """The number of a new case."""
    day = now.astimezone(ZoneInfo(directory.calendar.time_zone)).date()
    seq = _draw(conn, f"number {words.number_scope(program.app.number, day)}", directory.organisation)
    return words.number(program.app.number, day, seq)


def begin(conn: sa.Connection, site: Site, program: Program, command: Submit, now: datetime, directory: DatabaseDirectory) -> Done:
    """The rows of a new case. Raises Refused."""
    decision = _decide(conn, program, None, command, now, directory)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    _claim_files(conn, program, {}, decision.case, command.applicant.id)
    own = {"organisation": directory.organisation, "app": program.app.id}
    first = {**rows.submitted(program, decision.case), **rows.standing(conn, program, decision.case, now), **own}
    events = chain.rows(decision.case.id, directory.organisation, decision.events, "")
    writes = Together()
    writes.add(rows.NEW_CASE, [first | {"head": events[-1]["hash"]}])
    rows.keep(writes, program, decision, events, directory.organisation, first["subject"])
    stirs = effects.keep(writes, decision, directory.organisation, now, mails=site.mails)
    writes.run(conn)
    if across.changed(program, None, decision.case):
        _across(conn, program, decision.case, command.applicant.id, directory)
    folded.keep(events[-1]["hash"], decision.case)
    return Done(decision.case, decision.events, program, replayed=False, stirs=stirs)


def on_task(conn: sa.Connection, asked: Asked, command: Act | Recall | Remove | Remind) -> Done | Refusal | None:
    """A command on the case of a task, which the person may see."""
    row = _VISIBLE_BY_TASK.one(conn, {"task": command.task, "person": asked.person})
    return transition(conn, asked.site, row, command, asked) if row else None


def on_case(conn: sa.Connection, asked: Asked, case: str, command: Command) -> Done | Refusal | None:
    """A command on a case, which the person may see."""
    row = _VISIBLE_LOCKED.one(conn, {"case": case, "person": asked.person})
    return transition(conn, asked.site, row, command, asked) if row else None


def visible(conn: sa.Connection, person: str, case: str) -> Any:
    """The row of a case that the person may see, locked; None: there is none for them."""
    return _VISIBLE_LOCKED.one(conn, {"case": case, "person": person})


def transition(
    conn: sa.Connection, site: Site, row: Any, command: Command, asked: Asked | None = None, *, under: Program | None = None
) -> Done | Refusal:
    """A command on the case of ``row``, as LOCKED reads it. The answer to ``asked`` is remembered, as by `remember`. ``under``: another
    release, which the case has from here on.
    """
    before = folded.standing(conn, row)
    program = under or site.catalogue.load(conn, row.digest)
    if isinstance(command, Act) and (strange := relating.strangers(conn, program, command.actor, command.answers, before.answers)):
        return refusals.invalid(strange)
    now = site.clock()
    decision = _decide(conn, program, before, command, now, DatabaseDirectory(conn, (row.organisation, row.version)))
    if isinstance(decision, Refusal):
        return decision
    if decision.case.answers is not before.answers:
        _claim_files(conn, program, before.answers, decision.case, asked.person if asked else None)
    done = Done(decision.case, decision.events, program, replayed=False)
    changed = rows.standing(conn, program, decision.case, now)
    if changed["subject"] != row.subject:
        conn.execute(_REWORD, {"of": row.id, "subject": changed["subject"]})
    new = chain.rows(row.id, row.organisation, decision.events, row.head)
    writes = Together()
    writes.add(
        rows.MOVE_CASE if changed["status"] == row.status else rows.CHANGE_CASE,
        [{"of": row.id, "read": row.rev, "head": new[-1]["hash"], **changed}],
    )
    rows.keep(writes, program, decision, new, row.organisation, changed["subject"])
    stirs = effects.keep(writes, decision, row.organisation, now, mails=site.mails)
    if asked:
        writes.add(_NEW_KEY, [_key(asked, done, row.organisation)])
    if writes.run(conn) != 1:
        raise Lost
    if under:
        _reword(conn, row.id, before, done)
    if across.changed(program, None if under else before.answers, decision.case):
        _across(conn, program, decision.case, command.actor if isinstance(command, Act) else "", DatabaseDirectory(conn))
    folded.keep(new[-1]["hash"], decision.case)
    return done._replace(stirs=stirs)


def _across(conn: sa.Connection, program: Program, case: Case, person: str, directory: DatabaseDirectory) -> None:
    """The rules across cases hold with ``case`` as it stands now. Raises Refused."""
    zone = directory.calendar.time_zone
    if problems := across.hold(conn, program, case, person, directory.organisation, zone):
        raise Refused(refusals.invalid(problems))


def _reword(conn: sa.Connection, id: str, before: Case, done: Done) -> None:
    """The rows of a case under the words and step ids of its new release."""
    program = done.program
    conn.execute(_RELEASE, {"of": id, "digest": program.digest, "app_title": program.app.title})
    for task in done.case.tasks.values():
        was = before.tasks.get(task.id)
        if was and (task.state == "open" or was.step != task.step):
            words = {"step": task.step, "step_title": rows.step_title(program, task.step), "app_title": program.app.title}
            conn.execute(_RESTEP, {"task": task.id, **words})


def _claim_files(conn: sa.Connection, program: Program, before: Mapping[str, Any], case: Case, actor: str | None) -> None:
    """Files that have come into the answers belong to the case from now on. Raises Refused where one may not."""
    if not held.fields(program.app.form):
        return
    others = (case.parent.case,) if case.parent else ()
    if wrong := held.claim(conn, program.app.form, before, case.answers, case=case.id, actor=actor, others=others):
        raise Refused(
            Refusal(
                code="invalid-answers", message={"zh": "有附件需要重新上传", "en": "Some files need to be uploaded again"}, fields=wrong
            )
        )


# --- one request, once ---


def _fingerprint(*asked: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def replayed(conn: sa.Connection, asked: Asked) -> Done | Refusal | None:
    """The answer that the same request got before under its key; None when the key is new."""
    row = conn.execute(_KEY, {"person": asked.person, "key": asked.key}).first()
    if row is None:
        return None
    if row.fingerprint != asked.fingerprint:
        return KEY_REUSED
    events, _ = chain.read(conn, row.case)
    program = asked.site.catalogue.load(conn, _release_at(events, row.until, row.digest))
    events = events[: row.until]
    return Done(fold(events, row.case, row.app), tuple(events[row.since :]), program, replayed=True)


def _release_at(events: Sequence[Event], until: int, now: str) -> str:
    """The release that a case had when ``until`` was its last event; ``now``: that it has now."""
    later = (event.fact for event in events[until:])
    return next((fact.before for fact in later if isinstance(fact, Migrated | MovedBack)), now)


def remember(conn: sa.Connection, asked: Asked, done: Done, organisation: str) -> None:
    """The answer to ``asked``, for when it is asked again."""
    _NEW_KEY.run(conn, [_key(asked, done, organisation)])


def _key(asked: Asked, done: Done, organisation: str) -> dict[str, Any]:
    row = {"person": asked.person, "key": asked.key, "organisation": organisation, "fingerprint": asked.fingerprint}
    span = {"since": done.case.events - len(done.events), "until": done.case.events}
    return {**row, **span, "case": done.case.id, "at": asked.site.clock()}


def _decide(
    conn: sa.Connection, program: Program, case: Case | None, command: Command, now: datetime, directory: DatabaseDirectory
) -> Decision | Refusal:
    """The engine's decision, with the numbers it asks for. Raises Refused when some were drawn in vain: that would leave a gap."""
    drawn: dict[str, int] = {}
    while isinstance(outcome := engine.decide(program, case, command, now, directory, drawn=drawn), Draw):
        drawn |= {scope: _draw(conn, f"issue {scope}", directory.organisation) for scope in outcome.scopes}
    if drawn and isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


def _draw(conn: sa.Connection, scope: str, organisation: str) -> int:
    """The next number of a series. Its row stays locked until the commit, so that a refused or failed command leaves no gap."""
    row = _DRAW.on(conn).first(conn, {"scope": scope, "organisation": organisation, "value": 1})
    assert row is not None
    return row[0]


# --- finding: what a person may not see does not exist ---


async def find(site: Site, person: str, case: str) -> Found | None:
    """A case that the person started, ever had a task of, got a copy of, or looks after as flow administrator."""
    return await site.database.read(_find, site.catalogue, person, case)


async def find_task(site: Site, person: str, task: str) -> FoundTask | None:
    """A task that was given to the person, whatever became of it."""
    return await site.database.read(own_task, site.catalogue, person, task)


def _find(conn: sa.Connection, catalogue: Catalogue, person: str, case: str) -> Found | None:
    row = conn.execute(_VISIBLE, {"case": case, "person": person}).first()
    if row is None:
        return None
    events, _ = chain.read(conn, case)
    return Found(fold(events, case, row.app), tuple(events), catalogue.load(conn, row.digest), row.digest, row, row.unread)


def seen(conn: sa.Connection, person: str, case: str) -> Any:
    """The whole row of a case that the person may see; None: there is none for them."""
    return conn.execute(_VISIBLE, {"case": case, "person": person}).first()


def own_task(conn: sa.Connection, catalogue: Catalogue, person: str, task: str) -> FoundTask | None:
    row = conn.execute(_OWN_TASK, {"task": task, "person": person}).first()
    if row is None:
        return None
    events, _ = chain.read(conn, row.id)
    case = fold(events, row.id, row.app)
    return FoundTask(case.tasks[task], case, tuple(events), catalogue.load(conn, row.digest), row.digest, row)


# --- statements ---

_unread = sa.exists().where(t.copy.c.case == t.case.c.id, t.copy.c.person == given("person", type_=sa.String), t.copy.c.read_at.is_(None))
_VISIBLE = sa.select(t.case, _unread.label("unread")).where(t.case.c.id == given("case"), VISIBLE)
#: what a transition reads of a case, which is locked by it; and the version of the organisation, to save a way to the database
LOCKED = sa.select(
    *(t.case.c.id, t.case.c.organisation, t.case.c.app, t.case.c.digest, t.case.c.status, t.case.c.rev, t.case.c.head, t.case.c.subject),
    sa.select(t.organisation.c.version).where(t.organisation.c.id == t.case.c.organisation).scalar_subquery().label("version"),
).with_for_update(of=t.case)
_VISIBLE_LOCKED = Statement(LOCKED.where(VISIBLE, t.case.c.id == given("case")))
_of_task = sa.select(t.task.c.case).where(t.task.c.id == given("task")).scalar_subquery()
_VISIBLE_BY_TASK = Statement(LOCKED.where(VISIBLE, t.case.c.id == _of_task))
_OWN_TASK = (
    sa.select(t.case).join(t.task, t.task.c.case == t.case.c.id).where(t.task.c.id == given("task"), t.task.c.person == given("person"))
)
_KEY = (
    sa.select(t.idempotency, t.case.c.digest, t.case.c.app)
    .join(t.case, t.case.c.id == t.idempotency.c.case)
    .where(t.idempotency.c.person == given("person"), t.idempotency.c.key == given("key"))
)
_NEW_KEY = statements.insert(t.idempotency)
#: the subject speaks of answers, and open tasks show it
_REWORD = sa.update(t.task).where(t.task.c.case == given("of"), t.task.c.state == t.OPEN)
_RELEASE = sa.update(t.case).where(t.case.c.id == given("of"))
_RESTEP = sa.update(t.task).where(t.task.c.id == given("task"))
_READ = (
    sa.update(t.copy)
    .where(t.copy.c.case == given("of"), t.copy.c.person == given("owner"), t.copy.c.read_at.is_(None))
    .values(read_at=given("now"))
)
_USE_DRAFT = sa.delete(t.draft).where(t.draft.c.id == given("draft"), t.draft.c.person == given("owner"))
_DRAW = OwnWords(
    lambda insert: (
        insert(t.counter)
        .on_conflict_do_update(index_elements=["scope", "organisation"], set_={"value": t.counter.c.value + 1})
        .returning(t.counter.c.value)
    ),
    ["scope", "organisation", "value"],
)
