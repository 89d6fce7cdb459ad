"""Signing in: locked and throttled by account and by address, the same answer for known and unknown people, all of it recorded."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from forms.texts import Text
from runtime.people import passwords, sessions
from runtime.people.sessions import Fresh, Kind
from runtime.site import Site
from runtime.store import ids, tables


class Entered(NamedTuple):
    """Signed in; ``token`` goes to the browser or program and nowhere else."""

    token: str
    csrf: str
    person: str
    name: str
    temporary: bool
    ends_at: datetime


class Locked(NamedTuple):
    """Too many wrong passwords; ``seconds`` until the next try counts."""

    seconds: int

    @property
    def message(self) -> Text:
        minutes = -(-self.seconds // 60)
        return {"zh": f"尝试次数过多，请在 {minutes} 分钟后再试。", "en": f"Too many attempts. Try again in {minutes} min."}


@dataclass(frozen=True, slots=True)
class Wrong:
    """No such person, a wrong password or a disabled account: which of them is not said."""

    @property
    def message(self) -> Text:
        return {"zh": "账号或密码不正确。", "en": "The account or the password is not right."}


async def by_password(
    site: Site, account: str, password: str, address: str, kind: Kind, before: str | None = None
) -> Entered | Locked | Wrong:
    """Signs ``account`` in. ``before``: the session this browser had, which ends with it.

    The try is counted before the password is looked at, so that many at once count as many.
    """
    person = account.strip().lower()[:64]
    attempt = _Attempt(_fingerprint(person), _network(address), site.clock(), timedelta(minutes=site.settings.sign_in_window_minutes))
    limits = (site.settings.sign_in_failures, site.settings.sign_in_failures_address)
    counted = await site.database.read(_locked, attempt, limits) or await site.database.write(_count, attempt, limits)
    if isinstance(counted, Locked):
        await site.database.write(_refused, person, address, kind, "locked", site.clock())
        return counted
    stored = await site.database.read(credential, person)
    if not await passwords.verify(password, stored):
        await site.database.write(_refused, person, address, kind, "refused", site.clock())
        return Wrong()
    return await _enter(site, person, address, kind, before, attempt.account) or Wrong()


async def by_choice(site: Site, person: str, address: str, kind: Kind, before: str | None = None) -> Entered | Wrong:
    """Signs in as ``person`` without a password: in a demo only."""
    if not site.settings.demo:
        return Wrong()
    return await _enter(site, person[:64], address, kind, before, None) or Wrong()


async def out(site: Site, session: str, person: str, address: str) -> None:
    """Ends one session."""
    await site.database.write(_leave, session, person, address, site.clock())
    site.sessions.forget(digest=session)


async def set_password(site: Site, person: str, password: str, *, by: str, address: str, temporary: bool) -> None:
    """Stores a new password and ends every session of the person. `passwords.problem` was asked before."""
    hashed = await passwords.hash_password(password)
    await site.database.write(store_password, person, hashed, by=by, address=address, temporary=temporary, now=site.clock())
    site.sessions.forget(person=person)


async def change_password(site: Site, person: str, current: str, password: str, address: str) -> Entered | Locked | Wrong:
    """Replaces one's own password: the current one proves who asks, every session ends, and a new one begins."""
    proved = await by_password(site, person, current, address, "browser")
    if not isinstance(proved, Entered):
        return proved
    await set_password(site, person, password, by=person, address=address, temporary=False)
    return await _enter(site, person, address, "browser", None, _fingerprint(person)) or Wrong()


async def used_before(site: Site, person: str, password: str) -> bool:
    """Whether ``password`` is the present one or among the last of `password_history`."""
    row = await site.database.read(_history, person)
    if row is None:
        return False
    for stored in (row.hash, *row.former)[: site.settings.password_history]:
        if await passwords.verify(password, stored):
            return True
    return False


async def _enter(site: Site, person: str, address: str, kind: Kind, before: str | None, account: str | None) -> Entered | None:
    new = sessions.fresh()
    found = await site.database.write(_begin, new, person, address, kind, before, account, site.clock())
    if before:
        site.sessions.forget(digest=before)
    if found is None:
        return None
    name, temporary = found
    return Entered(new.token, new.csrf, person, name, temporary, site.clock() + timedelta(hours=site.settings.session_hours))


#: former hashes kept beside the one in force
KEPT = 10


class _Attempt(NamedTuple):
    account: str
    address: str
    at: datetime
    window: timedelta


def _fingerprint(account: str) -> str:
    """What is stored of the typed account: people type their password into the wrong box."""
    return hashlib.sha256(account.encode(errors="replace")).hexdigest()[:32]


def _network(address: str) -> str:
    """The address failures are counted for: a household has 2^64 addresses of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


_f = tables.sign_in_failure


def _locked(conn: Connection, attempt: _Attempt, limits: tuple[int, int]) -> Locked | None:
    """Whether the account or the address has used up its tries, and until when."""
    since = attempt.at - attempt.window
    for column, value, limit in ((_f.c.account, attempt.account, limits[0]), (_f.c.address, attempt.address, limits[1])):
        recent = sa.select(_f.c.at).where(column == value, _f.c.at > since).order_by(_f.c.at.desc()).limit(limit)
        times = conn.execute(recent).scalars().all()
        if len(times) == limit:
            return Locked(max(1, int((times[-1] + attempt.window - attempt.at).total_seconds())))
    return None


def _count(conn: Connection, attempt: _Attempt, limits: tuple[int, int]) -> Locked | None:
    """Counts a try as failed until the password proves right."""
    if conn.dialect.name == "postgresql":
        # two tries at once must see one another
        for text in sorted((attempt.account, attempt.address)):
            conn.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(text))))
    locked = _locked(conn, attempt, limits)
    if locked is None:
        conn.execute(_f.insert(), {"id": ids.new_id(), "account": attempt.account, "address": attempt.address, "at": attempt.at})
    return locked


_p, _c = tables.person, tables.credential
_CREDENTIAL = sa.select(_c.c.hash).join(_p, _p.c.id == _c.c.person).where(_c.c.person == sa.bindparam("p"), _p.c.disabled.is_(False))
_PERSON = (
    sa.select(_p.c.name, _p.c.organisation, _c.c.temporary)
    .select_from(_p.outerjoin(_c, _c.c.person == _p.c.id))
    .where(_p.c.id == sa.bindparam("p"), _p.c.disabled.is_(False))
)


def credential(conn: Connection, person: str) -> str | None:
    """The stored hash of somebody who may sign in."""
    return conn.execute(_CREDENTIAL, {"p": person}).scalar()


def _history(conn: Connection, person: str) -> Any:
    return conn.execute(sa.select(_c.c.hash, _c.c.former).where(_c.c.person == person)).first()


def _begin(
    conn: Connection, new: Fresh, person: str, address: str, kind: Kind, before: str | None, account: str | None, now: datetime
) -> tuple[str, bool] | None:
    """Stores the session, ends the one before and clears the failures; None when the person has gone meanwhile."""
    if before:
        sessions.delete(conn, before)
    row = conn.execute(_PERSON, {"p": person}).first()
    if row is None:
        return None
    if account is not None:
        conn.execute(_f.delete().where(_f.c.account == account))
    sessions.insert(conn, new, person, row.organisation, kind, now)
    record(conn, person, address, "sign-in", kind, "done", now)
    return row.name, bool(row.temporary) and account is not None


def _leave(conn: Connection, session: str, person: str, address: str, now: datetime) -> None:
    sessions.delete(conn, session)
    record(conn, person, address, "sign-out", "", "done", now)


def exists(conn: Connection, person: str) -> bool:
    return conn.execute(sa.select(_p.c.id).where(_p.c.id == person)).first() is not None


def store_password(conn: Connection, person: str, hashed: str, *, by: str, address: str, temporary: bool, now: datetime) -> bool:
    """Puts ``hashed`` in place and ends the person's sessions; False when there is no such person."""
    organisation = conn.execute(sa.select(_p.c.organisation).where(_p.c.id == person)).scalar()
    if organisation is None:
        return False
    old = conn.execute(sa.select(_c.c.hash, _c.c.former).where(_c.c.person == person)).first()
    values = {"hash": hashed, "former": [old.hash, *old.former][:KEPT] if old else [], "temporary": temporary, "changed_at": now}
    if old:
        conn.execute(_c.update().where(_c.c.person == person).values(**values))
    else:
        conn.execute(_c.insert(), {"person": person, "organisation": organisation, **values})
    conn.execute(_f.delete().where(_f.c.account == _fingerprint(person)))
    sessions.delete_of(conn, person)
    record(conn, by, address, "password", person, "done", now)
    return True


def record(conn: Connection, person: str | None, address: str, action: str, object: str, result: str, now: datetime) -> None:
    """A line of the access log."""
    organisation = conn.execute(sa.select(tables.organisation.c.id).limit(1)).scalar() or ""
    row = {"id": ids.new_id(), "organisation": organisation, "at": now, "person": person, "address": address[:64]}
    conn.execute(tables.access_log.insert(), {**row, "action": action, "object": object, "result": result})


def _refused(conn: Connection, person: str, address: str, kind: Kind, result: str, now: datetime) -> None:
    """Recorded with the person only if there is one: what else was typed may be a secret."""
    known = conn.execute(sa.select(_p.c.id).where(_p.c.id == person)).scalar()
    record(conn, known, address, "sign-in", kind, result, now)


def tidy(conn: Connection, before: datetime) -> None:
    """Deletes failures that no longer count."""
    conn.execute(_f.delete().where(_f.c.at < before))
