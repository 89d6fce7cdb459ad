"""Where the pieces of a YAML file lie: each item of a collection with the comments that belong to it, so that both move together.

libyaml lets a block end only where the next thing begins, past blank lines and comments, and gives dashes no place at all; both are found here.
"""

import re
from typing import NamedTuple

from builder.nodes import LINE_BREAK, Mapping, Node, Path, Scalar, Sequence, Source
from builder.problems import Problems
from builder.source import load
from forms.texts import Text

#: a comment behind something on the same line
TAIL = re.compile(r"[ \t]+#[^\r\n]*")
#: what a colon may have before it
COLON = re.compile(r"[ \t]*:")
#: not to be edited by splices: they take away what cannot be told apart afterwards
BY_HAND = frozenset({"duplicate-key", "yaml-alias", "yaml-anchor", "yaml-tag", "key-not-text", "hidden-character", "yaml-directive"})


class Refused(Exception):
    """An edit cannot be made; ``words`` say why to the person who asked."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.get("en"))
        self.words = words


class Unreadable(Refused):
    """The file is not in a state that can be edited piece by piece: it is put right as text first."""

    def __init__(self, file: str) -> None:
        super().__init__(
            {
                "zh": f"{file} 现在不能逐项修改，请先在“源码”里改正其中的错误",
                "en": f"{file} cannot be changed piece by piece now: put its errors right in “Source” first",
            }
        )


class Span(NamedTuple):
    """From an index up to before another."""

    start: int
    end: int


class Layout:
    """A file that can be edited. Raises Unreadable."""

    def __init__(self, text: str, file: str = "") -> None:
        problems = Problems()
        root = load(text, file, problems)
        if root is None or any(problem.code in BY_HAND for problem in problems.in_order()):
            raise Unreadable(file)
        self.file = file
        self.text = text
        self.root: Node = root
        self.source: Source = root.source
        self.newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"

    def node(self, path: Path) -> Node:
        """What stands at ``path``. Raises Refused."""
        node = self.root
        for part in path:
            if isinstance(node, Mapping) and str(part) in node.entries:
                node = node.entries[str(part)].value
            elif isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node.items):
                node = node.items[part]
            else:
                where = ".".join(map(str, path))
                raise Refused(
                    {
                        "zh": f"{self.file} 里已经没有 {where}，可能刚被改动",
                        "en": f"{self.file} has no {where} any more: it may have been changed just now",
                    }
                )
        return node

    def collection(self, path: Path) -> Mapping | Sequence:
        node = self.node(path)
        if isinstance(node, Scalar):
            raise Refused(
                {
                    "zh": f"{self.file} 的 {'.'.join(map(str, path))} 里放不下别的内容",
                    "en": f"{'.'.join(map(str, path))} of {self.file} holds no other things",
                }
            )
        return node

    def column(self, node: Node) -> int:
        """Counted from 0."""
        return self.source.place(node.start).column - 1

    def braced(self, node: Node) -> bool:
        """Whether a collection is written in braces (or is one pair without any, within some)."""
        if isinstance(node, Scalar):
            return False
        if self.text[node.start : node.start + 1] in ("{", "["):
            return True
        # `[a: 1]` holds a mapping that has no braces of its own
        return self.text[max(0, node.start - 200) : node.start].rstrip().endswith(("[", ","))

    def end(self, node: Node) -> int:
        """Where the content of ``node`` really ends."""
        if isinstance(node, Scalar) or self.text[node.start : node.start + 1] in ("{", "["):
            return node.end
        if isinstance(node, Mapping):
            if not node.entries:
                return node.end
            last = list(node.entries.values())[-1]
            return max(self.end(last.value), self.colon(last.key, last.value))
        return max(self.end(node.items[-1]), self.heads(node)[-1] + 1) if node.items else node.end

    def colon(self, key: Scalar, value: Node) -> int:
        """The index behind the colon of an entry. Raises Refused for keys behind a question mark."""
        match = COLON.match(self.text, key.end)
        if match:
            return match.end()
        if value.start == value.end:
            return key.end
        raise Unreadable(self.file)

    def heads(self, node: Mapping | Sequence) -> list[int]:
        """Where each item begins: its key, its dash, or in braces itself."""
        if isinstance(node, Mapping):
            return [entry.key.start for entry in node.entries.values()]
        if self.braced(node) or not node.items:
            return [item.start for item in node.items]
        column = self.column(node)
        found = [node.start]
        for item in node.items[1:]:
            line = self.source.line(item.start)
            while not self._dash(self.source.line_text(line), column):
                line -= 1
                if line < 0:
                    raise Unreadable(self.file)
            found.append(self.source.starts[line] + column)
        return found

    @staticmethod
    def _dash(line: str, column: int) -> bool:
        return line[column : column + 1] == "-" and not line[:column].strip() and line[column + 1 : column + 2] in ("", " ", "\t")

    def chunks(self, node: Mapping | Sequence) -> list[Span]:
        """Each item with the comments that belong to it: those right above, as far in as it stands, and those below it that stand further in."""
        heads, ends = self.heads(node), self._ends(node)
        if self.braced(node):
            return [Span(*pair) for pair in zip(heads, ends, strict=True)]
        column = self.column(node)
        found: list[Span] = []
        for number, head in enumerate(heads):
            start = self._first(node, number, head, ends, column)
            after = self.source.line(heads[number + 1]) if number + 1 < len(heads) else len(self.source.starts) - 1
            found.append(Span(start, self._last(ends[number], after, column)))
        return found

    def _ends(self, node: Mapping | Sequence) -> list[int]:
        if isinstance(node, Mapping):
            return [max(self.end(entry.value), self.colon(entry.key, entry.value)) for entry in node.entries.values()]
        dash = 0 if self.braced(node) else 1
        return [max(self.end(item), head + dash) for item, head in zip(node.items, self.heads(node), strict=True)]

    def _first(self, node: Node, number: int, head: int, ends: list[int], column: int) -> int:
        """Up over the comments right above ``head``."""
        line = self.source.line(head)
        if self.text[self.source.starts[line] : head].strip():
            return head
        floor = self.source.line(ends[number - 1]) if number else self._floor(line)
        start = head
        while line - 1 > floor and self.source.line_text(line - 1).startswith(" " * column + "#"):
            line -= 1
            start = self.source.starts[line] + column
        # comments at the top of a file are the file's
        top = number == 0 and node is self.root and start != head and (line == 0 or self.source.line_text(line - 1).startswith("---"))
        return head if top else start

    def _floor(self, line: int) -> int:
        """The line on which the last thing before ``line`` ends."""
        while line > 0 and (not (above := self.source.line_text(line - 1).strip()) or above.startswith("#")):
            line -= 1
        return line - 1

    def _last(self, end: int, stop: int, column: int) -> int:
        """Down over the rest of the line, and over comments that stand further in than ``column``."""
        line = self.source.line(end)
        if self.text[end : end + 1] not in ("\n", "\r"):
            end = self.source.starts[line] + len(self.source.line_text(line))
        for below in range(line + 1, stop):
            text = self.source.line_text(below)
            inner = text.lstrip(" ")
            if not inner.strip():
                continue
            if not inner.startswith("#") or len(text) - len(inner) <= column:
                break
            end = self.source.starts[below] + len(text)
        return end


def several_lines(text: str) -> bool:
    return LINE_BREAK.search(text) is not None
