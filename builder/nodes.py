"""What a YAML file says, as a tree in which every value and every key knows its place."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

from forms.diagnostics import Place

#: Keys of mappings and places in sequences, from the root down.
Path = tuple[str | int, ...]

LINE_BREAK = re.compile("\r\n|\r|\n")


class Source:
    """The text of one file, and where its lines begin."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        #: where each line begins, and one past the end
        self.starts = [0, *(match.end() for match in LINE_BREAK.finditer(text)), len(text) + 1]
        # ten thousand problems in one long line share it
        self._lines: dict[int, str] = {}

    def place(self, index: int) -> Place:
        """The place of the code point at ``index``."""
        line = self.line(index)
        return Place(self.file, line + 1, index - self.starts[line] + 1)

    def line(self, index: int) -> int:
        """The line of ``index``, counted from 0."""
        return min(bisect_right(self.starts, index), len(self.starts) - 1) - 1

    def line_text(self, line: int) -> str:
        """Line number ``line``, counted from 0, without its break."""
        if line not in self._lines:
            self._lines[line] = self.text[self.starts[line] : self.starts[line + 1]].rstrip("\r\n")
        return self._lines[line]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a source to point at."""

    source: Source
    start: int
    end: int


@final
@dataclass(slots=True, eq=False)
class Scalar:
    """One value. ``text`` is what was written, ``value`` what it means: text unless plain and clearly something else."""

    source: Source
    start: int
    end: int
    text: str
    value: str | int | float | bool | None
    #: "" plain, "'", '"', "|" or ">"
    style: str

    @property
    def mark(self) -> Mark:
        return Mark(self.source, self.start, self.end)


@final
@dataclass(slots=True, eq=False)
class Sequence:
    """Values in order."""

    source: Source
    start: int
    end: int
    items: list["Node"]

    @property
    def mark(self) -> Mark:
        first = self.items[0] if self.items else None
        return first.mark if first and first.start == self.start else Mark(self.source, self.start, self.start + 1)


@final
@dataclass(slots=True, eq=False)
class Mapping:
    """Values by key; keys are text however they look, and none is there twice."""

    source: Source
    start: int
    end: int
    entries: dict[str, "Entry"]

    @property
    def mark(self) -> Mark:
        first = next(iter(self.entries.values()), None)
        return first.key.mark if first and first.key.start == self.start else Mark(self.source, self.start, self.start + 1)

    def get(self, key: str) -> "Node | None":
        """What is written under ``key``; None when nothing is, not even the key."""
        entry = self.entries.get(key)
        return entry.value if entry else None

    def key(self, key: str) -> Scalar:
        """The key itself as written, to point at."""
        return self.entries[key].key

    def items(self) -> Iterator[tuple[str, "Node"]]:
        for name, entry in self.entries.items():
            yield name, entry.value


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: Scalar
    value: "Node"


Node = Scalar | Sequence | Mapping


def data(node: Node) -> Any:
    """The plain value of ``node``: dict, list, str, int, float, bool or None."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    return {key: data(value) for key, value in node.items()}


def find(node: Node, path: Path) -> Node:
    """The node at ``path`` below ``node``, or the deepest one on the way there."""
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            node = node.entries[part].value
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            break
    return node


def mapping(node: Node | None) -> Mapping | None:
    """``node`` if it is a mapping."""
    return node if isinstance(node, Mapping) else None


def items(node: Node | None) -> list[Node]:
    """The items of a sequence; none when it is not one."""
    return node.items if isinstance(node, Sequence) else []


def words(node: Node | None) -> str | None:
    """The text of a scalar that is text; None when it is anything else."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None
