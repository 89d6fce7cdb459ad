"""From one step to the next: branches, parallels, copies and ends."""

import pytest
from support.stories import LIN, Story, office, program, text

from workflows.app import Approve, Branch, End, Handle, Lane, Notify, Parallel, When
from workflows.events import Copied, Ended, Entered, Took

HEAD = Approve(id="head", title=text("处长审批"), who="head_of(applicant.department)")
MONEY = Approve(id="money", title=text("财务"), who='role("money")')
DESK = Handle(id="desk", title=text("办理"), who='user("fei")')
COPY = Notify(id="copy", title=text("抄送"), who='department("finance")')
FAR = Branch(id="far", title=text("是否跨省"), cases=(When(when="trip == 'far'", steps=(MONEY,)), When(when=None)))
BOTH = Parallel(id="both", title=text("并行"), branches=(Lane(steps=(HEAD,)), Lane(steps=(DESK,))))


def test_an_approved_case_ends_approved():
    """Behind the last step a case is approved."""
    story = Story(program(HEAD)).submit()
    assert story.open == {"head": ["zhou"]}
    assert story.act("zhou", "approve").outcome == "approved"


@pytest.mark.approval("step-branch")
def test_a_branch_takes_the_first_case_that_holds():
    """And only what stands in it is asked for."""
    story = Story(program(FAR, HEAD)).submit(trip="far")
    assert story.open == {"money": ["fei", "feng"]}
    assert Story(program(FAR, HEAD)).submit(trip="near").open == {"head": ["zhou"]}


def test_a_branch_goes_on_behind_it():
    """The case comes out of a branch at the step below."""
    story = Story(program(FAR, HEAD)).submit(trip="far").act("feng", "approve")
    assert story.open == {"head": ["zhou"]}


def test_a_condition_that_is_not_yet_known_does_not_hold():
    """A branch over an answer nobody gave takes the other way."""
    branch = Branch(id="b", title=text("b"), cases=(When(when="days > 3", steps=(MONEY,)), When(when=None, steps=(HEAD,))))
    assert Story(program(branch)).submit().open == {"head": ["zhou"]}


def test_without_otherwise_the_case_goes_on_and_says_so():
    """No case held: that is a fact of its own."""
    branch = Branch(id="b", title=text("b"), cases=(When(when="days > 3", steps=(MONEY,)),))
    story = Story(program(branch, HEAD)).submit(days=1)
    assert story.facts(Took) == [Took(branch="b", case=None)]
    assert story.open == {"head": ["zhou"]}


@pytest.mark.approval("step-parallel")
def test_a_parallel_waits_for_all_its_lanes():
    """Whichever lane is last takes the case on."""
    story = Story(program(BOTH, MONEY)).submit().act("fei", "complete")
    assert story.open == {"head": ["zhou"]}
    assert list(story.act("zhou", "approve").open) == ["money"]


def test_lanes_without_anybody_to_wait_for_finish_at_once():
    """A parallel whose lanes hold only copies and branches is passed in one decision."""
    idle = Parallel(id="both", title=text("并行"), branches=(Lane(steps=(COPY,)), Lane(steps=(FAR,)), Lane(steps=())))
    assert Story(program(idle, HEAD)).submit().open == {"head": ["zhou"]}


@pytest.mark.approval("trap-14")
def test_a_lane_with_a_condition_that_fails_is_not_lost():
    """A lane whose branch takes nothing still arrives, and the others are waited for."""
    lanes = Parallel(id="both", title=text("并行"), branches=(Lane(steps=(FAR,)), Lane(steps=(DESK,))))
    story = Story(program(lanes, HEAD)).submit(trip="near")
    assert story.open == {"desk": ["fei"]}
    assert story.act("fei", "complete").open == {"head": ["zhou"]}


def test_a_parallel_within_a_parallel_joins_inside_out():
    """The outer one waits for the inner."""
    inner = Parallel(id="inner", title=text("内"), branches=(Lane(steps=(HEAD,)), Lane(steps=(DESK,))))
    outer = Parallel(id="outer", title=text("外"), branches=(Lane(steps=(inner,)), Lane(steps=(MONEY,))))
    story = Story(program(outer)).submit().act("zhou", "approve").act("fei", "complete", "desk")
    assert list(story.open) == ["money"]
    assert story.act("feng", "approve").outcome == "approved"


def test_an_end_in_a_lane_ends_the_case():
    """And the other lanes are over, even tasks opened a moment before."""
    lanes = Parallel(
        id="both", title=text("并行"), branches=(Lane(steps=(HEAD,)), Lane(steps=(End(id="out", title=text("结束"), outcome="void"),)))
    )
    story = Story(program(lanes, outcomes={"void": text("作废")})).submit()
    assert story.outcome == "void"
    assert [task.state for task in story.last.opened] == ["cancelled"]


@pytest.mark.approval("step-end")
def test_an_end_names_the_outcome():
    """A named outcome of a branch."""
    branch = Branch(
        id="b", title=text("b"), cases=(When(when="trip == 'far'", steps=(End(id="e", title=text("e"), outcome="void"),)), When(when=None))
    )
    story = Story(program(HEAD, branch)).submit(trip="far").act("zhou", "approve")
    assert story.facts(Ended) == [Ended(outcome="void")]


@pytest.mark.approval("step-notify")
def test_copies_never_block():
    """Everyone named gets one, and the case is where it was going."""
    story = Story(program(COPY, HEAD)).submit()
    assert [candidate.person for candidate in story.last.copied] == ["fang", "fei", "feng", "ou"]
    assert story.open == {"head": ["zhou"]}


@pytest.mark.approval("step-notify")
def test_nobody_gets_two_copies_of_a_case():
    """A second step copies only to those who have none."""
    second = Notify(id="again", title=text("再抄送"), who='department("finance") + user("wang")')
    story = Story(program(COPY, HEAD, second)).submit().act("zhou", "approve")
    assert [candidate.person for candidate in story.last.copied] == ["wang"]
    assert len(set(story.case.copied)) == len(story.case.copied)


def test_nobody_to_copy_to_is_recorded_and_skipped():
    """Unlike a step that asks somebody, it is given to no one else."""
    story = Story(program(Notify(id="copy", title=text("抄送"), who='role("empty")'), HEAD)).submit()
    assert story.facts(Copied) == [Copied(step="copy", people=(), nobody=True)]
    assert story.open == {"head": ["zhou"]}


@pytest.mark.approval("step-notify", "trap-9")
def test_copies_outlive_a_rejection():
    """A veto deletes nothing."""
    story = Story(program(COPY, HEAD)).submit().act("zhou", "reject", opinion="不行")
    assert story.outcome == "rejected"
    assert story.case.copied == ("fang", "fei", "feng", "ou")


def test_the_limit_is_reckoned_when_the_step_opens():
    """Eight working hours from a Monday morning, 8:30 to 12:00 and 13:30 to 17:30, end on Tuesday; the record keeps it."""
    from workflows.app import Span

    story = Story(program(Approve(id="head", title=text("h"), who='user("zhou")', due=Span(amount=8, unit="working hours")))).submit()
    assert story.task("zhou").due.isoformat() == "2026-11-24T01:31:00+00:00"
    assert story.facts(Entered)[0].due == story.task("zhou").due


def test_a_limit_beyond_the_known_calendar_is_marked_uncertain():
    """It is shown with a warning, never as a plain date."""
    from workflows.app import Span

    story = Story(program(Approve(id="head", title=text("h"), who='user("zhou")', due=Span(amount=600, unit="days")))).submit()
    assert story.task("zhou").due_uncertain
    assert story.case.visits["head"].due_uncertain


def test_a_flow_whose_expression_fails_is_refused_whole():
    """A fault of the definition changes nothing and says whom to tell."""
    branch = Branch(id="b", title=text("b"), cases=(When(when="days / (days - days) > 1", steps=(HEAD,)), When(when=None)))
    story = Story(program(branch)).submit(days=2)
    assert story.code == "definition-fault"
    assert story.case is None


@pytest.mark.approval("step-start")
def test_only_who_may_start_starts():
    """An applicant whom ``start`` does not name is refused, and so is one whose account is disabled."""
    from workflows.app import Start

    closed = program(HEAD, start=Start(who='department("finance")'))
    assert Story(closed).submit().code == "not-allowed"
    assert Story(program(HEAD), office=office(disabled=("lin",))).submit(LIN).code == "not-allowed"
