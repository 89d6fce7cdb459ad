"""What a browser sends becomes answers, and answers become what fills the inputs."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trip import ANSWERS, TRIP, field, form

from forms import typed
from forms.form import MOST_ROWS


def read_one(kind: Any, text: str) -> Any:
    """The answer, or the Chinese words of the problem."""
    found = typed.read(form(field("n", kind)), [("n", text)])
    assert found.raw == {"n": text}
    return found.problems["n"]["zh"] if found.problems else found.answers.get("n")


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        ("money", "6,280.00", 628_000),
        ("money", "6280", 628_000),
        ("money", "６２８０．５", 628_050),
        ("money", " ¥ 6 280元 ", 628_000),
        ("money", "-5", -500),
        ("money", "0.1", 10),
        ("money", "6280.555", "金额最多两位小数，到分为止"),
        ("money", "abc", "金额要填数字，单位元，例如 6280 或 6,280.00"),
        ("money", "6,28", "金额要填数字，单位元，例如 6280 或 6,280.00"),
        ("money", "1" * 18, "金额太大了"),
        ("money", "1e5", "金额要填数字，单位元，例如 6280 或 6,280.00"),
        ("integer", "３", 3),
        ("integer", "3.0", 3),
        ("integer", "3.5", "要填整数，例如 3"),
        ("number", "12.50", 12.5),
        ("number", "1,000", 1000.0),
        ("number", "NaN", "要填数字，例如 12.5"),
        ("date", "2026-12-01", "2026-12-01"),
        ("date", "2026/1/2", "2026-01-02"),
        ("date", "2026年1月2日", "2026-01-02"),
        ("date", "20260102", "2026-01-02"),
        ("date", "2026-02-30", "没有 2026-02-30 这一天"),
        ("date", "明天", "日期要像 2026-12-01 这样"),
        ("datetime", "2026-12-01T09:00", "2026-12-01T09:00"),
        ("datetime", "2026-12-01 9:00", "2026-12-01T09:00"),
        ("datetime", "2026-12-01", "日期和时间要像 2026-12-01 09:00 这样"),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("boolean", "maybe", "只能选是或否"),
        ("phone", "+86 138-0000-1234", "13800001234"),
        ("phone", "１３８ ００００ １２３４", "13800001234"),
        ("id-card", "11010519491231002x", "11010519491231002X"),
        ("plate", "浙a·12345", "浙A12345"),
        ("email", " name@example.cn ", "name@example.cn"),
        ("region", "330100", "330100"),
        ("text", "  两边有空格 ", "两边有空格"),
        ("textarea", "一\r\n二", "一\n二"),
        ("text", "   ", None),
    ],
)
def test_a_text_is_read_as_people_write_it(kind: str, text: str, answer: Any) -> None:
    """Full-width digits, thousands, dates of all sorts; what cannot be read says how to write it, and is kept as typed."""
    assert read_one(kind, text) == answer


def test_ranges_and_rows_have_flat_names() -> None:
    """Rows are counted anew, without the ones that are empty; those keep their inputs, last."""
    found = typed.read(
        TRIP,
        [
            ("period.start", "2026-12-01"), ("period.end", "bad"), ("companions.0.name", ""), ("companions.7.name", "孙丽"),
            ("companions.7.fare", "abc"), ("companions.9.name", "钱一"), ("companions.x.name", "?"), ("companions.+", ""), ("other", "x"),
        ],
    )  # fmt: skip
    assert found.answers == {"period": {"start": "2026-12-01"}, "companions": [{"name": "孙丽"}, {"name": "钱一"}]}
    assert set(found.problems) == {"period.end", "companions.0.fare"}
    assert found.raw == {
        "period.start": "2026-12-01", "period.end": "bad", "companions.0.name": "孙丽", "companions.0.fare": "abc",
        "companions.1.name": "钱一", "companions.2.name": "",
    }  # fmt: skip


def test_a_ticked_box_wins_over_the_hidden_no() -> None:
    assert typed.read(TRIP, [("overnight", "false"), ("overnight", "true")]).answers == {"overnight": True}
    assert typed.read(TRIP, [("overnight", "false")]).answers == {"overnight": False}


def test_several_choices_are_a_list() -> None:
    found = typed.read(TRIP, [("equipment", ""), ("equipment", "laptop"), ("equipment", "camera"), ("equipment", "laptop")])
    assert found.answers == {"equipment": ["laptop", "camera"]}
    assert found.raw["equipment"].split("\n") == ["laptop", "camera", "laptop"]


def test_halves_without_a_day_are_no_answer() -> None:
    """The choice of a half always has a value."""
    assert typed.read(TRIP, [("leave.start_half", "am"), ("leave.end_half", "pm")]).answers == {}


def test_rows_without_end_are_not_read() -> None:
    """A form with very many rows costs no more than its limit; one row too many is kept, so that it is complained about."""
    pairs = [(f"companions.{number}.name", "x") for number in range(5_000)]
    assert len(typed.read(TRIP, pairs).answers["companions"]) == MOST_ROWS + 1


def pairs(texts: dict[str, str]) -> list[tuple[str, str]]:
    return list(texts.items())


def test_what_was_written_is_read_again() -> None:
    entered = {name: value for name, value in ANSWERS.items() if name != "days"}
    written = typed.write(TRIP, entered)
    assert written["budget"] == "6280.00"
    assert written["companions.1.name"] == "钱一"
    assert typed.read(TRIP, pairs(written)) == (entered, {}, written)


_DAYS = st.dates().map(lambda day: day.isoformat())
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text)
)
_CENTS = st.integers(-(10**14), 10**14)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "trip_type": st.sampled_from(["city", "province", "cross"]),
            "period": st.fixed_dictionaries({"start": _DAYS}, optional={"end": _DAYS}),
            "budget": _CENTS,
            "equipment": st.lists(st.sampled_from(["laptop", "camera", "phone"]), min_size=1, unique=True),
            "overnight": st.booleans(),
            "area": st.floats(-1e9, 1e9).filter(lambda number: abs(number) > 1e-9 or number == 0),
            "reason": _TEXTS,
            "companions": st.lists(
                st.fixed_dictionaries({"name": _TEXTS}, optional={"fare": _CENTS, "nights": st.integers(-(10**9), 10**9)}),
                min_size=1,
                max_size=4,
            ),
        },
    )
)
def test_any_answers_survive_the_way_through_the_inputs(answers: dict[str, Any]) -> None:
    """Opening and saving a draft changes nothing."""
    assert typed.read(TRIP, pairs(typed.write(TRIP, answers))).answers == answers


@given(
    st.lists(
        st.tuples(st.sampled_from([*typed.write(TRIP, ANSWERS), "companions.99999999.name", "companions.-1.name"]), st.text(max_size=12)),
        max_size=8,
    )
)
def test_any_text_is_read_or_kept_with_a_problem(given: list[tuple[str, str]]) -> None:
    """Nothing that was typed is lost, and nothing that was typed raises."""
    found = typed.read(TRIP, given)
    assert set(found.problems) <= set(found.raw)
    assert all(message["zh"] and message["en"] for message in found.problems.values())
    if not found.problems:
        assert typed.read(TRIP, pairs(typed.write(TRIP, found.answers))).answers == found.answers
