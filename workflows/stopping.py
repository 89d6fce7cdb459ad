"""All limits of a case stand still for a while: it is suspended, or in a special procedure."""

from datetime import datetime

from forms.worktime import Deadline
from workflows import timing
from workflows.app import Approve, Handle, Overdue, Wait
from workflows.case import Task
from workflows.clock import closed
from workflows.course import Course
from workflows.effects import Timer
from workflows.unattended import Limit, Restarted, Stopped


def stop(course: Course, actor: str | None = None) -> None:
    """No limit runs and no timer rings until `restart`; what opens meanwhile begins to run only then."""
    if not course.marking.stopped:
        course.say(Stopped(), actor)


def restart(course: Course, actor: str | None = None) -> None:
    """Every limit runs on with what was left of it, and the timers with it."""
    marking, program = course.marking, course.program
    if not marking.stopped:
        return
    limits: list[Limit] = []
    timers: list[Timer] = []
    for task in marking.tasks.values():
        step = program.steps.get(task.step)
        if task.state != "open" or not task.due or not isinstance(step, Approve | Handle):
            continue
        stopped = task.stops[-1].since if task.stops else task.opened_at
        due = timing.limit(program, step, course.facts, course.directory, task.since or task.opened_at, closed(task.stops, course.now))
        due = due or Deadline(task.due, task.due_uncertain)
        limits.append(Limit(step=task.step, task=task.id, due=due.at, due_uncertain=due.uncertain))
        again = [_again(course, task, step, due, timer, stopped) for timer in marking.held.values() if _of(task, timer)]
        timers += [timer for timer in again if timer]
    # a promised day is a day, however long the case stood still
    timers += [timer for timer in marking.held.values() if timing.read(timer.id).field]
    for still in marking.still.values():
        step = program.steps[still.step]
        if isinstance(step, Wait) and still.until:
            due = timing.limit(program, step, course.facts, course.directory, still.since, closed(still.stops, course.now))
            assert due is not None
            limits.append(Limit(step=still.step, due=due.at, due_uncertain=due.uncertain))
            timers.append(Timer(id=timing.wait_id(still.step, still.round), at=due.at, uncertain=due.uncertain))
    course.say(Restarted(limits=tuple(limits), timers=tuple(timers)), actor)


def _of(task: Task, timer: Timer) -> bool:
    return timer.id.startswith(f"{task.id}~")


def _again(course: Course, task: Task, step: Approve | Handle, due: Deadline, timer: Timer, stopped: datetime) -> Timer | None:
    """A ring that was held: counted from the limit as it is now, or, when the task was late already, as far away as it was."""
    ring = timing.read(timer.id)
    entry: Overdue = step.overdue[ring.entry]
    calendar = course.directory.calendar
    if ring.times == 1 and (task.due is None or task.due > stopped):
        return timing.first(calendar, task.id, ring.entry, entry, due)
    return timing.shifted(calendar, timer, entry.remind if entry.remind and ring.times > 1 else entry.after, stopped, course.now)
