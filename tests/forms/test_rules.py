"""What the rules of a form make of answers: shown, required, calculated."""

from typing import Any

import pytest
from support.trip import CALENDAR, COMPLETE, FACTS, RULES, TRIP, field, form

from forms.expressions import Fault
from forms.rules import FormRules, cycle


def settle(answers: dict[str, Any]) -> Any:
    return RULES.settle(answers, FACTS)


def test_calculated_answers_are_filled_in_the_order_they_need() -> None:
    """Days, then whether the budget shows, then what is advanced of it; whatever the order of the fields."""
    settled = settle(COMPLETE)
    assert settled.answers["days"] == 5
    assert settled.answers["advance"] == 502_400
    backwards = FormRules(form(*reversed(TRIP.fields)))
    assert backwards.settle(COMPLETE, FACTS).answers == settled.answers


def test_a_calculated_answer_is_never_taken_from_outside() -> None:
    assert settle(COMPLETE | {"days": 99, "advance": 1}).answers["days"] == 5


def test_a_calculated_answer_goes_when_its_inputs_go() -> None:
    """A stale number is worse than none."""
    assert "days" not in settle({"trip_type": "city", "days": 5, "period": {"start": "2026-12-01"}}).answers


def test_a_field_shows_while_its_rule_holds() -> None:
    """Not yet known counts as hidden; a calculated field can decide it."""
    assert "budget" not in settle({}).visible
    assert "budget" in settle({"trip_type": "cross"}).visible
    assert "budget" in settle({"trip_type": "city", "period": {"start": "2026-12-01", "end": "2026-12-04"}}).visible
    assert "budget" not in settle({"trip_type": "city", "period": {"start": "2026-12-01", "end": "2026-12-03"}}).visible


def test_what_a_rule_hides_counts_as_not_answered() -> None:
    """For the rules that follow, too: the engine will see the same."""
    settled = settle({"trip_type": "city", "budget": 100})
    assert "budget" not in settled.answers
    assert "advance" not in settled.answers


def test_required_holds_while_visible() -> None:
    """By the form, or by a rule; a calculated field is asked of nobody."""
    assert settle({}).required == {"trip_type", "period", "reason"}
    assert settle({"trip_type": "cross"}).required == {"trip_type", "period", "reason", "budget"}
    optional = settle({"trip_type": "city", "period": {"start": "2026-12-01", "end": "2026-12-04"}})
    assert "budget" in optional.visible - optional.required


def test_a_hidden_field_is_not_required_even_if_the_form_says_so() -> None:
    rules = FormRules(form(field("asks", "boolean"), field("why", "text", visible="asks", required=True)))
    assert rules.settle({"asks": False}, FACTS).required == frozenset()
    assert rules.settle({"asks": True}, FACTS).required == {"why"}


def test_a_calculation_that_fails_is_a_problem_of_its_field() -> None:
    """Numbers too large for anyone are a mistake of who typed them, not of the program."""
    rules = FormRules(form(field("a", "integer"), field("square", "integer", compute="a * a")))
    settled = rules.settle({"a": 10**12}, FACTS)
    assert "square" not in settled.answers
    assert "算不出来" in settled.problems["square"]["zh"]


def test_every_kind_that_can_be_calculated_gets_its_type() -> None:
    """A decimal field holds decimals even where its calculation gives a whole number."""
    rules = FormRules(form(field("n", "number", compute="2"), field("t", "text", compute="today"), field("b", "boolean", compute="1 < 2")))
    assert rules.settle({}, FACTS).answers == {"n": 2.0, "t": "2026-11-24", "b": True}
    assert type(rules.settle({}, FACTS).answers["n"]) is float


@pytest.mark.parametrize(
    "broken",
    [
        form(field("a", "integer", compute="b + 1"), field("b", "integer", compute="a + 1")),
        form(field("a", "text", visible="has(answered.a)")),
        form(field("a", "integer", compute="'text'")),
        form(field("a", "integer", compute="nothing")),
        form(field("a", "text", pattern="(?=a)b")),
        form(field("a", "text", pattern="((a{100}){100}){100}")),
    ],
)
def test_a_broken_release_is_refused(broken: Any) -> None:
    """The builder lets none through; one that came another way must not run."""
    with pytest.raises(Fault):
        FormRules(broken)


def test_a_circle_is_shown_whole() -> None:
    assert cycle({"a": {"b"}, "b": {"c", "x"}, "c": {"b"}}) == ("b", "c", "b")
    assert cycle({"a": {"a"}}) == ("a", "a")
    assert cycle({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}) == ()


def test_what_an_answer_depends_on_is_known() -> None:
    assert RULES.reads == {"days": {"period"}, "budget": {"trip_type", "days"}, "advance": {"budget"}}


def test_facts_without_an_applicant_leave_rules_about_them_unknown() -> None:
    """A form can be looked at before anyone fills it in."""
    rules = FormRules(form(field("own", "text", visible="applicant.department == 'office'")))
    assert rules.settle({}, FACTS).visible == {"own"}
    assert rules.settle({}, FACTS._replace(applicant=None)).visible == frozenset()
    assert FACTS.calendar is CALENDAR
