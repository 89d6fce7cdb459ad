"""Who is signed in: a random token in a cookie or a bearer header, its digest in the table, the person in memory for a second."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy import Connection
from starlette.responses import Response

from forms.texts import Text, say
from runtime.people.visitor import LOOK_COOKIE, Preferences, Visitor
from runtime.settings import Settings
from runtime.store import tables
from runtime.store.database import Database, Unavailable

Kind = Literal["browser", "api"]

#: how long a session found is believed without asking again: how late another process learns that it has ended
HOLD_SECONDS = 1.0
#: a session is marked as used at most this often
TOUCH = timedelta(minutes=1)
#: sessions held in memory; beyond it all are read anew
MOST_HELD = 20_000

PREFERENCES = "preferences"
ADMINISTRATOR = "system-admin"
#: the right of accounts by which other systems tell cases what they wait for
INTEGRATION = "integration"

log = structlog.get_logger(__name__)


class Found(NamedTuple):
    """A live session as the table has it."""

    visitor: Visitor
    kind: Kind
    #: the password was set by somebody else and has to be changed before anything
    temporary: bool
    seen_at: datetime
    ends_at: datetime


class _Held(NamedTuple):
    until: float
    found: Found


class Sessions:
    """All sessions of the installation, as this process knows them."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._held: dict[str, _Held] = {}
        #: counts endings: what was read before one is not held after it
        self._endings = 0
        self._touches: set[asyncio.Task[None]] = set()

    async def find(self, token: str, kind: Kind) -> Found | None:
        """The live session behind ``token``; None when there is none or it has run out."""
        digest = _digest(token)
        held = self._held.get(digest)
        asked = time.monotonic()
        if held is not None and asked < held.until:
            return held.found if held.found.kind == kind else None
        endings = self._endings
        row = await self._database.read(_row, digest)
        found = self._live(row) if row is not None else None
        if found is None:
            self._held.pop(digest, None)
            return None
        if endings == self._endings:
            if len(self._held) >= MOST_HELD:
                self._held.clear()
            self._held[digest] = _Held(asked + HOLD_SECONDS, found)
        if self._clock() - found.seen_at > TOUCH:
            self._touch(digest)
        return found if found.kind == kind else None

    def _live(self, row: Any) -> Found | None:
        now = self._clock()
        ends_at = row.created_at + timedelta(hours=self._settings.session_hours)
        if row.disabled or now >= ends_at or now >= row.seen_at + timedelta(minutes=self._settings.session_idle_minutes):
            return None
        look = Preferences.unpack(row.look) if isinstance(row.look, str) else Preferences()
        title: Text | None = row.department_title
        visitor = Visitor(
            person=row.person,
            name=row.name,
            department_title=say(title, look.language) if title else "",
            csrf=row.csrf,
            language=look.language,
            theme=look.theme,
            care=look.care,
            admin=row.role is not None,
            demo=self._settings.demo,
            session=row.digest,
            designs=bool(row.designs),
        )
        return Found(visitor, row.kind, bool(row.temporary), row.seen_at, ends_at)

    def _touch(self, digest: str) -> None:
        """Marks the session as used, beside the answer: a page does not wait for it and does not fail with it."""

        async def touch() -> None:
            try:
                await self._database.write(_seen, digest, self._clock())
            except Unavailable:
                log.warning("session not marked as used")

        task = asyncio.create_task(touch())
        self._touches.add(task)
        task.add_done_callback(self._touches.discard)

    async def settle(self) -> None:
        """Waits for what is being written beside the answers."""
        await asyncio.gather(*self._touches, return_exceptions=True)

    def forget(self, *, person: str | None = None, digest: str | None = None) -> None:
        """Lets go of what is held of a person or a session, after it changed or ended."""
        self._endings += 1
        if digest is not None:
            self._held.pop(digest, None)
        if person is not None:
            for held in [key for key, value in self._held.items() if value.found.visitor.person == person]:
                del self._held[held]

    async def whose(self, token: str) -> str | None:
        """The person of a session, even of one that has run out a moment ago."""
        row = await self._database.read(_row, _digest(token))
        return row.person if row is not None else None

    async def end(self, digest: str) -> None:
        """Signs out one session."""
        await self._database.write(delete, digest)
        self.forget(digest=digest)

    async def tidy(self) -> None:
        """Deletes the rows of sessions that have run out."""
        now = self._clock()
        idle = now - timedelta(minutes=self._settings.session_idle_minutes)
        await self._database.write(_delete_older, idle, now - timedelta(hours=self._settings.session_hours))

    # --- the cookie ---

    @property
    def cookie(self) -> str:
        """Its name; with https the prefix makes browsers refuse one set by a neighbouring host or without encryption."""
        return "__Host-dabashou" if self._settings.https else "dabashou"

    def give(self, response: Response, token: str) -> None:
        """A cookie that lasts until the browser closes; the server ends the session sooner."""
        response.set_cookie(self.cookie, token, path="/", secure=self._settings.https, httponly=True, samesite="lax")

    def take(self, response: Response) -> None:
        response.delete_cookie(self.cookie, path="/", secure=self._settings.https, httponly=True, samesite="lax")

    def remember(self, response: Response, preferences: Preferences) -> None:
        """How the pages before sign-in look in this browser; says nothing about the person."""
        response.set_cookie(
            LOOK_COOKIE, preferences.pack(), max_age=31_536_000, path="/", secure=self._settings.https, httponly=True, samesite="lax"
        )


class Fresh(NamedTuple):
    """A session about to be stored; only the browser gets the token."""

    token: str
    digest: str
    csrf: str


def fresh() -> Fresh:
    """A new session id of 256 random bits."""
    token = secrets.token_urlsafe(32)
    return Fresh(token, _digest(token), secrets.token_urlsafe(24))


def insert(conn: Connection, new: Fresh, person: str, organisation: str, kind: Kind, now: datetime) -> None:
    conn.execute(
        tables.session.insert(),
        {
            "digest": new.digest,
            "organisation": organisation,
            "person": person,
            "kind": kind,
            "csrf": new.csrf,
            "created_at": now,
            "seen_at": now,
        },
    )


def delete(conn: Connection, digest: str) -> None:
    conn.execute(_DELETE, {"d": digest})


def delete_of(conn: Connection, person: str) -> None:
    """Every session of ``person``, browsers and programs."""
    conn.execute(_DELETE_OF, {"p": person})


def same(expected: str, given: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how far."""
    return hmac.compare_digest(expected.encode(), given.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


_s, _p, _h, _d, _r, _c, _look = (
    tables.session,
    tables.person,
    tables.holding,
    tables.department,
    tables.platform_role,
    tables.credential,
    tables.setting,
)
_ROW = (
    sa.select(
        *(_s.c.digest, _s.c.person, _s.c.kind, _s.c.csrf, _s.c.created_at, _s.c.seen_at),
        *(_p.c.name, _p.c.disabled, _d.c.title.label("department_title"), _r.c.role, _c.c.temporary, _look.c.value.label("look")),
        sa.exists().where(tables.design_right.c.person == _s.c.person).label("designs"),
    )
    .select_from(_s.join(_p, _p.c.id == _s.c.person))
    .outerjoin(_h, sa.and_(_h.c.person == _s.c.person, _h.c.position == 0))
    .outerjoin(_d, _d.c.id == _h.c.department)
    .outerjoin(_r, sa.and_(_r.c.person == _s.c.person, _r.c.role == ADMINISTRATOR))
    .outerjoin(_c, _c.c.person == _s.c.person)
    .outerjoin(_look, sa.and_(_look.c.person == _s.c.person, _look.c.name == PREFERENCES))
    .where(_s.c.digest == sa.bindparam("d"))
)
_SEEN = _s.update().where(_s.c.digest == sa.bindparam("d")).values(seen_at=sa.bindparam("now"))
_DELETE = _s.delete().where(_s.c.digest == sa.bindparam("d"))
_DELETE_OF = _s.delete().where(_s.c.person == sa.bindparam("p"))


def _row(conn: Connection, digest: str) -> Any:
    return conn.execute(_ROW, {"d": digest}).first()


def _seen(conn: Connection, digest: str, now: datetime) -> None:
    conn.execute(_SEEN, {"d": digest, "now": now})


def _delete_older(conn: Connection, idle: datetime, absolute: datetime) -> None:
    conn.execute(_s.delete().where(sa.or_(_s.c.seen_at < idle, _s.c.created_at < absolute)))
