"""Inclusive blocks: every case that holds, and on when those have finished."""

import pytest
from support.stories import Story, program, text

from workflows.app import Approve, Branch, Inclusive, Lane, Parallel, When
from workflows.events import Forked, Joined

FAR = When(when="trip == 'far'", steps=(Approve(id="far", title=text("跨省"), who='user("zhou")'),))
LONG = When(when="has(answered.days) && days > 3", steps=(Approve(id="long", title=text("长"), who='user("wang")'),))
ELSE = When(when=None, steps=(Approve(id="plain", title=text("普通"), who='user("ma")'),))
LAST = Approve(id="last", title=text("最后"), who='user("fei")')


def story(*cases: When) -> Story:
    return Story(program(Inclusive(id="any", title=text("包容"), cases=cases), LAST))


@pytest.mark.approval("step-inclusive")
def test_every_case_that_holds_runs_and_those_are_waited_for() -> None:
    """Both hold: the last of the two takes the case on, once."""
    told = story(FAR, LONG, ELSE).submit(trip="far", days=5)
    assert told.open == {"far": ["zhou"], "long": ["wang"]}
    told.act("zhou", "approve")
    assert told.open == {"long": ["wang"]}
    assert told.act("wang", "approve").open == {"last": ["fei"]}


@pytest.mark.approval("step-inclusive")
def test_only_one_that_holds_is_waited_for_alone() -> None:
    """The others never began."""
    told = story(FAR, LONG, ELSE).submit(trip="far", days=1).act("zhou", "approve")
    assert told.open == {"last": ["fei"]}
    assert told.facts(Forked)[0].taken == (0,)


@pytest.mark.approval("step-inclusive")
def test_none_holds_and_otherwise_is_taken() -> None:
    """It runs only then."""
    assert story(FAR, LONG, ELSE).submit().open == {"plain": ["ma"]}


def test_without_otherwise_and_none_that_holds_the_case_goes_on() -> None:
    """The block is over before it began; the builder asks for otherwise all the same."""
    assert story(FAR, LONG).submit().open == {"last": ["fei"]}


def test_a_return_out_of_it_cancels_the_block_and_asks_the_conditions_again() -> None:
    """As out of a parallel: the whole block is done away with, and what holds then runs."""
    told = story(FAR, LONG, ELSE).submit(trip="far", days=5).act("zhou", "approve")
    told.act("wang", "return", opinion="改", to="start").act("lin", "submit", answers={"trip": "near", "days": 9})
    assert told.open == {"long": ["wang"]}


def test_a_rejection_within_it_ends_the_case() -> None:
    """The other lanes are cancelled."""
    told = story(FAR, LONG, ELSE).submit(trip="far", days=5).act("zhou", "reject", opinion="不行")
    assert told.outcome == "rejected"


@pytest.mark.approval("edge-changed-branch")
def test_answers_that_it_reads_send_a_direct_return_through_it_again() -> None:
    """After it has finished, as with a branch."""
    told = Story(program(Inclusive(id="any", title=text("包容"), cases=(FAR, LONG, ELSE)), LAST, resume="direct")).submit(trip="far")
    told.act("zhou", "approve").act("fei", "return", opinion="改", to="start")
    told.act("lin", "submit", answers={"trip": "near", "days": 9})
    assert told.open == {"long": ["wang"]}


@pytest.mark.approval("trap-14")
def test_a_parallel_is_no_inclusive_block_with_conditions_that_hold() -> None:
    """All its lanes begin and are waited for, also one in which no condition holds."""
    empty = Branch(
        id="never", title=text("无"), cases=(When(when="has(answered.days) && days > 100", steps=(ELSE.steps[0],)), When(when=None))
    )
    both = Parallel(id="both", title=text("并行"), branches=(Lane(steps=(empty, *FAR.steps)), Lane(steps=LONG.steps)))
    told = Story(program(both, LAST)).submit()
    assert told.facts(Forked)[0].taken is None
    assert told.open == {"far": ["zhou"], "long": ["wang"]}
    assert told.act("zhou", "approve").open == {"long": ["wang"]}
    assert told.act("wang", "approve").open == {"last": ["fei"]}
    assert len(told.facts(Joined)) == 1
