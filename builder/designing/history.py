"""What was done to a draft, in order; what one designer can take back of it, and whether something comes too late.

Everybody takes back what they did themselves. What somebody else has done since elsewhere in the same files stays where it is.
"""

from collections.abc import Iterable, Sequence

import msgspec

from builder.designing.layout import Refused
from builder.designing.text import Patch, inverse
from builder.designing.work import Address
from forms.texts import Text


class Edit(msgspec.Struct, frozen=True):
    """One thing done: a row of design_edit."""

    version: int
    person: str
    #: do, undo, redo
    kind: str
    #: of the last two, what is taken back or done again; otherwise its own version
    of: int
    words: Text
    patches: list[Patch]
    touched: list[Address]
    selected: str = ""


def undoable(edits: Iterable[Edit], person: str) -> Edit | None:
    """The last thing that ``person`` did and has not taken back; None: nothing. Carries the patches of when it was done last."""
    done, _ = _stacks(edits, person)
    return done[-1] if done else None


def redoable(edits: Iterable[Edit], person: str) -> Edit | None:
    """The last thing that ``person`` took back, and did nothing since; None: nothing. Carries the patches of taking it back."""
    _, undone = _stacks(edits, person)
    return undone[-1] if undone else None


def _stacks(edits: Iterable[Edit], person: str) -> tuple[list[Edit], list[Edit]]:
    done: list[Edit] = []
    undone: list[Edit] = []
    for edit in edits:
        if edit.person != person:
            continue
        if edit.kind == "do":
            done.append(edit)
            undone.clear()
        elif edit.kind == "undo":
            undone.append(edit)
            if done:
                done.pop()
        else:
            done.append(edit)
            if undone:
                undone.pop()
    return done, undone


def backwards(edit: Edit, since: Sequence[Edit]) -> list[Patch]:
    """The patches that take ``edit`` back after what was done ``since``. Raises Refused where something else stands there now."""
    found = inverse(edit.patches)
    for later in _standing(since):
        found, _ = _rebased(found, later)
    return found


def _standing(since: Sequence[Edit]) -> list[list[Patch]]:
    """The patches done ``since``, without what was taken back: what others did in between, as if that had never been."""
    kept: list[tuple[Edit, list[Patch]]] = []
    for edit in since:
        partner = next((n for n in range(len(kept) - 1, -1, -1) if _cancels(edit, kept[n][0])), None)
        if partner is None:
            kept.append((edit, edit.patches))
            continue
        undoing = inverse(kept[partner][1])
        between: list[tuple[Edit, list[Patch]]] = []
        for other, patches in kept[partner + 1 :]:
            without, undoing = _rebased(patches, undoing)
            between.append((other, without))
        kept[partner:] = between
    return [patches for _, patches in kept]


def _cancels(edit: Edit, earlier: Edit) -> bool:
    return edit.kind != "do" and edit.of == earlier.of and (edit.kind == "undo") == (earlier.kind != "undo")


def _rebased(mine: list[Patch], theirs: list[Patch]) -> tuple[list[Patch], list[Patch]]:
    """Two ways from one text, each as it goes on behind the other."""
    others: list[Patch] = []
    for other in theirs:
        found: list[Patch] = []
        for patch in mine:
            found.append(_behind(patch, other, yields=True))
            other = _behind(other, patch, yields=False)
        mine = found
        others.append(other)
    return mine, others


def _behind(patch: Patch, other: Patch, *, yields: bool) -> Patch:
    """``patch`` as it applies after ``other``, both being of one text; of two that come in at one point, the one that yields comes second."""
    if patch.file != other.file:
        return patch
    if other.old is None or other.new is None or patch.old is None or patch.new is None:
        raise Refused(COVERED)
    start, end = patch.at, patch.at + len(patch.old)
    first, last = other.at, other.at + len(other.old)
    shifted = Patch(patch.file, start + len(other.new) - len(other.old), patch.old, patch.new)
    if first == last == start == end:
        return shifted if yields else patch
    if first >= end:
        return patch
    if last <= start:
        return shifted
    raise Refused(COVERED)


COVERED: Text = {
    "zh": "这一步不能撤销：同一处后来又被改过。可以在“历史”里查看",
    "en": "This cannot be taken back: the same place was changed again since. See “History”",
}


def collides(touched: Iterable[Address], since: Iterable[Edit], person: str) -> Edit | None:
    """What somebody else did ``since`` to one of the places ``touched``, or to something that holds it or is held by it."""
    mine = list(touched)
    for edit in since:
        if edit.person != person and any(meet(one, other) for one in mine for other in edit.touched):
            return edit
    return None


def meet(one: Address, other: Address) -> bool:
    """Whether the places are the same, or one holds the other."""
    short = min(len(one), len(other))
    return tuple(one[:short]) == tuple(other[:short])
