"""Who a step is given to by chains, fields and choices, and what happens when it is nobody, oneself, or the same person again."""

import msgspec
import pytest
from support.stories import LIN, Story, form, office, program, text

from forms.form import Field
from workflows.app import Approve, AtLeast, Branch, Chosen, Desk, Handle, Notify, When
from workflows.events import Applicant, Closed, Copied, Entered, Picked
from workflows.forecast import forecast
from workflows.offers import offers
from workflows.people import Member, Role
from workflows.roster import Roster

FIRST = Approve(id="first", title=text("一"), who='user("zhou")')
LAST = Approve(id="last", title=text("末"), who='user("ma")')


def given(who, directory=None, applicant=LIN, kind=Approve, of=None, **answers):
    """The people of a step of everybody that ``who`` names."""
    story = Story(program(kind(id="step", title=text("步"), who=who, decide="all"), of=of), office=directory or office())
    story.submit(applicant, **answers)
    return story.open["step"]


def applying(id, department="section"):
    return Applicant(id=id, name=id, department=department, department_title=department, post="clerk")


def with_role(role, person):
    organisation = office().organisation
    added = Role(id=role, title=text(role), members=(Member(person=person),))
    return Roster(msgspec.structs.replace(organisation, roles=(*organisation.roles, added)))


# --- whom an expression names ---


@pytest.mark.approval("who-chain")
def test_the_chain_of_heads_goes_up_so_many_levels_or_to_a_role():
    """From the nearest up, in order; the one with the role is the last."""
    assert given("heads_of(applicant.department, 2)") == ["zhou", "wang"]
    assert given("heads_of(applicant.department, 9)") == ["zhou", "wang", "ma"]
    assert given("heads_of(applicant.department, 'chief')", directory=with_role("chief", "wang")) == ["zhou", "wang"]


@pytest.mark.approval("who-chain", "who-walk-up")
def test_a_level_without_a_head_who_is_there_is_passed_over():
    """Vacant or disabled."""
    assert given("heads_of(applicant.department, 3)", directory=office(heads={"section": None})) == ["wang", "ma"]
    assert given("heads_of(applicant.department, 3)", directory=office(disabled=("wang",))) == ["zhou", "ma"]


@pytest.mark.approval("who-chain", "edge-head-applies")
def test_in_a_chain_the_applicant_is_replaced_by_the_next_head():
    """Who is there once, though two levels lead to them."""
    assert given("heads_of(applicant.department, 2)", applicant=applying("zhou")) == ["wang"]


FIELDS = form(
    Field(name="trip", kind="text", title=text("类型")),
    Field(name="unit", kind="department", title=text("部门")),
    Field(name="helper", kind="person", title=text("人")),
    Field(name="rows", kind="table", title=text("名单"), fields=(Field(name="who", kind="person", title=text("人")),)),
)


@pytest.mark.approval("who-person-field", "who-department-field", "who-list-field", "who-expression")
def test_fields_name_people_departments_and_lists():
    """Each row of a table may name someone; a condition may choose between them."""
    rows = [{"who": "fei"}, {"who": "ou"}, {"who": "fei"}]
    assert given("user(helper)", of=FIELDS, helper="feng") == ["feng"]
    assert given("head_of(unit)", of=FIELDS, unit="finance") == ["fang"]
    assert given("department(unit)", of=FIELDS, unit="finance") == ["fang", "fei", "feng", "ou"]
    assert given("user(rows.map(r, r.who))", of=FIELDS, rows=rows) == ["fei", "ou"]
    assert given('has(answered.helper) ? user(helper) : user("ou")', of=FIELDS) == ["ou"]


# --- choosing ---

POOL = 'role("money") + user("zhou")'
CHOSEN = Approve(id="chosen", title=text("自选"), who=POOL, decide="all", chosen=Chosen(by="applicant", most=2))
AFTER = Handle(id="after", title=text("指派"), who=POOL, chosen=Chosen(by="previous"))


@pytest.mark.approval("who-applicant-chooses")
def test_the_applicant_chooses_within_the_declared_set():
    """In their order; without a choice, with too many, or with someone else the form is not taken."""
    story = Story(program(FIRST, CHOSEN)).submit(picked={"chosen": ("zhou", "fei")})
    assert story.act("zhou", "approve").open == {"chosen": ["zhou", "fei"]}
    assert [person.person for person in story.facts(Picked)[0].people] == ["zhou", "fei"]
    for wrong in ({}, {"chosen": ("ma",)}, {"chosen": ("zhou", "fei", "feng")}, {"chosen": ("fei", "fei")}, {"first": ("zhou",)}):
        refused = Story(program(FIRST, CHOSEN)).submit(picked=wrong)
        assert refused.code == "choose-people", wrong
        assert list(refused.last.fields) == list(wrong or {"chosen": ()})


@pytest.mark.approval("who-applicant-chooses", "edge-reaching-applicant")
def test_applicants_do_not_choose_themselves_to_approve():
    """It would be approving oneself."""
    assert Story(program(CHOSEN)).submit(applying("fei", "finance"), picked={"chosen": ("fei",)}).code == "choose-people"


@pytest.mark.approval("who-applicant-chooses")
def test_a_choice_is_asked_for_only_where_the_case_may_come():
    """Not for the branch that these answers do not take."""
    flow = program(Branch(id="way", title=text("路"), cases=(When(when="trip == 'far'", steps=(CHOSEN,)), When(when=None, steps=(LAST,)))))
    assert Story(flow).submit(trip="near").open == {"last": ["ma"]}
    assert Story(flow).submit(trip="far").code == "choose-people"


@pytest.mark.approval("who-previous-chooses")
def test_the_previous_approver_chooses_who_comes_next():
    """With the approval that leads there; the offer says among whom."""
    story = Story(program(FIRST, AFTER)).submit()
    assert story.act("zhou", "approve").code == "choose-people"
    [pick] = next(offer for offer in offers(story.program, story.case, story.task("zhou"), story.office) if offer.id == "approve").picks
    assert (pick.step, pick.most, [person.person for person in pick.people]) == ("after", 1, ["fei", "feng", "zhou"])
    assert story.act("zhou", "approve", picked={"after": ("ou",)}).code == "choose-people"
    assert story.act("zhou", "approve", picked={"after": ("feng",)}).open == {"after": ["feng"]}


@pytest.mark.approval("who-previous-chooses")
def test_only_the_vote_that_lets_the_case_pass_must_choose():
    """Any of them may; the last one has to if nobody has."""
    both = Approve(id="both", title=text("会"), who='role("money")', decide="all")
    story = Story(program(both, AFTER)).submit().act("fei", "approve")
    assert story.act("feng", "approve").code == "choose-people"
    assert story.act("feng", "approve", picked={"after": ("zhou",)}).open == {"after": ["zhou"]}
    early = Story(program(both, AFTER)).submit().act("fei", "approve", picked={"after": ("fei",)}).act("feng", "approve")
    assert early.open == {"after": ["fei"]}


# --- nobody ---

EMPTY = Approve(id="step", title=text("步"), who='role("empty")')


@pytest.mark.approval("policy-nobody", "trap-3")
@pytest.mark.parametrize(
    ("policy", "open"),
    [
        ({}, ["guan"]),
        ({"nobody": 'user("wang")'}, ["wang"]),
        ({"nobody": 'role("money")'}, ["fei", "feng"]),
        ({"nobody_does": "step-up"}, ["zhou"]),
        ({"nobody_does": "stop"}, []),
    ],
)
def test_what_finds_nobody_never_passes_silently(policy, open):
    """A person or a role, the flow administrator, up the chain, or a case that waits; also where an applicant would be skipped."""
    for self_approval in ("head", "skip", "self"):
        story = Story(program(EMPTY, LAST, self_approval=self_approval, **policy)).submit()
        assert story.open == {"step": open}
        assert story.facts(Entered)[0].instead == "nobody"
        assert story.case.stuck() == ([] if open else ["step"])


@pytest.mark.approval("edge-nobody-kinds")
def test_nobody_to_copy_is_recorded_and_nobody_to_handle_is_as_in_approve():
    """The copy is skipped; the work is given to the administrator."""
    copy = Notify(id="copy", title=text("抄"), who='role("empty")')
    story = Story(program(copy, Handle(id="desk", title=text("办"), who='role("empty")')))
    assert story.submit().open == {"desk": ["guan"]}
    assert [fact.nobody for fact in story.facts(Copied)] == [True]


# --- oneself ---


@pytest.mark.approval("policy-self")
def test_an_approver_who_applies_is_replaced_left_out_or_let_be():
    """By the head; only if others remain; only where the flow says so."""
    both = Approve(id="step", title=text("步"), who='role("money")', decide="all")
    alone = Approve(id="step", title=text("步"), who='user("fei")')
    fei = applying("fei", "finance")
    expected = {"head": (["fang", "feng"], ["fang"]), "skip": (["feng"], ["fang"]), "self": (["fei", "feng"], ["fei"])}
    for policy, (several, one) in expected.items():
        assert Story(program(both, self_approval=policy)).submit(fei).open == {"step": several}
        assert Story(program(alone, self_approval=policy)).submit(fei).open == {"step": one}


# --- the same person again ---

SECOND = Approve(id="second", title=text("二"), who='user("zhou")')


def repeated(story):
    return [(fact.step, fact.person) for fact in story.facts(Closed) if fact.how == "repeat"]


@pytest.mark.approval("policy-same-person")
def test_whoever_has_approved_is_not_asked_again_where_the_flow_says_so():
    """By default they are; consecutive only looks at the step before; all at each."""
    assert Story(program(FIRST, SECOND)).submit().act("zhou", "approve").open == {"second": ["zhou"]}
    assert Story(program(FIRST, SECOND, same_person="consecutive")).submit().act("zhou", "approve").outcome == "approved"
    between = Story(program(FIRST, LAST, SECOND, same_person="consecutive")).submit().act("zhou", "approve").act("ma", "approve")
    assert between.open == {"second": ["zhou"]}
    everywhere = Story(program(FIRST, LAST, SECOND, same_person="all")).submit().act("zhou", "approve").act("ma", "approve")
    assert everywhere.outcome == "approved"
    assert repeated(everywhere) == [("second", "zhou")]


@pytest.mark.approval("policy-same-person")
def test_in_a_step_of_several_only_the_one_who_has_approved_is_spared():
    """The others decide; in order their turn comes at once."""
    several = Approve(id="several", title=text("多"), who='user("zhou") + role("money")', decide="all")
    story = Story(program(FIRST, several, same_person="all")).submit().act("zhou", "approve")
    assert story.open == {"several": ["fei", "feng"]}
    order = msgspec.structs.replace(several, decide="in-order")
    assert Story(program(FIRST, order, same_person="all")).submit().act("zhou", "approve").open == {"several": ["fei"]}
    votes = msgspec.structs.replace(several, decide=AtLeast(needed=1))
    assert Story(program(FIRST, votes, same_person="all")).submit().act("zhou", "approve").outcome == "approved"


@pytest.mark.approval("trap-1", "policy-same-person")
def test_approvals_from_before_a_change_or_a_return_do_not_count():
    """What has not been seen as it is now has not been approved."""
    changed = {"trip": "far", "budget": 100}
    story = Story(program(FIRST, LAST, SECOND, same_person="all")).submit().act("zhou", "approve")
    story.act("ma", "return", to="start", opinion="改").act("lin", "submit", answers=changed)
    assert story.open == {"first": ["zhou"]}
    straight = Story(program(FIRST, LAST, SECOND, same_person="all", resume="direct")).submit().act("zhou", "approve")
    straight.act("ma", "return", to="start", opinion="改").act("lin", "submit", answers=changed).act("ma", "approve")
    assert straight.open == {"second": ["zhou"]}, "zhou has not seen the budget"
    edited = msgspec.structs.replace(LAST, edit=("granted",))
    granted = Story(program(FIRST, edited, SECOND, same_person="all")).submit().act("zhou", "approve")
    assert granted.act("ma", "approve", answers={"granted": 5}).open == {"second": ["zhou"]}


@pytest.mark.approval("trap-2", "policy-same-person")
@pytest.mark.parametrize(
    "asks", [{"opinion": "required"}, {"desk": Desk(signature="typed")}, {"edit": ("granted",)}], ids=["opinion", "signature", "edit"]
)
def test_a_step_that_asks_for_more_than_agreement_is_never_repeated(asks):
    """An opinion, a signature, an answer is somebody's own each time."""
    more = msgspec.structs.replace(SECOND, **asks)
    assert Story(program(FIRST, more, same_person="all")).submit().act("zhou", "approve").open == {"second": ["zhou"]}


# --- opinions, signatures, buttons ---


@pytest.mark.approval("opinion")
def test_opinions_are_asked_for_as_the_step_says():
    """By default on rejection and return; always; or never."""
    for opinion, needs in {"on-reject": {"reject", "return"}, "required": {"approve", "reject", "return"}, "optional": set()}.items():
        step = msgspec.structs.replace(FIRST, opinion=opinion)
        for action in ("approve", "reject", "return"):
            story = Story(program(step)).submit().act("zhou", action, to="start" if action == "return" else None)
            assert (getattr(story.last, "code", None) == "opinion-required") == (action in needs), (opinion, action)
    assert FIRST.opinion == "on-reject"


@pytest.mark.approval("signature")
def test_a_signature_is_a_name_typed_or_strokes_drawn():
    """Nothing else is one; a step that asks for none takes none; the record keeps it."""
    typed = Story(program(msgspec.structs.replace(FIRST, desk=Desk(signature="typed")))).submit()
    assert typed.act("zhou", "approve").code == "signature-required"
    assert typed.act("zhou", "approve", signature="王局").code == "signature-required"
    assert typed.act("zhou", "reject", opinion="不").code == "signature-required"
    assert typed.act("zhou", "approve", signature=" 周建国 ").outcome == "approved"
    assert typed.facts(Closed)[0].signature == "周建国"
    drawn = Story(program(msgspec.structs.replace(FIRST, desk=Desk(signature="handwritten")))).submit()
    for wrong in ("", "周建国", "M10 10", "M10 10L20 20<script>", "M10 10" + "L1 1" * 9000):
        assert drawn.act("zhou", "approve", signature=wrong).code == "signature-required"
    assert drawn.act("zhou", "approve", signature="M10 10L20.5 20M5 5L6 6L7 7").outcome == "approved"
    assert Story(program(FIRST)).submit().act("zhou", "approve", signature="周建国").code == "not-allowed"


@pytest.mark.approval("buttons")
def test_buttons_say_what_the_step_calls_them_and_some_are_not_there():
    """What is not offered is refused."""
    desk = Desk(buttons={"approve": text("核准")}, without=("transfer", "delegate"))
    story = Story(program(msgspec.structs.replace(FIRST, desk=desk))).submit()
    found = {offer.id: offer.title["zh"] for offer in offers(story.program, story.case, story.task("zhou"), story.office)}
    assert found["approve"] == "核准"
    assert not {"transfer", "delegate"} & set(found)
    assert story.act("zhou", "transfer", to="dong").code == "unknown-action"


@pytest.mark.approval("trap-7", "forecast")
def test_the_forecast_names_whoever_the_engine_then_gives_it_to():
    """For each policy and way of naming people."""
    for policy in ({}, {"self_approval": "skip"}, {"nobody_does": "step-up"}, {"nobody_does": "stop"}):
        for who in ('role("empty")', 'role("money")', "heads_of(applicant.department, 2)", 'user("fei")'):
            for applicant in (LIN, applying("fei", "finance")):
                flow = program(Approve(id="step", title=text("步"), who=who, decide="all"), **policy)
                story = Story(flow).submit(applicant)
                [stop] = forecast(flow, applicant, {"trip": "near"}, story.now, story.office)
                assert [person.person for person in stop.people] == story.open["step"]
