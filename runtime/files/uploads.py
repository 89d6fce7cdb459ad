"""Files on their way in: announced, arriving in parts that can be sent again, recognised, scanned, and kept."""

import hashlib
import tempfile
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
import structlog
from anyio import to_thread

from forms.form import Field
from forms.texts import say
from runtime.files import content, kinds, pictures, scanner, storage
from runtime.files.content import Unacceptable
from runtime.files.storage import Storage
from runtime.settings import Settings
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.store.ids import new_id

log = structlog.get_logger(__name__)
a = t.attachment.c
#: of a field that says nothing else
MOST_FILES = 20
#: an upload that has not gone on for so long is given up; a file that no draft or case holds stays as long
PATIENCE = timedelta(hours=24)


class Site(Protocol):
    """What uploading needs of the running server."""

    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def storage(self) -> Storage: ...


class Place(NamedTuple):
    """Where a file is uploaded: by whom, at which draft or task, for which field."""

    person: str
    app: str
    field: Field
    #: the draft's or the task's id
    id: str
    #: the case of the task
    case: str | None = None
    #: the field, with the rows that it stands in ("items.0.papers")
    path: str = ""


class File(NamedTuple):
    """A file as pages and programs see it."""

    id: str
    person: str
    app: str
    field: str
    place: str
    case: str | None
    name: str
    size: int
    received: int
    state: str
    digest: str
    media: str
    sort: str
    pages: int


COLUMNS = tuple(t.attachment.c[name] for name in File._fields)


class OutOfStep(Exception):
    """A part does not begin where the one before ended. ``at`` is where to go on."""

    def __init__(self, at: int) -> None:
        super().__init__(f"go on at {at}")
        self.at = at


def named(name: str) -> str:
    """The last part of what a browser calls a file, without what is dangerous or cannot be seen; cut to 120 characters before the ending."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in plain if char.isprintable() and char not in '<>:"|?*' and unicodedata.category(char) != "Cf").strip(
        " ."
    )
    stem, dot, ending = plain.rpartition(".")
    return (f"{stem[:120]}.{ending[:10]}" if dot and stem else plain[:120]) or "file"


async def begin(site: Site, place: Place, name: str, size: int, now: datetime) -> File:
    """Announces a file of ``size`` bytes. Raises Unacceptable where the field or a quota does not take it."""
    _fits(place.field, size, site.settings)
    return await site.database.write(_begin, place, named(name), size, site.settings, now)


def _fits(field: Field, size: int, settings: Settings) -> None:
    most = min(field.max_bytes or settings.upload_limit, settings.upload_limit)
    if size > most:
        raise Unacceptable("too-large", f"文件太大：最大 {words(most)}", f"The file is too large: {words(most)} at most")
    if size <= 0:
        raise Unacceptable("empty-file", "文件是空的", "The file is empty")


def _begin(conn: sa.Connection, place: Place, name: str, size: int, settings: Settings, now: datetime) -> File:
    at_place = (a.person == place.person, a.place == place.id)
    count, held = conn.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(a.size), 0)).where(*at_place)).one()
    unclaimed = conn.scalar(sa.select(sa.func.coalesce(sa.func.sum(a.size), 0)).where(a.person == place.person, a.case.is_(None))) or 0
    if count >= settings.place_files or held + size > settings.place_bytes:
        raise Unacceptable(
            "quota",
            f"这份申请的附件已满：最多 {settings.place_files} 个，共 {words(settings.place_bytes)}",
            f"This form is full: {settings.place_files} files, {words(settings.place_bytes)} at most",
        )
    if unclaimed + size > settings.person_bytes:
        raise Unacceptable(
            "quota",
            f"您还没有提交的附件已有 {words(unclaimed)}，到了上限。请先提交或删除草稿",
            f"Your files not handed in yet have reached the limit ({words(unclaimed)}). Hand in or discard drafts first",
        )
    organisation = conn.scalar(sa.select(t.person.c.organisation).where(t.person.c.id == place.person)) or ""
    file = File(new_id(), place.person, place.app, place.path or place.field.name, place.id, None, name, size, 0, "arriving", "", "", "", 0)
    conn.execute(sa.insert(t.attachment).values(**file._asdict(), organisation=organisation, created_at=now, changed_at=now))
    return file


async def append(site: Site, file: File, offset: int, piece: bytes, now: datetime) -> File:
    """One more part. Raises OutOfStep; Unacceptable when more comes than was announced."""
    if offset != file.received:
        raise OutOfStep(file.received)
    if file.received + len(piece) > file.size:
        raise Unacceptable("too-large", "文件比声明的大", "More came than was announced")
    await site.storage.put(storage.part(file.id, offset), piece)
    moved = await site.database.write(_moved, file.id, offset, offset + len(piece), now)
    if not moved:
        raise OutOfStep((await _again(site, file)).received)
    return file._replace(received=offset + len(piece))


async def _again(site: Site, file: File) -> File:
    return await site.database.read(find, file.person, file.id) or file


def _moved(conn: sa.Connection, id: str, before: int, after: int, now: datetime) -> bool:
    where = (a.id == id, a.received == before, a.state == "arriving")
    return conn.execute(sa.update(t.attachment).where(*where).values(received=after, changed_at=now)).rowcount == 1


async def assemble(site: Site, file: File, field: Field, now: datetime) -> File:
    """Makes one file of its parts and keeps it; see `keep`."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "whole"
        parts: list[str] = []
        at = 0
        with path.open("wb") as into:
            while at < file.size:
                key = storage.part(file.id, at)
                parts.append(key)
                before = at
                async for piece in await site.storage.read(key):
                    into.write(piece)
                    at += len(piece)
                if at == before:
                    raise OutOfStep(before)
        kept = await keep(site, file, field, path, now)
    await site.storage.remove(*parts)
    return kept


async def keep(site: Site, file: File, field: Field, path: Path, now: datetime) -> File:
    """Takes in the whole file at ``path``: recognised, scanned, stored under its digest. Raises Unacceptable (the file is forgotten then)
    or scanner.NoScanner (it may be tried again).
    """
    try:
        kind = await to_thread.run_sync(_recognise, path, file.name, field)
        if site.settings.clamd:
            await _scan(site.settings.clamd, path, file)
    except Unacceptable:
        await remove(site, file)
        raise
    digest, size = await to_thread.run_sync(_digest, path)
    key = storage.whole(digest)
    if not await site.storage.has(key):
        await site.storage.put(key, path)
    pages = await _picture(site, path, kind, digest)
    name = file.name if file.name.rpartition(".")[2].lower() in kind.endings else f"{file.name}.{kind.endings[0]}"
    made = file._replace(
        name=name, received=file.size, state="kept", digest=digest, media=kind.media, sort=kind.sort, pages=pages, size=size
    )
    values = {name: getattr(made, name) for name in ("name", "size", "received", "state", "digest", "media", "sort", "pages")}
    await site.database.write(_kept, file.id, values, now)
    return made


async def _scan(clamd: str, path: Path, file: File) -> None:
    try:
        await scanner.scan(clamd, path)
    except scanner.Infected as found:
        log.warning("infected file refused", file=file.id, person=file.person, signature=str(found)[:80])
        raise Unacceptable("infected", "文件里有病毒，没有收下", "The file holds a virus and was not taken") from found


def _kept(conn: sa.Connection, id: str, values: dict[str, Any], now: datetime) -> None:
    conn.execute(sa.update(t.attachment).where(a.id == id).values(**values, changed_at=now))


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def _recognise(path: Path, name: str, field: Field) -> kinds.Kind:
    """What the file is, if the field takes such."""
    kind = content.recognise(path, name)
    if field.types and kind.sort not in field.types:
        raise Unacceptable(
            "wrong-type",
            f"这里要：{kinds.listed(field.types, 'zh')}；这个文件是{say(kinds.SORTS[kind.sort], 'zh')}",
            f"This takes {kinds.listed(field.types, 'en')}; the file is {say(kinds.SORTS[kind.sort], 'en')}",
        )
    return kind


async def _picture(site: Site, path: Path, kind: kinds.Kind, digest: str) -> int:
    """Stores the small picture; how many pages can be looked at."""
    if kind.sort not in ("picture", "pdf"):
        return 0
    into = path.with_name("small")
    pages = await pictures.make(path, kind.media, into)
    if pages:
        await site.storage.put(storage.picture(digest), into)
    return min(pages, 500)


async def page(site: Site, file: File, number: int) -> bytes:
    """Page ``number`` of a file as WebP, from 1; 0 is the small picture. Made when it is first looked at. Raises FileNotFoundError."""
    key = storage.picture(file.digest, number)
    if number and not await site.storage.has(key):
        with tempfile.TemporaryDirectory(prefix="page-") as folder:
            path, into = Path(folder) / "whole", Path(folder) / "page"
            with path.open("wb") as out:
                async for piece in await site.storage.read(storage.whole(file.digest)):
                    out.write(piece)
            if not await pictures.make(path, file.media, into, page=number):
                raise FileNotFoundError(key)
            await site.storage.put(key, into)
    return b"".join([piece async for piece in await site.storage.read(key)])


async def remove(site: Site, file: File) -> None:
    """Forgets a file that was not handed in; its bytes go when nothing else has the same."""
    gone = await site.database.write(_remove, file.id)
    if gone is not None:
        await _forget(site, [gone])


def _remove(conn: sa.Connection, id: str) -> File | None:
    row = conn.execute(sa.select(*COLUMNS).where(a.id == id, a.case.is_(None))).first()
    if row is None or not conn.execute(sa.delete(t.attachment).where(a.id == id, a.case.is_(None))).rowcount:
        return None
    return File(*row)


async def _forget(site: Site, files: list[File]) -> None:
    for file in files:
        at = 0
        parts: list[str] = []
        while at < file.received and file.state == "arriving" and await site.storage.has(key := storage.part(file.id, at)):
            parts.append(key)
            at += sum([len(piece) async for piece in await site.storage.read(key)]) or file.received
        await site.storage.remove(*parts)
        if file.digest and not await site.database.read(_shared, file.digest):
            keys = [storage.picture(file.digest, page) for page in range(file.pages + 1)] if file.pages else []
            await site.storage.remove(storage.whole(file.digest), *keys)


def _shared(conn: sa.Connection, digest: str) -> bool:
    return conn.scalar(sa.select(a.id).where(a.digest == digest).limit(1)) is not None


async def tidy(site: Site, now: datetime) -> int:
    """Takes away what no draft and no case holds any more; how many files that were."""
    gone = await site.database.write(_orphans, now - PATIENCE)
    await _forget(site, gone)
    return len(gone)


def _orphans(conn: sa.Connection, before: datetime) -> list[File]:
    held = sa.or_(a.place.in_(sa.select(t.draft.c.id)), a.place.in_(sa.select(t.task.c.id).where(t.task.c.state == "open")))
    where = sa.and_(a.case.is_(None), a.changed_at < before, sa.or_(a.state == "arriving", sa.not_(held)))
    rows = [File(*row) for row in conn.execute(sa.select(*COLUMNS).where(where).limit(500))]
    if rows:
        conn.execute(sa.delete(t.attachment).where(a.id.in_([row.id for row in rows])))
    return rows


def find(conn: sa.Connection, person: str, id: str) -> File | None:
    """A file that ``person`` uploaded."""
    row = conn.execute(sa.select(*COLUMNS).where(a.id == id, a.person == person)).first()
    return File(*row) if row else None


def words(size: int) -> str:
    """1.2 MB."""
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= step:
            return f"{size / step:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} B"
