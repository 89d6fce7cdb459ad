"""How several people decide one step."""

import pytest
from support.stories import Story, program, text

from workflows.app import Approve, Handle
from workflows.events import Closed

THREE = 'user("zhou") + role("money")'


def step(decide="any-decision", kind=Approve, who=THREE, **parts):
    return kind(id="step", title=text("会签"), who=who, decide=decide, **parts)


@pytest.mark.approval("any-decision", "step-approve")
def test_the_first_to_act_decides_any_decision():
    """Either way; the others' tasks are superseded."""
    story = Story(program(step())).submit().act("fei", "approve")
    assert story.outcome == "approved"
    assert [story.task(who).state for who in ("zhou", "fei", "feng")] == ["superseded", "done", "superseded"]
    assert Story(program(step())).submit().act("zhou", "reject", opinion="不").outcome == "rejected"


@pytest.mark.approval("decide-all")
def test_all_wait_for_everyone():
    """The case stays until the last has approved."""
    story = Story(program(step("all"))).submit().act("fei", "approve").act("zhou", "approve")
    assert story.open == {"step": ["feng"]}
    assert story.act("feng", "approve").outcome == "approved"


@pytest.mark.approval("decide-all")
def test_the_first_rejection_ends_all():
    """Who has not acted need not; who has approved stays so in the record."""
    story = Story(program(step("all"))).submit().act("fei", "approve").act("zhou", "reject", opinion="不")
    assert story.outcome == "rejected"
    assert [story.task(who).how for who in ("fei", "zhou", "feng")] == ["approve", "reject", "superseded"]


@pytest.mark.approval("in-order")
def test_in_order_opens_one_after_the_other():
    """In the listed order; the next limit begins when the next task opens."""
    story = Story(program(step("in-order"))).submit()
    assert story.open == {"step": ["zhou"]}
    assert story.act("zhou", "approve").open == {"step": ["fei"]}
    assert story.act("fei", "approve").open == {"step": ["feng"]}
    assert story.act("feng", "approve").outcome == "approved"


@pytest.mark.approval("in-order")
def test_the_first_rejection_ends_in_order():
    """Nobody later is asked."""
    story = Story(program(step("in-order"))).submit().act("zhou", "approve").act("fei", "reject", opinion="不")
    assert story.outcome == "rejected"
    assert "feng" not in {task.person for task in story.case.tasks.values()}


@pytest.mark.approval("step-handle")
@pytest.mark.parametrize("decide", ["any-decision", "all", "in-order"])
def test_handling_by_several_people_follows_the_same_modes(decide):
    """Work done counts as an approval does; there is no veto."""
    story = Story(program(step(decide, Handle))).submit()
    for who in ("zhou",) if decide == "any-decision" else ("zhou", "fei", "feng"):
        story.act(who, "complete")
    assert story.outcome == "approved"
    assert Story(program(step(decide, Handle))).submit().act("zhou", "reject", opinion="不").code == "unknown-action"


@pytest.mark.approval("policy-two-identities", "edge-posts")
def test_one_person_by_two_authorities_has_one_task():
    """With both of them named."""
    story = Story(program(step("all", who='user("fei") + role("money") + department("finance")'))).submit()
    assert story.open["step"].count("fei") == 1
    assert [why["en"] for why in story.task("fei").why] == ["Named person", "Role: Finance clerk", "Member of 财务处"]


@pytest.mark.approval("trap-10")
def test_a_task_is_decided_once():
    """The second click, and the second person, read who was faster and when."""
    story = Story(program(step())).submit().act("fei", "approve").act("fei", "approve")
    assert story.code == "lost-race"
    assert story.last.message["zh"] == "已由 费会计 于 09:02 同意"
    assert story.act("zhou", "reject", opinion="不").last.message["en"] == "Already approved by 费会计 at 09:02"
    assert len([fact for fact in story.facts(Closed) if fact.how not in ("superseded", "cancelled")]) == 1


def test_opinions_are_required_where_they_are_due():
    """On rejection and return always, on approval if the step says so."""
    story = Story(program(step(opinion="required"))).submit()
    for action in ("approve", "reject", "return"):
        assert story.act("zhou", action, opinion="  ", to="start").code == "opinion-required"
    assert story.act("zhou", "approve", opinion="同意").outcome == "approved"


@pytest.mark.approval("approve-reject")
def test_a_rejection_goes_where_the_flow_says():
    """To a step instead of the end; the votes there begin anew."""
    first = Approve(id="first", title=text("一"), who='user("fei")')
    second = Approve(id="second", title=text("二"), who='user("zhou")')
    story = Story(program(first, second, on_reject="first")).submit().act("fei", "approve").act("zhou", "reject", opinion="再看")
    assert story.open == {"first": ["fei"]}
    assert story.case.rounds == {"first": 2, "second": 1}
    assert story.case.executed == ()


@pytest.mark.approval("edge-reject-parallel")
def test_a_rejection_within_a_parallel_ends_the_case():
    """Whatever on_reject says; the siblings are cancelled."""
    from workflows.app import Lane, Parallel

    first = Approve(id="first", title=text("一"), who='user("fang")')
    lanes = Parallel(
        id="both",
        title=text("并"),
        branches=(Lane(steps=(step(who='user("zhou")'),)), Lane(steps=(Handle(id="desk", title=text("办"), who='user("fei")'),))),
    )
    story = Story(program(first, lanes, on_reject="first")).submit().act("fang", "approve").act("zhou", "reject", opinion="不")
    assert story.outcome == "rejected"
    assert story.task("fei").state == "cancelled"
