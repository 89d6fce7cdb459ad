"""One change made to one text: read, spliced, read again, and refused where it does not say what was meant."""

import copy
import re
from functools import lru_cache
from typing import Any

import msgspec

from builder import nodes
from builder.designing.changes import Change
from builder.designing.layout import Layout, Refused, Unreadable
from builder.nodes import Mapping, Node, Scalar, Sequence


class Patch(msgspec.Struct, frozen=True):
    """In ``file``, ``old`` at index ``at`` has become ``new``. ``old`` None: the file is new; ``new`` None: it is gone."""

    file: str
    at: int
    old: str | None
    new: str | None

    def inverse(self) -> "Patch":
        return Patch(self.file, self.at, self.new, self.old)


Texts = dict[str, str]


@lru_cache(64)
def layout(text: str, file: str) -> Layout:
    """The file, read once for each text. Raises Unreadable."""
    return Layout(text, file)


def changed(file: str, text: str, change: Change) -> tuple[str, list[Patch]]:
    """``text`` after ``change``, and the way there; nothing is kept that does not read back as what was meant. Raises Refused."""
    patches: list[Patch] = []
    sealed = _sealed(layout(text, file))
    if sealed is not None:
        text, patch = sealed
        patches.append(patch)
    before = layout(text, file)
    expected = change.on(copy.deepcopy(nodes.data(before.root)))
    for start, end, new in sorted(change.splices(before), reverse=True):
        patches.append(Patch(file, start, text[start:end], new))
        text = text[:start] + new + text[end:]
    if _same(file, text, expected):
        return text, patches
    # a literal block that came last in a file without a final line break
    newline = before.newline
    if _same(file, text + newline, expected):
        return text + newline, [*patches, Patch(file, len(text), "", newline)]
    raise Refused(
        {
            "zh": f"{file} 的这一处写法特殊，不能自动修改，请在“源码”里改",
            "en": f"This place of {file} is written in a way that cannot be changed automatically: change it in “Source”",
        }
    )


def applied(texts: Texts, patches: list[Patch]) -> Texts:
    """``texts`` after ``patches``. Raises Refused where something else stands there."""
    found = dict(texts)
    for patch in patches:
        if patch.old is None or patch.new is None:
            if found.get(patch.file) != patch.old:
                raise Refused(_MOVED)
            if patch.new is None:
                del found[patch.file]
            else:
                found[patch.file] = patch.new
            continue
        text = found.get(patch.file, "")
        if text[patch.at : patch.at + len(patch.old)] != patch.old:
            raise Refused(_MOVED)
        found[patch.file] = text[: patch.at] + patch.new + text[patch.at + len(patch.old) :]
    return found


_MOVED = {"zh": "这一处已被后来的修改覆盖", "en": "Later changes stand there now"}


def inverse(patches: list[Patch]) -> list[Patch]:
    """What takes ``patches`` back."""
    return [patch.inverse() for patch in reversed(patches)]


def between(file: str, old: str, new: str) -> list[Patch]:
    """The one patch that makes ``old`` into ``new``: what both begin and end with is left alone."""
    if old == new:
        return []
    start = 0
    least = min(len(old), len(new))
    while start < least and old[start] == new[start]:
        start += 1
    stop = 0
    while stop < least - start and old[-1 - stop] == new[-1 - stop]:
        stop += 1
    return [Patch(file, start, old[start : len(old) - stop], new[start : len(new) - stop])]


def same(one: Any, other: Any) -> bool:
    """Whether two plain values say the same, the order of keys included, and 1 apart from 1.0 and true."""
    return repr(one) == repr(other)


def _same(file: str, text: str, expected: Any) -> bool:
    try:
        return same(nodes.data(layout(text, file).root), expected)
    except Unreadable:
        return False


def _sealed(file: Layout) -> tuple[str, Patch] | None:
    """A literal block at the end of a file without a final line break would gain one when something follows it: it is told not to."""
    node: Node = file.root
    while not isinstance(node, Scalar):
        children = [entry.value for entry in node.entries.values()] if isinstance(node, Mapping) else node.items
        if not children:
            return None
        node = children[-1]
    assert not isinstance(node, Sequence | Mapping)
    head = re.compile(r"[|>]\d?").match(file.text, node.start)
    if (
        node.style not in ("|", ">")
        or not head
        or node.text.endswith("\n")
        or not node.text
        or file.text[head.end() : head.end() + 1] in "+-"
    ):
        return None
    patch = Patch(file.file, head.end(), "", "-")
    return file.text[: head.end()] + "-" + file.text[head.end() :], patch
