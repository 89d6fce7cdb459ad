"""What an expression may name, and of which type each is: the fields of a form, and what stands around them."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

from forms import functions
from forms.form import HOLDERS, Field, Form, Kind
from forms.functions import Where
from forms.reads import field_at

if TYPE_CHECKING:
    from cel_expr_python import cel
    from google.protobuf import descriptor_pool

#: names beside the fields; no field is called so
AROUND = ("answered", "applicant", "today")
APPLICANT_PARTS = ("id", "name", "department", "post")
RANGE_PARTS = ("start", "end")
HALF_DAY_PARTS = ("start", "start_half", "end", "end_half")
#: words of CEL, and the names beside the fields: no field can have them
RESERVED = frozenset({
    "in", "true", "false", "null", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
    "loop", "package", "namespace", "return", "var", "void", "while", *AROUND,
})  # fmt: skip

_TYPES: dict[Kind, str] = {
    "integer": "int", "number": "double", "money": functions.MONEY, "boolean": "bool", "choices": "list<string>",
    "attachment": "list<string>", "photo": "list<string>",
    "half-day-range": functions.HALF_DAYS,
}  # fmt: skip


#: between the names of a field and of one that it holds, in the name of a type: no field has a capital letter
_IN = "Z"


def type_of(field: Field, within: str = "") -> str:
    """The type of a field's variable, as the checker writes it; ``within``: the path of what holds it, with a point at its end."""
    if field.kind in HOLDERS:
        record = f"F.{_record(within + field.name)}"
        return f"list<{record}>" if field.kind == "table" else record
    return "F.Range" if field.kind == "date-range" else _TYPES.get(field.kind, "string")


def _record(path: str) -> str:
    return path.replace(".", _IN)


@dataclass(frozen=True)
class Scope:
    """What may be named in an expression."""

    where: Where
    #: by name
    fields: Mapping[str, Field] = dataclasses.field(repr=False)
    #: the path of the table of which ``row`` is a row, or of the group that it is; None: there is no ``row``
    row: str | None = None

    @classmethod
    def of_form(cls, form: Form) -> "Scope":
        """Rules of a form: its fields, ``answered``, ``applicant`` and ``today``."""
        return cls("form", {field.name: field for field in form.fields})

    @classmethod
    def of_flow(cls, form: Form) -> "Scope":
        """Expressions of a flow: the same, and the functions that name people."""
        return cls("flow", {field.name: field for field in form.fields})

    def with_row(self, table: str) -> "Scope":
        """The same, with ``row``, one row of ``table`` (a path), or the group at it."""
        return dataclasses.replace(self, row=table)

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """Names to types, as the checker writes them."""
        found = {name: type_of(field) for name, field in self.fields.items()}
        found |= {"answered": "F.Answered", "applicant": functions.APPLICANT, "today": "string"}
        return found | {"row": f"F.{_record(self.row)}"} if self.row else found

    @cached_property
    def functions(self) -> Mapping[str, functions.Function]:
        """The functions of ours that may be called here."""
        return {function.name: function for function in _functions(self.where)}

    def parts(self, type: str) -> tuple[str, ...]:
        """The members of a type by the name the checker gives it: "F.Range", "F.companions"."""
        match type.removeprefix("F."):
            case "Range":
                return RANGE_PARTS
            case "HalfDays":
                return HALF_DAY_PARTS
            case "Applicant":
                return APPLICANT_PARTS
            case "Answered":
                return tuple(self.fields)
            case name:
                field = field_at(self.fields, name.replace(_IN, "."))
                return tuple(column.name for column in field.fields) if field else ()

    @cached_property
    def checker(self) -> "cel.Env":
        """The environment that checks the types of this scope's expressions."""
        from cel_expr_python import cel

        variables = {name: cel.Type(type) for name, type in self.variables.items()}
        return cel.NewEnv(descriptor_pool=_pool(self.fields.values()), config=_language(self.where), variables=variables)


@cache
def _language(where: Where) -> "cel.EnvConfig":
    """The functions and operators there are, the same for every form. Only this way of writing them down knows type parameters."""
    from cel_expr_python import cel

    config = {
        "stdlib": {"exclude_functions": [{"name": name} for name in (*functions.OPERATORS, *functions.LEFT_OUT)]},
        "functions": [
            *(_function(name, signatures) for name, signatures in functions.OPERATORS.items()),
            *(_function(function.name, function.signatures) for function in _functions(where)),
        ],
    }
    return cel.NewEnvConfigFromYaml(json.dumps(config))


def _functions(where: Where) -> list[functions.Function]:
    return [function for function in functions.FUNCTIONS if function.where == "form" or where == "flow"]


def _function(name: str, signatures: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    overloads = [
        {"id": f"{name}_{place}", "args": [_type(type) for type in takes], "return": _type(gives)}
        for place, (*takes, gives) in enumerate(signatures)
    ]
    return {"name": name, "overloads": overloads}


def _type(type: str) -> dict[str, Any]:
    if type.startswith("list<"):
        return {"type_name": "list", "params": [_type(type[5:-1])]}
    return {"type_name": type, "is_type_param": True} if type == "A" else {"type_name": type}


_PROTO_TYPES = {"string": 9, "int": 3, "double": 1, "bool": 8}


def _pool(fields: Iterable[Field]) -> "descriptor_pool.DescriptorPool":
    """Message types for everything with parts, so that the checker knows each part by name and type. None is ever made."""
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(name="form.proto", package="F", syntax="proto3")

    def message(name: str, parts: Mapping[str, str]) -> None:
        added = file.message_type.add(name=name)
        for number, (part, type) in enumerate(parts.items(), 1):
            # a JSON name of its own keeps protobuf from finding a_1 and a1 too much alike
            repeated, type = (3, type[5:-1]) if type.startswith("list<") else (1, type)
            member = added.field.add(name=part, number=number, label=cast(Any, repeated), json_name=part)
            if type in _PROTO_TYPES:
                member.type = cast(Any, _PROTO_TYPES[type])
            else:
                member.type, member.type_name = cast(Any, 11), f".{type}"

    fields = tuple(fields)
    message("Money", {})
    message("Range", dict.fromkeys(RANGE_PARTS, "string"))
    message("HalfDays", dict.fromkeys(HALF_DAY_PARTS, "string"))
    message("Applicant", dict.fromkeys(APPLICANT_PARTS, "string"))
    message("Answered", {field.name: "bool" for field in fields})

    def records(fields: Iterable[Field], within: str) -> None:
        for field in fields:
            if field.kind in HOLDERS:
                inner = f"{within}{field.name}."
                message(_record(inner[:-1]), {part.name: type_of(part, inner) for part in field.fields})
                records(field.fields, inner)

    records(fields, "")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool
