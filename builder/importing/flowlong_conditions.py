"""The conditions of a process tree as expressions, and the fields that they need: their form is not in the file."""

import math
from dataclasses import dataclass, field
from typing import Any

from builder.importing.names import Names
from builder.nodes import Mapping, Node, Scalar, items, mapping
from builder.problems import Problems
from builder.rules.field_names import OURS
from forms import scope

ORDERED = {">": ">", ">=": ">=", "<": "<", "<=": "<="}
EQUAL = {"==": "==", "=": "==", "!=": "!="}


@dataclass(slots=True)
class Fields:
    """The fields that a tree speaks of, and those that the import adds for what applicants choose."""

    names: Names = field(default_factory=lambda: Names((*scope.RESERVED, *OURS, "details"), joined="_", prefix="field"))
    titles: dict[str, str] = field(default_factory=dict[str, str])
    #: compared as numbers somewhere
    numbers: set[str] = field(default_factory=set[str])
    people: set[str] = field(default_factory=set[str])

    def learn(self, node: Node) -> None:
        """Finds every condition below ``node`` once, before any is written: the kind of a field shows from all its uses."""
        found = mapping(node)
        if found is None:
            for item in items(node):
                self.learn(item)
            return
        name, operator = plain(found, "field"), plain(found, "operator")
        if name and operator:
            id = self.names.of(name)
            self.titles.setdefault(id, titled(plain(found, "label") or name))
            if operator in ORDERED and number(plain(found, "value")) is not None:
                self.numbers.add(id)
        for inner in (entry.value for entry in found.entries.values()):
            self.learn(inner)

    def person(self, name: str, title: str) -> str:
        """A new field in which the applicant names somebody."""
        id = self.names.fresh(name)
        self.titles[id] = title
        self.people.add(id)
        return id

    def properties(self) -> dict[str, Any]:
        """The fields as form.yaml has them."""
        return {id: {"title": title, **self._kind(id)} for id, title in self.titles.items()}

    def _kind(self, id: str) -> dict[str, Any]:
        if id in self.people:
            return {"$ref": "std:person"}
        return {"type": "number"} if id in self.numbers else {"type": "string", "maxLength": 100}


def condition(groups: Node | None, fields: Fields, problems: Problems) -> str | None:
    """One of the groups holds, every comparison in it; None when there is nothing to compare, which is the way of all others."""
    found = [group for node in items(groups) if (group := _all(node, fields, problems))]
    return " || ".join(f"({group})" if " && " in group and len(found) > 1 else group for group in found) or None


def _all(group: Node, fields: Fields, problems: Problems) -> str:
    return " && ".join(_one(item, fields, problems) for item in (items(group) or [group]) if isinstance(item, Mapping))


def _one(node: Mapping, fields: Fields, problems: Problems) -> str:
    id, operator, value = fields.names.of(plain(node, "field") or ""), plain(node, "operator") or "", plain(node, "value") or ""
    if id in fields.numbers and operator in (ORDERED | EQUAL) and (amount := number(value)) is not None:
        return f"{id} {(ORDERED | EQUAL)[operator]} {amount}"
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if operator in EQUAL and id not in fields.numbers:
        return f"{id} {EQUAL[operator]} {quoted}"
    if operator in ("include", "notinclude") and id not in fields.numbers:
        return f"{'!' if operator == 'notinclude' else ''}{id}.contains({quoted})"
    problems.add(
        node,
        "import-no-equal",
        f"条件“{plain(node, 'field')} {operator} {value}”没有对应的写法，这里永远不成立",
        f"Nothing here is the equal of the condition “{plain(node, 'field')} {operator} {value}”: here it never holds",
        severity="warning",
    )
    return "false"


def number(text: str | None) -> float | None:
    """``text`` as a number with a decimal point, which is what a field of numbers is compared with."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def titled(text: str) -> str:
    """``text`` no longer than a title may be."""
    return text.strip()[:200] or "…"


def plain(node: Mapping, key: str) -> str | None:
    """What is written under ``key``, as text."""
    found = node.get(key)
    return None if not isinstance(found, Scalar) or found.value is None else found.text
