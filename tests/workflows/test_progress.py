"""How far a case is, and what can be done with a task."""

import pytest
from support.stories import Story, office, program, text

from workflows.app import Action, Approve, Branch, Handle, Lane, Parallel, When, Withdraw
from workflows.offers import may_withdraw, offers
from workflows.progress import progress

ONE = Approve(id="one", title=text("一"), who='user("zhou")')
MONEY = Approve(id="money", title=text("财务"), who='role("money")', decide="all", opinion="required")
LAST = Approve(id="last", title=text("末"), who='user("ma")')
FAR = Branch(id="far", title=text("跨省"), cases=(When(when="trip == 'far'", steps=(MONEY,)), When(when=None)))


def way(story):
    return [
        (mark.step, mark.state, [person.person for person in mark.people]) for mark in progress(story.program, story.case, story.office)
    ]


@pytest.mark.approval("progress")
def test_the_way_behind_now_and_ahead():
    """Who acted, who is to act, who would be asked."""
    story = Story(program(ONE, FAR, LAST)).submit(trip="far")
    assert way(story) == [
        ("start", "done", ["lin"]),
        ("one", "now", ["zhou"]),
        ("money", "next", ["fei", "feng"]),
        ("last", "next", ["ma"]),
    ]
    story.act("zhou", "approve").act("fei", "approve", opinion="可")
    assert way(story) == [("start", "done", ["lin"]), ("one", "done", ["zhou"]), ("money", "now", ["feng"]), ("last", "next", ["ma"])]


@pytest.mark.approval("progress")
def test_what_a_branch_did_not_take_is_skipped():
    """Once it has been decided; before, only what would be taken is shown."""
    story = Story(program(ONE, FAR, LAST)).submit()
    assert [step for step, _, _ in way(story)] == ["start", "one", "last"]
    story.act("zhou", "approve")
    assert way(story)[2] == ("money", "skipped", [])


def test_a_returned_case_shows_who_returned_it():
    """The applicant is at it now."""
    story = Story(program(ONE, LAST)).submit().act("zhou", "approve").act("ma", "return", to="start", opinion="补")
    assert way(story) == [("start", "now", ["lin"]), ("one", "next", ["zhou"]), ("last", "returned", ["ma"])]


def test_a_rejected_case_stops_where_it_was_rejected():
    """What stood below is no longer ahead."""
    story = Story(program(ONE, LAST)).submit().act("zhou", "reject", opinion="不")
    assert way(story) == [("start", "done", ["lin"]), ("one", "stopped", ["zhou"])]
    assert way(Story(program(ONE, LAST)).submit().withdraw()) == [("start", "done", ["lin"])]


def test_a_stuck_step_is_now_without_people():
    """Nothing falls over where nobody could be found."""
    story = Story(program(Approve(id="one", title=text("一"), who='role("empty")')), office=office(without_admin=True)).submit()
    assert way(story)[1] == ("one", "now", [])


def test_lanes_stand_one_after_the_other():
    """Each with its own state."""
    both = Parallel(id="both", title=text("并"), branches=(Lane(steps=(ONE,)), Lane(steps=(LAST,))))
    story = Story(program(both)).submit().act("ma", "approve")
    assert [(step, state) for step, state, _ in way(story)] == [("start", "done"), ("one", "now"), ("last", "done")]


def offered(story, who):
    found = offers(story.program, story.case, story.task(who), story.office)
    return [(offer.id, offer.style, offer.opinion) for offer in found]


def test_an_approver_is_offered_what_the_engine_takes():
    """Approve first; reject and return ask for an opinion."""
    story = Story(program(MONEY)).submit()
    assert offered(story, "fei") == [
        ("approve", "primary", "required"),
        ("reject", "danger", "required"),
        ("return", "default", "required"),
        ("transfer", "default", "optional"),
        ("delegate", "default", "optional"),
        ("add-before", "default", "optional"),
        ("add-after", "default", "required"),
        ("add-beside", "default", "optional"),
    ]


@pytest.mark.approval("trap-4")
def test_targets_are_where_the_case_has_been():
    """The applicant first, then the steps, nearest first, in words."""
    story = Story(program(ONE, LAST, MONEY)).submit().act("zhou", "approve").act("ma", "approve")
    found = next(offer for offer in offers(story.program, story.case, story.task("fei"), story.office) if offer.id == "return")
    assert [(id, words["zh"]) for id, words in found.targets] == [("start", "发起人"), ("last", "末"), ("one", "一")]


def test_a_handler_is_offered_the_steps_own_actions():
    """Only those they may use; complete where there are none."""
    plain = Story(program(Handle(id="desk", title=text("办"), who='user("fei")'))).submit()
    assert offered(plain, "fei")[0] == ("complete", "primary", "optional")
    actions = (
        Action(id="done", title=text("已办")),
        Action(id="ask", title=text("补充"), go="start", opinion="required"),
        Action(id="no", title=text("不办"), end="rejected"),
        Action(id="other", title=text("他人"), who='user("ou")'),
    )
    own = Story(program(Handle(id="desk", title=text("办"), who='user("fei")', actions=actions))).submit()
    assert offered(own, "fei")[:4] == [
        ("done", "primary", "optional"),
        ("ask", "default", "required"),
        ("no", "danger", "optional"),
        ("return", "default", "required"),
    ]


def test_the_applicant_is_offered_to_hand_in_again():
    """And nothing else."""
    story = Story(program(ONE)).submit().act("zhou", "return", to="start", opinion="补")
    assert offered(story, "lin") == [("submit", "primary", "optional")]


def test_nothing_is_offered_for_what_is_over():
    """Nor to a disabled person."""
    story = Story(program(ONE, LAST)).submit().act("zhou", "approve")
    assert offered(story, "zhou") == []
    story.office = office(disabled=("ma",))
    assert offered(story, "ma") == []


def test_withdrawing_is_offered_as_long_as_the_engine_lets_it():
    """To the applicant only."""
    story = Story(program(ONE, LAST)).submit()
    assert may_withdraw(story.program, story.case, "lin")
    assert not may_withdraw(story.program, story.case, "zhou")
    assert not may_withdraw(story.program, story.act("zhou", "approve").case, "lin")
    never = Story(program(ONE, withdraw=Withdraw(until="never"))).submit()
    assert not may_withdraw(never.program, never.case, "lin")
