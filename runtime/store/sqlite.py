"""SQLite: one writer thread that commits for all who wait, and a second connection for reading.

A synchronous commit takes as long for one command as for fifty. So the writer takes what has queued up, gives each command a
savepoint, commits once, and only then answers them all. Writers never wait for each other's locks, because there is one.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from runtime.store.database import Database, Unavailable, from_json, to_json

P = ParamSpec("P")
T = TypeVar("T")

#: commands that share a commit at most: bounds how long the first of them waits
BATCH = 64

#: how long reading goes on before it looks again whether the file is still there, in seconds
LOOK_AGAIN = 0.05

#: primary result codes that say "not now" rather than "wrong": full, I/O error, busy, locked, no memory, read-only, interrupted,
#: corrupt, cannot open, protocol, not a database
NOT_NOW = frozenset({5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26})


class Job(NamedTuple):
    """A command that waits for the writer, and who waits for it."""

    call: Callable[[sa.Connection], Any]
    loop: asyncio.AbstractEventLoop | None
    future: "asyncio.Future[Any] | Future[Any]"


class Answer(NamedTuple):
    job: Job
    result: Any
    error: BaseException | None


class Opened:
    """A connection that is kept open, in a transaction only while `begin` and `end` say so."""

    def __init__(self, path: Path, *pragmas: str) -> None:
        self.path = path
        self.inode = path.stat().st_ino
        self._checked = 0.0
        self.engine = sa.create_engine(
            "sqlite://",
            creator=partial(_connect, path, pragmas),
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            json_serializer=to_json,
            json_deserializer=from_json,
        )
        self.connection = self.engine.connect()
        # SQLAlchemy would begin and commit by itself around what Alembic does; it must believe that it is in a transaction
        self.connection.begin()
        raw = self.connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        self.raw = raw

    def check(self, within: float = 0.0) -> None:
        """Raise Unavailable when the file is not the one that was opened: what is written would be lost with it.
        ``within``: not if it was checked so few seconds ago.
        """
        now = time.monotonic()
        if now < self._checked + within:
            return
        self._checked = now
        try:
            same = self.path.stat().st_ino == self.inode
        except OSError as error:
            raise Unavailable(f"the database file is gone: {self.path}") from error
        if not same:
            raise Unavailable(f"the database file was replaced: {self.path}")

    def close(self) -> None:
        try:
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
            self.connection.close()
        except (sqlite3.Error, exc.DBAPIError):
            self.connection.invalidate()
        self.engine.dispose()


class Sqlite(Database):
    """A file, one process."""

    dialect = "sqlite"

    def __init__(self, url: sa.URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path")
        self.path = Path(url.database).absolute()
        self._open_file()
        self._closed = False
        self._reader: Opened | None = None
        self._reading = threading.Lock()
        #: jobs for the writer, those of one turn of a loop together; None: there will be no more
        self._queue: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        #: jobs of the present turn of each loop
        self._gathered: defaultdict[asyncio.AbstractEventLoop, list[Job]] = defaultdict(list)
        self._writer: Opened | None = None
        self._thread = threading.Thread(target=self._write_on, name="writer", daemon=True)
        self._thread.start()

    def _open_file(self) -> None:
        """Make the file, in WAL mode: from here on a missing file is a lost one."""
        try:
            raw = sqlite3.connect(self.path, timeout=10)
            try:
                raw.execute("PRAGMA journal_mode = WAL")
            finally:
                raw.close()
        except sqlite3.Error as error:
            raise Unavailable(f"cannot open {self.path}: {error}") from error

    # --- reading ---

    async def read(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.read_now(fn, *args, **kwargs)

    def read_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._reading:
            if self._closed:
                raise Unavailable("the database has been closed")
            reader = self._reader
            try:
                if reader is None:
                    reader = self._reader = Opened(self.path, "query_only = ON")
                reader.check(LOOK_AGAIN)
                reader.raw.execute("BEGIN")
                try:
                    return fn(reader.connection, *args, **kwargs)
                finally:
                    if reader.raw.in_transaction:
                        reader.raw.execute("COMMIT")
            except (OSError, sqlite3.Error, exc.DBAPIError, Unavailable) as error:
                if not (found := _unavailable(error)):
                    raise
                if reader:
                    reader.close()
                self._reader = None
                raise found from error

    # --- writing ---

    async def write(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def call(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        if self._closed:
            raise Unavailable("the database has been closed")
        # the writer is woken once for all that this turn of the loop brings: two threads at work at once only take the lock from
        # each other, at every statement
        gathered = self._gathered[loop]
        if not gathered:
            loop.call_soon(self._hand_over, loop)
        gathered.append(Job(call, loop, future))
        return await future

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs = self._gathered.pop(loop)
        if self._closed:
            _settle([Answer(job, None, Unavailable("the database has been closed")) for job in jobs])
        else:
            self._queue.put(jobs)

    def write_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        future: Future[T] = Future()

        def call(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        if self._closed:
            raise Unavailable("the database has been closed")
        self._queue.put([Job(call, None, future)])
        return future.result()

    def _write_on(self) -> None:
        """The writer thread: take what waits, commit it, answer."""
        waiting: deque[Job] = deque()
        while waiting or self._await(waiting):
            answers: list[Answer] = []
            try:
                self._begin()
                self._carry_out(waiting, answers)
                self._commit()
            except BaseException as error:  # noqa: BLE001 -- whatever it was, those who wait must hear of it and the thread must live
                self._let_go()
                answers = [
                    Answer(job, None, _unavailable(error) or error) for job, _, _ in answers or [Answer(waiting.popleft(), None, None)]
                ]
            _tell(answers)
        self._let_go()

    def _begin(self) -> Opened:
        if self._writer is None:
            self._writer = Opened(self.path)
        self._writer.check()
        self._writer.raw.execute("BEGIN IMMEDIATE")
        return self._writer

    def _carry_out(self, waiting: deque[Job], answers: list[Answer]) -> None:
        """Run what is ``waiting`` and what has come meanwhile, each in a savepoint. Raises when the transaction itself was lost."""
        writer = self._writer
        assert writer is not None
        while len(answers) < BATCH and (waiting or self._more(waiting)):
            job = waiting.popleft()
            answers.append(Answer(job, None, None))
            writer.raw.execute("SAVEPOINT command")
            try:
                answers[-1] = Answer(job, job.call(writer.connection), None)
            except BaseException as error:
                answers[-1] = Answer(job, None, _unavailable(error) or error)
                # SQLite gives up the whole transaction when the disk is full or broken
                if not writer.raw.in_transaction:
                    raise
                writer.raw.execute("ROLLBACK TO command")
            writer.raw.execute("RELEASE command")

    def _await(self, waiting: deque[Job]) -> bool:
        """Whether there is more to come; it is waiting then."""
        found = self._queue.get()
        waiting.extend(found or ())
        return found is not None

    def _more(self, waiting: deque[Job]) -> bool:
        """Whether more has come; it is waiting now."""
        try:
            found = self._queue.get_nowait()
        except queue.Empty:
            return False
        if found is None:
            self._queue.put(None)
            return False
        waiting.extend(found)
        return True

    def _commit(self) -> None:
        assert self._writer is not None
        self._writer.check()
        self._writer.raw.execute("COMMIT")

    def _let_go(self) -> None:
        """Forget the connection; the next command opens another."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        while not self._queue.empty():  # came between the mark and the end
            _tell([Answer(job, None, Unavailable("the database has been closed")) for job in self._queue.get() or ()])
        with self._reading:
            if self._reader is not None:
                self._reader.close()
                self._reader = None


def _connect(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    """A connection that never creates the file and that keeps what it was told when the power fails."""
    raw = sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -16000", *pragmas):
        raw.execute(f"PRAGMA {pragma}")
    return raw


def _unavailable(error: BaseException) -> Unavailable | None:
    """``error`` as Unavailable if it says "not now", None if it says "wrong"."""
    if isinstance(error, Unavailable):
        return error
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    if isinstance(cause, OSError) or (isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in NOT_NOW):
        found = Unavailable(str(cause))
        found.__cause__ = error
        return found
    return None


def _tell(answers: list[Answer]) -> None:
    """Answer those who wait: threads directly, each event loop by one call for all of its own."""
    loops: defaultdict[asyncio.AbstractEventLoop, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.job.loop is None:
            _settle([answer])
        else:
            loops[answer.job.loop].append(answer)
    for loop, its in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, its)
        except RuntimeError:  # the loop has been closed: nobody waits any more
            continue


def _settle(answers: list[Answer]) -> None:
    for job, result, error in answers:
        if job.future.done():  # its caller has gone away
            continue
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)
