"""From language 0, in which definitions were drafted before the first release, to language 1. docs/howto/upgrade.md lists what changes."""

import re
from collections.abc import Iterator

from builder.nodes import Mapping, Node, Path, Scalar, mapping
from builder.upgrading.edits import Edit, LastCase, Rename, Within, Write, walk

APP = {"name": "title", "department": "owner", "keep": "retention"}
FIELD = {"label": "title", "x-show": "x-visible", "x-formula": "x-compute"}
STEP = {"task": "handle", "approver": "who", "deadline": "due", "mode": "decide"}
#: what `mode` could be
DECIDE = {"together": "all", "either": "any-decision", "in-turn": "in-order"}
#: where expressions stand
EXPRESSIONS = {"who", "when", "that", "x-visible", "x-compute", "x-required", "escalate", "transfer", "until"}
DEPARTMENT = re.compile(r"\bapplicant\.dept\b")


def renamed(node: Node | None, path: Path, names: dict[str, str]) -> Iterator[Edit]:
    for old, new in names.items():
        if isinstance(node, Mapping) and old in node.entries:
            yield Rename(path, old, new)


def app(root: Node) -> Iterator[Edit]:
    """name, department and keep are called title, owner and retention."""
    yield from renamed(root, (), APP)


def english(root: Node) -> Iterator[Edit]:
    """The translation of an app's name is that of its title."""
    whole = mapping(root)
    yield from renamed(whole.get("app") if whole else None, ("app",), {"name": "title"})


def fields(root: Node) -> Iterator[Edit]:
    """label, x-show and x-formula of fields and columns are called title, x-visible and x-compute."""
    for path, node in walk(root):
        if len(path) > 1 and path[-2] == "properties":
            yield from renamed(node, path, FIELD)


def sections(root: Node) -> Iterator[Edit]:
    """x-sections is called x-layout, and the title of a section is its section."""
    yield from renamed(root, (), {"x-sections": "x-layout"})
    for path, node in walk(root):
        if len(path) == 2 and path[0] == "x-layout" and "section" not in getattr(node, "entries", {}):
            yield from renamed(node, path, {"title": "section"})


def steps(root: Node) -> Iterator[Edit]:
    """task, approver, deadline and mode are called handle, who, due and decide."""
    for path, node in walk(root):
        if len(path) > 1 and path[-2] == "steps" and isinstance(node, Mapping):
            # a call has had a mode of its own all along
            yield from renamed(node, path, {old: new for old, new in STEP.items() if old != "mode" or "call" not in node.entries})


def deciding(root: Node) -> Iterator[Edit]:
    """together, either and in-turn are written all, any-decision and in-order."""
    for path, node in walk(root):
        if path and path[-1] == "decide" and isinstance(node, Scalar) and node.text in DECIDE:
            right = DECIDE[node.text]
            yield Write(path, right, right)


def jumps(root: Node) -> Iterator[Edit]:
    """The `to` of an action is called go."""
    for path, node in walk(root):
        if len(path) > 1 and path[-2] == "actions":
            yield from renamed(node, path, {"to": "go"})


def otherwise(root: Node) -> Iterator[Edit]:
    """What stood under `else` beside the cases is the last of the cases."""
    for path, node in walk(root):
        if isinstance(node, Mapping) and {"branch", "cases", "else"} <= set(node.entries):
            yield LastCase(path, "else")


def departments(root: Node) -> Iterator[Edit]:
    """applicant.dept is written applicant.department."""
    for path, node in walk(root):
        if path and path[-1] in EXPRESSIONS and isinstance(node, Scalar) and DEPARTMENT.search(node.text):
            yield Within(path, DEPARTMENT, "applicant.department")


CHANGES = (
    (r"app\.yaml", app),
    (r"i18n/en\.yaml", english),
    (r"form\.yaml", fields),
    (r"form\.yaml", sections),
    (r"form\.yaml", departments),
    # first, since the steps in it are found as steps only afterwards
    (r"flow\.yaml", otherwise),
    (r"flow\.yaml", steps),
    (r"flow\.yaml", deciding),
    (r"flow\.yaml", jumps),
    (r"flow\.yaml", departments),
)
