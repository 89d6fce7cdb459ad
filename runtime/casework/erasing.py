"""Erasing answers of a case that has ended: from its row, its events, and whatever else repeats them."""

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.casework import cases
from runtime.casework.cases import Done, Refused, Site
from runtime.store import chain
from runtime.store import tables as t
from runtime.store.ids import new_id
from workflows import refusals
from workflows.commands import Erase, Refusal


async def erase(site: Site, number: str, fields: tuple[str, ...], reason: str, by: str) -> Done | Refusal | None:
    """The answers ``fields`` of the case with the id or number ``number`` are gone for good; the chain of its events holds as before.
    None: there is no such case. Who may do this is for the caller to know.
    """
    return await cases.carried_out(site, _erase, site, number, Erase(id=new_id(), fields=fields, reason=reason, by=by))


def _erase(conn: sa.Connection, site: Site, number: str, command: Erase) -> Done | Refusal | None:
    row = conn.execute(_LOCKED, {"number": number}).first()
    if row is None:
        return None
    done = cases.transition(conn, site, row, command)
    if isinstance(done, Refusal):
        return done
    if not chain.erase(conn, row.id, command.fields):
        raise Refused(
            refusals.refuse(
                "cannot-undo",
                "这份申请早于加盐的记录，删除会使事件链断开",
                "This case is older than salted records: without these answers its chain would break",
            )
        )
    # tasks keep the subject they were decided under, and drafts what was typed
    conn.execute(_REWORD, {"of": row.id, "subject": conn.scalar(_SUBJECT, {"of": row.id})})
    conn.execute(_FORGET, {"of": row.id})
    return done


_LOCKED = cases.LOCKED.where(sa.or_(t.case.c.id == given("number"), t.case.c.number == given("number")))
_SUBJECT = sa.select(t.case.c.subject).where(t.case.c.id == given("of"))
_REWORD = sa.update(t.task).where(t.task.c.case == given("of"))
_FORGET = sa.delete(t.draft).where(t.draft.c.id.in_(sa.select(t.task.c.id).where(t.task.c.case == given("of"))))
