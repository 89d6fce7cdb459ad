"""The functions of the expression language: what a designer may write, with which types, and what each does.

One table serves both sides. For checking, types are the language's own: money, an amount not yet rounded, people. For
evaluating, all of these are plain CEL values: cents, doubles, lists of references.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple, cast

from cel_expr_python import cel

from forms import worktime
from forms.calendar import WorkCalendar
from forms.references import pack
from forms.texts import Text

#: money and its kin as the checker names them; upper case, so that no field is called like them
MONEY, AMOUNT, PEOPLE, APPLICANT, HALF_DAYS = "F.Money", "amount", "people", "F.Applicant", "F.HalfDays"

Where = Literal["form", "flow"]


class Function(NamedTuple):
    """A function: its overloads, and how it is written, for messages."""

    name: str
    #: each the types of the arguments and then of the result
    signatures: tuple[tuple[str, ...], ...]
    usage: Text
    #: flow: only where people are asked for
    where: Where = "form"


#: The calendar of the evaluation that is running; functions have no other way to it.
_CALENDAR: ContextVar[WorkCalendar | None] = ContextVar("calendar", default=None)


@contextmanager
def using(calendar: WorkCalendar | None) -> Iterator[None]:
    """Functions that count days count by ``calendar`` within."""
    token = _CALENDAR.set(calendar)
    try:
        yield
    finally:
        _CALENDAR.reset(token)


def _calendar() -> WorkCalendar:
    calendar = _CALENDAR.get()
    if calendar is None:
        raise ValueError("no calendar was given")
    return calendar


FUNCTIONS = (
    Function("workdays", (("string", "string", "int"),), {"zh": "workdays(开始日期, 结束日期)", "en": "workdays(first day, last day)"}),
    Function("halfdays", ((HALF_DAYS, "double"),), {"zh": "halfdays(以半天计的日期范围)", "en": "halfdays(half-day range)"}),
    Function("days", (("string", "string", "int"),), {"zh": "days(开始日期, 结束日期)", "en": "days(first day, last day)"}),
    Function("years", (("string", "string", "int"),), {"zh": "years(从哪天, 到哪天)", "en": "years(from day, to day)"}),
    Function("yuan", (("int", MONEY), ("double", MONEY)), {"zh": "yuan(元数)", "en": "yuan(amount in yuan)"}),
    Function("round", (("double", "int"), (AMOUNT, MONEY)), {"zh": "round(要四舍五入的数)", "en": "round(number)"}),
    Function(
        "sum",
        (("list<int>", "int"), ("list<double>", "double"), (f"list<{MONEY}>", MONEY), (f"list<{AMOUNT}>", AMOUNT)),
        {"zh": "sum(明细.map(行, 行.列))", "en": "sum(table.map(row, row.column))"},
    ),
    Function("user", (("string", PEOPLE), ("list<string>", PEOPLE)), {"zh": "user('人员 id') 或 user(人员字段)", "en": "user('id') or user(person field)"}, "flow"),
    Function("role", (("string", PEOPLE), ("string", "string", PEOPLE)), {"zh": "role('角色 id') 或 role('角色 id', 部门)", "en": "role('id') or role('id', department)"}, "flow"),
    Function("post", (("string", PEOPLE), ("string", "string", PEOPLE)), {"zh": "post('岗位 id') 或 post('岗位 id', 部门)", "en": "post('id') or post('id', department)"}, "flow"),
    Function("department", (("string", PEOPLE),), {"zh": "department('部门 id')", "en": "department('id')"}, "flow"),
    Function("head_of", (("string", PEOPLE),), {"zh": "head_of(部门)", "en": "head_of(department)"}, "flow"),
    Function("deputy_of", (("string", PEOPLE),), {"zh": "deputy_of(部门)", "en": "deputy_of(department)"}, "flow"),
)  # fmt: skip

_ORDER = tuple((kind, kind, "bool") for kind in ("int", "double", "string", MONEY, AMOUNT)) + (
    ("int", "double", "bool"), ("double", "int", "bool"), (MONEY, AMOUNT, "bool"), (AMOUNT, MONEY, "bool"),
)  # fmt: skip
_SUM = (
    ("int", "int", "int"), ("double", "double", "double"), ("int", "double", "double"), ("double", "int", "double"),
    (MONEY, MONEY, MONEY), (AMOUNT, AMOUNT, AMOUNT), (MONEY, AMOUNT, AMOUNT), (AMOUNT, MONEY, AMOUNT),
)  # fmt: skip
#: Operators whose types are ours: money goes with money, and whole numbers mix with decimals as people write them.
OPERATORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "_+_": (*_SUM, ("string", "string", "string"), ("list<A>", "list<A>", "list<A>"), (PEOPLE, PEOPLE, PEOPLE),
            (APPLICANT, PEOPLE, PEOPLE), (PEOPLE, APPLICANT, PEOPLE)),
    "_-_": _SUM,
    "_*_": (
        ("int", "int", "int"), ("double", "double", "double"), ("int", "double", "double"), ("double", "int", "double"),
        (MONEY, "int", MONEY), ("int", MONEY, MONEY), (MONEY, "double", AMOUNT), ("double", MONEY, AMOUNT),
        (AMOUNT, "int", AMOUNT), ("int", AMOUNT, AMOUNT), (AMOUNT, "double", AMOUNT), ("double", AMOUNT, AMOUNT),
    ),
    "_/_": (
        ("int", "int", "int"), ("double", "double", "double"), ("int", "double", "double"), ("double", "int", "double"),
        (MONEY, "double", AMOUNT), (AMOUNT, "double", AMOUNT), (AMOUNT, "int", AMOUNT),
    ),
    "_<_": _ORDER, "_<=_": _ORDER, "_>_": _ORDER, "_>=_": _ORDER,
}  # fmt: skip
#: standard functions that would lead around the types, or mean nothing here
LEFT_OUT = (
    "dyn", "type", "bytes", "uint", "timestamp", "duration",
    "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
    "getHours", "getMinutes", "getSeconds", "getMilliseconds",
)  # fmt: skip
#: standard functions that stay, for guesses at a misspelt name
STANDARD = ("size", "has", "int", "double", "string", "contains", "startsWith", "endsWith", "matches", "all", "exists", "exists_one", "map", "filter")


def half_up(number: float) -> int:
    """Rounded to a whole number, a half away from zero. What binary fractions add far behind the point does not count."""
    return int(Decimal(f"{number:.6f}").quantize(Decimal(1), ROUND_HALF_UP))


def cents(yuan: float) -> int:
    """An amount in yuan as cents."""
    return half_up(yuan * 100)


def days(start: str, end: str) -> int:
    """Calendar days from ``start`` to ``end``, both included; 0 when ``end`` comes first."""
    return max(0, (_day(end) - _day(start)).days + 1)


def years(start: str, end: str) -> int:
    """Whole years from ``start`` to ``end``: someone's age, from their birth date to today."""
    first, last = _day(start), _day(end)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def workdays(start: str, end: str) -> int:
    return worktime.workdays(_calendar(), _day(start), _day(end))


def halfdays(span: Any) -> float:
    parts = plain(span)
    return worktime.halfdays(_calendar(), _day(parts["start"]), parts["start_half"], _day(parts["end"]), parts["end_half"])


def total(numbers: Any) -> int | float:
    found = cast(Sequence[int | float], plain(numbers))
    return math.fsum(found) if any(isinstance(number, float) for number in found) else sum(found)


def plain(value: Any) -> Any:
    """A CEL value as Python data, however deep. Arguments arrive partly unwrapped."""
    if isinstance(value, cel.Value):
        return value.plain_value()
    if isinstance(value, list):
        return [plain(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in cast(dict[Any, Any], value).items()}
    return value


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _people(value: Any) -> list[str]:
    """A list of references, of which a bare ``applicant`` is one."""
    found = plain(value)
    return [pack("user", found["id"])] if isinstance(found, dict) else found


def _environment() -> cel.Env:
    """The one environment that evaluates: by values, whatever the form."""
    of = cel.Type
    text, number, decimal, items, record = of.STRING, of.INT, of.DOUBLE, of.List(of.DYN), of.Map(of.STRING, of.DYN)
    people = of.List(of.STRING)

    def declare(name: str, *overloads: tuple[tuple[cel.Type, ...], cel.Type, Callable[..., Any]]) -> cel.FunctionDecl:
        return cel.FunctionDecl(
            name,
            [cel.Overload(f"{name}_{place}", return_type=result, parameters=list(takes), impl=do) for place, (takes, result, do) in enumerate(overloads)],
        )

    def mixed(name: str, do: Callable[[float, float], float], *more: tuple[tuple[cel.Type, ...], cel.Type, Callable[..., Any]]) -> cel.FunctionDecl:
        return declare(name, ((number, decimal), decimal, do), ((decimal, number), decimal, do), *more)

    functions = [
        declare("workdays", ((text, text), number, workdays)),
        declare("halfdays", ((record,), decimal, halfdays)),
        declare("days", ((text, text), number, days)),
        declare("years", ((text, text), number, years)),
        declare("yuan", ((number,), number, lambda whole: whole * 100), ((decimal,), number, cents)),
        declare("round", ((decimal,), number, half_up), ((number,), number, lambda whole: whole)),
        declare("sum", ((items,), of.DYN, total)),
        declare("user", ((text,), people, lambda id: [pack("user", id)]), ((items,), people, lambda ids: [pack("user", id) for id in plain(ids)])),
        *(
            declare(
                name,
                ((text,), people, lambda id, kind=name: [pack(kind, id)]),
                ((text, text), people, lambda id, within, kind=name: [pack(kind, id, within)]),
            )
            for name in ("role", "post")
        ),
        *(declare(name, ((text,), people, lambda id, kind=name: [pack(kind, id)])) for name in ("department", "head_of", "deputy_of")),
        mixed(
            "_+_",
            lambda a, b: a + b,
            ((record, items), people, lambda a, b: _people(a) + _people(b)),
            ((items, record), people, lambda a, b: _people(a) + _people(b)),
        ),
        mixed("_-_", lambda a, b: a - b),
        mixed("_*_", lambda a, b: a * b),
        mixed("_/_", _divide),
    ]
    replaced = "\n".join(f"    - name: {name}" for name in ("_+_", "_-_", "_*_", "_/_"))
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(f"stdlib:\n  exclude_functions:\n{replaced}\n"), functions=functions)


def _divide(a: float, b: float) -> float:
    """As IEEE 754 and CEL divide decimals: by zero is infinite, which no answer may be."""
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return a / b


EVALUATOR = _environment()
