"""Deputies of people who are away, successors of people who left, and which answers each part in a case lets one see."""

import msgspec
import pytest
from support.stories import Story, form, office, program, text

from forms.form import Field
from workflows import rights
from workflows.app import Approve, Desk, Handle, Notify, Start
from workflows.events import Applicant, Copied
from workflows.forecast import forecast
from workflows.people import Absence

ONE = Approve(id="one", title=text("一"), who='user("zhou")')
LAST = Approve(id="last", title=text("末"), who='user("ma")')


def away(person, deputy, begins="2026-11-20", ends="2026-11-30", **more):
    return Absence(person=person, deputy=deputy, begins=begins, ends=ends, **more)


def given(*absences, step=ONE, applicant=None, **organisation):
    story = Story(program(step, LAST), office=office(**organisation))
    story.office.absences = list(absences)
    return story.submit(*([applicant] if applicant else []))


@pytest.mark.approval("absence", "absence-record")
def test_new_tasks_go_to_the_deputy_who_is_shown_beside_the_principal():
    """Both see the record: the principal has a copy."""
    story = given(away("zhou", "dong"))
    assert story.open == {"one": ["dong"]}
    assert story.task("dong").name == "董副（代 周建国）"
    assert story.task("dong").principal == "zhou"
    assert [person.person for fact in story.facts(Copied) for person in fact.people] == ["zhou"]
    assert story.comment("zhou", "我看到了").last.events
    assert story.act("dong", "approve").open == {"last": ["ma"]}


@pytest.mark.approval("absence")
def test_an_absence_has_days_and_apps():
    """Outside of them the task is the principal's own."""
    assert given(away("zhou", "dong", "2026-11-23", "2026-11-23")).open == {"one": ["dong"]}
    assert given(away("zhou", "dong", "2026-11-24")).open == {"one": ["zhou"]}
    assert given(away("zhou", "dong", "2026-11-01", "2026-11-22")).open == {"one": ["zhou"]}
    assert given(away("zhou", "dong", apps=("trip",))).open == {"one": ["dong"]}
    assert given(away("zhou", "dong", apps=("leave",))).open == {"one": ["zhou"]}


@pytest.mark.approval("absence-applicant")
def test_the_deputy_is_never_the_applicant():
    """It would be approving oneself."""
    assert given(away("zhou", "lin")).open == {"one": ["zhou"]}


@pytest.mark.approval("edge-deputies")
def test_deputies_have_one_hop():
    """A deputy who is away too, a circle, a disabled one, or one who is there already leaves it with the principal."""
    assert given(away("zhou", "dong"), away("dong", "wang")).open == {"one": ["zhou"]}
    assert given(away("zhou", "dong"), away("dong", "zhou")).open == {"one": ["zhou"]}
    assert given(away("zhou", "dong"), disabled=("dong",)).open == {"one": ["zhou"]}
    both = msgspec.structs.replace(ONE, who='user("zhou") + user("dong")', decide="all")
    assert given(away("zhou", "dong"), step=both).open == {"one": ["zhou", "dong"]}


@pytest.mark.approval("absence", "trap-7")
def test_the_forecast_names_the_deputy():
    """By the same resolver."""
    story = given(away("zhou", "dong"))
    stops = forecast(story.program, story.case.applicant, {"trip": "near"}, story.now, story.office)
    assert [person.name for person in stops[0].people] == ["董副（代 周建国）"]


@pytest.mark.approval("signature")
def test_a_deputy_signs_with_their_own_name():
    """Not with what the task shows."""
    signed = msgspec.structs.replace(ONE, desk=Desk(signature="typed"))
    assert given(away("zhou", "dong"), step=signed).act("dong", "approve", signature="董副").open == {"last": ["ma"]}


@pytest.mark.approval("hand-over")
def test_what_would_be_given_to_a_leaver_is_given_to_the_successor():
    """By name, as head, in a role; also when the successor has left as well."""
    for who in ('user("zhou")', "head_of(applicant.department)", "heads_of(applicant.department, 1)"):
        story = Story(program(msgspec.structs.replace(ONE, who=who)), office=office(disabled=("zhou",)))
        story.office.successors = {"zhou": "dong"}
        assert story.submit().open == {"one": ["dong"]}, who
    role = Story(program(msgspec.structs.replace(ONE, who='role("money")', decide="all")), office=office(disabled=("fei", "dong")))
    role.office.successors = {"fei": "dong", "dong": "du"}
    assert role.submit().open == {"one": ["du", "feng"]}


# --- what people see ---

FIELDS = form(
    Field(name="trip", kind="text", title=text("类型")),
    Field(name="price", kind="money", title=text("价格")),
    Field(name="reason", kind="text", title=text("事由")),
    Field(name="granted", kind="money", title=text("核定")),
)
SEEN = Approve(id="seen", title=text("看"), who='user("zhou")', edit=("granted",), desk=Desk(hide=("price",)))
FEW = Handle(id="few", title=text("少"), who='user("fei")', desk=Desk(read=("trip",)))
COPY = Notify(id="copy", title=text("抄"), who='user("ou")', desk=Desk(hide=("reason",)))


def told():
    flow = program(COPY, SEEN, FEW, start=Start(edit=("trip", "price", "reason"), desk=Desk(hide=("granted",))), of=FIELDS)
    story = Story(flow).submit(trip="near", price=500, reason="急")
    return story.act("zhou", "approve", answers={"granted": 400})


@pytest.mark.approval("fields-rights")
def test_a_person_sees_what_one_of_their_parts_in_the_case_shows():
    """The applicant, an approver, a handler, whoever has a copy, and the administrator each see their own."""
    story = told()
    seen = {who: set(rights.shown(story.program, story.case, who)) for who in ("lin", "zhou", "fei", "ou", "guan")}
    assert seen == {
        "lin": {"trip", "price", "reason"},
        "zhou": {"trip", "reason", "granted"},
        "fei": {"trip"},
        "ou": {"trip", "price", "granted"},
        "guan": {"trip", "price", "reason", "granted"},
    }


@pytest.mark.approval("fields-kept", "trap-8")
def test_hidden_fields_keep_their_value_and_what_may_not_be_written_is_refused():
    """Whatever is sent along or left out."""
    story = told()
    assert story.case.answers["price"] == 500
    refused = story.act("fei", "complete", answers={"price": 1})
    assert (refused.code, list(refused.last.fields)) == ("not-editable", ["price"])
    assert story.act("fei", "complete").case.answers == {"trip": "near", "price": 500, "reason": "急", "granted": 400}


@pytest.mark.approval("fields-kept", "trap-8")
def test_a_field_that_is_not_submitted_keeps_its_value():
    """An approver who edits one field blanks no other."""
    both = msgspec.structs.replace(SEEN, edit=("granted", "reason"))
    story = Story(program(both, of=FIELDS)).submit(trip="near", price=500)
    story.act("zhou", "approve", answers={"granted": 5})
    assert story.case.answers == {"trip": "near", "price": 500, "granted": 5}


@pytest.mark.approval("who-kept", "edge-posts")
def test_department_and_post_are_kept_as_they_were_when_the_task_opened():
    """A later move changes nothing in the record; an applicant of several posts applies as one of them."""
    clerk = Applicant(id="lin", name="林晓", department="finance", department_title="财务处", post="visitor")
    story = Story(program(msgspec.structs.replace(ONE, who="head_of(applicant.department)"), LAST)).submit(clerk)
    assert story.open == {"one": ["fang"]}
    [kept] = story.case.visits["one"].candidates
    assert (kept.department, kept.post) == ("finance", "head")
    story.office = office(heads={"finance": "fei"})
    assert story.open == {"one": ["fang"]}
