"""From one step to the next: the case runs through blocks, branches and lanes until it waits for a person or ends."""

from forms.expressions import Fault
from workflows import allocating, automatic, candidates, standing
from workflows.app import Approve, Branch, Call, End, Handle, Inclusive, Notify, Parallel, Wait
from workflows.case import ReturnTo
from workflows.clock import closed
from workflows.course import Course
from workflows.events import Arrived, Candidate, Forked, Joined, Took
from workflows.program import START, Place

#: steps that may run by themselves in one decision. Blocks only lead downwards and every way back is a person's act, so no
#: flow gets there; a release that does is broken, and the decision is refused.
AUTOMATIC_STEPS = 10_000
BACK = {"zh": "由其退回，改好后直接送回", "en": "Returned it, and gets it straight back"}


def run(course: Course, place: Place) -> None:
    """The case goes on at ``place``. Raises Fault when an expression fails."""
    while course.open:
        if len(course.events) > AUTOMATIC_STEPS:
            raise Fault("steps", "the flow does not come to rest")
        block, index = place
        if index == len(block.steps):
            if block.around is None:
                course.end("approved")
                return
            if block.kind == "lane" and not arrive(course, block.around.step.id, block.number):
                return
            place = block.around.after()
            continue
        step = block.steps[index]
        place = place.after()
        if isinstance(step, Approve | Handle):
            enter(course, step)
            return
        if isinstance(step, Notify):
            found = candidates.resolve(course.program, step, course.facts, course.directory)
            course.copy(step.id, found.candidates)
        elif isinstance(step, Branch):
            case = candidates.choose(course.program, step, course.facts, course.directory)
            course.say(Took(branch=step.id, case=case))
            if case is not None:
                place = Place(course.program.blocks[step.id, case], 0)
        elif isinstance(step, Parallel | Inclusive):
            if not fork(course, step):
                return
        elif isinstance(step, Wait | Call):
            if standing.enter(course, step):
                return
        elif isinstance(step, End):
            course.end(step.outcome)
        else:
            automatic.carry_out(course, step)


def enter(course: Course, step: Approve | Handle) -> None:
    """A new round of ``step``, for everyone it names now."""
    found = candidates.resolve(course.program, step, course.facts, course.directory)
    people, allocated = allocating.allocate(course, step, found.candidates)
    course.begin(
        step.id,
        people,
        course.due(step),
        instead=found.instead,
        allocated=allocated,
        one_by_one=step.decide == "in-order" and len(found.candidates) > 1,
    )


def enter_for(course: Course, step: Approve | Handle, back: ReturnTo) -> None:
    """A new round of ``step`` for whoever returned the case from there, with what was left of their time; if they are gone, for
    everyone the step names.
    """
    person = course.directory.person(back.person)
    if person is None or person.disabled:
        enter(course, step)
        return
    stops = closed(back.stops, course.now)
    due = course.due(step, back.since, stops)
    course.begin(step.id, (candidates.candidate(person, (BACK,)),), due, since=back.since if due else None, stops=stops if due else ())


def enter_start(course: Course) -> None:
    """The applicant corrects the form."""
    applicant = course.marking.applicant
    why = ({"zh": "申请人", "en": "Applicant"},)
    course.begin(
        START, (Candidate(person=applicant.id, name=applicant.name, department=applicant.department, post=applicant.post, why=why),), None
    )


def fork(course: Course, block: Parallel | Inclusive) -> bool:
    """The lanes begin, all or those whose condition holds; the last to finish takes the case on. Whether none began."""
    if isinstance(block, Inclusive):
        lanes = candidates.choose_all(course.program, block, course.facts, course.directory)
        course.say(Forked(parallel=block.id, lanes=len(block.cases), taken=lanes))
        if not lanes:
            course.say(Joined(parallel=block.id, how="finished"))
            return True
    else:
        lanes = tuple(range(len(block.branches)))
        course.say(Forked(parallel=block.id, lanes=len(lanes)))
    for lane in lanes:
        if course.open:
            run(course, Place(course.program.blocks[block.id, lane], 0))
    return False


def arrive(course: Course, parallel: str, lane: int) -> bool:
    """A lane has finished; whether it was the last."""
    course.say(Arrived(parallel=parallel, lane=lane))
    if course.marking.lanes[parallel]:
        return False
    course.say(Joined(parallel=parallel, how="finished"))
    return True
