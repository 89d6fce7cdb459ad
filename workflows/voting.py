"""How several people decide a step: what one more vote means for it."""

from workflows.app import Approve, Handle
from workflows.case import Visit
from workflows.course import Course
from workflows.events import Candidate


def passes(course: Course, step: Approve | Handle, visit: Visit) -> bool:
    """Whether ``step`` passes with the approval, or the work, that was just recorded. If the next person in order is to act, their
    task opens. Only the votes of this round count.
    """
    if step.decide == "any-decision":
        return True
    if step.decide == "in-order" and (waiting := turn(course, visit)):
        course.give(visit, waiting[0], course.due(step))
        return False
    return not course.marking.open_tasks(step.id)


def turn(course: Course, visit: Visit) -> list[Candidate]:
    """The people of this round who have had no task yet, in order."""
    served = {task.person for task in course.marking.tasks.values() if task.step == visit.step and task.round == visit.round}
    return [candidate for candidate in visit.candidates if candidate.person not in served]


def present(course: Course, visit: Visit) -> set[str]:
    """Who is in this round of the step already: has a task, has acted, or still waits for their turn. Who handed theirs over is not."""
    tasks = [task for task in course.marking.tasks.values() if task.step == visit.step and task.round == visit.round]
    acting = {task.person for task in tasks if task.how != "transfer"}
    return acting | {candidate.person for candidate in turn(course, visit)}
