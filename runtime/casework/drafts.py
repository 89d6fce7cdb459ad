"""Drafts: what someone has typed and not handed in, kept as it was typed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import tables as t
from runtime.store.ids import new_id

#: of the ids that a page may give its draft
ID_LENGTH = 32


class Draft(NamedTuple):
    """A form begun."""

    id: str
    app: str
    #: names and texts as the browser sent them
    pairs: list[tuple[str, str]]
    created_at: datetime
    changed_at: datetime


def is_id(text: str) -> bool:
    """Whether a page may name its draft so."""
    return len(text) == ID_LENGTH and text.isalnum() and text.isascii()


def save(conn: sa.Connection, person: str, app: str, draft: str | None, pairs: Sequence[tuple[str, str]], now: datetime) -> Draft | None:
    """Keep ``pairs`` in ``draft``, or in a new one if that is None. None: there is no such draft any more.

    It has been handed in or discarded meanwhile, and a late autosave must not bring it back.
    """
    kept = [list(pair) for pair in pairs]
    if draft is not None:
        where = {"draft": draft, "owner": person, "of": app}
        if not conn.execute(_CHANGE, {**where, "pairs": kept, "changed_at": now}).rowcount:
            return None
        return find(conn, person, draft)
    organisation = conn.scalar(_ORGANISATION, {"person": person}) or ""
    new = Draft(new_id(), app, list(pairs), now, now)
    row = {"id": new.id, "organisation": organisation, "person": person, "app": app, "pairs": kept}
    conn.execute(_NEW, {**row, "created_at": now, "changed_at": now})
    return new


def find(conn: sa.Connection, person: str, draft: str) -> Draft | None:
    """One's own draft."""
    row = conn.execute(_FIND, {"draft": draft, "owner": person}).first()
    return _draft(row) if row else None


def mine(conn: sa.Connection, person: str, limit: int = 100) -> list[Draft]:
    """One's own drafts, the newest first."""
    return [_draft(row) for row in conn.execute(_MINE, {"owner": person, "limit": limit})]


def discard(conn: sa.Connection, person: str, draft: str) -> bool:
    """Throw one's own draft away; False when there is none."""
    return bool(conn.execute(_DISCARD, {"draft": draft, "owner": person}).rowcount)


def _draft(row: Any) -> Draft:
    return Draft(row.id, row.app, [(name, text) for name, text in row.pairs], row.created_at, row.changed_at)


_own = (t.draft.c.id == given("draft"), t.draft.c.person == given("owner"))
_FIND = sa.select(t.draft).where(*_own)
_MINE = (
    sa.select(t.draft)
    .where(t.draft.c.person == given("owner"))
    .order_by(t.draft.c.changed_at.desc(), t.draft.c.id.desc())
    .limit(given("limit", type_=sa.Integer))
)
_NEW = sa.insert(t.draft)
_CHANGE = sa.update(t.draft).where(*_own, t.draft.c.app == given("of"))
_DISCARD = sa.delete(t.draft).where(*_own)
_ORGANISATION = sa.select(t.person.c.organisation).where(t.person.c.id == given("person"))


def keep(conn: sa.Connection, person: str, app: str, draft: str, pairs: Sequence[tuple[str, str]], now: datetime, key: str) -> Draft | None:
    """As `save`, for a page that names its draft from the start, so that two saves at once make one: a form under its own id, what
    is typed at a task under the task's. None: the page has been handed in under ``key``, or the id is somebody else's.
    """
    if conn.scalar(_HANDED_IN, {"owner": person, "key": key}):
        return None
    saved = save(conn, person, app, draft, pairs, now)
    if saved is not None or conn.scalar(_TAKEN, {"draft": draft}):
        return saved
    row = {"id": draft, "organisation": conn.scalar(_ORGANISATION, {"person": person}) or "", "person": person, "app": app}
    conn.execute(_NEW, {**row, "pairs": [list(pair) for pair in pairs], "created_at": now, "changed_at": now})
    return Draft(draft, app, list(pairs), now, now)


_HANDED_IN = sa.select(t.idempotency.c.key).where(t.idempotency.c.person == given("owner"), t.idempotency.c.key == given("key"))
_TAKEN = sa.select(t.draft.c.id).where(t.draft.c.id == given("draft"))
