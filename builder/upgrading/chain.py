"""Goes from one language to the next until the current one is reached."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from builder import source
from builder.nodes import Mapping, Mark, Node, Scalar, data
from builder.problems import Problems
from builder.upgrading import from_0
from builder.upgrading.edits import ByHand, Edit, Splice, Write

#: what an edit is found in: the pattern of a path within the app, and what it still has to change there, one at a time
Changes = tuple[tuple[str, Callable[[Node], Iterator[Edit]]], ...]

#: by language: how it becomes the next one
STEPS: dict[int, Changes] = {0: from_0.CHANGES}
OLDEST, CURRENT = min(STEPS), max(STEPS) + 1
#: edits of one file; more would be a change that never gets done
MOST = 10_000


class Changed(NamedTuple):
    """A file after its edits."""

    text: str
    edits: int


@dataclass(slots=True)
class Upgraded:
    """What became of an app."""

    #: the language it was written in
    was: int
    #: the files that change, by their path within the app
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    #: how many edits each took
    edits: dict[str, int] = field(default_factory=dict[str, int])


def language_of(root: Node | None) -> int | None:
    """The language that app.yaml names; None when it names none."""
    node = root.get("language") if isinstance(root, Mapping) else None
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def upgrade(files: dict[str, bytes], shown: Callable[[str], str], problems: Problems) -> Upgraded | None:
    """The app in ``files`` (by path within the app) in the current language; None when it is in no older one.

    What needs a hand is said, at its place in the text as it was before the edit; then nothing should be written.
    """
    content = files.get("app.yaml")
    was = language_of(source.load(content, shown("app.yaml"), Problems())) if content is not None else None
    if was is None or was >= CURRENT or was < OLDEST:
        return None
    done = Upgraded(was)
    for path, content in files.items():
        text = original = content.decode("utf-8", "surrogateescape")
        edits = 0
        for language in range(was, CURRENT):
            for pattern, change in STEPS[language]:
                if re.fullmatch(pattern, path):
                    text, more = apply(text, shown(path), change, problems)
                    edits += more
        if path == "app.yaml":
            text, more = apply(text, shown(path), lambda root: _number(root, CURRENT), problems)
            edits += more
        if text != original:
            done.files[path] = text.encode("utf-8", "surrogateescape")
            done.edits[path] = edits
    return done


def _number(root: Node, language: int) -> Iterator[Edit]:
    if language_of(root) != language:
        yield Write(("language",), str(language), language)


def apply(text: str, file: str, change: Callable[[Node], Iterator[Edit]], problems: Problems) -> Changed:
    """``text`` after everything that ``change`` finds in it; the file is read again after each edit and held against what was to be."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    found = Problems()
    root = source.load(text, file, found)
    if root is None or found.errors():
        problems.extend(found.in_order())
        return Changed(mark + text, 0)
    edits = 0
    while edits < MOST and (edit := next(change(root), None)) is not None:
        wanted = data(root)
        try:
            splices = edit.splices(root)
            edit.on(wanted)
        except ByHand as stop:
            by_hand(stop.node, problems)
            break
        text_after = spliced(text, splices)
        after = source.load(text_after, file, again := Problems())
        if after is None or again.errors() or data(after) != wanted:
            at = max(splices, default=(0, 0, ""))[0]
            by_hand(Mark(root.source, at, at + 1), problems)
            break
        text, root, edits = text_after, after, edits + 1
    return Changed(mark + text, edits)


def by_hand(at: Node | Mark, problems: Problems) -> None:
    problems.add(
        at,
        "upgrade-by-hand",
        "这里的写法不能自动升级，请照升级说明手工改好，再运行 dabashou upgrade",
        "This cannot be moved up by itself: change it by hand as the upgrade guide says, then run dabashou upgrade again",
    )


def spliced(text: str, splices: list[Splice]) -> str:
    """``text`` with each stretch replaced, the last one first."""
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text
