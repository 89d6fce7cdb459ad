"""How several people decide a step: what the votes of a round come to. Only the votes of that round count."""

from typing import Literal, NamedTuple

from workflows.app import Approve, AtLeast, Handle, OneOf
from workflows.case import Case, Task, Visit
from workflows.events import Candidate
from workflows.fold import NOT_A_DECISION, Marking

Verdict = Literal["passed", "rejected"]
#: parts of a task that are somebody's own vote
VOTES = frozenset({"vote", "beside"})


#: ways in which everybody has a say
TOGETHER = frozenset({"all", "in-order", "all-voted", "any-approval"})


class Seat(NamedTuple):
    """One vote: whoever has it now, by transfer or after a delegation."""

    weight: int
    vote: Literal["for", "against", "abstained", "pending"]


def verdict(step: Approve | Handle, marking: Case | Marking, visit: Visit) -> Verdict | None:
    """What the votes decide so far; None: nothing yet."""
    found = seats(marking, visit)
    for_it = sum([seat.weight for seat in found if seat.vote == "for"])
    against = sum([seat.weight for seat in found if seat.vote == "against"])
    pending = sum([seat.weight for seat in found if seat.vote == "pending"])
    way = step.decide
    if isinstance(way, AtLeast) and visit.instead != "nobody":
        # exact: no fraction is ever divided
        parts, needed = way.of or 1, way.needed * (visit.total if way.of else 1)
        if for_it * parts >= needed:
            return "passed"
        return "rejected" if (for_it + pending) * parts < needed else None
    if way == "in-order":
        pending += len(turn(marking, visit))
    if way in TOGETHER:
        return _together(way, for_it, against, pending)
    return "passed" if for_it else "rejected" if against or not pending else None


def _together(way: object, for_it: int, against: int, pending: int) -> Verdict | None:
    if way == "any-approval":
        return "passed" if for_it else None if pending else "rejected"
    if way == "all-voted":
        return None if pending else "rejected" if against else "passed"
    return "rejected" if against else None if pending else "passed"


def seats(marking: Case | Marking, visit: Visit) -> list[Seat]:
    """The seats of a round. Who was cut off, or taken out again, has none."""
    found: dict[str, Seat] = {}
    for task in of_round(marking, visit):
        if task.part == "after":
            continue
        seat = task.seat or task.id
        if task.state == "open":
            found[seat] = Seat(task.weight, "pending")
        elif task.state == "done" and task.part in VOTES and task.how not in NOT_A_DECISION:
            vote = "against" if task.how == "reject" else "abstained" if task.how == "abstain" else "for"
            found[seat] = Seat(task.weight, vote)
    return list(found.values())


def of_round(marking: Case | Marking, visit: Visit) -> list[Task]:
    """The tasks of this round, in the order of opening."""
    return [task for task in marking.tasks.values() if task.step == visit.step and task.round == visit.round]


def turn(marking: Case | Marking, visit: Visit) -> list[Candidate]:
    """The people of this round who have had no task yet, in order."""
    served = {task.person for task in of_round(marking, visit) if task.how != "cancelled"}
    return [candidate for candidate in visit.candidates if candidate.person not in served]


def present(marking: Case | Marking, visit: Visit) -> set[str]:
    """Who is in this round of the step already: has a task, has acted, or still waits for their turn. Who handed theirs over is not,
    nor who was taken out again.
    """
    acting = {
        task.person for task in of_round(marking, visit) if task.how not in ("transfer", "answer", "hand-over", "removed", "cancelled")
    }
    return acting | {candidate.person for candidate in turn(marking, visit)}


def unclaimed(step: Approve | Handle, visit: Visit) -> bool:
    """Whether the step is offered to several people and nobody has taken it."""
    return step.decide == "claim" and visit.claimed is None and len(visit.candidates) > 1


def too_few(step: Approve | Handle, candidates: tuple[Candidate, ...]) -> bool:
    """Whether more votes are needed than there are: then it is as if nobody had been found."""
    way = step.decide
    return isinstance(way, AtLeast) and way.of is None and way.needed > sum([candidate.weight for candidate in candidates])


def alone(step: Approve | Handle) -> bool:
    """Whether one person decides, so that nobody can be added beside them."""
    return isinstance(step.decide, OneOf) or step.decide == "claim"
