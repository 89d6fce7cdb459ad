"""Conditions by rows: field, operator, value. Rows of a group hold together, one of the groups is enough; written as CEL and read from it.

For flows (`guarded`) a field that may be empty is asked for with `has(answered.…)` first, which the language wants there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from forms.expressions import Expression
from forms.form import Field
from forms.syntax import Call, Listed, Literal_, Member, Name, Node
from forms.texts import Text


class Row(NamedTuple):
    """One comparison. ``field``: a field, "applicant.department" or "applicant.post"."""

    field: str
    #: ==, !=, >, >=, <, <=, in, has, empty, yes, no, contains, holds (of several choices)
    op: str
    #: as people write it: 5000, 2026-12-01, today, the value of an option; of `in` several between commas
    value: str = ""


Groups = list[list[Row]]

#: as people say them
OPERATORS: dict[str, Text] = {
    "==": {"zh": "等于", "en": "is"},
    "!=": {"zh": "不等于", "en": "is not"},
    ">": {"zh": "大于", "en": "is over"},
    ">=": {"zh": "大于或等于", "en": "is at least"},
    "<": {"zh": "小于", "en": "is under"},
    "<=": {"zh": "小于或等于", "en": "is at most"},
    "in": {"zh": "是其中之一", "en": "is one of"},
    "contains": {"zh": "包含文字", "en": "contains"},
    "holds": {"zh": "选了", "en": "includes"},
    "yes": {"zh": "选“是”", "en": "is yes"},
    "no": {"zh": "选“否”", "en": "is no"},
    "has": {"zh": "填了", "en": "is filled in"},
    "empty": {"zh": "没有填", "en": "is empty"},
}
#: operators without a value
BARE = frozenset({"yes", "no", "has", "empty"})
APPLICANT: dict[str, Text] = {
    "applicant.department": {"zh": "申请人所在部门", "en": "The applicant's department"},
    "applicant.post": {"zh": "申请人的岗位", "en": "The applicant's post"},
}
_ORDER = ("==", "!=", ">", ">=", "<", "<=")
_CEL = {f"_{op}_": op for op in _ORDER}


def operators(field: Field | None) -> tuple[str, ...]:
    """What may be asked of a field; None: of the applicant."""
    if field is None:
        return ("==", "!=", "in")
    match field.kind:
        case "integer" | "number" | "money":
            return (">", ">=", "<", "<=", "==", "!=", "has", "empty")
        case "date" | "datetime" | "time" | "month":
            return ("<", "<=", ">", ">=", "==", "has", "empty")
        case "choice":
            return ("==", "!=", "in", "has", "empty")
        case "choices":
            return ("holds", "has", "empty")
        case "boolean":
            return ("yes", "no")
        case "table" | "group" | "attachment" | "photo" | "date-range" | "half-day-range":
            return ("has", "empty")
        case _:
            return ("==", "!=", "contains", "has", "empty")


def begun(field: Field | None, name: str) -> Row:
    """A new row about a field: something that is right as it is."""
    op = operators(field)[0]
    if field is None:
        return Row(name, op, "")
    if field.kind in ("choice", "choices") and field.options:
        return Row(name, op, field.options[0].value)
    if field.kind in ("integer", "number", "money"):
        return Row(name, op, "0")
    if field.kind == "date":
        return Row(name, op, "today")
    return Row(name, op if op in BARE else "has", "")


# --- writing ---


def write(groups: Groups, fields: Mapping[str, Field], *, guarded: bool) -> str:
    """The groups as CEL; "" for none. Raises ValueError with the row that says nothing that could be written."""
    said = [[part for part in _rows(group, fields, guarded=guarded) if part] for group in groups]
    kept = [parts for parts in said if parts]
    if len(kept) == 1:
        return " && ".join(kept[0])
    return " || ".join(f"({' && '.join(parts)})" if len(parts) > 1 else parts[0] for parts in kept)


def _rows(group: Sequence[Row], fields: Mapping[str, Field], *, guarded: bool) -> Iterable[str]:
    asked: set[str] = {row.field for row in group if row.op == "has"}
    for row in group:
        field = fields.get(row.field)
        if field is None and row.field not in APPLICANT:
            continue
        if guarded and field is not None and row.op not in ("has", "empty") and may_be_empty(field) and row.field not in asked:
            asked.add(row.field)
            yield f"has(answered.{row.field})"
        yield _row(row, field)


def may_be_empty(field: Field) -> bool:
    """Whether a flow has to ask first: whatever is not required of everybody."""
    return field.compute is None and (not field.required or field.visible is not None)


def _row(row: Row, field: Field | None) -> str:
    name = row.field
    match row.op:
        case "has":
            return f"has(answered.{name})"
        case "empty":
            return f"!has(answered.{name})"
        case "yes":
            return name
        case "no":
            return f"!{name}"
        case "contains":
            return f"{name}.contains({_text(row.value)})"
        case "holds":
            return f"{_text(row.value)} in {name}"
        case "in":
            return f"{name} in [{', '.join(_value(part, field) for part in _several(row.value))}]"
        case op if op in _ORDER:
            return f"{name} {op} {_value(row.value, field)}"
        case op:
            raise ValueError(op)


def _several(value: str) -> list[str]:
    return [part.strip() for part in value.replace("，", ",").replace("、", ",").split(",") if part.strip()]


def _value(value: str, field: Field | None) -> str:
    value = value.strip()
    if field is None:
        return _text(value)
    if field.kind in ("money", "integer", "number"):
        plain = value.replace(",", "").replace("，", "")
        number = float(plain) if plain else 0.0
        shown = str(int(number)) if number.is_integer() else repr(number)
        return f"yuan({shown})" if field.kind == "money" else shown
    if value == "today":
        return value
    if field.options:
        # the title of an option is as good as its value
        value = next((option.value for option in field.options if value in (option.value, *option.title.values())), value)
    return _text(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- reading ---


class _Other(Exception):
    """Says more than rows can."""


def read(expression: Expression | None) -> Groups | None:
    """The groups of a condition; None where it says more than rows can, or nothing that is right."""
    if expression is None:
        return None
    try:
        return [_folded([_read(part) for part in _chain(group, "_&&_")]) for group in _chain(expression.tree, "_||_")]
    except _Other:
        return None


def _chain(node: Node, function: str) -> list[Node]:
    if isinstance(node, Call) and node.function == function:
        return [part for arg in node.args for part in _chain(arg, function)]
    return [node]


def _folded(rows: list[Row]) -> list[Row]:
    """`has(answered.budget) && budget > …` is one row."""
    asked = {row.field for row in rows if row.op not in ("has", "empty")}
    return [row for row in rows if row.op != "has" or row.field not in asked]


def _read(node: Node) -> Row:
    match node:
        case Name(name=name, type="bool"):
            return Row(name, "yes")
        case Call(function="!_", args=(Name(name=name, type="bool"),)):
            return Row(name, "no")
        case Member(of=Name(name="answered"), asks=True, name=name):
            return Row(name, "has")
        case Call(function="!_", args=(Member(of=Name(name="answered"), asks=True, name=name),)):
            return Row(name, "empty")
        case Call(function="contains", args=(Name(name=name), Literal_(value=str() as value))):
            return Row(name, "contains", value)
        case Call(function="@in", args=(Literal_(value=str() as value), Name(name=name))):
            return Row(name, "holds", value)
        case Call(function="@in", args=(left, Listed(items=items))):
            return Row(_name(left), "in", ",".join(_plain(item) for item in items))
        case Call(function=function, args=(left, right)) if function in _CEL:
            return Row(_name(left), _CEL[function], _plain(right))
        case _:
            raise _Other


def _name(node: Node) -> str:
    if isinstance(node, Name) and node.name not in ("today", "applicant", "answered"):
        return node.name
    if isinstance(node, Member) and isinstance(node.of, Name) and f"{node.of.name}.{node.name}" in APPLICANT:
        return f"{node.of.name}.{node.name}"
    raise _Other


def _plain(node: Node) -> str:
    match node:
        case Literal_(value=bool()):
            raise _Other
        case Literal_(value=float() as value) if value.is_integer():
            return str(int(value))
        case Literal_(value=str() | int() | float() as value):
            return str(value)
        case Call(function="yuan", args=(Literal_() as amount,)):
            return _plain(amount)
        case Call(function="-_", args=(Literal_() as amount,)):
            return f"-{_plain(amount)}"
        case Name(name="today"):
            return "today"
        case _:
            raise _Other


def posted(groups: Sequence[str], names: Sequence[str], ops: Sequence[str], values: Sequence[str], fields: Mapping[str, Any]) -> Groups:
    """What a page sent, a row at each place of the lists; rows without a field are left out, new ones begin as something right."""
    found: dict[str, list[Row]] = {}
    for group, name, op, value in zip(groups, names, ops, values, strict=False):
        if not name:
            continue
        field = fields.get(name)
        row = Row(name, op, value)
        # another field was chosen, or an operator that needs a value of another kind
        if op not in operators(field) or (
            field is not None and field.kind in ("integer", "number", "money") and op not in BARE and not _number(value)
        ):
            row = begun(field, name)
        elif (
            field is not None and field.kind == "choice" and op in ("==", "!=") and value not in {option.value for option in field.options}
        ):
            row = begun(field, name)._replace(op=op)
        elif field is not None and field.kind == "choices" and value not in {option.value for option in field.options} and op == "holds":
            row = begun(field, name)
        found.setdefault(group, []).append(row)
    return list(found.values())


def _number(value: str) -> bool:
    try:
        float(value.replace(",", "").replace("，", ""))
    except ValueError:
        return False
    return True
