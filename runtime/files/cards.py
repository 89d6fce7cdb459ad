"""A file as pages show it."""

from collections.abc import Mapping
from typing import NamedTuple

from runtime.files.uploads import File, words


class Card(NamedTuple):
    """A file on a page."""

    id: str
    name: str
    size: int
    #: where it is, to keep it
    href: str
    #: it has a small picture at ``href``/picture
    pictured: bool
    #: where it can be looked at; "": it cannot
    view: str = ""

    @property
    def words(self) -> str:
        """Its size."""
        return words(self.size)


def cards(files: Mapping[str, File], base: str) -> dict[str, Card]:
    """``files`` at the addresses below ``base``."""
    return {
        id: Card(id, file.name, file.size, f"{base}/{id}", file.pages > 0, f"{base}/{id}/view" if file.pages else "")
        for id, file in files.items()
    }
