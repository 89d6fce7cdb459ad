"""The ways in which several people decide, beyond the first three."""

import pytest
from support.stories import Story, office, program, text

from workflows.app import Action, Approve, AtLeast, Handle, OneOf, Weight
from workflows.events import Claimed, Entered
from workflows.forecast import forecast

THREE = 'user("zhou") + role("money")'
FOUR = 'user("zhou") + role("money") + user("ou")'
NEXT = Handle(id="next", title=text("办"), who='user("wang")')


def step(decide, kind=Approve, who=THREE, **parts):
    return kind(id="step", title=text("会签"), who=who, decide=decide, **parts)


def voting(decide, who=THREE, **parts):
    return Story(program(step(decide, who=who, **parts), NEXT)).submit()


def no(story, who):
    return story.act(who, "reject", opinion="不")


@pytest.mark.approval("any-approval")
def test_the_first_approval_passes_and_only_all_rejections_reject():
    """One rejection changes nothing; the last one does."""
    story = no(voting("any-approval"), "zhou")
    assert story.open == {"step": ["fei", "feng"]}
    assert story.act("fei", "approve").open == {"next": ["wang"]}
    story = no(no(voting("any-approval"), "zhou"), "fei")
    assert story.outcome is None
    assert no(story, "feng").outcome == "rejected"


@pytest.mark.approval("all-voted")
def test_all_voted_cuts_nobody_off():
    """A rejection waits for the others, and rejects in the end."""
    story = no(voting("all-voted"), "zhou").act("fei", "approve")
    assert story.open == {"step": ["feng"]}
    assert story.act("feng", "approve").outcome == "rejected"
    assert {task.state for task in story.case.tasks.values()} == {"done"}
    passed = voting("all-voted")
    for who in ("zhou", "fei", "feng"):
        passed.act(who, "approve")
    assert passed.open == {"next": ["wang"]}


@pytest.mark.approval("at-least", "trap-15")
def test_at_least_counts_approvals_and_stops_early():
    """Two of three: passed with the second approval; rejected as soon as two cannot be reached. A vote is not an approval because it
    was cast."""
    story = voting(AtLeast(needed=2)).act("zhou", "approve")
    assert no(story, "fei").open == {"step": ["feng"]}, "two votes, but one approval"
    assert story.act("feng", "approve").open == {"next": ["wang"]}
    early = voting(AtLeast(needed=2)).act("zhou", "approve").act("fei", "approve")
    assert early.open == {"next": ["wang"]}
    assert early.task("feng").state == "superseded"
    assert no(no(voting(AtLeast(needed=2)), "zhou"), "fei").outcome == "rejected"


@pytest.mark.approval("at-least", "edge-denominator")
def test_fractions_are_exact_and_abstentions_count_below_the_line():
    """Two thirds of three are two, not 1.98; who abstains is still one of three."""
    story = voting(AtLeast(needed=2, of=3, abstain=True)).act("zhou", "approve").act("fei", "abstain")
    assert story.open == {"step": ["feng"]}
    assert story.act("feng", "approve").open == {"next": ["wang"]}
    assert voting(AtLeast(needed=2, of=3, abstain=True)).act("zhou", "abstain").act("fei", "abstain").outcome == "rejected"
    third = voting(AtLeast(needed=1, of=3)).act("zhou", "approve")
    assert third.open == {"next": ["wang"]}
    assert voting(AtLeast(needed=2, of=3), who=FOUR).act("zhou", "approve").act("fei", "approve").open == {"step": ["feng", "ou"]}


@pytest.mark.approval("at-least")
def test_abstaining_must_be_declared():
    """Where it is not, it is no action."""
    assert voting(AtLeast(needed=2)).act("zhou", "abstain").code == "unknown-action"
    assert voting("all").act("zhou", "abstain").code == "unknown-action"


@pytest.mark.approval("at-least")
def test_votes_have_the_weights_that_are_declared():
    """The head of the section counts for three of five."""
    weights = (Weight(who="head_of(applicant.department)", weight=3),)
    half = AtLeast(needed=1, of=2, weights=weights)
    assert voting(half).act("zhou", "approve").open == {"next": ["wang"]}
    others = voting(half).act("fei", "approve").act("feng", "approve")
    assert others.open == {"step": ["zhou"]}
    assert no(voting(half), "zhou").outcome == "rejected"


@pytest.mark.approval("edge-too-few")
def test_more_votes_than_people_goes_to_nobody():
    """Four of three cannot be: whom `nobody` names decides, and the forecast says so too."""
    flow = program(step(AtLeast(needed=4)), NEXT, nobody='user("ma")')
    story = Story(flow).submit()
    assert story.open == {"step": ["ma"]}
    assert story.facts(Entered)[0].instead == "nobody"
    assert [person.person for person in forecast(flow, story.case.applicant, {}, story.now, story.office)[0].people] == ["ma"]
    assert story.act("ma", "approve").open == {"next": ["wang"]}


@pytest.mark.approval("claim")
def test_who_claims_decides_alone_and_may_put_it_back():
    """Before that nobody can do anything else; the others' tasks close, and come again when it is put back."""
    story = voting("claim")
    assert story.open == {"step": ["zhou", "fei", "feng"]}
    assert story.act("fei", "approve").code == "unknown-action"
    assert story.act("fei", "claim").open == {"step": ["fei"]}
    assert story.act("zhou", "claim").code == "lost-race"
    assert story.act("fei", "unclaim").open == {"step": ["zhou", "fei", "feng"]}
    assert story.act("zhou", "claim").act("zhou", "approve").open == {"next": ["wang"]}
    assert len(story.facts(Claimed)) == 2
    assert no(voting("claim").act("feng", "claim"), "feng").outcome == "rejected"


@pytest.mark.approval("claim")
def test_one_candidate_has_nothing_to_claim():
    """Theirs it is."""
    assert voting("claim", who='user("fei")').act("fei", "approve").open == {"next": ["wang"]}


def allocated(by, count=8, **tasks):
    """Whom each of ``count`` cases is given to, commands having ids as in a running office."""
    flow, roster, counters = program(step(OneOf(by=by)), NEXT), office(), {}
    roster.tasks = tasks
    found = []
    for number in range(count):
        story = Story(flow, office=roster, counters=counters, commands=number * 100).submit()
        assert story.facts(Entered)[0].allocated == by
        found += story.open["step"]
    return found


@pytest.mark.approval("one-of-random", "edge-pure")
def test_random_allocation_reaches_everybody_and_is_the_same_for_the_same_command():
    """The id of the command is the seed, so that deciding again gives the same person."""
    assert set(allocated("random", 40)) == {"zhou", "fei", "feng"}
    assert allocated("random") == allocated("random")


@pytest.mark.approval("one-of-round-robin")
def test_round_robin_takes_turns():
    """The counter is drawn with the command."""
    assert allocated("round-robin", 5) == ["zhou", "fei", "feng", "zhou", "fei"]


@pytest.mark.approval("one-of-least-busy")
def test_the_least_busy_gets_it():
    """Of equals the first."""
    assert allocated("least-busy", 1, zhou=4, fei=2, feng=3) == ["fei"]
    assert allocated("least-busy", 1, zhou=1, fei=1, feng=1) == ["zhou"]


@pytest.mark.parametrize("by", ["random", "round-robin", "least-busy"])
@pytest.mark.approval("trap-7")
def test_whoever_is_allocated_was_in_the_forecast(by):
    """It names all of whom one will be chosen."""
    flow = program(step(OneOf(by=by)), NEXT)
    story = Story(flow).submit()
    foreseen = forecast(flow, story.case.applicant, {"trip": "near"}, story.now, story.office)
    assert set(story.open["step"]) <= {person.person for person in foreseen[0].people} == {"zhou", "fei", "feng"}


@pytest.mark.approval("edge-own-action")
def test_an_own_action_may_be_a_vote():
    """One of several for going on, where it would decide for everybody otherwise."""
    seen = Action(id="seen", title=text("已阅"), vote=True)
    story = voting("all", actions=(seen,)).act("zhou", "seen")
    assert story.open == {"step": ["fei", "feng"]}
    assert story.act("fei", "approve").act("feng", "seen").open == {"next": ["wang"]}


@pytest.mark.approval("edge-new-round")
def test_votes_of_an_earlier_round_never_count():
    """After a return two of three are two of three again."""
    story = voting(AtLeast(needed=2)).act("zhou", "approve").act("fei", "return", to="start", opinion="补")
    story.act("lin", "submit", answers={"trip": "near"})
    assert story.open == {"step": ["zhou", "fei", "feng"]}
    assert story.act("fei", "approve").open == {"step": ["zhou", "feng"]}
