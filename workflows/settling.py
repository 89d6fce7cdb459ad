"""After a vote: whether the step is decided, and where the case goes from there."""

from workflows import refusals, returning, voting
from workflows.app import Approve, Handle
from workflows.case import Task
from workflows.commands import Act
from workflows.course import Course
from workflows.events import Candidate


def settle(course: Course, step: Approve | Handle, command: Act | None = None) -> None:
    """Draws the conclusion from the votes of the open round of ``step``. A step that has passed but for people who were added after
    someone's approval waits for them; nobody else need act.
    """
    visit = course.marking.visits[step.id]
    verdict = voting.verdict(step, course.marking, visit)
    if verdict == "rejected":
        reject(course, step, command)
    elif verdict == "passed":
        waiting = course.marking.open_tasks(step.id)
        if any(task.part == "after" for task in waiting):
            for task in waiting:
                if task.part != "after":
                    course.close(task, "superseded")
        else:
            go_on(course, step.id)
    elif step.decide == "in-order" and not course.marking.open_tasks(step.id) and (ahead := voting.turn(course.marking, visit)):
        course.give(visit, ahead[0], course.due(step))


def asks(step: Approve | Handle) -> bool:
    """Whether ``step`` asks for more than agreement: an opinion, a signature, or answers."""
    return bool(step.edit) or step.opinion == "required" or step.desk.signature != "none"


def repeat(course: Course) -> None:
    """Whoever has approved already, since the form last changed, need not again, where the flow says so and the step asks for nothing
    but agreement.
    """
    rule, marking, program = course.program.app.flow.same_person, course.marking, course.program
    while rule != "none" and course.entered and course.open:
        id = course.entered.pop(0)
        step = program.steps.get(id)
        if not isinstance(step, Approve) or asks(step) or step.decide == "claim":
            continue
        before = next((other for other in reversed(marking.executed) if isinstance(program.steps[other], Approve | Handle)), None)
        have = {person for person, at in marking.approved if rule == "all" or at == before}
        while visit := marking.visits.get(id):
            task = next((t for t in marking.open_tasks(id) if t.part == "vote" and t.person in have), None)
            if task is None or visit.round != task.round:
                break
            course.close(task, "repeat")
            settle(course, step)


def reject(course: Course, step: Approve | Handle, command: Act | None) -> None:
    """``step`` was rejected. Within a parallel that ends the case."""
    course.leave(step.id, "rejected")
    target = course.program.app.flow.on_reject
    actor = command.actor if command else None
    if target == "end" or course.program.lanes[step.id]:
        course.end("rejected", actor=actor, opinion=refusals.plain(command.opinion) if command else "")
    else:
        returning.jump(course, step.id, target, "reject", actor)


def go_on(course: Course, step: str) -> None:
    """``step`` has passed."""
    back = course.marking.returns.get(step)
    course.leave(step, "passed")
    returning.after_passing(course, step, back)


def restore(course: Course, origin: Task, last: Task | None = None) -> None:
    """Whoever delegated, or asked others first, has it back; ``last``: the task whose limit ran meanwhile."""
    to = Candidate(person=origin.person, name=origin.name, why=origin.why, principal=origin.principal)
    course.pass_on(course.marking.visits[origin.step], to, last or origin, part=origin.part, origin=origin.origin)
