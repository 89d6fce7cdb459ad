"""Cases as they stand, remembered with the hash of their last event: it stands for all events before it, so whoever reads it in the
row of a case need not read and fold them again. What was rolled back is remembered in vain: no row names its hash.
"""

import threading
from typing import Any

import sqlalchemy as sa

from runtime.store import chain
from workflows.case import Case
from workflows.fold import fold

#: cases that are remembered; one takes a few kilobytes
MOST = 2000

#: by case
_known: dict[str, tuple[str, Case]] = {}
_lock = threading.Lock()


def keep(head: str, case: Case) -> None:
    """``case`` stands where the event with the hash ``head`` has left it. The oldest is forgotten."""
    with _lock:
        _known.pop(case.id, None)  # to the end of the queue
        _known[case.id] = (head, case)
        if len(_known) > MOST:
            del _known[next(iter(_known))]


def standing(conn: sa.Connection, row: Any) -> Case:
    """The case of ``row``, which is locked: id, app, rev and head."""
    known = _known.get(row.id)
    if known and known[0] == row.head:
        return known[1]
    events, _ = chain.read(conn, row.id)
    return fold(events, row.id, row.app)
