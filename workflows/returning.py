"""The ways that lead elsewhere than down: returns, jumps, and straight back after a correction."""

from forms.expressions import Fault
from workflows import walking
from workflows.app import Approve, Branch, Handle, Inclusive
from workflows.case import Case, ReturnTo
from workflows.course import Course
from workflows.events import Joined, Jumped, Returned
from workflows.fold import Marking
from workflows.program import START, Place, Program


def targets(program: Program, case: Case | Marking, step: str) -> list[str]:
    """Where the case can be returned to from ``step``: the applicant, and every human step that this pass has really been
    through, nearest first, unless it lies within a parallel that ``step`` is not in.
    """
    around = program.lanes[step]
    seen = dict.fromkeys(reversed(case.executed))
    ahead = program.onward[step]
    reachable = [
        id for id in seen if id not in ahead and isinstance(program.steps.get(id), Approve | Handle) and _within(program.lanes[id], around)
    ]
    return [START, *reachable]


def previous(program: Program, case: Case | Marking, step: str) -> str:
    """The step before ``step`` as this case went; the applicant if there was none."""
    return (targets(program, case, step)[1:] or [START])[0]


def send_back(course: Course, step: str, to: str, back: ReturnTo, opinion: str, *, direct: bool) -> None:
    """``step`` was left to correct something at ``to``. Out of a parallel the whole block is cancelled, and its lanes run again."""
    leaving = [lane for lane in course.program.lanes[step] if lane not in _lanes(course.program, to)]
    direct = direct and not leaving
    undone = _undone(course, step, to, skip=direct)
    if leaving and leaving[0].around:
        cancel(course, leaving[0].around.step.id)
    course.say(
        Returned(
            step=step,
            to=to,
            direct=direct,
            person=back.person,
            name=back.name,
            opinion=opinion,
            undone=undone,
            since=back.since if direct else None,
            stops=back.stops if direct else (),
        ),
        back.person,
    )
    if to == START:
        walking.enter_start(course)
    else:
        walking.run(course, course.program.places[to])


def jump(course: Course, step: str, to: str, action: str, actor: str | None) -> None:
    """``step`` was left for ``to``, in the same block or one around it. Raises Fault for a target across a parallel boundary,
    which the builder does not let pass.
    """
    if course.program.lanes.get(to) != course.program.lanes[step]:
        raise Fault(f"go: {to}", "the target lies across the boundary of a parallel")
    course.say(Jumped(step=step, to=to, action=action, undone=_undone(course, step, to)), actor)
    walking.run(course, course.program.places[to])


def after_passing(course: Course, step: str, back: ReturnTo | None) -> None:
    """``step`` has passed: on to what stands below it, or straight back to whoever returned the case."""
    if back is None:
        walking.run(course, Place(course.program.flow, 0) if step == START else course.program.places[step].after())
        return
    affected = _affected(course, step, back)
    if affected is not None:
        jump_to = course.program.places[affected]
        course.say(Jumped(step=step, to=affected, action="changed", undone=_undone(course, affected, affected)))
        walking.run(course, jump_to)
        return
    target = course.program.steps[back.step]
    assert isinstance(target, Approve | Handle)
    walking.enter_for(course, target, back)


def cancel(course: Course, parallel: str) -> None:
    """Everything that is open within ``parallel`` is over, and so are the parallels in it."""
    lanes = course.program.lanes
    within = {id for id in lanes if any(lane.around and lane.around.step.id == parallel for lane in lanes[id])}
    for step in [id for id in (*course.marking.visits, *course.marking.still) if id in within]:
        course.leave(step, "cancelled")
    for inner in [id for id in reversed(course.marking.lanes) if id in within]:
        course.say(Joined(parallel=inner, how="cancelled"))
    course.say(Joined(parallel=parallel, how="cancelled"))


def _affected(course: Course, step: str, back: ReturnTo) -> str | None:
    """The first branch between ``step`` and where the case would go straight back to that reads something that has changed
    meanwhile. If it lies in a parallel that has finished, the parallel: nobody goes into the inside of a finished block.
    """
    program = course.program
    behind = program.onward[step] if step != START else frozenset(program.steps)
    for id in course.marking.executed:
        branch = program.steps[id]
        if id in behind and isinstance(branch, Branch | Inclusive) and program.reads(branch) & set(back.changed):
            inside = [lane for lane in program.lanes[id] if lane not in _lanes(program, step)]
            return inside[0].around.step.id if inside and inside[0].around else id
    return None


def _undone(course: Course, step: str, to: str, *, skip: bool = False) -> tuple[str, ...]:
    """What the case has been through and will go through again: all from ``to`` on; if it ``skip``s what lies between because it
    comes straight back, only ``to`` itself. What lies behind ``step`` comes again in any case: it was only there because an earlier
    direct return had not come back yet.
    """
    onward = course.program.onward
    again = onward[step] | ({to} if skip else frozenset(course.program.steps) if to == START else onward[to])
    return tuple(id for id in course.marking.executed if id in again)


def _lanes(program: Program, step: str) -> tuple[object, ...]:
    return () if step == START else program.lanes[step]


def _within(inner: tuple[object, ...], outer: tuple[object, ...]) -> bool:
    return inner == outer[: len(inner)]
