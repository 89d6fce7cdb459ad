"""What is done to a case as a whole by those who look after it: reminding, stopping, letting go on, ending."""

from datetime import timedelta

from workflows import candidates, refusals, stopping
from workflows.commands import Refusal, Remind, Resume, Suspend, Terminate
from workflows.course import Course
from workflows.effects import Message
from workflows.events import Reminded, Resumed, Suspended

#: between two reminders of one task
PAUSE = timedelta(hours=1)


def administers(course: Course, person: str) -> bool:
    """Whether ``person`` is a flow administrator of this case."""
    return any(found.person.id == person for found in candidates.flow_admins(course.directory, course.marking.applicant.department))


def remind(course: Course, command: Remind) -> Refusal | None:
    """At most once an hour for each task."""
    marking = course.marking
    if command.actor != marking.applicant.id and not administers(course, command.actor):
        return refusals.refuse(
            "not-allowed", "只有申请人和流程管理员可以催办", "Only the applicant and flow administrators may send a reminder"
        )
    task = marking.tasks.get(command.task)
    if task is None or task.state != "open":
        return refusals.refuse("lost-race", "这项待办已经结束，无需再催", "This task is over: nobody need be reminded")
    if task.person == command.actor:
        return refusals.refuse("not-allowed", "这项待办在您自己名下", "This task is your own")
    last = marking.reminded.get(task.id)
    if last and course.now - last < PAUSE:
        return refusals.refuse("too-often", "一小时内已经催过，请稍后再催", "A reminder was sent within the hour")
    by = course.directory.person(command.actor)
    name = by.name if by else command.actor
    course.say(Reminded(task=task.id, step=task.step, person=task.person, name=task.name, by=name), command.actor)
    text = {"zh": f"{name} 催您办理 {marking.number}", "en": f"{name} asks you to act on {marking.number}"}
    course.effects.append(Message(person=task.person, kind="reminder", step=task.step, task=task.id, text=text))
    return None


def suspend(course: Course, command: Suspend) -> Refusal | None:
    """Nobody can act until it is resumed."""
    if refusal := _unfit(course, command):
        return refusal
    if course.marking.suspended_at:
        return refusals.refuse("suspended", "这份申请已经挂起", "This case is suspended already")
    course.say(Suspended(name=_name(course, command.actor), reason=refusals.plain(command.reason)), command.actor)
    stopping.stop(course)
    return None


def resume(course: Course, command: Resume) -> Refusal | None:
    """Everything is as it was."""
    if refusal := _unfit(course, command):
        return refusal
    if course.marking.suspended_at is None:
        return refusals.refuse("not-allowed", "这份申请没有挂起", "This case is not suspended")
    course.say(Resumed(name=_name(course, command.actor), reason=refusals.plain(command.reason)), command.actor)
    stopping.restart(course)
    return None


def terminate(course: Course, command: Terminate) -> Refusal | None:
    """The end, by nobody's approval."""
    if refusal := _unfit(course, command):
        return refusal
    course.end("terminated", actor=command.actor, opinion=refusals.plain(command.reason))
    return None


def _unfit(course: Course, command: Suspend | Resume | Terminate) -> Refusal | None:
    if not administers(course, command.actor):
        return refusals.refuse("not-allowed", "只有流程管理员可以这样做", "Only a flow administrator may do this")
    if not refusals.plain(command.reason):
        return refusals.opinion_required({"zh": "理由", "en": "The reason"})
    return None


def _name(course: Course, person: str) -> str:
    found = course.directory.person(person)
    return found.name if found else person
