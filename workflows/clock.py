"""Limits that run and stand still: when one ends, and what is left of it, from nothing but moments and the calendar."""

from collections.abc import Iterable
from datetime import datetime

from forms import worktime
from forms.calendar import WorkCalendar
from forms.form import Struct
from forms.worktime import Deadline, Length
from workflows.app import Span


class Stop(Struct):
    """A clock stood still from ``since`` until ``until``, or still does."""

    since: datetime
    until: datetime | None = None


def closed(stops: tuple[Stop, ...], at: datetime) -> tuple[Stop, ...]:
    """``stops`` of a clock that runs again from ``at`` on, if it stood still."""
    if not stops or stops[-1].until is not None:
        return stops
    return (*stops[:-1], Stop(since=stops[-1].since, until=at))


def deadline(calendar: WorkCalendar, span: Span, since: datetime, stops: Iterable[Stop] = ()) -> Deadline | None:
    """When a limit of ``span`` that began at ``since`` ends; None while it stands still. A limit that ended before a stop ended then."""
    left = worktime.length(span.amount, span.unit)
    for stop in stops:
        ends = worktime.run_on(calendar, since, left, span.unit)
        if ends.at <= stop.since:
            return ends
        if stop.until is None:
            return None
        left = _less(left, worktime.elapsed(calendar, since, stop.since, span.unit))
        since = stop.until
    return worktime.run_on(calendar, since, left, span.unit)


def remaining(calendar: WorkCalendar, span: Span, since: datetime, stops: Iterable[Stop], now: datetime) -> Length:
    """What is left at ``now`` of a limit of ``span``: days, or time on the clock (of office hours where the limit counts those). Nothing
    when it is late.
    """
    left = worktime.length(span.amount, span.unit)
    for stop in stops:
        left = _less(left, worktime.elapsed(calendar, since, min(stop.since, now), span.unit))
        if stop.until is None or now < stop.until:
            return left
        since = stop.until
    return _less(left, worktime.elapsed(calendar, since, now, span.unit))


def _less(left: Length, used: Length) -> Length:
    if isinstance(left, int):
        assert isinstance(used, int)
        return max(0, left - used)
    assert not isinstance(used, int)
    return max(left - left, left - used)
