"""The functions of the expression language: what a designer may write, with which types, and what each does.

One table serves both sides. For checking, types are the language's own: money, an amount not yet rounded, people. For
evaluating, all of these are plain CEL values: cents, doubles, lists of references.
"""

import json
import math
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from forms import formats, words, worktime
from forms.calendar import WorkCalendar
from forms.references import ReferenceKind, pack
from forms.texts import Text

if TYPE_CHECKING:
    from cel_expr_python import cel

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


#: The calendar of the evaluation that is running: functions have no other way to it. Set and reset around each one that counts days.
CALENDAR: ContextVar[WorkCalendar | None] = ContextVar("calendar", default=None)
#: how CEL says that a part of a map is not there, which functions say likewise: it was not answered
ABSENT = "Key not found in map"
COUNT_DAYS = frozenset({"workdays", "halfdays"})


def _calendar() -> WorkCalendar:
    calendar = CALENDAR.get()
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
    Function("birth", (("string", "string"),), {"zh": "birth(身份证号字段)，得出生日期", "en": "birth(identity number), a date"}),
    Function("sex", (("string", "string"),), {"zh": "sex(身份证号字段)，得 'male' 或 'female'", "en": "sex(identity number), 'male' or 'female'"}),
    Function("capitals", ((MONEY, "string"),), {"zh": "capitals(金额)，得大写", "en": "capitals(amount), in Chinese capitals"}),
    Function("user", (("string", PEOPLE), ("list<string>", PEOPLE)), {"zh": "user('人员 id') 或 user(人员字段)", "en": "user('id') or user(person field)"}, "flow"),
    Function("role", (("string", PEOPLE), ("string", "string", PEOPLE)), {"zh": "role('角色 id') 或 role('角色 id', 部门)", "en": "role('id') or role('id', department)"}, "flow"),
    Function("post", (("string", PEOPLE), ("string", "string", PEOPLE)), {"zh": "post('岗位 id') 或 post('岗位 id', 部门)", "en": "post('id') or post('id', department)"}, "flow"),
    Function("department", (("string", PEOPLE),), {"zh": "department('部门 id')", "en": "department('id')"}, "flow"),
    Function("head_of", (("string", PEOPLE),), {"zh": "head_of(部门)", "en": "head_of(department)"}, "flow"),
    Function("heads_of", (("string", "int", PEOPLE), ("string", "string", PEOPLE)), {"zh": "heads_of(部门, 级数) 或 heads_of(部门, '到哪个角色为止')", "en": "heads_of(department, levels) or heads_of(department, 'the role it ends at')"}, "flow"),
    Function("deputy_of", (("string", PEOPLE),), {"zh": "deputy_of(部门)", "en": "deputy_of(department)"}, "flow"),
)  # fmt: skip

_ORDER = (
    *((kind, kind, "bool") for kind in ("int", "double", "string", MONEY, AMOUNT)),
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
    "-_": tuple((kind, kind) for kind in ("int", "double", MONEY, AMOUNT)),
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
STANDARD = (
    "size",
    "has",
    "int",
    "double",
    "string",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
)


def half_up(number: float) -> int:
    """Rounded to a whole number, a half away from zero. What binary fractions add far behind the point does not count."""
    return int(Decimal(f"{number:.6f}").quantize(Decimal(1), ROUND_HALF_UP))


def cents(yuan: float) -> int:
    """An amount in yuan as cents."""
    return yuan * 100 if isinstance(yuan, int) else half_up(yuan * 100)


def days(start: str, end: str) -> int:
    """Calendar days from ``start`` to ``end``, both included; 0 when ``end`` comes first."""
    return max(0, (_day(end) - _day(start)).days + 1)


def years(start: str, end: str) -> int:
    """Whole years from ``start`` to ``end``: someone's age, from their birth date to today."""
    first, last = _day(start), _day(end)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def birth(number: str) -> str:
    """The birth date in an identity number, or in one that begins with it."""
    born = formats.birth_date(number)
    if born is None:
        raise LookupError(ABSENT)
    return born.isoformat()


def sex(number: str) -> str:
    """As the 17th digit has it."""
    if len(number) < 17 or not number[16].isdigit():
        raise LookupError(ABSENT)
    return "male" if int(number[16]) % 2 else "female"


def workdays(start: str, end: str) -> int:
    return worktime.workdays(_calendar(), _day(start), _day(end))


def halfdays(span: Any) -> float:
    parts = plain(span)
    if len(parts) < 4:
        raise LookupError(ABSENT)
    return worktime.halfdays(_calendar(), _day(parts["start"]), parts["start_half"], _day(parts["end"]), parts["end_half"])


def total(numbers: Any) -> int | float:
    found = cast(Sequence[int | float], plain(numbers))
    return math.fsum(found) if any(isinstance(number, float) for number in found) else sum(found)


def plain(value: Any) -> Any:
    """A CEL value as Python data, however deep. Arguments arrive partly unwrapped."""
    from cel_expr_python import cel

    if isinstance(value, cel.Value):
        return value.plain_value()
    if isinstance(value, list):
        return [plain(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in cast(dict[Any, Any], value).items()}
    return value


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _joined(a: Any, b: Any) -> list[str]:
    """Two lists of references, of which a bare ``applicant`` is one."""
    return [*_references(a), *_references(b)]


def _references(value: Any) -> list[str]:
    found: Any = plain(value)
    return [pack("user", cast(dict[str, str], found)["id"])] if isinstance(found, dict) else found


def _users(ids: Any) -> list[str]:
    return [pack("user", id) for id in plain(ids)]


def _add(a: float, b: float) -> float:
    return a + b


def _subtract(a: float, b: float) -> float:
    return a - b


def _multiply(a: float, b: float) -> float:
    return a * b


def _divide(a: float, b: float) -> float:
    """As IEEE 754 and CEL divide decimals: by zero is infinite, which no answer may be."""
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return a / b


class Overload(NamedTuple):
    """What a function does with arguments of these kinds, as CEL writes them; values have no finer types than its own."""

    takes: tuple[str, ...]
    gives: str
    do: Callable[..., Any]


_TEXT, _WHOLE, _DECIMAL, _ANYTHING = "string", "int", "double", "dyn"
_LIST, _RECORD, _PEOPLE = "list<dyn>", "map<string, dyn>", "list<string>"


def _naming(kind: ReferenceKind) -> tuple[Overload, ...]:
    """The overloads of a function that names people by an id, or by an id and a department."""

    def everywhere(named: str) -> list[str]:
        return [pack(kind, named)]

    def within(named: str, department: str) -> list[str]:
        return [pack(kind, named, department)]

    return Overload((_TEXT,), _PEOPLE, everywhere), Overload((_TEXT, _TEXT), _PEOPLE, within)


def _levels(department: str, levels: int) -> list[str]:
    return [pack("heads_of", department, str(max(levels, 1)))]


def _mixed(do: Callable[[float, float], float]) -> tuple[Overload, ...]:
    """An operator between a whole number and a decimal, which CEL does not have."""
    return Overload((_WHOLE, _DECIMAL), _DECIMAL, do), Overload((_DECIMAL, _WHOLE), _DECIMAL, do)


_OVERLOADS: dict[str, tuple[Overload, ...]] = {
    "workdays": (Overload((_TEXT, _TEXT), _WHOLE, workdays),),
    "halfdays": (Overload((_RECORD,), _DECIMAL, halfdays),),
    "days": (Overload((_TEXT, _TEXT), _WHOLE, days),),
    "years": (Overload((_TEXT, _TEXT), _WHOLE, years),),
    "yuan": (Overload((_WHOLE,), _WHOLE, cents), Overload((_DECIMAL,), _WHOLE, cents)),
    "round": (Overload((_DECIMAL,), _WHOLE, half_up),),
    "sum": (Overload((_LIST,), _ANYTHING, total),),
    "birth": (Overload((_TEXT,), _TEXT, birth),),
    "sex": (Overload((_TEXT,), _TEXT, sex),),
    "capitals": (Overload((_WHOLE,), _TEXT, words.capitals),),
    "user": (*_naming("user")[:1], Overload((_LIST,), _PEOPLE, _users)),
    "role": _naming("role"),
    "post": _naming("post"),
    "department": _naming("department")[:1],
    "head_of": _naming("head_of")[:1],
    "heads_of": (Overload((_TEXT, _WHOLE), _PEOPLE, _levels), _naming("heads_of")[1]),
    "deputy_of": _naming("deputy_of")[:1],
    "_+_": (*_mixed(_add), Overload((_RECORD, _LIST), _PEOPLE, _joined), Overload((_LIST, _RECORD), _PEOPLE, _joined)),
    "_-_": _mixed(_subtract),
    "_*_": _mixed(_multiply),
    "_/_": _mixed(_divide),
}


@cache
def evaluator() -> "cel.Env":
    """The one environment that evaluates: by values, whatever the form. Made when first asked for: CEL takes 11 MiB."""
    from cel_expr_python import cel

    declared = [
        cel.FunctionDecl(
            name,
            [
                cel.Overload(
                    f"{name}{place}", return_type=cel.Type(over.gives), parameters=[cel.Type(type) for type in over.takes], impl=over.do
                )
                for place, over in enumerate(overloads)
            ],
        )
        for name, overloads in _OVERLOADS.items()
    ]
    # a standard function can only be declared anew where its own declaration is left out; what it does stays
    excluded = [{"name": name} for name in _OVERLOADS if name in OPERATORS]
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(json.dumps({"stdlib": {"exclude_functions": excluded}})), functions=declared)
