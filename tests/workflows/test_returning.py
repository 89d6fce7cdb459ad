"""Returns: where to, what runs again, and straight back."""

import pytest
from support.stories import FIELDS, Story, form, office, program, text

from workflows.app import Approve, Branch, Handle, Lane, Notify, Parallel, When
from workflows.case import ReturnTo
from workflows.events import Joined, Jumped, Returned
from workflows.returning import previous, targets

ONE = Approve(id="one", title=text("一"), who='user("zhou")')
TWO = Approve(id="two", title=text("二"), who='user("wang")')
THREE = Approve(id="three", title=text("三"), who='user("ma")')
MONEY = Approve(id="money", title=text("财务"), who='role("money")', decide="all")
FAR = Branch(id="far", title=text("跨省"), cases=(When(when="trip == 'far'", steps=(MONEY,)), When(when=None)))


@pytest.mark.approval("trap-6")
def test_a_return_to_the_applicant_opens_their_form_again():
    """They correct it, hand it in, and every step runs again."""
    story = Story(program(ONE, TWO)).submit().act("zhou", "approve").act("wang", "return", to="start", opinion="补充")
    assert story.open == {"start": ["lin"]}
    assert story.case.status == "open"
    assert story.case.executed == ()
    story.act("lin", "submit", answers={"trip": "far", "days": 2})
    assert story.open == {"one": ["zhou"]}
    assert story.case.answers["trip"] == "far"
    assert story.case.rounds == {"one": 2, "two": 1, "start": 1}


def test_a_corrected_form_is_checked_like_a_new_one():
    """What is missing or not the applicant's is refused, and the task stays."""
    story = Story(program(ONE)).submit().act("zhou", "return", to="start", opinion="补充")
    assert story.act("lin", "submit", answers={}).code == "invalid-answers"
    assert story.act("lin", "submit", answers={"trip": "near", "daily": 1}).code == "not-editable"
    assert story.act("lin", "approve").code == "unknown-action"
    assert story.open == {"start": ["lin"]}


@pytest.mark.approval("return-targets")
def test_previous_is_the_step_before_as_the_case_went():
    """Not as the flow is drawn: a branch not taken is no step before."""
    story = Story(program(ONE, FAR, TWO)).submit().act("zhou", "approve")
    assert previous(story.program, story.case, "two") == "one"
    assert story.act("wang", "return", to="previous", opinion="看").open == {"one": ["zhou"]}
    assert story.act("zhou", "return", to="previous", opinion="看").open == {"start": ["lin"]}


@pytest.mark.approval("return-targets", "trap-4")
def test_only_steps_really_executed_can_be_returned_to():
    """Neither a branch not taken, nor oneself, nor what lies ahead."""
    story = Story(program(ONE, FAR, TWO, THREE)).submit().act("zhou", "approve")
    assert targets(story.program, story.case, "two") == ["start", "one"]
    for to in ("money", "two", "three", "far", "nowhere", None):
        assert story.act("wang", "return", to=to, opinion="看").code == "bad-target", to


def test_a_return_into_a_branch_comes_out_of_it_again():
    """The step within runs again, then what stands below the branch."""
    story = Story(program(FAR, TWO)).submit(trip="far").act("fei", "approve").act("feng", "approve")
    story.act("wang", "return", to="money", opinion="核")
    assert story.open == {"money": ["fei", "feng"]}
    assert story.case.taken == {"far": 0}
    assert story.act("fei", "approve").act("feng", "approve").open == {"two": ["wang"]}
    assert story.act("wang", "approve").outcome == "approved"


@pytest.mark.approval("trap-5")
def test_a_return_into_a_step_of_several_keeps_all_its_tasks():
    """And votes of the earlier round do not count."""
    story = Story(program(MONEY, TWO)).submit().act("fei", "approve").act("feng", "approve").act("wang", "return", to="money", opinion="核")
    assert story.open == {"money": ["fei", "feng"]}
    assert story.act("fei", "approve").open == {"money": ["feng"]}


@pytest.mark.approval("return")
def test_one_persons_return_closes_the_others_tasks():
    """Whatever the votes."""
    story = Story(program(MONEY)).submit().act("fei", "approve").act("feng", "return", to="start", opinion="核")
    assert story.open == {"start": ["lin"]}
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"money": ["fei", "feng"]}


@pytest.mark.approval("return-resume")
def test_a_direct_return_goes_straight_back_to_who_returned():
    """To that person alone, as a new round; steps between are not asked again."""
    story = Story(program(ONE, MONEY, THREE)).submit().act("zhou", "approve").act("fei", "approve")
    story.act("feng", "return", to="start", opinion="核", resume="direct")
    assert story.case.returns == {"start": ReturnTo(step="money", person="feng", name="冯会计")}
    story.act("lin", "submit", answers={"trip": "near"})
    assert story.open == {"money": ["feng"]}
    assert story.case.executed == ("one",)
    assert story.act("feng", "approve").open == {"three": ["ma"]}


@pytest.mark.approval("return-resume")
def test_the_flow_says_how_returns_resume_and_the_person_may_say_otherwise():
    """Direct by the flow, rerun by the one who returns."""
    flow = program(ONE, TWO, resume="direct")
    story = Story(flow).submit().act("zhou", "approve").act("wang", "return", to="start", opinion="补")
    assert story.facts(Returned)[0].direct
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"two": ["wang"]}
    story.act("wang", "return", to="start", opinion="补", resume="rerun")
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"one": ["zhou"]}


def test_a_direct_return_between_steps():
    """The step returned to decides again, then straight back."""
    story = Story(program(ONE, TWO, THREE)).submit().act("zhou", "approve").act("wang", "approve")
    story.act("ma", "return", to="one", opinion="看", resume="direct")
    assert story.open == {"one": ["zhou"]}
    assert story.act("zhou", "approve").open == {"three": ["ma"]}
    assert sorted(story.case.executed) == ["one", "two"]
    assert story.act("ma", "approve").outcome == "approved"


def test_a_second_return_on_the_way_back_forgets_the_first():
    """The step in between returns further: then everything behind it runs again."""
    story = Story(program(ONE, TWO, THREE)).submit().act("zhou", "approve").act("wang", "approve")
    story.act("ma", "return", to="one", opinion="看", resume="direct").act("zhou", "return", to="start", opinion="补", resume="direct")
    assert story.open == {"start": ["lin"]}
    story.act("lin", "submit", answers={"trip": "near"})
    assert story.open == {"one": ["zhou"]}
    assert story.act("zhou", "approve").open == {"two": ["wang"]}
    assert story.case.executed == ("one",)


def test_who_returned_may_be_gone_when_it_comes_back():
    """Then everyone the step names decides."""
    story = Story(program(MONEY)).submit().act("feng", "return", to="start", opinion="核", resume="direct")
    story.office = office(disabled=("feng",))
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"money": ["fei"]}


def test_a_correction_that_a_branch_reads_reruns_from_that_branch():
    """Straight back would leave unseen what decided the way."""
    story = Story(program(ONE, FAR, TWO)).submit().act("zhou", "approve").act("wang", "return", to="start", opinion="补", resume="direct")
    story.act("lin", "submit", answers={"trip": "far"})
    assert story.open == {"money": ["fei", "feng"]}
    assert story.facts(Jumped)[-1].action == "changed"
    assert story.case.executed == ("one", "far")
    assert story.act("fei", "approve").act("feng", "approve").open == {"two": ["wang"]}


def test_a_change_within_the_same_case_of_a_branch_reruns_too():
    """Twice the money in the same branch is not what was approved."""
    rich = Branch(id="rich", title=text("b"), cases=(When(when="has(answered.days) && days > 3", steps=(MONEY,)), When(when=None)))
    story = Story(program(rich, TWO)).submit(days=4).act("fei", "approve").act("feng", "approve")
    story.act("wang", "return", to="start", opinion="补", resume="direct").act("lin", "submit", answers={"trip": "near", "days": 40})
    assert story.open == {"money": ["fei", "feng"]}


def test_a_correction_that_no_branch_reads_goes_straight_back():
    """Another reason, the same way."""
    story = Story(program(ONE, FAR, TWO)).submit().act("zhou", "approve").act("wang", "return", to="start", opinion="补", resume="direct")
    assert story.act("lin", "submit", answers={"trip": "near", "days": 9}).open == {"two": ["wang"]}


def test_a_branch_that_reads_a_calculated_answer_is_affected_by_its_inputs():
    """What counts is whether what it reads has changed."""
    daily = Branch(
        id="daily", title=text("b"), cases=(When(when="has(answered.daily) && daily > yuan(10)", steps=(MONEY,)), When(when=None))
    )
    flow = program(daily, TWO)
    story = Story(flow).submit(trip="far", days=2, budget=1000).act("wang", "return", to="start", opinion="补", resume="direct")
    assert story.act("lin", "submit", answers={"trip": "far", "days": 2, "budget": 9000}).open == {"money": ["fei", "feng"]}
    story = Story(flow).submit(trip="far", days=2, budget=1000).act("wang", "return", to="start", opinion="补", resume="direct")
    assert story.act("lin", "submit", answers={"trip": "far", "days": 4, "budget": 2000}).open == {"two": ["wang"]}


def test_an_affected_branch_within_a_finished_parallel_reruns_the_parallel():
    """Nobody goes into the inside of a finished block."""
    block = Parallel(id="both", title=text("并"), branches=(Lane(steps=(FAR,)), Lane(steps=(ONE,))))
    story = Story(program(block, TWO)).submit().act("zhou", "approve").act("wang", "return", to="start", opinion="补", resume="direct")
    assert story.act("lin", "submit", answers={"trip": "far"}).open == {"money": ["fei", "feng"], "one": ["zhou"]}


BLOCK = Parallel(
    id="both",
    title=text("并"),
    branches=(Lane(steps=(TWO, MONEY)), Lane(steps=(THREE, Handle(id="desk", title=text("办"), who='user("fang")')))),
)


@pytest.mark.approval("edge-return-parallel")
def test_a_return_out_of_a_parallel_cancels_the_whole_block():
    """Direct becomes rerun: the lanes begin anew."""
    story = Story(program(ONE, BLOCK)).submit().act("zhou", "approve").act("wang", "approve")
    story.act("fei", "return", to="one", opinion="看", resume="direct")
    assert story.open == {"one": ["zhou"]}
    assert story.task("ma").state == "cancelled"
    assert not story.facts(Returned)[-1].direct
    assert story.facts(Joined) == [Joined(parallel="both", how="cancelled")]
    assert story.case.lanes == {}
    assert story.case.executed == ()
    assert story.act("zhou", "approve").open == {"two": ["wang"], "three": ["ma"]}


def test_a_return_within_a_lane_leaves_the_other_lanes_alone():
    """And may be direct."""
    story = (
        Story(program(BLOCK))
        .submit()
        .act("wang", "approve")
        .act("ma", "approve")
        .act("fei", "return", to="previous", opinion="看", resume="direct")
    )
    assert story.open == {"two": ["wang"], "desk": ["fang"]}
    assert story.act("wang", "approve").open == {"money": ["fei"], "desk": ["fang"]}
    assert story.act("fei", "approve").act("fang", "complete").outcome == "approved"


def test_two_lanes_may_each_have_a_direct_return_under_way():
    """Each goes straight back to its own."""
    story = Story(program(BLOCK)).submit().act("wang", "approve").act("ma", "approve")
    story.act("fei", "return", to="two", opinion="看", resume="direct").act("fang", "return", to="three", opinion="看", resume="direct")
    assert story.act("wang", "approve").open == {"money": ["fei"], "three": ["ma"]}
    assert story.act("ma", "approve").open == {"money": ["fei"], "desk": ["fang"]}


@pytest.mark.approval("edge-return-parallel", "return-targets")
def test_neither_siblings_nor_the_inside_of_a_finished_block_are_targets():
    """A parallel's boundary is crossed outwards only."""
    story = (
        Story(program(ONE, BLOCK, Approve(id="last", title=text("末"), who='user("du")')))
        .submit()
        .act("zhou", "approve")
        .act("wang", "approve")
        .act("ma", "approve")
    )
    assert targets(story.program, story.case, "money") == ["start", "two", "one"]
    assert targets(story.program, story.case, "desk") == ["start", "three", "one"]
    story.act("fei", "approve").act("feng", "approve").act("fang", "complete")
    assert targets(story.program, story.case, "last") == ["start", "one"]


def test_a_return_out_of_nested_parallels_cancels_the_outermost():
    """Inner blocks are cancelled before the outer."""
    inner = Parallel(id="inner", title=text("内"), branches=(Lane(steps=(TWO,)), Lane(steps=(THREE,))))
    outer = Parallel(id="outer", title=text("外"), branches=(Lane(steps=(inner,)), Lane(steps=(MONEY,))))
    story = Story(program(ONE, outer)).submit().act("zhou", "approve").act("wang", "return", to="one", opinion="看")
    assert story.open == {"one": ["zhou"]}
    assert [fact.parallel for fact in story.facts(Joined)] == ["inner", "outer"]
    assert story.act("zhou", "approve").open == {"two": ["wang"], "three": ["ma"], "money": ["fei", "feng"]}


def test_copies_are_not_sent_again_after_a_return():
    """One copy a case, however often it passes."""
    copy = Notify(id="copy", title=text("抄送"), who='department("finance")')
    story = (
        Story(program(copy, ONE)).submit().act("zhou", "return", to="start", opinion="补").act("lin", "submit", answers={"trip": "near"})
    )
    assert len(story.case.copied) == 4
    assert story.last.copied == ()


def test_answers_that_others_gave_survive_a_correction():
    """The applicant hands in their own fields; the clerk's stay."""
    money = Approve(id="money", title=text("财务"), who='user("fei")', edit=("granted",))
    story = (
        Story(program(money, TWO)).submit().act("fei", "approve", answers={"granted": 700}).act("wang", "return", to="start", opinion="补")
    )
    assert story.act("lin", "submit", answers={"trip": "near", "granted": 900}).code == "not-editable"
    assert story.act("lin", "submit", answers={"trip": "near"}).case.answers["granted"] == 700


def test_an_answer_taken_back_is_gone():
    """A correction is the whole form, not a patch."""
    story = Story(program(ONE, of=form(*FIELDS))).submit(days=3).act("zhou", "return", to="start", opinion="补")
    assert "days" not in story.act("lin", "submit", answers={"trip": "near"}).case.answers
