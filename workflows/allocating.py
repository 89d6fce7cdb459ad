"""Giving a step to one of several people. Chance, turns and counts all come in from outside, so that deciding stays pure."""

import hashlib

from workflows.app import Approve, Handle, OneOf
from workflows.course import Course, Undrawn
from workflows.events import Candidate


def allocate(course: Course, step: Approve | Handle, people: tuple[Candidate, ...]) -> tuple[tuple[Candidate, ...], str | None]:
    """Whom ``step`` is given to, and how they were chosen; all of ``people`` where nothing is to be chosen."""
    if not isinstance(step.decide, OneOf) or len(people) < 2:
        return people, None
    by = step.decide.by
    if by == "random":
        # the id of a command is random and nobody's choice: it is the seed
        seed = f"{course.command} {step.id} {course.marking.rounds.get(step.id, 0)}"
        chosen = people[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % len(people)]
    elif by == "round-robin":
        scope = f"turn {course.program.app.id}/{step.id}"
        if scope not in course.drawn:
            raise Undrawn((scope,))
        chosen = people[(course.drawn[scope] - 1) % len(people)]
    else:
        busy = course.directory.busy([to.person for to in people])
        chosen = min(people, key=lambda to: busy.get(to.person, 0))
    return (chosen,), by
