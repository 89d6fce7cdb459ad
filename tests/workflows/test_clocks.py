"""Limits that stand still and run on: what is left of them follows from the events and the calendar, and from nothing else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stories import CALENDAR, MONDAY, Story, program, text

from forms import worktime
from forms.calendar import Year
from workflows import clock, stopping, timing
from workflows.app import Approve, Overdue, Span, Wait
from workflows.clock import Stop
from workflows.course import Course
from workflows.fold import Marking, fold
from workflows.unattended import Rang

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNITS = ("minutes", "hours", "days", "working hours", "working days")
spans = st.builds(Span, amount=st.integers(0, 40), unit=st.sampled_from(UNITS))
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


def wall(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI).astimezone(UTC)


def halted(story: Story, *, again: bool) -> Story:
    """What suspending and resuming do to the clocks."""
    story.now += timedelta(minutes=1)
    course = Course(story.program, Marking.of(story.case), story.id(), story.now, story.office, {})
    (stopping.restart if again else stopping.stop)(course)
    story.case = course.marking.case()
    story.events += course.events
    story.rows = dict(story.case.timers)
    assert fold(story.events, story.case.id, story.case.app) == story.case
    return story


def due(story: Story) -> str:
    [task] = story.case.open_tasks()
    return task.due.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.approval("time-left")
@given(spans, moments, moments)
def test_what_has_passed_and_what_is_left_make_the_whole(span: Span, since: datetime, now: datetime) -> None:
    """Until the limit, whichever moment is asked about."""
    ends = clock.deadline(CALENDAR, span, since)
    if not since <= now <= ends.at:
        return
    left = clock.remaining(CALENDAR, span, since, (), now)
    again = worktime.run_on(CALENDAR, now, left, span.unit)
    assert again.at == ends.at or (span.unit == "working hours" and not left)


@given(spans, moments, moments, moments)
def test_a_stop_never_brings_a_limit_forward_and_an_empty_one_changes_nothing(
    span: Span, since: datetime, first: datetime, second: datetime
) -> None:
    """Time that stands still is never used up."""
    since, first, second = sorted((since, first, second))
    plain = clock.deadline(CALENDAR, span, since)
    stopped = clock.deadline(CALENDAR, span, since, (Stop(since=first, until=second),))
    assert stopped.at >= plain.at
    assert clock.deadline(CALENDAR, span, since, (Stop(since=first, until=first),)).at == plain.at or span.unit == "working hours"
    assert clock.remaining(CALENDAR, span, since, (Stop(since=first, until=second),), second) == clock.remaining(
        CALENDAR, span, since, (), first
    )


@pytest.mark.parametrize(
    ("amount", "unit", "stop", "go", "ends"),
    [
        (8, "working hours", "2026-11-23T12:00", "2026-11-25T13:30", "2026-11-26T09:30"),
        (5, "working days", "2026-11-25T10:00", "2026-11-25T16:00", "2026-11-30T17:30"),
        (5, "working days", "2026-11-25T10:00", "2026-11-27T10:00", "2026-12-02T17:30"),
        (5, "days", "2026-11-24T10:00", "2026-12-01T10:00", "2026-12-07T17:30"),
        (90, "minutes", "2026-11-23T10:00", "2026-11-24T10:00", "2026-11-24T10:30"),
        (1, "working days", "2026-11-26T10:00", "2026-11-30T10:00", "2026-11-24T17:30"),
    ],
)
def test_a_limit_runs_on_with_what_was_left(amount: int, unit: worktime.Unit, stop: str, go: str, ends: str) -> None:
    """Half used before the stop is half left after it; a limit that had ended stays where it was."""
    stops = (Stop(since=wall(stop), until=wall(go)),)
    assert clock.deadline(CALENDAR, Span(amount=amount, unit=unit), wall("2026-11-23T09:00"), stops).at == wall(ends)


@pytest.mark.approval("clocks-stop")
def test_no_limit_runs_while_the_case_stands_still() -> None:
    """Suspended at noon on Monday, resumed on Wednesday: the limit and the timers have moved, and none rings meanwhile."""
    step = Approve(
        id="head",
        title=text("审批"),
        who='user("zhou")',
        due=Span(amount=8, unit="working hours"),
        overdue=(Overdue(after=Span(amount=1, unit="hours"), automatically="approve"),),
    )
    story = Story(program(step)).at("2026-11-23T09:00").submit()
    assert due(story) == "2026-11-24T09:30"
    halted(story.at("2026-11-23T12:00"), again=False)
    assert story.rows == {}
    halted(story.at("2026-11-25T13:30"), again=True)
    assert due(story) == "2026-11-26T09:30"
    assert [timer.at for timer in story.rows.values()] == [wall("2026-11-26T10:30")]
    assert story.until("2026-11-26T10:30").outcome == "approved"


@pytest.mark.approval("time-left")
def test_what_is_left_follows_from_the_events_alone() -> None:
    """Folded again by somebody else, at whatever moment, with the same calendar: the same. Another calendar gives another answer."""
    step = Approve(id="head", title=text("审批"), who='user("zhou")', due=Span(amount=3, unit="working days"))
    story = Story(program(step)).at("2026-11-23T09:00").submit()
    halted(story.at("2026-11-24T12:00"), again=False)
    halted(story.at("2026-11-26T12:00"), again=True)
    story.act("zhou", "transfer", to="wang")
    for moment, left in (
        ("2026-11-24T09:00", 2),
        ("2026-11-25T09:00", 2),
        ("2026-11-26T18:00", 2),
        ("2026-11-27T09:00", 1),
        ("2026-12-01T09:00", 0),
    ):
        [task] = fold(story.events, "c1", "trip").open_tasks()
        assert timing.remaining(story.program, task, CALENDAR, wall(moment)) == left, moment
    closed = msgspec.structs.replace(CALENDAR, years={2026: Year(year=2026, holidays=("2026-11-24",))})
    assert timing.remaining(story.program, task, closed, wall("2026-11-26T18:00")) == 3


def test_a_reminder_that_was_under_way_is_as_far_away_after_a_stop() -> None:
    """A late task stays late; only what has not rung yet waits."""
    step = Approve(
        id="head",
        title=text("审批"),
        who='user("zhou")',
        due=Span(amount=1, unit="hours"),
        overdue=(Overdue(after=Span(amount=0, unit="hours"), remind=Span(amount=2, unit="hours")),),
    )
    story = Story(program(step)).at("2026-11-23T09:00").submit().until("2026-11-23T10:30")
    assert len(story.facts(Rang)) == 1
    halted(story.at("2026-11-23T11:00"), again=False)
    halted(story.at("2026-11-24T11:00"), again=True)
    assert due(story) == "2026-11-23T10:00"
    assert [timer.at for timer in story.rows.values()] == [wall("2026-11-24T12:00")]


def test_what_opens_while_the_case_stands_still_begins_to_run_with_it() -> None:
    """A message may arrive meanwhile and take the case on; its next task has its whole time from the resumption on."""
    steps = [
        Wait(id="paid", title=text("等待"), message="paid"),
        Approve(
            id="head",
            title=text("审批"),
            who='user("zhou")',
            due=Span(amount=2, unit="hours"),
            overdue=(Overdue(after=Span(amount=0, unit="hours"), automatically="approve"),),
        ),
    ]
    story = halted(Story(program(*steps)).at("2026-11-23T09:00").submit(), again=False)
    story.at("2026-11-23T10:00").deliver("paid")
    assert story.rows == {}
    halted(story.at("2026-11-23T15:00"), again=True)
    assert due(story) == "2026-11-23T17:00"
    assert story.until("2026-11-23T17:00").outcome == "approved"


def test_a_wait_for_a_length_of_time_stands_still_too() -> None:
    """One that waits for a moment does not move."""
    story = Story(program(Wait(id="cool", title=text("冷静期"), span=Span(amount=2, unit="working days")))).at("2026-11-23T09:00").submit()
    halted(story.at("2026-11-24T09:00"), again=False)
    assert story.rows == {}
    halted(story.at("2026-11-26T09:00"), again=True)
    assert story.until("2026-11-27T17:29").case.status == "open"
    assert story.until("2026-11-27T17:30").outcome == "approved"


def test_after_a_direct_return_the_rest_of_the_limit_is_left() -> None:
    """Three of eight hours were used before the return; the correction takes none of the other five."""
    step = Approve(id="head", title=text("审批"), who='user("zhou")', due=Span(amount=8, unit="working hours"))
    story = Story(program(step, resume="direct")).at("2026-11-23T08:30").submit()
    story.at("2026-11-23T11:30").act("zhou", "return", opinion="补材料", to="start")
    story.at("2026-11-26T08:30").act("lin", "submit", answers={"trip": "near"})
    assert due(story) == "2026-11-26T15:00"


def test_after_a_return_that_runs_all_steps_again_a_limit_is_new() -> None:
    """A step entered again is a new round, with a clock of its own."""
    step = Approve(id="head", title=text("审批"), who='user("zhou")', due=Span(amount=8, unit="working hours"))
    story = Story(program(step, resume="rerun")).at("2026-11-23T08:30").submit()
    story.at("2026-11-23T11:30").act("zhou", "return", opinion="补材料", to="start")
    story.at("2026-11-26T08:30").act("lin", "submit", answers={"trip": "near"})
    assert due(story) == "2026-11-27T09:00"


@pytest.mark.approval("due-unknown")
def test_nothing_is_decided_by_a_guess_about_a_year_without_a_calendar() -> None:
    """2028 is not known: the limit says so, the ring decides nothing and looks again; once the calendar is there, it is reckoned anew."""
    step = Approve(
        id="head",
        title=text("审批"),
        who='user("zhou")',
        due=Span(amount=2, unit="working days"),
        overdue=(Overdue(after=Span(amount=1, unit="working days"), automatically="approve"),),
    )
    story = Story(program(step)).at("2027-12-30T09:00").submit()
    [task] = story.case.open_tasks()
    assert task.due_uncertain
    assert all(timer.uncertain for timer in story.rows.values())
    story.until("2028-01-05T18:00")
    assert story.case.status == "open"
    assert {fact.held for fact in story.facts(Rang)} == {"calendar"}
    years = {**CALENDAR.years, 2028: Year(year=2028, holidays=("2028-01-03", "2028-01-04", "2028-01-05", "2028-01-06"))}
    story.office = type(story.office)(
        msgspec.structs.replace(story.office.organisation, calendar=msgspec.structs.replace(CALENDAR, years=years))
    )
    story.until("2028-01-09T18:00")
    assert story.case.status == "open"
    assert due(story) == "2028-01-07T17:30"
    assert story.until("2028-01-10T17:30").outcome == "approved"


def test_a_wait_does_not_end_by_a_guess_either() -> None:
    """The flow administrator hears of it once; when the year is published, the wait is reckoned anew."""
    wait = Wait(id="cool", title=text("冷静期"), span=Span(amount=3, unit="working days"))
    story = Story(program(wait)).at("2027-12-30T09:00").submit()
    assert story.case.still["cool"].uncertain
    story.until("2028-01-07T18:00")
    assert story.case.status == "open"
    assert [(body.person, body.kind) for body in story.effects] == [("guan", "calendar")]
    years = {**CALENDAR.years, 2028: Year(year=2028, holidays=("2028-01-03", "2028-01-04", "2028-01-05"))}
    story.office = type(story.office)(
        msgspec.structs.replace(story.office.organisation, calendar=msgspec.structs.replace(CALENDAR, years=years))
    )
    assert story.until("2028-01-08T18:00").outcome == "approved"
