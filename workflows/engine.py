"""decide: what a command makes of a case. Pure: the same arguments give the same decision, and nothing else is asked."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from forms.expressions import Fault
from forms.form import Struct
from workflows import (
    acting,
    adding,
    arriving,
    candidates,
    editing,
    erasing,
    forecast,
    handing,
    messages,
    migrating,
    picking,
    recalling,
    refusals,
    ringing,
    settling,
    supervising,
    supplying,
    walking,
)
from workflows.app import Withdraw as Rule
from workflows.case import Case, Task
from workflows.commands import (
    Act,
    Cancel,
    ChildEnded,
    Command,
    Comment,
    Deliver,
    Erase,
    Fire,
    HandOver,
    Migrate,
    MoveBack,
    Recall,
    Refusal,
    Remind,
    Remove,
    Resume,
    Submit,
    Supervision,
    Supply,
    Suspend,
    Terminate,
    Withdraw,
)
from workflows.course import Course, Undrawn
from workflows.effects import Draw, Effect, Timer
from workflows.events import Candidate, Commented, Event, Submitted
from workflows.fold import Marking
from workflows.people import Directory
from workflows.program import START, Place, Program

NOTHING_DRAWN: Mapping[str, int] = MappingProxyType({})


class Decision(Struct):
    """What a command changed: new facts, and the rows that follow from them."""

    #: the case as it stands afterwards: the fold of all its events, old and new
    case: Case
    events: tuple[Event, ...]
    #: new tasks as they stand now: one may be closed again already, when a later lane ended the case
    opened: tuple[Task, ...]
    #: earlier tasks that this decision closed
    closed: tuple[Task, ...]
    #: earlier tasks, still open, whose limit is another now
    moved: tuple[Task, ...]
    #: people who received a copy
    copied: tuple[Candidate, ...]
    #: to set, in place of an earlier one with the same id
    timers: tuple[Timer, ...] = ()
    #: ids of timers that are no longer waited for, the one that just fired among them
    dropped: tuple[str, ...] = ()
    #: for the outbox
    effects: tuple[Effect, ...] = ()


def decide(
    program: Program,
    case: Case | None,
    command: Command,
    now: datetime,
    directory: Directory,
    *,
    case_id: str | None = None,
    drawn: Mapping[str, int] = NOTHING_DRAWN,
) -> Decision | Refusal | Draw:
    """The decision on ``command`` at ``now`` (aware, UTC), or why there is none. ``case`` None only for Submit, whose id becomes the
    case's unless ``case_id`` gives one. Task ids are ``{command.id}-1`` and so on, those of effects ``{command.id}-e1``. A Draw is the
    answer when counters are needed that ``drawn`` does not have. Raises ValueError when case and command do not fit.
    """
    if isinstance(command, Submit) != (case is None):
        raise ValueError(f"{type(command).__name__} on {'no case' if case is None else 'a case'}")
    try:
        if isinstance(command, Submit):
            course = submit(program, command, now, directory, case_id or command.id, drawn)
        else:
            assert case is not None
            course = carry_out(Course(program, Marking.of(case), command.id, now, directory, drawn), case, command)
        if isinstance(course, Course):
            settling.repeat(course)
            supplying.watch(course, case.answers if case else {})
            if isinstance(command, Act) and (refusal := supplying.lacking(course)):
                return refusal
    except Fault as fault:
        return refusals.broken(fault)
    except Undrawn as missing:
        return Draw(scopes=missing.scopes)
    if isinstance(course, Refusal):
        return course
    tasks, timers = course.marking.tasks, course.marking.timers
    waiting = case.timers if case else {}
    new = set(course.opened)
    touched = {*course.opened, *course.closed}
    known = case.tasks if case else {}
    after = course.marking.case()
    bodies = [*messages.of(program, case, after, course.events, directory), *course.effects]
    return Decision(
        case=after,
        events=tuple(course.events),
        opened=tuple([tasks[id] for id in course.opened]),
        closed=tuple([tasks[id] for id in course.closed if id not in new]),
        moved=tuple([tasks[id] for id in course.moved if id not in touched and tasks[id] != known[id]]) if course.moved else (),
        copied=tuple(course.copied),
        timers=tuple([timer for timer in timers.values() if waiting.get(timer.id) != timer]) if timers else (),
        dropped=tuple([id for id in waiting if id not in timers]) if waiting else (),
        effects=tuple([Effect(id=f"{command.id}-e{n}", body=body) for n, body in enumerate(bodies, 1)]),
    )


def submit(
    program: Program, command: Submit, now: datetime, directory: Directory, case_id: str, drawn: Mapping[str, int]
) -> Course | Refusal:
    """The first facts of a case."""
    applicant = command.applicant
    if not candidates.may_start(program, applicant, directory, now):
        return refusals.refuse("not-allowed", "您不能发起这项申请", "You may not start this application")
    known = editing.facts(applicant, now, directory)
    answers = editing.whole(program, command.answers, known, directory)
    lacking = isinstance(answers, Refusal) and command.parent is not None
    if lacking:
        answers = editing.part(program, command.answers, known, directory)
    if isinstance(answers, Refusal):
        return answers
    marking = Marking(id=case_id, app=program.app.id, applicant=applicant, number=command.number, created_at=now)
    course = Course(program, marking, command.id, now, directory, drawn)
    course.say(Submitted(applicant=applicant, number=command.number, answers=answers, parent=command.parent), applicant.id)
    if lacking:
        walking.enter_start(course)
        return course
    steps = (*picking.by_applicant(program), *picking.ahead(program, START))
    if refusal := picking.pick(course, command.picked, steps, applicant.id, applicant.name):
        return refusal
    if picking.by_applicant(program):
        stops = frozenset([stop.step for stop in forecast.forecast(program, applicant, answers, now, directory)])
        if refusal := picking.missing(course, picking.by_applicant(program), stops):
            return refusal
    walking.run(course, Place(program.flow, 0))
    return picking.missing(course, picking.ahead(program, START), frozenset(course.entered)) or course


def carry_out(
    course: Course,
    case: Case,
    command: Act | Withdraw | Comment | Supply | Supervision | Erase | Fire | Deliver | ChildEnded | Cancel | Migrate | MoveBack,
) -> Course | Refusal:
    """A command on a case that exists."""
    if case.suspended_at and isinstance(command, Act | Withdraw | Supply | Recall | Remove | Remind):
        return refusals.suspended()
    match command:
        case Act():
            refusal = acting.act(course, command)
        case Withdraw():
            refusal = withdraw(course, case, command)
        case Comment():
            refusal = comment(course, case, command)
        case Supply():
            refusal = supplying.supply(course, command)
        case Recall() | Remove() | Remind() | Suspend() | Resume() | Terminate() | HandOver():
            refusal = supervise(course, command)
        case Erase():
            refusal = erasing.erase(course, command)
        case Fire():
            refusal = ringing.ring(course, command)
        case Deliver():
            refusal = arriving.deliver(course, command)
        case ChildEnded():
            refusal = arriving.child_ended(course, command)
        case Cancel():
            refusal = arriving.cancel(course, command)
        case Migrate():
            refusal = migrating.migrate(course, command)
        case MoveBack():
            refusal = migrating.move_back(course, command)
        case _:
            assert_never(command)
    return refusal or course


def supervise(course: Course, command: Supervision) -> Refusal | None:
    """What is done beside deciding tasks, by those who took part in the case or look after it."""
    if not course.open:
        return refusals.over()
    match command:
        case Recall():
            return recalling.recall(course, command)
        case Remove():
            return adding.remove(course, command)
        case Remind():
            return supervising.remind(course, command)
        case Suspend():
            return supervising.suspend(course, command)
        case Resume():
            return supervising.resume(course, command)
        case Terminate():
            return supervising.terminate(course, command)
        case HandOver():
            return handing.hand_over(course, command)
        case _:
            assert_never(command)


def withdraw(course: Course, case: Case, command: Withdraw) -> Refusal | None:
    """The applicant takes the case back, as long as the flow lets them."""
    person = course.directory.person(command.actor)
    if command.actor != case.applicant.id or person is None or person.disabled:
        return refusals.refuse("not-yours", "只有申请人可以撤销", "Only the applicant may withdraw")
    if case.status != "open":
        return refusals.over()
    rule = course.program.app.flow.withdraw
    if not withdrawable(rule, case):
        if rule.until == "never":
            return refusals.refuse("not-allowed", "这项申请提交后不能撤销", "This application cannot be withdrawn once submitted")
        return refusals.refuse("too-late", "已经有人办理，不能再撤销", "Someone has acted already: it can no longer be withdrawn")
    course.end("withdrawn", actor=command.actor, opinion=refusals.plain(command.opinion))
    return None


def withdrawable(rule: Rule, case: Case) -> bool:
    """Whether the flow still lets the applicant take an open case back."""
    if rule.until == "until-decided":
        return case.decided_at is None
    return rule.until == "before" and rule.before not in case.executed


def comment(course: Course, case: Case, command: Comment) -> Refusal | None:
    """A participant says something, also when the case is over."""
    person = course.directory.person(command.actor)
    taken_part = command.actor == case.applicant.id or command.actor in case.copied
    taken_part = taken_part or any(task.person == command.actor for task in case.tasks.values())
    if person is None or person.disabled or not taken_part:
        return refusals.refuse("not-yours", "只有参与这份申请的人可以评论", "Only those who take part in the case may comment")
    text = refusals.plain(command.text)
    if not text:
        return refusals.refuse("opinion-required", "请先写下评论", "Write the comment first")
    course.say(Commented(name=person.name, text=text), command.actor)
    return None
