"""The limits of tasks and the timers that follow from them; pure."""

from datetime import datetime
from typing import NamedTuple

from forms import worktime
from forms.calendar import WorkCalendar
from forms.expressions import UNKNOWN, Fault
from forms.worktime import Deadline, Length
from workflows import candidates, clock
from workflows.app import Approve, Handle, Overdue, Span, Wait
from workflows.candidates import Facts
from workflows.case import Task
from workflows.clock import Stop
from workflows.effects import Timer
from workflows.people import Directory
from workflows.program import Program

#: the last part of the id of a timer that ends a wait, and of one on the day of a promised material
WAIT, LATER = "wait", "later"


class Ring(NamedTuple):
    """What the id of a timer says: an entry of a task's step and which time, or the end of a wait."""

    task: str | None
    entry: int
    times: int
    step: str = ""
    round: int = 0
    #: the field of a promised material
    field: str = ""


def read(timer: str) -> Ring:
    """The parts of an id. Raises ValueError for one that is not ours."""
    of, number, last = timer.rsplit("~", 2)
    if last == LATER:
        return Ring(None, 0, 0, field=of)
    return Ring(None, 0, 0, of, int(number)) if last == WAIT else Ring(of, int(number), int(last))


def ring_id(task: str, entry: int, times: int = 1) -> str:
    return f"{task}~{entry}~{times}"


def later_id(field: str) -> str:
    return f"{field}~0~{LATER}"


def wait_id(step: str, round: int) -> str:
    return f"{step}~{round}~{WAIT}"


def limit(
    program: Program,
    step: Approve | Handle | Wait,
    facts: Facts,
    directory: Directory,
    since: datetime,
    stops: tuple[Stop, ...] = (),
) -> Deadline | None:
    """When the limit of ``step`` that began at ``since`` ends; None: it has none. Raises Fault."""
    text = step.until if isinstance(step, Wait) else step.due_until
    span = step.span if isinstance(step, Wait) else step.due
    ends = [moment(program, text, facts, directory, closing=not isinstance(step, Wait))] if text is not None else []
    if span is not None and (counted := clock.deadline(directory.calendar, span, since, stops)):
        ends.append(counted)
    return min(ends, key=lambda end: end.at, default=None)


def remaining(program: Program, task: Task, calendar: WorkCalendar, now: datetime) -> Length | None:
    """What is left at ``now`` of the limit of ``task``: a pure function of what the events say of it, and of the calendar. Days where
    the limit counts days, else time on the clock; None: it has no limit, or one that is a moment and not a length.
    """
    step = program.steps.get(task.step)
    if not isinstance(step, Approve | Handle) or step.due is None or task.due is None:
        return None
    return clock.remaining(calendar, step.due, task.since or task.opened_at, task.stops, now)


def moment(program: Program, text: str, facts: Facts, directory: Directory, *, closing: bool) -> Deadline:
    """The moment that the expression ``text`` names. Raises Fault."""
    written = program.moment(text).value(candidates.binding(facts), directory.calendar)
    if written is UNKNOWN:
        raise Fault(text, "not answered")
    try:
        return Deadline(worktime.moment(directory.calendar, written, closing=closing), uncertain=False)
    except ValueError as error:
        raise Fault(text, str(error)) from error


def timers(calendar: WorkCalendar, task: str, step: Approve | Handle, due: Deadline) -> tuple[Timer, ...]:
    """The first ring of every entry of ``step``."""
    found = [first(calendar, task, number, entry, due) for number, entry in enumerate(step.overdue)]
    return tuple([timer for timer in found if timer])


def first(calendar: WorkCalendar, task: str, number: int, entry: Overdue, due: Deadline, times: int = 1) -> Timer | None:
    """The ring of an entry; None: it would be past the year 9999, and never comes."""
    try:
        at, uncertain = worktime.after(calendar, due.at, entry.after.amount, entry.after.unit)
    except OverflowError:
        return None
    return Timer(id=ring_id(task, number, times), at=at, uncertain=uncertain or due.uncertain)


def shifted(calendar: WorkCalendar, timer: Timer, span: Span, stopped: datetime, now: datetime) -> Timer:
    """``timer`` after a stop: as far away in the unit of ``span`` as it was then."""
    at, uncertain = worktime.run_on(calendar, now, worktime.elapsed(calendar, stopped, timer.at, span.unit), span.unit)
    return Timer(id=timer.id, at=at, uncertain=uncertain)
