"""Who acts, taken apart: `user("li-min") + user("wang-qiang")` is two terms of a kind with a value each. What is written otherwise stays CEL."""

import re
from typing import NamedTuple

from builder.meaning.spoken import Speaker
from forms.form import Field
from forms.texts import Text
from workflows.people import Organisation


class Way(NamedTuple):
    """A way of naming people that needs no CEL."""

    id: str
    title: Text
    #: what its value is: person, role, post, department, field, levels; "" for none
    value: str
    #: as CEL, {} for the value
    form: str


def _way(id: str, zh: str, en: str, value: str, form: str) -> Way:
    return Way(id, {"zh": zh, "en": en}, value, form)


WAYS: dict[str, Way] = {
    way.id: way
    for way in (
        _way("people", "指定人员", "People by name", "person", 'user("{}")'),
        _way("head", "部门负责人", "Head of the applicant's department", "", "head_of(applicant.department)"),
        _way("role", "角色", "A role", "role", 'role("{}")'),
        _way("role-here", "角色（按申请人部门）", "A role, for the applicant's department", "role", 'role("{}", applicant.department)'),
        _way("deputy", "分管领导", "Deputy heads of the applicant's department", "", "deputy_of(applicant.department)"),
        _way("heads", "逐级负责人", "Heads, one level after the other", "levels", "heads_of(applicant.department, {})"),
        _way("post", "岗位", "A post", "post", 'post("{}")'),
        _way("post-here", "岗位（申请人部门内）", "A post in the applicant's department", "post", 'post("{}", applicant.department)'),
        _way("department", "部门全体", "Everyone in a department", "department", 'department("{}")'),
        _way("head-of", "某部门负责人", "Head of a department", "department", 'head_of("{}")'),
        _way("field", "表单中的人员", "Whoever a field names", "field", "user({})"),
        _way("applicant", "申请人本人", "The applicant", "", "applicant"),
    )
}
#: besides those that `start.who` alone has
EVERYONE = "everyone"

_VALUE = {"person": r"([a-z][a-z0-9-]*)", "role": r"([a-z][a-z0-9-]*)", "post": r"([a-z][a-z0-9-]*)", "department": r"([a-z][a-z0-9-]*)",
          "field": r"([a-z][a-z0-9_]*)", "levels": r"(\d+)"}  # fmt: skip


def _pattern(way: Way) -> re.Pattern[str]:
    before, _, after = way.form.partition("{}")
    loose = [re.escape(part).replace(r"\ ", r"\s*").replace('"', "[\"']") for part in (before, after)]
    return re.compile(loose[0] + _VALUE.get(way.value, "") + loose[1] + r"\Z")


_PATTERNS = {id: _pattern(way) for id, way in WAYS.items()}


class Term(NamedTuple):
    """People by one way of naming them."""

    way: str
    value: str


def read(text: str) -> list[Term] | None:
    """The terms of an expression; None where it says more than these can."""
    found: list[Term] = []
    for part in _sum(text):
        term = next((Term(id, match[1] if match.groups() else "") for id, rule in _PATTERNS.items() if (match := rule.match(part))), None)
        if term is None:
            return None
        found.append(term)
    return found


def _sum(text: str) -> list[str]:
    """The parts between pluses that stand in no brackets; no string of these has a bracket or a plus."""
    found, depth, part = list[str](), 0, ""
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            found.append(part.strip())
            part = ""
        else:
            part += sign
    return [*found, part.strip()]


def write(terms: list[Term]) -> str:
    """The terms as CEL."""
    return " + ".join(WAYS[term.way].form.replace("{}", term.value) for term in terms)


def say(term: Term, fields: dict[str, Field], people: Organisation | None) -> Text:
    """A term in words, by the names of the organisation."""
    way, value = WAYS[term.way], term.value
    match way.value:
        case "person":
            name = next((person.name for person in people.people if person.id == value), value) if people else value
            return {"zh": name, "en": name}
        case "role" | "post" | "department":
            lists = {"role": people.roles, "post": people.posts, "department": people.departments} if people else {}
            title = next((item.title for item in lists.get(way.value, ()) if item.id == value), {"zh": value})
            zh, en = title["zh"], title.get("en") or title["zh"]
            words = {
                "role": ("角色：{}", "role “{}”"),
                "role-here": ("角色：{}（按申请人部门）", "role “{}” for the applicant's department"),
                "post": ("岗位：{}", "post “{}”"),
                "post-here": ("本部门{}", "“{}” of the applicant's department"),
                "department": ("{}全体", "everyone in “{}”"),
                "head-of": ("{}负责人", "head of “{}”"),
            }[way.id]
            return {"zh": words[0].format(zh), "en": words[1].format(en)}
        case "field":
            found = fields.get(value)
            title = found.title if found else {"zh": value}
            return {"zh": f"“{title['zh']}”所填的人", "en": f"whoever “{title.get('en') or title['zh']}” names"}
        case "levels":
            return {"zh": f"逐级 {value} 级负责人", "en": f"{value} levels of heads"}
        case _:
            return way.title


def sentence(text: str, speaker: Speaker, compiled: object) -> Text:
    """Who is meant, in words: by the terms, by what the compiled expression says, or as it is written."""
    if text == EVERYONE:
        return {"zh": "所有人", "en": "Everyone"}
    terms = read(text) if text else None
    if terms is not None:
        said = [say(term, speaker.fields, speaker.organisation) for term in terms]
        return {"zh": "、".join(each["zh"] for each in said), "en": ", ".join(each["en"] for each in said)}
    from forms.expressions import Expression

    return (
        speaker.say(compiled)
        if isinstance(compiled, Expression)
        else {"zh": text or "还没有写由谁办理", "en": text or "Nobody is named yet"}
    )
