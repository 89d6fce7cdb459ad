"""What pages show of the organisation and of one's lists, held for a moment: the same heads, roles and numbers are asked for again
and again. Only for showing: commands ask the database itself, in their transaction.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from forms.calendar import WorkCalendar
from forms.texts import Text
from runtime.casework import lists
from runtime.casework.lists import Counts
from runtime.people.organisation import DatabaseDirectory
from runtime.store.database import Database
from workflows.people import Department, Person

T = TypeVar("T")

#: how long a page may show what has just changed elsewhere; as long as a session is believed
HOLD_SECONDS = 1.0

_held: "WeakKeyDictionary[Database, tuple[float, dict[Hashable, Any]]]" = WeakKeyDictionary()


def forget(database: Database, person: str) -> None:
    """Lets go of the numbers of ``person``, who is about to change them."""
    if database in _held:
        _held[database][1].pop(("counts", person), None)


class Glance:
    """Implements workflows.people.Directory for the length of a page."""

    def __init__(self, conn: sa.Connection, database: Database) -> None:
        self._conn = conn
        self._directory = DatabaseDirectory(conn)
        until, answers = _held.get(database, (0.0, {}))
        if time.monotonic() >= until:
            answers = {}
            _held[database] = (time.monotonic() + HOLD_SECONDS, answers)
        self._answers = answers

    def _once(self, key: Hashable, ask: Callable[..., T], *arguments: Any) -> T:
        if key not in self._answers:
            self._answers[key] = ask(*arguments)
        return self._answers[key]

    def once(self, key: Hashable, ask: Callable[[], T]) -> T:
        """What ``ask`` finds, or what it found a moment ago under ``key``: for what follows from the organisation and the hour alone."""
        return self._once(("other", key), ask)

    def counts(self, person: str) -> Counts:
        """The numbers beside the navigation."""
        return self._once(("counts", person), lists.counts, self._conn, person)

    @property
    def calendar(self) -> WorkCalendar:
        return self._once("calendar", lambda: self._directory.calendar)

    def person(self, person: str) -> Person | None:
        return self._once(("person", person), self._directory.person, person)

    def department(self, department: str) -> Department | None:
        return self._once(("department", department), self._directory.department, department)

    def post_title(self, post: str) -> Text:
        return self._once(("post", post), self._directory.post_title, post)

    def role_title(self, role: str) -> Text:
        return self._once(("role", role), self._directory.role_title, role)

    def members(self, department: str) -> Sequence[Person]:
        return self._once(("members", department), self._directory.members, department)

    def post_holders(self, post: str, department: str | None = None) -> Sequence[Person]:
        return self._once(("post holders", post, department), self._directory.post_holders, post, department)

    def successor(self, person: str) -> str | None:
        return self._directory.successor(person)

    def deputy(self, person: str, app: str, day: str) -> str | None:
        return self._directory.deputy(person, app, day)

    def busy(self, people: Sequence[str]) -> Mapping[str, int]:
        return self._directory.busy(people)

    def role_holders(self, role: str, department: str | None = None) -> Sequence[Person]:
        return self._once(("role holders", role, department), self._directory.role_holders, role, department)
