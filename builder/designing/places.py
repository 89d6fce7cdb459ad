"""Where fields, sections and steps lie in the files of an app, and what a place in a file is about.

What a page selects is named "field:budget", "field:companions.phone", "section:0", "step:finance", or "file:app.yaml" for all else.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from builder.designing.work import FLOW, FORM, Work
from builder.flow_file import KINDS
from builder.nodes import Mapping, Node, Path, Sequence, find, items, mapping, words
from forms.diagnostics import Diagnostic, Place


class FieldPlace(NamedTuple):
    """A field, a column of a table or a field of a group."""

    #: "budget", "companions.phone"
    name: str
    #: in form.yaml
    path: Path
    node: Node


class StepPlace(NamedTuple):
    """A step, wherever it is nested."""

    id: str
    kind: str
    #: in flow.yaml
    path: Path
    node: Mapping

    @property
    def block(self) -> Path:
        """The list of steps that holds it."""
        return self.path[:-1]


def fields(work: Work) -> Iterator[FieldPlace]:
    """Every field of form.yaml in the order of the file, each followed by those it holds."""
    if FORM in work.texts:
        yield from _fields(work.root(FORM), (), "")


def _fields(holder: Node, path: Path, within: str) -> Iterator[FieldPlace]:
    declared = mapping(holder.get("properties")) if isinstance(holder, Mapping) else None
    for name, node in declared.items() if declared else ():
        here = (*path, "properties", name)
        yield FieldPlace(within + name, here, node)
        if isinstance(node, Mapping):
            inner = node.get("items")
            held, below = (node, here) if "properties" in node.entries else (inner, (*here, "items"))
            if held is not None:
                yield from _fields(held, below, f"{within}{name}.")


def field(work: Work, name: str) -> FieldPlace:
    """The field called ``name``. Raises Refused."""
    found = next((each for each in fields(work) if each.name == name), None)
    return found or work.refuse(f"没有字段“{name}”，可能刚被改动", f"There is no field “{name}”: it may have been changed just now")


def steps(work: Work) -> Iterator[StepPlace]:
    """Every step of flow.yaml from top to bottom, each followed by those it holds."""
    if FLOW in work.texts:
        root = work.root(FLOW)
        if isinstance(root, Mapping):
            yield from _steps(root.get("steps"), ("steps",))


def _steps(block: Node | None, path: Path) -> Iterator[StepPlace]:
    for number, node in enumerate(items(block)):
        kind = next((kind for kind in KINDS if isinstance(node, Mapping) and kind in node.entries), None)
        if not isinstance(node, Mapping) or kind is None:
            continue
        here = (*path, number)
        yield StepPlace(words(node.get(kind)) or "", kind, here, node)
        for key in ("cases", "branches"):
            for inner, part in enumerate(items(node.get(key))):
                if isinstance(part, Mapping):
                    yield from _steps(part.get("steps"), (*here, key, inner, "steps"))


def step(work: Work, id: str) -> StepPlace:
    """The step called ``id``. Raises Refused."""
    found = next((each for each in steps(work) if each.id == id), None)
    return found or work.refuse(f"没有节点“{id}”，可能刚被改动", f"There is no step “{id}”: it may have been changed just now")


class Located(NamedTuple):
    """A problem with what it is about."""

    problem: Diagnostic
    #: in the folder of the app; "" elsewhere
    file: str
    #: "field:budget", "step:finance", "section:0", "file:app.yaml"
    about: str
    #: of the deepest value there, in its file
    path: Path


def located(work: Work, app: str, problems: list[Diagnostic]) -> list[Located]:
    """Each problem beside the thing that it concerns."""
    return [_located(work, app, problem) for problem in problems]


def _located(work: Work, app: str, problem: Diagnostic) -> Located:
    _, inside, file = problem.place.file.rpartition(f"apps/{app}/")
    if not inside or file not in work.texts:
        return Located(problem, "", "", ())
    try:
        root = work.root(file)
    except Exception:  # noqa: BLE001 -- Unreadable, which is what the problem says
        return Located(problem, file, f"file:{file}", ())
    path = at(root, problem.place)
    return Located(problem, file, about(root, file, path), path)


def at(root: Node, place: Place) -> Path:
    """The path of the deepest value of the file that ``place`` lies in or whose key it lies in."""
    starts = root.source.starts
    if place.line >= len(starts):
        return ()
    index = starts[place.line - 1] + place.column - 1
    path: Path = ()
    node = root
    while (found := _below(node, index)) is not None:
        part, node = found
        path = (*path, part)
    return path


def _below(node: Node, index: int) -> tuple[str | int, Node] | None:
    if isinstance(node, Mapping):
        for name, entry in node.entries.items():
            if entry.key.start <= index < max(entry.value.end, entry.key.end + 1):
                return name, entry.value
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            if item.start <= index < item.end:
                return number, item
    return None


def about(root: Node, file: str, path: Path) -> str:
    """What a page selects to show ``path``."""
    if file == FORM:
        names = [part for before, part in itertools.pairwise(path) if before == "properties"]
        if names:
            return "field:" + ".".join(map(str, names))
        if path[:1] == ("x-layout",) and len(path) > 1:
            return f"section:{path[1]}"
        if path[:1] == ("required",) and len(path) > 1:
            return f"field:{words(find(root, path[:2]))}"
    if file == FLOW:
        for depth in range(len(path), 0, -1):
            node = find(root, path[:depth])
            if isinstance(path[depth - 1], int) and isinstance(node, Mapping):
                kind = next((kind for kind in KINDS if kind in node.entries), None)
                if kind is not None and depth > 1 and path[depth - 2] == "steps":
                    return f"step:{words(node.get(kind)) or ''}"
    return f"file:{file}"
