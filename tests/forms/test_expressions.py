"""Expressions: what they mean, what they refuse, and that nothing but a Fault ever comes out of one."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trip import ANSWERS, CALENDAR, FACTS, FLOW_SCOPE, FORM_SCOPE, expression, problems, value

from forms import expressions, syntax
from forms.calendar import Year
from forms.expressions import UNKNOWN, Expression, Fault, Reference, compile, references


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("days + 1", 6),
        ("days > 3 && trip_type == 'cross'", True),
        ("trip_type in ['city', 'province']", False),
        ("'laptop' in equipment", True),
        ("workdays(period.start, period.end)", 5),
        ("days(period.start, period.end)", 7),
        ("halfdays(leave)", 1.5),
        ("years('2000-11-25', today)", 25),
        ("years('2000-11-24', today)", 26),
        ("period.start > today", True),
        ("budget > yuan(5000)", True),
        ("budget == yuan(6280.00)", True),
        ("budget * 2", 1_256_000),
        ("round(budget * 0.333)", 209_124),
        ("round(budget / 3.0)", 209_333),
        ("budget * 0.5 > yuan(3000)", True),
        ("-budget", -628_000),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("yuan(1.005)", 101),
        ("area * 2", 25.0),
        ("days / 2.0", 2.5),
        ("area > days", True),
        ("sum(companions.map(row, row.fare))", 10_000),
        ("sum(companions.map(row, row.fare * row.nights))", 15_050),
        ("sum(companions.map(row, row.nights)) == 3", True),
        ("size(companions) == 2", True),
        ("companions.all(row, row.fare < yuan(60))", True),
        ("companions.exists(row, row.name == '钱一')", True),
        ("companions.exists_one(row, row.nights == 1)", True),
        ("companions.filter(row, row.nights > 1).map(row, row.name)", ["孙丽"]),
        ("companions.map(row, row.nights > 1, row.nights)", [2]),
        ("overnight ? days : 0", 5),
        ("has(answered.destination)", False),
        ("has(answered.budget) && budget > yuan(1)", True),
        ("applicant.department == 'office'", True),
        ("string(days) + '天'", "5天"),
    ],
)
def test_an_expression_means_what_it_says(text: str, found: Any) -> None:
    """Money in cents, days by the calendar, tables row by row."""
    result = value(text)
    assert result == found
    assert type(result) is type(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("applicant", (Reference("user", "chen-xiaolin"),)),
        ("user('sun-li')", (Reference("user", "sun-li"),)),
        ("user(deputy)", (Reference("user", "sun-li"),)),
        ("user(companions.map(row, row.who))", (Reference("user", "sun-li"), Reference("user", "qian-yi"))),
        ("companions.map(row, head_of(row.who))", (Reference("head_of", "sun-li"), Reference("head_of", "qian-yi"))),
        ("role('finance-clerk', applicant.department)", (Reference("role", "finance-clerk", "office"),)),
        ("post('head') + department('office')", (Reference("post", "head"), Reference("department", "office"))),
        ("head_of('office') + applicant", (Reference("head_of", "office"), Reference("user", "chen-xiaolin"))),
        ("applicant + deputy_of('office')", (Reference("user", "chen-xiaolin"), Reference("deputy_of", "office"))),
        ("user('a') + user('b') + user('a')", (Reference("user", "a"), Reference("user", "b"))),
        ("days > 3 ? role('leader') : head_of('office')", (Reference("role", "leader"),)),
    ],
)
def test_people_are_named_and_not_looked_up(text: str, found: tuple[Reference, ...]) -> None:
    """An expression gives references; + is their union, and the applicant counts as one."""
    assert references(value(text, want="people")) == found


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("days > 3", {}, UNKNOWN),
        ("days > 3 || overnight", {"overnight": True}, True),
        ("days > 3 && overnight", {"overnight": False}, False),
        ("days > 3 && overnight", {"overnight": True}, UNKNOWN),
        ("overnight ? days : 1", {"overnight": False}, 1),
        ("has(answered.days) && days > 3", {}, False),
        ("period.end > today", {"period": {"start": "2026-12-01"}}, UNKNOWN),
        ("sum(companions.map(row, row.fare))", {"companions": [{"name": "x", "fare": 1}, {"name": "y"}]}, UNKNOWN),
        ("sum(companions.filter(row, has(row.fare)).map(row, row.fare))", {"companions": [{"name": "x", "fare": 1}, {"name": "y"}]}, 1),
        ("companions[4].name == 'x'", {"companions": [{"name": "x"}]}, UNKNOWN),
        ("size(companions) == 0", {"companions": []}, UNKNOWN),
    ],
)
def test_what_reads_something_unanswered_is_not_yet_known(text: str, answers: dict[str, Any], found: Any) -> None:
    """Unless the rest decides it anyway, as CEL's and, or and ?: do."""
    assert value(text, answers) is found if found in (UNKNOWN, True, False) else value(text, answers) == found


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("days > 0", {"days": True}),
        ("days > 0", {"days": "5"}),
        ("days > 0", {"days": 10**30}),
        ("area > 0.0", {"area": float("nan")}),
        ("area > 0.0", {"area": 10**400}),
        ("overnight", {"overnight": 1}),
        ("trip_type == 'city'", {"trip_type": ["city"]}),
        ("destination == 'x'", {"destination": "\ud800"}),
        ("workdays(period.start, period.end) > 0", {"period": {"start": "soon", "end": "2026-12-01"}}),
        ("workdays(period.start, period.end) > 0", {"period": "2026-12-01"}),
        ("halfdays(leave) > 0.0", {"leave": {"start": "2026-12-01", "start_half": "noon", "end": "2026-12-01", "end_half": "pm"}}),
        ("sum(companions.map(row, row.fare)) > yuan(0)", {"companions": [{"fare": "1"}]}),
    ],
)
def test_an_answer_of_another_type_counts_as_none(text: str, answers: dict[str, Any]) -> None:
    """Anything may come in by the API, and an expression must not take True for 1."""
    assert value(text, answers) is UNKNOWN


def test_whole_numbers_written_as_decimals_are_whole() -> None:
    """JSON does not tell 3 from 3.0, nor 12 from 12.0."""
    assert value("days + 1", {"days": 3.0}) == 4
    assert value("area + 0.5", {"area": 12}) == 12.5


@pytest.mark.parametrize(
    "text", ["days / (days - 5)", "area / 0.0", "days * 9007199254740992", "9223372036854775807 + days", "user('a\\u001fb')"]
)
def test_a_failure_over_complete_answers_is_a_fault(text: str) -> None:
    """A truthy error text must never pass for a value."""
    with pytest.raises(Fault) as raised:
        value(text)
    assert raised.value.text == text


def test_the_work_of_one_evaluation_is_bounded() -> None:
    """Loops within loops over a long table run into the budget at once."""
    rows = [{"nights": 1, "name": "x" * 50}] * 500
    began = time.perf_counter()
    with pytest.raises(Fault):
        value("companions.all(a, companions.all(b, a.nights == b.nights))", {"companions": rows})
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("text", "want", "code", "column", "words"),
    [
        ("bugdet > yuan(1)", "bool", "unknown-field", 1, "没有名为“bugdet”的字段，是不是想写“budget”？"),
        ("trip_type == city", "bool", "unknown-field", 14, "如果是一段文字，要加引号：'city'"),
        ("has(answered.bugdet)", "bool", "unknown-field", 14, "是不是想写“budget”"),
        ("period.strat > today", "bool", "unknown-part", 8, "日期范围没有“strat”，是不是想写“start”？"),
        ("companions.map(r, r.fair)", "any", "unknown-part", 21, "companions 的一行没有“fair”，是不是想写“fare”？"),
        ("applicant.dept == 'x'", "bool", "unknown-part", 11, "可以写：id、name、department、post"),
        ("workday(period.start, period.end)", "int", "unknown-function", 1, "是不是想写“workdays”"),
        ("workdays(period.start)", "int", "argument-count", 1, "写法：workdays(开始日期, 结束日期)"),
        ("workdays(days, days)", "int", "expression-type", 1, "workdays 不能用于：整数、整数"),
        ("budget > 5000", "bool", "money-unit", 8, "例如 yuan(5000)"),
        ("budget + days", "money", "money-unit", 8, "金额要和金额放在一起"),
        ("budget / 3", "money", "money-unit", 8, "round(金额 / 3.0)"),
        ("budget * 0.5", "money", "expression-type", 1, "用 round(…) 四舍五入到分"),
        ("days * 2", "money", "expression-type", 1, "用 yuan(…) 变成金额"),
        ("area * 2", "int", "expression-type", 1, "用 round(…) 四舍五入"),
        ("days + reason", "any", "expression-type", 6, "“+”不能用于整数和文字"),
        ("days", "bool", "expression-type", 1, "这里要一个条件（是否），例如 days > 3，现在是整数"),
        ("'sun-li'", "people", "expression-type", 1, "人员的 id 要放进 user('…')"),
        ("user('a') + 'b'", "people", "expression-type", 11, "id 要放进 user('…')"),
        ("companions.fare > yuan(1)", "bool", "expression-type", 11, "明细有很多行"),
        ("trip_type == 'citty'", "bool", "unknown-option", 14, "是不是想写“city”"),
        ("trip_type in ['city', 'x']", "bool", "unknown-option", 23, "可以写：city、province、cross"),
        ("'lapptop' in equipment", "bool", "unknown-option", 1, "是不是想写“laptop”"),
        ("period.start > '2026-02-30'", "bool", "bad-date", 16, "“2026-02-30”不是日期"),
        ("reason.matches('[')", "bool", "bad-pattern", 16, "正则表达式"),
        ("has(budget)", "bool", "expression-syntax", 5, "has(answered.budget)"),
        ("answered.budget", "bool", "expression-type", 9, "has(answered.budget)"),
        ("answered == answered", "bool", "expression-type", 1, "has(answered.字段)"),
        ("days >", "bool", "expression-syntax", 7, "表达式没有写完"),
        ("(days > 3", "bool", "expression-syntax", 10, "括号没有配对"),
        ("trip_type = 'city'", "bool", "expression-syntax", 11, "比较要写 =="),
        ("days > 3 and overnight", "bool", "expression-syntax", 10, "“and”要写成 &&"),
        ("trip_type == 'city", "bool", "expression-syntax", 14, "引号没有配对"),
        ("trip_type == “city”", "bool", "expression-syntax", 14, '“ 是中文符号，请改成英文的 "'),
        ("9**9**9", "any", "expression-syntax", 3, "没有乘方"),
        ("", "bool", "expression-syntax", 1, "没有写完"),
        ("dyn(budget) > 5", "bool", "unknown-function", 1, "没有函数“dyn”"),
        ("F.Range{start: 'x'}", "any", "expression-syntax", 8, "花括号"),
        ("F.Money", "any", "unknown-field", 2, "没有名为"),
        ("1u", "any", "expression-syntax", 1, "不要加字母"),
        ("92233720368547758079", "int", "expression-syntax", 1, "数太大了"),
    ],
)
def test_a_mistake_is_said_where_it_is(text: str, want: str, code: str, column: int, words: str) -> None:
    """In words for the person who wrote it, at the code point, in Chinese and in English."""
    found = problems(text, want)[0]
    assert (found.code, words in found.message["zh"]) == (code, True), found
    assert abs(found.column - column) <= (7 if text.startswith("F.") else 0), found
    assert found.message["en"]
    assert found.line == 1
    assert found.length >= 1


def test_every_mistake_is_said_in_order_with_its_line() -> None:
    """Lines count from 1, and wide characters as one column each."""
    found = problems("'中文' == trip_typ\n  && bugdet > 3")
    assert [(problem.line, problem.column, problem.length) for problem in found] == [(1, 9, 8), (2, 6, 6)]


def test_rules_of_a_form_cannot_look_up_people() -> None:
    """Who decides is a matter of the flow."""
    assert problems("role('x') == role('x')", "bool", FORM_SCOPE)[0].code == "unknown-function"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2_001,
        "(" * 900 + "days" + ")" * 900,
        "[" * 600 + "]" * 600,
        "days" + " + days" * 200,
        "period" + ".start" * 200,
        " && ".join(["days > 1"] * 150),
        "companions.all(a, companions.all(b, companions.all(c, true)))",
        "overnight ? 1 : " * 100 + "2",
    ],
)
def test_an_expression_too_large_is_refused_at_once(text: str) -> None:
    """Definitions come from people who may mean harm."""
    began = time.perf_counter()
    assert problems(text)[0].code == "expression-too-complex"
    assert time.perf_counter() - began < 0.5


def test_an_expression_says_what_it_reads() -> None:
    """A field only asked after is read too; what a macro declares is not, even if a field is called so."""
    assert expression("has(answered.budget) && days > 3 && period.start > today").reads == {"budget", "days", "period", "today"}
    assert expression("companions.exists(days, days.name == applicant.name)").reads == {"companions", "applicant"}


def test_the_tree_shows_macros_as_they_were_written() -> None:
    """With types and positions, for the proof and for the rules of the builder."""
    tree = expression("companions.map(row, row.nights > 1, row.fare)").tree
    assert isinstance(tree, syntax.Each)
    assert (tree.macro, tree.variable, tree.type, tree.start) == ("map", "row", "list(money)", 14)
    macros = {
        "companions.all(row, row.nights > 1)": "all",
        "companions.exists(row, row.nights > 1)": "exists",
        "companions.exists_one(row, row.nights > 1)": "exists_one",
        "companions.filter(row, row.nights > 1)": "filter",
        "companions.map(row, row)": "map",
    }
    for text, macro in macros.items():
        found = expression(text).tree
        assert isinstance(found, syntax.Each)
        assert found.macro == macro
    asked = expression("has(answered.budget)").tree
    assert asked == syntax.Member(0, "bool", syntax.Name(0, "answered", "answered"), "budget", asks=True)


def test_one_evaluation_knows_nothing_of_another() -> None:
    """The calendar of a case is gone with its evaluation."""
    counting = expression("workdays(period.start, period.end)")
    assert counting.value(ANSWERS, CALENDAR) == 5
    with pytest.raises(Fault):
        counting.value(ANSWERS)


def test_evaluations_side_by_side_keep_their_calendars() -> None:
    """Requests run in threads, and each organisation has its own days off."""
    counting = expression("workdays(period.start, period.end)")
    monday_off = msgspec.structs.replace(CALENDAR, years={2026: Year(year=2026, holidays=("2026-12-07",))})

    def count(number: int) -> bool:
        return counting.value(ANSWERS, monday_off if number % 2 else CALENDAR) == (4 if number % 2 else 5)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(count, range(400)))


_WORDS = [
    "days", "budget", "period", "companions", "trip_type", "overnight", "answered", "applicant", "today", "row", "equipment", "area",
    ".start", ".end", ".name", ".fare", ".map(row, ", ".all(row, ", ".exists(row, ", ".filter(row, ", "has(", "sum(", "size(", "yuan(", "round(",
    "workdays(", "halfdays(", "user(", "role(", "(", ")", ",", "[", "]", "{", "}", "+", "-", "*", "/", "%", "&&", "||", "!", "?", ":", "==", "!=",
    "<", ">=", "in", "1", "2.5", "0", "'city'", "'x'", "true", "null", " ", "\n", "，", "“", "'", '"', "\\", "@", "=", "**", "r'", "b''", "1u",
]  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["city", "2026-12-01", "am", "pm"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "start_half", "name", "fare"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.sampled_from(_WORDS), max_size=14).map("".join) | st.text(max_size=40),
    st.dictionaries(st.sampled_from(list(ANSWERS)), _VALUES),
)
def test_any_text_is_an_expression_or_positioned_problems(text: str, answers: dict[str, Any]) -> None:
    """And any expression over any answers gives a value, UNKNOWN or a Fault."""
    found = compile(text, FLOW_SCOPE)
    if isinstance(found, Expression):
        try:
            found.value(FACTS.binding(answers), CALENDAR)
        except Fault:
            return
    else:
        lines = text.split("\n")
        assert found
        for problem in found:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
            assert problem.length >= 1
            assert problem.message["zh"]
            assert problem.message["en"]


@given(_VALUES, st.sampled_from(list(ANSWERS)))
def test_any_answer_leaves_a_rule_standing(answer: Any, name: str) -> None:
    """The rules of a real form meet answers of every shape."""
    for text in (
        "days > 3 && budget > yuan(1)",
        "workdays(period.start, period.end) + size(companions)",
        "sum(companions.map(r, r.fare)) > budget",
    ):
        compiled = compile(text, FORM_SCOPE)
        assert isinstance(compiled, Expression)
        assert compiled.value({**FACTS.binding(ANSWERS), name: answer}, CALENDAR) is not None


def test_what_a_calculation_must_give_follows_the_kind() -> None:
    """Some kinds cannot be calculated."""
    assert expressions.want_of("money") == "money"
    assert expressions.want_of("person") == "string"
    assert expressions.want_of("table") is None
