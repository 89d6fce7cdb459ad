"""What comes from outside to a case that stands still: messages, and the ends of cases it called."""

from typing import Any, cast

from workflows import editing, refusals, returning, walking
from workflows.app import Call, Wait
from workflows.commands import Cancel, ChildEnded, Deliver, Refusal
from workflows.course import Course
from workflows.unattended import Answered, Delivered


def deliver(course: Course, command: Deliver) -> Refusal | None:
    """Every step that waits for this message goes on, with what the message brings."""
    waiting = [still.step for still in course.marking.still.values() if still.message == command.name]
    if not waiting:
        return refusals.gone()
    for id in waiting:
        # a lane that went on may have ended the case
        if id not in course.marking.still:
            continue
        step = course.program.steps[id]
        assert isinstance(step, Wait)
        course.say(Delivered(step=id, message=command.name))
        values = {field: command.payload[key] for field, key in step.into.items() if key in command.payload}
        if values and (refusal := editing.assign(course, id, values)):
            return refusal
        go_on(course, id)
    return None


def go_on(course: Course, step: str) -> None:
    """``step`` is over: on to what stands below it."""
    course.leave(step, "passed")
    walking.run(course, course.program.places[step].after())


def child_ended(course: Course, command: ChildEnded) -> Refusal | None:
    """One of the cases that a step called has ended; the last of them takes the case on. Without a field for the outcome, anything
    but approved is a rejection: the others are cancelled, and the flow's ``on_reject`` says where to.
    """
    still = course.marking.still.get(command.step)
    step = course.program.steps.get(command.step)
    if still is None or command.case not in still.children or not isinstance(step, Call):
        return refusals.gone()
    course.say(Answered(step=command.step, index=command.index, case=command.case, outcome=command.outcome))
    values = {field: command.answers[name] for field, name in step.outputs.items() if name in command.answers}
    values |= {step.outcome: command.outcome} if step.outcome is not None else {}
    for name, value in values.items():
        _keep(course, step, command.index, name, value)
    if command.outcome != "approved" and step.outcome is None:
        course.leave(step.id, "rejected")
        target = course.program.app.flow.on_reject
        if target == "end" or course.program.lanes[step.id]:
            course.end("rejected")
        else:
            returning.jump(course, step.id, target, "reject", None)
    elif not course.marking.still[step.id].children:
        go_on(course, step.id)
    return None


def _keep(course: Course, step: Call, index: int, name: str, value: Any) -> None:
    """An answer of the case that was called, in a field or in its row. One that the form here does not allow is left out: it stands
    in the case it comes from.
    """
    if step.each is None:
        editing.assign(course, step.id, {name: value})
        return
    rows = course.marking.answers.get(step.each)
    if isinstance(rows, list) and index < len(found := cast("list[dict[str, Any]]", rows)):
        new = [{**row, name: value} if number == index else row for number, row in enumerate(found)]
        editing.assign(course, step.id, {step.each: new})


def cancel(course: Course, command: Cancel) -> Refusal | None:
    """The case that called this one was withdrawn, went back or ended."""
    parent = course.marking.parent
    if not course.open or parent is None or parent.case != command.parent:
        return refusals.gone()
    course.end("caller-gone")
    return None
