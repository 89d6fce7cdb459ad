"""Whether a submission is complete and allowed, in words that say what is; and how an answer is said to a reader."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trip import COMPLETE, FACTS, RULES, field, form, options

from forms import answers
from forms.form import Field
from forms.rules import FormRules


def problems(given: dict[str, Any], rules: FormRules = RULES, **more: Any) -> dict[str, str]:
    """Each place and what is said there in Chinese."""
    found = answers.check(rules, given, FACTS, **more)
    assert all(message["en"] for message in found.problems.values())
    return {path: message["zh"] for path, message in found.problems.items()}


def test_a_complete_submission_passes_with_its_calculated_answers() -> None:
    checked = answers.check(RULES, COMPLETE, FACTS)
    assert (checked.problems, checked.forbidden) == ({}, ())
    assert checked.answers == COMPLETE | {"days": 5, "advance": 502_400}


def test_everything_missing_is_asked_for_in_the_order_of_the_form() -> None:
    assert list(problems({}).items()) == [("trip_type", "请选择出差类型"), ("period", "请填写起止日期"), ("reason", "请填写出差事由")]


@pytest.mark.parametrize(
    ("changed", "path", "words"),
    [
        ({"reason": "开会去"}, "reason", "至少填 10 个字，现在 3 个字"),
        ({"reason": "开" * 301}, "reason", "最多填 300 个字，现在 301 个字"),
        ({"budget": -1}, "budget", "金额不能为负"),
        ({"budget": 6280.5}, "budget", "金额要填数字，到分为止"),
        ({"budget": 5_000_001}, "budget", "预算不能超过五万元"),
        ({"budget": True}, "budget", "金额要填数字，到分为止"),
        ({"trip_type": "moon"}, "trip_type", "请从这些里选：选项city、选项province、选项cross"),
        ({"destination": "33"}, "destination", "行政区划代码是 6 位数字，例如 330100"),
        ({"destination": "999999"}, "destination", "没有 999999 这个行政区划代码"),
        ({"period": {"start": "2026-12-03", "end": "2026-12-01"}}, "period.end", "结束不能早于开始"),
        ({"period": {"start": "2026-12-03"}}, "period.end", "请填写结束日期"),
        ({"period": {"start": "2026-02-30", "end": "2026-12-01"}}, "period.start", "日期要像 2026-12-01 这样"),
        ({"period": "2026-12-01"}, "period", "要填开始日期和结束日期"),
        ({"leave": {"start": "2026-12-03", "start_half": "am", "end": "2026-12-03"}}, "leave.end_half", "请选择结束那天是上午还是下午"),
        ({"leave": {"start": "2026-12-03", "start_half": "pm", "end": "2026-12-03", "end_half": "am"}}, "leave.end", "结束不能早于开始"),
        (
            {"leave": {"start": "2026-12-03", "start_half": "x", "end": "2026-12-03", "end_half": "am"}},
            "leave.start_half",
            "只能选上午或下午",
        ),
        ({"equipment": ["laptop", "camera", "phone"]}, "equipment", "最多 2 项，现在 3 项"),
        ({"equipment": ["laptop", "laptop"]}, "equipment", "同一项选了两次"),
        ({"equipment": ["rocket"]}, "equipment", "请从这些里选：选项laptop、选项camera、选项phone"),
        ({"overnight": "yes"}, "overnight", "只能选是或否"),
        ({"area": "12"}, "area", "要填数字，例如 12.5"),
        ({"deputy": "chen-xiaolin"}, "deputy", "代理人不能是自己"),
        ({"companions": [{"phone": "13800001234"}]}, "companions.0.name", "请填写姓名"),
        ({"companions": [{"name": "孙丽"}, {"name": "钱一", "phone": "138"}]}, "companions.1.phone", "手机号是 11 位数字，现在 3 位"),
        ({"companions": [{"name": "孙丽", "age": 3}]}, "companions.0", "有表单里没有的内容"),
        ({"companions": "孙丽"}, "companions", "明细要一行一行地填"),
        ({"companions": ["孙丽"]}, "companions.0", "明细要一行一行地填"),
        ({"reason": "有一个零字符\0在里面啊啊啊啊"}, "reason", "里面有不能保存的字符或数，请删掉再填"),
        ({"reason": "有一个半字符\ud800在里面啊啊啊"}, "reason", "里面有不能保存的字符或数，请删掉再填"),
        ({"reason": "长" * 10_001}, "reason", "最多填 10000 个字，现在 10001 个字"),
        ({"companions": [{"name": "x"}] * 501}, "companions", "最多 500 行，现在 501 行"),
        ({"area": float("nan")}, "area", "里面有不能保存的字符或数，请删掉再填"),
        ({"companions": [{"name": "x", "nights": 2**60}]}, "companions", "里面有不能保存的字符或数，请删掉再填"),
        ({"budget": 10**400}, "budget", "里面有不能保存的字符或数，请删掉再填"),
    ],
)
def test_a_mistake_says_what_is_allowed(changed: dict[str, Any], path: str, words: str) -> None:
    """One message a place, the most telling one."""
    found = problems(COMPLETE | changed)
    assert found[path] == words
    assert len([other for other in found if other.partition(".")[0] == path.partition(".")[0]]) <= 2


@pytest.mark.parametrize(
    ("limited", "given", "words"),
    [
        (field("n", "integer", minimum=1, maximum=10, unit={"zh": "份", "en": "copies"}), 12, "要在 1份 和 10份 之间"),
        (field("n", "integer", minimum=1), 0, "不能小于 1"),
        (field("n", "integer", minimum=0), -1, "不能是负数"),
        (field("n", "integer", maximum=1000), 1001, "不能大于 1,000"),
        (field("n", "money", minimum=10_000), 1, "不能小于 ¥100.00"),
        (field("n", "number", maximum=2.5), 3, "不能大于 2.5"),
        (field("n", "text", pattern="^[A-Z]{3}$", help={"zh": "三个大写字母", "en": "three capitals"}), "ab", "格式不对：三个大写字母"),
        (field("n", "table", fields=(field("c", "text"),), min_items=2), [{"c": "x"}], "至少要 2 行，现在 1 行"),
        (field("n", "choices", options=options("a", "b", "c"), min_items=2), ["a"], "至少要 2 项，现在 1 项"),
        (field("n", "phone"), "23800001234", "手机号是 1 开头的 11 位数字，例如 13800001234"),
        (field("n", "id-card"), "11010520301231002X", "身份证号里的出生日期在今天之后"),
        (field("n", "id-card"), "110105194912310021", "身份证号校验不通过，请核对有没有填错一位"),
        (field("n", "email"), "name@", "邮箱要像 name@example.cn 这样"),
        (field("n", "plate"), "浙A1", "车牌号例如 浙A12345，新能源 浙AD12345"),
        (field("n", "date"), "tomorrow", "日期要像 2026-12-01 这样，并且真有这一天"),
        (field("n", "datetime"), "2026-12-01", "日期和时间要像 2026-12-01T09:00 这样"),
    ],
)
def test_a_limit_is_named(limited: Field, given: Any, words: str) -> None:
    """With its unit, in the form's own words where it has some."""
    if words.startswith("身份证号里"):
        # the check character must fit before the date is looked at
        given = next(
            number
            for end in "0123456789X"
            if (number := given[:17] + end) and "校验" not in problems({"n": number}, FormRules(form(limited)))["n"]
        )
    assert problems({"n": given}, FormRules(form(limited))) == {"n": words}


def test_what_a_rule_hides_is_left_out_without_complaint() -> None:
    """It was visible while it was typed."""
    checked = answers.check(
        RULES, COMPLETE | {"trip_type": "city", "period": {"start": "2026-12-01", "end": "2026-12-02"}, "budget": -5}, FACTS
    )
    assert (checked.problems, checked.forbidden) == ({}, ())
    assert "budget" not in checked.answers


def test_what_may_not_be_written_is_refused_and_changes_nothing() -> None:
    """Unknown, calculated, or another's to fill in."""
    checked = answers.check(RULES, COMPLETE | {"days": 99, "grade": "a"}, FACTS)
    assert checked.forbidden == ("days", "grade")
    assert checked.answers["days"] == 5
    assert answers.check(RULES, {"reason": "换一个长一点的理由吧"}, FACTS, may=("budget",), before=COMPLETE).forbidden == ("reason",)


def test_a_step_is_asked_for_its_own_fields_only() -> None:
    """What is wrong elsewhere is not this person's to put right; what they did not send stays, and None clears."""
    before = COMPLETE | {"reason": "短"}
    checked = answers.check(RULES, {"budget": 100}, FACTS, may=("budget",), before=before)
    assert checked.problems == {}
    assert checked.answers["budget"] == 100
    assert checked.answers["advance"] == 80
    assert problems({"budget": None}, may=("budget",), before=COMPLETE) == {"budget": "请填写预算金额"}


def test_whole_numbers_are_kept_whole() -> None:
    """JSON from a browser may write 6280.0."""
    budget = answers.check(RULES, COMPLETE | {"budget": 6280.0}, FACTS).answers["budget"]
    assert (budget, type(budget)) == (6280, int)


def test_a_pattern_that_could_run_for_years_does_not() -> None:
    """Patterns come from definitions and are matched in linear time."""
    rules = FormRules(form(field("n", "text", pattern="^(a+)+$")))
    assert problems({"n": "a" * 5_000 + "!"}, rules) == {"n": "格式不对"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["city", "2026-12-01", "am", "330100"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["start", "end", "start_half", "end_half", "name", "phone", "x"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*RULES.fields, "other"]), _JSON))
def test_any_submission_is_checked(given: dict[str, Any]) -> None:
    """Whatever comes in: problems in words, or answers that pass again unchanged."""
    checked = answers.check(RULES, given, FACTS)
    assert all(message["zh"] and message["en"] for message in checked.problems.values())
    if not checked.problems and not checked.forbidden:
        again = answers.check(RULES, {name: value for name, value in checked.answers.items() if name not in RULES.computed}, FACTS)
        assert (again.answers, again.problems) == (checked.answers, {})


NAMES = {"sun-li": "孙丽", "office": "办公室"}


@pytest.mark.parametrize(
    ("shown", "value", "zh", "en"),
    [
        (field("n", "money"), 628_000, "¥6,280.00", "¥6,280.00"),
        (field("n", "money"), -5, "-¥0.05", "-¥0.05"),
        (field("n", "integer", unit={"zh": "天", "en": "days"}), 1200, "1,200天", "1,200 days"),
        (field("n", "number"), 2.0, "2", "2"),
        (field("n", "number"), 0.5, "0.5", "0.5"),
        (field("n", "boolean"), False, "否", "No"),
        (field("n", "choice", options=options("city")), "city", "选项city", "City"),
        (field("n", "choice", options=options("city")), "gone", "gone", "gone"),
        (field("n", "choices", options=options("a", "b")), ["a", "b"], "选项a、选项b", "A, B"),
        (field("n", "date"), "2026-12-01", "2026年12月1日", "1 Dec 2026"),
        (field("n", "datetime"), "2026-12-01T09:05", "2026年12月1日 09:05", "1 Dec 2026 09:05"),
        (field("n", "date-range"), {"start": "2026-12-01", "end": "2026-12-03"}, "12月1日 — 12月3日", "1 Dec — 3 Dec"),
        (field("n", "date-range"), {"start": "2026-12-01", "end": "2026-12-01"}, "12月1日", "1 Dec"),
        (
            field("n", "date-range"),
            {"start": "2026-12-31", "end": "2027-01-01"},
            "2026年12月31日 — 2027年1月1日",
            "31 Dec 2026 — 1 Jan 2027",
        ),
        (
            field("n", "half-day-range"),
            {"start": "2026-12-01", "start_half": "pm", "end": "2026-12-03", "end_half": "am"},
            "12月1日 下午 — 12月3日 上午",
            "1 Dec afternoon — 3 Dec morning",
        ),
        (field("n", "region"), "320102", "江苏省 · 南京市 · 玄武区", "江苏省 · 南京市 · 玄武区"),
        (field("n", "person"), "sun-li", "孙丽", "孙丽"),
        (field("n", "department"), "gone", "gone", "gone"),
        (field("n", "table"), [{}, {}], "2 行", "2 rows"),
        (field("n", "phone", sensitive="phone"), "13800005678", "138****5678", "138****5678"),
        (field("n", "id-card", sensitive="id-card"), "330102199001011234", "3301**********1234", "3301**********1234"),
        (field("n", "text", sensitive="name"), "陈晓琳", "陈**", "陈**"),
        (field("n", "text", sensitive="text"), "抑郁症", "****", "****"),
        (field("n", "text", sensitive="phone"), "0571", "****", "****"),
        (field("n", "person", sensitive="name"), "sun-li", "孙*", "孙*"),
        (field("n", "text"), "", "", ""),
    ],
)
def test_an_answer_is_said_in_words(shown: Field, value: Any, zh: str, en: str) -> None:
    """In the reader's language, with names for ids, and masked where it is sensitive."""
    assert (answers.show(shown, value, "zh", NAMES), answers.show(shown, value, "en", NAMES)) == (zh, en)


def test_who_may_see_it_sees_it_whole() -> None:
    assert answers.show(field("n", "phone", sensitive="phone"), "13800005678", "zh", {}, masked=False) == "13800005678"
