"""Process trees read, written and compiled as the command does it."""

from pathlib import Path

from builder import compile, source
from builder.compile import Compiled
from builder.importing import flowlong
from builder.importing.flowlong_conditions import plain
from builder.importing.written import Draft, put
from builder.nodes import Mapping, Node, items, mapping
from builder.problems import Problems
from forms.diagnostics import Diagnostic


def imported(text: str) -> tuple[Draft | None, list[Diagnostic]]:
    """What becomes of a tree."""
    problems = Problems()
    root = source.load(text, "tree.json", problems)
    found = flowlong.read(root, "imported", "office", problems) if root else None
    return found, problems.in_order()


def compiled(draft: Draft, folder: Path) -> Compiled:
    """The files of the app, compiled where nobody knows its people."""
    put(draft.files(), folder / "apps" / "imported")
    return compile.compile_workspace(folder / "apps" / "imported")


def unaccounted(text: str, draft: Draft, problems: list[Diagnostic]) -> list[str]:
    """The nodes of a tree that became no step and that no report points at."""
    root = source.load(text, "tree.json", Problems())
    titles = {line.partition("title: ")[2].partition(",")[0].strip("' }") for line in draft.files()["flow.yaml"].splitlines()}
    places = {(problem.place.line, problem.place.column) for problem in problems}
    return [
        plain(node, "nodeName") or ""
        for node in _nodes(mapping(root.get("nodeConfig") if isinstance(root, Mapping) else None))
        if plain(node, "type") not in ("0", "3", "-1") and plain(node, "nodeName") not in titles and not places & _own(node)
    ]


def _own(node: Mapping) -> set[tuple[int, int]]:
    """Where the keys of a node stand, and of the jumps it makes; its children's not among them."""
    entries = [
        *node.entries.values(),
        *(entry for part in items(node.get("routeNodes")) if (jump := mapping(part)) for entry in jump.entries.values()),
    ]
    found = [node.source.place(entry.key.start) for entry in entries]
    return {(place.line, place.column) for place in found}


def _nodes(node: Node | None) -> list[Mapping]:
    found = mapping(node)
    if found is None:
        return []
    inner = [part for key in ("conditionNodes", "parallelNodes", "inclusiveNodes") for part in items(found.get(key))]
    return [found, *(below for part in [*inner, found.get("childNode")] for below in _nodes(part))]
