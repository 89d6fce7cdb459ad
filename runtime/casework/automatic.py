"""Commands that no person gives: a timer has rung, a message came from outside, a case called another one. Each is one transaction.

What asks for the command is taken away in the same transaction, so it is carried out once, however often it is tried.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.casework import cases, effects
from runtime.casework.cases import Done, Refused, Site
from runtime.people import organisation
from runtime.people.organisation import DatabaseDirectory
from runtime.people.sessions import INTEGRATION
from runtime.store import tables as t
from runtime.store import timers
from runtime.store.ids import new_id
from runtime.store.outbox import Letter, NotNow, Undeliverable
from runtime.store.timers import Due
from workflows import effects as wanted
from workflows.commands import Cancel, ChildEnded, Command, Deliver, Fire, Refusal, Submit
from workflows.events import Parent

#: refusals that mean: there is nothing to do any more
OVER = frozenset({"gone", "lost-race"})


async def fire(site: Site, due: Due) -> None:
    """A timer has rung. Raises Refused when the case could not make anything of it; then it may be tried again."""
    first = partial(timers.rung, case=due.case, id=due.id, now=site.clock())
    await _carried_out(site, due.case, Fire(id=new_id(), timer=due.id), first)


async def deliver(site: Site, case: str, name: str, payload: dict[str, Any], key: str, sender: str) -> Done | Refusal | None:
    """A named message for a case, once for each key of its sender. None: there is no such case, or ``sender`` may not bring messages:
    those who take part in a case must not be able to tell it what it waits to hear from elsewhere.
    """
    command = Deliver(id=new_id(), name=name, payload=payload)
    return await cases.once(cases.asking(site, sender, key, case, command), _delivered, case, command)


def _delivered(conn: sa.Connection, asked: cases.Asked, case: str, command: Deliver) -> Done | Refusal | None:
    if conn.execute(_INTEGRATION, {"person": asked.person}).first() is None:
        return None
    row = conn.execute(_LOCKED, {"case": case}).first()
    if row is None:
        return None
    done = cases.transition(conn, asked.site, row, command)
    if isinstance(done, Done):
        cases.remember(conn, asked, done, row.organisation)
    return done


#: one of `wanted.Body`; pyright takes a union for no type
_body: msgspec.json.Decoder[wanted.Body] = msgspec.json.Decoder(wanted.Body)


async def call(site: Site, letter: Letter) -> None:
    """What one case wants of another: to begin, to be cancelled, to hear that it has ended. Raises Undeliverable and NotNow."""
    body = _body.decode(letter.body)
    first = partial(_taken, letter=letter.id)
    try:
        match body:
            case wanted.StartCase():
                result = await cases.carried_out(site, _begin, site, letter, body)
            case wanted.CancelCase():
                await _cancel(site, letter, body)
                return
            case wanted.ChildEnded():
                command = ChildEnded(
                    id=new_id(), case=body.case, step=body.step, index=body.index, outcome=body.outcome, answers=body.answers
                )
                await _carried_out(site, body.parent, command, first)
                return
            case _:
                raise Undeliverable("not a letter to a case")
    except Refused as refused:
        raise Undeliverable(refused.refusal.message["en"]) from refused
    if isinstance(result, Refusal):
        raise (NotNow if result is cases.BUSY else Undeliverable)(result.message["en"])


def _taken(conn: sa.Connection, letter: str) -> bool:
    """Takes a letter away, in the transaction that does what it says. False: it was withdrawn, or somebody else has done it."""
    return conn.execute(_TAKE, {"letter": letter}).rowcount == 1


def _begin(conn: sa.Connection, site: Site, letter: Letter, start: wanted.StartCase) -> Done | Refusal | None:
    """The child. It has the id that its parent gave it, so there is never a second one."""
    if not _taken(conn, letter.id):
        return None
    program = site.catalogue.latest(start.app)
    directory = DatabaseDirectory(conn)
    applicant = organisation.applying(directory, start.applicant, None)
    if program is None or applicant is None:
        raise Refused(NO_APP if program is None else NO_APPLICANT)
    now = site.clock()
    command = Submit(
        id=start.case,
        applicant=applicant,
        number=cases.next_number(conn, program, now, directory),
        answers=start.answers,
        parent=Parent(case=start.parent, step=start.step, index=start.index, waits=start.waits),
    )
    return cases.begin(conn, site, program, command, now, directory)


NO_APP = Refusal(code="not-allowed", message={"zh": "被调用的应用尚未发布", "en": "The app that is called has not been published"})
NO_APPLICANT = Refusal(code="not-allowed", message={"zh": "发起人不能发起申请", "en": "The person who is to apply may not"})


async def _cancel(site: Site, letter: Letter, cancel: wanted.CancelCase) -> None:
    """Cancels the child; one that has not begun never begins."""

    def first(conn: sa.Connection) -> bool:
        if not _taken(conn, letter.id):
            return False
        conn.execute(_NEVER_BEGIN, {"letter": effects.start_name(cancel.case)})
        return True

    await _carried_out(site, cancel.case, Cancel(id=new_id(), parent=cancel.parent), first)


async def _carried_out(site: Site, case: str, command: Command, first: Callable[[sa.Connection], bool]) -> None:
    """``command``, unless ``first`` says, in the same transaction, that there is nothing to do. Raises Refused, NotNow."""
    result = await cases.carried_out(site, _on_case, site, case, command, first)
    if isinstance(result, Refusal) and result.code not in OVER:
        raise Refused(result)
    if result is cases.BUSY:
        raise NotNow("busy")


def _on_case(conn: sa.Connection, site: Site, case: str, command: Command, first: Callable[[sa.Connection], bool]) -> Done | Refusal | None:
    # the case before its timers and letters, as every command takes them; a letter that cancels a case meets one that begins it
    row = conn.execute(_LOCKED, {"case": case}).first()
    if not first(conn):
        return None
    if row is None:
        row = conn.execute(_LOCKED, {"case": case}).first()
        if row is None:
            return None
    done = cases.transition(conn, site, row, command)
    if isinstance(done, Refusal) and done.code not in OVER:
        raise Refused(done)
    return done


_INTEGRATION = sa.select(t.platform_role.c.person).where(t.platform_role.c.person == given("person"), t.platform_role.c.role == INTEGRATION)
_LOCKED = cases.LOCKED.where(t.case.c.id == given("case"))
_TAKE = sa.delete(t.outbox).where(t.outbox.c.id == given("letter"), t.outbox.c.state == "waiting")
_NEVER_BEGIN = sa.delete(t.outbox).where(t.outbox.c.id == given("letter"))
