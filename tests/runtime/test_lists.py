"""Lists page by page, searching, counting; and how a falsified record is noticed."""

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from support import city
from support.city import APPLICANT, APPROVER, OUTSIDER, City, Clock

from runtime.casework import cases, drafts, lists, verify
from runtime.casework.cases import Done
from runtime.store import chain, statements, tables
from runtime.store.database import Database


async def filled(database: Database, number: int) -> City:
    """``number`` leaves handed in a minute apart."""
    site = await city.found(database)
    assert isinstance(site.clock, Clock)
    for n in range(number):
        assert isinstance(await cases.submit(site, APPLICANT, "leave", {"days": 1 + n % 3, "reason": f"第{n}件"}, f"k{n}"), Done)
        site.clock.forward(minutes=1)
    return site


def all_pages(database: Database, which: Callable[..., lists.Page], person: str, limit: int) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = database.read_now(which, person, after=after, limit=limit)
        found += [row.case_id for row in page.rows]
        after = page.next
        if after is None:
            return found


def test_pages_hold_every_row_once(database: Database) -> None:
    """Whatever their length; the most urgent task first, the newest case first."""
    asyncio.run(filled(database, 7))
    whole = [row.case_id for row in database.read_now(lists.todo, APPROVER).rows]
    for limit in (1, 3, 7, 8):
        assert all_pages(database, lists.todo, APPROVER, limit) == whole
        assert all_pages(database, lists.mine, APPLICANT, limit) == whole[::-1]


def test_a_row_is_made_once_and_anew_when_it_says_something_else(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are opened again and again; what has changed since is seen at once, however few rows are remembered."""
    asyncio.run(filled(database, 3))
    first = database.read_now(lists.todo, APPROVER).rows
    assert all(one is other for one, other in zip(first, database.read_now(lists.todo, APPROVER).rows, strict=True))
    monkeypatch.setattr(statements, "REMEMBERED", 2)
    asyncio.run(database.write(lambda conn: conn.execute(sa.update(tables.task).values(subject="新的说法"))))
    again = database.read_now(lists.todo, APPROVER).rows
    assert [row.subject for row in again] == ["新的说法"] * 3
    assert [row.case_id for row in again] == [row.case_id for row in first]


def test_a_marker_we_did_not_write_begins_at_the_start(database: Database) -> None:
    """It comes from the address bar."""
    asyncio.run(filled(database, 2))
    for marker in ("", "x", "x~y", "20261123T000000.0"):
        assert len(database.read_now(lists.todo, APPROVER, after=marker).rows) == 2


def test_lists_are_searched_and_narrowed(database: Database) -> None:
    """By subject, number and applicant; by app; wildcards mean themselves."""
    asyncio.run(filled(database, 3))

    def found(text: str, app: str | None = None) -> int:
        return len(database.read_now(lists.todo, APPROVER, app=app, text=text).rows)

    assert [found("第1件"), found("0003"), found("陈晓琳"), found("%"), found("没有")] == [1, 1, 3, 0, 0]
    assert [found("", "leave"), found("", "other")] == [3, 0]


def test_lists_are_counted(database: Database) -> None:
    """Everything of one's own and nothing else."""

    async def run() -> None:
        site = await filled(database, 3)
        await database.write(drafts.save, APPLICANT, "leave", None, [("days", "1")], site.clock())
        task = (await database.read(lists.todo, APPROVER)).rows[0].task_id
        assert task
        await cases.act(site, APPROVER, task, "approve", "d")

    asyncio.run(run())
    assert database.read_now(lists.counts, APPROVER) == lists.Counts(2, 1, 0, 0, 0, 0)
    assert database.read_now(lists.counts, APPLICANT) == lists.Counts(0, 0, 3, 0, 0, 1, messages=1)
    assert database.read_now(lists.counts, OUTSIDER) == lists.Counts(0, 0, 0, 0, 0, 0)
    assert len(database.read_now(lists.done, APPROVER).rows) == 1


def test_a_draft_is_its_owners_alone(database: Database) -> None:
    """Others neither find, change nor discard it."""

    async def run() -> None:
        site = await city.found(database)
        pairs = [("days", "2"), ("days", "abc"), ("reason", "")]
        draft = await database.write(drafts.save, APPLICANT, "leave", None, pairs, site.clock())
        assert draft
        assert await database.read(drafts.find, APPLICANT, draft.id) == draft
        assert draft.pairs == pairs
        assert await database.read(drafts.find, OUTSIDER, draft.id) is None
        assert await database.write(drafts.save, OUTSIDER, "leave", draft.id, [], site.clock()) is None
        assert not await database.write(drafts.discard, OUTSIDER, draft.id)
        assert await database.write(drafts.discard, APPLICANT, draft.id)

    asyncio.run(run())


@pytest.mark.parametrize(
    "falsify",
    [
        sa.update(tables.event).where(tables.event.c.seq == 2).values(actor=OUTSIDER),
        sa.update(tables.event).where(tables.event.c.seq == 2).values(fact='{"kind":"ended","outcome":"approved"}'),
        sa.delete(tables.event).where(tables.event.c.seq == 2),
    ],
    ids=["who", "what", "missing"],
)
@pytest.mark.approval("trail")
def test_the_first_falsified_event_is_named(database: Database, falsify: sa.Update | sa.Delete) -> None:
    """Changed or taken out."""
    asyncio.run(filled(database, 2))
    assert database.read_now(chain.verify) is None
    case = database.read_now(lists.mine, APPLICANT).rows[0].case_id
    table = tables.event
    database.write_now(lambda conn: conn.execute(falsify.where(table.c.case == case)).rowcount)
    assert database.read_now(chain.verify) == chain.Broken(case, 2)
    assert [case in words for words in database.read_now(verify.differences)] == [True]


def test_a_row_that_says_something_else_is_named(database: Database) -> None:
    """A task closed behind the engine's back."""
    asyncio.run(filled(database, 1))
    database.write_now(lambda conn: conn.execute(sa.update(tables.task).values(state="done")).rowcount)
    (words,) = database.read_now(verify.differences)
    assert "state: the events say 'open', the row 'done'" in words
