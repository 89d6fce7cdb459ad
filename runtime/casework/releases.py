"""Releases in the database, and the catalogue of those that this process has made ready to run."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import tables as t
from runtime.store.database import Database
from workflows import app, program
from workflows.app import Release
from workflows.program import Program

T = TypeVar("T")

#: the counter that moves whenever a release becomes current
PUBLISHED = "published"


def store(conn: sa.Connection, release: Release, by: str, now: datetime) -> bool:
    """Keep ``release`` and let new cases of its app begin with it. False when it already is the current one."""
    organisation = conn.scalar(sa.select(t.organisation.c.id)) or ""
    if not conn.scalar(sa.select(t.release.c.digest).where(t.release.c.digest == release.digest)):
        row = {"digest": release.digest, "organisation": organisation, "app": release.app.id, "body": release.body}
        conn.execute(sa.insert(t.release), {**row, "published_by": by, "published_at": now})
    before = conn.scalar(sa.select(t.app_current.c.digest).where(t.app_current.c.app == release.app.id))
    if before == release.digest:
        return False
    conn.execute(sa.delete(t.app_current).where(t.app_current.c.app == release.app.id))
    row = {"app": release.app.id, "organisation": organisation, "digest": release.digest, "since": now}
    conn.execute(sa.insert(t.app_current), row)
    moved = sa.update(t.counter).where(t.counter.c.scope == PUBLISHED).values(value=t.counter.c.value + 1)
    if not conn.execute(moved).rowcount:
        conn.execute(sa.insert(t.counter), {"scope": PUBLISHED, "organisation": organisation, "value": 1})
    return True


def current(conn: sa.Connection) -> dict[str, str]:
    """App ids to the digests of their current releases."""
    return {row.app: row.digest for row in conn.execute(_CURRENT)}


def find(conn: sa.Connection, digest: str) -> Release | None:
    """The release named ``digest``. Raises ValueError when its body is not what its name says."""
    body = conn.scalar(_BODY, {"digest": digest})
    if body is None:
        return None
    found = app.read(body)
    if found.digest != digest:
        raise ValueError(f"the stored release {digest} has the content of {found.digest}: restore it from a backup or publish it again")
    return found


_CURRENT = sa.select(t.app_current.c.app, t.app_current.c.digest).order_by(t.app_current.c.app)
_BODY = sa.select(t.release.c.body).where(t.release.c.digest == given("digest"))
_PUBLISHED = sa.select(t.counter.c.value).where(t.counter.c.scope == PUBLISHED)


class Catalogue:
    """Programs by app and by digest, loaded when first needed. A program never changes, so it is shared by everything that runs."""

    def __init__(self) -> None:
        self._published: int | None = -1
        self._current: dict[str, str] = {}
        self._programs: dict[str, Program] = {}
        self._following: dict[Hashable, Any] = {}

    async def refresh(self, database: Database) -> bool:
        """Take in what was published since; one indexed row when nothing was. True when something is new."""
        return await database.read(self._read)

    def _read(self, conn: sa.Connection) -> bool:
        published = conn.scalar(_PUBLISHED)
        if published == self._published:
            return False
        wanted = current(conn)
        for digest in wanted.values():
            self.load(conn, digest)
        self._current, self._published, self._following = wanted, published, {}
        return True

    def load(self, conn: sa.Connection, digest: str) -> Program:
        """The program of the release ``digest``, which a case names. Raises LookupError when there is none."""
        ready = self._programs.get(digest)
        if ready is None:
            release = find(conn, digest)
            if release is None:
                raise LookupError(f"no release {digest}")
            ready = self._programs[digest] = program.load(release)
        return ready

    def current(self, app: str) -> Program | None:
        """What new cases of ``app`` run on; None: there is no such app."""
        digest = self._current.get(app)
        return self._programs[digest] if digest else None

    def programs(self) -> dict[str, Program]:
        """What new cases run on, by app."""
        return {app: self._programs[digest] for app, digest in self._current.items()}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` makes of the current apps: kept under ``key`` until something is published."""
        if key not in self._following:
            self._following[key] = make()
        return self._following[key]

    def program(self, digest: str) -> Program | None:
        """A program that has been loaded."""
        return self._programs.get(digest)

    def apps(self) -> list[Program]:
        """The current program of every app, by app id."""
        return [self._programs[digest] for digest in self._current.values()]
