"""A timer rings: late tasks are reminded of, move on or are decided, as the flow has it; waits are over."""

from datetime import timedelta

from forms import worktime
from forms.worktime import Deadline
from workflows import acting, arriving, candidates, handing, refusals, supplying, timing, voting
from workflows.app import REMINDERS, Approve, Handle, Overdue, Wait
from workflows.case import Task
from workflows.commands import Act, Fire, Refusal
from workflows.course import Course
from workflows.effects import Timer
from workflows.events import Candidate
from workflows.fold import Marking
from workflows.program import START
from workflows.timing import Ring
from workflows.unattended import Held, Late, Limit, Rang, Restarted, Scheduled

#: how soon a moment that rests on an unknown year is looked at again
LOOK_AGAIN = timedelta(days=1)
LATE = {"zh": "逾期，按流程规定自动处理", "en": "Late: decided automatically, as the flow has it"}


def ring(course: Course, command: Fire) -> Refusal | None:
    """Once for each timer, never before its time. A moment that rests on a year without a calendar only reminds: nothing is decided
    by a guess.
    """
    timer = course.marking.timers.get(command.timer)
    if timer is None or not course.open:
        return refusals.gone()
    if course.now < timer.at:
        return refusals.early()
    ring = timing.read(timer.id)
    if ring.field:
        course.say(Rang(timer=timer.id, step=START, how="material"))
        supplying.remind(course, ring.field)
        return None
    if ring.task is None:
        wait_over(course, timer, ring)
        return None
    task = course.marking.tasks[ring.task]
    step = course.program.steps[task.step]
    assert isinstance(step, Approve | Handle)
    entry = step.overdue[ring.entry]
    if timer.uncertain and entry.remind is None and not certain(course, timer, ring, task, step):
        return None
    late(course, timer, ring, task, step, entry)
    return None


def wait_over(course: Course, timer: Timer, ring: Ring) -> None:
    still = course.marking.still[ring.step]
    if timer.uncertain:
        step = course.program.steps[ring.step]
        assert isinstance(step, Wait)
        due = timing.limit(course.program, step, course.facts, course.directory, still.since, still.stops)
        if due and (due.uncertain or due.at > course.now):
            at = max(due.at, course.now + LOOK_AGAIN) if due.uncertain else due.at
            if due.uncertain:
                course.say(Rang(timer=timer.id, step=ring.step, held="calendar"))
            limit = Limit(step=ring.step, due=due.at, due_uncertain=due.uncertain)
            course.say(Restarted(limits=(limit,), timers=(Timer(id=timer.id, at=at, uncertain=due.uncertain),)))
            return
    course.say(Rang(timer=timer.id, step=ring.step))
    arriving.go_on(course, ring.step)


def certain(course: Course, timer: Timer, ring: Ring, task: Task, step: Approve | Handle) -> bool:
    """Whether the time has come by the calendar as it is known now. If not, the limit is reckoned anew, and looked at again."""
    calendar = course.directory.calendar
    due = timing.limit(course.program, step, course.facts, course.directory, task.since or task.opened_at, task.stops)
    due = due or Deadline(task.due or timer.at, task.due_uncertain)
    again = timing.first(calendar, task.id, ring.entry, step.overdue[ring.entry], due, ring.times)
    if again is None:
        again = timer
    if not again.uncertain and again.at <= course.now:
        return True
    limit = Limit(step=task.step, task=task.id, due=due.at, due_uncertain=due.uncertain)
    if again.uncertain:
        how = doing(step.overdue[ring.entry])
        course.say(_rang(timer, ring, task, how, "calendar"))
        at = max(again.at, course.now + LOOK_AGAIN)
        again = Timer(id=timing.ring_id(task.id, ring.entry, ring.times + 1), at=at, uncertain=True)
    course.say(Restarted(limits=(limit,), timers=(again,)))
    return False


def late(course: Course, timer: Timer, ring: Ring, task: Task, step: Approve | Handle, entry: Overdue) -> None:
    """What the flow has for a task that is late."""
    how = doing(entry)
    if entry.remind is not None:
        course.say(_rang(timer, ring, task, how))
        if ring.times < (entry.at_most or REMINDERS):
            at, uncertain = worktime.after(course.directory.calendar, course.now, entry.remind.amount, entry.remind.unit)
            course.say(Scheduled(timers=(Timer(id=timing.ring_id(task.id, ring.entry, ring.times + 1), at=at, uncertain=uncertain),)))
    elif (who := entry.escalate or entry.transfer) is not None:
        to = successor(course, step, who, task)
        course.say(_rang(timer, ring, task, how, None if to else "nobody"))
        if to:
            move(course, task, to, copy=entry.escalate is not None)
    else:
        decided = Act(id=course.command, actor=task.person, task=task.id, action=how, opinion=LATE["zh"])
        # tried first: what is refused must leave nothing behind
        trial = Course(course.program, Marking.of(course.marking.case()), course.command, course.now, course.directory, course.drawn)
        held = decide(trial, step, task, decided) is not None or supplying.lacking(trial) is not None
        course.say(_rang(timer, ring, task, how, "incomplete" if held else None))
        if not held:
            decide(course, step, task, decided)


def doing(entry: Overdue) -> Late:
    if entry.remind is not None:
        return "remind"
    return entry.automatically or ("escalate" if entry.escalate is not None else "transfer")


def successor(course: Course, step: Approve | Handle, who: str, task: Task) -> Candidate | None:
    """The first of ``who`` that may have the task, else of the flow administrators: not the applicant, and nobody who is or was in this
    round of the step.
    """
    visit, applicant = course.marking.visits[step.id], course.marking.applicant
    held = {other.person for other in course.marking.tasks.values() if other.step == task.step and other.round == task.round}
    there = voting.present(course.marking, visit) | held | {applicant.id}
    found = candidates.gather(course.program, who, course.facts, course.directory)[0]
    found = [*found, *candidates.flow_admins(course.directory, applicant.department)]
    first = next((item for item in found if item.person.id not in there), None)
    if first is None:
        return None
    why = ({"zh": f"{task.name} 逾期未办，转来", "en": f"From {task.name}, who is late"}, dict(first.why))
    return candidates.candidate(first.person, why, first.department)


def move(course: Course, task: Task, to: Candidate, *, copy: bool) -> None:
    course.automatic = True
    course.close(task, "transfer", to=to.person, to_name=to.name)
    course.automatic = False
    course.pass_on(course.marking.visits[task.step], to, task, by=task.person)
    if copy:
        course.copy(task.step, (_holder(course, task),), task.id)


def _holder(course: Course, task: Task) -> Candidate:
    why = ({"zh": "逾期未办，已转出", "en": "Was late: the task has moved on"},)
    person = course.directory.person(task.person)
    return candidates.candidate(person, why) if person else Candidate(person=task.person, name=task.name, why=why)


def decide(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """The flow decides in its person's place; the record says that it was nobody's act."""
    course.automatic = True
    if task.part == "opinion":
        refusal = handing.answer(course, task, command)
    elif command.action == "reject":
        refusal = acting.vote(course, step, task, command)
    elif task.part in ("before", "after"):
        refusal = acting.serve(course, step, task, command)
    else:
        refusal = acting.approve(course, step, task, command)
    course.automatic = False
    return refusal


def _rang(timer: Timer, ring: Ring, task: Task, how: Late, held: Held | None = None) -> Rang:
    return Rang(
        timer=timer.id,
        step=task.step,
        task=task.id,
        person=task.person,
        name=task.name,
        how=how,
        times=ring.times,
        held=held,
    )
