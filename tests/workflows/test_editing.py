"""Answers that come with an act: only what the step may edit, and what follows from it."""

from datetime import timedelta

import pytest
from support.stories import FIELDS, Story, form, office, program, text

from forms.form import Check, Field
from workflows.app import Action, Approve, Handle, Start
from workflows.events import Changed

MONEY = Approve(id="money", title=text("财务"), who='user("fei")', edit=("granted",))
LAST = Approve(id="last", title=text("末"), who='user("ma")')


def test_a_step_edits_its_fields():
    """The change is a fact, with what stood there before."""
    story = Story(program(MONEY, LAST)).submit().act("fei", "approve", answers={"granted": 500})
    assert story.case.answers["granted"] == 500
    assert story.facts(Changed) == [Changed(step="money", before={}, after={"granted": 500})]


@pytest.mark.approval("edge-hidden-rule")
def test_other_fields_are_refused_by_name():
    """Nothing is merged silently, whatever the act."""
    story = Story(program(MONEY, LAST)).submit()
    for action in ("approve", "reject", "return", "transfer"):
        story.act("fei", action, opinion="x", to="start", answers={"granted": 1, "days": 9, "daily": 1})
        assert story.code == "not-editable"
        assert sorted(story.last.fields) == ["daily", "days"]
        assert "天数" in story.last.message["zh"]
    assert story.case.answers == {"trip": "near", "today_was": "2026-11-23"}


def test_the_applicant_cannot_fill_in_what_a_step_is_to_fill_in():
    """Nor what is calculated, nor what does not exist."""
    for name in ("granted", "daily", "nothing"):
        story = Story(program(MONEY)).submit(**{name: 5})
        assert story.code == "not-editable"
        assert list(story.last.fields) == [name]


@pytest.mark.approval("step-start")
def test_the_start_may_name_the_applicants_fields():
    """Then a step may correct what the applicant wrote."""
    flow = program(Approve(id="money", title=text("财务"), who='user("fei")', edit=("days",)), start=Start(edit=("trip", "days")))
    story = Story(flow).submit(days=5)
    assert story.act("fei", "approve", answers={"days": 3}).case.answers["days"] == 3
    assert Story(flow).submit(budget=5).code == "not-editable"


def test_values_of_the_wrong_kind_are_refused_at_their_field():
    """And the task is still open."""
    fields = {field.name: field for field in FIELDS}
    whole = form(fields["trip"], fields["granted"], checks=(Check(that="granted >= yuan(1)", message=text("至少一元"), field="granted"),))
    story = Story(program(MONEY, of=whole)).submit().act("fei", "approve", answers={"granted": 5})
    assert story.code == "invalid-answers"
    assert story.last.fields == {"granted": text("至少一元")}
    assert story.open == {"money": ["fei"]}


def test_what_a_step_must_fill_in_is_required_there_and_not_before():
    """The applicant is not asked for the clerk's field; the clerk is."""
    import msgspec

    fields = [msgspec.structs.replace(field, required=True) if field.name == "granted" else field for field in FIELDS]
    flow = program(MONEY, of=form(*fields))
    story = Story(flow).submit()
    assert story.open == {"money": ["fei"]}
    assert story.act("fei", "approve").code == "invalid-answers"
    assert list(story.last.fields) == ["granted"]
    assert story.act("fei", "approve", answers={"granted": 1}).outcome == "approved"


@pytest.mark.approval("edge-calculated")
def test_calculated_fields_follow_their_inputs():
    """Recalculated when what they are made of is edited."""
    flow = program(
        Approve(id="money", title=text("财务"), who='user("fei")', edit=("days",)), LAST, start=Start(edit=("trip", "days", "budget"))
    )
    story = Story(flow).submit(trip="far", days=2, budget=1000)
    assert story.case.answers["daily"] == 500
    story.act("fei", "approve", answers={"days": 4})
    assert story.case.answers["daily"] == 250
    assert story.facts(Changed)[0].after == {"days": 4, "daily": 250}


@pytest.mark.approval("edge-calculated")
def test_calculated_fields_stay_frozen_otherwise():
    """Days later, a field that reads today's date still says what it said at submission."""
    story = Story(program(MONEY, LAST)).submit()
    story.now += timedelta(days=3)
    assert story.act("fei", "approve", answers={"granted": 5}).case.answers["today_was"] == "2026-11-23"


def test_what_was_right_at_submission_does_not_stop_a_later_step():
    """A rule over today's date that has become false is not the clerk's to put right."""
    soon = Check(that="today_was >= today", message=text("过期"), field="days")
    story = Story(program(MONEY, LAST, of=form(*FIELDS, checks=(soon,)))).submit()
    story.now += timedelta(days=3)
    assert story.act("fei", "approve", answers={"granted": 5}).open == {"last": ["ma"]}


def test_an_edit_that_breaks_a_rule_at_another_field_is_refused():
    """The rule's message stands where the form puts it, even where this step cannot write."""
    rule = Check(that="granted <= days", message=text("超过"), field="days")
    fields = {field.name: field for field in FIELDS}
    import msgspec

    plain = msgspec.structs.replace(fields["granted"], kind="integer")
    story = Story(program(MONEY, of=form(fields["trip"], fields["days"], plain, checks=(rule,)))).submit(days=3)
    assert story.act("fei", "approve", answers={"granted": 4}).last.fields == {"days": text("超过")}
    assert story.act("fei", "approve", answers={"granted": 3}).outcome == "approved"


def test_returning_and_rejecting_leave_the_answers_as_they_are():
    """What was typed beside a return is not an edit of the case."""
    story = Story(program(MONEY)).submit().act("fei", "return", to="start", opinion="补", answers={"granted": 5})
    assert "granted" not in story.case.answers


def test_an_own_action_takes_the_answers_along():
    """Complete when it finishes the step; as far as given when it leads elsewhere."""
    import msgspec

    fields = [msgspec.structs.replace(field, required=True) if field.name == "granted" else field for field in FIELDS]
    on, off = Action(id="on", title=text("办结")), Action(id="off", title=text("作废"), end="rejected")
    flow = program(Handle(id="desk", title=text("办"), who='user("fei")', edit=("granted",), actions=(on, off)), of=form(*fields))
    assert Story(flow).submit().act("fei", "on").code == "invalid-answers"
    assert Story(flow).submit().act("fei", "on", answers={"granted": 5}).case.answers["granted"] == 5
    assert Story(flow).submit().act("fei", "off").outcome == "rejected"


@pytest.mark.approval("edge-hidden-rule")
def test_what_a_rule_hides_is_left_out_of_what_is_submitted():
    """A budget typed before the trip became local does not stay."""
    story = Story(program(LAST)).submit(trip="near", budget=500)
    assert "budget" not in story.case.answers


def test_people_and_departments_that_are_not_there_are_refused():
    """A person who does not exist, or whose account is disabled, cannot be named; in a row of a table neither."""
    story = Story(program(LAST)).submit(deputy="nobody")
    assert (story.code, list(story.last.fields)) == ("invalid-answers", ["deputy"])
    assert Story(program(LAST), office=office(disabled=("du",))).submit(deputy="du").code == "invalid-answers"
    unit = Field(name="unit", kind="department", title=text("部门"))
    table = Field(name="team", kind="table", title=text("成员"), fields=(Field(name="who", kind="person", title=text("人")),))
    flow = program(LAST, of=form(*FIELDS, unit, table))
    assert list(Story(flow).submit(unit="moon", team=[{"who": "fei"}, {"who": "x"}]).last.fields) == ["unit", "team.1.who"]
    assert Story(flow).submit(unit="finance", team=[{"who": "fei"}], deputy="du").open == {"last": ["ma"]}
