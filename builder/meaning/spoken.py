"""Expressions in words, as a civil servant would say them: ``budget > yuan(5000)`` is “预算金额超过 5000 元”. What has no words of its own
stays as it is written.
"""

from dataclasses import dataclass
from typing import Any

from forms.expressions import Expression
from forms.form import Field
from forms.syntax import Call, Each, Listed, Literal_, Member, Name, Node
from forms.texts import LANGUAGES, Text, say
from workflows.people import Organisation

#: operator: in words between its sides, when the left side is a choice, in English; how tightly it binds
COMPARE: dict[str, tuple[str, str, str]] = {
    "_==_": ("是", "等于", "is"),
    "_!=_": ("不是", "不等于", "is not"),
    "_>_": ("晚于", "超过", "is over"),
    "_>=_": ("不早于", "不少于", "is at least"),
    "_<_": ("早于", "不到", "is under"),
    "_<=_": ("不晚于", "不超过", "is at most"),
}
JOIN = {"_&&_": ("且", "and"), "_||_": ("或", "or")}
ARITHMETIC = {"_+_": ("加", "plus"), "_-_": ("减", "minus"), "_*_": ("乘以", "times"), "_/_": ("除以", "divided by")}
APPLICANT = {
    "department": ("申请人所在部门", "the applicant's department"),
    "post": ("申请人的岗位", "the applicant's post"),
    "id": ("申请人", "the applicant"),
    "name": ("申请人姓名", "the applicant's name"),
}
RANGE = {"start": ("的开始日期", "start of "), "end": ("的结束日期", "end of ")}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says expressions of one app."""

    fields: dict[str, Field]
    organisation: Organisation | None = None

    def say(self, expression: Expression) -> Text:
        return {language: self._in(expression, language) for language in LANGUAGES}

    def department(self, id: str) -> Text:
        """The title of a department."""
        return {language: _Words(self, language, id).titled("department", id) for language in LANGUAGES}

    def _in(self, expression: Expression, language: str) -> str:
        try:
            return _Words(self, language, expression.text).node(expression.tree).strip()
        except _NoWords:
            return f"“{expression.text}”"


class _NoWords(Exception):
    """Some part has no words: the whole is shown as it is written."""


@dataclass(slots=True)
class _Words:
    speaker: Speaker
    language: str
    text: str

    def of(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def node(self, node: Node) -> str:
        match node:
            case Literal_(value=value):
                return self.literal(value)
            case Name(name=name, type="bool"):
                return self.of(f"{self.name(name)}选“是”", f"{self.name(name)} is yes")
            case Name(name=name):
                return self.name(name)
            case Member(of=Name(name="answered"), asks=True, name=name):
                return self.of(f"填了{self.name(name)}", f"{self.name(name)} is filled in")
            case Member(of=Name(name="applicant"), name=name) if name in APPLICANT:
                return self.of(*APPLICANT[name])
            case Member(of=Name() as of, asks=False, name=name) if name in RANGE:
                zh, en = RANGE[name]
                return self.of(f"{self.node(of)}{zh}", f"{en}{self.node(of)}")
            case Member(of=Name(name="row" | "r" | "item"), asks=False, name=name):
                return self.of(f"该行的{self.column(name)}", f"{self.column(name)} of the row")
            case Member(of=Name() as of, asks=False, name=name):
                return self.of(f"该行的{self.column(name)}", f"{self.column(name)} of {of.name}")
            case Call():
                return self.call(node)
            case Listed(items=items):
                return self.of("、", ", ").join(self.node(item) for item in items)
            case Each():
                return self.each(node)
            case _:
                raise _NoWords

    def literal(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.of("是" if value else "否", "yes" if value else "no")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return f"“{value}”" if isinstance(value, str) else self.of(f" {value} ", str(value))

    def name(self, name: str) -> str:
        if name == "today":
            return self.of("今天", "today")
        if name == "applicant":
            return self.of("申请人本人", "the applicant")
        field = self.speaker.fields.get(name)
        return self.of(f"“{say(field.title, 'zh')}”", f"“{say(field.title, 'en')}”") if field else name

    def column(self, name: str) -> str:
        for field in self.speaker.fields.values():
            for column in field.fields:
                if column.name == name:
                    return f"“{say(column.title, self.language)}”"
        return f"“{name}”"

    def call(self, call: Call) -> str:
        function, args = call.function, call.args
        if function in JOIN:
            return (
                self.of(*JOIN[function])
                .join([self.of("", " ") + self.grouped(arg, function) + self.of("", " ") for arg in self.chain(call, function)])
                .strip()
            )
        if function in COMPARE:
            return self.compare(function, *args)
        if function == "!_":
            return self.of(f"不是（{self.node(args[0])}）", f"not ({self.node(args[0])})")
        if function == "-_":
            return f"-{self.node(args[0])}"
        if function == "_?_:_":
            a, b, c = map(self.node, args)
            return self.of(f"{a}时为{b}，否则为{c}", f"{b} if {a}, else {c}")
        if function == "@in":
            one, many = args
            items = [self.value(item, one) for item in many.items] if isinstance(many, Listed) else [self.node(many)]
            return self.of(f"{self.node(one)}是{'、'.join(items)}之一", f"{self.node(one)} is one of {', '.join(items)}")
        if function in ARITHMETIC:
            if call.type in ("people", "list(people)"):
                return self.of("和", " and ").join(self.node(arg) for arg in args)
            zh, en = ARITHMETIC[function]
            return self.of(f"{self.node(args[0])}{zh}{self.node(args[1])}", f"{self.node(args[0])} {en} {self.node(args[1])}")
        return self.function(function, args)

    def chain(self, node: Node, function: str) -> list[Node]:
        """A && b && c as three."""
        if isinstance(node, Call) and node.function == function:
            return [part for arg in node.args for part in self.chain(arg, function)]
        return [node]

    def grouped(self, node: Node, around: str) -> str:
        said = self.node(node)
        inner = isinstance(node, Call) and node.function in (*JOIN, "_?_:_") and node.function != around
        return self.of(f"（{said}）", f"({said})") if inner else said

    def compare(self, function: str, left: Node, right: Node) -> str:
        day, number, english = COMPARE[function]
        alike = isinstance(left, Literal_) or (left.type == "string" and function in ("_==_", "_!=_"))
        dated = left.type == "string" and function not in ("_==_", "_!=_")
        zh = day if alike or dated or left.type == "bool" else number
        said = self.name(left.name) if isinstance(left, Name) else self.node(left)
        return self.of(f"{said}{zh}{self.value(right, left)}", f"{said} {english} {self.value(right, left)}")

    def value(self, node: Node, beside: Node) -> str:
        """A value in the words of what stands beside it: options have titles, offices names."""
        if isinstance(node, Literal_) and isinstance(node.value, str):
            options = self.options(beside)
            if node.value in options:
                return f"“{say(options[node.value], self.language)}”"
            if isinstance(beside, Member) and beside.name in ("department", "post"):
                return self.titled(beside.name, node.value)
        return self.node(node)

    def options(self, node: Node) -> dict[str, Text]:
        fields = [column for field in self.speaker.fields.values() for column in field.fields] if isinstance(node, Member) else []
        if isinstance(node, Name) and node.name in self.speaker.fields:
            fields = [self.speaker.fields[node.name]]
        name = node.name if isinstance(node, Name | Member) else ""
        return {option.value: option.title for field in fields if field.name == name for option in field.options}

    def function(self, function: str, args: tuple[Node, ...]) -> str:
        match function, args:
            case "yuan", (amount,):
                return self.of(f"{self.node(amount)}元", f"{self.node(amount)} yuan")
            case "workdays", (a, b):
                return self.of(f"从{self.node(a)}到{self.node(b)}的工作日数", f"the working days from {self.node(a)} to {self.node(b)}")
            case "days", (a, b):
                return self.of(f"从{self.node(a)}到{self.node(b)}的天数", f"the days from {self.node(a)} to {self.node(b)}")
            case "years", (a, b):
                return self.of(f"从{self.node(a)}到{self.node(b)}的周年数", f"the years from {self.node(a)} to {self.node(b)}")
            case "halfdays", (a,):
                return self.of(f"{self.node(a)}的天数（按半天计）", f"the days of {self.node(a)}, by halves")
            case "round", (a,):
                return self.of(f"{self.node(a)}（四舍五入）", f"{self.node(a)}, rounded")
            case "sum", (a,):
                return self.of(f"{self.node(a)}的合计", f"the sum of {self.node(a)}")
            case "size", (a,):
                return self.of(f"{self.node(a)}的个数", f"the number of {self.node(a)}")
            case "role" | "post", (id, *rest):
                said = self.titled(function, self.plain(id))
                return self.of(f"{self.node_department(rest[0])}的{said}", f"{said} of {self.node_department(rest[0])}") if rest else said
            case "user", (id,):
                return self.person(id)
            case "department", (id,):
                return self.of(f"{self.node_department(id)}全体", f"everyone in {self.node_department(id)}")
            case "head_of", (id,):
                return self.of(f"{self.node_department(id)}负责人", f"the head of {self.node_department(id)}")
            case "deputy_of", (id,):
                return self.of(f"{self.node_department(id)}副职", f"the deputy heads of {self.node_department(id)}")
            case "heads_of", (id, Literal_(value=int() as levels)):
                return self.of(
                    f"{self.node_department(id)}起逐级 {levels} 级负责人", f"{levels} levels of heads from {self.node_department(id)} up"
                )
            case "heads_of", (id, to):
                role = self.titled("role", self.plain(to))
                return self.of(
                    f"{self.node_department(id)}起逐级到{role}的负责人", f"the heads from {self.node_department(id)} up to {role}"
                )
            case _:
                raise _NoWords

    def plain(self, node: Node) -> str:
        if isinstance(node, Literal_) and isinstance(node.value, str):
            return node.value
        raise _NoWords

    def node_department(self, node: Node) -> str:
        return self.titled("department", node.value) if isinstance(node, Literal_) and isinstance(node.value, str) else self.node(node)

    def person(self, node: Node) -> str:
        if not isinstance(node, Literal_):
            return self.of(f"{self.node(node)}所填的人", f"whoever {self.node(node)} names")
        of = self.speaker.organisation
        return next((person.name for person in of.people if person.id == node.value), str(node.value)) if of else str(node.value)

    def titled(self, kind: str, id: str) -> str:
        of = self.speaker.organisation
        lists = {"role": of.roles, "post": of.posts, "department": of.departments} if of else {}
        title = next((say(item.title, self.language) for item in lists.get(kind, ()) if item.id == id), id)
        if kind == "department":
            return title if self.language == "zh" else f"“{title}”"
        words = {"role": ("角色", "role"), "post": ("岗位", "post")}[kind]
        return f"{self.of(*words)}{self.of('', ' ')}“{title}”"

    def each(self, each: Each) -> str:
        over = self.node(each.over)
        condition = self.node(each.condition) if each.condition else ""
        result = self.node(each.result) if each.result else ""
        match each.macro:
            case "all":
                return self.of(f"{over}的每一行{condition}", f"for every row of {over}: {condition}")
            case "exists":
                return self.of(f"{over}中有一行{condition}", f"some row of {over} has {condition}")
            case "exists_one":
                return self.of(f"{over}中恰有一行{condition}", f"exactly one row of {over} has {condition}")
            case "filter":
                return self.of(f"{over}中{condition}的各行", f"the rows of {over} where {condition}")
            case "map":
                limit = self.of(f"（{condition}）", f" ({condition})") if condition else ""
                return self.of(f"{over}各行{limit}的{result}", f"{result} of each row of {over}{limit}")
