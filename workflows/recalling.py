"""Taking one's own decision back, as long as nobody behind it has acted and nothing outside has happened."""

import msgspec

from workflows import refusals, returning, standing, voting, walking
from workflows.app import Approve, Call, Handle, Step, Wait
from workflows.case import Case, Past, Task
from workflows.clock import Stop, closed
from workflows.commands import Recall, Refusal
from workflows.course import Course
from workflows.events import Candidate, Recalled
from workflows.fold import NOT_A_DECISION, Marking
from workflows.program import START, Program

#: ways of closing a task that nobody behind has to take back first: nobody acted
NOT_AN_ACT = frozenset({"repeat", "hand-over"})


def recall(course: Course, command: Recall) -> Refusal | None:
    """The task is open again, in the same round, with the votes of the others as they stand."""
    actor = course.directory.person(command.actor)
    if actor is None or actor.disabled:
        return refusals.not_yours()
    found = recallable(course.program, course.marking, command.task, command.actor)
    if isinstance(found, Refusal):
        return found
    marking = course.marking
    visit = marking.visits.get(found.step)
    if visit and visit.round == found.round:
        for task in _served(marking, found):
            if task.state == "open":
                course.close(task, "cancelled")
        course.say(Recalled(step=found.step, round=found.round, task=found.id, person=found.person, name=found.name), command.actor)
        for task in (*_cut_off(marking, found), found):
            _reopen(course, task)
    else:
        back_to(course, found, marking.past[found.step])
    return None


def recallable(program: Program, marking: Case | Marking, id: str, person: str) -> Task | Refusal:
    """The task of ``id``, if ``person`` decided it and may still take that back."""
    task = marking.tasks.get(id)
    if task is None or task.person != person or task.state != "done":
        return refusals.not_yours()
    if marking.status != "open":
        return refusals.over()
    if task.automatic or task.part == "opinion" or task.how == "repeat" or task.how in NOT_A_DECISION:
        return refusals.refuse("not-allowed", "这个动作不能撤回", "This cannot be taken back")
    if task.id in marking.recalled or not isinstance(program.steps.get(task.step), Approve | Handle):
        return _too_late()
    visit = marking.visits.get(task.step)
    if visit and visit.round == task.round:
        return task if _last(marking, task) and not _acted(marking, _served(marking, task)) else _too_late()
    past = marking.past.get(task.step)
    if past is None or past.visit.round != task.round or not _last(marking, task) or not _stands(program, marking, task.step, past):
        return _too_late()
    if not _decisive(program, marking, task, past):
        return refusals.refuse(
            "too-late",
            "没有您的这一票，这一步也是这样决定的，不能再撤回",
            "The step was decided without it: it can no longer be taken back",
        )
    behind = _behind(program, task.step, past)
    later = [other for other in marking.tasks.values() if other.step in behind and other.opened_seq > past.seq]
    if _acted(marking, [*later, *_served(marking, task)]):
        return _too_late()
    lasting = [item.step for item in marking.lasting if item.step in behind and item.seq > past.seq]
    lasting += [still.step for still in past.stood.still.values() if still.step in behind and still.children] if past.stood else []
    return _lasting(program.steps[lasting[0]]) if lasting else task


def back_to(course: Course, task: Task, past: Past) -> None:
    """The step had been left: what has begun since is over, and the step is open again as it was. A return out of a parallel had
    cancelled the block: who was at work there is asked again, and waits begin anew.
    """
    marking, program = course.marking, course.program
    behind, stood = _behind(program, task.step, past), past.stood
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
    lanes |= {id: open for id, open in stood.lanes.items() if id in behind} if stood else {}
    was = stood.executed if stood else tuple(id for id in marking.executed if id not in behind)
    beside = tuple(id for id in stood.visits if id in behind) if stood else ()
    again = [*_cut_off(marking, task), *(_at_work(marking, past, beside) if beside else ()), task]
    course.say(
        Recalled(
            step=task.step,
            round=task.round,
            task=task.id,
            person=task.person,
            name=task.name,
            reopened=True,
            undone=tuple(id for id in marking.executed if id in behind or id == task.step or id in lanes),
            lanes=lanes,
            restored=tuple(id for id in was if id in behind),
            beside=beside,
        ),
        task.person,
    )
    for other in again:
        _reopen(course, other)
    for still in stood.still.values() if stood else ():
        step = program.steps[still.step]
        if still.step in behind and isinstance(step, Wait) and not standing.wait(course, step):
            walking.run(course, program.places[still.step].after())


def _behind(program: Program, step: str, past: Past) -> frozenset[str]:
    """Where the case may have come since ``step`` was left."""
    if past.to is None:
        return program.onward[step]
    return frozenset({*program.steps, START}) if past.to == START else program.onward[past.to] | {past.to}


def _stands(program: Program, marking: Case | Marking, step: str, past: Past) -> bool:
    """Whether what ``step`` led to is still so: nobody has returned the case out of a parallel around it, and it was not moved."""
    if past.how == "passed":
        return step in marking.executed
    if past.to is None or past.stood is None:
        return False
    behind = _behind(program, step, past)
    around = [lane.around.step.id for lane in program.lanes[step] if lane.around]
    return not any(id not in behind and marking.cancelled.get(id, 0) > past.seq for id in around)


def _decisive(program: Program, marking: Case | Marking, task: Task, past: Past) -> bool:
    """Whether the step would still be open without ``task``. A return, a jump and the rejection of someone added before or after are one
    person's act; otherwise it is for the votes of the others to say.
    """
    round = [other for other in voting.of_round(marking, past.visit) if other.state == "done" and other.closed_seq < past.seq]
    mover = max(round, key=lambda other: other.closed_seq)
    if past.how in ("returned", "jumped") or (mover.part in ("before", "after") and mover.how == "reject"):
        return mover.id == task.id
    if task.part == "after" or mover.id == task.id:
        return True
    step = program.steps[task.step]
    assert isinstance(step, Approve | Handle)
    open = {other.id: msgspec.structs.replace(other, state="open") for other in (task, *_cut_off(marking, task))}
    return voting.verdict(step, msgspec.structs.replace(marking, tasks={**marking.tasks, **open}), past.visit) is None


def _cut_off(marking: Case | Marking, task: Task) -> list[Task]:
    """Who need not act any more in its round because of ``task``."""
    return [
        other
        for other in marking.tasks.values()
        if (other.step, other.round, other.state) == (task.step, task.round, "superseded") and other.closed_seq > task.closed_seq
    ]


def _at_work(marking: Case | Marking, past: Past, beside: tuple[str, ...]) -> list[Task]:
    """Who was at work in the steps ``beside``, which went with the block."""
    assert past.stood is not None
    rounds = {(id, past.stood.visits[id].round) for id in beside}
    return [
        other
        for other in marking.tasks.values()
        if (other.step, other.round) in rounds and other.how == "cancelled" and other.closed_seq > past.seq
    ]


def _served(marking: Case | Marking, task: Task) -> list[Task]:
    """Tasks of the same round that only opened because of ``task``: the next in order, people added after, and the decision that came
    back from people added before.
    """
    round = [other for other in marking.tasks.values() if (other.step, other.round) == (task.step, task.round)]
    later = [other for other in round if other.opened_seq > task.closed_seq]
    roots = {other.id for other in later if other.origin == task.id or (other.part == "vote" and not other.seat)}
    back = {other.id for other in later if task.part == "before" and other.seat == task.seat and other.part in voting.VOTES}
    return [
        other
        for other in later
        if (other.id in roots | back or other.seat in roots or other.origin == task.id)
        and other.state in ("open", "done")
        and other.how not in NOT_A_DECISION
    ]


def _acted(marking: Case | Marking, tasks: list[Task]) -> bool:
    """Whether somebody has done something with one of ``tasks``, and has not taken it back."""
    return any(task.state == "done" and task.how not in NOT_AN_ACT and task.id not in marking.recalled for task in tasks)


def _last(marking: Case | Marking, task: Task) -> bool:
    """Whether the seat of ``task`` has heard nothing since; people added before or after have the seat of whoever added them."""
    own = [
        other
        for other in marking.tasks.values()
        if (other.step, other.round, other.seat or other.id) == (task.step, task.round, task.seat or task.id)
        and (other.part in voting.VOTES if task.part in voting.VOTES else (other.part, other.person) == (task.part, task.person))
    ]
    return own[-1].id == task.id


def _reopen(course: Course, task: Task) -> None:
    """What was closed is given to its person again. The clock stood still meanwhile."""
    visit, step = course.marking.visits[task.step], course.program.steps.get(task.step)
    if task.due and task.closed_at and isinstance(step, Approve | Handle):
        still = bool(task.stops) and task.stops[-1].until is None
        stops = closed(task.stops, course.now) if still else (*task.stops, Stop(since=task.closed_at, until=course.now))
        if due := course.due(step, task.since or task.opened_at, stops):
            task = msgspec.structs.replace(task, due=due.at, due_uncertain=due.uncertain, stops=stops)
    to = Candidate(person=task.person, name=task.name, why=task.why, weight=task.weight, principal=task.principal)
    course.pass_on(visit, to, task, by=task.by)


def _too_late() -> Refusal:
    return refusals.refuse("too-late", "后面已经有人办理，不能再撤回", "Someone behind has acted already: it can no longer be taken back")


def _lasting(step: Step) -> Refusal:
    title = step.title
    if isinstance(step, Call):
        return refusals.refuse(
            "cannot-undo",
            f"“{title['zh']}”发起或取消了另一份申请，收不回来，不能撤回",
            f"“{title.get('en') or title['zh']}” has started or cancelled another case and cannot be undone",
        )
    return refusals.refuse(
        "cannot-undo",
        f"“{title['zh']}”已经执行，收不回来，不能撤回",
        f"“{title.get('en') or title['zh']}” has been done and cannot be undone",
    )
