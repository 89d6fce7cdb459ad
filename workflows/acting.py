"""Acts on a task: each checks the right again, closes the task, and says where the case goes."""

import msgspec

from forms.texts import Text
from workflows import adding, candidates, editing, handing, picking, refusals, returning, settling, signing, voting
from workflows.app import Action, Approve, AtLeast, Handle
from workflows.case import Case, ReturnTo, Task
from workflows.clock import Stop, closed
from workflows.commands import Act, Refusal
from workflows.course import Course
from workflows.events import Changed, Claimed, Submitted
from workflows.fold import Marking
from workflows.program import START, Program

TITLES = {
    "approve": {"zh": "同意", "en": "Approve"},
    "reject": {"zh": "不同意", "en": "Reject"},
    "abstain": {"zh": "弃权", "en": "Abstain"},
    "return": {"zh": "退回", "en": "Return"},
    "claim": {"zh": "认领", "en": "Claim"},
    "unclaim": {"zh": "放回", "en": "Put back"},
    "transfer": {"zh": "转办", "en": "Transfer"},
    "delegate": {"zh": "委派", "en": "Delegate"},
    "answer": {"zh": "回复意见", "en": "Give an opinion"},
    "add-before": {"zh": "前加签", "en": "Add before"},
    "add-after": {"zh": "同意并后加签", "en": "Approve and add after"},
    "add-beside": {"zh": "并加签", "en": "Add beside"},
    "complete": {"zh": "办理完成", "en": "Complete"},
    "submit": {"zh": "重新提交", "en": "Submit again"},
}


def actions(program: Program, case: Case | Marking, task: Task) -> tuple[str, ...]:
    """Ids of what may be done with ``task``, open on an open case, in the order of use. Own actions of a handle replace "complete"."""
    if task.step == START:
        return ("submit",)
    step, visit = program.steps[task.step], case.visits[task.step]
    assert isinstance(step, Approve | Handle)
    if task.part == "opinion":
        return ("answer",)
    if task.part in ("before", "after"):
        return ("approve", "reject", "return", "transfer")
    if voting.unclaimed(step, visit):
        return ("claim",)
    back = ("unclaim",) if visit.claimed else ()
    own = tuple([action.id for action in step.actions])
    if isinstance(step, Handle):
        return _without(step, (*(own or ("complete",)), "return", "transfer", "delegate", *back))
    abstain = ("abstain",) if isinstance(step.decide, AtLeast) and step.decide.abstain else ()
    beside = () if voting.alone(step) else ("add-beside",)
    added = ("add-before", "add-after", *beside)
    return _without(step, ("approve", *own, "reject", *abstain, "return", "transfer", "delegate", *added, *back))


def _without(step: Approve | Handle, actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([action for action in actions if action not in step.desk.without]) if step.desk.without else actions


def act(course: Course, command: Act) -> Refusal | None:
    """Carries ``command`` out, or says why not. Whom the actor must choose for what follows is chosen by then."""
    if refusal := _act(course, command):
        return refusal
    step = course.marking.tasks[command.task].step
    return picking.missing(course, picking.ahead(course.program, step), frozenset(course.entered))


def _act(course: Course, command: Act) -> Refusal | None:
    task = course.marking.tasks.get(command.task)
    if task is None or task.person != command.actor:
        return refusals.not_yours()
    if task.state != "open" or not course.open:
        return refusals.too_slow(course.marking, task, course.directory.calendar.time_zone)
    actor = course.directory.person(command.actor)
    if actor is None or actor.disabled:
        return refusals.not_yours()
    allowed = actions(course.program, course.marking, task)
    if command.action not in allowed:
        return refusals.unknown_action(command.action, allowed)
    if task.step == START:
        return correct(course, task, command)
    step = course.program.steps[task.step]
    assert isinstance(step, Approve | Handle)
    if command.action in WITHOUT_ANSWERS and (refusal := _stray(course, step, command)):
        return refusal
    match command.action:
        case "approve" | "complete" if task.part in ("before", "after"):
            return serve(course, step, task, command)
        case "approve" | "complete" | "add-after":
            return approve(course, step, task, command)
        case "reject" | "abstain":
            return vote(course, step, task, command)
        case "return":
            return send_back(course, step, task, command)
        case "claim":
            return claim(course, task, command)
        case "unclaim":
            return put_back(course, task, command)
        case "transfer":
            return handing.transfer(course, task, command)
        case "delegate":
            return handing.delegate(course, task, command)
        case "answer":
            return handing.answer(course, task, command)
        case "add-before" if isinstance(step, Approve):
            return adding.before(course, task, command)
        case "add-beside" if isinstance(step, Approve):
            return adding.beside(course, task, command)
        case _:
            return own(course, step, task, command)


#: acts that leave all answers as they are
WITHOUT_ANSWERS = frozenset(
    {"reject", "abstain", "return", "claim", "unclaim", "transfer", "delegate", "answer", "add-before", "add-beside"}
)


def approve(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """Agreement, or work done: one vote for going on; with people to act after it, if that was asked."""
    people = adding.chosen(course, task, command, "after") if command.action == "add-after" else ()
    if isinstance(people, Refusal):
        return people
    how = "approve" if command.action == "add-after" else command.action
    if refusal := _silent(TITLES[how], command, required=step.opinion == "required") or _unsigned(course, step, task, command):
        return refusal
    if refusal := _record(course, step, task, command, how=how, complete=True):
        return refusal
    if people:
        adding.add(course, task, people, "after")
    settling.settle(course, step, command)
    return None


def vote(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """A vote against, or an abstention. Of someone who was added before or after it ends the step."""
    if refusal := _silent(TITLES[command.action], command, required=command.action == "reject" and step.opinion != "optional"):
        return refusal
    if refusal := _unsigned(course, step, task, command):
        return refusal
    course.close(task, command.action, actor=command.actor, opinion=_said(command), signature=command.signature.strip())
    if task.part in ("before", "after"):
        settling.reject(course, step, command)
    else:
        settling.settle(course, step, command)
    return None


def serve(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """Someone who was added before or after has agreed."""
    if refusal := _stray(course, step, command, ()) or _silent(TITLES["approve"], command, required=step.opinion == "required"):
        return refusal
    if refusal := _unsigned(course, step, task, command):
        return refusal
    course.close(task, command.action, actor=command.actor, opinion=_said(command), signature=command.signature.strip())
    adding.served(course, step, task)
    return None


def claim(course: Course, task: Task, command: Act) -> Refusal | None:
    """Who claims decides alone."""
    for other in course.marking.open_tasks(task.step):
        if other.id != task.id:
            course.close(other, "superseded")
    course.say(Claimed(step=task.step, round=task.round, task=task.id, person=task.person, name=task.name), command.actor)
    return None


def put_back(course: Course, task: Task, command: Act) -> Refusal | None:
    """Offered to all again, the limit as it was."""
    course.close(task, "unclaim", actor=command.actor, opinion=_said(command))
    visit = course.marking.visits[task.step]
    for to in visit.candidates:
        course.pass_on(visit, to, task, seat="")
    return None


def send_back(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """One person's act, whatever the others think."""
    if refusal := _silent(TITLES["return"], command, required=step.opinion != "optional"):
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


def own(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """An action of the step's own decides for everybody in it, unless it is a vote."""
    action = next(action for action in step.actions if action.id == command.action)
    theirs = (task.person, task.principal)
    if action.who is not None and not any(
        candidates.among(course.program, action.who, person, course.facts, course.directory) for person in theirs if person
    ):
        words = action.title
        return refusals.refuse("not-allowed", f"您不能使用“{words['zh']}”", f"You may not use “{words.get('en') or words['zh']}”")
    if refusal := _silent(action.title, command, required=action.opinion == "required"):
        return refusal
    if action.go == START:
        if refusal := _stray(course, step, command):
            return refusal
        go_back(course, step, task, command, START)
        return None
    if action.go is None and action.end is None and (refusal := _unsigned(course, step, task, command)):
        return refusal
    if refusal := _record(course, step, task, command, how=action.id, complete=action.go is None and action.end is None):
        return refusal
    if action.vote:
        settling.settle(course, step, command)
    else:
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
        settling.go_on(course, step)


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
    program = course.program
    if refusal := picking.pick(
        course, command.picked, (*picking.by_applicant(program), *picking.ahead(program, START)), command.actor, task.name
    ):
        return refusal
    settling.go_on(course, START)
    return None


def title(program: Program, step: str) -> dict[str, str]:
    """The words of a step, the applicant's own included."""
    return {"zh": "发起人", "en": "Applicant"} if step == START else dict(program.steps[step].title)


def _record(course: Course, step: Approve | Handle, task: Task, command: Act, *, how: str, complete: bool) -> Refusal | None:
    """Closes the task, with the answers that came along."""
    answers = editing.apply(course, step, command.answers, complete=complete)
    if isinstance(answers, Refusal):
        return answers
    before, after = editing.changes(course.marking.answers, answers) if command.answers else ({}, {})
    course.close(task, how, actor=command.actor, opinion=_said(command), signature=command.signature.strip())
    if before or after:
        course.say(Changed(step=step.id, before=before, after=after), command.actor)
    return picking.pick(course, command.picked, picking.ahead(course.program, step.id), command.actor, task.name)


def _stray(course: Course, step: Approve | Handle, command: Act, may: tuple[str, ...] | None = None) -> Refusal | None:
    """Answers that the step may not write are refused even where an act leaves all answers as they are."""
    strange = [name for name in command.answers if name not in (step.edit if may is None else may)]
    return refusals.not_editable(strange, editing.titles(course.program)) if strange else None


def _unsigned(course: Course, step: Approve | Handle, task: Task, command: Act) -> Refusal | None:
    """What a signature lacks; a decision of the flow itself has none."""
    person = course.directory.person(task.person)
    return None if course.automatic else signing.check(step, command, person.name if person else task.name)


def _silent(words: Text, command: Act, *, required: bool) -> Refusal | None:
    return refusals.opinion_required(words) if required and not _said(command) else None


def _said(command: Act) -> str:
    return refusals.plain(command.opinion)
