"""Giving a task to someone else: for good, for an opinion only, or because one leaves."""

from workflows import candidates, refusals, settling, voting
from workflows.app import Approve, Handle
from workflows.case import Task
from workflows.commands import Act, HandOver, Refusal
from workflows.course import Course
from workflows.people import Person
from workflows.program import START


def transfer(course: Course, task: Task, command: Act) -> Refusal | None:
    """Another decides for good; the limit stays as it was."""
    to = receiver(course, task, command.to)
    if isinstance(to, Refusal):
        return to
    course.close(task, "transfer", actor=command.actor, opinion=refusals.plain(command.opinion), to=to.id, to_name=to.name)
    _pass_on(course, task, to, {"zh": f"由 {task.name} 转办", "en": f"Transferred by {task.name}"})
    return None


def delegate(course: Course, task: Task, command: Act) -> Refusal | None:
    """Another says what they think; then it comes back."""
    to = receiver(course, task, command.to)
    if isinstance(to, Refusal):
        return to
    course.close(task, "delegate", actor=command.actor, opinion=refusals.plain(command.opinion), to=to.id, to_name=to.name)
    why = {"zh": f"受 {task.name} 委派", "en": f"Delegated by {task.name}"}
    course.pass_on(course.marking.visits[task.step], candidates.candidate(to, (why,)), task, by=task.person, part="opinion", origin=task.id)
    return None


def answer(course: Course, task: Task, command: Act) -> Refusal | None:
    """The opinion that was asked for: whoever delegated decides with it."""
    said = refusals.plain(command.opinion)
    if not said:
        return refusals.opinion_required({"zh": "回复意见", "en": "Give an opinion"})
    assert task.origin is not None
    course.close(task, "answer", actor=command.actor, opinion=said)
    settling.restore(course, course.marking.tasks[task.origin], task)
    return None


def receiver(course: Course, task: Task, id: str | None) -> Person | Refusal:
    """The person of ``id``, if this task may come to them; the applicant may not be reached this way either."""
    person = course.directory.person(id) if id else None
    if person is None or person.disabled:
        return refusals.refuse("bad-target", "请选择一位在岗的人员", "Choose someone whose account is active")
    if person.id == course.marking.applicant.id:
        return refusals.refuse("self-approval", "不能交给申请人本人", "It cannot be given to the applicant")
    if person.id in voting.present(course.marking, course.marking.visits[task.step]):
        return refusals.refuse("already-there", f"{person.name} 已在这一步中", f"{person.name} is in this step already")
    return person


def hand_over(course: Course, command: HandOver) -> Refusal | None:
    """Everything that waits for ``command.person`` in this case. What may not come to the successor, because they apply or are in
    the step already, goes to the flow administrators; without any it stays.
    """
    to = course.directory.person(command.to)
    if to is None or to.disabled:
        return refusals.refuse("bad-target", "请选择一位在岗的人员", "Choose someone whose account is active")
    tasks = [t for t in course.marking.tasks.values() if t.person == command.person and t.state == "open" and t.step != START]
    for task in tasks:
        applies = to.id == course.marking.applicant.id and isinstance(course.program.steps[task.step], Approve | Handle)
        there = voting.present(course.marking, course.marking.visits[task.step])
        admins = candidates.flow_admins(course.directory, course.marking.applicant.department)
        fit = [found.person for found in admins if found.person.id not in there | {course.marking.applicant.id, command.person}]
        new = to if not applies and to.id not in there else fit[0] if fit else None
        if new:
            course.close(task, "hand-over", actor=command.actor, to=new.id, to_name=new.name)
            _pass_on(course, task, new, {"zh": f"由 {task.name} 交接", "en": f"Handed over by {task.name}"})
    return None if course.events else refusals.refuse("not-yours", "没有可以交接的待办", "There is nothing to hand over")


def _pass_on(course: Course, task: Task, to: Person, why: dict[str, str]) -> None:
    course.pass_on(course.marking.visits[task.step], candidates.candidate(to, (why, *task.why)), task, by=task.person)
