"""Acts on a task: each checks the right again, closes the task, and says where the case goes."""

import msgspec

from forms.texts import Text
from workflows import candidates, editing, refusals, returning, voting
from workflows.app import Action, Approve, Handle, Step
from workflows.case import ReturnTo, Task
from workflows.clock import Stop, closed
from workflows.commands import Act, Refusal
from workflows.course import Course
from workflows.events import Changed, Submitted
from workflows.program import START, Program

TITLES = {
    "approve": {"zh": "同意", "en": "Approve"},
    "reject": {"zh": "不同意", "en": "Reject"},
    "return": {"zh": "退回", "en": "Return"},
    "transfer": {"zh": "转办", "en": "Transfer"},
    "complete": {"zh": "办理完成", "en": "Complete"},
    "submit": {"zh": "重新提交", "en": "Submit again"},
}


def actions(step: Step | None) -> tuple[str, ...]:
    """Ids of what may be done at ``step``; None is the applicant's own. Own actions of a handle replace "complete"."""
    if step is None:
        return ("submit",)
    assert isinstance(step, Approve | Handle)
    own = tuple(action.id for action in step.actions)
    if isinstance(step, Approve):
        return ("approve", *own, "reject", "return", "transfer")
    return (*(own or ("complete",)), "return", "transfer")


def act(course: Course, command: Act) -> Refusal | None:
    """Carries ``command`` out, or says why not."""
    task = course.marking.tasks.get(command.task)
    if task is None or task.person != command.actor:
        return refusals.not_yours()
    if task.state != "open" or not course.open:
        return refusals.too_slow(course.marking, task, course.directory.calendar.time_zone)
    actor = course.directory.person(command.actor)
    if actor is None or actor.disabled:
        return refusals.not_yours()
    step = None if task.step == START else course.program.steps[task.step]
    allowed = actions(step)
    if command.action not in allowed:
        return refusals.unknown_action(command.action, allowed)
    if step is None:
        return correct(course, task, command)
    assert isinstance(step, Approve | Handle)
    match command.action:
        case "approve" | "complete":
            return approve(course, step, task, command)
        case "reject" if isinstance(step, Approve):
            return reject(course, step, task, command)
        case "return":
            return send_back(course, step, task, command)
        case "transfer":
            return transfer(course, step, task, command)
        case _:
            return own(course, step, task, command)


def approve(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """Agreement, or work done: one vote for going on."""
    if refusal := _silent(TITLES[command.action], command, required=step.opinion == "required"):
        return refusal
    if refusal := _record(course, step, task, command, complete=True):
        return refusal
    visit = course.marking.visits[step.id]
    if voting.passes(course, step, visit):
        go_on(course, step.id)
    return None


def reject(course: Course, step: Approve, task: Task, command: Act) -> Refusal | None:
    """The first rejection decides, in each way of deciding there is so far. Within a parallel it ends the case."""
    if refusal := _silent(TITLES["reject"], command, required=True) or _stray(course, step, command):
        return refusal
    course.close(task, "reject", actor=command.actor, opinion=_said(command))
    course.leave(step.id, "rejected")
    target = course.program.app.flow.on_reject
    if target == "end" or course.program.lanes[step.id]:
        course.end("rejected", actor=command.actor, opinion=_said(command))
    else:
        returning.jump(course, step.id, target, "reject", command.actor)
    return None


def send_back(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """One person's act, whatever the others think."""
    if refusal := _silent(TITLES["return"], command, required=True) or _stray(course, step, command):
        return refusal
    allowed = returning.targets(course.program, course.marking, step.id)
    to = returning.previous(course.program, course.marking, step.id) if command.to == "previous" else command.to
    if to not in allowed:
        words = [title(course.program, id) for id in allowed]
        return refusals.refuse(
            "bad-target",
            f"不能退回到这里；可以退回到：{'、'.join(w['zh'] for w in words)}",
            f"It cannot be returned there; possible: {', '.join(w.get('en') or w['zh'] for w in words)}",
        )
    go_back(course, step, task, command, to)
    return None


def go_back(course: Course, step: Approve | Handle, task: Task, command: Act, to: str) -> None:
    course.close(task, command.action, actor=task.person, opinion=_said(command), to=to, to_name=title(course.program, to)["zh"])
    course.leave(step.id, "returned")
    direct = (command.resume or course.program.app.flow.resume) == "direct"
    returning.send_back(course, step.id, to, _way_back(course, step, task), _said(command), direct=direct)


def _way_back(course: Course, step: Approve | Handle, task: Task) -> ReturnTo:
    """Straight back to whoever returned it; their clock stands still meanwhile."""
    back = ReturnTo(step=step.id, person=task.person, name=task.name)
    if step.due is None or task.due is None:
        return back
    stops = (*closed(task.stops, course.now), Stop(since=course.now))
    return msgspec.structs.replace(back, since=task.since or task.opened_at, stops=stops)


def transfer(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """Another decides for good; the limit stays as it was."""
    if refusal := _stray(course, step, command):
        return refusal
    to = course.directory.person(command.to) if command.to else None
    if to is None or to.disabled:
        return refusals.refuse("bad-target", "请选择一位在岗的人员", "Choose someone whose account is active")
    if to.id == course.marking.applicant.id:
        return refusals.refuse("self-approval", "不能转办给申请人本人", "It cannot be transferred to the applicant")
    visit = course.marking.visits[step.id]
    if to.id in voting.present(course, visit):
        return refusals.refuse("already-there", f"{to.name} 已在这一步中", f"{to.name} is in this step already")
    course.close(task, "transfer", actor=command.actor, opinion=_said(command), to=to.id, to_name=to.name)
    why = ({"zh": f"由 {task.name} 转办", "en": f"Transferred by {task.name}"}, *task.why)
    course.hand_over(visit, candidates.candidate(to, why), task)
    return None


def own(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """An action of the step's own decides for everybody in it."""
    action = next(action for action in step.actions if action.id == command.action)
    if action.who is not None and not candidates.among(course.program, action.who, task.person, course.facts, course.directory):
        words = action.title
        return refusals.refuse("not-allowed", f"您不能使用“{words['zh']}”", f"You may not use “{words.get('en') or words['zh']}”")
    if refusal := _silent(action.title, command, required=action.opinion == "required"):
        return refusal
    if action.go == START:
        if refusal := _stray(course, step, command):
            return refusal
        go_back(course, step, task, command, START)
        return None
    if refusal := _record(course, step, task, command, complete=action.go is None and action.end is None):
        return refusal
    follow(course, step.id, action, command)
    return None


def follow(course: Course, step: str, action: Action, command: Act) -> None:
    """Where an own action leads: elsewhere, to the end, or on."""
    if action.go is not None:
        course.leave(step, "jumped")
        returning.jump(course, step, action.go, action.id, command.actor)
    elif action.end is not None:
        course.leave(step, "ended")
        course.end(action.end, actor=command.actor, opinion=_said(command))
    else:
        go_on(course, step)


def correct(course: Course, task: Task, command: Act) -> Refusal | None:
    """The applicant hands the form in again after a return."""
    marking = course.marking
    answers = editing.whole(
        course.program,
        command.answers,
        editing.facts(marking.applicant, course.now, course.directory),
        course.directory,
        kept=marking.answers,
    )
    if isinstance(answers, Refusal):
        return answers
    before, after = editing.changes(marking.answers, answers)
    course.close(task, "submit", actor=command.actor, opinion=_said(command))
    if before or after:
        course.say(Changed(step=START, before=before, after=after), command.actor)
    course.say(Submitted(applicant=marking.applicant, number=marking.number, answers=answers, task=task.id), command.actor)
    go_on(course, START)
    return None


def go_on(course: Course, step: str) -> None:
    """``step`` has passed."""
    back = course.marking.returns.get(step)
    course.leave(step, "passed")
    returning.after_passing(course, step, back)


def title(program: Program, step: str) -> dict[str, str]:
    """The words of a step, the applicant's own included."""
    return {"zh": "发起人", "en": "Applicant"} if step == START else dict(program.steps[step].title)


def _record(course: Course, step: Approve | Handle, task: Task, command: Act, *, complete: bool) -> Refusal | None:
    """Closes the task, with the answers that came along."""
    answers = editing.apply(course, step, command.answers, complete=complete)
    if isinstance(answers, Refusal):
        return answers
    before, after = editing.changes(course.marking.answers, answers) if command.answers else ({}, {})
    course.close(task, command.action, actor=command.actor, opinion=_said(command))
    if before or after:
        course.say(Changed(step=step.id, before=before, after=after), command.actor)
    return None


def _stray(course: Course, step: Approve | Handle, command: Act) -> Refusal | None:
    """Answers that the step may not write are refused even where an act leaves all answers as they are."""
    strange = [name for name in command.answers if name not in step.edit]
    return refusals.not_editable(strange, editing.titles(course.program)) if strange else None


def _silent(words: Text, command: Act, *, required: bool) -> Refusal | None:
    return refusals.opinion_required(words) if required and not _said(command) else None


def _said(command: Act) -> str:
    return refusals.plain(command.opinion)
