"""Time and other systems on real databases: timers ring once, messages reach who waits, cases call cases, numbers have no gaps."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from support.city import APPLICANT, APPROVER, FLOW_ADMIN, MONDAY, OUTSIDER, READER, City
from support.databases import written
from support.house import House, app

from forms.form import Field
from runtime.casework import automatic, cases
from runtime.casework.cases import Done
from runtime.people import first_run
from runtime.store import outbox, timers
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.unattended import messages
from runtime.unattended.work import Work
from workflows.app import Approve, Branch, Call, Issue, Lane, Overdue, Parallel, Send, Span, Wait, When
from workflows.commands import Refusal
from workflows.effects import Timer

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = Span(amount=0, unit="minutes")


def title(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


def head(id: str = "head", who: str = APPROVER, **more: Any) -> Approve:
    return Approve(id=id, title=title("审批"), who=f'user("{who}")', **more)


LATE = app(
    "late",
    head(
        due=Span(amount=1, unit="hours"),
        overdue=(
            Overdue(after=NOW, remind=Span(amount=30, unit="minutes"), at_most=2),
            Overdue(after=Span(amount=2, unit="hours"), automatically="approve"),
        ),
    ),
)
WAITING = app(
    "waiting",
    Wait(id="pay", title=title("等付款"), message="paid", into={"amount": "amount"}),
    head(),
    fields=(Field(name="amount", kind="integer", title=title("金额")),),
)
CHILD = app("child", head("check", who=READER))
PARENT = app("parent", Call(id="sub", title=title("复核"), app="child", inputs={"reason": "reason"}), head())
NUMBERED = app(
    "numbered",
    Issue(id="number", title=title("文号"), into="document", pattern="清数〔{date:%Y}〕{seq:1}号"),
    head(),
    fields=(Field(name="document", kind="text", title=title("文号")),),
)


# --- timers ---


def test_a_late_task_is_reminded_of_and_then_decided_as_the_flow_says(database: Database) -> None:
    """Each ring is one row that is gone when it has rung; the holder is told, the record says that nobody did it."""
    house = House(database, LATE)
    case = house.submit("late").id
    assert len(house.rows(t.timer, "id")) == 2
    house.until(MONDAY + HOUR - timedelta(microseconds=1))
    kinds = [kind for person, kind in house.rows(t.message, "person", "kind") if person == APPROVER]
    assert "overdue" not in kinds
    house.until(MONDAY + HOUR)
    house.until(MONDAY + 90 * MINUTE)
    house.until(MONDAY + 170 * MINUTE)
    told = Counter(kind for person, kind in house.rows(t.message, "person", "kind") if person == APPROVER)
    assert told["overdue"] == 2
    assert house.case(case).status == "open"
    house.holds()
    house.until(MONDAY + 3 * HOUR)
    found = house.case(case)
    assert found.outcome == "approved"
    assert [task.automatic for task in found.tasks.values()] == [True]
    assert house.rows(t.timer, "id") == []
    house.holds()


def test_a_decision_in_time_lets_the_timers_go(database: Database) -> None:
    """Later nothing rings."""
    house = House(database, LATE)
    case = house.submit("late")
    assert isinstance(house.act(APPROVER, next(iter(case.tasks))), Done)
    assert house.rows(t.timer, "id") == []
    house.until(MONDAY + timedelta(days=3))
    assert house.case(case.id).tasks.keys() == case.tasks.keys()
    house.holds()


def test_a_row_that_was_left_behind_rings_for_nothing(database: Database) -> None:
    """The case says what it waits for; a row that says otherwise is taken away."""
    house = House(database, LATE)
    case = house.submit("late")
    before = house.rows(t.timer, "case", "id", "at")
    house.act(APPROVER, next(iter(case.tasks)))
    events = house.case(case.id).events
    database.write_now(written, timers.put, case.id, "qingxi", [Timer(id=id, at=at) for _, id, at in before])
    house.until(MONDAY + timedelta(days=3))
    assert house.rows(t.timer, "id") == []
    assert house.case(case.id).events == events


def test_of_a_person_and_a_timer_one_decides(database: Database) -> None:
    """Twenty cases, each approved, rejected and withdrawn while its timer rings, by workers beside each other: one end each."""
    house = House(database, LATE)
    begun = [house.submit("late", key=f"k{n}") for n in range(20)]
    house.clock.now = MONDAY + 3 * HOUR

    async def at_once() -> None:
        ringing = [Work(house.site).settle() for _ in range(3)]
        acts: list[Any] = []
        for number, case in enumerate(begun):
            task = next(iter(case.tasks))
            acts.append(cases.act(house.site, APPROVER, task, "approve", f"a{number}"))
            acts.append(cases.act(house.site, APPROVER, task, "reject", f"r{number}", opinion="不行"))
            acts.append(cases.withdraw(house.site, APPLICANT, case.id, f"w{number}"))
        done = await asyncio.gather(*acts, *ringing)
        assert all(result is None or isinstance(result, Done | Refusal) for result in done)
        await Work(house.site).settle()

    asyncio.run(at_once())
    for case in begun:
        found = house.case(case.id)
        assert found.status == "ended"
        assert found.outcome in ("approved", "rejected", "withdrawn")
    ends = [fact for fact in house.rows(t.event, "case", "fact") if '"kind":"ended"' in fact[1]]
    assert len(ends) == len(begun)
    assert house.rows(t.timer, "id") == []
    house.holds()


@pytest.mark.approval("trap-11")
def test_workers_beside_each_other_ring_a_timer_once(database: Database) -> None:
    """Fifty timers, four workers."""
    wait = app("wait", Wait(id="cool", title=title("冷静期"), span=Span(amount=1, unit="hours")), head())
    house = House(database, wait)
    begun = [house.submit("wait", key=f"k{n}").id for n in range(50)]
    house.clock.now = MONDAY + HOUR

    async def at_once() -> None:
        await asyncio.gather(*(Work(house.site).settle() for _ in range(4)))
        await Work(house.site).settle()

    asyncio.run(at_once())
    for case in begun:
        assert house.open(case) == {"head": [APPROVER]}
        assert len(house.case(case).tasks) == 1
    house.holds()


def test_lanes_that_finish_at_once_join_once(database: Database) -> None:
    """Thirty cases of three lanes, whose approvers all press at the same moment."""
    lanes = tuple(Lane(steps=(head(f"lane-{n}", who),)) for n, who in enumerate((APPROVER, READER, OUTSIDER)))
    both = app("both", Parallel(id="both", title=title("会签"), branches=lanes), head("last", FLOW_ADMIN))
    house = House(database, both)
    begun = [house.submit("both", key=f"k{n}") for n in range(30)]

    async def at_once() -> list[Any]:
        return await asyncio.gather(
            *(cases.act(house.site, task.person, task.id, "approve", task.id) for case in begun for task in case.open_tasks())
        )

    assert all(isinstance(done, Done) for done in asyncio.run(at_once()))
    for case in begun:
        assert house.open(case.id) == {"last": [FLOW_ADMIN]}
        assert len(house.case(case.id).tasks) == 4
    joined = Counter(case for case, fact in house.rows(t.event, "case", "fact") if '"kind":"joined"' in fact)
    assert joined == Counter(case.id for case in begun)
    house.holds()


# --- messages to people ---


def test_messages_are_listed_counted_and_read(database: Database) -> None:
    """The newest first; opening the case reads what was said about it."""
    house = House(database, LATE)
    first, second = house.submit("late", key="a"), house.submit("late", key="b")
    assert database.read_now(messages.page, APPROVER, after=None, unread=True, limit=10).lines == [], "new tasks are in the to-do list"
    for case in (first, second):
        house.run(cases.withdraw, APPLICANT, case.id, f"w{case.id}")
    page = database.read_now(messages.page, APPROVER, after=None, unread=False, limit=1)
    assert [line.case for line in page.lines] == [second.id]
    rest = database.read_now(messages.page, APPROVER, after=page.next, unread=False, limit=10)
    assert [line.case for line in rest.lines] == [first.id]
    house.run(messages.opened, APPROVER, first.id)
    assert [line.case for line in database.read_now(messages.page, APPROVER, after=None, unread=True, limit=10).lines] == [second.id]
    house.run(messages.read, APPROVER, None)
    assert database.read_now(messages.page, APPROVER, after=None, unread=True, limit=10).lines == []
    assert database.read_now(messages.page, OUTSIDER, after=None, unread=False, limit=10).lines == []


def test_where_mail_is_set_up_a_letter_goes_with_each_message(database: Database) -> None:
    """In the same transaction; the in-app message does not wait for it, and a new task is told of by letter only."""
    house = House(database, LATE, mail_server="mail.invalid")
    case = house.submit("late")
    letters = set(house.rows(t.outbox, "id"))
    assert letters
    assert house.rows(t.message, "id") == []
    house.run(cases.withdraw, APPLICANT, case.id, "w")
    told = set(house.rows(t.message, "id"))
    assert told
    assert set(house.rows(t.outbox, "id")) == letters | told
    assert {kind for (kind,) in house.rows(t.outbox, "kind")} == {"mail"}


# --- messages from other systems ---


@pytest.mark.approval("step-wait")
def test_a_message_from_outside_reaches_a_case_once(database: Database) -> None:
    """Only accounts with the right may bring one; the same key again does nothing."""
    house = House(database, WAITING)
    case = house.submit("waiting").id
    paid = {"amount": 1250}
    assert house.run(automatic.deliver, case, "paid", paid, "m1", OUTSIDER) is None
    database.write_now(first_run.give_integration, OUTSIDER, MONDAY, given=True)
    refused = house.run(automatic.deliver, case, "other", {}, "m0", OUTSIDER)
    assert isinstance(refused, Refusal)
    assert refused.code == "gone"
    assert house.run(automatic.deliver, "nothing", "paid", paid, "m1", OUTSIDER) is None
    done = house.run(automatic.deliver, case, "paid", paid, "m1", OUTSIDER)
    assert isinstance(done, Done)
    assert not done.replayed
    again = house.run(automatic.deliver, case, "paid", paid, "m1", OUTSIDER)
    assert isinstance(again, Done)
    assert again.replayed
    changed = house.run(automatic.deliver, case, "paid", {"amount": 1}, "m1", OUTSIDER)
    assert isinstance(changed, Refusal)
    assert changed.code == "key-reused"
    assert house.open(case) == {"head": [APPROVER]}
    assert house.case(case).answers["amount"] == 1250
    database.write_now(first_run.give_integration, OUTSIDER, MONDAY, given=False)
    assert house.run(automatic.deliver, case, "paid", paid, "m2", OUTSIDER) is None
    house.holds()


# --- cases that call cases ---


def child_of(house: House, parent: str) -> str:
    (found,) = [id for (id,) in house.rows(t.case, "id") if id != parent]
    return found


@pytest.mark.approval("step-call")
def test_a_case_calls_another_and_goes_on_when_it_has_ended(database: Database) -> None:
    """The child is begun by a worker, its end told by a worker; the outbox is empty then."""
    house = House(database, PARENT, CHILD)
    parent = house.submit("parent", reason="采购").id
    assert len(house.rows(t.case, "id")) == 1
    house.work()
    child = child_of(house, parent)
    assert house.case(child).answers["reason"] == "采购"
    assert house.open(parent) == {}
    house.act(READER, next(iter(house.case(child).tasks)))
    house.work()
    assert house.open(parent) == {"head": [APPROVER]}
    assert house.rows(t.outbox, "id") == []
    house.work()
    house.holds()


def test_a_letter_that_comes_twice_begins_one_case(database: Database) -> None:
    """Two workers with the same letter, one after the other and beside each other."""
    house = House(database, PARENT, CHILD)
    house.submit("parent")
    letters = database.write_now(outbox.claim, ("start",), house.clock(), 64)

    async def twice() -> None:
        await asyncio.gather(*(automatic.call(house.site, letter) for letter in letters * 3))

    asyncio.run(twice())
    assert len(house.rows(t.case, "id")) == 2
    assert house.rows(t.outbox, "id") == []
    house.holds()


def test_taking_the_caller_back_cancels_the_child(database: Database) -> None:
    """Begun or not: none is left open, and of one that has not begun its letter is gone."""
    house = House(database, PARENT, CHILD)
    first = house.submit("parent", key="a").id
    house.work()
    child = child_of(house, first)
    assert isinstance(house.run(cases.withdraw, APPLICANT, first, "w1"), Done)
    house.work()
    assert house.case(child).status == "ended"
    assert house.open(child) == {}
    second = house.submit("parent", key="b").id
    assert isinstance(house.run(cases.withdraw, APPLICANT, second, "w2"), Done)
    house.work()
    # on PostgreSQL the letter that begins it may be under way already: then it is begun, and cancelled
    assert {status for (status,) in house.rows(t.case, "status")} == {"ended"}
    assert house.rows(t.outbox, "id") == []
    house.holds()


def test_cancelling_beats_a_beginning_that_is_under_way_or_follows_it(database: Database) -> None:
    """Whatever the order of the two letters, no child is left open."""
    house = House(database, PARENT, CHILD)
    for number in range(8):
        parent = house.submit("parent", key=f"p{number}").id
        house.run(cases.withdraw, APPLICANT, parent, f"w{number}")
        letters = database.write_now(outbox.claim, ("start", "cancel"), house.clock(), 64)
        assert {letter.kind for letter in letters} == {"start", "cancel"}
        ordered = sorted(letters, key=lambda letter: letter.kind, reverse=bool(number % 2))

        async def both(ordered: list[outbox.Letter] = ordered) -> None:
            await asyncio.gather(*(automatic.call(house.site, letter) for letter in ordered))

        asyncio.run(both())
    house.work()
    assert {status for app, status in house.rows(t.case, "app", "status")} == {"ended"}
    assert house.rows(t.outbox, "id") == []
    house.holds()


def test_a_child_that_cannot_begin_is_a_dead_letter_until_an_administrator_retries(database: Database) -> None:
    """The app is published meanwhile; the caller waits."""
    house = House(database, PARENT)
    parent = house.submit("parent").id
    house.work()
    (dead,) = database.read_now(outbox.dead)
    assert dead.error == "The app that is called has not been published"
    assert dead.number == house.case(parent).number
    City(database, house.site.catalogue, house.clock).publish(CHILD)
    asyncio.run(house.site.catalogue.refresh(database))
    house.work()
    assert len(house.rows(t.case, "id")) == 1
    assert database.write_now(outbox.again, dead.id, house.clock())
    house.work()
    assert len(house.rows(t.case, "id")) == 2
    house.holds()


# --- numbers, webhooks ---


@pytest.mark.approval("serial-numbers")
def test_numbers_that_are_issued_have_no_gaps_and_none_twice(database: Database) -> None:
    """Forty cases at once, some of them refused."""
    house = House(database, NUMBERED)

    async def at_once() -> list[Any]:
        good = [cases.submit(house.site, APPLICANT, "numbered", {"reason": "发文"}, f"k{n}") for n in range(40)]
        bad = [cases.submit(house.site, APPLICANT, "numbered", {}, f"b{n}") for n in range(10)]
        return await asyncio.gather(*(bad[:5] + good + bad[5:]))

    done = [result for result in asyncio.run(at_once()) if isinstance(result, Done)]
    assert len(done) == 40
    issued = sorted(int(result.case.answers["document"].split("〕")[1].removesuffix("号")) for result in done)
    assert issued == list(range(1, 41))
    house.holds()


def test_a_webhook_waits_in_the_outbox_with_the_decision_that_causes_it(database: Database) -> None:
    """And under an unknown name it becomes a dead letter; the case goes on."""
    sends = app("sends", Send(id="tell", title=title("推送"), to="archive", answers=("reason",)), head())
    house = House(database, sends)
    case = house.submit("sends").id
    assert house.rows(t.outbox, "kind", "case", "state") == [("webhook", case, "waiting")]
    house.work()
    assert house.rows(t.outbox, "kind", "case", "state") == [("webhook", case, "dead")]
    assert house.open(case) == {"head": [APPROVER]}


def test_a_flow_without_time_leaves_nothing_for_the_workers(database: Database) -> None:
    """No timer, no letter."""
    plain = app("plain", Branch(id="b", title=title("分支"), cases=(When(when=None, steps=(head(),)),)))
    house = House(database, plain)
    done = house.run(cases.submit, APPLICANT, "plain", {"reason": "x"}, "k")
    assert isinstance(done, Done)
    assert done.stirs is None
    assert house.rows(t.timer, "id") == house.rows(t.outbox, "id") == []
    assert FLOW_ADMIN not in {person for (person,) in house.rows(t.message, "person")}
