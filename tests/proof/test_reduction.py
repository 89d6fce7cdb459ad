"""The reduction says what the markings one by one say: of every flow, whatever is wrong with it."""

from hypothesis import HealthCheck, assume, event, given, settings
from support import flows

from workflows.app import Approve, Branch, Inclusive, Wait
from workflows.proof import Subject, facts
from workflows.proof.exploring import explore
from workflows.proof.facts import Facts
from workflows.proof.graph import lower
from workflows.proof.proving import shared_messages
from workflows.proof.regions import Regions
from workflows.proof.strands import reduce

#: markings of a random flow; a larger one is left out
LARGE = 3_000


def facts_of(subject: Subject) -> Facts:
    choices = [step for step in subject.steps.values() if isinstance(step, Branch | Inclusive)]
    whens = [case.when for step in choices for case in step.cases if case.when is not None]
    return facts.find(subject, lower(subject.app.flow), Regions(subject, whens))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(flows.subjects())
def test_reduced_and_unreduced_verdicts_agree(subject: Subject) -> None:
    """Which steps are reached, whether every case can be completed, and whether one ends over others."""
    known = facts_of(subject)
    assume(not shared_messages(known))
    whole = explore(known, LARGE)
    assume(not whole.beyond)
    reduction = reduce(known)
    event(f"stuck {bool(reduction.stuck)}")
    event(f"over others {bool(reduction.over)}")
    event(f"dead steps {len(reduction.reached) <= len(subject.steps)}")
    assert reduction.reached == whole.reached
    assert bool(reduction.stuck) == bool(whole.stuck())
    assert set(reduction.over) == set(whole.over) or bool(reduction.over) == bool(whole.over)
    assert {step for steps in reduction.stuck for step in steps} <= whole.reached


def test_a_message_that_two_lanes_wait_for_is_looked_at_whole() -> None:
    """It takes both on at once: the lane that ends the case leaves the other's next step in vain."""
    from workflows.app import End, Lane, Parallel

    wait = [Wait(id=id, title=flows.text(id), message="paid") for id in ("w1", "w2")]
    ending = End(id="over", title=flows.text("over"), outcome="void")
    work = Approve(id="late", title=flows.text("late"), who="applicant")
    subject = flows.subject(
        Parallel(id="both", title=flows.text("both"), branches=(Lane(steps=(wait[0], ending)), Lane(steps=(wait[1], work))))
    )
    known = facts_of(subject)
    assert shared_messages(known) == ["w1", "w2"]
    assert "late" in explore(known).reached
