"""What is done to a case beside deciding one's task: taking back, reminding, removing, stopping; and the hand-over of a leaver."""

from typing import Literal

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.casework import cases
from runtime.casework.cases import Done, Site
from runtime.people import signing_in, standing_in
from runtime.people.organisation import DatabaseDirectory
from runtime.store import tables as t
from runtime.store.ids import new_id
from workflows import refusals
from workflows.commands import HandOver, Recall, Refusal, Remind, Remove, Resume, Suspend, Terminate

ON_TASK: dict[str, type[Recall | Remove | Remind]] = {"recall": Recall, "removal": Remove, "reminder": Remind}
ON_CASE: dict[str, type[Suspend | Resume | Terminate]] = {"suspension": Suspend, "resumption": Resume, "termination": Terminate}

OnTask = Literal["recall", "removal", "reminder"]
OnCase = Literal["suspension", "resumption", "termination"]


async def on_task(site: Site, person: str, what: OnTask, task: str, key: str) -> Done | Refusal | None:
    """Take back what one decided with a task, take out whom one added, or remind whoever has it. None: the person may not see its case."""
    command = ON_TASK[what](id=new_id(), actor=person, task=task)
    return await cases.once(cases.asking(site, person, key, task, command), cases.on_task, command)


async def on_case(site: Site, person: str, what: OnCase, case: str, key: str, reason: str) -> Done | Refusal | None:
    """Stop a case, let it go on, or end it. None: the person may not see it."""
    command = ON_CASE[what](id=new_id(), actor=person, reason=reason)
    return await cases.once(cases.asking(site, person, key, case, command), cases.on_case, case, command)


async def hand_over(site: Site, by: str, person: str, to: str, address: str) -> int | Refusal:
    """Everything that waits for ``person``, and all that would be given to them, goes to ``to``: recorded in the log of access and in
    each case. How many cases it was. May be done again where it was interrupted. Who may do this is for the caller to know.
    """
    if refusal := await site.database.write(_succeed, by, person, to, address, site):
        return refusal
    waiting = await site.database.read(_waiting, person)
    moved = 0
    for case in waiting:
        command = HandOver(id=new_id(), actor=by, person=person, to=to)
        moved += isinstance(await cases.carried_out(site, _hand_over, site, case, command), Done)
    return moved


def _succeed(conn: sa.Connection, by: str, person: str, to: str, address: str, site: Site) -> Refusal | None:
    directory = DatabaseDirectory(conn)
    leaver, successor = directory.person(person), directory.person(to)
    if leaver is None or successor is None or successor.disabled or to == person:
        return refusals.refuse("bad-target", "请选择一位在岗的人员", "Choose someone whose account is active")
    standing_in.succeed(conn, person, to, by, directory.organisation, site.clock())
    signing_in.record(conn, by, address, "hand-over", f"{person} → {to}", "done", site.clock())
    return None


def _hand_over(conn: sa.Connection, site: Site, case: str, command: HandOver) -> Done | Refusal | None:
    row = conn.execute(_LOCKED, {"case": case}).first()
    return cases.transition(conn, site, row, command) if row else None


def _waiting(conn: sa.Connection, person: str) -> list[str]:
    return list(conn.scalars(_OPEN_CASES, {"person": person}))


_LOCKED = cases.LOCKED.where(t.case.c.id == given("case"))
_OPEN_CASES = sa.select(t.task.c.case).where(t.task.c.person == given("person"), t.task.c.state == t.OPEN).distinct()
