"""Conditions taken apart: their logic over atoms, and the terms that the atoms compare. Two equal terms are one variable, whatever they are."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from forms import functions, syntax
from forms.form import Field
from forms.syntax import Call, Each, Listed, Literal_, Member, Name, Node
from workflows.proof.subject import AROUND, Subject

#: ("c", bool), ("a", atom), ("!", x), ("&", x, y), ("|", x, y), ("=", x, y), ("?", c, x, y)
Logic = tuple[Any, ...]
#: how the values of a variable are ordered, if they are
Kind = Literal["whole", "decimal", "day", "text", "choice", "truth", "answered"]
COMPARED = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
#: terms of one comparison after another; more of them are not told apart
LARGEST_CLUSTER = 4
#: parts of a calculated condition that is looked into
LARGEST_INLINED = 40


@dataclass(slots=True, eq=False)
class Variable:
    """Something a condition looks at: a field, whether it was answered, or any other term, which may then have any value."""

    kind: Kind
    term: Node | None
    #: the field it is, or whose answer is asked after
    field: str | None
    constants: set[Any] = dataclasses.field(default_factory=set[Any])
    #: variables that it is compared with, itself among them
    cluster: "list[Variable]" = dataclasses.field(default_factory=list["Variable"])


@dataclass(slots=True, eq=False)
class Atom:
    """A comparison, or a truth by itself. ``against``: a constant, a frozenset of them, or a variable."""

    of: Variable
    operator: str
    against: Any
    #: whether the fields it reads were answered; where one was not, it is not known
    asks: tuple[Variable, ...]


class Conditions:
    """The logic of every condition of an app."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.atoms: list[Atom] = []
        self._terms: dict[Node, Variable] = {}
        self._asked: dict[str, Variable] = {}
        self._logic: dict[str, Logic] = {}
        #: one level is looked into: what calculates with what is calculated may grow without bound
        self._inlining = False

    def of(self, text: str) -> Logic:
        """The logic of the expression ``text``."""
        if text not in self._logic:
            self._logic[text] = self.logic(self.subject.expressions[text].tree)
        return self._logic[text]

    def asked(self, name: str) -> Variable:
        """Whether the field ``name`` was answered."""
        return self._asked.setdefault(name, Variable("answered", None, name))

    def logic(self, node: Node) -> Logic:
        match node:
            case Literal_(value=bool() as value):
                return ("c", value)
            case Call(function="!_", args=(inner,)):
                return ("!", self.logic(inner))
            case Call(function="_&&_", args=(left, right)):
                return ("&", self.logic(left), self.logic(right))
            case Call(function="_||_", args=(left, right)):
                return ("|", self.logic(left), self.logic(right))
            case Call(function="_?_:_", args=(condition, yes, no)):
                return ("?", self.logic(condition), self.logic(yes), self.logic(no))
            case Member(of=Name(name="answered"), name=name):
                return ("c", True) if name in self.subject.sure else self.atom(Atom(self.asked(name), "is", True, ()))
            case Call(function=function, args=(left, right)) if function in COMPARED:
                return self.comparison(left, COMPARED[function], right, node)
            case Call(function="@in", args=(needle, Listed(items=items))) if all(isinstance(item, Literal_) for item in items):
                given = frozenset(item.value for item in items if isinstance(item, Literal_))
                variable = self.term(needle)
                variable.constants |= given
                return self.atom(Atom(variable, "in", given, self.asks(needle)))
            case Name(name=name) if self.inlined(name):
                return self.inline(name)
            case _:
                return self.atom(Atom(self.term(node), "is", True, self.asks(node)))

    def inlined(self, name: str) -> bool:
        """Whether ``name`` is a small condition that the form calculates: what it means is looked at."""
        found = self.subject.fields.get(name)
        if found is None or found.kind != "boolean" or found.compute is None or self.subject.shown(found) or self._inlining:
            return False
        return sum(1 for _ in syntax.walk(self.subject.expressions[found.compute].tree)) <= LARGEST_INLINED

    def inline(self, name: str) -> Logic:
        compute = self.subject.fields[name].compute
        assert compute is not None
        self._inlining = True
        logic = self.logic(self.subject.expressions[compute].tree)
        self._inlining = False
        return logic

    def comparison(self, left: Node, operator: str, right: Node, whole: Node) -> Logic:
        if left.type == "bool" and right.type == "bool" and operator in ("==", "!="):
            one, other = self.logic(left), self.logic(right)
            return ("=", one, other) if operator == "==" else ("!", ("=", one, other))
        one, other = constant(left), constant(right)
        if one is not None and other is not None:
            return self.atom(Atom(self.term(whole), "is", True, ()))
        if one is not None:
            left, right, one, other, operator = right, left, other, one, MIRRORED[operator]
        variable, asks = self.term(left), self.asks(left)
        if other is not None:
            value = in_kind(variable.kind, other)
            if value is None:
                return self.atom(Atom(self.term(whole), "is", True, self.asks(whole)))
            variable.constants.add(value)
            return self.atom(Atom(variable, operator, value, asks))
        second = self.term(right)
        if not self.join(variable, second):
            return self.atom(Atom(self.term(whole), "is", True, self.asks(whole)))
        return self.atom(Atom(variable, operator, second, tuple(dict.fromkeys((*asks, *self.asks(right))))))

    def join(self, one: Variable, other: Variable) -> bool:
        """Puts both in one cluster, whose values are told apart by their order; whether that can be."""
        kinds = {"whole" if kind == "decimal" else "text" if kind == "choice" else kind for kind in (one.kind, other.kind)}
        if len(kinds) > 1 or kinds & {"truth", "answered"}:
            return False
        mine, theirs = one.cluster or [one], other.cluster or [other]
        if mine is not theirs:
            if len(mine) + len(theirs) > LARGEST_CLUSTER:
                return False
            mine = [*mine, *theirs] if one is not other else mine
            for variable in mine:
                variable.cluster = mine
        return True

    def term(self, node: Node) -> Variable:
        if node not in self._terms:
            found = self.subject.fields.get(node.name) if isinstance(node, Name) else None
            self._terms[node] = Variable(kind_of(node, found), node, found.name if found else None)
        return self._terms[node]

    def atom(self, atom: Atom) -> Logic:
        self.atoms.append(atom)
        return ("a", atom)

    def asks(self, node: Node) -> tuple[Variable, ...]:
        names = {name.name for name in syntax.free(node)} - AROUND
        return tuple(self.asked(name) for name in sorted(names - self.subject.sure))


def kind_of(node: Node, found: Field | None) -> Kind:
    match node.type:
        case "bool":
            return "truth"
        case "int" | "money":
            return "whole"
        case "double" | "amount":
            return "decimal"
        case _:
            if found is not None:
                return "choice" if found.kind == "choice" and found.options else "day" if found.kind == "date" else "text"
            named = isinstance(node, Name) and node.name == "today"
            ranged = isinstance(node, Member) and node.of.type in ("range", "halfdays") and not node.name.endswith("_half")
            return "day" if named or ranged else "text"


def constant(node: Node) -> Any:
    """What ``node`` is whatever was answered, if it is written down plainly; None otherwise."""
    match node:
        case Literal_(value=bool()):
            return None
        case Literal_(value=int() | float() | str() as value):
            return value
        case Call(function="-_", args=(inner,)):
            value = constant(inner)
            return -value if isinstance(value, int | float) else None
        case Call(function="yuan", args=(inner,)):
            value = constant(inner)
            return functions.cents(value) if isinstance(value, int | float) else None
        case Call(function="_*_", args=(left, right)):
            one, other = constant(left), constant(right)
            return one * other if isinstance(one, int | float) and isinstance(other, int | float) else None
        case _:
            return None


def in_kind(kind: Kind, value: Any) -> Any:
    """``value`` as a value of a variable of this kind; None where it is none."""
    if kind == "day":
        try:
            return date.fromisoformat(str(value)).toordinal()
        except ValueError:
            return None
    numeric = isinstance(value, int | float)
    return value if numeric == (kind in ("whole", "decimal")) and kind not in ("truth", "answered") else None


#: operators as they are written
_INFIX: Mapping[str, str] = {f"_{sign}_": sign for sign in ("+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "&&", "||")} | {
    "@in": "in"
}


def written(node: Node) -> str:
    """``node`` as somebody might have written it."""
    match node:
        case Literal_(value=bool() as value):
            return str(value).lower()
        case Literal_(value=value):
            return repr(value)
        case Name(name=name):
            return name
        case Member(of=of, name=name, asks=asks):
            return f"has({written(of)}.{name})" if asks else f"{written(of)}.{name}"
        case Call(function="!_", args=(inner,)):
            return f"!{written(inner)}"
        case Call(function="-_", args=(inner,)):
            return f"-{written(inner)}"
        case Call(function="_?_:_", args=(condition, yes, no)):
            return f"{written(condition)} ? {written(yes)} : {written(no)}"
        case Call(function="_[_]", args=(of, at)):
            return f"{written(of)}[{written(at)}]"
        case Call(function=function, args=(left, right)) if function in _INFIX:
            return f"{written(left)} {_INFIX[function]} {written(right)}"
        case Call(function=function, args=args):
            return f"{function}({', '.join(map(written, args))})"
        case Listed(items=items):
            return f"[{', '.join(map(written, items))}]"
        case Each(macro=macro, variable=variable, over=over):
            parts = [written(part) for part in (node.condition, node.result) if part is not None]
            return f"{written(over)}.{macro}({', '.join([variable, *parts])})"
        case _:
            return "…"


def weight(logic: Logic) -> int:
    """How much there is to look at in ``logic``."""
    parts = [cast(Logic, part) for part in logic[1:] if isinstance(part, tuple)]
    return 1 + sum(weight(part) for part in parts)
