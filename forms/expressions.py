"""Expressions of a definition: CEL, compiled once, checked against what a form has, evaluated over what was answered.

The one module over cel-expr-python. An expression is checked with types of our own (money is no number, people are no text)
and then evaluated over plain values by a single environment that knows no form.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast, final

from forms import complaints, functions, reads, syntax
from forms.calendar import WorkCalendar
from forms.complaints import tidied
from forms.form import LONGEST_TEXT, MOST_ROWS, Field, Kind
from forms.problem import Problem
from forms.references import Reference, references
from forms.scope import RESERVED, Scope
from forms.syntax import Node
from forms.texts import Text

if TYPE_CHECKING:
    from cel_expr_python import cel

__all__ = [
    "RESERVED",
    "UNKNOWN",
    "Expression",
    "Fault",
    "Node",
    "Problem",
    "Reference",
    "Scope",
    "compile",
    "fits",
    "references",
    "tidied",
    "want_of",
]

#: code points; a longer expression is refused unread
LONGEST = 2_000
#: nodes of the syntax tree
LARGEST = 300
#: macros within macros: each level multiplies the work by the rows of a table
DEEPEST = 2
#: cents and whole numbers beyond are not exact in JavaScript and Excel, and no office has them
WIDEST = 2**53


@final
class _Unknown:
    """Not yet known, because something it reads has not been answered."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


class Fault(Exception):
    """An expression of a release failed although everything it reads was answered: a number too large, a division by zero.

    ``text`` is the expression, ``reason`` what CEL said. Show the user that it could not be calculated; show IT both.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text}: {reason}")
        self.text = text
        self.reason = reason


#: how CEL says that a part of a range, a cell of a row or a whole row was left empty
_ABSENCES = (functions.ABSENT, "Index error")

#: what a place wants, by the type of the checker
_WANTS: dict[str, tuple[str, ...]] = {
    "bool": ("bool",),
    "people": ("people", "applicant", "list(people)"),
    "string": ("string",),
    "int": ("int",),
    "double": ("double", "int"),
    "money": ("money",),
    "strings": ("list(string)", "list(any)"),
    "moment": ("string",),
}
_WANTED: dict[str, Text] = {
    "bool": {"zh": "一个条件（是否），例如 days > 3", "en": "a condition, such as days > 3"},
    "people": {
        "zh": "人员，例如 role('…') 或 head_of(applicant.department)",
        "en": "people, such as role('…') or head_of(applicant.department)",
    },
    "string": {"zh": "文字", "en": "text"},
    "int": {"zh": "整数", "en": "a whole number"},
    "double": {"zh": "数字", "en": "a number"},
    "money": {"zh": "金额", "en": "an amount of money"},
    "strings": {"zh": "文字的列表", "en": "a list of texts"},
    "moment": {"zh": "日期或时间，例如 period.start", "en": "a date or a time, such as period.start"},
}
_WANT_OF: dict[Kind, str | None] = {
    "integer": "int", "number": "double", "money": "money", "boolean": "bool", "choices": "strings",
    "date-range": None, "half-day-range": None, "table": None, "group": None, "attachment": None, "photo": None,
}  # fmt: skip


def want_of(kind: Kind) -> str | None:
    """What the calculation of a field of this kind must give; None: such a field cannot be calculated."""
    return _WANT_OF.get(kind, "string")


def fits(expression: "Expression", want: str) -> bool:
    """Whether what ``expression`` gives is what ``want`` names."""
    return expression.type in _WANTS[want]


def compile(text: str, scope: Scope, want: str = "any") -> "Expression | list[Problem]":
    """The expression, or every problem of it. ``want``: "bool", "people", "string", "int", "double", "money", "strings",
    "moment" or "any".
    """
    if len(text) > LONGEST:
        return [
            complaints.too_complex(
                f"表达式有 {len(text)} 个字符，最多 {LONGEST} 个", f"It has {len(text)} characters, at most {LONGEST} are allowed"
            )
        ]
    if not _encodable(text) or "\0" in text:
        return [Problem(1, 1, 1, "expression-syntax", {"zh": "有不能用的字符", "en": "It holds characters that cannot be used"})]
    try:
        checked = scope.checker.compile(text)
    except Exception as error:  # noqa: BLE001 - pybind raises what it likes, and any text may come here
        return complaints.translate(str(error), text, scope)
    serialized = checked.serialize()
    tree = syntax.decode(serialized)
    nodes = tuple(syntax.walk(tree))
    if problems := [*_beyond(tree, len(nodes)), *_misuses(tree, nodes, text, scope), *_unwanted(tree, want, text, scope)]:
        return problems
    return Expression(text, tree, nodes, scope, want, functions.evaluator().deserialize(serialized))


def _beyond(tree: Node, size: int) -> Iterator[Problem]:
    """Caps on what a single evaluation may cost."""
    if size > LARGEST:
        yield complaints.too_complex(f"表达式有 {size} 个部分，最多 {LARGEST} 个", f"It has {size} parts, at most {LARGEST} are allowed")
    if _nesting(tree) > DEEPEST:
        yield complaints.too_complex(f"逐行计算最多套 {DEEPEST} 层", f"Macros may be nested {DEEPEST} deep at most")


def _nesting(node: Node) -> int:
    return isinstance(node, syntax.Each) + max((_nesting(child) for child in syntax.children(node)), default=0)


def _misuses(tree: Node, nodes: Sequence[Node], text: str, scope: Scope) -> Iterator[Problem]:
    """What types do not see: ``answered`` outside has(), dates and options that are none, literals that mean nothing here."""
    asking = {id(node.of) for node in nodes if isinstance(node, syntax.Member)}
    for name in syntax.free(tree):
        if name.name == "answered" and id(name) not in asking:
            yield _problem(
                text,
                name.start,
                8,
                "expression-type",
                "是否已填要写成 has(answered.字段)",
                "Whether it was answered is written has(answered.field)",
            )
        elif name.name.lstrip(".") not in scope.variables:
            yield complaints.unknown_field(text, name.start, name.name, scope)
    for node in nodes:
        match node:
            case syntax.Member(of=syntax.Name(name="answered"), asks=False, name=name):
                zh, en = f"是否已填要写成 has(answered.{name})", f"Whether it was answered is written has(answered.{name})"
                yield _problem(text, node.start, 1, "expression-type", zh, en)
            case syntax.Mapped() if node.type != "map":
                yield _problem(text, node.start, 1, "expression-syntax", "这里不能用花括号", "Braces cannot be used here")
            case syntax.Literal_(type="uint" | "bytes"):
                yield _problem(
                    text, node.start, 1, "expression-syntax", "数和文字前后不要加字母", "Numbers and texts have no letters around them"
                )
            case syntax.Call(function="_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_", args=(a, b)):
                for named, given in ((a, b), (b, a)):
                    yield from _unknown_option(named, given, text, scope)
                    if _is_date(named, scope):
                        yield from _bad_date(given, text)
            case syntax.Call(function="@in", args=(needle, syntax.Listed(items=items))):
                for item in items:
                    yield from _unknown_option(needle, item, text, scope)
            case syntax.Call(function="@in", args=(syntax.Literal_() as item, syntax.Name() as needle)):
                yield from _unknown_option(needle, item, text, scope)
            case syntax.Call(function="workdays" | "days" | "years", args=args):
                for arg in args:
                    yield from _bad_date(arg, text)
            case syntax.Call(function="matches", args=(_, syntax.Literal_(value=str() as pattern) as given)) if not _is_pattern(pattern):
                yield _problem(
                    text, given.start, len(pattern) + 2, "bad-pattern", "这个格式（正则表达式）写错了", "This is no regular expression"
                )
            case _:
                pass


def _is_date(node: Node, scope: Scope) -> bool:
    """Whether ``node`` is a day as text: today, a date, an end of a range."""
    if isinstance(node, syntax.Member):
        return node.of.type in ("range", "halfdays") and not node.name.endswith("_half")
    if isinstance(node, syntax.Call) and node.function == "_?_:_":
        return all(_is_date(way, scope) for way in node.args[1:])
    field = scope.fields.get(node.name) if isinstance(node, syntax.Name) else None
    return _is(node, "today") or (field is not None and field.kind in ("date", "datetime"))


def _bad_date(given: Node, text: str) -> Iterator[Problem]:
    if isinstance(given, syntax.Literal_) and isinstance(given.value, str) and _date(given.value[:10]) is None:
        zh, en = (
            f"“{complaints.short(given.value)}”不是日期，要像 '2026-12-01' 这样",
            f"“{complaints.short(given.value)}” is no date, such as '2026-12-01'",
        )
        yield _problem(text, given.start, len(given.value) + 2, "bad-date", zh, en)


def _is_pattern(pattern: str) -> bool:
    """Whether RE2, which CEL uses, can read it."""
    from cel_expr_python import cel

    matched = functions.evaluator().deserialize(_matches()).eval(data={"text": "", "pattern": pattern})
    return matched.type() != cel.Type.ERROR


@cache
def _matches() -> bytes:
    from cel_expr_python import cel

    return cel.NewEnv(variables={"text": cel.Type.STRING, "pattern": cel.Type.STRING}).compile("text.matches(pattern)").serialize()


def _unknown_option(named: Node, given: Node, text: str, scope: Scope) -> Iterator[Problem]:
    field = scope.fields.get(named.name) if isinstance(named, syntax.Name) else None
    if not field or not field.options or not isinstance(given, syntax.Literal_) or not isinstance(given.value, str):
        return
    values = [option.value for option in field.options]
    if given.value not in values:
        meant = complaints.guess(given.value, values)
        hint = complaints.asked(meant)
        some = "、".join(values[:12])
        yield _problem(
            text,
            given.start,
            len(given.value) + 2,
            "unknown-option",
            f"{field.name} 没有选项“{complaints.short(given.value)}”{hint['zh'] or '。可以写：' + some}",
            f"{field.name} has no option “{complaints.short(given.value)}”{hint['en'] or '. Allowed: ' + some}",
        )._replace(allowed=tuple(values), meant=meant)


def _unwanted(tree: Node, want: str, text: str, scope: Scope) -> Iterator[Problem]:
    """The whole must be what its place wants."""
    if want == "any" or (tree.type in _WANTS[want] and (want != "moment" or _is_date(tree, scope))):
        return
    wanted, found = _WANTED[want], complaints.say_type(_checker_name(tree.type))
    hint = {"zh": "", "en": ""}
    if tree.type == "amount" and want == "money":
        hint = {"zh": "。用 round(…) 四舍五入到分", "en": ". Round it to cents by round(…)"}
    elif want == "money" and tree.type in ("int", "double"):
        hint = {"zh": "。用 yuan(…) 变成金额", "en": ". Make it money by yuan(…)"}
    elif want == "int" and tree.type == "double":
        hint = {"zh": "。用 round(…) 四舍五入", "en": ". Round it by round(…)"}
    elif want == "people" and tree.type == "string":
        hint = {"zh": "。人员的 id 要放进 user('…')", "en": ". Put a person's id into user('…')"}
    yield _problem(
        text,
        0,
        len(text.partition("\n")[0]),
        "expression-type",
        f"这里要{wanted['zh']}，现在是{found['zh']}{hint['zh']}",
        f"This must be {wanted['en']}, but is {found['en']}{hint['en']}",
    )


def _checker_name(type: str) -> str:
    return {"money": "F.Money", "applicant": "F.Applicant", "range": "F.Range", "halfdays": "F.HalfDays", "answered": "F.Answered"}.get(
        type, type
    )


def _problem(text: str, start: int, length: int, code: str, *words: str) -> Problem:
    before = text[:start]
    return Problem(
        before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1, max(1, length), code, dict(zip(("zh", "en"), words, strict=True))
    )


@final
class Expression:
    """A compiled expression."""

    __slots__ = ("_asks", "_compiled", "_counts_days", "_error", "_inputs", "_strict", "_want", "paths", "reads", "text", "tree", "type")

    def __init__(self, text: str, tree: Node, nodes: Sequence[Node], scope: Scope, want: str, compiled: "cel.Expression") -> None:
        from cel_expr_python import cel

        self.text = text
        self.tree = tree
        #: as in `syntax.Node.type`
        self.type = tree.type
        named = {name.name for name in syntax.free(tree)} - {"answered"}
        asked = {node.name for node in nodes if isinstance(node, syntax.Member) and _is(node.of, "answered")}
        #: variables it reads, a field it only asks after by has(answered.x) included
        self.reads: frozenset[str] = frozenset(named | asked)
        #: the same, down to columns and fields of groups
        self.paths = reads.paths(tree, scope.fields, scope.row)
        self._asks = tuple(sorted(asked))
        #: a group is always there, even if nothing in it is answered
        self._inputs = tuple((name, _coercer(name, scope), _group(name, scope)) for name in sorted(named))
        #: nothing in it can make up for a variable that is unbound
        self._strict = not any(_forgives(node) for node in nodes)
        self._counts_days = any(isinstance(node, syntax.Call) and node.function in functions.COUNT_DAYS for node in nodes)
        self._want = want
        self._compiled = compiled
        self._error = cel.Type.ERROR

    def __repr__(self) -> str:
        return f"<Expression {self.text!r}: {self.type}>"

    def value(self, binding: Mapping[str, Any], calendar: WorkCalendar | None = None) -> Any:
        """What it evaluates to over ``binding`` (answers by field, ``applicant``, ``today``), or UNKNOWN. Raises Fault.

        Answers that are empty, or not of their field's type, count as not answered.
        """
        data: dict[str, Any] = {}
        for name, coerce, group in self._inputs:
            value = binding.get(name)
            if group and value is None:
                value = {}
            if value is not None and (value := coerce(value)) is not None:
                data[name] = value
        missing = len(data) < len(self._inputs)
        if missing and self._strict:
            return UNKNOWN
        if self._asks:
            data["answered"] = {name: True for name in self._asks if answered(binding.get(name))}
        token = functions.CALENDAR.set(calendar) if self._counts_days else None
        try:
            result = self._compiled.eval(data=data)
            failed = result.type() == self._error
            value = result.value() if failed else result.plain_value()
        except Exception as error:  # noqa: BLE001 - the iteration budget, or a value that CEL cannot hold
            failed, value = True, str(error)
        finally:
            if token:
                functions.CALENDAR.reset(token)
        if failed:
            if missing or any(absence in str(value) for absence in _ABSENCES):
                return UNKNOWN
            raise Fault(self.text, str(value))
        return self._fitted(value)

    def _fitted(self, value: Any) -> Any:
        """The value as its place wants it."""
        if self._want == "double" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise Fault(self.text, "not a finite number")
        if isinstance(value, int) and abs(value) > WIDEST:
            raise Fault(self.text, "a whole number out of range")
        return value


def answered(value: Any) -> bool:
    """Whether a stored answer says anything."""
    return bool(value) or value == 0


def _is(node: Node, name: str) -> bool:
    return isinstance(node, syntax.Name) and node.name == name


def _forgives(node: Node) -> bool:
    return isinstance(node, syntax.Each) or (isinstance(node, syntax.Call) and node.function in ("_&&_", "_||_", "_?_:_"))


Coercer = Callable[[Any], Any]


def coercer(field: Field) -> Coercer:
    """Turns an answer into the value its variable has, or None where it is not one of the field's type: an INT variable takes True."""
    if field.kind == "table":
        record = _record(field)
        return lambda value: _rows(value, record)
    if field.kind == "group":
        return _record(field)
    return _COERCERS.get(field.kind, _text)


def _coercer(name: str, scope: Scope) -> Coercer:
    if name == "row" and scope.row is not None:
        holder = reads.field_at(scope.fields, scope.row)
        return _record(holder) if holder else _as_it_is
    return coercer(scope.fields[name]) if name in scope.fields else _as_it_is


def _group(name: str, scope: Scope) -> bool:
    return name in scope.fields and scope.fields[name].kind == "group"


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and _encodable(value) else None


def _encodable(text: str) -> bool:
    """Lone surrogates can come in by JSON, and neither CEL nor a database can hold them."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer() and abs(value) <= WIDEST:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= WIDEST else None


def _decimal(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= 1e300:  # NaN is not
        return None
    return float(value)


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _date(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        date.fromisoformat(value)
    except ValueError:
        return None
    return value


def _moment(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) < 16:
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def _range(value: Any) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    parts = cast(Mapping[str, Any], value)
    return {name: day for name in ("start", "end") if (day := _date(parts.get(name)))}


def _half_day_range(value: Any) -> dict[str, str] | None:
    parts = _range(value)
    if parts is not None:
        parts |= {name: half for name in ("start_half", "end_half") if (half := value.get(name)) in ("am", "pm")}
    return parts


def _texts(value: Any) -> list[str] | None:
    if not isinstance(value, list) or not value:
        return None
    return [text for item in cast(list[Any], value) if (text := _text(item)) is not None]


def _record(field: Field) -> Coercer:
    """Turns a row of a table, or a group, into a map of those of its cells that are answered."""
    columns = {column.name: coercer(column) for column in field.fields}
    groups = [column.name for column in field.fields if column.kind == "group"]

    def record(value: Any) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            return None
        cells = cast(Mapping[str, Any], value)
        found = {name: cell for name, coerce in columns.items() if (cell := coerce(cells.get(name))) is not None}
        for name in groups:
            if name not in found:
                found[name] = columns[name]({})
        return found

    return record


def _rows(value: Any, record: Coercer) -> list[dict[str, Any]] | None:
    if not isinstance(value, list) or not value:
        return None
    return [cells for row in cast(list[Any], value)[:MOST_ROWS] if (cells := record(row)) is not None]


_COERCERS: dict[Kind, Coercer] = {
    "integer": _whole, "money": _whole, "number": _decimal, "boolean": _flag, "date": _date, "datetime": _moment,
    "date-range": _range, "half-day-range": _half_day_range, "choices": _texts,
    "attachment": _texts, "photo": _texts,
}  # fmt: skip
