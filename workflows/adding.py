"""Adding people to a step, before, after or beside one's own decision, and taking them out again."""

from typing import Literal

from workflows import candidates, handing, refusals, settling, supervising
from workflows.app import Approve, Handle
from workflows.case import Task
from workflows.commands import Act, Refusal, Remove
from workflows.course import Course
from workflows.events import Added, Candidate

Where = Literal["before", "after", "beside"]
#: people who may be added in one act
MOST = 20
WHY = {
    "before": ("前加签", "Added before by"),
    "after": ("后加签", "Added after by"),
    "beside": ("并加签", "Added beside by"),
}


def chosen(course: Course, task: Task, command: Act, where: Where) -> tuple[Candidate, ...] | Refusal:
    """Whom ``command`` adds, if it may."""
    ids = command.people or ((command.to,) if command.to else ())
    if not 0 < len(ids) <= MOST or len(set(ids)) < len(ids):
        return refusals.refuse("bad-target", f"请选择 1 到 {MOST} 位不同的人员", f"Choose one to {MOST} different people")
    zh, en = WHY[where]
    found: list[Candidate] = []
    for id in ids:
        person = handing.receiver(course, task, id)
        if isinstance(person, Refusal):
            return person
        found.append(candidates.candidate(person, ({"zh": f"{task.name} {zh}", "en": f"{en} {task.name}"},)))
    return tuple(found)


def add(course: Course, task: Task, people: tuple[Candidate, ...], where: Where) -> None:
    """``people`` get their tasks. Those before and after sit on the seat of whoever added them; those beside have votes of their own."""
    visit = course.marking.visits[task.step]
    course.say(Added(step=task.step, round=task.round, where=where, person=task.person, name=task.name, people=people), task.person)
    due = course.due(step) if isinstance(step := course.program.steps[task.step], Approve | Handle) else None
    for to in people:
        seat = "" if where == "beside" else task.seat or task.id
        course.give(visit, to, due, by=task.person, part=where, seat=seat, origin=task.id)


def before(course: Course, task: Task, command: Act) -> Refusal | None:
    """The added people act first; then it comes back."""
    people = chosen(course, task, command, "before")
    if isinstance(people, Refusal):
        return people
    course.close(task, "add-before", actor=command.actor, opinion=refusals.plain(command.opinion))
    add(course, task, people, "before")
    return None


def beside(course: Course, task: Task, command: Act) -> Refusal | None:
    """The added people join the vote; one's own task stays."""
    people = chosen(course, task, command, "beside")
    if isinstance(people, Refusal):
        return people
    add(course, task, people, "beside")
    return None


def served(course: Course, step: Approve | Handle, task: Task) -> None:
    """A person who was added before or after has acted, or need not any more: the last of them gives the decision back, or lets the
    step go on.
    """
    assert task.origin is not None
    others = [other for other in course.marking.open_tasks(step.id) if other.part == task.part and other.origin == task.origin]
    if task.part == "before" and not others:
        settling.restore(course, course.marking.tasks[task.origin])
    elif task.part != "before":
        settling.settle(course, step)


def remove(course: Course, command: Remove) -> Refusal | None:
    """Only people who were added, by whoever added them or by a flow administrator."""
    task = course.marking.tasks.get(command.task)
    adder = course.marking.tasks[task.origin] if task and task.origin and task.part != "opinion" else None
    if task is None or (adder and adder.person != command.actor and not supervising.administers(course, command.actor)):
        return refusals.not_yours()
    if adder is None:
        return refusals.refuse("not-allowed", "只能减去加签的人", "Only people who were added can be removed")
    if task.state != "open":
        return refusals.too_slow(course.marking, task, course.directory.calendar.time_zone)
    step = course.program.steps[task.step]
    assert isinstance(step, Approve | Handle)
    course.close(task, "removed", actor=command.actor)
    served(course, step, task)
    return None
