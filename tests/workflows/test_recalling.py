"""Taking back what one decided: the case stands where it stood before, unless somebody behind has acted or it cannot be undone."""

from datetime import timedelta

import pytest
from support.stories import Story, office, program, text

from workflows.app import (
    Action,
    Approve,
    AtLeast,
    Branch,
    Call,
    Handle,
    Inclusive,
    Lane,
    Notify,
    Overdue,
    Parallel,
    Set,
    Span,
    Wait,
    When,
)
from workflows.commands import Recall, Resume, Suspend
from workflows.effects import Message

ONE = Approve(id="one", title=text("一"), who='user("zhou")')
ALL = Approve(id="all", title=text("会签"), who='user("zhou") + role("money")', decide="all")
LAST = Approve(id="last", title=text("末"), who='user("ma")')
DESK = Handle(id="desk", title=text("办"), who='user("fei")')
NEXT = Handle(id="next", title=text("再办"), who='user("feng")')
BOTH = Parallel(id="both", title=text("并"), branches=(Lane(steps=(ONE,)), Lane(steps=(DESK,))))


def told(*steps, **parts):
    return Story(program(*steps, **parts)).submit()


@pytest.mark.approval("recall")
def test_a_decision_is_taken_back_while_nobody_behind_has_acted():
    """The step is open again in the same round, what came behind is over; once somebody acted it is too late."""
    story = told(ONE, LAST, ALL).act("zhou", "approve").recall("zhou")
    assert story.open == {"one": ["zhou"]}
    assert story.task("ma").state == "cancelled"
    assert story.case.executed == ()
    assert story.case.rounds["one"] == 1
    story.act("zhou", "approve").act("ma", "approve")
    assert story.recall("zhou", "one").code == "too-late"
    assert story.tell(Recall(id="x", actor="fei", task=story.done("zhou").id)).code == "not-yours"


@pytest.mark.approval("recall")
def test_a_vote_is_taken_back_while_the_others_vote():
    """Theirs stay; so they do when the step had passed."""
    story = told(ALL, LAST).act("zhou", "approve").act("fei", "approve").recall("zhou")
    assert story.open == {"all": ["feng", "zhou"]}
    story.act("zhou", "approve").act("feng", "approve")
    assert story.open == {"last": ["ma"]}
    assert story.recall("fei").open == {"all": ["fei"]}
    assert story.act("fei", "reject", opinion="不").outcome == "rejected"


@pytest.mark.approval("recall")
def test_whoever_was_cut_off_is_asked_again():
    """The first to act decided for all of them, and takes it back."""
    anyone = Approve(id="any", title=text("或签"), who='role("money")')
    story = told(anyone, LAST).act("fei", "approve").recall("fei")
    assert sorted(story.open["any"]) == ["fei", "feng"]
    assert story.act("feng", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("recall")
def test_in_order_the_next_one_loses_their_task_again():
    """Unless they have acted."""
    order = Approve(id="order", title=text("依次"), who='user("zhou") + role("money")', decide="in-order")
    story = told(order).act("zhou", "approve").recall("zhou")
    assert story.open == {"order": ["zhou"]}
    assert story.act("zhou", "approve").open == {"order": ["fei"]}
    assert story.act("fei", "approve").recall("zhou").code == "too-late"


@pytest.mark.approval("recall")
def test_a_lane_that_had_joined_is_under_way_again():
    """What stands behind the parallel is taken back with it."""
    both = Parallel(
        id="both", title=text("并"), branches=(Lane(steps=(ONE,)), Lane(steps=(Handle(id="desk", title=text("办"), who='user("fei")'),)))
    )
    story = told(both, LAST).act("fei", "complete").act("zhou", "approve")
    assert story.open == {"last": ["ma"]}
    assert story.recall("zhou").open == {"one": ["zhou"]}
    assert story.case.lanes == {"both": (0,)}
    assert story.act("zhou", "approve").act("ma", "approve").outcome == "approved"


@pytest.mark.approval("recall", "add-after")
def test_whoever_was_cut_off_while_those_after_act_is_asked_again():
    """The step had its approval and waited only for the person who was added after."""
    anyone = Approve(id="any", title=text("或签"), who='role("money")')
    story = told(anyone, LAST).act("fei", "add-after", to="dong")
    assert story.open == {"any": ["dong"]}
    assert sorted(story.recall("fei").open["any"]) == ["fei", "feng"]


# --- returns, jumps and rejections that send the case elsewhere ---


@pytest.mark.approval("recall", "edge-recall-moves")
@pytest.mark.parametrize("to", ["start", "one"])
@pytest.mark.parametrize("resume", ["rerun", "direct"])
def test_a_return_is_taken_back_while_nothing_was_corrected(to, resume):
    """The step is open again in the same round, the others of it are asked again, and the way to it counts as gone."""
    first = Approve(id="first", title=text("初"), who='user("dong")')
    story = told(first, ONE, ALL, LAST).act("dong", "approve").act("zhou", "approve").act("fei", "approve")
    story.act("feng", "return", to=to, opinion="补", resume=resume).recall("feng")
    assert sorted(story.open["all"]) == ["feng", "zhou"]
    assert story.case.executed == ("first", "one")
    assert (story.case.rounds["all"], story.case.visits["all"].round) == (1, 1)
    assert story.case.returns == {}
    story.act("zhou", "approve").act("feng", "approve")
    assert story.open == {"last": ["ma"]}, "the vote of before stands"
    assert story.act("ma", "return", to="first", opinion="再看").open == {"first": ["dong"]}


@pytest.mark.approval("recall", "edge-recall-moves")
def test_a_return_stands_once_the_case_was_corrected():
    """Or once the one it went to has acted, whatever they did."""
    story = (
        told(ONE, LAST).act("zhou", "approve").act("ma", "return", to="start", opinion="补").act("lin", "submit", answers={"trip": "far"})
    )
    assert story.recall("ma").code == "too-late"
    passed = told(ONE, LAST).act("zhou", "approve").act("ma", "return", to="one", opinion="补").act("zhou", "transfer", to="dong")
    assert passed.recall("ma").code == "too-late"
    ended = told(ONE).act("zhou", "approve")
    assert ended.recall("zhou").code == "lost-race"


@pytest.mark.approval("edge-recall-moves")
def test_only_who_returned_the_case_takes_that_back():
    """Somebody else's vote in that step stands: the step was not left because of it."""
    story = told(ALL, LAST).act("zhou", "approve").act("fei", "return", to="start", opinion="补")
    assert story.recall("zhou").code == "too-late"
    assert story.recall("fei").open == {"all": ["feng", "fei"]}


@pytest.mark.approval("edge-recall-moves")
def test_a_jump_and_a_rejection_that_leads_elsewhere_are_taken_back():
    """What they had led to is over."""
    jump = Action(id="jump", title=text("跳"), go="last")
    story = told(ONE, Approve(id="two", title=text("二"), who='user("dong")', actions=(jump,)), ALL, LAST)
    story.act("zhou", "approve").act("dong", "jump")
    assert story.open == {"last": ["ma"]}
    assert story.recall("dong").open == {"two": ["dong"]}
    assert story.act("dong", "approve").open == {"all": ["zhou", "fei", "feng"]}
    back = told(ONE, ALL, LAST, on_reject="one").act("zhou", "approve").act("fei", "reject", opinion="不")
    assert back.open == {"one": ["zhou"]}
    assert sorted(back.recall("fei").open["all"]) == ["fei", "feng", "zhou"]
    assert back.case.executed == ("one",)


@pytest.mark.approval("edge-recall-moves")
def test_a_jump_to_the_same_step_is_taken_back():
    """The round of before is open again; a round that comes later has a number of its own."""
    again = Action(id="again", title=text("再来"), go="two")
    two = Approve(id="two", title=text("二"), who='user("dong") + user("du")', decide="all", actions=(again,))
    story = told(ONE, two, LAST).act("zhou", "approve").act("du", "approve").act("dong", "again")
    assert story.open == {"two": ["dong", "du"]}
    assert story.recall("dong").open == {"two": ["dong"]}
    assert story.act("dong", "again").case.visits["two"].round == 3


@pytest.mark.approval("edge-recall-parallel")
def test_a_return_out_of_a_parallel_is_taken_back_with_the_block():
    """Whoever was at work in the other branches is asked again, and what they had done stands; waits begin anew."""
    pause = Wait(id="pause", title=text("公示"), span=Span(amount=2, unit="days"))
    lanes = (Lane(steps=(ONE,)), Lane(steps=(DESK, NEXT)), Lane(steps=(pause,)))
    block = Parallel(id="both", title=text("并"), branches=lanes)
    story = told(block, LAST).act("fei", "complete").act("zhou", "return", to="start", opinion="补")
    assert story.open == {"start": ["lin"]}
    story.recall("zhou")
    assert story.open == {"one": ["zhou"], "next": ["feng"]}
    assert (story.case.lanes, story.case.executed) == ({"both": (0, 1, 2)}, ("desk",))
    assert list(story.case.still) == ["pause"]
    story.act("zhou", "approve").act("feng", "complete").until("2026-11-26T10:00")
    assert story.open == {"last": ["ma"]}


@pytest.mark.approval("edge-recall-parallel")
def test_a_return_that_cancelled_a_case_stands():
    """The case of another app is gone, and nothing brings it back."""
    block = Parallel(id="both", title=text("并"), branches=(Lane(steps=(ONE,)), Lane(steps=(Call(id="ask", title=text("征询"), app="o"),))))
    story = told(block, LAST).act("zhou", "return", to="start", opinion="补")
    assert story.recall("zhou").code == "cannot-undo"
    assert "征询" in story.last.message["zh"]


@pytest.mark.approval("edge-recall-parallel")
def test_nothing_is_taken_back_into_a_block_that_was_left():
    """Somebody in another branch has returned the case: neither a decision nor a return within the block comes back."""
    story = told(BOTH, LAST).act("zhou", "approve").act("fei", "return", to="start", opinion="补")
    assert story.recall("zhou").code == "too-late"
    lanes = (Lane(steps=(ONE, Approve(id="two", title=text("二"), who='user("dong")'))), Lane(steps=(DESK,)))
    story = told(Parallel(id="both", title=text("并"), branches=lanes), LAST)
    story.act("zhou", "approve").act("dong", "return", to="one", opinion="补").act("fei", "return", to="start", opinion="也补")
    assert story.recall("dong").code == "too-late"
    story.act("lin", "submit", answers={"trip": "near"})
    assert story.open == {"one": ["zhou"], "desk": ["fei"]}
    assert story.recall("dong").code == "too-late"


@pytest.mark.approval("edge-recall-parallel")
def test_a_return_within_a_branch_is_taken_back_whatever_the_others_did():
    """They have nothing to do with it."""
    lanes = (Lane(steps=(ONE, Approve(id="two", title=text("二"), who='user("dong")'))), Lane(steps=(DESK, NEXT)))
    story = told(Parallel(id="both", title=text("并"), branches=lanes), LAST)
    story.act("zhou", "approve").act("dong", "return", to="one", opinion="补").act("fei", "complete").recall("dong")
    assert story.open == {"next": ["feng"], "two": ["dong"]}
    assert story.case.executed == ("one", "desk")


@pytest.mark.approval("edge-recall-parallel")
def test_the_cases_of_an_inclusive_block_that_were_taken_are_taken_again():
    """Not those that would hold now."""
    cases = (When(when="trip == 'near'", steps=(ONE,)), When(when=None, steps=(DESK,)))
    story = told(Inclusive(id="some", title=text("包容"), cases=cases), LAST).act("zhou", "return", to="start", opinion="补").recall("zhou")
    assert (story.case.chosen, story.case.lanes) == ({"some": (0,)}, {"some": (0,)})
    assert story.act("zhou", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("edge-recall-moves", "edge-changed-branch")
def test_a_branch_that_a_correction_affects_is_gone_through_after_a_recall_too():
    """The correction was handed in, taken back and handed in again: it still does not go straight past the branch."""
    first = Approve(id="first", title=text("初"), who='user("dong")', edit=("days",))
    cases = (When(when="has(answered.days) && days > 3", steps=(ONE,)), When(when=None, steps=()))
    story = told(first, Branch(id="long", title=text("长"), cases=cases), LAST, resume="direct")
    story.act("dong", "approve", answers={"days": 1}).act("ma", "return", to="first", opinion="天数")
    story.act("dong", "approve", answers={"days": 5})
    assert story.open == {"one": ["zhou"]}
    assert story.recall("dong").open == {"first": ["dong"]}
    assert story.case.taken == {"long": 1}
    assert story.act("dong", "approve").open == {"one": ["zhou"]}


@pytest.mark.approval("edge-recall-moves", "return-targets")
def test_after_a_recall_the_steps_really_gone_through_are_targets_again():
    """A direct return had left them where they were."""
    story = told(Approve(id="first", title=text("初"), who='user("dong")'), ONE, LAST, resume="direct")
    story.act("dong", "approve").act("zhou", "approve").act("ma", "return", to="first", opinion="补").act("dong", "approve").recall("dong")
    assert story.case.executed == ("one",)
    assert story.act("dong", "approve").act("ma", "return", to="one", opinion="补").open == {"one": ["zhou"]}


# --- whose act it was ---


@pytest.mark.approval("edge-recall-again")
def test_what_was_taken_back_is_no_act():
    """The head takes theirs back so that the clerk may take theirs."""
    story = told(ONE, LAST, ALL).act("zhou", "approve").act("ma", "approve")
    assert story.recall("zhou").code == "too-late"
    story.recall("ma")
    assert story.recall("zhou", "one").open == {"one": ["zhou"]}
    assert told(ONE, LAST, ALL).act("zhou", "approve").hand_over("ma", "wang").recall("zhou").open == {"one": ["zhou"]}


@pytest.mark.approval("edge-recall-again")
def test_a_decision_is_taken_back_once():
    """Then it is to be made anew."""
    story = told(ALL, LAST).act("zhou", "approve").recall("zhou")
    first = next(task for task in story.case.tasks.values() if task.how == "approve")
    assert story.tell(Recall(id="x", actor="zhou", task=first.id)).code == "too-late"
    assert story.act("zhou", "approve").recall("zhou").open == {"all": ["fei", "feng", "zhou"]}


@pytest.mark.approval("edge-recall-again", "policy-same-person")
def test_what_the_flow_did_not_ask_again_is_taken_back_with_it():
    """Nobody acted there; the next decision counts for both anew."""
    twice = Approve(id="twice", title=text("又"), who='user("zhou")')
    story = told(ONE, twice, LAST, same_person="all").act("zhou", "approve")
    assert story.open == {"last": ["ma"]}
    assert story.recall("zhou", "one").open == {"one": ["zhou"]}
    assert story.act("zhou", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("edge-recall-votes")
def test_a_vote_that_did_not_matter_is_not_taken_back():
    """The others have decided without it: the step would pass again at once."""
    two = Approve(id="two", title=text("二"), who='user("zhou") + role("money")', decide=AtLeast(needed=2))
    story = told(two, LAST).act("zhou", "reject", opinion="不").act("fei", "approve").act("feng", "approve")
    assert story.recall("zhou").code == "too-late"
    assert "这一票" in story.last.message["zh"]
    assert story.recall("fei").open == {"two": ["fei"]}


@pytest.mark.approval("edge-recall-added")
def test_those_who_were_added_take_theirs_back_too():
    """Before: also when the decision had come back, as long as it was not made. After: the step waits for them again."""
    story = told(ONE, LAST).act("zhou", "add-before", people=("dong", "du")).act("dong", "approve")
    assert story.recall("dong").open == {"one": ["du", "dong"]}
    story.act("dong", "approve").act("du", "approve")
    assert story.open == {"one": ["zhou"]}
    assert story.recall("du").open == {"one": ["du"]}
    assert story.act("du", "approve").open == {"one": ["zhou"]}
    assert story.act("zhou", "approve").recall("du").code == "too-late"
    after = told(ONE, LAST).act("zhou", "add-after", to="dong").act("dong", "approve")
    assert after.open == {"last": ["ma"]}
    assert after.recall("dong").open == {"one": ["dong"]}
    assert after.act("dong", "approve").open == {"last": ["ma"]}
    sent = told(ONE, LAST).act("zhou", "add-before", to="dong").act("dong", "return", to="start", opinion="补")
    assert sent.recall("dong").open == {"one": ["dong"]}
    assert sent.act("dong", "approve").open == {"one": ["zhou"]}


@pytest.mark.approval("edge-recall-clock", "clocks-stop")
def test_the_clock_of_a_decision_stood_still_until_it_was_taken_back():
    """Nobody is late for what they had done in time, and the flow does not decide in their place at once."""
    late = Overdue(after=Span(amount=0, unit="minutes"), automatically="reject")
    timed = Approve(id="one", title=text("一"), who='user("zhou")', due=Span(amount=4, unit="hours"), overdue=(late,))
    story = told(timed, LAST)
    before = story.task("zhou").due
    story.now += timedelta(hours=1)
    story.act("zhou", "approve").until("2026-11-25T10:00")
    story.recall("zhou")
    gap = story.now - story.done("zhou").closed_at
    assert story.task("zhou").due == before + gap
    story.until("2026-11-25T12:30")
    assert story.open == {"one": ["zhou"]}
    story.until("2026-11-25T14:00")
    assert story.outcome == "rejected"


@pytest.mark.approval("recall")
def test_people_hear_of_what_is_not_to_be_done_any_more():
    """Those who had been asked; not the one who took it back."""
    story = told(ONE, LAST).act("zhou", "approve")
    story.recall("zhou")
    told_now = [effect.body for effect in story.last.effects if isinstance(effect.body, Message)]
    assert [(message.person, message.kind) for message in told_now] == [("ma", "withdrawn")]
    assert "周建国 撤回" in told_now[0].text["zh"]


@pytest.mark.approval("recall", "step-notify")
def test_copies_stay_with_those_who_have_them():
    """And none goes out twice."""
    story = told(ONE, Notify(id="copy", title=text("抄"), who='user("ou")'), LAST).act("zhou", "approve").recall("zhou")
    assert story.case.copied == ("ou",)
    assert story.act("zhou", "approve").case.copied == ("ou",)


@pytest.mark.approval("recall", "step-set")
def test_answers_that_were_written_stay_to_be_corrected():
    """By the person and by the flow alike; deciding anew writes them anew."""
    edits = Approve(id="one", title=text("一"), who='user("zhou")', edit=("days",))
    story = told(edits, Set(id="fill", title=text("赋值"), answers={"granted": "yuan(days)"}), LAST)
    story.act("zhou", "approve", answers={"days": 3}).recall("zhou")
    assert (story.case.answers["days"], story.case.answers["granted"]) == (3, 300)
    assert story.act("zhou", "approve", answers={"days": 4}).case.answers["granted"] == 400


@pytest.mark.approval("recall")
def test_a_disabled_account_takes_nothing_back():
    """Nor does a case that is suspended give way."""
    story = told(ONE, LAST).act("zhou", "approve").supervise(Suspend)
    assert story.recall("zhou").code == "suspended"
    story.supervise(Resume)
    story.office = office(disabled=("zhou",))
    assert story.recall("zhou").code == "not-yours"
