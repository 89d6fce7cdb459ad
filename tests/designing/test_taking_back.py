"""Undo and redo, alone and beside somebody else."""

import random

import pytest

from builder.designing import history
from builder.designing import text as texts
from builder.designing.history import Edit
from builder.designing.layout import Refused
from builder.designing.text import Patch, Texts

ME, YOU = "chen-xiaolin", "zhou-jianguo"


class Desk:
    """A text that two people change, as the database would keep it."""

    def __init__(self, text: str) -> None:
        self.texts: Texts = {"f": text}
        self.done: list[Edit] = []

    def do(self, person: str, old: str, new: str) -> None:
        self._keep(person, "do", len(self.done) + 1, [Patch("f", self.texts["f"].index(old), old, new)])

    def undo(self, person: str) -> bool:
        edit = history.undoable(self.done, person)
        return edit is not None and self._again(edit, "undo")

    def redo(self, person: str) -> bool:
        edit = history.redoable(self.done, person)
        return edit is not None and self._again(edit, "redo")

    def _again(self, edit: Edit, kind: str) -> bool:
        self._keep(edit.person, kind, edit.of, history.backwards(edit, [each for each in self.done if each.version > edit.version]))
        return True

    def _keep(self, person: str, kind: str, of: int, patches: list[Patch]) -> None:
        self.texts = texts.applied(self.texts, patches)
        self.done.append(Edit(len(self.done) + 1, person, kind, of, {"zh": "改"}, patches, []))


def test_the_same_place_changed_twice_is_taken_back_twice_and_done_again() -> None:
    desk = Desk("title: 甲\n")
    desk.do(ME, "甲", "乙乙")
    desk.do(ME, "乙乙", "丙")
    assert desk.undo(ME)
    assert desk.undo(ME)
    assert desk.texts["f"] == "title: 甲\n"
    assert not desk.undo(ME)
    assert desk.redo(ME)
    assert desk.redo(ME)
    assert desk.texts["f"] == "title: 丙\n"
    assert not desk.redo(ME)


def test_what_somebody_else_did_elsewhere_stays() -> None:
    desk = Desk("a: 1\nb: 2\nc: 3\n")
    desk.do(ME, "b: 2", "b: two\nb2: more")
    desk.do(YOU, "a: 1", "a: one\nnew: x")
    desk.do(YOU, "c: 3", "c: three")
    assert desk.undo(ME)
    assert desk.texts["f"] == "a: one\nnew: x\nb: 2\nc: three\n"
    assert desk.redo(ME)
    assert desk.texts["f"] == "a: one\nnew: x\nb: two\nb2: more\nc: three\n"
    assert desk.undo(YOU)
    assert desk.undo(YOU)
    assert desk.texts["f"] == "a: 1\nb: two\nb2: more\nc: 3\n"


def test_what_was_changed_again_by_somebody_else_is_not_taken_back() -> None:
    desk = Desk("title: 甲\n")
    desk.do(ME, "甲", "乙")
    desk.do(YOU, "乙", "丙")
    with pytest.raises(Refused):
        desk.undo(ME)
    assert desk.undo(YOU)
    assert desk.undo(ME)
    assert desk.texts["f"] == "title: 甲\n"


def test_ninety_steps_of_two_people_come_back_to_the_first_byte() -> None:
    chance = random.Random(7)
    desk = Desk("".join(f"k{number}: v{number}\n" for number in range(40)))
    before = desk.texts["f"]
    for number in range(90):
        mine = chance.random() < 0.5
        # each keeps to a half of the lines
        line = chance.randrange(20) + (0 if mine else 20)
        here = next(row for row in desk.texts["f"].splitlines() if row.startswith(f"k{line}:"))
        desk.do(ME if mine else YOU, f"{here}\n", f"k{line}: {'x' * chance.randrange(9)}{number}\n")
    after = desk.texts["f"]
    while desk.undo(ME) | desk.undo(YOU):
        pass
    assert desk.texts["f"] == before
    while desk.redo(ME) | desk.redo(YOU):
        pass
    assert desk.texts["f"] == after
