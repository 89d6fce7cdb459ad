"""The record of a case says what happened without a person, and never that somebody did it."""

from datetime import timedelta, timezone

from support.stories import FIELDS, Story, form, program, text

from forms.form import Field
from runtime.casework import record
from runtime.casework.entries import Teller
from runtime.casework.sheet import Reader
from workflows.app import Approve, Call, Issue, Overdue, Send, Span, Wait

NUMBER = Field(name="document", kind="text", title=text("文号"))
STEPS = (
    Wait(id="pay", title={"zh": "等付款", "en": "Payment"}, message="paid", span=Span(amount=1, unit="days")),
    Approve(
        id="head",
        title={"zh": "审批", "en": "Approval"},
        who='user("zhou")',
        due=Span(amount=1, unit="hours"),
        overdue=(
            Overdue(after=Span(amount=0, unit="hours"), remind=Span(amount=1, unit="hours"), at_most=1),
            Overdue(after=Span(amount=1, unit="hours"), escalate='user("du")'),
            Overdue(after=Span(amount=2, unit="hours"), automatically="approve"),
        ),
    ),
    Issue(id="number", title={"zh": "文号", "en": "Document number"}, into="document", pattern="清数{seq:1}号"),
    Send(id="tell", title={"zh": "归档", "en": "Archive"}, to="archive"),
    Call(id="ask", title={"zh": "征求意见", "en": "Advice"}, app="advice", who='user("fei")'),
)


def told(language: str) -> list[str]:
    story = Story(program(*STEPS, of=form(*FIELDS, NUMBER))).at("2026-11-23T09:00").submit().deliver("paid").until("2026-11-23T14:00")
    story.child_ended()
    teller = Teller(
        story.program.steps, story.program.app.form, {}, Reader(language, {}), "nobody", story.now, timezone(timedelta(hours=8))
    )
    assert story.outcome == "approved"
    return [entry.who for entry in record.tell(story.events, teller) if entry.quiet]


def test_the_record_in_chinese() -> None:
    """Who was late, who has it now, and that the flow decided."""
    said = told("zh")
    for words in (
        "等付款：收到消息",
        "审批：催办 周建国（第 1 次）",
        "审批：周建国 逾期，上报",
        "周建国 的待办由系统转办给 杜副局",
        "审批：杜副局 逾期，自动同意",
        "杜副局 的待办由系统同意",
        "文号：清数1号",
        "归档：已通知 archive",
        "征求意见：由 费会计 发起",
        "征求意见：等待 1 份申请办结",
        "征求意见：一份已办结，已通过",
    ):
        assert words in said, said


def test_the_record_in_english() -> None:
    """The same."""
    said = told("en")
    for words in (
        "Payment: the message came",
        "Approval: 周建国 was late: escalated",
        "Archive: archive was told",
        "Advice: 费会计 starts a case",
    ):
        assert words in said, said
