"""What people can do with a task besides deciding it, and with a case besides their task."""

from datetime import timedelta

import pytest
from support.stories import Story, program, text

from workflows.app import Approve, AtLeast, Notify
from workflows.commands import Resume, Suspend, Terminate
from workflows.effects import Message
from workflows.events import Added, Closed, Reminded

ONE = Approve(id="one", title=text("一"), who='user("zhou")')
ALL = Approve(id="all", title=text("会签"), who='user("zhou") + role("money")', decide="all")
LAST = Approve(id="last", title=text("末"), who='user("ma")')


def told(*steps, **parts):
    return Story(program(*steps, **parts)).submit()


# --- transfer and delegate ---


@pytest.mark.approval("transfer")
def test_a_transfer_is_for_good():
    """B decides; A has done their part."""
    story = told(ONE, LAST).act("zhou", "transfer", to="dong")
    assert story.open == {"one": ["dong"]}
    assert story.done("zhou").state == "done"
    assert story.act("dong", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("delegate")
def test_a_delegation_comes_back_with_an_opinion():
    """B can only answer; A decides, in the same seat, with the limit as it was."""
    story = told(ALL, LAST).act("zhou", "delegate", to="dong")
    assert story.open == {"all": ["fei", "feng", "dong"]}
    assert story.act("dong", "approve").code == "unknown-action"
    assert story.act("dong", "answer").code == "opinion-required"
    story.act("dong", "answer", opinion="可行")
    assert story.open == {"all": ["fei", "feng", "zhou"]}
    for who in ("fei", "feng", "zhou"):
        story.act(who, "approve")
    assert story.open == {"last": ["ma"]}


@pytest.mark.approval("edge-reaching-applicant")
@pytest.mark.parametrize("action", ["transfer", "delegate", "add-before", "add-after", "add-beside"])
def test_the_applicant_is_reached_by_no_way_round(action):
    """As with approving oneself."""
    assert told(ONE).act("zhou", action, to="lin").code == "self-approval"


@pytest.mark.approval("edge-already-there", "add-nobody-twice")
@pytest.mark.parametrize("action", ["transfer", "delegate", "add-before", "add-after", "add-beside"])
def test_nobody_is_in_a_step_twice(action):
    """Whoever is there already cannot come again, nor be named twice at once."""
    assert told(ALL).act("zhou", action, to="fei").code == "already-there"
    if action.startswith("add"):
        assert told(ALL).act("zhou", action, people=("ou", "ou")).code == "bad-target"


# --- adding and removing ---


@pytest.mark.approval("add-before")
def test_people_added_before_act_first_then_the_decision_comes_back():
    """Both must agree before it does."""
    story = told(ONE, LAST).act("zhou", "add-before", people=("dong", "fei"))
    assert story.open == {"one": ["dong", "fei"]}
    assert story.act("dong", "approve").open == {"one": ["fei"]}
    assert story.act("fei", "approve").open == {"one": ["zhou"]}
    assert story.act("zhou", "approve").open == {"last": ["ma"]}
    assert story.facts(Added)[0].where == "before"


@pytest.mark.approval("add-before", "add-after")
@pytest.mark.parametrize("action", ["add-before", "add-after"])
def test_a_rejection_by_someone_added_before_or_after_ends_the_step(action):
    """Whatever the others of the step have voted."""
    story = told(ALL, LAST).act("fei", "approve").act("zhou", action, to="dong").act("dong", "reject", opinion="不")
    assert story.outcome == "rejected"


@pytest.mark.approval("add-after")
def test_people_added_after_act_when_the_original_has_approved():
    """The step completes with them."""
    story = told(ONE, LAST).act("zhou", "add-after", to="dong")
    assert story.open == {"one": ["dong"]}
    assert story.done("zhou").how == "approve"
    assert story.act("dong", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("add-after")
def test_a_step_of_several_waits_for_those_after_and_for_the_others():
    """In either order."""
    first = told(ALL, LAST).act("zhou", "add-after", to="dong").act("dong", "approve")
    assert first.open == {"all": ["fei", "feng"]}
    assert first.act("fei", "approve").act("feng", "approve").open == {"last": ["ma"]}
    later = told(ALL, LAST).act("zhou", "add-after", to="dong").act("fei", "approve").act("feng", "approve")
    assert later.open == {"all": ["dong"]}
    assert later.act("dong", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("add-beside", "edge-denominator")
def test_people_added_beside_join_the_vote():
    """All of three becomes all of four; half of two becomes half of three; theirs counts like any other."""
    story = told(ALL, LAST).act("zhou", "add-beside", to="dong")
    for who in ("zhou", "fei", "feng"):
        story.act(who, "approve")
    assert story.open == {"all": ["dong"]}
    assert story.act("dong", "approve").open == {"last": ["ma"]}
    half = Approve(id="half", title=text("票"), who='role("money")', decide=AtLeast(needed=1, of=2))
    assert told(half, LAST).act("fei", "approve").open == {"last": ["ma"]}
    grown = told(half, LAST).act("fei", "add-beside", to="dong").act("fei", "approve")
    assert grown.open == {"half": ["feng", "dong"]}
    assert grown.act("feng", "reject", opinion="不").act("dong", "reject", opinion="不").outcome == "rejected"


@pytest.mark.approval("remove", "edge-denominator")
def test_only_people_who_were_added_can_be_removed():
    """By whoever added them or a flow administrator; the vote shrinks again."""
    story = told(ALL, LAST).act("zhou", "add-beside", to="dong")
    assert story.remove("zhou", "fei").code == "not-allowed"
    assert story.remove("fei", "dong").code == "not-yours"
    for who in ("zhou", "fei", "feng"):
        story.act(who, "approve")
    assert story.remove("guan", "dong").open == {"last": ["ma"]}
    assert story.task("dong").state == "cancelled"


@pytest.mark.approval("remove")
def test_removing_the_last_one_before_gives_the_decision_back():
    """And removing the last one after lets the step go on."""
    story = told(ONE, LAST).act("zhou", "add-before", people=("dong", "fei")).act("dong", "approve")
    assert story.remove("zhou", "fei").open == {"one": ["zhou"]}
    assert told(ONE, LAST).act("zhou", "add-after", to="dong").remove("zhou", "dong").open == {"last": ["ma"]}


# --- reminding, suspending, terminating, handing over ---


@pytest.mark.approval("remind")
def test_a_reminder_goes_out_once_an_hour_for_each_task():
    """By the applicant or a flow administrator, recorded, and delivered through the outbox."""
    story = told(ALL).remind("lin", "zhou")
    assert [effect.body.kind for effect in story.last.effects if isinstance(effect.body, Message)] == ["reminder"]
    assert story.facts(Reminded)[0].by == "林晓"
    assert story.remind("guan", "zhou").code == "too-often"
    assert story.remind("lin", "fei").last.events, "another task may be reminded of"
    story.now += timedelta(hours=1)
    assert story.remind("guan", "zhou").last.events
    assert story.remind("ou", "zhou").code == "not-allowed"
    assert story.act("zhou", "approve").remind("lin", "zhou").code == "lost-race"


@pytest.mark.approval("suspend-resume-terminate")
def test_a_suspended_case_stands_still_until_it_is_resumed():
    """By a flow administrator, with a reason; comments are still heard."""
    story = told(ONE, LAST)
    assert story.supervise(Suspend, who="zhou").code == "not-allowed"
    assert story.supervise(Suspend, reason=" ").code == "opinion-required"
    story.supervise(Suspend)
    assert story.act("zhou", "approve").code == "suspended"
    assert story.withdraw().code == "suspended"
    assert story.comment("zhou", "等一等").last.events
    assert story.supervise(Resume).act("zhou", "approve").open == {"last": ["ma"]}
    assert story.supervise(Resume).code == "not-allowed"


@pytest.mark.approval("suspend-resume-terminate")
def test_a_terminated_case_is_over_for_everybody():
    """With an outcome of its own, not a rejection; also while it is suspended."""
    story = told(ALL).supervise(Suspend).supervise(Terminate)
    assert story.outcome == "terminated"
    assert story.case.open_tasks() == []
    assert story.supervise(Terminate).code == "lost-race"


@pytest.mark.approval("hand-over")
def test_the_tasks_of_a_leaver_go_to_the_successor():
    """With seat and limit; where the successor applies or is there already, the flow administrator gets it."""
    assert told(ONE, LAST).hand_over("zhou", "dong").act("dong", "approve").open == {"last": ["ma"]}
    assert told(ONE).hand_over("zhou", "lin").open == {"one": ["guan"]}
    assert told(ALL).hand_over("zhou", "fei").open == {"all": ["fei", "feng", "guan"]}
    story = told(ONE).hand_over("zhou", "dong")
    assert [(fact.how, fact.to) for fact in story.facts(Closed)] == [("hand-over", "dong")]
    assert story.hand_over("zhou", "dong").code == "not-yours"


@pytest.mark.approval("comment")
def test_a_comment_changes_nothing():
    """Any participant, also those who had a copy; nobody else."""
    story = told(Notify(id="copy", title=text("抄"), who='user("ou")'), ONE)
    before = story.case.tasks
    assert story.comment("ou", "收到").last.events
    assert (story.case.tasks, story.case.status) == (before, "open")
    assert story.comment("fei", "?").code == "not-yours"
