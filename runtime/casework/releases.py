"""Releases in the database: which is current, what became of each app, and the catalogue of those that this process runs."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy import bindparam as given

from forms.form import Struct
from runtime.casework import views
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.store.ids import new_id
from workflows import app, program
from workflows.app import Release
from workflows.program import Program

T = TypeVar("T")

log = structlog.get_logger(__name__)

#: the counter that moves whenever a release becomes current
PUBLISHED = "published"

Kind = Literal["published", "rolled-back", "retired", "reopened"]


class Source(Struct):
    """Where a release comes from: a commit of the workspace, who wrote it and who reviewed it; all "" for a folder."""

    revision: str = ""
    author: str = ""
    reviewer: str = ""


class Standing(NamedTuple):
    """What new cases of an app begin with."""

    digest: str
    retired_at: datetime | None


FOLDER = Source()


def store(
    conn: sa.Connection, release: Release, by: str, now: datetime, source: Source = FOLDER, *, moved: int = 0, stayed: int = 0
) -> bool:
    """Keep ``release`` and let new cases of its app begin with it. False when it already is the current one."""
    organisation = keep(conn, release, by, now)
    before = standing(conn, release.app.id)
    views.indexed(conn, release.app.views)
    if before and before.digest == release.digest:
        return False
    _make_current(conn, release.app.id, organisation, release.digest, now, before.retired_at if before else None)
    _record(
        conn, release.app.id, organisation, "published", release.digest, before.digest if before else None, by, now, source, moved, stayed
    )
    return True


def keep(conn: sa.Connection, release: Release, by: str, now: datetime) -> str:
    """Keep ``release``, without making it current; the organisation's id."""
    organisation = conn.scalar(sa.select(t.organisation.c.id)) or ""
    if not conn.scalar(sa.select(t.release.c.digest).where(t.release.c.digest == release.digest)):
        row = {"digest": release.digest, "organisation": organisation, "app": release.app.id, "body": release.body}
        conn.execute(sa.insert(t.release), {**row, "published_by": by, "published_at": now})
    return organisation


def named(conn: sa.Connection, app: str, beginning: str) -> str | None:
    """The one release of ``app`` that was current once and whose digest begins so, with or without “sha256:”; None: none, or several."""
    wanted = beginning.removeprefix("sha256:")
    found = {row.digest for row in history(conn, app) if wanted and row.digest.removeprefix("sha256:").startswith(wanted)}
    return found.pop() if len(found) == 1 else None


def revision(conn: sa.Connection) -> str | None:
    """The commit that was published last; None: none was."""
    statement = sa.select(t.publication.c.revision).where(t.publication.c.revision != "").order_by(t.publication.c.id.desc()).limit(1)
    return conn.scalar(statement)


def standing(conn: sa.Connection, app: str) -> Standing | None:
    """What new cases of ``app`` begin with; None: it was never published."""
    row = conn.execute(_STANDING, {"app": app}).first()
    return Standing(row.digest, row.retired_at) if row else None


def previous(conn: sa.Connection, app: str) -> str | None:
    """The digest that was current before the current one came; None: there was none."""
    now = standing(conn, app)
    if now is None:
        return None
    for row in history(conn, app):
        if row.kind in ("published", "rolled-back") and row.digest == now.digest:
            return row.before
    return None


def roll_back(conn: sa.Connection, app: str, to: str, by: str, now: datetime, *, moved: int = 0, stayed: int = 0) -> None:
    """``to``, an earlier release of ``app``, is current again."""
    before = standing(conn, app)
    assert before is not None
    organisation = conn.scalar(sa.select(t.organisation.c.id)) or ""
    _make_current(conn, app, organisation, to, now, before.retired_at)
    _record(conn, app, organisation, "rolled-back", to, before.digest, by, now, FOLDER, moved, stayed)


def retire(conn: sa.Connection, app: str, by: str, now: datetime, *, reopen: bool = False) -> bool:
    """No cases of ``app`` begin any more, or they do again. False when it was so already."""
    before = standing(conn, app)
    assert before is not None
    if (before.retired_at is None) == reopen:
        return False
    organisation = conn.scalar(sa.select(t.organisation.c.id)) or ""
    _make_current(conn, app, organisation, before.digest, now, None if reopen else now)
    kind: Kind = "reopened" if reopen else "retired"
    _record(conn, app, organisation, kind, before.digest, before.digest, by, now, FOLDER, 0, 0)
    return True


def history(conn: sa.Connection, app: str) -> list[Any]:
    """The rows of `publication` of ``app``, the latest first."""
    return list(conn.execute(_HISTORY, {"app": app}))


def _make_current(conn: sa.Connection, app: str, organisation: str, digest: str, now: datetime, retired_at: datetime | None) -> None:
    conn.execute(sa.delete(t.app_current).where(t.app_current.c.app == app))
    row = {"app": app, "organisation": organisation, "digest": digest, "since": now, "retired_at": retired_at}
    conn.execute(sa.insert(t.app_current), row)
    moved = sa.update(t.counter).where(t.counter.c.scope == PUBLISHED).values(value=t.counter.c.value + 1)
    if not conn.execute(moved).rowcount:
        conn.execute(sa.insert(t.counter), {"scope": PUBLISHED, "organisation": organisation, "value": 1})


def _record(
    conn: sa.Connection,
    app: str,
    organisation: str,
    kind: Kind,
    digest: str,
    before: str | None,
    by: str,
    now: datetime,
    source: Source,
    moved: int,
    stayed: int,
) -> None:
    row = {"id": new_id(), "organisation": organisation, "app": app, "kind": kind, "digest": digest, "before": before, "by": by, "at": now}
    from_git = {"revision": source.revision, "author": source.author, "reviewer": source.reviewer}
    conn.execute(sa.insert(t.publication), {**row, **from_git, "moved": moved, "stayed": stayed})


def current(conn: sa.Connection) -> dict[str, str]:
    """App ids to the digests of their current releases."""
    return {row.app: row.digest for row in conn.execute(_CURRENT)}


def find(conn: sa.Connection, digest: str) -> Release | None:
    """The release named ``digest``. Raises ValueError when its body is not what its name says."""
    body = conn.scalar(_BODY, {"digest": digest})
    return None if body is None else _read(digest, body)


def _read(digest: str, body: bytes) -> Release:
    found = app.read(body)
    if found.digest != digest:
        raise ValueError(f"the stored release {digest} has the content of {found.digest}: restore it from a backup or publish it again")
    return found


_CURRENT = sa.select(t.app_current).order_by(t.app_current.c.app)
_STANDING = sa.select(t.app_current.c.digest, t.app_current.c.retired_at).where(t.app_current.c.app == given("app"))
_HISTORY = sa.select(t.publication).where(t.publication.c.app == given("app")).order_by(t.publication.c.id.desc())
_BODY = sa.select(t.release.c.body).where(t.release.c.digest == given("digest"))
_BODIES = sa.select(t.release.c.digest, t.release.c.body).where(t.release.c.digest.in_(given("digests", expanding=True)))
_PUBLISHED = sa.select(t.counter.c.value).where(t.counter.c.scope == PUBLISHED)


class Catalogue:
    """Programs by app and by digest. What is current is known at once; a program is made when it is first asked for, and never changes,
    so it is shared by everything that runs. A release that cannot be made ready is logged and keeps none of the others away.
    """

    def __init__(self) -> None:
        self._published: int | None = -1
        self._current: dict[str, str] = {}
        self._retired: frozenset[str] = frozenset()
        #: of current releases whose programs nobody has asked for yet
        self._bodies: dict[str, bytes] = {}
        self._programs: dict[str, Program] = {}
        self._broken: set[str] = set()
        self._following: dict[Hashable, Any] = {}

    async def refresh(self, database: Database) -> bool:
        """Take in what was published since; one indexed row when nothing was. True when something is new."""
        return await database.read(self._read)

    def _read(self, conn: sa.Connection) -> bool:
        published = conn.scalar(_PUBLISHED)
        if published == self._published:
            return False
        rows = list(conn.execute(_CURRENT))
        wanted = {row.app: row.digest for row in rows}
        new = [digest for digest in wanted.values() if digest not in self._programs and digest not in self._bodies]
        for start in range(0, len(new), 500):
            self._bodies |= {row.digest: row.body for row in conn.execute(_BODIES, {"digests": new[start : start + 500]})}
        self._retired = frozenset(row.app for row in rows if row.retired_at)
        self._current, self._published, self._following = wanted, published, {}
        return True

    def load(self, conn: sa.Connection, digest: str) -> Program:
        """The program of the release ``digest``, which a case names. Raises LookupError when there is none."""
        ready = self._programs.get(digest)
        if ready is None:
            body = self._bodies.get(digest) or conn.scalar(_BODY, {"digest": digest})
            if body is None:
                raise LookupError(f"no release {digest}")
            ready = self._make(digest, body)
        return ready

    def _make(self, digest: str, body: bytes) -> Program:
        ready = self._programs[digest] = program.load(_read(digest, body))
        self._bodies.pop(digest, None)
        return ready

    def _ready(self, digest: str) -> Program | None:
        """The program of a current release; None: it is broken."""
        # in this order: what another thread makes ready meanwhile is among the programs before it leaves the bodies
        body = self._bodies.get(digest)
        ready = self._programs.get(digest)
        if ready is None and body is not None and digest not in self._broken:
            try:
                return self._make(digest, body)
            except Exception as error:
                # whatever is wrong with one release, the apps of all others go on
                self._broken.add(digest)
                log.exception("release not fit to run", release=digest, exc_info=error)
        return ready

    def prepare(self) -> bool:
        """Read one more release, so that no request has to; False: there is none left. Its expressions are compiled when they are first
        asked for: that takes 20 ms and 700 KiB an app, and of a thousand apps few are used in an hour.
        """
        digest = next((digest for digest in self._current.values() if digest in self._bodies and digest not in self._broken), None)
        if digest is None:
            return False
        self._ready(digest)
        return True

    def current(self, app: str) -> Program | None:
        """What new cases of ``app`` run on; None: there is no such app, or it takes no new cases."""
        return None if app in self._retired else self.latest(app)

    def latest(self, app: str) -> Program | None:
        """The same, though it may be retired: what a case that is under way starts, it still starts."""
        digest = self._current.get(app)
        return self._ready(digest) if digest else None

    def retired(self, app: str) -> Program | None:
        """The last release of an app that takes no new cases; None: it is no such app."""
        return self.latest(app) if app in self._retired else None

    def programs(self) -> dict[str, Program]:
        """What new cases run on, by app."""
        return {program.app.id: program for program in self.apps()}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` makes of the current apps: kept under ``key`` until something is published."""
        if key not in self._following:
            self._following[key] = make()
        return self._following[key]

    def program(self, digest: str) -> Program | None:
        """A program that has been loaded."""
        return self._programs.get(digest)

    def apps(self) -> list[Program]:
        """The current program of every app that takes new cases, by app id."""
        found = [self._ready(digest) for app, digest in self._current.items() if app not in self._retired]
        return [program for program in found if program is not None]
