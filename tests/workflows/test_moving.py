"""Running cases under another release: they stay where they are, or somebody decides, or they keep their release."""

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from stories import FIELDS, Story, form, program, text

from forms.form import Field
from workflows.app import Approve, Branch, Desk, Handle, Lane, Notify, Overdue, Parallel, Span, Start, Wait, When
from workflows.moving import Stuck
from workflows.moving_plan import FieldPlan, Plan, StepPlan

HEAD = Approve(id="head", title=text("处长审批"), who="head_of(applicant.department)")
CHIEF = Approve(id="chief", title=text("局长审批"), who='user("wang")')
DESK = Handle(id="desk", title=text("办理"), who='user("fei")')
MONEY = Approve(id="money", title=text("财务会签"), who='role("money")', decide="all")


def plan(**steps: StepPlan) -> Plan:
    return Plan(steps={id.replace("_", "-"): entry for id, entry in steps.items()})


def codes(stuck: Stuck | None) -> list[tuple[str, str]]:
    assert stuck is not None, "the case went on"
    return [(reason.code, reason.of) for reason in stuck.reasons]


@pytest.mark.approval("trap-12")
def test_a_case_stays_at_its_step_and_goes_the_new_way() -> None:
    """The same tasks and limits; what follows is that of the new release."""
    old, new = program(HEAD, DESK), program(HEAD, CHIEF, DESK)
    story = Story(old).submit()
    tasks = story.case.tasks
    assert story.move(new) is None
    assert story.case.tasks == tasks
    assert story.act("zhou", "approve").open == {"chief": ["wang"]}
    assert story.act("wang", "approve").act("fei", "complete").outcome == "approved"


def test_what_lies_behind_a_case_is_said_and_not_gone_through() -> None:
    from workflows import moving

    story = Story(program(HEAD, DESK)).submit().act("zhou", "approve")
    found = moving.move(story.case, story.program, program(HEAD, CHIEF, DESK))
    assert not isinstance(found, Stuck)
    assert found.passes_by == ("chief",)


def test_people_who_wait_at_a_step_that_is_gone_need_a_decision() -> None:
    """The plan says: another id, another step, back to the applicant, or the old release."""
    old, new = program(HEAD, DESK), program(CHIEF, DESK)
    story = Story(old).submit()
    stuck = story.move(new)
    assert codes(stuck) == [("step-removed", "head")]
    assert stuck.reasons[0].choices == ("now", "go", "stay")
    assert story.move(new, plan(head=StepPlan(stay=True))) == Stuck()
    assert codes(story.move(new, plan(head=StepPlan(now="nowhere")))) == [("plan", "head")]

    renamed = Story(old).submit()
    assert renamed.move(new, plan(head=StepPlan(now="chief"))) is None
    assert renamed.open == {"chief": ["zhou"]}
    assert renamed.act("zhou", "approve").open == {"desk": ["fei"]}

    sent = Story(old).submit()
    assert sent.move(new, plan(head=StepPlan(go="chief"))) is None
    assert sent.open == {"chief": ["wang"]}
    assert sent.task("zhou").state == "cancelled"

    returned = Story(old).submit()
    assert returned.move(new, plan(head=StepPlan(go="start"))) is None
    assert returned.open == {"start": ["lin"]}
    assert returned.act("lin", "submit", answers={"trip": "near"}).open == {"chief": ["wang"]}


def test_a_migration_is_undone_until_somebody_acts() -> None:
    """The case is as it was, and goes on under its own release."""
    old, new = program(HEAD, DESK), program(HEAD, CHIEF, DESK)
    story = Story(old).submit()
    before = story.case
    story.move(new)
    story.move_back(old)
    after = story.case
    assert story.refusal is None
    same = {"events": after.events, "release": after.release, "bygone": after.bygone}
    assert msgspec.structs.replace(before, **same) == after
    assert story.act("zhou", "approve").open == {"desk": ["fei"]}

    acted = Story(old).submit()
    acted.move(new)
    acted.comment("lin", "请尽快").act("zhou", "approve")
    assert acted.move_back(old).code == "too-late"
    assert acted.open == {"chief": ["wang"]}


def test_a_comment_and_a_reminder_do_not_keep_a_migration() -> None:
    old, new = program(HEAD, DESK), program(HEAD, CHIEF, DESK)
    story = Story(old).submit()
    story.move(new)
    story.comment("lin", "请尽快").remind("lin", "zhou")
    assert story.move_back(old).refusal is None


def test_people_whose_step_was_left_have_their_tasks_again_after_undoing() -> None:
    old, new = program(MONEY, DESK), program(CHIEF, DESK)
    story = Story(old).submit().act("fei", "approve")
    story.move(new, plan(money=StepPlan(go="chief")))
    assert story.open == {"chief": ["wang"]}
    story.move_back(old)
    assert story.open == {"money": ["feng"]}
    assert story.act("feng", "approve").open == {"desk": ["fei"]}


def test_a_renamed_step_is_the_same_for_votes_returns_and_recalls() -> None:
    old, new = (
        program(HEAD, MONEY, DESK),
        program(msgspec.structs.replace(HEAD, id="section"), msgspec.structs.replace(MONEY, id="pay"), DESK),
    )
    story = Story(old).submit().act("zhou", "approve").act("fei", "approve")
    names = plan(head=StepPlan(now="section"), money=StepPlan(now="pay"))
    assert story.move(new, names) is None
    assert story.open == {"pay": ["feng"]}
    story.act("feng", "return", to="section", opinion="请补充")
    assert story.refusal is None
    assert story.open == {"section": ["zhou"]}


def test_how_several_people_decide_does_not_change_under_them() -> None:
    """The round has begun with tasks that fit the old way."""
    in_order = msgspec.structs.replace(MONEY, decide="in-order")
    story = Story(program(in_order, DESK)).submit()
    assert codes(story.move(program(MONEY, DESK))) == [("step-people", "money")]
    assert story.move(program(MONEY, DESK), plan(money=StepPlan(go="money"))) is None
    assert story.open == {"money": ["fei", "feng"]}
    alone = msgspec.structs.replace(CHIEF, decide="all")
    one = Story(program(CHIEF, DESK)).submit()
    assert one.move(program(alone, DESK)) is None


BOTH = Parallel(id="both", title=text("并行"), branches=(Lane(steps=(HEAD,)), Lane(steps=(CHIEF,))))


def test_lanes_are_the_same_by_their_steps() -> None:
    """Other order, more steps: it is still known which lane has finished."""
    turned = Parallel(id="both", title=text("并行"), branches=(Lane(steps=(CHIEF,)), Lane(steps=(HEAD, MONEY))))
    story = Story(program(BOTH, DESK)).submit().act("wang", "approve")
    assert story.move(program(turned, DESK)) is None
    assert story.case.lanes == {"both": (1,)}
    story.act("zhou", "approve")
    assert story.open == {"money": ["fei", "feng"]}
    assert story.act("fei", "approve").act("feng", "approve").open == {"desk": ["fei"]}


def test_a_lane_that_never_began_needs_a_decision() -> None:
    wider = Parallel(id="both", title=text("并行"), branches=(*BOTH.branches, Lane(steps=(MONEY,))))
    story = Story(program(BOTH, DESK)).submit()
    assert codes(story.move(program(wider, DESK))) == [("parallel-changed", "both")]
    assert story.move(program(wider, DESK), plan(both=StepPlan(go="both"))) is None
    assert story.open == {"head": ["zhou"], "chief": ["wang"], "money": ["fei", "feng"]}


def test_a_parallel_that_is_gone_needs_a_decision_only_while_both_lanes_wait() -> None:
    one = program(HEAD, CHIEF, DESK)
    story = Story(program(BOTH, DESK)).submit()
    assert codes(story.move(one)) == [("parallel-changed", "both")]
    story.act("wang", "approve")
    assert story.move(one) is None
    assert story.case.lanes == {}
    assert story.act("zhou", "approve").open == {"chief": ["wang"]}


def test_a_step_that_moves_into_a_parallel_needs_a_decision() -> None:
    story = Story(program(HEAD, DESK)).submit()
    assert codes(story.move(program(BOTH, DESK))) == [("parallel-changed", "head")]
    assert story.move(program(BOTH, DESK), plan(head=StepPlan(go="both"))) is None
    assert story.open == {"head": ["zhou"], "chief": ["wang"]}


def test_a_branch_keeps_the_case_that_was_taken() -> None:
    """In another order, and with a case more."""
    far = When(when="trip == 'far'", steps=(CHIEF,))
    near = When(when=None, steps=(HEAD,))
    old = program(Branch(id="route", title=text("路线"), cases=(far, near)), DESK)
    long = When(when="trip == 'far' && has(answered.days) && days > 9", steps=(MONEY,))
    new = program(Branch(id="route", title=text("路线"), cases=(long, far, near)), DESK)
    story = Story(old).submit()
    assert story.move(new) is None
    assert story.case.taken == {"route": 2}
    assert story.act("zhou", "approve").open == {"desk": ["fei"]}


def test_answers_that_nothing_asks_for_need_a_decision() -> None:
    """Dropped, they stay in the record; renamed, they are the same answer; undoing brings them back."""
    fewer = form(*[field for field in FIELDS if field.name not in ("days", "daily")])
    new = program(HEAD, DESK, of=fewer)
    story = Story(program(HEAD, DESK)).submit(days=3)
    assert codes(story.move(new)) == [("field-removed", "days")]
    assert story.move(new, Plan(fields={"days": FieldPlan(drop=True)})) is None
    assert "days" not in story.case.answers
    assert story.move_back(program(HEAD, DESK)).case.answers["days"] == 3

    length = [msgspec.structs.replace(field, name="length") if field.name == "days" else field for field in FIELDS]
    renamed = program(HEAD, DESK, of=form(*[field for field in length if field.name != "daily"]))
    other = Story(program(HEAD, DESK)).submit(days=3)
    assert other.move(renamed, Plan(fields={"days": FieldPlan(now="length")})) is None
    assert other.case.answers["length"] == 3


def test_an_answer_of_another_kind_is_no_answer() -> None:
    """Three days are not three yuan."""
    money = [
        Field(name="days", kind="money", title=text("天数")) if field.name == "days" else field for field in FIELDS if field.name != "daily"
    ]
    story = Story(program(HEAD, DESK)).submit(days=3)
    assert codes(story.move(program(HEAD, DESK, of=form(*money)))) == [("field-kind", "days")]


def test_what_steps_ahead_read_must_be_answered() -> None:
    """Given by the plan, or asked of the applicant; a new field that nothing reads blocks nobody."""
    purpose = Field(name="purpose", kind="choice", title=text("用途"), required=True, options=FIELDS[0].options)
    asking = form(*FIELDS, purpose)
    assert Story(program(HEAD, DESK)).submit().move(program(HEAD, DESK, of=asking)) is None
    route = Branch(id="route", title=text("路线"), cases=(When(when="purpose == 'far'", steps=(CHIEF,)), When(when=None)))
    new = program(HEAD, route, DESK, of=asking)
    story = Story(program(HEAD, DESK)).submit()
    assert codes(story.move(new)) == [("answer-missing", "purpose")]
    assert story.move(new, Plan(fields={"purpose": FieldPlan(value="far")})) is None
    assert story.act("zhou", "approve").open == {"chief": ["wang"]}
    asked = Story(program(HEAD, DESK)).submit()
    assert asked.move(new, Plan(fields={"purpose": FieldPlan(ask=True)})) is None
    assert asked.open == {"start": ["lin"]}
    asked.act("lin", "submit", answers={"trip": "near", "purpose": "far"})
    assert asked.open == {"head": ["zhou"]}


def test_limits_go_on_as_they_were_given_and_rings_follow_their_entries() -> None:
    day = Span(amount=1, unit="days")
    remind, give = Overdue(after=day, remind=day), Overdue(after=day, transfer='user("wang")')
    timed = msgspec.structs.replace(HEAD, due=day, overdue=(remind, give))
    story = Story(program(timed, DESK)).submit()
    due = story.task("zhou").due
    assert sorted(story.case.timers) == ["c1-1~0~1", "c1-1~1~1"]
    assert story.move(program(msgspec.structs.replace(timed, due=Span(amount=9, unit="days"), overdue=(give,)), DESK)) is None
    assert story.task("zhou").due == due
    assert sorted(story.case.timers) == ["c1-1~0~1"]
    story.until("2026-11-26T09:00")
    assert story.open == {"head": ["wang"]}


def test_a_wait_for_something_else_needs_a_decision() -> None:
    wait = Wait(id="pause", title=text("等"), message="paid")
    story = Story(program(wait, DESK)).submit()
    other = program(msgspec.structs.replace(wait, message="settled"), DESK)
    assert codes(story.move(other)) == [("step-waits", "pause")]
    assert story.move(other, plan(pause=StepPlan(go="pause"))) is None
    assert story.deliver("paid").code == "gone"
    assert story.deliver("settled").open == {"desk": ["fei"]}


def test_a_case_at_the_applicant_goes_the_new_way_from_the_top() -> None:
    story = Story(program(HEAD, DESK)).submit().act("zhou", "return", to="start", opinion="请补充")
    assert story.move(program(CHIEF, DESK)) is None
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"chief": ["wang"]}


def test_going_straight_back_ends_where_the_step_is_gone() -> None:
    """Corrected, the case goes through the steps again."""
    story = (
        Story(program(HEAD, CHIEF, DESK, resume="direct")).submit().act("zhou", "approve").act("wang", "return", to="start", opinion="改")
    )
    assert story.move(program(HEAD, MONEY, DESK, resume="direct")) is None
    assert story.act("lin", "submit", answers={"trip": "near"}).open == {"head": ["zhou"]}


def test_who_acted_at_a_step_that_is_gone_still_sees_what_they_saw() -> None:
    from workflows import rights

    veiled = msgspec.structs.replace(HEAD, desk=Desk(hide=("budget",)))
    story = Story(program(veiled, DESK)).submit(trip="far", budget=100).act("zhou", "approve")
    assert story.move(program(CHIEF, DESK)) is None
    assert story.case.bygone["head"].title == text("处长审批")
    assert rights.hidden(story.program, story.case, "zhou") == {"budget"}
    assert story.act("fei", "complete").outcome == "approved"


def test_a_suspended_case_moves_and_its_clocks_still_stand() -> None:
    from workflows.commands import Resume, Suspend

    day = Span(amount=2, unit="days")
    timed = msgspec.structs.replace(HEAD, due=day, overdue=(Overdue(after=day, remind=day),))
    story = Story(program(timed, DESK)).submit().supervise(Suspend)
    assert story.move(program(timed, CHIEF, DESK)) is None
    assert story.case.timers == {}
    assert story.supervise(Resume).case.timers
    assert story.refusal is None


def test_an_ended_case_never_moves() -> None:
    from workflows import moving

    story = Story(program(HEAD)).submit().act("zhou", "approve")
    with pytest.raises(ValueError, match="ended"):
        moving.move(story.case, story.program, program(HEAD, DESK))


def test_the_plan_names_single_cases_too() -> None:
    story = Story(program(HEAD, DESK)).submit()
    assert story.move(program(HEAD, CHIEF, DESK), Plan(stay=("CC-1",))) == Stuck()


def test_two_steps_do_not_become_one() -> None:
    story = Story(program(HEAD, CHIEF, DESK)).submit()
    assert codes(story.move(program(CHIEF, DESK), plan(head=StepPlan(now="chief")))) == [("plan", "head")]


def test_copies_and_the_start_are_no_places() -> None:
    note = Notify(id="note", title=text("抄送"), who='user("ou")')
    story = Story(program(note, HEAD, DESK)).submit()
    assert story.move(program(HEAD, DESK, start=Start(edit=("trip",)))) is None
    assert story.case.executed == ()
    assert story.act("zhou", "approve").open == {"desk": ["fei"]}
