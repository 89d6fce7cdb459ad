"""unknown-person, unknown-role, unknown-post, unknown-department: an id in quotes is the id of something."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from builder import words as phrases
from builder.draft import AppDraft, Formula
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
    "deputy_of": (DEPARTMENT,),
}
APPLICANT = {"id": PERSON, "department": DEPARTMENT, "post": POST}


def check(draft: AppDraft) -> None:
    for formula in draft.formulas:
        for kind, literal, known in named(draft, formula.expression.tree) if formula.expression else ():
            if known is not None and literal.value not in known:
                said(draft, formula, kind, literal, known)


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
    hint = phrases.meant(literal.value, known)
    draft.problems.add(
        at(formula, literal.start, formula.node.text[literal.start : literal.start + len(literal.value) + 2]),
        kind.code,
        f"没有{kind.words['zh']}“{literal.value}”{hint['zh']}",
        f"There is no {kind.words['en']} “{literal.value}”{hint['en']}",
    )
