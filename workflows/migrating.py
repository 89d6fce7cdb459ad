"""A case goes on under another release, or back under that of before."""

import msgspec

from forms import answers
from workflows import editing, refusals, walking
from workflows.app import Call
from workflows.commands import Migrate, MoveBack, Refusal
from workflows.course import Course
from workflows.events import Candidate
from workflows.program import START


def migrate(course: Course, command: Migrate) -> Refusal | None:
    """What `moving.move` found. Decided under the release that the case goes to."""
    if not course.open:
        return refusals.over()
    fact, marking = command.moved.fact, course.marking
    before = dict(marking.tasks)
    given = {**fact.given, **_calculated(course, command)}
    course.say(msgspec.structs.replace(fact, name=command.name, given=given), command.actor)
    course.moved |= {id: None for id, task in marking.tasks.items() if before[id] != task}
    for step in fact.leaves:
        course.leave(step, "cancelled")
    for step in command.moved.enters:
        if step == START:
            walking.enter_start(course)
        elif course.open:
            walking.run(course, course.program.places[step])
    return None


def _calculated(course: Course, command: Migrate) -> dict[str, object]:
    """Fields of this release that are calculated, and were not there before."""
    fact, program = command.moved.fact, course.program
    after = {name: value for name, value in course.marking.answers.items() if name not in fact.dropped} | fact.given
    if not program.rules.computed - after.keys():
        return {}
    known = editing.facts(course.marking.applicant, course.now, course.directory)
    entered = {name: value for name, value in after.items() if name not in program.rules.computed}
    found = answers.check(program.rules, entered, known).answers
    return {name: found[name] for name in program.rules.computed - after.keys() if name in found}


def move_back(course: Course, command: MoveBack) -> Refusal | None:
    """As it was, with new tasks for those who need not have acted any more. Decided under the release of before."""
    marking = course.marking
    migration = marking.migration
    if not course.open:
        return refusals.over()
    if migration is None or migration.kept is None:
        return refusals.refuse(
            "too-late", "换用新版本以后已经有人办理，不能再退回原版本", "Someone has acted under the new release: it can no longer go back"
        )
    kept = migration.kept
    if any(id not in marking.still for id in kept.still if isinstance(course.program.steps[id], Call)):
        return refusals.refuse("cannot-undo", "已经取消的子申请恢复不了", "The cases that were called have been cancelled")
    again = [task for task in marking.tasks.values() if task.state == "cancelled" and task.closed_seq > migration.seq]
    before = dict(marking.tasks)
    stood = {(migration.steps.get(id, id), place.round) for id, place in {**kept.visits, **kept.still}.items()}
    for step, place in {**marking.visits, **marking.still}.items():
        if (step, place.round) not in stood:
            course.leave(step, "cancelled")
    course.say(msgspec.structs.replace(command.fact, name=command.name), command.actor)
    course.moved |= {id: None for id, task in marking.tasks.items() if before[id].step != task.step}
    for task in again:
        visit = marking.visits[marking.tasks[task.id].step]
        to = Candidate(person=task.person, name=task.name, why=task.why, weight=task.weight, principal=task.principal)
        course.pass_on(visit, to, task, by=task.by)
    return None
