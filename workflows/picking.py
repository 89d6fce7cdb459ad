"""Choosing who acts later: the applicant when handing in, an approver for the step that follows."""

from collections.abc import Iterator, Mapping

from forms.texts import Text
from workflows import candidates, refusals
from workflows.app import Approve, Branch, Handle, Inclusive, Parallel
from workflows.commands import Refusal
from workflows.course import Course
from workflows.events import Picked
from workflows.program import START, Place, Program

NOBODY: Text = {"zh": "请选择由谁办理", "en": "Choose who is to act"}
OTHERS: Text = {"zh": "只能在列出的人员中选择", "en": "Choose among the people listed"}


def ahead(program: Program, step: str) -> tuple[Approve | Handle, ...]:
    """The steps for which whoever lets the case pass ``step`` chooses, whatever way it takes from there."""
    if not program.choosing:
        return ()
    place = Place(program.flow, 0) if step == START else program.places[step].after()
    return tuple([found for found in _next(program, place) if found.chosen and found.chosen.by == "previous"])


def by_applicant(program: Program) -> tuple[Approve | Handle, ...]:
    """The steps for which the applicant chooses."""
    return tuple([step for step in program.choosing if step.chosen and step.chosen.by == "applicant"])


def _next(program: Program, place: Place) -> Iterator[Approve | Handle]:
    """The human steps a case may come to from ``place`` without a person in between."""
    block, index = place
    while True:
        if index == len(block.steps):
            if block.around is None:
                return
            block, index = block.around.after()
            continue
        step = block.steps[index]
        index += 1
        if isinstance(step, Approve | Handle):
            yield step
            return
        parts = step.cases if isinstance(step, Branch | Inclusive) else step.branches if isinstance(step, Parallel) else ()
        for number in range(len(parts)):
            yield from _next(program, Place(program.blocks[step.id, number], 0))
        if isinstance(step, Parallel):
            return


def pick(
    course: Course, picked: Mapping[str, tuple[str, ...]], steps: tuple[Approve | Handle, ...], actor: str, name: str
) -> Refusal | None:
    """Takes down whom ``actor`` chose for ``steps``; each is one whom the step names, and not more than it may have."""
    known = {step.id: step for step in steps}
    wrong: dict[str, Text] = {}
    for id, people in picked.items():
        step = known.get(id)
        if step is None or not people or step.chosen is None or len(set(people)) != len(people) or len(people) > step.chosen.most:
            wrong[id] = OTHERS
            continue
        found = {item.person.id: item for item in candidates.gather(course.program, step.who, course.facts, course.directory)[0]}
        if any(person not in found or _oneself(course, step, person) for person in people):
            wrong[id] = OTHERS
            continue
        chosen = tuple([candidates.candidate(found[p].person, (dict(found[p].why),), found[p].department) for p in people])
        if course.marking.picked.get(id) != people:
            course.say(Picked(step=id, by=name, people=chosen), actor)
    return refusals.choose(wrong) if wrong else None


def missing(course: Course, steps: tuple[Approve | Handle, ...], entered: frozenset[str]) -> Refusal | None:
    """Why the case cannot go on: somebody must be chosen for those of ``steps`` it has come to."""
    lacking = {step.id: NOBODY for step in steps if step.id in entered and not course.marking.picked.get(step.id)}
    return refusals.choose(lacking) if lacking else None


def _oneself(course: Course, step: Approve | Handle, person: str) -> bool:
    return isinstance(step, Approve) and person == course.marking.applicant.id and course.program.app.flow.self_approval != "self"
