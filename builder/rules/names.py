"""unknown-person, unknown-role, unknown-post, unknown-department, wrong-id: an id is the id of something of its kind."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from builder.draft import AppDraft, Formula
from builder.nodes import Mark
from builder.rules.may_be_empty import at
from forms import syntax
from forms.syntax import Call, Listed, Literal_, Member, Name, Node
from forms.texts import Text


class Kind(NamedTuple):
    """Something that ids name."""

    code: str
    words: Text


PERSON = Kind("unknown-person", {"zh": "人员", "en": "person"})
ROLE = Kind("unknown-role", {"zh": "角色", "en": "role"})
POST = Kind("unknown-post", {"zh": "岗位", "en": "post"})
DEPARTMENT = Kind("unknown-department", {"zh": "部门", "en": "department"})
#: functions by what their arguments name
FUNCTIONS = {
    "user": (PERSON,),
    "role": (ROLE, DEPARTMENT),
    "post": (POST, DEPARTMENT),
    "department": (DEPARTMENT,),
    "head_of": (DEPARTMENT,),
    "heads_of": (DEPARTMENT, ROLE),
    "deputy_of": (DEPARTMENT,),
}
APPLICANT = {"id": PERSON, "department": DEPARTMENT, "post": POST}


#: the kinds of fields, and the part of the applicant, that hold such an id; of roles and posts there are none
HELD: dict[str, tuple[str, str]] = {PERSON.code: ("person", "id"), DEPARTMENT.code: ("department", "department")}


def check(draft: AppDraft) -> None:
    for formula in draft.formulas:
        if formula.expression is None:
            continue
        for kind, literal, known in named(draft, formula.expression.tree):
            if known is not None and literal.value not in known:
                said(draft, formula, kind, literal, known)
        for node in syntax.walk(formula.expression.tree):
            if isinstance(node, Call) and node.function in FUNCTIONS:
                for kind, arg in zip(FUNCTIONS[node.function], node.args, strict=False):
                    held(draft, formula, kind, arg)


def held(draft: AppDraft, formula: Formula, kind: Kind, arg: Node) -> None:
    """A variable holds ids of that kind: a text that someone typed names nobody."""
    fields = draft.form.fields if draft.form else {}
    wanted, part = HELD.get(kind.code, ("", ""))
    match arg:
        case Call(function="_?_:_", args=(_, yes, no)):
            held(draft, formula, kind, yes)
            held(draft, formula, kind, no)
        case Name(name=name) if wanted and name in fields and (field := fields[name].field) and field.kind not in (wanted, "choices"):
            wrong(draft, at(formula, arg.start, name), name, kind)
        case Name(name="today"):
            wrong(draft, at(formula, arg.start, "today"), "today", kind)
        case Member(of=Name(name="applicant") as of, name=name) if wanted and name != part:
            wrong(draft, at(formula, of.start, f"applicant.{name}"), f"applicant.{name}", kind)
        case _:
            pass


def wrong(draft: AppDraft, place: Mark, name: str, kind: Kind) -> None:
    fits = {PERSON.code: ("std:person", "applicant.id"), DEPARTMENT.code: ("std:department", "applicant.department")}.get(kind.code)
    zh = f"；要用 {fits[0]} 的字段或 {fits[1]}" if fits else ""
    en = f": use a field of {fits[0]}, or {fits[1]}" if fits else ""
    draft.problems.add(
        place, "wrong-id", f"“{name}”里不是{kind.words['zh']}的标识{zh}", f"“{name}” does not hold the id of a {kind.words['en']}{en}"
    )


def named(draft: AppDraft, tree: Node) -> Iterator[tuple[Kind, Literal_, Sequence[str] | None]]:
    """Every literal that is an id, with what it names and all that could be named there."""
    for node in syntax.walk(tree):
        match node:
            case Call(function=function, args=args) if function in FUNCTIONS:
                for kind, arg in zip(FUNCTIONS[function], args, strict=False):
                    for literal in literals(arg):
                        yield kind, literal, organisation(draft, kind)
            case Call(function="_==_" | "_!=_" | "@in", args=(left, right)):
                for asked, other in ((left, right), (right, left)):
                    kind, known = compared(draft, asked)
                    if kind:
                        for literal in literals(other):
                            yield kind, literal, known
            case _:
                pass


def literals(node: Node) -> Iterator[Literal_]:
    """The strings that ``node`` may be: itself, the items of a list, either side of a condition."""
    match node:
        case Literal_(value=str()):
            yield node
        case Listed(items=items):
            for item in items:
                yield from literals(item)
        case Call(function="_?_:_", args=(_, yes, no)):
            yield from literals(yes)
            yield from literals(no)
        case _:
            pass


def compared(draft: AppDraft, node: Node) -> tuple[Kind | None, Sequence[str] | None]:
    """What ``node`` holds the id of, with all there are."""
    match node:
        case Member(of=Name(name="applicant"), name=name) if name in APPLICANT:
            return APPLICANT[name], organisation(draft, APPLICANT[name])
        case Name(name=name) if draft.form and name in draft.form.fields:
            field = draft.form.fields[name].field
            if field is None:
                return None, None
            kind = {"person": PERSON, "department": DEPARTMENT}.get(field.kind)
            return kind, organisation(draft, kind) if kind else None
        case _:
            return None, None


def organisation(draft: AppDraft, kind: Kind) -> Sequence[str] | None:
    """The ids of a kind; None when nothing is known about people."""
    if draft.organisation is None:
        return None
    of = draft.organisation
    things = {PERSON.code: of.people, ROLE.code: of.roles, POST.code: of.posts, DEPARTMENT.code: of.departments}[kind.code]
    return [thing.id for thing in things]


def said(draft: AppDraft, formula: Formula, kind: Kind, literal: Literal_, known: Sequence[str]) -> None:
    draft.problems.add(
        at(formula, literal.start, formula.node.text[literal.start : literal.start + len(literal.value) + 2]),
        kind.code,
        f"没有{kind.words['zh']}“{literal.value}”",
        f"There is no {kind.words['en']} “{literal.value}”",
        among=known,
    )
