"""Turns the text of a YAML file into nodes with places; whatever the text is, the answer is nodes or problems.

libyaml parses; we build the nodes from its events on a stack of our own, so that no depth of nesting reaches a recursion,
and stop at the first event over budget. PyYAML's own composer and resolver never run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml

from builder import characters, fixes, syntax
from builder.nodes import Entry, Mapping, Mark, Node, Scalar, Sequence, Source
from builder.problems import Problems
from builder.scalars import value_of
from forms.diagnostics import Fix

#: A definition of ours has some 10 KiB, 600 nodes and a depth of 12.
MAX_BYTES = 512 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 40


@dataclass(slots=True)
class Open:
    """A collection whose end has not been read yet; ``key`` is the key that waits for its value."""

    node: Mapping | Sequence
    key: Scalar | None = None
    #: a key seen twice: its value is read and dropped
    dropped: bool = False


class TooMuch(Exception):
    """The file is over budget; the problem has been said, reading must stop."""


def load(text: str | bytes, file: str, problems: Problems) -> Node | None:
    """The nodes of ``text``, or None when it cannot be read at all; every reason is added to ``problems``."""
    decoded = characters.decode(text, file, problems, MAX_BYTES)
    if decoded is None:
        return None
    source = Source(file, decoded)
    if not characters.visible(source, problems):
        return None
    try:
        root = Reading(source, problems).run()
    except TooMuch:
        return None
    except yaml.MarkedYAMLError as error:
        syntax.explain(error, source, problems)
        return None
    if root is None or (isinstance(root, Scalar) and root.value is None):
        problems.add(Mark(source, 0, 1), "empty-file", "文件是空的", "The file is empty")
        return None
    return root


class Reading:
    """One pass over the events of one file."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.stack: list[Open] = []
        self.root: Node | None = None
        self.nodes = 0
        self.documents = 0

    def run(self) -> Node | None:
        for event in self.events():
            if isinstance(event, yaml.ScalarEvent):
                self.scalar(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self.begin(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                done = self.stack.pop().node
                done.end = event.end_mark.index
                self.put(done)
            elif isinstance(event, yaml.AliasEvent):
                self.alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self.document(event)
        return self.root

    def events(self) -> Iterator[yaml.Event]:
        # PyYAML has no type hints
        return cast(Iterator[yaml.Event], yaml.parse(self.source.text, Loader=yaml.CSafeLoader))  # pyright: ignore[reportUnknownMemberType]

    def document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            mark = self.mark(event)
            self.problems.add(
                mark,
                "several-documents",
                "一个文件只写一份定义，不能用 --- 再开始一份",
                "One file holds one definition: no second document after ---",
            )
            raise TooMuch
        if event.version or event.tags:
            self.problems.add(
                self.mark(event),
                "yaml-directive",
                "不使用 YAML 指令（以 % 开头的行），请删去",
                "No YAML directives (lines that begin with %)",
            )

    def scalar(self, event: yaml.ScalarEvent) -> None:
        self.count(event)
        self.plainness(event)
        style: str = event.style or ""
        start, end = event.start_mark.index, event.end_mark.index
        if not style:
            value = value_of(event.value)
        else:
            value = event.value
            if style == '"' and characters.HIDDEN.search(value):
                self.problems.add(
                    self.mark(event),
                    "hidden-character",
                    "这段文字里用转义写了看不见的控制字符",
                    "This text holds invisible control characters, written as escapes",
                )
        if style in ("|", ">"):
            end = start + len(self.source.text[start:end].rstrip())
        self.put(Scalar(self.source, start, end, event.value, value, style))

    def begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self.count(event)
        self.plainness(event)
        start = event.start_mark.index
        if self.stack and isinstance(self.stack[-1].node, Mapping) and self.stack[-1].key is None:
            self.problems.add(
                self.mark(event), "key-not-text", "键必须是文字，不能是列表或对象", "A key must be text, not a list or an object"
            )
            raise TooMuch
        if len(self.stack) >= MAX_DEPTH:
            self.problems.add(
                self.mark(event), "too-deep", f"嵌套太深：最多 {MAX_DEPTH} 层", f"Nested too deeply: {MAX_DEPTH} levels at most"
            )
            raise TooMuch
        if isinstance(event, yaml.MappingStartEvent):
            self.stack.append(Open(Mapping(self.source, start, start + 1, {})))
        else:
            self.stack.append(Open(Sequence(self.source, start, start + 1, [])))

    def alias(self, event: yaml.AliasEvent) -> None:
        self.count(event)
        self.problems.add(
            self.mark(event), "yaml-alias", "不使用 YAML 引用（*名称），请写出内容", "No YAML aliases (*name): write the content out"
        )
        start, end = event.start_mark.index, event.end_mark.index
        # stands for what it refers to, as text: most often that is what fits there
        written = self.source.text[start:end]
        self.put(Scalar(self.source, start, end, written, written, ""))

    def plainness(self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        """Anchors and tags change what a value is without showing it: both are refused."""
        if event.anchor is not None:
            fix = self.without(event, f"&{event.anchor}")
            self.problems.add(
                self.mark(event), "yaml-anchor", "不使用 YAML 锚点（&名称），请删去", "No YAML anchors (&name): remove it", fix=fix
            )
        if event.tag is not None:
            self.problems.add(
                self.mark(event), "yaml-tag", "不使用 YAML 标签（以 ! 开头），请删去", "No YAML tags (beginning with !): remove it"
            )

    def without(self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent, written: str) -> Fix | None:
        """The value without the anchor before it."""
        start = event.start_mark.index
        if self.source.text[start : start + len(written) + 1] != f"{written} ":
            return None
        return fixes.remove(Mark(self.source, start, start + len(written) + 1), f"删去 {written}", f"remove {written}")

    def count(self, event: yaml.Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.problems.add(
                self.mark(event),
                "too-many-nodes",
                f"内容太多：一个文件最多 {MAX_NODES} 项",
                f"Too much in one file: {MAX_NODES} values at most",
            )
            raise TooMuch

    def put(self, node: Node) -> None:
        """Puts a finished value where it belongs."""
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
        elif top.key is not None:
            if not top.dropped:
                top.node.entries[top.key.text] = Entry(top.key, node)
            top.key, top.dropped = None, False
        elif isinstance(node, Scalar):
            self.key(top, top.node, node)

    def key(self, top: Open, into: Mapping, key: Scalar) -> None:
        top.key = key
        first = into.entries.get(key.text)
        if first is not None:
            top.dropped = True
            self.problems.add(
                key,
                "duplicate-key",
                f"“{key.text}”在这里写了两次",
                f"“{key.text}” is written twice here",
                related=[(first.key, {"zh": "第一次写在这里", "en": "first written here"})],
            )
        elif key.text == "" and not key.style:
            self.problems.add(key, "key-not-text", "冒号前面缺少键", "The key before the colon is missing")

    def mark(self, event: yaml.Event) -> Mark:
        return Mark(self.source, event.start_mark.index, max(event.start_mark.index + 1, event.end_mark.index))
