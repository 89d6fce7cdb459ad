"""Ids for things that had names by other rules: legal here, still recognisable, and never the same twice."""

import re
from collections.abc import Iterable

from pypinyin import lazy_pinyin

OTHER = re.compile(r"[^a-z0-9]+")
LONGEST = 60


class Names:
    """Gives each name an id; the same name always the same one, different names different ones."""

    def __init__(self, reserved: Iterable[str] = (), *, joined: str = "-", prefix: str = "n") -> None:
        self._taken = set(reserved)
        self._given: dict[str, str] = {}
        self._joined = joined
        self._prefix = prefix

    def of(self, name: str) -> str:
        """The id of ``name``."""
        if name not in self._given:
            self._given[name] = self.fresh(name)
        return self._given[name]

    def fresh(self, name: str) -> str:
        """An id like ``name`` that nothing has yet."""
        plain = self._joined.join(part for part in OTHER.split(_latin(name).lower()) if part)[:LONGEST].rstrip(self._joined)
        if not plain[:1].isalpha():
            plain = f"{self._prefix}{self._joined}{plain}".rstrip(self._joined)
        found, number = plain, 1
        while found in self._taken:
            number += 1
            found = f"{plain[: LONGEST - 4]}{self._joined}{number}"
        self._taken.add(found)
        return found

    def items(self) -> dict[str, str]:
        """Name to id, in the order of asking."""
        return dict(self._given)


def spaced(code: str) -> str:
    """A code as words: ``PENDING_FOR_PAYMENT`` is “Pending for payment”."""
    return " ".join(re.split(r"[_\s.-]+", code)).strip().capitalize()[:200]


def _latin(name: str) -> str:
    """Chinese by its sound, so that an id can be read aloud."""
    return name if name.isascii() else "-".join(lazy_pinyin(name))
