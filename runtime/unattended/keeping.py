"""What a server does now and then to keep its own house: old messages and keys go, and the chains are anchored outside the database."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.site import Site
from runtime.store import anchor as anchors
from runtime.store import tables as t

#: rows that go in one transaction: others wait for no more than that
AT_ONCE = 500
#: cases looked at in one go
LOOKED_AT = 2000
#: what was committed while the last anchor was being written is anchored again
OVERLAP = timedelta(minutes=10)


async def tidy(site: Site) -> None:
    """Messages and keys of requests go when they are as old as the settings say."""
    now = site.clock()
    for statement, days in ((_OLD_MESSAGES, site.settings.message_days), (_OLD_KEYS, site.settings.key_days)):
        while await site.database.write(_take_away, statement, {"before": now - timedelta(days=days), "limit": AT_ONCE}) == AT_ONCE:
            pass


async def anchor(site: Site) -> None:
    """The cases that have changed since the last line get another one, if it is time."""
    path, now = site.settings.anchor, site.clock()
    if path is None:
        return
    last = anchors.newest(path)
    if last is not None and now < last.at + timedelta(minutes=site.settings.anchor_minutes):
        return
    since, after = last.at - OVERLAP if last else None, ""
    known = set(last.heads) if last else set[anchors.Head]()
    heads: list[anchors.Head] = []
    while after is not None:
        found, after = await site.database.read(anchors.changed, since, after, LOOKED_AT)
        heads += [head for head in found if head not in known]
        if len(heads) >= LOOKED_AT:
            anchors.append(path, heads, now)
            heads = []
    if heads or last is None:
        anchors.append(path, heads, now)


def _take_away(conn: sa.Connection, statement: sa.Delete, values: dict[str, object]) -> int:
    return conn.execute(statement, values).rowcount


_limit = given("limit", type_=sa.Integer)
_before = given("before", type_=t.Instant)
_OLD_MESSAGES = sa.delete(t.message).where(t.message.c.id.in_(sa.select(t.message.c.id).where(t.message.c.at < _before).limit(_limit)))
_KEY = sa.tuple_(t.idempotency.c.person, t.idempotency.c.key)
_OLD_KEYS = sa.delete(t.idempotency).where(
    _KEY.in_(sa.select(t.idempotency.c.person, t.idempotency.c.key).where(t.idempotency.c.at < _before).limit(_limit))
)
