"""Whether the rows say what the events say: asked by tests, and by administrators after a restore."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from forms.texts import Text
from runtime.store import anchor as anchors
from runtime.store import chain
from runtime.store import tables as t
from workflows.case import Case, Task
from workflows.fold import fold


def differences(conn: sa.Connection, case: str | None = None) -> list[str]:
    """Every difference between the events and the rows of one case or of all, and every broken chain; empty: none."""
    rows = sa.select(t.case).order_by(t.case.c.id)
    found: list[str] = []
    for row in conn.execute(rows if case is None else rows.where(t.case.c.id == case)).mappings().all():
        id = row["id"]
        if broken := chain.verify(conn, id):
            found.append(f"case {id}: event {broken.seq} does not follow from the one before it")
            continue
        events, last = chain.read(conn, id)
        if last != row["head"]:
            found.append(f"case {id}: the row names another last event than the chain has")
        try:
            folded = fold(events, id, row["app"])
        except (ValueError, KeyError) as error:
            found.append(f"case {id}: its events do not fold: {error}")
            continue
        found += [f"case {id}: {words}" for words in _compare(conn, row, folded)]
    if case is None:
        lost = sa.select(t.event.c.case).distinct().where(t.event.c.case.not_in(sa.select(t.case.c.id)))
        found += [f"case {id}: has events and no row" for id in conn.scalars(lost)]
    return found


def first_bad(conn: sa.Connection, anchor: Path | None = None) -> Text | None:
    """The first event that was changed, cut out or put in, by the chains themselves and by the ``anchor`` outside; None: none was."""
    if broken := chain.verify(conn):
        number = conn.scalar(sa.select(t.case.c.number).where(t.case.c.id == broken.case)) or "?"
        return {
            "zh": f"申请 {number}（{broken.case}）的第 {broken.seq} 条事件与前一条接不上",
            "en": f"Case {number} ({broken.case}): event {broken.seq} does not follow from the one before it",
        }
    if anchor and not anchor.exists():
        return {"zh": f"锚定文件不在了：{anchor}", "en": f"The anchor is gone: {anchor}"}
    cut = anchors.check(conn, anchor) if anchor else None
    if cut is None:
        return None
    if cut.case is None:
        return {"zh": f"锚定文件第 {cut.seq} 行被改动过", "en": f"Line {cut.seq} of the anchor was changed"}
    number, at = conn.scalar(sa.select(t.case.c.number).where(t.case.c.id == cut.case)) or "?", cut.at.isoformat() if cut.at else ""
    return {
        "zh": f"申请 {number}（{cut.case}）的第 {cut.seq} 条事件与 {at} 的锚不符：被截断或改写",
        "en": f"Case {number} ({cut.case}): event {cut.seq} is not as anchored at {at}: it was cut off or rewritten",
    }


def _compare(conn: sa.Connection, row: Mapping[Any, Any], folded: Case) -> Iterator[str]:
    yield from _differing("", _case(folded), row)
    if folded.release is not None:
        yield from _differing("", {"digest": folded.release}, row)
    tasks = {task["id"]: task for task in conn.execute(sa.select(t.task).where(t.task.c.case == folded.id)).mappings()}
    for id in folded.tasks.keys() | tasks.keys():
        if id in tasks and id in folded.tasks:
            yield from _differing(f"task {id}: ", _task(folded.tasks[id]), tasks[id])
        else:
            yield f"task {id}: {'only in the rows' if id in tasks else 'only in the events'}"
    copies = set(conn.scalars(sa.select(t.copy.c.person).where(t.copy.c.case == folded.id)))
    if copies != set(folded.copied):
        yield f"copies: the events say {sorted(folded.copied)}, the rows {sorted(copies)}"
    timers = {row.id: row.at for row in conn.execute(sa.select(t.timer.c.id, t.timer.c.at).where(t.timer.c.case == folded.id))}
    waited = {timer.id: timer.at for timer in folded.timers.values()}
    if timers != waited:
        yield f"timers: the events say {waited}, the rows {timers}"
    if folded.status == "open" and not folded.open_tasks() and not folded.visits and not folded.still:
        yield "is open, and nobody is asked"


def _case(case: Case) -> dict[str, Any]:
    due = [task.limit for task in case.open_tasks() if task.limit]
    return {
        "number": case.number,
        "applicant": case.applicant.id,
        "department": case.applicant.department,
        "post": case.applicant.post,
        "status": case.status,
        "outcome": case.outcome,
        "rev": case.events,
        "answers": case.answers,
        "due": min(due, default=None),
        "created_at": case.created_at,
        "ended_at": case.ended_at,
    }


def _task(task: Task) -> dict[str, Any]:
    names = ("step", "round", "person", "name", "state", "how", "opened_at", "due_uncertain", "closed_at")
    return {name: getattr(task, name) for name in names} | {"due": task.limit, "urgency": task.limit or t.NO_LIMIT}


def _differing(of: str, events: Mapping[str, Any], row: Mapping[Any, Any]) -> Iterator[str]:
    for name, said in events.items():
        if said != row[name]:
            yield f"{of}{name}: the events say {said!r}, the row {row[name]!r}"
