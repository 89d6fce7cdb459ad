"""Facts of a running case that goes on under another release of its app."""

from typing import Any

from forms.form import Struct
from forms.texts import Text
from workflows.effects import Timer
from workflows.fact import Fact


class Bygone(Struct):
    """A step that the release of a case no longer has, or has under another id: the record still speaks of it."""

    title: Text
    #: the fields that its people did not see
    veil: tuple[str, ...] = ()


class Migrated(Fact, tag="migrated"):
    """The case goes on under the release ``after``. What stands nowhere here is as it was; people keep their tasks and limits, except
    at the steps in ``leaves``, which are left in the events that follow.
    """

    #: digests
    before: str
    after: str
    #: who published it, by name
    name: str = ""
    #: steps that have another id now
    steps: dict[str, str] = {}
    #: answers that have another name now
    fields: dict[str, str] = {}
    #: steps, by their id of before, whose people need not act any more
    leaves: tuple[str, ...] = ()
    #: as they are now, by the ids of now; None: as they were
    executed: tuple[str, ...] | None = None
    taken: dict[str, int | None] | None = None
    chosen: dict[str, tuple[int, ...]] | None = None
    lanes: dict[str, tuple[int, ...]] | None = None
    timers: tuple[Timer, ...] | None = None
    #: steps, by their id of before, from which the case does not go straight back any more
    unreturned: tuple[str, ...] = ()
    #: answers that nothing asks for any more, as they were; and those that the case was given
    dropped: dict[str, Any] = {}
    given: dict[str, Any] = {}
    bygone: dict[str, Bygone] = {}


class MovedBack(Fact, tag="moved-back"):
    """The migration was undone before anybody acted: the case is again as it was under ``after``."""

    before: str
    after: str
    name: str = ""
    bygone: dict[str, Bygone] = {}
