"""Steps at which a case stands still without a person: it waits for a moment or a message, or for cases of other apps."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from forms import expressions
from forms.expressions import UNKNOWN
from workflows import candidates, timing
from workflows.app import Call, Wait
from workflows.candidates import Facts
from workflows.course import Course
from workflows.effects import StartCase, Timer
from workflows.people import Directory, Person
from workflows.program import Program
from workflows.unattended import Called, Scheduled, Waiting


def enter(course: Course, step: Wait | Call) -> bool:
    """The case comes to ``step``; whether it stands still there."""
    return wait(course, step) if isinstance(step, Wait) else call(course, step)


def wait(course: Course, step: Wait) -> bool:
    """Until the first of what the step names. A moment that has passed is waited for no more."""
    round = course.marking.rounds.get(step.id, 0) + 1
    until = timing.limit(course.program, step, course.facts, course.directory, course.now)
    at, uncertain = until or (None, False)
    course.say(Waiting(step=step.id, round=round, message=step.message, until=at, uncertain=uncertain))
    if at is not None and at <= course.now and not uncertain:
        course.leave(step.id, "passed")
        return False
    if at is not None:
        course.say(Scheduled(timers=(Timer(id=timing.wait_id(step.id, round), at=at, uncertain=uncertain),)))
    return True


class Starter(NamedTuple):
    """Who is to start a case that is called."""

    person: Person
    #: in place of whom the step names
    instead: bool


def call(course: Course, step: Call) -> bool:
    """Starts one case, or one for each row of the table, which may be none."""
    marking = course.marking
    round = marking.rounds.get(step.id, 0) + 1
    children: list[str] = []
    for index, row in enumerate(rows(step, marking.answers)):
        found = starter(course.program, step, row, course.facts, course.directory)
        if found is None:
            course.say(Called(step=step.id, round=round, index=index, app=step.app))
            continue
        course.children += 1
        child = f"{course.command}-c{course.children}"
        children.append(child)
        person, instead = found
        course.say(
            Called(step=step.id, round=round, index=index, app=step.app, case=child, person=person.id, name=person.name, instead=instead)
        )
        course.effects.append(
            StartCase(
                case=child,
                app=step.app,
                applicant=person.id,
                answers=_inputs(course, step, row),
                parent=marking.id,
                step=step.id,
                index=index,
                waits=step.waits,
            )
        )
    if not step.waits or not children:
        return False
    course.say(Waiting(step=step.id, round=round, children=tuple(children)))
    return True


def rows(step: Call, answers: Mapping[str, Any]) -> list[Any]:
    """What there is a case for: each row of the table; once, for the whole, without one."""
    if step.each is None:
        return [None]
    found = answers.get(step.each)
    return cast("list[Any]", found) if isinstance(found, list) else []


def starter(program: Program, step: Call, row: Any, facts: Facts, directory: Directory) -> Starter | None:
    """The first whom the step names; else whom its ``nobody`` says, and the applicant where there is no flow administrator either;
    None: the flow lets it pass. Raises Fault.
    """
    applicant = facts.applicant
    myself = directory.person(applicant.id) or Person(id=applicant.id, name=applicant.name)
    expression = program.starter(step)
    if expression is None:
        return Starter(myself, instead=False)
    value = expression.value(_bound(facts, row), directory.calendar)
    named = candidates.behind(expressions.references(value), facts, directory) if value is not UNKNOWN else []
    if named:
        return Starter(named[0].person, instead=False)
    if step.nobody == "skip":
        return None
    admins = candidates.flow_admins(directory, applicant.department) if step.nobody == "flow-admin" else []
    return Starter(admins[0].person if admins else myself, instead=True)


def _inputs(course: Course, step: Call, row: Any) -> dict[str, Any]:
    """The first answers of the case that is called. What is not known here is asked of whoever starts it."""
    bound = _bound(course.facts, row)
    given = {name: course.program.input(step, text).value(bound, course.directory.calendar) for name, text in step.inputs.items()}
    return {name: value for name, value in given.items() if value is not UNKNOWN}


def _bound(facts: Facts, row: Any) -> Mapping[str, Any]:
    bound = candidates.binding(facts)
    return bound if row is None else {**bound, "row": row}
