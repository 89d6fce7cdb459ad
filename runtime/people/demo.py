"""What a demo needs besides the example city: somebody who may administer it, and a few people to introduce."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from forms.texts import say
from runtime.people import designers, first_run
from runtime.people.sessions import ADMINISTRATOR
from runtime.store import tables


def somebody_has_a_password(conn: Connection) -> bool:
    """Whether this is the database of an installation that people sign in to."""
    return conn.execute(sa.select(tables.credential.c.person).limit(1)).first() is not None


def give_rights(conn: Connection, now: datetime) -> None:
    """In the example city, who has the role of system administrator administers it, and two more roles design its
    apps and review them. Elsewhere no file can say so.
    """
    member = tables.member
    for person in conn.execute(sa.select(member.c.person).where(member.c.role == ADMINISTRATOR)).scalars():
        first_run.add_administrator(conn, person, now, by="demo")
    rights: tuple[tuple[str, designers.Right], ...] = (("app-designer", "design"), ("app-review", "review"))
    for role, right in rights:
        for person in conn.execute(sa.select(member.c.person).where(member.c.role == role)).scalars().all():
            designers.give(conn, person, designers.EVERY, right, "demo", now)


def accounts(conn: Connection, most: int = 8) -> list[tuple[str, str]]:
    """Name and place of people with different posts, to be told on the console."""
    p, h, d, t = tables.person, tables.holding, tables.department, tables.post
    rows = conn.execute(
        sa.select(p.c.name, d.c.title.label("department"), t.c.title.label("post"))
        .select_from(p.join(h, sa.and_(h.c.person == p.c.id, h.c.position == 0)))
        .join(d, d.c.id == h.c.department)
        .join(t, t.c.id == h.c.post)
        .where(p.c.disabled.is_(False))
        .order_by(p.c.position)
    ).all()
    by_post = {say(row.post, "zh"): row for row in reversed(rows)}
    chosen = [row for row in rows if by_post[say(row.post, "zh")] is row]
    return [(row.name, f"{say(row.department, 'zh')} · {say(row.post, 'zh')}") for row in chosen[:most]]
