"""What happens to a task that is late: exactly what the flow has written for it, once, and never early."""

from typing import Any

import pytest
from support.stories import FIELDS, Story, form, office, program, text

from forms.form import Field
from workflows.app import Approve, Handle, Overdue, Span, Wait
from workflows.engine import Decision
from workflows.unattended import Rang

HOURS = Span(amount=8, unit="working hours")
DAY = Span(amount=1, unit="working days")
NOW = Span(amount=0, unit="hours")


def late(*overdue: Overdue, who: str = "head_of(applicant.department)", **parts: Any) -> Story:
    """Handed in on Monday at 9:01; due on Tuesday at 9:31."""
    step = Approve(id="head", title=text("审批"), who=who, **{"due": HOURS, "overdue": overdue, **parts})
    return Story(program(step)).submit()


@pytest.mark.approval("overdue-remind")
def test_a_holder_is_reminded_at_an_interval_and_no_more_often_than_said() -> None:
    """Every four working hours, three times, from the limit on."""
    story = late(Overdue(after=NOW, remind=Span(amount=4, unit="working hours"), at_most=3))
    assert list(story.case.timers) == ["c1-1~0~1"]
    story.until("2026-11-24T09:30")
    assert story.facts(Rang) == []
    story.until("2026-11-30T09:00")
    assert [(fact.how, fact.times) for fact in story.facts(Rang)] == [("remind", 1), ("remind", 2), ("remind", 3)]
    moments = [event.at.isoformat() for event in story.events if isinstance(event.fact, Rang)]
    assert moments == ["2026-11-24T01:31:00+00:00", "2026-11-24T07:01:00+00:00", "2026-11-25T02:01:00+00:00"]
    assert story.open == {"head": ["zhou"]}
    assert story.case.timers == {}


def test_a_timer_before_its_time_is_refused() -> None:
    """A clock that jumped ahead and came back, or a row read wrongly, brings nothing forward."""
    story = late(Overdue(after=NOW, automatically="approve"))
    story.at("2026-11-24T09:30").fire("c1-1~0~1")
    assert story.refusal == "early"
    assert story.open == {"head": ["zhou"]}


@pytest.mark.approval("overdue-escalate", "edge-escalation")
def test_escalation_moves_the_task_and_leaves_a_copy_with_the_first_holder() -> None:
    """The new holder decides for good; the limit stays as it was, and what has not rung yet rings for them."""
    story = late(
        Overdue(after=DAY, escalate='deputy_of("bureau")'),
        Overdue(after=Span(amount=3, unit="working days"), automatically="reject"),
    )
    story.until("2026-11-25T17:30")
    assert story.open == {"head": ["du"]}
    assert story.case.copied == ("zhou",)
    assert story.case.tasks["c2-1"].due == story.case.tasks["c1-1"].due
    assert list(story.case.timers) == ["c2-1~1~1"]
    story.act("du", "approve")
    assert story.outcome == "approved"
    assert story.rows == {}


@pytest.mark.approval("overdue-transfer")
def test_a_late_task_can_be_transferred_without_a_copy() -> None:
    """Transfer is the same move; the first holder finds it among what they have done."""
    story = late(Overdue(after=DAY, transfer='user("du")')).until("2026-11-25T17:30")
    assert story.open == {"head": ["du"]}
    assert story.case.copied == ()
    assert story.case.tasks["c1-1"].how == "transfer"
    assert story.case.tasks["c1-1"].automatic


def test_escalation_reaches_neither_the_applicant_nor_anybody_twice() -> None:
    """Whoever is in the step already, or applied, is passed over; a flow administrator is the last resort."""
    story = late(Overdue(after=DAY, escalate='user("lin") + user("fei")'), who='role("money")', decide="all").until("2026-11-25T17:30")
    # fei's task moved to the administrator; feng's found nobody left
    assert story.open == {"head": ["feng", "guan"]}
    assert [fact.held for fact in story.facts(Rang)] == [None, "nobody"]


def test_with_nobody_to_escalate_to_the_task_stays() -> None:
    """It is recorded, and nobody loses the task."""
    story = Story(
        program(
            Approve(id="head", title=text("审批"), who='user("zhou")', due=HOURS, overdue=(Overdue(after=NOW, escalate='role("empty")'),))
        ),
        office(without_admin=True),
    )
    story.submit().until("2026-11-25T17:30")
    assert story.open == {"head": ["zhou"]}
    assert [fact.held for fact in story.facts(Rang)] == ["nobody"]


@pytest.mark.approval("overdue-decide")
@pytest.mark.parametrize(("automatically", "outcome"), [("approve", "approved"), ("reject", "rejected")])
def test_a_late_task_is_decided_automatically_only_where_that_is_written(automatically: Any, outcome: str) -> None:
    """The record says that nobody did it."""
    story = late(Overdue(after=DAY, automatically=automatically)).until("2026-11-25T17:29")
    assert story.case.status == "open"
    story.until("2026-11-25T17:30")
    assert story.outcome == outcome
    assert story.case.tasks["c1-1"].automatic
    assert {event.actor for event in story.events[1:]} == {None}


def test_work_that_is_late_can_be_completed_automatically() -> None:
    """For a step of work the word is complete."""
    step = Handle(id="work", title=text("办"), who='user("fei")', due=DAY, overdue=(Overdue(after=NOW, automatically="complete"),))
    assert Story(program(step)).submit().until("2026-11-24T17:30").outcome == "approved"


def test_an_automatic_vote_counts_as_the_vote_of_that_task() -> None:
    """In a step of several people, each late task is one vote."""
    story = late(Overdue(after=DAY, automatically="approve"), who='role("money")', decide="all").act("fei", "approve")
    assert story.open == {"head": ["feng"]}
    assert story.until("2026-11-25T17:30").outcome == "approved"


def test_what_asks_for_more_than_a_decision_is_never_decided_automatically() -> None:
    """A required answer is missing: the task stays, and the record says why."""
    granted = Field(name="granted", kind="money", title=text("核定"), required=True)
    step = Approve(
        id="head",
        title=text("审批"),
        who='user("zhou")',
        due=HOURS,
        edit=("granted",),
        overdue=(Overdue(after=NOW, automatically="approve"),),
    )
    of = form(*(field for field in FIELDS if field.name != "granted"), granted)
    story = Story(program(step, of=of)).submit().until("2026-11-24T17:30")
    assert story.open == {"head": ["zhou"]}
    assert [fact.held for fact in story.facts(Rang)] == ["incomplete"]


@pytest.mark.approval("trap-11")
def test_a_timer_rings_once_however_often_it_is_told_to() -> None:
    """Every ring here is told twice; late, after a restart or out of order, the case says which it still waits for."""
    story = late(Overdue(after=NOW, remind=Span(amount=1, unit="hours"), at_most=2), Overdue(after=NOW, escalate='user("du")'))
    story.until("2026-11-24T10:31")
    assert [(fact.timer, fact.how) for fact in story.facts(Rang)] == [
        ("c1-1~0~1", "remind"),
        ("c1-1~1~1", "escalate"),
        (f"{story.case.open_tasks()[0].id}~0~2", "remind"),
    ]
    for timer in ("c1-1~0~1", "c1-1~0~2", "c1-1~1~1", "nothing~0~1"):
        assert story.fire(timer).refusal == "gone"
    assert story.open == {"head": ["du"]}


def test_a_decision_in_time_leaves_no_timer() -> None:
    """Losing to a person is harmless: the ring that comes late finds nothing."""
    story = late(Overdue(after=DAY, automatically="approve")).act("zhou", "reject", opinion="不行")
    assert story.rows == {}
    assert story.until("2026-12-01T09:00").fire("c1-1~0~1").refusal == "gone"
    assert story.outcome == "rejected"


def test_a_transferred_task_keeps_its_limit_and_its_timers() -> None:
    """The holder changes, the clock does not."""
    story = late(Overdue(after=DAY, automatically="approve")).act("zhou", "transfer", to="wang")
    assert list(story.rows) == ["c2-1~0~1"]
    assert story.until("2026-11-25T17:30").outcome == "approved"


@pytest.mark.approval("due-field")
def test_a_limit_can_be_the_time_in_a_field() -> None:
    """A day is meant until the close of business, whatever day it is; a moment to the minute."""
    day = Field(name="needed", kind="date", title=text("需用日期"))
    moment = Field(name="meeting", kind="datetime", title=text("会议时间"))
    steps = [
        Approve(id="one", title=text("一"), who='user("zhou")', due_until="needed", overdue=(Overdue(after=NOW, automatically="approve"),)),
        Approve(id="two", title=text("二"), who='user("wang")', due_until="has(answered.meeting) ? meeting : today"),
    ]
    story = Story(program(*steps, of=form(*FIELDS, day, moment))).submit(needed="2026-11-28", meeting="2026-11-30T09:00")
    assert story.case.tasks["c1-1"].due.isoformat() == "2026-11-28T09:30:00+00:00"
    story.until("2026-11-28T17:30")
    assert story.open == {"two": ["wang"]}
    assert story.case.open_tasks()[0].due.isoformat() == "2026-11-30T01:00:00+00:00"


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "9999-12-31"])
def test_whatever_day_is_written_there_is_a_limit(day: str) -> None:
    """The first and the last day there are, too; a ring that would come after the end of days does not."""
    needed = Field(name="needed", kind="date", title=text("需用日期"))
    entries = (Overdue(after=NOW, remind=DAY), Overdue(after=Span(amount=9000, unit="working days"), automatically="approve"))
    steps = (
        Approve(id="one", title=text("一"), who='user("zhou")', due_until="needed", overdue=entries),
        Wait(id="day", title=text("等"), until="needed"),
    )
    story = Story(program(*steps, of=form(*FIELDS, needed))).submit(needed=day)
    assert story.case.open_tasks()[0].due is not None
    assert isinstance(story.act("zhou", "approve").last, Decision)
    assert ("day" in story.case.still) == (day == "9999-12-31")
