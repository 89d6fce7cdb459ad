"""Commands on cases, through the one door that commits them, on both databases."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from support import city
from support.city import APPLICANT, APPROVER, FINANCE, FLOW_ADMIN, LONG, OUTSIDER, READER, SHORT, City

from runtime.casework import cases, drafts, lists, verify
from runtime.casework.cases import Done
from runtime.store import tables
from runtime.store.database import Database
from workflows.commands import Refusal
from workflows.events import Commented
from workflows.people import Holding


def story(database: Database, tell: Callable[[City], Awaitable[None]]) -> None:
    """Run what happens in the office; afterwards rows and events must say the same."""

    async def run() -> None:
        await tell(await city.found(database))

    asyncio.run(run())
    assert database.read_now(verify.differences) == []


async def submitted(site: City, answers: dict[str, Any] = SHORT, key: str = "k1") -> Done:
    done = await cases.submit(site, APPLICANT, "leave", answers, key)
    assert isinstance(done, Done), done
    return done


async def decided(site: City, person: str, case: str, action: str = "approve", key: str = "d1", **more: Any) -> Done | Refusal | None:
    """``person`` acts on the only task of theirs in ``case``."""
    page = await site.database.read(lists.todo, person)
    (row,) = [row for row in page.rows if row.case_id == case]
    assert row.task_id
    return await cases.act(site, person, row.task_id, action, key, **more)


def rows(database: Database, table: sa.Table) -> list[Any]:
    return list(database.read_now(lambda conn: conn.execute(sa.select(table)).all()))


def test_submit_opens_the_task_of_the_approver(database: Database) -> None:
    """A number is drawn, the head is asked, the limit is computed over the calendar."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        assert done.case.number == "QJ-20261123-0001"
        (row,) = (await site.database.read(lists.todo, APPROVER)).rows
        assert (row.subject, row.app_title["zh"], row.applicant_name) == ("陈晓琳 · 回乡探亲", "请假申请", "陈晓琳")
        assert row.due
        assert row.due.isoformat() == "2026-11-24T01:30:00+00:00"
        (mine,) = (await site.database.read(lists.mine, APPLICANT)).rows
        assert mine.step_title
        assert mine.step_title["zh"] == "负责人审批"

    story(database, tell)


def test_approval_ends_the_case_and_sends_the_copy(database: Database) -> None:
    """The reader finds it among the copies, unread until opened."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        last = await decided(site, APPROVER, done.case.id, opinion="同意")
        assert isinstance(last, Done)
        assert last.case.outcome == "approved"
        found = await cases.find(site, READER, done.case.id)
        assert found
        assert found.unread
        await cases.mark_read(site, READER, done.case.id)
        (copy,) = (await site.database.read(lists.copied, READER)).rows
        assert copy.read_at == site.clock()
        assert copy.outcome == "approved"
        assert (await site.database.read(lists.counts, READER)).unread == 0

    story(database, tell)


def test_an_outsider_finds_nothing(database: Database) -> None:
    """Neither the case, nor its task, nor any way of acting on it."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        (task,) = done.case.tasks
        assert await cases.find(site, OUTSIDER, done.case.id) is None
        assert await cases.find_task(site, OUTSIDER, task) is None
        assert await cases.act(site, OUTSIDER, task, "approve", "o1") is None
        assert await cases.withdraw(site, OUTSIDER, done.case.id, "o2") is None
        assert await cases.comment(site, OUTSIDER, done.case.id, "o3", "让我看看") is None
        assert (await site.database.read(lists.todo, OUTSIDER)).rows == []
        assert await cases.find(site, READER, done.case.id) is None

    story(database, tell)


def test_those_who_take_part_find_the_case(database: Database) -> None:
    """The applicant, whoever had a task, and the flow administrator of the applicant's department; the task only its own person."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        (task,) = done.case.tasks
        for person in (APPLICANT, APPROVER, FLOW_ADMIN):
            found = await cases.find(site, person, done.case.id)
            assert found, person
            assert found.case == done.case
        assert await cases.find_task(site, APPROVER, task)
        assert await cases.find_task(site, APPLICANT, task) is None
        refusal = await cases.act(site, APPLICANT, task, "approve", "a1")
        assert isinstance(refusal, Refusal)
        assert refusal.code == "not-yours"

    story(database, tell)


def test_a_flow_administrator_finds_the_cases_of_their_departments_only(database: Database) -> None:
    """Even when there are cases of their departments, those of another stay hidden."""

    async def tell(site: City) -> None:
        own = await submitted(site)
        other = await cases.submit(site, FINANCE[1], "leave", SHORT, "k2")
        assert isinstance(other, Done), other
        assert await cases.find(site, FLOW_ADMIN, own.case.id)
        assert await cases.find(site, FLOW_ADMIN, other.case.id) is None
        assert await cases.comment(site, FLOW_ADMIN, other.case.id, "c1", "让我看看") is None

    story(database, tell)


def test_the_same_request_again_gets_the_same_answer(database: Database) -> None:
    """A repeated submission or decision does nothing twice, even when the case has moved on."""

    async def tell(site: City) -> None:
        first = await submitted(site)
        (task,) = first.case.tasks
        decision = await cases.act(site, APPROVER, task, "approve", "d1")
        again = await submitted(site)
        assert again == first._replace(replayed=True)
        assert isinstance(decision, Done)
        assert await cases.act(site, APPROVER, task, "approve", "d1") == decision._replace(replayed=True)

    story(database, tell)
    assert len(rows(database, tables.case)) == 1


def test_a_key_used_for_something_else_is_refused(database: Database) -> None:
    """Another body under the same key is a mistake of the caller; another person's key is another key."""

    async def tell(site: City) -> None:
        await submitted(site)
        refusal = await cases.submit(site, APPLICANT, "leave", LONG, "k1")
        assert isinstance(refusal, Refusal)
        assert refusal.code == "key-reused"
        assert isinstance(await cases.submit(site, APPROVER, "leave", LONG, "k1"), Done)

    story(database, tell)


def test_the_loser_reads_who_was_faster(database: Database) -> None:
    """Two may decide; the second learns the name and the time."""

    async def tell(site: City) -> None:
        done = await submitted(site, LONG)
        step = await decided(site, APPROVER, done.case.id)
        assert isinstance(step, Done)
        theirs = {task.person: task.id for task in step.case.open_tasks()}
        assert await cases.act(site, FINANCE[0], theirs[FINANCE[0]], "approve", "f1")
        lost = await cases.act(site, FINANCE[1], theirs[FINANCE[1]], "reject", "f2", opinion="超支")
        assert isinstance(lost, Refusal)
        assert (lost.code, lost.message["zh"]) == ("lost-race", "已由 孙丽 于 09:00 同意")

    story(database, tell)


def test_numbers_have_no_gaps(database: Database) -> None:
    """A refused submission gives its number back."""

    async def tell(site: City) -> None:
        await submitted(site, key="k1")
        refusal = await cases.submit(site, APPLICANT, "leave", {"days": 99, "reason": "太久"}, "k2")
        assert isinstance(refusal, Refusal)
        assert refusal.code == "invalid-answers"
        assert "days" in refusal.fields
        assert (await submitted(site, key="k2")).case.number == "QJ-20261123-0002"

    story(database, tell)


def test_withdrawing_closes_everything(database: Database) -> None:
    """The approver's task goes; who still acts on it reads why."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        (task,) = done.case.tasks
        gone = await cases.withdraw(site, APPLICANT, done.case.id, "w1", "不去了")
        assert isinstance(gone, Done)
        assert gone.case.outcome == "withdrawn"
        assert (await site.database.read(lists.todo, APPROVER)).rows == []
        lost = await cases.act(site, APPROVER, task, "approve", "d1")
        assert isinstance(lost, Refusal)
        assert lost.code == "lost-race"

    story(database, tell)


def test_a_comment_changes_nothing_but_the_record(database: Database) -> None:
    """It is an event like any other."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        said = await cases.comment(site, APPROVER, done.case.id, "c1", "请补充时间")
        assert isinstance(said, Done)
        assert [event.fact for event in said.events] == [Commented(name="周建国", text="请补充时间")]
        assert said.case.tasks == done.case.tasks

    story(database, tell)


def test_a_return_gives_the_applicant_a_task_and_a_correction_a_new_subject(database: Database) -> None:
    """The applicant's own step is a task like any other."""

    async def tell(site: City) -> None:
        done = await submitted(site)
        back = await decided(site, APPROVER, done.case.id, "return", opinion="事由不清", to="start")
        assert isinstance(back, Done)
        (row,) = (await site.database.read(lists.todo, APPLICANT)).rows
        assert row.step_title
        assert row.step_title["zh"] == "发起人修改"
        assert isinstance(await decided(site, APPLICANT, done.case.id, "submit", "s1", answers={"days": 2, "reason": "母亲住院"}), Done)
        (row,) = (await site.database.read(lists.todo, APPROVER)).rows
        assert row.subject == "陈晓琳 · 母亲住院"

    story(database, tell)


@pytest.mark.approval("step-start")
def test_a_submission_uses_up_its_draft(database: Database) -> None:
    """And a late autosave does not bring it back."""

    async def tell(site: City) -> None:
        draft = await site.database.write(drafts.save, APPLICANT, "leave", None, [("days", "2")], site.clock())
        assert draft
        await cases.submit(site, APPLICANT, "leave", SHORT, "k1", draft=draft.id)
        assert await site.database.read(drafts.mine, APPLICANT) == []
        assert await site.database.write(drafts.save, APPLICANT, "leave", draft.id, [("days", "3")], site.clock()) is None

    story(database, tell)


def test_nobody_applies_by_a_post_that_is_not_theirs(database: Database) -> None:
    """The post comes from the browser; an unknown app is as unknown."""

    async def tell(site: City) -> None:
        forged = Holding(department="finance", post="head")
        assert await cases.submit(site, APPLICANT, "leave", SHORT, "k1", post=forged) is None
        assert await cases.submit(site, APPLICANT, "unknown", SHORT, "k2") is None
        own = Holding(department="office", post="clerk")
        assert isinstance(await cases.submit(site, APPLICANT, "leave", SHORT, "k3", post=own), Done)

    story(database, tell)


@pytest.mark.approval("trap-10")
def test_many_callers_make_one_decision_each(database: Database) -> None:
    """64 callers on 8 tasks: one decision and one closing event each, the others read who was faster."""
    answers: list[Done | Refusal | None] = []

    async def tell(site: City) -> None:
        made = [await submitted(site, key=f"k{n}") for n in range(8)]
        tasks = [next(iter(done.case.tasks)) for done in made]
        calls = [cases.act(site, APPROVER, tasks[n % 8], "approve", f"d{n}") for n in range(64)]
        answers.extend(await asyncio.gather(*calls))

    story(database, tell)
    assert sum(isinstance(answer, Done) for answer in answers) == 8
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"lost-race"}
    closings = [row for row in rows(database, tables.event) if '"kind":"closed"' in row.fact]
    assert len(closings) == 8


def test_one_request_sent_by_many_at_once_is_carried_out_once(database: Database) -> None:
    """A double click, 16 times over."""

    async def tell(site: City) -> None:
        done = await asyncio.gather(*(cases.submit(site, APPLICANT, "leave", SHORT, "same") for _ in range(16)))
        assert len({answer.case.id for answer in done if isinstance(answer, Done)}) == 1
        assert all(isinstance(answer, Done) for answer in done), done

    story(database, tell)
    assert len(rows(database, tables.case)) == 1


@pytest.mark.postgres
def test_two_processes_decide_once(postgresql_server: Any) -> None:
    """Two workers, each with its own connections and catalogue."""
    url = postgresql_server.new()
    first, second = Database.open(url), Database.open(url)
    answers: list[Done | Refusal | None] = []

    async def begin() -> list[str]:
        site = await city.found(first)
        return [next(iter((await submitted(site, key=f"k{n}")).case.tasks)) for n in range(10)]

    tasks = asyncio.run(begin())

    def work(database: Database, name: str) -> None:
        async def run() -> None:
            site = City(database)
            await site.catalogue.refresh(database)
            answers.extend(
                await asyncio.gather(*(cases.act(site, APPROVER, task, "approve", f"{name}{n}") for n, task in enumerate(tasks * 3)))
            )

        asyncio.run(run())

    threads = [threading.Thread(target=work, args=(database, name)) for database, name in ((first, "a"), (second, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.read_now(verify.differences) == []
    first.close()
    second.close()
    assert len(answers) == 60
    assert sum(isinstance(answer, Done) for answer in answers) == 10
