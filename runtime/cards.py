"""Rows of the four lists as cards: every word worked out here, so that the template only prints."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import chain
from typing import NamedTuple

from markupsafe import Markup, escape

import templates
from forms.texts import Text, say
from runtime import lists
from runtime.entries import outcome, shade
from runtime.moments import due, short_moment


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


def html(cards: Sequence[Card]) -> Markup:
    """The cards as list items. All their words are escaped in one go: the speed of the lists hangs on this."""
    if not cards:
        return Markup()
    words = str(escape("\0".join(chain.from_iterable(cards)))).split("\0")
    return Markup(CARD * len(cards) % tuple(words))  # noqa: S704 - escaped above; no text of ours holds the separator


class Desk(NamedTuple):
    """Who reads the cards, when and where."""

    language: str
    now: datetime
    zone: tzinfo


def todo(row: lists.Row, desk: Desk) -> Card:
    """A task that waits: the limit in the corner, the step below."""
    chip, tone = due((row.due - desk.now).total_seconds(), desk.language, row.due_uncertain) if row.due else ("", "")
    return _card(f"/tasks/{row.task_id}", row, desk, chip, tone, row.step_title, row.opened_at)


def done(row: lists.Row, desk: Desk, outcomes: Mapping[str, Text]) -> Card:
    """A task that is over: where its case stands now."""
    return _standing(row, desk, outcomes, row.step_title, "")


def mine(row: lists.Row, desk: Desk, outcomes: Mapping[str, Text]) -> Card:
    """One's own case: at which step it waits."""
    return _standing(row, desk, outcomes, row.step_title, "")


def copied(row: lists.Row, desk: Desk, outcomes: Mapping[str, Text]) -> Card:
    """A copy, marked until it has been read."""
    return _standing(row, desk, outcomes, None, "" if row.read_at else " un")


def mark(cards: list[Card], href: str) -> list[Card]:
    """``cards`` with the one that is shown beside them marked."""
    return [card._replace(mark=" cur") if card.href == href else card for card in cards]


def _standing(row: lists.Row, desk: Desk, outcomes: Mapping[str, Text], step: Text | None, unread: str) -> Card:
    words, tone = outcome(outcomes, row.outcome, desk.language)
    return _card(f"/cases/{row.case_id}", row, desk, words, tone, step if row.outcome is None else None, row.opened_at, unread)


def _card(href: str, row: lists.Row, desk: Desk, chip: str, tone: str, step: Text | None, at: datetime, unread: str = "") -> Card:
    name, language = row.applicant_name, desk.language
    # in their order: by their names it would take twice as long, and a list makes many
    return Card(
        unread,
        href,
        f"{say(row.app_title, language)} · {name}",
        tone,
        chip,
        row.subject.removeprefix(f"{name} · "),
        shade(name),
        name[:1],
        f"{row.number} · {say(step, language)}" if step else row.number,
        short_moment(at, desk.now, desk.zone, language),
    )
