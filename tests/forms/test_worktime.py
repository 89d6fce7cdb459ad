"""Working time: deadlines and counts of days, by the calendar of the organisation."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trip import CALENDAR

from forms import worktime

ZONE = ZoneInfo("Asia/Shanghai")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.approval("due-units", "due-first-day", "due-holiday")
@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-11-23T09:00", 8, "working hours", "2026-11-24T09:30"),
        ("2026-11-23T09:00", 7, "working hours", "2026-11-23T17:30"),
        ("2026-11-23T12:30", 1, "working hours", "2026-11-23T14:30"),
        ("2026-11-23T20:00", 1, "working hours", "2026-11-24T09:30"),
        ("2026-11-27T17:00", 1, "working hours", "2026-11-30T09:00"),
        ("2026-09-30T17:00", 1, "working hours", "2026-10-08T09:00"),
        ("2026-11-28T10:00", 0, "working hours", "2026-11-28T10:00"),
        ("2026-11-23T23:50", 30, "minutes", "2026-11-24T00:20"),
        ("2026-11-27T09:00", 72, "hours", "2026-11-30T09:00"),
        ("2026-11-23T09:00", 1, "working days", "2026-11-24T17:30"),
        ("2026-11-27T09:00", 1, "working days", "2026-11-30T17:30"),
        ("2026-09-30T09:00", 1, "working days", "2026-10-08T17:30"),
        ("2026-10-09T09:00", 1, "working days", "2026-10-10T17:30"),
        ("2026-11-23T09:00", 2, "days", "2026-11-25T17:30"),
        ("2026-11-26T09:00", 2, "days", "2026-11-30T17:30"),
        ("2026-09-28T09:00", 5, "days", "2026-10-08T17:30"),
        ("2026-09-18T09:00", 2, "days", "2026-09-20T17:30"),
    ],
)
def test_a_limit_ends_when_the_calendar_says(start: str, amount: int, unit: worktime.Unit, end: str) -> None:
    """Minutes and hours start at once, days the day after; a limit never ends on a day off, and a make-up day is none."""
    assert worktime.after(CALENDAR, wall(start), amount, unit) == (wall(end), False)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "uncertain"),
    [
        ("2026-12-30T09:00", 1, "working days", False),
        ("2026-12-31T09:00", 1, "working days", True),
        ("2026-12-31T09:00", 1, "days", True),
        ("2026-12-31T16:30", 1, "working hours", False),
        ("2026-12-31T17:00", 1, "working hours", True),
        ("2026-12-31T17:00", 24, "hours", False),
    ],
)
def test_a_limit_in_a_year_without_a_calendar_is_uncertain(start: str, amount: int, unit: worktime.Unit, uncertain: bool) -> None:
    """Past the known years nobody guesses: Monday to Friday are taken as worked, and it is said."""
    assert worktime.after(CALENDAR, wall(start), amount, unit).uncertain is uncertain


def test_a_deadline_is_in_utc() -> None:
    """Whatever zone the start came in."""
    assert worktime.after(CALENDAR, wall("2026-11-23T09:00"), 1, "hours").at.tzinfo is UTC


@given(
    st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.integers(0, 100),
    st.integers(0, 100),
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.sampled_from(["minutes", "hours", "days", "working hours", "working days"]),
)
def test_a_longer_limit_never_ends_sooner(start: datetime, less: int, more: int, later: timedelta, unit: worktime.Unit) -> None:
    """Deadlines keep the order of their amounts and of their starts, and none lies before its start but that day's own close."""
    first = worktime.after(CALENDAR, start, less, unit)
    assert first.at <= worktime.after(CALENDAR, start, less + more, unit).at
    assert first.at <= worktime.after(CALENDAR, start + later, less, unit).at
    assert first.at >= start or (less == 0 and "days" in unit)


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 800))
def test_workdays_counts_each_working_day_once(start: date, length: int) -> None:
    """The shortcut over whole weeks and lists of days gives what walking from day to day gives."""
    end = start + timedelta(days=length)
    walked = sum(worktime.is_workday(CALENDAR, start + timedelta(days=n)) for n in range(length + 1))
    assert worktime.workdays(CALENDAR, start, end) == walked


def test_workdays_backwards_are_none() -> None:
    assert worktime.workdays(CALENDAR, date(2026, 12, 3), date(2026, 12, 1)) == 0


@pytest.mark.parametrize(
    ("start", "start_half", "end", "end_half", "count"),
    [
        ("2026-12-01", "am", "2026-12-01", "am", 0.5),
        ("2026-12-01", "am", "2026-12-01", "pm", 1.0),
        ("2026-12-01", "pm", "2026-12-02", "am", 1.0),
        ("2026-12-01", "pm", "2026-12-01", "am", 0.0),
        ("2026-12-05", "pm", "2026-12-07", "pm", 1.0),
        ("2026-12-04", "pm", "2026-12-06", "am", 0.5),
    ],
)
def test_halves_of_working_days_count_half(start: str, start_half: worktime.Half, end: str, end_half: worktime.Half, count: float) -> None:
    """Half a day off a weekend costs nothing."""
    assert worktime.halfdays(CALENDAR, date.fromisoformat(start), start_half, date.fromisoformat(end), end_half) == count
