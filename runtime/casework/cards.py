"""Rows of the four lists as cards: every word worked out here, so that the template only prints."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from markupsafe import Markup

import templates
from forms.texts import Text, say
from runtime.casework import lists
from runtime.casework.entries import outcome, shade
from runtime.casework.moments import Corner, due
from templates.environment import escape_all


class Card(NamedTuple):
    """One card, in the order of `cases/_card.txt`."""

    #: " un" for a copy not read yet, " cur" for what is shown beside the list
    mark: str
    href: str
    title: str
    tone: str
    #: time limit or standing; "" shows none
    chip: str
    subject: str
    shade: str
    initial: str
    #: the small line: who, and at which step
    who: str
    time: str


CARD = (templates.FOLDER / "cases/_card.txt").read_text("utf-8")
#: a Card of its values in order: a list makes many
_card: Callable[[Sequence[str]], Card] = partial(tuple[Any].__new__, Card)
NO_CHIP = "", ""


def html(cards: Sequence[Card]) -> Markup:
    """The cards as list items. All their words are escaped in one go: the speed of the lists hangs on this."""
    if not cards:
        return Markup()
    return Markup(CARD * len(cards) % tuple(escape_all(chain.from_iterable(cards))))  # noqa: S704 - just escaped


class Desk(NamedTuple):
    """Who reads the cards, when and where."""

    language: str
    now: datetime
    zone: tzinfo


def todo(rows: Iterable[lists.Row], desk: Desk) -> list[Card]:
    """Tasks that wait: the limit in the corner, the step below."""
    now, language, corner = desk.now, desk.language, Corner(desk.now, desk.zone, desk.language)
    found: list[Card] = []
    for task, _, app, name, subject, number, limit, uncertain, step, at, _, _ in rows:
        chip, tone = due((limit - now).total_seconds(), language, uncertain) if limit else NO_CHIP
        line = f"{number} · {say(step, language)}" if step else number
        title = f"{say(app, language)} · {name}"
        subject = subject.removeprefix(f"{name} · ")
        found.append(_card(("", f"/tasks/{task}", title, tone, chip, subject, shade(name), name[:1], line, corner.at(at))))
    return found


def cases(rows: Iterable[lists.Row], desk: Desk, outcomes: Mapping[str, Text], *, copies: bool = False) -> list[Card]:
    """Cases, begun or decided: where each stands now, and at which step it waits; ``copies`` are marked until they have been read."""
    language, corner = desk.language, Corner(desk.now, desk.zone, desk.language)
    found: list[Card] = []
    for _, case, app, name, subject, number, _, _, step, at, ended, read_at in rows:
        chip, tone = outcome(outcomes, ended, language)
        line = f"{number} · {say(step, language)}" if step and not ended and not copies else number
        title = f"{say(app, language)} · {name}"
        subject = subject.removeprefix(f"{name} · ")
        unread = " un" if copies and not read_at else ""
        found.append(_card((unread, f"/cases/{case}", title, tone, chip, subject, shade(name), name[:1], line, corner.at(at))))
    return found


def mark(cards: list[Card], href: str) -> list[Card]:
    """``cards`` with the one that is shown beside them marked."""
    for place, card in enumerate(cards):
        if card.href == href:
            cards[place] = card._replace(mark=" cur")
            break
    return cards
