"""Taking one's own decision back, as long as nobody behind it has acted and nothing outside has happened."""

from workflows import refusals, returning, voting
from workflows.app import Approve, Handle, Step
from workflows.case import Case, Task, Visit
from workflows.commands import Recall, Refusal
from workflows.course import Course
from workflows.events import Candidate, Recalled
from workflows.fold import NOT_A_DECISION, Marking
from workflows.program import Program


def recall(course: Course, command: Recall) -> Refusal | None:
    """The task is open again, in the same round, with the votes of the others as they stand."""
    found = recallable(course.program, course.marking, command.task, command.actor)
    if isinstance(found, Refusal):
        return found
    marking = course.marking
    if found.step not in marking.visits:
        back_to(course, found)
    else:
        for task in _served(marking, found):
            course.close(task, "cancelled")
        course.say(Recalled(step=found.step, round=found.round, task=found.id, person=found.person, name=found.name), command.actor)
    course.pass_on(marking.visits[found.step], _again(found), found, by=found.by)
    return None


def recallable(program: Program, marking: Case | Marking, id: str, person: str) -> Task | Refusal:
    """The task of ``id``, if ``person`` decided it and may still take that back."""
    task = marking.tasks.get(id)
    if task is None or task.person != person or task.state != "done":
        return refusals.not_yours()
    if marking.status != "open":
        return refusals.over()
    step = program.steps.get(task.step)
    own = [action for action in step.actions if action.go or action.end] if isinstance(step, Approve | Handle) else []
    if (
        step is None
        or task.automatic
        or task.part not in voting.VOTES
        or task.how in NOT_A_DECISION
        or task.how in ("return", "repeat")
        or task.how in [action.id for action in own]
    ):
        return refusals.refuse("not-allowed", "这个动作不能撤回", "This cannot be taken back")
    visit = marking.visits.get(task.step)
    if visit and visit.round == task.round:
        return _too_late() if _acted(_served(marking, task)) or not _last(marking, visit, task) else task
    past = marking.past.get(task.step)
    if visit or past is None or past.visit.round != task.round or past.how != "passed" or not _last(marking, past.visit, task):
        return _too_late()
    behind = program.onward[task.step]
    later = [other for other in marking.tasks.values() if other.step in behind and other.opened_seq > past.seq]
    if _acted([*later, *_served(marking, task)]):
        return _too_late()
    if lasting := next((item for item in marking.lasting if item.step in behind and item.seq > past.seq), None):
        return _lasting(program.steps[lasting.step])
    return task


def back_to(course: Course, task: Task) -> None:
    """The step had passed: what has begun behind it is over, and it is open again as it was when it passed."""
    marking, program = course.marking, course.program
    behind = program.onward[task.step]
    round = voting.of_round(marking, marking.past[task.step].visit)
    superseded = [other for other in round if other.state == "superseded" and other.closed_seq > task.closed_seq]
    for parallel in [id for id in marking.lanes if id in behind]:
        if parallel in marking.lanes:
            returning.cancel(course, parallel)
    for step in [id for id in (*marking.visits, *marking.still) if id in behind]:
        course.leave(step, "cancelled")
    lanes = {
        lane.around.step.id: tuple(sorted({*marking.lanes.get(lane.around.step.id, ()), lane.number}))
        for lane in program.lanes[task.step]
        if lane.around
    }
    undone = tuple([id for id in marking.executed if id in behind or id == task.step or id in lanes])
    course.say(
        Recalled(
            step=task.step, round=task.round, task=task.id, person=task.person, name=task.name, reopened=True, undone=undone, lanes=lanes
        ),
        task.person,
    )
    for other in superseded:
        course.pass_on(marking.visits[task.step], _again(other), other, by=other.by)


def _served(marking: Case | Marking, task: Task) -> list[Task]:
    """Tasks of the same round that only opened because of ``task``: the next in order, and people added after."""
    round = [other for other in marking.tasks.values() if (other.step, other.round) == (task.step, task.round)]
    later = [other for other in round if other.opened_seq > task.closed_seq]
    roots = {other.id for other in later if other.origin == task.id or (other.part == "vote" and not other.seat)}
    return [
        other
        for other in later
        if (other.id in roots or other.seat in roots or other.origin == task.id)
        and other.state in ("open", "done")
        and other.how not in NOT_A_DECISION
    ]


def _acted(tasks: list[Task]) -> bool:
    return any(task.state == "done" for task in tasks)


def _last(marking: Case | Marking, visit: Visit, task: Task) -> bool:
    """Whether the seat of ``task`` has heard nothing since."""
    seat = task.seat or task.id
    of_seat = [other for other in voting.of_round(marking, visit) if (other.seat or other.id) == seat and other.part in voting.VOTES]
    return of_seat[-1].id == task.id


def _again(task: Task) -> Candidate:
    return Candidate(person=task.person, name=task.name, why=task.why, weight=task.weight, principal=task.principal)


def _too_late() -> Refusal:
    return refusals.refuse("too-late", "后面已经有人办理，不能再撤回", "Someone behind has acted already: it can no longer be taken back")


def _lasting(step: Step) -> Refusal:
    title = step.title
    return refusals.refuse(
        "cannot-undo",
        f"“{title['zh']}”已经执行，收不回来，不能撤回",
        f"“{title.get('en') or title['zh']}” has been done and cannot be undone",
    )
