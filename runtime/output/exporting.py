"""Lists as files: asked for, made by a worker row by row with what the asker may see, fetched when ready."""

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
import structlog
from anyio import to_thread

from forms import leaves, reads
from forms.leaves import columns as columns_of
from forms.texts import Text, say
from runtime.casework import cases, folded, lists, opinions, relating, sheet
from runtime.casework.entries import outcome
from runtime.casework.glance import Glance
from runtime.casework.visible import LOOKS_AFTER
from runtime.files import held
from runtime.output import cells, workbook
from runtime.output.cells import Cell, safe
from runtime.people import organisation
from runtime.site import Site
from runtime.store import chain, outbox
from runtime.store import tables as t
from runtime.store.ids import new_id
from runtime.store.outbox import Letter, Undeliverable
from runtime.store.statements import Together
from workflows.program import Program

log = structlog.get_logger(__name__)
x = t.export.c
KIND = "export"
List = Literal["todo", "done", "mine", "copied", "overseen"]
LISTS: dict[str, Text] = {
    "mine": {"zh": "我发起的", "en": "Mine"},
    "todo": {"zh": "待办", "en": "To do"},
    "done": {"zh": "已办", "en": "Done"},
    "copied": {"zh": "抄送我的", "en": "Copied to me"},
    "overseen": {"zh": "我负责管理的全部申请", "en": "All cases that I look after"},
}
#: rows of one file
MOST = 100_000
#: cases read at once: on SQLite reading holds up everybody else for that long
BATCH = 8
#: after so many cases the progress is written down
STEP = 200
#: files are kept for so long
KEPT = timedelta(days=7)
#: of one person at once
MOST_WAITING = 3
HEAD: dict[str, list[str]] = {
    "zh": ["编号", "标题", "应用", "申请人", "部门", "状态", "当前环节", "提交时间", "办结时间"],
    "en": ["Number", "Title", "App", "Applicant", "Department", "Status", "Step", "Submitted", "Closed"],
}


class Export(NamedTuple):
    """One file, made or in the making."""

    id: str
    person: str
    list: str
    app: str
    format: str
    language: str
    state: str
    done: int
    total: int
    size: int
    created_at: datetime
    ended_at: datetime | None


COLUMNS = tuple(t.export.c[name] for name in Export._fields)


async def ask(site: Site, person: str, which: List, app: str, format: str, language: str) -> Export | None:
    """Has a list made into a file; None: too many are being made for the person already."""
    made = await site.database.write(_ask, person, which, app, format, language, site.clock())
    if made:
        site.database.bell.ring(site.clock())
    return made


def _ask(conn: sa.Connection, person: str, which: str, app: str, format: str, language: str, now: datetime) -> Export | None:
    waiting = conn.scalar(sa.select(sa.func.count()).where(x.person == person, x.state == "waiting"))
    if (waiting or 0) >= MOST_WAITING:
        return None
    organisation = conn.scalar(sa.select(t.person.c.organisation).where(t.person.c.id == person)) or ""
    made = Export(new_id(), person, which, app, format, language, "waiting", 0, 0, 0, now, None)
    conn.execute(sa.insert(t.export).values(**made._asdict(), organisation=organisation))
    writes = Together()
    body = msgspec.json.encode({"export": made.id}).decode()
    outbox.put(writes, [{"id": new_id(), "organisation": organisation, "kind": KIND, "case": "", "body": body}], now)
    writes.run(conn)
    note = {"id": new_id(), "organisation": organisation, "at": now, "person": person, "address": "", "action": "export"}
    conn.execute(sa.insert(t.access_log).values(**note, object=f"{which} {app} {format}".strip(), result="done"))
    return made


def mine(conn: sa.Connection, person: str) -> list[Export]:
    """One's own, the newest first."""
    return [Export(*row) for row in conn.execute(sa.select(*COLUMNS).where(x.person == person).order_by(x.id.desc()).limit(50))]


def find(conn: sa.Connection, person: str, id: str) -> Export | None:
    row = conn.execute(sa.select(*COLUMNS).where(x.id == id, x.person == person)).first()
    return Export(*row) if row else None


def key(export: Export) -> str:
    """Where its file lies."""
    return f"exports/{export.id}.{export.format}"


async def carry(site: Site, letter: Letter) -> None:
    """Makes the file that a letter asks for. Raises what sending letters raises; a file that cannot be made is said to have failed."""
    id = msgspec.json.decode(letter.body)["export"]
    export = await site.database.read(_waiting, id)
    if export is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / f"list.{export.format}"
            done = await _write(site, export, letter, path)
            size = (await to_thread.run_sync(path.stat)).st_size
            await site.storage.put(key(export), path)
    except _Gone:
        return
    except Exception as error:
        # whoever asked only hears that it failed: the cause is for operators
        log.exception("export failed", export=id, list=export.list, app=export.app, tries=letter.tries + 1, exc_info=error)
        if letter.tries + 1 < 3:
            raise
        await site.database.write(_set, id, {"state": "failed", "ended_at": site.clock()})
        raise Undeliverable("the file could not be made") from None
    values = {"state": "ready", "done": done, "total": done, "size": size, "ended_at": site.clock()}
    await site.database.write(_set, id, values)


class _Gone(Exception):
    """Nobody wants it any more."""


def _waiting(conn: sa.Connection, id: str) -> Export | None:
    row = conn.execute(sa.select(*COLUMNS).where(x.id == id, x.state == "waiting")).first()
    return Export(*row) if row else None


def _set(conn: sa.Connection, id: str, values: dict[str, Any]) -> bool:
    return conn.execute(sa.update(t.export).where(x.id == id).values(**values)).rowcount == 1


def _step(conn: sa.Connection, id: str, letter: str, done: int, total: int, now: datetime) -> bool:
    """Writes the progress down and keeps the letter for oneself. False: the export was taken away."""
    conn.execute(sa.update(t.outbox).where(t.outbox.c.id == letter).values(wake=now + outbox.LEASE))
    return _set(conn, id, {"done": done, "total": total})


async def _write(site: Site, export: Export, letter: Letter, path: Path) -> int:
    """Writes all rows; how many cases that were."""
    ids = await site.database.read(_ids, export)
    await site.database.write(_step, export.id, letter.id, 0, len(ids), site.clock())
    out = workbook.writer(export.format, path)
    program = site.catalogue.current(export.app) if export.app else None
    form = cells.of_form(program.app.form) if program else cells.Fields([], [])
    named = cells.titles(program.app.form, export.language) if program else {}
    first = say(LISTS[export.list], export.language)
    out.row(first, [*HEAD[export.language], *(named[path] for path, _ in form.plain), *(named[path] for path, _ in form.tables)])
    for path_, table in form.tables:
        columns = [say(column.title, export.language) for column in columns_of(table)]
        out.row(named[path_], [HEAD[export.language][0], "序号" if export.language == "zh" else "No.", *columns])
    done = 0
    for at in range(0, len(ids), BATCH):
        for line in await site.database.read(_lines, site, export, form, ids[at : at + BATCH]):
            out.row(first, line.cells)
            for path_, rows in line.tables:
                for number, row in enumerate(rows, 1):
                    out.row(named[path_], [line.cells[0], number, *row])
        before, done = done, min(at + BATCH, len(ids))
        if before // STEP != done // STEP and not await site.database.write(_step, export.id, letter.id, done, len(ids), site.clock()):
            raise _Gone
        # reading may not have waited for anything: everybody else wants to be served meanwhile
        await asyncio.sleep(0)
    await to_thread.run_sync(out.close)
    return len(ids)


def _ids(conn: sa.Connection, export: Export) -> list[str]:
    """The cases of the list as it is now, each once, in its order."""
    if export.list == "overseen":
        looked = sa.select(t.case.c.id).where(t.case.c.app == export.app, LOOKS_AFTER).order_by(t.case.c.id.desc()).limit(MOST)
        return list(conn.execute(looked, {"person": export.person}).scalars())
    read = {"todo": lists.todo, "done": lists.done, "mine": lists.mine, "copied": lists.copied}[export.list]
    found: dict[str, None] = {}
    after: str | None = None
    while len(found) < MOST:
        page = read(conn, export.person, export.app or None, None, after, 500)
        found.update(dict.fromkeys(row.case_id for row in page.rows))
        after = page.next
        if after is None:
            break
    return list(found)[:MOST]


class _Line(NamedTuple):
    cells: list[Cell]
    tables: list[tuple[str, list[list[Cell]]]]


def _lines(conn: sa.Connection, site: Site, export: Export, form: cells.Fields, ids: list[str]) -> list[_Line]:
    """The rows of some cases. Each is asked for anew by whether the person sees it: rights may have changed since the list was read."""
    zone = ZoneInfo(Glance(conn, site.database).calendar.time_zone)
    found: list[_Line] = []
    for id in ids:
        row = cases.seen(conn, export.person, id)
        if row is None:
            continue
        case, program = folded.standing(conn, row), site.catalogue.load(conn, row.digest)
        events = chain.read(conn, id)[0] if any(field.kind == "opinion" for field in program.app.form.fields) else ()
        shown = opinions.shown(program, case, events, export.person, export.language, zone)
        people, departments = sheet.references(program.app.form, shown)
        names = organisation.names(conn, people, departments, export.language) if people or departments else {}
        names |= relating.names(conn, export.person, program, shown)
        names |= held.names(held.read(conn, held.ids(program.app.form, shown)))
        reader = sheet.Reader(export.language, names)
        facts: list[Cell] = [
            row.number,
            safe(row.subject),
            safe(say(row.app_title, export.language)),
            safe(row.applicant_name),
            safe(row.department_title),
            safe(outcome(program.app.flow.outcomes, row.outcome, export.language)[0]),
            safe(say(row.step_title, export.language)) if row.step_title else "",
            f"{row.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{row.ended_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.ended_at else "",
        ]
        facts += [_answer(program, shown, path, reader) for path, _ in form.plain]
        tables = [(path, _rows(program, shown, path, reader)) for path, _ in form.tables]
        found.append(_Line([*facts, *(len(rows) or "" for _, rows in tables)], tables))
    return found


def _answer(program: Program, shown: Mapping[str, Any], path: str, reader: sheet.Reader) -> Cell:
    """An answer by the form that the case runs on, which may be an older one."""
    field = reads.field_at(program.rules.fields, path)
    return cells.cell(field, leaves.at(shown, path), reader) if field else ""


def _rows(program: Program, shown: Mapping[str, Any], path: str, reader: sheet.Reader) -> list[list[Cell]]:
    field = reads.field_at(program.rules.fields, path)
    return list(cells.rows(field, leaves.at(shown, path), reader)) if field and field.kind == "table" else []


async def discard(site: Site, person: str, id: str) -> bool:
    """Takes an export away, made or not."""
    gone = await site.database.write(_discard, person, id)
    if gone:
        await site.storage.remove(key(gone))
    return gone is not None


def _discard(conn: sa.Connection, person: str, id: str) -> Export | None:
    found = find(conn, person, id)
    if found:
        conn.execute(sa.delete(t.export).where(x.id == id))
    return found


async def tidy(site: Site) -> None:
    """Takes away what is older than KEPT."""
    for export in await site.database.write(_old, site.clock() - KEPT):
        await site.storage.remove(key(export))


def _old(conn: sa.Connection, before: datetime) -> list[Export]:
    rows = [Export(*row) for row in conn.execute(sa.select(*COLUMNS).where(x.created_at < before).limit(200))]
    if rows:
        conn.execute(sa.delete(t.export).where(x.id.in_([row.id for row in rows])))
    return rows
