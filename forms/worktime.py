"""Deadlines and working days: pure arithmetic over the organisation's calendar.

Rules: 民法典 §201 (the day something begins does not count), §203 (a limit that ends on a day off runs to the next working
day, and to the close of business where there are business hours). Minutes and hours start at once.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from forms.calendar import WorkCalendar

Unit = Literal["minutes", "hours", "days", "working hours", "working days"]
Half = Literal["am", "pm"]
DAY = timedelta(days=1)
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Deadline(NamedTuple):
    """A moment in UTC. ``uncertain``: it rests on a year whose holidays are not known, where Monday to Friday are taken as worked."""

    at: datetime
    uncertain: bool


#: what is left of a length of time, or has been used of it: whole days, or else time on the clock
Length = timedelta | int


def length(amount: int, unit: Unit) -> Length:
    """``amount`` of ``unit``, to be counted down."""
    if unit in ("days", "working days"):
        return amount
    return timedelta(minutes=amount) if unit == "minutes" else timedelta(hours=amount)


def after(calendar: WorkCalendar, start: datetime, amount: int, unit: Unit) -> Deadline:
    """When ``amount`` of ``unit`` has passed since ``start``, an aware time. Raises OverflowError past the year 9999."""
    return run_on(calendar, start, length(amount, unit), unit)


def run_on(calendar: WorkCalendar, start: datetime, left: Length, unit: Unit) -> Deadline:
    """When ``left`` has passed since ``start``. Raises OverflowError past the year 9999."""
    start = start.astimezone(UTC)
    if isinstance(left, int):
        return _days(calendar, start, left, working=unit == "working days")
    return _working_hours(calendar, start, left) if unit == "working hours" else Deadline(start + left, uncertain=False)


def elapsed(calendar: WorkCalendar, start: datetime, end: datetime, unit: Unit) -> Length:
    """How much of a limit in ``unit`` goes by from ``start`` to ``end``; nothing when ``end`` comes first. Of days, as `after` counts
    them: the starting day does not count, the last one does.
    """
    start, end = start.astimezone(UTC), max(start, end).astimezone(UTC)
    if unit in ("minutes", "hours"):
        return end - start
    zone = ZoneInfo(calendar.time_zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if unit == "days":
        return (last - first).days
    if unit == "working days":
        return workdays(calendar, first + DAY, last)
    if last - first > timedelta(days=2):
        # whole days between count alike
        whole = sum((closing - opening for opening, closing in _hours(calendar)), timedelta()) * workdays(calendar, first + DAY, last - DAY)
        days = (first, last)
    else:
        whole, days = timedelta(), tuple(first + DAY * n for n in range((last - first).days + 1))
    spans = [span for day in days for span in _opened(calendar, day, zone)]
    return whole + sum((max(timedelta(), min(closing, end) - max(opening, start)) for opening, closing in spans), timedelta())


def _hours(calendar: WorkCalendar) -> list[tuple[timedelta, timedelta]]:
    """The office hours of a working day, from its midnight on. A change of the clock never falls into them."""
    return [(_since_midnight(opening), _since_midnight(closing)) for opening, closing in calendar.hours]


def _since_midnight(clock: str) -> timedelta:
    hour, minute = clock.split(":")[:2]
    return timedelta(hours=int(hour), minutes=int(minute))


def moment(calendar: WorkCalendar, written: str, *, closing: bool) -> datetime:
    """The moment that an answer names, "2026-12-01" or "2026-12-01T09:00", on the wall of the organisation. A day is meant until the
    close of business, or (not ``closing``) from its beginning on; it does not move, whatever day it is. At the ends of what a calendar
    can count, the first or last moment there is. Raises ValueError.
    """
    zone = ZoneInfo(calendar.time_zone)
    try:
        if "T" in written:
            at = datetime.fromisoformat(written)
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        return _at(date.fromisoformat(written), calendar.hours[-1][1] if closing else "00:00", zone)
    except OverflowError:
        return FIRST if written.startswith("0") else LAST


def _working_hours(calendar: WorkCalendar, start: datetime, left: timedelta) -> Deadline:
    zone = ZoneInfo(calendar.time_zone)
    day = start.astimezone(zone).date()
    uncertain = False
    while left:
        uncertain = uncertain or day.year not in calendar.years
        for opening, closing in _opened(calendar, day, zone):
            begin = max(opening, start)
            if begin < closing:
                if left <= closing - begin:
                    return Deadline(begin + left, uncertain)
                left -= closing - begin
        day += DAY
    return Deadline(start, uncertain=False)


def _opened(calendar: WorkCalendar, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The office hours of ``day`` in UTC: none on a day off."""
    if not is_workday(calendar, day):
        return []
    return [(_at(day, opening, zone), _at(day, closing, zone)) for opening, closing in calendar.hours]


@lru_cache(1024)
def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + DAY, time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _days(calendar: WorkCalendar, start: datetime, amount: int, *, working: bool) -> Deadline:
    zone = ZoneInfo(calendar.time_zone)
    day = start.astimezone(zone).date()
    uncertain = False
    if working:
        while amount > 0:
            day += DAY
            uncertain = uncertain or day.year not in calendar.years
            amount -= is_workday(calendar, day)
    else:
        day += timedelta(days=amount)
    while not is_workday(calendar, day):
        day += DAY
    return Deadline(_at(day, calendar.hours[-1][1], zone), uncertain or day.year not in calendar.years)


def is_workday(calendar: WorkCalendar, day: date) -> bool:
    """Whether the office works on ``day``: as the year's notice says, else Monday to Friday."""
    year = calendar.years.get(day.year)
    if year is not None:
        text = day.isoformat()
        if text in year.holidays:
            return False
        if text in year.workdays:
            return True
    return day.weekday() < 5


def workdays(calendar: WorkCalendar, start: date, end: date) -> int:
    """Working days from ``start`` to ``end``, both included; 0 when ``end`` comes first. Takes no longer for a century than for a week."""
    if end < start:
        return 0
    weeks, rest = divmod((end - start).days + 1, 7)
    count = weeks * 5 + sum((start.weekday() + n) % 7 < 5 for n in range(rest))
    first, last = start.isoformat(), end.isoformat()
    for number, year in calendar.years.items():
        if start.year <= number <= end.year:
            off = {text for text in year.holidays if first <= text <= last}
            count -= sum(date.fromisoformat(text).weekday() < 5 for text in off)
            count += sum(date.fromisoformat(text).weekday() >= 5 for text in year.workdays if first <= text <= last and text not in off)
    return count


def halfdays(calendar: WorkCalendar, start: date, start_half: Half, end: date, end_half: Half) -> float:
    """Working days in halves: from the morning or afternoon of ``start`` to the morning or afternoon of ``end``."""
    count = float(workdays(calendar, start, end))
    if start_half == "pm" and is_workday(calendar, start):
        count -= 0.5
    if end_half == "am" and is_workday(calendar, end):
        count -= 0.5
    return max(count, 0.0)
