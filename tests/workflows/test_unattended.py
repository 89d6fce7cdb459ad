"""What happens without a person: waits, answers that are set, numbers, webhooks, cases of other apps, and who is told of what."""

from typing import Any

import pytest
from support.stories import FIELDS, LIN, Story, form, office, program, text

from forms.form import Field
from workflows.app import Approve, Branch, Call, Issue, Lane, Notify, Parallel, Send, Set, Span, Step, Wait, When
from workflows.commands import Cancel, ChildEnded, Recall, Submit
from workflows.effects import CancelCase, Message, StartCase, Webhook
from workflows.effects import ChildEnded as Ending
from workflows.events import Parent
from workflows.unattended import Called

HEAD = Approve(id="head", title=text("审批"), who='user("zhou")')
LAST = Approve(id="last", title=text("复核"), who='user("wang")')
NUMBER = Field(name="document", kind="text", title=text("文号"))
PAID = Field(name="paid", kind="money", title=text("实付"))
FINDING = Field(name="finding", kind="text", title=text("意见"))
NEEDED = Field(name="needed", kind="date", title=text("需用日期"))
ROOMS = Field(
    name="rooms",
    kind="table",
    title=text("房间"),
    fields=(
        Field(name="keeper", kind="person", title=text("管理人")),
        Field(name="seats", kind="integer", title=text("座位")),
        Field(name="answer", kind="text", title=text("答复")),
    ),
)
FORM = form(*FIELDS, NUMBER, PAID, FINDING, NEEDED, ROOMS)


def story(*steps: Step, **parts: Any) -> Story:
    return Story(program(*steps, of=FORM, **parts)).at("2026-11-23T09:00")


# wait


@pytest.mark.approval("step-wait")
def test_a_wait_for_a_length_of_time_ends_when_it_is_over_and_not_before() -> None:
    """Two working days after Monday is Wednesday, at the close of business."""
    told = story(Wait(id="cool", title=text("冷静期"), span=Span(amount=2, unit="working days")), HEAD).submit()
    assert told.open == {}
    assert told.case.stuck() == []
    assert told.until("2026-11-25T17:29").open == {}
    assert told.until("2026-11-25T17:30").open == {"head": ["zhou"]}


@pytest.mark.approval("step-wait")
def test_a_wait_until_a_day_in_a_field_ends_as_the_day_begins() -> None:
    """A day that has begun already is waited for no more."""
    wait = Wait(id="day", title=text("等到"), until="needed")
    assert story(wait, HEAD).submit(needed="2026-12-01").until("2026-11-30T23:59").open == {}
    assert story(wait, HEAD).submit(needed="2026-12-01").until("2026-12-01T00:00").open == {"head": ["zhou"]}
    told = story(wait, HEAD).submit(needed="2026-11-20")
    assert told.open == {"head": ["zhou"]}
    assert told.rows == {}


@pytest.mark.approval("step-wait")
def test_a_named_message_ends_a_wait_and_brings_answers() -> None:
    """Another name, or the same once more, finds nobody waiting."""
    wait = Wait(id="pay", title=text("等付款"), message="paid", into={"paid": "amount"})
    told = story(wait, HEAD).submit()
    assert told.deliver("other").refusal == "gone"
    assert told.deliver("paid", amount=1250).open == {"head": ["zhou"]}
    assert told.case.answers["paid"] == 1250
    assert told.deliver("paid", amount=1).refusal == "gone"


def test_a_message_that_the_form_does_not_allow_is_refused() -> None:
    """Nothing has changed then: it may come again, right."""
    told = story(Wait(id="pay", title=text("等付款"), message="paid", into={"paid": "amount"}), HEAD).submit()
    assert told.deliver("paid", amount=10**20).refusal == "invalid-answers"
    assert told.open == {}
    assert told.deliver("paid", amount=5).open == {"head": ["zhou"]}


def test_a_wait_for_a_message_may_have_an_end() -> None:
    """Whichever comes first; the other finds nothing."""
    wait = Wait(id="pay", title=text("等付款"), message="paid", span=Span(amount=1, unit="hours"))
    told = story(wait, HEAD).submit().until("2026-11-23T10:00")
    assert told.open == {"head": ["zhou"]}
    assert told.deliver("paid").refusal == "gone"
    told = story(wait, HEAD).submit().deliver("paid")
    assert told.rows == {}


@pytest.mark.approval("withdraw")
def test_withdrawing_drops_timers_and_cancels_cases_that_were_called() -> None:
    """Nothing rings for a case that is over."""
    steps = Parallel(
        id="both",
        title=text("并行"),
        branches=(
            Lane(steps=(Wait(id="cool", title=text("等"), span=Span(amount=1, unit="days")),)),
            Lane(steps=(Call(id="ask", title=text("问"), app="other"),)),
        ),
    )
    told = story(steps).submit()
    assert told.rows
    told.withdraw()
    assert told.rows == {}
    assert told.outcome == "withdrawn"
    assert [body for body in told.effects if isinstance(body, CancelCase)] == [CancelCase(case="c1-c1", parent="c1")]


# set


@pytest.mark.approval("step-set")
def test_answers_are_set_from_answers_and_what_follows_is_calculated() -> None:
    """The form's own rules hold for them as for anybody."""
    told = story(Set(id="fill", title=text("赋值"), answers={"budget": "yuan(300)", "finding": "'由' + applicant.name"}), HEAD)
    told.submit(trip="far", days=3)
    assert told.case.answers["budget"] == 30000
    assert told.case.answers["daily"] == 10000
    assert told.case.answers["finding"] == "由林晓"


def test_the_applicant_does_not_fill_in_what_the_flow_sets() -> None:
    """Sent along, it is refused."""
    told = story(Set(id="fill", title=text("赋值"), answers={"finding": "'x'"}), HEAD)
    assert told.submit(finding="mine").refusal == "not-editable"


# issue


ISSUE = Issue(id="number", title=text("取号"), into="document", pattern="清数〔{date:%Y}〕{seq:1}号")


@pytest.mark.approval("step-issue")
def test_a_number_is_drawn_once_for_a_case_and_stays_with_it() -> None:
    """A case that is returned and comes again keeps its number; the next case has the next."""
    told = story(HEAD, ISSUE, LAST).submit().act("zhou", "approve")
    assert told.case.answers["document"] == "清数〔2026〕1号"
    assert told.counters == {"issue 清数〔2026〕{seq:1}号": 1}
    told.act("wang", "return", opinion="改", to="start").act("lin", "submit", answers={"trip": "near"}).act("zhou", "approve")
    assert told.case.answers["document"] == "清数〔2026〕1号"
    assert told.counters == {"issue 清数〔2026〕{seq:1}号": 1}
    assert [(last.step, last.what) for last in told.case.lasting] == [("number", "issued")]


def test_a_new_year_begins_a_new_series() -> None:
    """Where the pattern names the year."""
    told = story(ISSUE, HEAD).at("2027-01-04T09:00").submit()
    assert told.case.answers["document"] == "清数〔2027〕1号"


# send


@pytest.mark.approval("step-send")
def test_a_webhook_names_its_target_and_takes_only_the_answers_that_are_named() -> None:
    """The case goes on at once; the record keeps that it cannot be taken back."""
    told = story(Send(id="tell", title=text("通知"), to="archive", answers=("trip", "granted")), HEAD).submit(days=3)
    [sent] = [body for body in told.effects if isinstance(body, Webhook)]
    assert sent.name == "archive"
    assert sent.payload == {
        "app": "trip",
        "case": "c1",
        "number": "CC-1",
        "step": "tell",
        "at": "2026-11-23T01:00:00Z",
        "answers": {"trip": "near"},
    }
    assert told.open == {"head": ["zhou"]}
    assert [last.what for last in told.case.lasting] == ["sent"]


# call


@pytest.mark.approval("step-call")
def test_a_case_of_another_app_is_waited_for_and_brings_its_answers() -> None:
    """Inputs go there, outputs come back, and then the case goes on."""
    call = Call(id="ask", title=text("征求意见"), app="advice", inputs={"what": "trip", "days": "days"}, outputs={"finding": "advice"})
    told = story(call, HEAD).submit(days=3)
    [start] = [body for body in told.effects if isinstance(body, StartCase)]
    assert start == StartCase(
        case="c1-c1", app="advice", applicant="lin", answers={"what": "near", "days": 3}, parent="c1", step="ask", index=0, waits=True
    )
    assert told.open == {}
    assert told.case.stuck() == []
    told.child_ended(advice="同意", private="x")
    assert told.case.answers["finding"] == "同意"
    assert told.open == {"head": ["zhou"]}
    assert told.child_ended().refusal == "gone"


@pytest.mark.approval("step-call")
def test_one_case_for_each_row_and_the_last_to_end_takes_the_case_on() -> None:
    """Each row has its starter, its inputs and its answer."""
    call = Call(
        id="ask",
        title=text("逐项"),
        app="room",
        each="rooms",
        who="user(row.keeper)",
        inputs={"n": "row.seats"},
        outputs={"answer": "said"},
    )
    told = story(call, HEAD).submit(rooms=[{"keeper": "fei", "seats": 3}, {"keeper": "feng", "seats": 4}])
    starts = [body for body in told.effects if isinstance(body, StartCase)]
    assert [(start.applicant, start.answers) for start in starts] == [("fei", {"n": 3}), ("feng", {"n": 4})]
    assert told.child_ended(index=1, said="可用").open == {}
    assert told.child_ended(index=0, said="不可用").open == {"head": ["zhou"]}
    assert [row["answer"] for row in told.case.answers["rooms"]] == ["不可用", "可用"]


@pytest.mark.approval("step-call")
def test_an_asynchronous_call_is_not_waited_for() -> None:
    """The case goes on at once; withdrawing it leaves the other alone."""
    told = story(Call(id="ask", title=text("问"), app="advice", waits=False), HEAD).submit()
    assert told.open == {"head": ["zhou"]}
    told.withdraw()
    assert not [body for body in told.effects if isinstance(body, CancelCase)]


@pytest.mark.approval("step-call")
@pytest.mark.parametrize(("nobody", "starter"), [("flow-admin", "guan"), ("applicant", "lin"), ("skip", None)])
def test_nobody_to_start_it_is_never_passed_over_in_silence(nobody: Any, starter: str | None) -> None:
    """The flow administrator starts it, or whoever the flow says; skipped, it is recorded and the case goes on."""
    told = story(Call(id="ask", title=text("问"), app="advice", who='role("empty")', nobody=nobody), HEAD).submit()
    [called] = told.facts(Called)
    assert called.person == starter
    assert (told.open == {"head": ["zhou"]}) == (starter is None)


def test_a_table_without_rows_calls_nothing() -> None:
    """The case goes on."""
    assert story(Call(id="ask", title=text("问"), app="room", each="rooms"), HEAD).submit().open == {"head": ["zhou"]}


@pytest.mark.approval("step-call")
def test_anything_but_an_approval_is_a_rejection_here_and_cancels_the_others() -> None:
    """Nothing is approved by accident: a flow that is to go on says in which field the outcome is kept."""
    call = Call(id="ask", title=text("逐项"), app="room", each="rooms")
    told = story(call, HEAD).submit(rooms=[{"seats": 1}, {"seats": 2}]).child_ended("withdrawn", index=0)
    assert told.outcome == "rejected"
    assert [body.case for body in told.effects if isinstance(body, CancelCase)] == ["c1-c2"]
    told = story(Call(id="ask", title=text("问"), app="advice", outcome="finding"), HEAD).submit().child_ended("rejected")
    assert told.case.answers["finding"] == "rejected"
    assert told.open == {"head": ["zhou"]}


@pytest.mark.approval("step-call")
def test_a_return_cancels_what_was_called_and_its_end_counts_no_more() -> None:
    """A case that is called again is another one."""
    both = Parallel(
        id="both", title=text("并行"), branches=(Lane(steps=(Call(id="ask", title=text("问"), app="advice"),)), Lane(steps=(HEAD,)))
    )
    told = story(both, LAST).submit().act("zhou", "return", opinion="改", to="start")
    assert [body.case for body in told.effects if isinstance(body, CancelCase)] == ["c1-c1"]
    told.act("lin", "submit", answers={"trip": "near"})
    old = ChildEnded(id="late", case="c1-c1", step="ask", index=0, outcome="approved")
    assert told.tell(old).refusal == "gone"
    assert told.child_ended().act("zhou", "approve").open == {"last": ["wang"]}


def test_a_case_that_was_called_asks_its_starter_for_what_is_missing_and_tells_its_parent_when_it_ends() -> None:
    """What the parent gave stays; the number was drawn once."""
    told = story(HEAD)
    told.tell(
        Submit(
            id="child",
            applicant=LIN,
            number="N-1",
            answers={"days": 3, "budget": "?"},
            parent=Parent(case="p", step="ask", index=2, waits=True),
        )
    )
    assert told.open == {"start": ["lin"]}
    assert told.case.answers["days"] == 3
    told.act("lin", "submit", answers={"trip": "near", "days": 3}).act("zhou", "approve")
    [ending] = [body for body in told.effects if isinstance(body, Ending)]
    assert (ending.parent, ending.case, ending.step, ending.index, ending.outcome) == ("p", "child", "ask", 2, "approved")
    assert ending.answers["trip"] == "near"


def test_only_the_case_that_called_can_cancel() -> None:
    """And only while it is open."""
    told = story(HEAD)
    told.tell(
        Submit(id="child", applicant=LIN, number="N-1", answers={"trip": "near"}, parent=Parent(case="p", step="a", index=0, waits=True))
    )
    assert told.tell(Cancel(id="x", parent="q")).refusal == "gone"
    assert told.tell(Cancel(id="y", parent="p")).outcome == "caller-gone"
    assert told.tell(Cancel(id="z", parent="p")).refusal == "gone"


@pytest.mark.approval("step-call")
def test_cancelling_goes_all_the_way_down() -> None:
    """A case that is cancelled cancels what it called itself."""
    told = story(Call(id="deeper", title=text("再问"), app="other"))
    told.tell(
        Submit(id="child", applicant=LIN, number="N-1", answers={"trip": "near"}, parent=Parent(case="p", step="a", index=0, waits=True))
    )
    told.tell(Cancel(id="y", parent="p"))
    assert [body for body in told.effects if isinstance(body, CancelCase)] == [CancelCase(case="child-c1", parent="child")]


def test_a_branch_reads_what_was_set_before_it() -> None:
    """Automatic steps run on to the next wait, each seeing what the one before did."""
    branch = Branch(
        id="way",
        title=text("路"),
        cases=(When(when="has(answered.finding) && finding == 'x'", steps=(LAST,)), When(when=None, steps=(HEAD,))),
    )
    assert story(Set(id="fill", title=text("赋值"), answers={"finding": "'x'"}), branch).submit().open == {"last": ["wang"]}


@pytest.mark.approval("edge-recall-effect")
@pytest.mark.parametrize("step", [ISSUE, Send(id="tell", title=text("通知"), to="archive"), Call(id="ask", title=text("问"), app="advice")])
def test_a_decision_before_what_cannot_be_undone_stands(step: Step) -> None:
    """A number that was issued, a webhook, a case of another app: recalling is refused, and says why."""
    told = story(HEAD, step, LAST).submit().act("zhou", "approve")
    told.tell(Recall(id="back", actor="zhou", task="c1-1"))
    assert told.refusal == "cannot-undo"
    assert step.title["zh"] in told.last.message["zh"]


# messages


def told_of(told: Story) -> list[tuple[str, str]]:
    return [(body.person, body.kind) for body in told.effects if isinstance(body, Message)]


def test_people_are_told_of_tasks_returns_and_ends_but_not_of_their_own_acts() -> None:
    """Each once, in the order of what happened."""
    told = story(HEAD, LAST).submit()
    told.act("zhou", "return", opinion="改", to="start").act("lin", "submit", answers={"trip": "near"})
    told.act("zhou", "approve").act("wang", "approve")
    assert told_of(told) == [
        ("zhou", "task"),
        ("lin", "returned"),
        ("zhou", "task"),
        ("wang", "task"),
        ("lin", "ended"),
    ]


def test_who_held_a_task_hears_that_the_case_was_withdrawn() -> None:
    """The applicant, who did it, does not."""
    assert told_of(story(HEAD).submit().withdraw()) == [("zhou", "task"), ("zhou", "withdrawn")]


def test_the_ids_of_effects_are_those_of_the_command() -> None:
    """Decided again, they are the same: delivered twice, they are one."""
    told = story(HEAD).submit()
    assert [effect.id for effect in told.last.effects] == ["c1-e1"]


def test_what_found_nobody_is_said_to_those_who_look_after_the_flow() -> None:
    """Copies that were skipped, a case that was not started, a task that comes to them instead."""
    steps = [
        Notify(id="copy", title=text("抄送"), who='role("empty")'),
        Call(id="ask", title=text("问"), app="advice", who='role("empty")', nobody="skip"),
        Approve(id="head", title=text("审批"), who='role("empty")'),
    ]
    told = story(*steps).submit()
    assert told_of(told) == [("guan", "stuck"), ("guan", "stuck"), ("guan", "task")]
    assert [body.text["zh"] for body in told.effects if isinstance(body, Message)][-1] == "“审批”没有找到合适的人，交给您办理"
    alone = Story(program(*steps[2:], of=FORM), office(without_admin=True)).tell(
        Submit(id="c", applicant=LIN, number="N-1", answers={"trip": "near"}, parent=Parent(case="p", step="ask", index=0, waits=True))
    )
    assert told_of(alone) == [("lin", "stuck")]
    assert alone.case.stuck() == ["head"]
