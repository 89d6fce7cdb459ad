"""The changes of a YAML text: each knows its splices and, to be held against them, what it does to the plain data.

Paths are of the text before the change. All else stays byte for byte: comments, order, quotes, blank lines, unknown parts.
"""

import copy
import re
from dataclasses import dataclass
from typing import Any, Protocol

from builder.designing import writing
from builder.designing.layout import TAIL, Layout, Refused, several_lines
from builder.nodes import Mapping, Node, Path, Scalar, Sequence
from builder.nodes import data as data_of
from builder.upgrading.edits import shifted

#: start, end and what stands there afterwards, by index
Splice = tuple[int, int, str]


class Change(Protocol):
    """One change of one file."""

    def splices(self, layout: Layout) -> list[Splice]:
        """What changes in the text, none touching another. Raises Refused."""
        ...

    def on(self, data: Any) -> Any:
        """The data with the same change; ``data`` may be changed in place."""
        ...


@dataclass(frozen=True, slots=True)
class Set:
    """At ``path`` stands ``value``; a key that is not there comes last in its mapping."""

    path: Path
    value: Any

    def splices(self, layout: Layout) -> list[Splice]:
        if not self.path:
            raise Refused({"zh": "不能替换整个文件", "en": "A whole file is not replaced"})
        around = layout.collection(self.path[:-1])
        last = self.path[-1]
        if isinstance(around, Mapping) and last not in around.entries:
            return Insert(self.path[:-1], len(around.entries), self.value, str(last)).splices(layout)
        return [_Placed(layout, around, layout.node(self.path), last).written(self.value)]

    def on(self, data: Any) -> Any:
        _at(data, self.path[:-1])[self.path[-1]] = self.value
        return data


@dataclass(frozen=True, slots=True)
class _Placed:
    """A value that stands somewhere."""

    layout: Layout
    around: Mapping | Sequence
    node: Node
    last: str | int

    def written(self, value: Any) -> Splice:
        layout, node, text = self.layout, self.node, self.layout.text
        tight = layout.braced(self.around)
        slot = self._slot(tight)
        end = max(layout.end(node), slot)
        start = node.start if node.start != node.end else slot
        column = layout.column(self.around)
        gap = text[slot:start]
        comment = self._comment(gap, end) if not tight else ""
        style = node.style if isinstance(node, Scalar) else ""
        if tight:
            new = writing.scalar(value, style, tight=True) if isinstance(value, str) else writing.flow(value)
            needs_space = start == slot and text[slot - 1 : slot] == ":"
            return (start, end, f" {new}" if needs_space else new)
        if isinstance(self.around, Mapping):
            new = self._entry_value(value, column, style)
        else:
            new = writing.block(value, column + 2, layout.newline, style=style)
        if several_lines(new):
            # what grows to several lines must not swallow the comment behind it: that one stays beside the key
            tail = TAIL.match(text, end)
            kept = comment + (tail[0] if tail else "")
            stop = tail.end() if tail else end
            if new.startswith(("|", ">")):
                head, _, rest = new.partition(layout.newline)
                return slot, stop, f" {head}{kept}{layout.newline}{rest}"
            if isinstance(self.around, Mapping) or kept:
                return slot, stop, f"{kept}{layout.newline}{' ' * (column + 2)}{new.lstrip(' ')}"
            return slot, stop, f" {new}"
        if several_lines(gap) or comment or start == slot:
            return slot, end, f" {new}{comment}"
        return start, end, new

    def _slot(self, tight: bool) -> int:
        """Where the value may begin: behind the colon or the dash."""
        layout = self.layout
        if isinstance(self.around, Mapping):
            return layout.colon(self.around.key(str(self.last)), self.node)
        return self.node.start if tight else layout.heads(self.around)[int(self.last)] + 1

    def _comment(self, gap: str, end: int) -> str:
        """The one beside the key of a value that begins below it, or behind the head of a literal block."""
        match = re.match(r"[ \t]+(#[^\r\n]*)", gap)
        found = f" {match[1]}" if match else ""
        if isinstance(self.node, Scalar) and self.node.style in ("|", ">"):
            head = re.match(r"[|>][0-9+-]*([ \t]+#[^\r\n]*)", self.layout.text[self.node.start : end])
            found += head[1] if head else ""
        return found

    def _entry_value(self, value: Any, column: int, style: str) -> str:
        newline = self.layout.newline
        was_block = isinstance(self.node, Mapping | Sequence) and not self.layout.braced(self.node)
        if (writing.is_mapping(value) or writing.is_list(value)) and value:
            return writing.block(value, column + 2, newline, spread=was_block)
        if isinstance(value, str) and "\n" in value:
            return writing.literal(value, column + 2, newline) or writing.scalar(value, style)
        return writing.block(value, column + 2, newline, style="" if style in ("|", ">") else style)


@dataclass(frozen=True, slots=True)
class Insert:
    """``value`` becomes item ``at`` of the collection at ``path``, in a mapping under ``key``. ``spread``: written below each other."""

    path: Path
    at: int
    value: Any
    key: str | None = None
    spread: bool = False

    def splices(self, layout: Layout) -> list[Splice]:
        node = layout.node(self.path)
        if (node.value is None) if isinstance(node, Scalar) else not _items(node):
            return self._first(layout)
        node = layout.collection(self.path)
        if isinstance(node, Mapping) and self.key in node.entries:
            raise Refused({"zh": f"已经有“{self.key}”", "en": f"There is a “{self.key}” already"})
        column, newline = layout.column(node), layout.newline
        if layout.braced(node):
            if layout.text[node.start] not in "[{":
                raise Refused({"zh": "这里要在“源码”里改", "en": "Change this in “Source”"})
            new = writing.flow(self.value) if self.key is None else f"{writing.scalar(self.key, tight=True)}: {writing.flow(self.value)}"
            gap = ", "
        else:
            if self.key is not None:
                new = writing.entry(self.key, self.value, column, newline, spread=self.spread)
            else:
                new = f"- {writing.block(self.value, column + 2, newline, spread=self.spread)}"
            gap = newline + " " * column
        return [_inserted(layout, node, self.at, new, gap)]

    def _first(self, layout: Layout) -> list[Splice]:
        value: Any = {self.key: self.value} if self.key is not None else [self.value]
        if not self.path:
            return [(layout.root.start, layout.root.end, writing.block(value, 0, layout.newline, spread=True))]
        around = layout.collection(self.path[:-1])
        placed = _Placed(layout, around, layout.node(self.path), self.path[-1])
        # what will hold more of its kind is begun below its key, a list of names stays on its line
        below = self.spread or self.key is not None or writing.is_mapping(self.value)
        if layout.braced(around) or not below or not isinstance(around, Mapping):
            return [placed.written(value)]
        node = layout.node(self.path)
        slot = layout.colon(around.key(str(self.path[-1])), node)
        column = layout.column(around) + 2
        if self.key is not None:
            new = writing.entry(self.key, self.value, column, layout.newline, spread=self.spread)
        else:
            new = f"- {writing.block(self.value, column + 2, layout.newline, spread=self.spread)}"
        tail = TAIL.match(layout.text, max(node.end, slot))
        kept = tail[0] if tail else ""
        return [(slot, tail.end() if tail else max(node.end, slot), f"{kept}{layout.newline}{' ' * column}{new}")]

    def on(self, data: Any) -> Any:
        if not self.path and data is None:
            data = _empty(self.key)
        around = _at(data, self.path)
        if around is None:
            around = _empty(self.key)
            _at(data, self.path[:-1])[self.path[-1]] = around
        _put(around, self.at, self.value, self.key)
        return data


@dataclass(frozen=True, slots=True)
class Remove:
    """What stands at ``path`` goes, with its key and its comments."""

    path: Path

    def splices(self, layout: Layout) -> list[Splice]:
        layout.node(self.path)
        node = layout.collection(self.path[:-1])
        number = _number(node, self.path[-1])
        items = _items(node)
        if len(items) == 1:
            return self._only(layout, node)
        text, chunks, braced = layout.text, layout.chunks(node), layout.braced(node)
        own = chunks[number]
        if number + 1 < len(chunks):
            before = text[chunks[number - 1].end : own.start] if number else "#"
            after = text[own.end : chunks[number + 1].start]
            if "#" not in after and (not number or len(after) >= len(before) or "#" in before):
                return [(own.start, chunks[number + 1].start, "")]
            if number and "#" not in before:
                return [(chunks[number - 1].end, own.end, "")]
            if braced:
                kept = re.sub(r"^\s*,", "", after) if number else after.split(",", 1)[1].lstrip(" ")
                return [(own.start, chunks[number + 1].start, kept)]
            return [(own.start, chunks[number + 1].start, after.lstrip())]
        before = text[chunks[number - 1].end : own.start]
        if "#" not in before:
            return [(chunks[number - 1].end, own.end, "")]
        if braced:
            comma = re.match(r"(\s*,)?", text[own.end :])
            return [(own.start, own.end + (len(comma[0]) if comma else 0), "")]
        return [(chunks[number - 1].end + len(before.rstrip()), own.end, "")]

    def _only(self, layout: Layout, node: Mapping | Sequence) -> list[Splice]:
        empty: Any = {} if isinstance(node, Mapping) else []
        if layout.braced(node):
            return [(node.start, node.end, writing.flow(empty))]
        if len(self.path) == 1:
            return [(node.start, layout.end(node), writing.flow(empty))]
        around = layout.collection(self.path[:-2])
        return [_Placed(layout, around, node, self.path[-2]).written(empty)]

    def on(self, data: Any) -> Any:
        del _at(data, self.path[:-1])[self.path[-1]]
        return data


@dataclass(frozen=True, slots=True)
class Rename:
    """The key at ``path`` is called ``new``; its place among the others stays."""

    path: Path
    new: str

    def splices(self, layout: Layout) -> list[Splice]:
        layout.node(self.path)
        node = layout.collection(self.path[:-1])
        if not isinstance(node, Mapping) or self.new in node.entries:
            raise Refused({"zh": f"已经有“{self.new}”", "en": f"There is a “{self.new}” already"})
        key = node.key(str(self.path[-1]))
        return [(key.start, key.end, writing.scalar(self.new, key.style, tight=layout.braced(node)))]

    def on(self, data: Any) -> Any:
        around = _at(data, self.path[:-1])
        entries = [(self.new if name == self.path[-1] else name, value) for name, value in around.items()]
        around.clear()
        around.update(entries)
        return data


@dataclass(frozen=True, slots=True)
class Move:
    """What stands at ``path`` becomes item ``to`` of the same collection, its comments with it; ``to`` counts without it."""

    path: Path
    to: int

    def splices(self, layout: Layout) -> list[Splice]:
        layout.node(self.path)
        node = layout.collection(self.path[:-1])
        chunks, text = layout.chunks(node), layout.text
        pieces = [text[chunk.start : chunk.end] for chunk in chunks]
        gaps = [text[chunks[n].end : chunks[n + 1].start] for n in range(len(chunks) - 1)]
        number, to = _number(node, self.path[-1]), max(0, min(self.to, len(chunks) - 1))
        low, high = min(number, to), max(number, to)
        pieces.insert(to, pieces.pop(number))
        new = "".join(piece + (gaps[n] if low <= n < high else "") for n, piece in enumerate(pieces) if low <= n <= high)
        return [(chunks[low].start, chunks[high].end, new)] if low != high else []

    def on(self, data: Any) -> Any:
        around = _at(data, self.path[:-1])
        if writing.is_list(around):
            around.insert(self.to, around.pop(int(self.path[-1])))
            return data
        entries = [(name, value) for name, value in around.items() if name != self.path[-1]]
        entries.insert(self.to, (self.path[-1], around[self.path[-1]]))
        around.clear()
        around.update(entries)
        return data


@dataclass(frozen=True, slots=True)
class Copy:
    """What stands at ``path`` stands once more as item ``at`` of the collection at ``into``, comments and all; in a mapping under ``key``.

    A copy between a block and braces is written anew, since neither could be read within the other.
    """

    path: Path
    into: Path
    at: int
    key: str | None = None

    def splices(self, layout: Layout) -> list[Splice]:
        node = layout.node(self.path)
        home = layout.collection(self.path[:-1])
        target = layout.node(self.into)
        if (
            isinstance(target, Scalar)
            or not _items(target)
            or layout.braced(target)
            or layout.braced(home)
            or type(target) is not type(home)
        ):
            return Insert(self.into, self.at, data_of(node), self.key, spread=not layout.braced(home)).splices(layout)
        if isinstance(target, Mapping) and self.key in target.entries:
            raise Refused({"zh": f"已经有“{self.key}”", "en": f"There is a “{self.key}” already"})
        written = self._written(layout, home, target)
        return [_inserted(layout, target, self.at, written, layout.newline + " " * layout.column(target))]

    def _written(self, layout: Layout, home: Mapping | Sequence, target: Mapping | Sequence) -> str:
        chunk = layout.chunks(home)[_number(home, self.path[-1])]
        written = layout.text[chunk.start : chunk.end]
        if isinstance(home, Mapping) and self.key is not None:
            key = home.key(str(self.path[-1]))
            new = writing.scalar(self.key, key.style)
            written = written[: key.start - chunk.start] + new + written[key.end - chunk.start :]
        return shifted(written, layout.column(target) - layout.column(home))

    def on(self, data: Any) -> Any:
        value = copy.deepcopy(_at(data, self.path))
        around = _at(data, self.into)
        if around is None:
            around = _empty(self.key)
            _at(data, self.into[:-1])[self.into[-1]] = around
        _put(around, self.at, value, self.key)
        return data


def _inserted(layout: Layout, node: Mapping | Sequence, at: int, new: str, gap: str) -> Splice:
    chunks = layout.chunks(node)
    if at < len(chunks):
        start = chunks[max(at, 0)].start
        return start, start, new + gap
    end = chunks[-1].end
    return end, end, gap + new


def _empty(key: str | None) -> Any:
    return [] if key is None else {}


def _items(node: Mapping | Sequence) -> list[Node]:
    return [entry.value for entry in node.entries.values()] if isinstance(node, Mapping) else node.items


def _number(node: Mapping | Sequence, last: str | int) -> int:
    return list(node.entries).index(str(last)) if isinstance(node, Mapping) else int(last)


def _put(around: Any, at: int, value: Any, key: str | None) -> None:
    if key is None:
        around.insert(at, value)
        return
    entries = list(around.items())
    entries.insert(at, (key, value))
    around.clear()
    around.update(entries)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data
