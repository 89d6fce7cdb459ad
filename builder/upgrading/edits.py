"""Edits of a YAML text at node positions. Each knows its splices and, to be held against them, what it does to the plain data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from builder import fixes
from builder.nodes import Mapping, Node, Path, Scalar, Sequence, find

#: start, end and what stands there afterwards, by index
Splice = tuple[int, int, str]


class ByHand(Exception):
    """The text is written in a way that the edit cannot change without touching more than it should; ``node`` is where."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.start)
        self.node = node


class Edit(Protocol):
    """One change below the root of a file."""

    def splices(self, root: Node) -> list[Splice]:
        """What changes in the text. Raises ByHand."""
        ...

    def on(self, data: Any) -> None:
        """The same change of the plain data, in place."""
        ...


@dataclass(frozen=True, slots=True)
class Rename:
    """The key ``old`` of the mapping at ``path`` is called ``new``; its place among the others stays."""

    path: Path
    old: str
    new: str

    def splices(self, root: Node) -> list[Splice]:
        mapping = _mapping(root, self.path)
        key = mapping.key(self.old)
        if self.new in mapping.entries:
            raise ByHand(key)
        return [(key.start, key.end, fixes.scalar(self.new, key.style))]

    def on(self, data: Any) -> None:
        at = _at(data, self.path)
        entries = [(self.new if name == self.old else name, value) for name, value in at.items()]
        at.clear()
        at.update(entries)


@dataclass(frozen=True, slots=True)
class Write:
    """The scalar at ``path`` says ``text`` instead, which is read as ``value``."""

    path: Path
    text: str
    value: Any

    def splices(self, root: Node) -> list[Splice]:
        node = find(root, self.path)
        if not isinstance(node, Scalar) or node.style in ("|", ">"):
            raise ByHand(node)
        return [(node.start, node.end, self.text)]

    def on(self, data: Any) -> None:
        _at(data, self.path[:-1])[self.path[-1]] = self.value


@dataclass(frozen=True, slots=True)
class Within:
    """In the expression at ``path`` every ``old`` is written ``new``; neither holds a character that quotes would have to escape."""

    path: Path
    old: re.Pattern[str]
    new: str

    def splices(self, root: Node) -> list[Splice]:
        node = find(root, self.path)
        written = node.source.text[node.start : node.end]
        return [(node.start + match.start(), node.start + match.end(), self.new) for match in self.old.finditer(written)]

    def on(self, data: Any) -> None:
        at = _at(data, self.path[:-1])
        at[self.path[-1]] = self.old.sub(self.new, at[self.path[-1]])


@dataclass(frozen=True, slots=True)
class LastCase:
    """The steps under ``key`` of the branch at ``path`` become the last of its ``cases``: ``{otherwise: null, steps: …}``."""

    path: Path
    key: str

    def splices(self, root: Node) -> list[Splice]:
        branch = _mapping(root, self.path)
        key, steps, cases = branch.key(self.key), branch.entries[self.key].value, branch.get("cases")
        text = branch.source.text
        if not isinstance(cases, Sequence) or not cases.items or text[cases.start] == "[" or text[branch.start] == "{":
            raise ByHand(key)
        dash = column(cases.items[0]) - 2
        if _dash(cases) != dash:
            raise ByHand(key)
        first, stop = _lines(branch, key, steps)
        newline, pad = "\r\n" if "\r\n" in text else "\n", " " * dash
        comments = "".join(pad + row.lstrip(" ") for row in text[first : key.start].splitlines(keepends=True)[:-1])
        if isinstance(steps, Sequence) and steps.items and text[steps.start] == "-":
            head = _end_of_line(text, key.end)
            moved = f"{text[key.end : head]}{newline}{pad}  steps:{shifted(text[head:stop], dash + 4 - column(steps))}"
        else:
            moved = f":{newline}{pad}  steps: {text[steps.start : stop]}"
        names = list(branch.entries)
        if names.index(self.key) == names.index("cases") + 1:
            return [(first, stop, f"{comments}{pad}- otherwise{moved}")]
        at = _end_of_line(text, end(cases))
        return sorted([(at, at, f"{newline}{comments}{pad}- otherwise{moved}"), _cut(text, first, stop)], reverse=True)

    def on(self, data: Any) -> None:
        branch = _at(data, self.path)
        branch["cases"].append({"otherwise": None, "steps": branch.pop(self.key)})


def _mapping(root: Node, path: Path) -> Mapping:
    node = find(root, path)
    if not isinstance(node, Mapping):
        raise ByHand(node)
    return node


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def column(node: Node) -> int:
    """Counted from 0."""
    return node.source.place(node.start).column - 1


def end(node: Node) -> int:
    """Where the content of ``node`` ends; libyaml ends a block only where the next thing begins, past blank lines and comments."""
    if isinstance(node, Scalar):
        return node.end
    text = node.source.text
    if text[node.start : node.start + 1] in ("{", "["):
        return node.end
    leaves = (
        [entry.value if entry.value.end > entry.value.start else entry.key for entry in node.entries.values()]
        if isinstance(node, Mapping)
        else node.items
    )
    if not leaves:
        return node.end
    at = end(leaves[-1])
    # an empty value stands before its colon
    while isinstance(leaves[-1], Scalar) and text[at : at + 1] in (" ", "\t", ":"):
        at += 1
    return at


def shifted(text: str, by: int) -> str:
    """Lines below the first moved to the right or to the left; blank ones stay, and what has no room loses no text."""
    rows = text.splitlines(keepends=True)
    return "".join(_moved(row, by) if number and row.strip() else row for number, row in enumerate(rows))


def _moved(row: str, by: int) -> str:
    return " " * by + row if by >= 0 else row[min(-by, len(row) - len(row.lstrip(" "))) :]


def _lines(mapping: Mapping, key: Scalar, value: Node) -> tuple[int, int]:
    """The whole lines of an entry, with the comments right above it that stand as far in as it does."""
    source = mapping.source
    first = source.line(key.start)
    if source.text[source.starts[first] : key.start].strip():
        raise ByHand(key)
    indent = column(key)
    while (
        first > 0 and (above := source.line_text(first - 1)).lstrip(" ").startswith("#") and len(above) - len(above.lstrip(" ")) == indent
    ):
        first -= 1
    return source.starts[first], _end_of_line(source.text, max(end(value), key.end))


def _end_of_line(text: str, at: int) -> int:
    """The end of the line of ``at``, before its break."""
    match = re.compile(r"[^\r\n]*").match(text, at)
    return match.end() if match else at


def _cut(text: str, first: int, stop: int) -> Splice:
    """Lines that go, with the break behind them or, of the last line of a file, the one before."""
    match = re.compile(r"\r\n|\n|\r").match(text, stop)
    if match:
        return first, match.end(), ""
    before = re.compile(r"(?:\r\n|\n|\r)\Z").search(text[:first])
    return (before.start() if before else first), stop, ""


def _dash(cases: Sequence) -> int:
    """The column of the dash before the first case; -1 where there is none."""
    return column(cases) if cases.source.text[cases.start] == "-" else -1


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node below ``node`` with its path, outermost first."""
    yield path, node
    if isinstance(node, Mapping):
        for name, entry in node.entries.items():
            yield from walk(entry.value, (*path, name))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from walk(item, (*path, number))
