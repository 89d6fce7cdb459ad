"""Rows of the four lists as cards: every word worked out here, so that the template only prints."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any, NamedTuple

from markupsafe import Markup, escape

import templates
from forms.texts import Text, say
from runtime.casework import entries, lists
from runtime.casework.entries import outcome
from runtime.casework.moments import Corner, due
from templates.environment import escape_all

#: the pieces of a card: its mark stands between the first two, the chip before the last
_START, _HEAD, _CHIP, _REST = (templates.FOLDER / "cases/_card.txt").read_text("utf-8").splitlines()


class Card(NamedTuple):
    """One card, as HTML in pieces: what a list shows again and again is put into words once."""

    href: str
    #: " un" for a copy not read yet, " cur" for what is shown beside the list
    mark: str
    head: str
    #: time limit or standing
    chip: str
    rest: str


class Words(NamedTuple):
    """What a card says, not yet HTML."""

    href: str
    title: str
    subject: str
    #: whose initial it shows
    name: str
    #: the small line: who, and at which step
    line: str
    time: str


def html(cards: Iterable[Card]) -> Markup:
    """The cards as list items. The speed of the lists hangs on this."""
    return Markup("".join([f"{_START}{mark}{head}{chip}{rest}" for _, mark, head, chip, rest in cards]))  # noqa: S704 - `card` and `_chip` escape


def card(words: Words, chip: str = "", tone: str = "") -> Card:
    href, title, subject, shade, initial, line, time = escape_all(
        (words.href, words.title, words.subject, entries.shade(words.name), words.name[:1], words.line, words.time)
    )
    return Card(words.href, "", _HEAD % (href, title), _chip(chip, tone), _REST % (subject, shade, initial, line, time))


@lru_cache(4096)
def _chip(words: str, tone: str) -> str:
    return _CHIP % (tone, escape(words))


class Desk(NamedTuple):
    """Who reads the cards, when and where."""

    language: str
    now: datetime
    zone: tzinfo

    @property
    def corner(self) -> Corner:
        return _corner(self.now.astimezone(self.zone).date(), self.zone, self.language)


@lru_cache(64)
def _corner(today: date, zone: tzinfo, language: str) -> Corner:
    """The same one all day long, so that cards can be remembered by it."""
    return Corner(today, zone, language)


def todo(rows: Iterable[lists.Row], desk: Desk) -> list[Card]:
    """Tasks that wait: the limit in the corner, the step below."""
    now, language, corner = desk.now, desk.language, desk.corner
    found: list[Card] = []
    for row in rows:
        href, mark, head, chip, rest = _waiting(row, corner)
        if row.due:
            chip = _chip(*due((row.due - now).total_seconds(), language, row.due_uncertain))
        found.append(_made((href, mark, head, chip, rest)))
    return found


@lru_cache(4096)
def _waiting(row: lists.Row, corner: Corner) -> Card:
    """A task, without its limit, which changes every minute."""
    return card(_words(row, corner, f"/tasks/{row.task_id}", _line(row, corner.language)))


def cases(rows: Iterable[lists.Row], desk: Desk, outcomes: Mapping[str, Text], *, copies: bool = False) -> list[Card]:
    """Cases, begun or decided: where each stands now, and at which step it waits; ``copies`` are marked until they have been read."""
    language, corner = desk.language, desk.corner
    found: list[Card] = []
    for row in rows:
        line = row.number if row.outcome or copies else _line(row, language)
        shown = card(_words(row, corner, f"/cases/{row.case_id}", line), *outcome(outcomes, row.outcome, language))
        found.append(shown._replace(mark=" un") if copies and not row.read_at else shown)
    return found


def _words(row: lists.Row, corner: Corner, href: str, line: str) -> Words:
    name = row.applicant_name
    title = f"{say(row.app_title, corner.language)} · {name}"
    return Words(href, title, row.subject.removeprefix(f"{name} · "), name, line, corner.at(row.opened_at))


def _line(row: lists.Row, language: str) -> str:
    """Its number, and the step at which it waits."""
    return f"{row.number} · {say(row.step_title, language)}" if row.step_title else row.number


#: a Card of its pieces in order: a list makes many
_made: Callable[[Sequence[str]], Card] = partial(tuple[Any].__new__, Card)


def mark(cards: list[Card], href: str) -> list[Card]:
    """``cards`` with the one that is shown beside them marked."""
    for place, card in enumerate(cards):
        if card.href == href:
            cards[place] = card._replace(mark=" cur")
            break
    return cards
