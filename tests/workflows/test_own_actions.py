"""Actions that a step declares for itself: decisive, and leading on, elsewhere or to the end."""

import pytest
from support.stories import Story, program, text

from workflows.app import Action, Approve, Handle, Lane, Parallel
from workflows.events import Jumped, Left

ONE = Approve(id="one", title=text("一"), who='user("zhou")')


def desk(*actions, kind=Handle, **parts):
    return kind(id="desk", title=text("办理"), who='role("money")', decide="all", actions=actions, **parts)


DONE = Action(id="done", title=text("已办"))
ASK = Action(id="ask", title=text("请补充"), go="start", opinion="required")
AGAIN = Action(id="again", title=text("再审"), go="one")
VOID = Action(id="void", title=text("作废"), end="void")


@pytest.mark.approval("own-actions", "edge-own-action")
def test_own_actions_replace_complete_on_a_handling_step():
    """They are what can be done there."""
    story = Story(program(desk(DONE))).submit()
    assert story.act("fei", "complete").code == "unknown-action"
    assert story.act("fei", "done").outcome == "approved"


@pytest.mark.approval("edge-own-action")
def test_an_own_action_decides_for_everybody_in_the_step():
    """Even where all must act: the others' tasks close."""
    story = Story(program(desk(DONE, kind=Approve), ONE)).submit().act("fei", "done")
    assert story.open == {"one": ["zhou"]}
    assert story.task("feng").state == "superseded"
    assert story.case.executed == ("desk",)


@pytest.mark.approval("edge-go-start")
def test_go_start_is_a_return():
    """It asks for an opinion, opens the form, and resumes as the flow says."""
    story = Story(program(ONE, desk(ASK, DONE), resume="direct")).submit().act("zhou", "approve")
    assert story.act("fei", "ask").code == "opinion-required"
    assert story.act("fei", "ask", opinion="缺材料").open == {"start": ["lin"]}
    assert story.facts(Left)[-1].how == "returned"
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"desk": ["fei"]}


@pytest.mark.approval("go-boundary", "edge-go-start")
def test_go_jumps_back_and_what_lies_between_runs_again():
    """The votes there begin a new round."""
    story = Story(program(ONE, desk(AGAIN, DONE))).submit().act("zhou", "approve").act("fei", "again")
    assert story.open == {"one": ["zhou"]}
    assert story.facts(Jumped) == [Jumped(step="desk", to="one", action="again", undone=("one",))]
    assert story.act("zhou", "approve").open == {"desk": ["fei", "feng"]}


def test_go_jumps_ahead():
    """Steps between are not asked."""
    skip = Action(id="skip", title=text("直达"), go="last")
    last = Approve(id="last", title=text("末"), who='user("ma")')
    story = Story(program(desk(skip), ONE, last)).submit().act("fei", "skip")
    assert story.open == {"last": ["ma"]}
    assert story.act("ma", "approve").outcome == "approved"


def test_go_to_itself_begins_a_new_round():
    """A self-loop, by a person's act."""
    loop = Action(id="again", title=text("再来"), go="desk")
    story = Story(program(desk(loop, DONE))).submit().act("fei", "again")
    assert story.open == {"desk": ["fei", "feng"]}
    assert story.case.rounds == {"desk": 2}


@pytest.mark.approval("own-actions")
def test_end_ends_with_the_outcome_it_names():
    """The case is over for everybody."""
    story = Story(program(desk(VOID, kind=Approve), outcomes={"void": text("作废")})).submit().act("fei", "void")
    assert story.outcome == "void"
    assert story.case.decided_at is not None


@pytest.mark.approval("own-actions")
def test_who_may_use_an_action_is_asked_of_the_flow():
    """One of the step's people, another not."""
    only = Action(id="only", title=text("仅冯"), who='user("feng")')
    story = Story(program(desk(only, DONE))).submit()
    assert story.act("fei", "only").code == "not-allowed"
    assert story.act("feng", "only").outcome == "approved"


def test_go_start_out_of_a_parallel_cancels_the_block():
    """It is a return like any other."""
    block = Parallel(id="both", title=text("并"), branches=(Lane(steps=(desk(ASK, DONE),)), Lane(steps=(ONE,))))
    story = Story(program(block)).submit().act("fei", "ask", opinion="缺")
    assert story.open == {"start": ["lin"]}
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"desk": ["fei", "feng"], "one": ["zhou"]}


@pytest.mark.approval("go-boundary")
def test_a_jump_across_a_parallel_boundary_is_refused_as_a_fault():
    """The builder lets no such flow through; should one exist, nothing changes."""
    out = Action(id="out", title=text("出"), go="one")
    block = Parallel(id="both", title=text("并"), branches=(Lane(steps=(desk(out),)), Lane(steps=())))
    story = Story(program(ONE, block)).submit().act("zhou", "approve")
    assert story.act("fei", "out").code == "definition-fault"
    assert story.open == {"desk": ["fei", "feng"]}
