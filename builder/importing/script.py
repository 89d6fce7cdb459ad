"""The small JavaScript that form builders store as conditions, read into a tree and written again as CEL.

What is read: comparisons, and, or, not, arithmetic, `_.some(rows, row => …)`, `includes`. Everything else is Untranslatable.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Untranslatable(ValueError):
    """Why a script has no counterpart in CEL, in English."""


_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_$][\w$]*)|(?P<sign>===|!==|=>|==|!=|<=|>=|&&|\|\||[-+*/!<>()\[\]{},.;=?:]))"""
)
_BINDS = {"||": 1, "&&": 2, "===": 3, "!==": 3, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
#: a helper that many forms declare: a number, or nought where there is none
_HELPER = re.compile(r"function\s+(\w+)\s*\(\w+\)\s*\{\s*return\s+(?:parseFloat|Number|parseInt)?\(?\s*\w+\s*\|\|\s*0\s*\)?\s*;?\s*\}")
_IF = re.compile(
    r"\s*if\s*\((?P<when>.*)\)\s*\{\s*(?P<name>\w+)\s*=\s*(?P<yes>true|false)\s*;?\s*\}\s*(?:else\s*\{\s*(?P=name)\s*=\s*(?P<no>true|false)\s*;?\s*\})?\s*;?\s*$",
    re.DOTALL,
)


@dataclass(frozen=True)
class Lit:
    value: Any


@dataclass(frozen=True)
class Ref:
    """``data.a.b`` is ("data", "a", "b")."""

    path: tuple[str, ...]


@dataclass(frozen=True)
class Op:
    """An operator or a call by its name, with what it is applied to."""

    name: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Arrow:
    variable: str
    body: Any


def parse(text: str, result: str) -> Any:
    """The tree of what ``text`` assigns to the variable ``result``."""
    text = _COMMENT.sub("", text)
    helpers = {match[1] for match in _HELPER.finditer(text)} | {"Number", "parseFloat"}
    text = _HELPER.sub("", text).strip()
    if match := _IF.match(text):
        tree = _Parser(match["when"], helpers).whole()
        return tree if match["yes"] == "true" else Op("!", (tree,))
    match = re.match(rf"(?:var\s+(\w+)\s*=\s*(?P<first>.*?);\s*)?{result}\s*=(?!=)\s*(?P<last>.*?);?\s*$", text, re.DOTALL)
    if not match:
        raise Untranslatable("more than one statement")
    tree = _Parser(match["last"], helpers).whole()
    if match[1]:
        return _put(tree, match[1], _Parser(match["first"], helpers).whole())
    return tree


def _put(tree: Any, name: str, value: Any) -> Any:
    """``tree`` with ``value`` for the variable ``name``."""
    if tree == Ref((name,)):
        return value
    return Op(tree.name, tuple(_put(arg, name, value) for arg in tree.args)) if isinstance(tree, Op) else tree


class _Parser:
    def __init__(self, text: str, helpers: set[str]) -> None:
        self.helpers = helpers
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise Untranslatable(f"cannot read “{text[at : at + 20]}”")
            self.tokens.append((str(match.lastgroup), match[match.lastgroup or 0]))
            at = match.end()
        self.tokens.append(("end", ""))
        self.place = 0

    def whole(self) -> Any:
        tree = self.expression(0)
        while self.peek() == ";":
            self.place += 1
        if self.tokens[self.place][0] != "end":
            raise Untranslatable(f"cannot read “{self.peek()}”")
        return tree

    def peek(self) -> str:
        return self.tokens[self.place][1]

    def take(self, wanted: str | None = None) -> tuple[str, str]:
        token = self.tokens[self.place]
        if wanted is not None and token[1] != wanted:
            raise Untranslatable(f"expected “{wanted}”, found “{token[1]}”")
        self.place += 1
        return token

    def expression(self, least: int) -> Any:
        left = self.unary()
        while self.tokens[self.place][0] == "sign" and _BINDS.get(self.peek(), -1) > least:
            sign = self.take()[1]
            left = Op(sign, (left, self.expression(_BINDS[sign])))
        if least == 0 and self.peek() == "?":
            self.take()
            yes = self.expression(0)
            self.take(":")
            return Op("?", (left, yes, self.expression(0)))
        return left

    def unary(self) -> Any:
        if self.tokens[self.place] == ("sign", "!"):
            self.take()
            return Op("!", (self.unary(),))
        if self.tokens[self.place] == ("sign", "-"):
            self.take()
            return Op("-", (Lit(0), self.unary()))
        return self.postfix()

    def postfix(self) -> Any:
        kind, text = self.take()
        if kind == "text":
            return Lit(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "number":
            return Lit(float(text) if "." in text else int(text))
        if text == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if kind != "name":
            raise Untranslatable(f"cannot read “{text}”")
        if text in ("true", "false", "null", "undefined"):
            return Lit({"true": True, "false": False}.get(text))
        path = [text]
        while True:
            if self.peek() == ".":
                self.take()
                path.append(self.take()[1])
            elif self.peek() == "[" and self.tokens[self.place + 1][0] == "text":
                self.take()
                path.append(self.take()[1][1:-1])
                self.take("]")
            elif self.peek() == "(":
                return self.call(tuple(path))
            else:
                return Ref(tuple(path))

    def call(self, path: tuple[str, ...]) -> Any:
        self.take("(")
        args: list[Any] = []
        while self.peek() != ")":
            args.append(self.argument())
            if self.peek() == ",":
                self.take()
        self.take(")")
        if path == ("instance", "isSubmissionDigital") and not args:
            # whoever fills in this form does it on a screen
            return Lit(True)
        if path[-1] in self.helpers and len(path) == 1 and len(args) == 1:
            return args[0] if path[0] == "Number" and isinstance(args[0], Op) and args[0].name in _BINDS else Op("number", (args[0],))
        if path[0] == "_" and path[-1] in ("some", "every") and len(args) == 2:
            return Op(path[-1], (args[0], args[1]))
        if path[-1] in ("some", "every", "includes") and len(args) == 1:
            return Op(path[-1], (Ref(path[:-1]), args[0]))
        raise Untranslatable(f"the function {'.'.join(path)}")

    def argument(self) -> Any:
        """An argument: an expression, or a function of one variable."""
        start = self.place
        opened = self.peek() == "("
        if opened:
            self.take()
        kind, name = self.take()
        if kind == "name" and (not opened or self.peek() == ")"):
            if opened:
                self.take(")")
            if self.peek() == "=>":
                self.take()
                if self.peek() != "{":
                    return Arrow(name, self.expression(0))
                self.take("{")
                self.take("return")
                body = self.expression(0)
                if self.peek() == ";":
                    self.take()
                self.take("}")
                return Arrow(name, body)
        self.place = start
        return self.expression(0)


class Place(NamedTuple):
    """A field that a script reads: how CEL asks whether it is answered, how CEL names it, and what it holds."""

    asked: str
    named: str
    kind: str
    options: tuple[str, ...] = ()


#: the fields that a path may mean, the variables of arrows among it; several where one name stands in several places
Find = Callable[[tuple[str, ...]], list[Place]]


def condition(tree: Any, find: Find) -> str:
    """``tree`` as CEL that is true or false whatever is answered. As in JavaScript, what is not answered equals nothing."""
    match tree:
        case Lit(value=bool() as value):
            return "true" if value else "false"
        case Op(name="&&" | "||" as sign, args=(left, right)):
            return _joined(sign, condition(left, find), condition(right, find))
        case Op(name="!", args=(inner,)):
            return _not(condition(inner, find))
        case Op(name="===" | "==", args=(left, right)):
            return _equal(left, right, find)
        case Op(name="!==" | "!=", args=(left, right)):
            return _not(_equal(left, right, find))
        case Op(name="<" | ">" | "<=" | ">=" as sign, args=(left, right)):
            asked, (a, b) = _numbers((left, right), find)
            return "(" + " && ".join([*asked, f"{a} {sign} {b}"]) + ")"
        case Op(name="some" | "every" as name, args=(Ref(path=path), Arrow() as arrow)):
            return _any(path, find, lambda place: _rows(name, place, path, arrow, find))
        case Op(name="includes", args=(Ref(path=path), Lit(value=str() as value))):
            return _any(
                path, find, lambda place: f"({place.asked} && {_quoted(value)} in {place.named})" if place.kind == "choices" else "false"
            )
        case Ref(path=path):
            return _any(path, find, _truth)
        case _:
            raise Untranslatable("no condition")


def amount(tree: Any, find: Find) -> str:
    """``tree`` as a CEL number; what is not answered is nought where the script says so."""
    match tree:
        case Lit(value=int() | float() as value) if not isinstance(value, bool):
            return repr(float(value))
        case Op(name="+" | "-" | "*" | "/" as sign, args=(left, right)):
            return f"({amount(left, find)} {sign} {amount(right, find)})"
        case Op(name="number", args=(Ref(path=path),)):
            place = _one(path, find)
            return f"({place.asked} ? double({place.named}) : 0.0)"
        case Op(name="number", args=(inner,)):
            return amount(inner, find)
        case Ref(path=path):
            return f"double({_one(path, find).named})"
        case _:
            raise Untranslatable("no calculation")


def _equal(left: Any, right: Any, find: Find) -> str:
    if isinstance(left, Lit) and isinstance(right, Ref):
        left, right = right, left
    match left, right:
        case Ref(path=path), Lit(value=value):
            return _any(path, find, lambda place: _is(place, value))
        case Op(), Lit(value=True):
            return condition(left, find)
        case Op(), Lit(value=False):
            return _not(condition(left, find))
        case _:
            raise Untranslatable("a comparison of two answers")


def _is(place: Place, value: Any) -> str:
    match place.kind:
        case "boolean" if isinstance(value, bool):
            return f"({place.asked} && {place.named})" if value else f"({place.asked} && !{place.named})"
        case "boolean" if value in ("true", "false"):
            return _is(place, value == "true")
        case "picked" if value is True:
            return f"({place.asked} && {_quoted(place.options[0])} in {place.named})"
        case "picked" if value is False:
            return f"({place.asked} && !({_quoted(place.options[0])} in {place.named}))"
        case "choices" if isinstance(value, str) and value:
            # one of the boxes, as simple conditions name it
            return f"({place.asked} && {_quoted(value)} in {place.named})" if value in place.options else "false"
        case "choice" if isinstance(value, str):
            return f"({place.asked} && {place.named} == {_quoted(value)})" if not place.options or value in place.options else "false"
        case "string" if isinstance(value, str) and value:
            return f"({place.asked} && {place.named} == {_quoted(value)})"
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return f"({place.asked} && {place.named} == {float(value)!r})"
        case _ if value is None or value == "":
            return f"!{place.asked}"
        case _:
            raise Untranslatable(f"a comparison of a {place.kind} with {value!r}")


def _truth(place: Place) -> str:
    match place.kind:
        case "boolean":
            return f"({place.asked} && {place.named})"
        case "picked":
            return _is(place, True)
        case "number":
            return f"({place.asked} && {place.named} != 0.0)"
        case _:
            return place.asked


def _numbers(sides: tuple[Any, ...], find: Find) -> tuple[list[str], list[str]]:
    asked: list[str] = []
    found: list[str] = []
    for side in sides:
        match side:
            case Lit(value=int() | float() as value) if not isinstance(value, bool):
                found.append(repr(float(value)))
            case Ref(path=path) | Op(name="number", args=(Ref(path=path),)):
                place = _one(path, find)
                if place.kind != "number":
                    raise Untranslatable(f"the size of a {place.kind}")
                asked.append(place.asked)
                found.append(place.named)
            case _:
                found.append(amount(side, find))
    return asked, found


def _rows(name: str, place: Place, path: tuple[str, ...], arrow: Arrow, find: Find) -> str:
    def inner(inside: tuple[str, ...]) -> list[Place]:
        if inside[0] != arrow.variable:
            return find(inside)
        return [
            found._replace(asked=found.asked.replace("row.", "item."), named=found.named.replace("row.", "item.", 1))
            for found in find(("", *path, *inside[1:]))
        ]

    if place.kind != "table":
        raise Untranslatable("rows of what is no table")
    body = condition(arrow.body, inner)
    if body == "false" and name == "some":
        return "false"
    return f"({place.asked} && {place.named}.{'exists' if name == 'some' else 'all'}(item, {body}))"


def _any(path: tuple[str, ...], find: Find, write: Callable[[Place], str]) -> str:
    """What is written of any of the fields that ``path`` may mean; of one that is not there nothing holds."""
    found = "false"
    for place in find(path):
        found = _joined("||", found, write(place))
    return found


def _joined(sign: str, left: str, right: str) -> str:
    """Both or either, constants worked out."""
    settles, passes = ("true", "false") if sign == "||" else ("false", "true")
    if settles in (left, right):
        return settles
    if passes in (left, right):
        return right if left == passes else left
    return f"({left} {sign} {right})"


def _not(text: str) -> str:
    return {"true": "false", "false": "true"}.get(text, f"!({text})")


def _one(path: tuple[str, ...], find: Find) -> Place:
    found = find(path)
    if len(found) != 1:
        raise Untranslatable(f"{'.'.join(path)} is {'no field' if not found else 'several fields'}")
    return found[0]


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
