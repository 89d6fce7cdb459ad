"""The first administrator: there is no account to begin with, so whoever starts the server names a password, on the console or by a
secret that only the console showed. Until then nothing else answers.
"""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from runtime.people import choices, signing_in
from runtime.people.sessions import ADMINISTRATOR, INTEGRATION, same
from runtime.store import tables

#: the account of the first administrator
PERSON = "admin"
NAME = "系统管理员"
SECRET = "first-run"  # noqa: S105 -- the name of a setting


def needed(conn: Connection) -> bool:
    """Whether nobody can sign in as an administrator."""
    person, right, credential = tables.person, tables.platform_role, tables.credential
    able = (
        sa.select(person.c.id)
        .join(right, right.c.person == person.c.id)
        .join(credential, credential.c.person == person.c.id)
        .where(right.c.role == ADMINISTRATOR, person.c.disabled.is_(False))
    )
    return conn.execute(able.limit(1)).first() is None


def prepare(conn: Connection) -> str:
    """A new secret for the first-run page; the one before is worth nothing any more."""
    secret = secrets.token_urlsafe(18)
    choices.put(conn, SECRET, _digest(secret))
    return secret


def proves(conn: Connection, secret: str) -> bool:
    """Whether ``secret`` is what the console showed."""
    stored = choices.get(conn, SECRET)
    return isinstance(stored, str) and same(stored, _digest(secret))


def finish(conn: Connection, hashed: str, secret: str | None, address: str, now: datetime) -> bool:
    """Makes the first administrator with the password behind ``hashed``. ``secret`` None: the console asks itself.

    False, and nothing is done, when somebody else was first or the secret is wrong.
    """
    if not needed(conn) or (secret is not None and not proves(conn, secret)):
        return False
    add_administrator(conn, PERSON, now)
    signing_in.store_password(conn, PERSON, hashed, by=PERSON, address=address, temporary=False, now=now)
    choices.drop(conn, SECRET)
    return True


def add_administrator(conn: Connection, person: str, now: datetime, by: str = "console") -> None:
    """Gives ``person`` the right to administer; makes the account if there is none of this name."""
    p, right = tables.person, tables.platform_role
    organisation = conn.execute(sa.select(tables.organisation.c.id).limit(1)).scalar() or ""
    if conn.execute(sa.select(p.c.id).where(p.c.id == person)).first() is None:
        row = {"id": person, "organisation": organisation, "name": NAME, "pinyin": "xitongguanliyuan", "initials": "xtgly"}
        conn.execute(
            p.insert(), {**row, "phone": None, "email": None, "disabled": False, "barred": False, "source": "local", "position": 0}
        )
    if conn.execute(sa.select(right.c.person).where(right.c.person == person, right.c.role == ADMINISTRATOR)).first() is None:
        row = {"person": person, "role": ADMINISTRATOR, "organisation": organisation, "given_by": by, "given_at": now}
        conn.execute(right.insert(), row)
        signing_in.record(conn, None, by, "right", person, "given", now)


def remove_administrator(conn: Connection, person: str, now: datetime, by: str = "console") -> None:
    """Takes the right back."""
    right = tables.platform_role
    conn.execute(right.delete().where(right.c.person == person, right.c.role == ADMINISTRATOR))
    signing_in.record(conn, None, by, "right", person, "taken", now)


def give_integration(conn: Connection, person: str, now: datetime, *, given: bool) -> None:
    """Gives or takes the right to bring messages from other systems to cases that wait for them."""
    right = tables.platform_role
    conn.execute(right.delete().where(right.c.person == person, right.c.role == INTEGRATION))
    if given:
        organisation = conn.execute(sa.select(tables.organisation.c.id).limit(1)).scalar() or ""
        row = {"person": person, "role": INTEGRATION, "organisation": organisation, "given_by": "console", "given_at": now}
        conn.execute(right.insert(), row)
    signing_in.record(conn, None, "console", "right", f"{person} {INTEGRATION}", "given" if given else "taken", now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.strip().encode(errors="replace")).hexdigest()
