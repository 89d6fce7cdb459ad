"""The subject and the number of a case."""

from datetime import date

import msgspec
import pytest
from support.stories import FIELDS, LIN, app, form, text

from forms.form import Field
from workflows.app import Approve, release
from workflows.program import load
from workflows.words import number, number_scope, subject

DAY = date(2026, 1, 5)


def of(pattern, *fields):
    made = app(Approve(id="a", title=text("a"), who='user("zhou")'), of=form(*fields))
    return load(release(msgspec.structs.replace(made, subject=pattern)))


def test_a_subject_says_answers_in_words():
    """Choices by their titles, people by their names."""
    program = of("{applicant.name} · {trip} · {days}天 · {deputy}")
    assert subject(program, LIN, {"trip": "far", "days": 3, "deputy": "du"}, names={"du": "杜副局"}) == "林晓 · 跨省 · 3天 · 杜副局"


def test_a_part_without_its_answer_is_left_out():
    """With the words around it, so that no unit stands alone."""
    assert subject(of("{applicant.name} · {trip} · {days}天"), LIN, {"trip": "near"}) == "林晓 · 市内"


def test_a_subject_can_say_who_applies_and_the_ends_of_a_range():
    """Department and post, first and last day."""
    period = Field(name="period", kind="half-day-range", title=text("时间"))
    program = of("{applicant.department} · {period.start}{period.start_half}起", *FIELDS, period)
    answers = {"period": {"start": "2026-12-01", "start_half": "pm", "end": "2026-12-03", "end_half": "am"}}
    assert subject(program, LIN, answers) == "数据处 · 2026年12月1日下午起"
    assert "1 Dec 2026" in subject(program, LIN, answers, "en")


def test_a_sensitive_answer_is_masked_even_here():
    """The builder refuses it; a subject never shows it all."""
    phone = Field(name="phone", kind="phone", title=text("手机"), sensitive="phone")
    assert subject(of("{phone}", phone), LIN, {"phone": "13812345678"}) == "138****5678"


@pytest.mark.parametrize(
    ("pattern", "made", "scope"),
    [
        ("CC-{date:%Y%m%d}-{seq:4}", "CC-20260105-0007", "CC-20260105-{seq:4}"),
        ("清政〔{date:%Y年}〕{seq:1}号", "清政〔2026年〕7号", "清政〔2026年〕{seq:1}号"),
        ("{date:%y.%m}/{seq:3}", "26.01/007", "26.01/{seq:3}"),
        ("N{seq:2}", "N07", "N{seq:2}"),
    ],
)
def test_a_number_has_its_date_and_its_running_number(pattern, made, scope):
    """The counter begins anew with each date that the pattern names."""
    assert number(pattern, DAY, 7) == made
    assert number_scope(pattern, DAY) == scope


def test_a_number_that_outgrows_its_digits_keeps_them_all():
    """The ten-thousandth case of a day is not the zeroth."""
    assert number("{seq:4}", DAY, 10_000) == "10000"


def test_the_pattern_writes_the_unit():
    """A field with a unit does not say it twice."""
    days = Field(name="days", kind="integer", title=text("天数"), unit=text("天"))
    assert subject(of("{days}天", days), LIN, {"days": 3}) == "3天"
