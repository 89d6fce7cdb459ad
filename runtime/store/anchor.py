"""An anchor of all chains outside the database: a file that is only appended to, with the last hash of each case that has changed.

Whoever can write to the database can cut the last events of a case off, or a whole case, and leave nothing that does not fit. The file
remembers that they were there. Each of its lines carries the digest of the line before, so a line that was changed shows too.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import tables as t


class Head(NamedTuple):
    """The last event of a case."""

    case: str
    seq: int
    hash: str


class Line(msgspec.Struct, frozen=True):
    """What was so at a moment."""

    at: datetime
    #: digest of the line before; "" begins the file
    before: str
    heads: list[Head]


class Cut(NamedTuple):
    """The first thing that is not as the file says."""

    #: None: the file itself was changed, in its line ``seq``
    case: str | None
    seq: int
    at: datetime | None = None


_line = msgspec.json.Decoder(Line)


def append(path: Path, heads: Sequence[Head], at: datetime) -> None:
    """``heads`` as another line, on the disk before this returns. Raises ValueError when the last line is none of ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _lock(file.fileno())
        last = _last(file)
        if last:
            _line.decode(last)
        file.write(msgspec.json.encode(Line(at, _digest(last) if last else "", list(heads))) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def newest(path: Path) -> Line | None:
    """The last line; None: there is none. Raises ValueError when it is none of ours."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        last = _last(file)
    return _line.decode(last) if last else None


def check(conn: sa.Connection, path: Path) -> Cut | None:
    """The first event that the file knows and the database has not, or has otherwise; None: all are there."""
    for line in _lines(path):
        if isinstance(line, Cut):
            return line
        for start in range(0, len(line.heads), TOGETHER):
            heads = line.heads[start : start + TOGETHER]
            found = {(row.case, row.seq): row.hash for row in conn.execute(_EVENTS, {"cases": [head.case for head in heads]})}
            for head in heads:
                if found.get((head.case, head.seq)) != head.hash:
                    missing = (seq for seq in range(1, head.seq + 1) if (head.case, seq) not in found)
                    return Cut(head.case, next(missing, head.seq), line.at)
    return None


#: cases asked for at once
TOGETHER = 200


def _lines(path: Path) -> Iterator[Line | Cut]:
    """The lines in order; a Cut in place of the first that does not follow from the one before, and nothing after it."""
    before = ""
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            try:
                line = _line.decode(text)
            except msgspec.DecodeError:
                yield Cut(None, number)
                return
            if line.before != before:
                yield Cut(None, number)
                return
            before = _digest(text)
            yield line


def _digest(line: bytes) -> str:
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def _lock(descriptor: int) -> None:
    """Several processes of one machine write one file in turn; closing it lets go."""
    try:
        import fcntl
    except ImportError:  # Windows: one process serves there
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _last(file: BinaryIO) -> bytes:
    """The last line, without reading the others."""
    end = file.seek(0, os.SEEK_END)
    tail, start = b"", end
    while start > 0 and b"\n" not in tail[:-1]:
        start = max(0, start - 65_536)
        file.seek(start)
        tail = file.read(end - start)
    return tail.rstrip(b"\n").rpartition(b"\n")[2]


def changed(conn: sa.Connection, since: datetime | None, after: str, limit: int) -> tuple[list[Head], str | None]:
    """Those of the next ``limit`` cases after the id ``after`` that have changed since; and the id to go on after, None at the end."""
    rows = conn.execute(_CASES, {"after": after, "limit": limit}).all()
    wanted = {row.id: row.rev for row in rows if since is None or row.changed_at >= since}
    heads: list[Head] = []
    ids = list(wanted)
    for start in range(0, len(ids), TOGETHER):
        found = conn.execute(_EVENTS, {"cases": ids[start : start + TOGETHER]})
        heads += [Head(row.case, row.seq, row.hash) for row in found if wanted[row.case] == row.seq]
    return heads, rows[-1].id if len(rows) == limit else None


_CASES = (
    sa.select(t.case.c.id, t.case.c.rev, t.case.c.changed_at)
    .where(t.case.c.id > given("after"))
    .order_by(t.case.c.id)
    .limit(given("limit", type_=sa.Integer))
)
_EVENTS = sa.select(t.event.c.case, t.event.c.seq, t.event.c.hash).where(t.event.c.case.in_(given("cases", expanding=True)))
