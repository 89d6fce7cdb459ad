"""Who may do what: the right is checked again at every act."""

import pytest
from support.stories import LIN, Story, office, program, text

from workflows.app import Approve, Handle, Withdraw
from workflows.commands import Act
from workflows.events import Commented

HEAD = Approve(id="head", title=text("处长"), who='user("zhou")')
MONEY = Approve(id="money", title=text("财务"), who='role("money")', decide="all")
DESK = Handle(id="desk", title=text("办理"), who='user("fei")')


def test_an_outsider_may_do_nothing():
    """Neither with another's task nor with one that does not exist."""
    story = Story(program(HEAD)).submit()
    task = story.task("zhou").id
    for actor, id in (("ou", task), ("lin", task), ("zhou", "c9-1"), ("ghost", task)):
        assert story.tell(Act(id="x", actor=actor, task=id, action="approve")).code == "not-yours"


@pytest.mark.approval("edge-organisation-changes")
def test_a_disabled_person_may_no_longer_act():
    """The task stays where it is, for handing over."""
    story = Story(program(HEAD)).submit()
    story.office = office(disabled=("zhou",))
    assert story.act("zhou", "approve").code == "not-yours"
    assert story.open == {"head": ["zhou"]}


def test_what_a_step_does_not_offer_is_refused_by_name():
    """The refusal lists what there is."""
    story = Story(program(DESK)).submit().act("fei", "approve")
    assert story.code == "unknown-action"
    assert "complete" in story.last.message["zh"]


def test_a_transfer_gives_the_decision_away_for_good():
    """The limit stays, the first holder sees it as done, and the new one decides."""
    story = Story(program(HEAD)).submit().act("zhou", "transfer", to="wang", opinion="请王局定")
    assert story.open == {"head": ["wang"]}
    assert story.task("zhou").how == "transfer"
    assert story.task("wang").why[0]["zh"] == "由 周建国 转办"
    assert story.case.decided_at is None
    assert story.act("wang", "approve").outcome == "approved"


def test_a_transfer_can_be_handed_back():
    """Who gave their task away is no longer in the step."""
    story = Story(program(HEAD)).submit().act("zhou", "transfer", to="wang").act("wang", "transfer", to="zhou")
    assert story.open == {"head": ["zhou"]}
    assert story.act("zhou", "approve").outcome == "approved"


def test_transfers_that_cannot_be():
    """To the applicant, to someone in the step, to oneself, to nobody, to a disabled person."""
    story = Story(program(MONEY), office=office(disabled=("du",))).submit().act("feng", "approve")
    for to, code in (
        ("lin", "self-approval"),
        ("feng", "already-there"),
        ("fei", "already-there"),
        ("ghost", "bad-target"),
        ("du", "bad-target"),
        (None, "bad-target"),
    ):
        assert story.act("fei", "transfer", to=to).code == code, to


def test_a_transfer_to_someone_whose_turn_comes_is_refused():
    """In order, those who still wait are in the step too."""
    story = Story(program(Approve(id="turns", title=text("依次"), who='user("zhou") + role("money")', decide="in-order"))).submit()
    assert story.act("zhou", "transfer", to="feng").code == "already-there"
    assert story.act("zhou", "transfer", to="wang").act("wang", "approve").open == {"turns": ["fei"]}


@pytest.mark.approval("withdraw")
def test_applicants_withdraw_until_the_first_decision():
    """A transfer decides nothing; an approval does."""
    assert Story(program(HEAD, DESK)).submit().withdraw().outcome == "withdrawn"
    assert Story(program(HEAD, DESK)).submit().act("zhou", "transfer", to="wang").withdraw().outcome == "withdrawn"
    assert Story(program(HEAD, DESK)).submit().act("zhou", "approve").withdraw().code == "too-late"
    assert Story(program(MONEY)).submit().act("fei", "approve").withdraw().code == "too-late"


def test_applicants_withdraw_before_the_step_that_the_flow_names():
    """Until it is done, not until it is reached."""
    flow = program(HEAD, DESK, MONEY, withdraw=Withdraw(until="before", before="desk"))
    assert Story(flow).submit().act("zhou", "approve").withdraw().outcome == "withdrawn"
    assert Story(flow).submit().act("zhou", "approve").act("fei", "complete").withdraw().code == "too-late"


def test_never_means_never():
    """Some applications stand once they are made."""
    assert Story(program(HEAD, withdraw=Withdraw(until="never"))).submit().withdraw().code == "not-allowed"


def test_only_the_applicant_withdraws_and_only_while_open():
    """A withdrawn case is over for everybody, and says so."""
    story = Story(program(HEAD)).submit()
    assert story.withdraw("zhou").code == "not-yours"
    assert story.withdraw(opinion="不去了").task("zhou").state == "cancelled"
    assert story.withdraw().code == "lost-race"
    assert "撤销" in story.act("zhou", "approve").last.message["zh"]


def test_participants_comment_and_nothing_moves():
    """The applicant, whoever has or had a task, and who got a copy; also when all is over."""
    story = Story(program(HEAD)).submit()
    before = story.open
    assert story.comment("zhou", "请附会议通知").open == before
    assert story.comment("ou", "看看").code == "not-yours"
    assert story.comment("lin", "  ").code == "opinion-required"
    assert story.act("zhou", "approve").comment("lin", "谢谢").facts(Commented)[-1] == Commented(name="林晓", text="谢谢")


def test_applicants_cannot_decide_their_own_case_by_a_role_either():
    """The clerk of finance who applies has no task there."""
    from support.stories import Story as Tale

    from workflows.events import Applicant

    fei = Applicant(id="fei", name="费会计", department="finance", department_title="财务处", post="clerk")
    assert LIN.id != fei.id
    assert Tale(program(MONEY)).submit(fei).open == {"money": ["fang", "feng"]}
