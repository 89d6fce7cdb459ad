"""The syntax tree of a checked CEL expression, with types and positions: what the builder's rules and the proof walk over.

cel-expr-python serializes a CheckedExpr protobuf (cel/expr/checked.proto) inside an Any, and no package ships its descriptor,
so the part that is read stands here. Macros arrive as folds and are recognised again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, cast

#: message: fields as name:number and type (s string, b bytes, i int64, u uint64, d double, o bool, else a message), * repeated
_MESSAGES = """
Any type_url:1s value:2b
CheckedExpr type_map:3*TypeEntry source_info:5SourceInfo expr:4Expr
TypeEntry key:1i value:2Type
PosEntry key:1i value:2i
SourceInfo positions:4*PosEntry
Expr id:2i const_expr:3Constant ident_expr:4Ident select_expr:5Select call_expr:6Call list_expr:7List struct_expr:8Struct comprehension_expr:9Comp
Ident name:1s
Select operand:1Expr field:2s test_only:3o
Call target:1Expr function:2s args:3*Expr
List elements:1*Expr
Struct message_name:1s entries:2*Entry
Entry id:1i field_key:2s map_key:3Expr value:4Expr
Comp iter_var:1s iter_range:2Expr accu_var:3s accu_init:4Expr loop_condition:5Expr loop_step:6Expr result:7Expr
Constant null_value:1i bool_value:2o int64_value:3i uint64_value:4u double_value:5d string_value:6s bytes_value:7b
Type dyn:1Empty null:2i primitive:3i wrapper:4i well_known:5i list_type:6ListType map_type:7MapType message_type:9s type_param:10s type:11Type abstract_type:14Abstract
ListType elem_type:1Type
MapType key_type:1Type value_type:2Type
Abstract name:1s parameter_types:2*Type
Empty
"""
_SCALARS = {"s": 9, "b": 12, "i": 3, "u": 4, "d": 1, "o": 8}
#: messages that are one of their fields, but for the ones named
_ONE_OF = {"Expr": ("id",), "Constant": (), "Type": ()}
_PRIMITIVES = ("", "bool", "int", "uint", "double", "string", "bytes")

Macro = Literal["all", "exists", "exists_one", "map", "filter"]


@dataclass(frozen=True, slots=True)
class Node:
    """Some part of an expression. ``start``: the code point of its operator, name or opening bracket, from 0.

    ``type``: "bool", "int", "double", "string", "money", "amount", "people", "applicant", "list(…)", "any", or the name
    of the field whose parts are meant (a range, a row of a table).
    """

    start: int = field(compare=False)
    type: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal_(Node):  # noqa: N801 - Literal is a word of typing
    """``5``, ``'city'``, ``true``."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable: a field, ``today``, ``applicant``, ``answered`` or what a macro declares."""

    name: str


@dataclass(frozen=True, slots=True)
class Member(Node):
    """``of.name``; ``asks``: ``has(of.name)``."""

    of: Node
    name: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function or an operator by its CEL name (``_&&_``, ``_==_``, ``_?_:_``, ``!_``, ``@in``, ``_[_]``). A method has its target first."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapped(Node):
    """``{key: value}``."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Each(Node):
    """``over.macro(variable, condition)``; ``map`` has ``result``, and ``condition`` too where it filters as well."""

    macro: Macro
    variable: str
    over: Node
    condition: Node | None
    result: Node | None


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything in it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly in ``node``."""
    match node:
        case Member(of=of):
            return (of,)
        case Call(args=args):
            return args
        case Listed(items=items):
            return items
        case Mapped(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Each(over=over, condition=condition, result=result):
            return tuple(part for part in (over, condition, result) if part)
        case _:
            return ()


def free(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Name]:
    """Every variable named in ``node`` that no macro of it declares."""
    if isinstance(node, Name):
        if node.name not in bound:
            yield node
    elif isinstance(node, Each):
        yield from free(node.over, bound)
        for part in (node.condition, node.result):
            if part:
                yield from free(part, bound | {node.variable})
    else:
        for child in children(node):
            yield from free(child, bound)


def decode(serialized: bytes) -> Node:
    """The tree of what ``Expression.serialize()`` gave."""
    envelope, expression = _messages()
    checked = expression.FromString(envelope.FromString(serialized).value)
    starts = {entry.key: entry.value for entry in checked.source_info.positions}
    types = {entry.key: _type(entry.value) for entry in checked.type_map}
    return _Decoder(starts, types).node(checked.expr)


class _Decoder:
    def __init__(self, starts: Mapping[int, int], types: Mapping[int, str]) -> None:
        self.starts = starts
        self.types = types

    def node(self, expr: Any) -> Node:
        start, type = self.starts.get(expr.id, 0), self.types.get(expr.id, "any")
        kind = expr.WhichOneof("kind")
        value = getattr(expr, kind)
        match kind:
            case "const_expr":
                which = value.WhichOneof("kind")
                return Literal_(start, type, None if which == "null_value" else getattr(value, which))
            case "ident_expr":
                return Name(start, type, value.name)
            case "select_expr":
                return Member(start, type, self.node(value.operand), value.field, value.test_only)
            case "call_expr":
                targets = [value.target] if value.HasField("target") else []
                return Call(start, type, value.function, tuple(self.node(arg) for arg in [*targets, *value.args]))
            case "list_expr":
                return Listed(start, type, tuple(self.node(item) for item in value.elements))
            case "struct_expr":
                return Mapped(start, type, tuple((self.key(entry), self.node(entry.value)) for entry in value.entries))
            case _:
                return self.each(start, type, value)

    def key(self, entry: Any) -> Node:
        """The key of an entry: any expression in a map, a name in a message."""
        return self.node(entry.map_key) if entry.HasField("map_key") else Literal_(self.starts.get(entry.id, 0), "string", entry.field_key)

    def each(self, start: int, type: str, fold: Any) -> Each:
        """A macro by the shape it was expanded to: its loop step, and what it starts from."""
        step = self.node(fold.loop_step)
        over = self.node(fold.iter_range)
        macro: Macro
        condition: Node | None = None
        result: Node | None = None
        match step:
            case Call(function="_&&_", args=(_, condition)):
                macro = "all"
            case Call(function="_||_", args=(_, condition)):
                macro = "exists"
            case Call(function="_?_:_", args=(condition, Call(args=(_, Literal_())), _)):
                macro = "exists_one"
            case Call(function="_?_:_", args=(condition, Call(args=(_, Listed(items=(Name(name=name),)))), _)) if name == fold.iter_var:
                macro = "filter"
            case Call(function="_?_:_", args=(condition, Call(args=(_, Listed(items=(result,)))), _)):
                macro = "map"
            case Call(args=(_, Listed(items=(result,)))):
                macro = "map"
            case _:
                raise AssertionError(f"unknown macro: {step}")
        return Each(start, type, macro, fold.iter_var, over, condition, result)


def _type(proto: Any) -> str:
    kind = proto.WhichOneof("type_kind")
    match kind:
        case "primitive":
            return _PRIMITIVES[int(proto.primitive)]
        case "message_type":
            name = str(proto.message_type).rpartition(".")[2]
            return name.lower() if name[0].isupper() else name
        case "abstract_type":
            return proto.abstract_type.name
        case "list_type":
            return f"list({_type(proto.list_type.elem_type)})"
        case "map_type":
            return "map"
        case "null":
            return "null"
        case _:
            return "any"


@cache
def _messages() -> tuple[Any, Any]:
    """The classes of the envelope and of what is in it, made when the first expression is read."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="checked.proto", package="checked", syntax="proto3")
    for line in _MESSAGES.strip().splitlines():
        name, *fields = line.split()
        message = file.message_type.add(name=name)
        if name in _ONE_OF:
            message.oneof_decl.add(name="type_kind" if name == "Type" else "kind")
        for written in fields:
            field_name, rest = written.split(":")
            number = "".join(c for c in rest if c.isdigit())
            kind = rest[len(number) :]
            added = message.field.add(name=field_name, number=int(number), label=cast(Any, 3 if kind.startswith("*") else 1))
            kind = kind.lstrip("*")
            if kind in _SCALARS:
                added.type = cast(Any, _SCALARS[kind])
            else:
                added.type, added.type_name = cast(Any, 11), f".checked.{kind}"
            if name in _ONE_OF and field_name not in _ONE_OF[name]:
                added.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    # classes made at run time have no types to know
    made = [cast(Any, message_factory.GetMessageClass(pool.FindMessageTypeByName(f"checked.{name}"))) for name in ("Any", "CheckedExpr")]
    return made[0], made[1]
