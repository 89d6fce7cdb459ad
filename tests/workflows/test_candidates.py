"""Who a step is given to: heads, roles, self-approval, nobody."""

from dataclasses import replace

import msgspec
import pytest
from support.stories import LIN, Story, office, program, text

from workflows.app import Approve, Handle
from workflows.events import Applicant, Entered

HEAD = Approve(id="head", title=text("处长"), who="head_of(applicant.department)")


def given(who, kind=Approve, directory=None, applicant=LIN, **flow):
    """The people of a step, and why they are others than it names."""
    story = Story(program(kind(id="step", title=text("步骤"), who=who, decide="all"), **flow), office=directory or office())
    story.submit(applicant, **({"deputy": "feng"} if "deputy" in who else {}))
    entered = story.facts(Entered)[0]
    assert [c.person for c in entered.candidates] == story.open["step"]
    return story.open["step"], entered.instead


def applicant(id, department):
    return Applicant(id=id, name=id, department=department, department_title=department, post="head")


@pytest.mark.approval("who-user", "who-role", "who-post", "who-department", "who-head", "who-deputy", "who-applicant")
def test_the_functions_of_a_flow_find_their_people():
    """User, role, post, department, head, deputy, applicant, and a person in a field; a union keeps the order."""
    assert given('user("ou")') == (["ou"], None)
    assert given('role("money")') == (["fei", "feng"], None)
    assert given('post("head", "finance")') == (["fang"], None)
    assert given('department("finance")') == (["fang", "fei", "feng", "ou"], None)
    assert given("head_of(applicant.department)") == (["zhou"], None)
    assert given('deputy_of("bureau")') == (["du"], None)
    assert given("applicant", Handle) == (["lin"], None)
    assert given("user(deputy)") == (["feng"], None)
    assert given('user("ou") + head_of("city")') == (["ou", "ma"], None)


def test_a_vacant_or_disabled_head_is_passed_over_upwards():
    """An empty chair never approves silently."""
    assert given("head_of(applicant.department)", directory=office(heads={"section": None})) == (["wang"], None)
    assert given("head_of(applicant.department)", directory=office(disabled=("zhou", "wang"))) == (["ma"], None)


@pytest.mark.approval("who-walk-up")
def test_walking_up_ends_at_twenty_levels():
    """A chain without end, or in a circle, is nobody: the flow administrator."""
    roster = office(heads={"section": None, "bureau": None})
    organisation = roster.organisation
    circle = tuple(msgspec.structs.replace(d, parent="section") if d.id == "bureau" else d for d in organisation.departments)
    directory = type(roster)(msgspec.structs.replace(organisation, departments=circle))
    assert given("head_of(applicant.department)", directory=directory) == (["guan"], "nobody")


def test_disabled_people_are_left_out():
    """Of roles, departments and named users alike."""
    directory = office(disabled=("fei", "ou"))
    assert given('role("money")', directory=directory) == (["feng"], None)
    assert given('department("finance")', directory=directory) == (["fang", "feng"], None)
    assert given('user("ou")', directory=directory) == (["guan"], "nobody")


@pytest.mark.approval("policy-self")
def test_nobody_approves_their_own_application():
    """The head of the section who applies is decided by the head above."""
    assert given("head_of(applicant.department)", applicant=applicant("zhou", "section")) == (["wang"], "self-approval")


@pytest.mark.approval("edge-head-applies")
def test_at_the_top_the_flow_administrator_decides():
    """The mayor has no head above."""
    assert given("head_of(applicant.department)", applicant=applicant("ma", "city")) == (["guan"], "self-approval")


def test_an_applicant_among_others_is_replaced_by_their_head():
    """The others stay, in order."""
    assert given('role("money")', applicant=applicant("fei", "finance")) == (["fang", "feng"], "self-approval")


def test_an_applicant_who_is_the_only_administrator_does_not_approve():
    """The step waits, listed as stuck: nothing passes silently."""
    story = Story(program(HEAD)).submit(applicant("ma", "city"))
    assert story.open == {"head": ["guan"]}
    stuck = Story(program(Approve(id="step", title=text("步骤"), who='role("empty")'))).submit(applicant("guan", "city"))
    assert stuck.open == {"step": []}


def test_applicants_may_handle_their_own_case_where_the_flow_says_so():
    """Handling is work, no decision: reporting back from leave."""
    assert given("applicant", Handle) == (["lin"], None)


def test_nobody_goes_to_whom_the_flow_names():
    """And to the flow administrators when it names nobody, or nobody who is there."""
    assert given('role("empty")', nobody='user("wang")') == (["wang"], "nobody")
    assert given('role("empty")', nobody='role("empty")') == (["guan"], "nobody")
    assert given('role("empty")') == (["guan"], "nobody")
    assert given('role("empty")', Handle) == (["guan"], "nobody")


def test_nobody_to_give_to_is_not_the_applicant_either():
    """The one who catches what nobody gets may have applied."""
    assert given('role("empty")', nobody='user("lin")') == (["guan"], "nobody")


@pytest.mark.approval("edge-stuck")
def test_without_a_flow_administrator_the_step_is_stuck_and_stays():
    """An open visit without a task: administrators see it, and the case neither passes nor breaks."""
    story = Story(program(Approve(id="step", title=text("步骤"), who='role("empty")')), office=office(without_admin=True)).submit()
    assert story.open == {"step": []}
    assert story.case.status == "open"
    assert story.case.stuck() == ["step"]
    assert story.withdraw().outcome == "withdrawn"


def test_a_person_field_that_is_empty_is_nobody():
    """Not yet known gives the step to the administrators."""
    story = Story(program(Approve(id="step", title=text("步骤"), who="user(deputy)"))).submit()
    assert story.open == {"step": ["guan"]}


@pytest.mark.approval("edge-posts")
def test_the_applicants_post_is_frozen_at_submission():
    """A move to another department later changes nothing about who heads them here."""
    story = Story(program(Handle(id="desk", title=text("办"), who='user("fei")'), HEAD)).submit()
    story.office = office(heads={"section": "dong"})
    assert replace(story).act("fei", "complete").open == {"head": ["dong"]}
    assert story.case.applicant.department == "section"
