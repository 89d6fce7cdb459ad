"""A scenario out of a real case: its acts are told again by the engine, over the people of the workspace and without personal data.

What was really done is read from the events; who does it in the scenario is whoever the flow gives the task to there. So the scenario
passes as it is written, and where the replay goes another way than the case did, that is said.
"""

from collections.abc import Callable, Sequence

from builder.scenarios import done as what
from builder.scenarios.done import Done
from builder.scenarios.retelling import Recording, Retelling
from workflows.events import Applicant, Event
from workflows.people import Organisation, Person
from workflows.program import Program
from workflows.roster import Roster

__all__ = ["Recording", "record"]

#: applicants of the workspace that are tried for the one of the case
TRIED = 8


def record(
    events: Sequence[Event], program: Program, programs: Callable[[str], Program | None], roster: Roster, real: Organisation
) -> Recording:
    """The case with these ``events``, of the app of ``program``, told over ``roster``; ``real``: whoever is known where it happened."""
    done = list(what.acts(events, program.app.id))
    best: Recording | None = None
    for person in _applicants(done[0].after.applicant, done, roster):
        found = Retelling(done, events[-1], program, programs, roster, real, person).run()
        if best is None or (found.whole, found.alike) > (best.whole, best.alike):
            best = found
        if best.whole and best.alike == len(done):
            break
    assert best is not None
    return best


def _applicants(of: Applicant, done: Sequence[Done], roster: Roster) -> list[Person]:
    """People of the workspace who may stand for the applicant: colleagues of the same post first, the applicant last."""
    there = [person for person in roster.organisation.people if not person.disabled and person.holdings]
    busy = {done.trigger.actor for done in done}

    def distance(person: Person) -> tuple[bool, bool, bool, bool]:
        held = person.holdings[0]
        return held.department != of.department, held.post != of.post, person.id == of.id, person.id in busy

    near = sorted(there, key=distance)[:TRIED]
    return [*near, *(person for person in there if person.id == of.id and person not in near)]
