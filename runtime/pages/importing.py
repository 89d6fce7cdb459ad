"""Rows of a table out of Excel: a workbook to download, what would be taken of the one that is sent, and taking it."""

import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.form import MOST_ROWS, Field
from forms.reads import field_at
from forms.texts import say
from runtime import site as sites
from runtime.casework import cases, drafts, importing
from runtime.casework.drafts import Draft
from runtime.casework.importing import Sheet
from runtime.casework.skeleton import row_count
from runtime.files import sheets
from runtime.files.content import Unacceptable
from runtime.output import workbook
from runtime.output.printing import disposition
from runtime.pages import fill
from runtime.pages.page import form_pairs, render, see_other, visitor, word
from runtime.serving import security
from workflows.app import Approve, Handle
from workflows.program import START

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Place(NamedTuple):
    """A table of a form that somebody is filling in."""

    draft: Draft
    table: Field
    path: str
    #: where the form is
    href: str


async def begin(request: Request) -> Response:
    """From the form: keeps what was typed, and goes on to the page of the table that the button names."""
    pairs = await form_pairs(request)
    form = dict(pairs)
    kept = await fill.save(request, [pair for pair in pairs if pair[0] != "_action"])
    if kept.status_code >= 400:
        return kept
    return see_other(f"/import/rows?at={form.get('_task') or form.get('_draft', '')}&table={form.get('_action', '')}")


async def show(request: Request) -> Response:
    """The page on which a workbook is sent."""
    return _page(request, await _place(request, request.query_params.get("at", ""), request.query_params.get("table", "")))


async def template(request: Request) -> Response:
    """An empty workbook with the headings of the table."""
    me = visitor(request)
    place = await _place(request, request.query_params.get("at", ""), request.query_params.get("table", ""))
    title = say(place.table.title, me.language)
    data = await to_thread.run_sync(_template, title, importing.headings(place.table, me.language))
    return Response(data, media_type=XLSX, headers={"content-disposition": disposition(f"{title}.xlsx")})


def _template(title: str, head: list[str]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        path = Path(folder) / "rows.xlsx"
        out = workbook.writer("xlsx", path)
        out.row(title, head)
        out.close()
        return path.read_bytes()


async def look(request: Request) -> Response:
    """What would be taken, and what is wrong by row and column; nothing is taken yet."""
    me, site = visitor(request), sites.of(request)
    async with security.checked_files(request) as (pairs, files):
        form = dict(pairs)
        place = await _place(request, form.get("at", ""), form.get("table", ""))
        if not files:
            return _page(request, place, problem=word(me.language, "请先选择文件", "Choose a file first"))
        name, sent = files[0][1].filename or "", files[0][1]
        with tempfile.TemporaryDirectory(prefix="rows-") as folder:
            path = Path(folder) / "sent"
            path.write_bytes(await sent.read())
            try:
                rows = await sheets.read(path, name)
            except Unacceptable as problem:
                return _page(request, place, problem=say(problem.words, me.language))
    found = await site.database.read(importing.read, place.table, rows, me.language)
    if not found.found:
        return _page(
            request,
            place,
            problem=word(me.language, "第一行里没有这张表的列名，请用模板", "The first row has no heading of this table: use the template"),
        )
    return _page(request, place, found)


async def accept(request: Request) -> Response:
    """Appends the rows that were shown. They are read again as whatever is typed: nothing hangs on their having been looked at."""
    me, site = visitor(request), sites.of(request)
    form = dict(await form_pairs(request))
    place = await _place(request, form.get("at", ""), form.get("table", ""))
    names = {".".join(column.path) for column in importing.taken(place.table)}
    try:
        rows: Any = json.loads(form.get("rows", ""))
        texts: list[dict[str, str]] = [{str(k): str(v) for k, v in row.items() if k in names} for row in rows][:MOST_ROWS]
    except (ValueError, TypeError, AttributeError):
        raise HTTPException(400) from None
    pairs = list(place.draft.pairs)
    first = row_count(dict(pairs), place.path)
    added = [
        (f"{place.path}.{first + number}.{name}", part)
        for number, row in enumerate(texts)
        for name, text in row.items()
        for part in text.split("\n")
    ]
    await site.database.write(drafts.save, me.person, place.draft.app, place.draft.id, [*pairs, *added], site.clock())
    return see_other(f"{place.href}#{place.path}")


async def _place(request: Request, at: str, path: str) -> Place:
    """The table at ``path`` of the form kept under ``at``, which is one's own, if one fills it in."""
    me, site = visitor(request), sites.of(request)
    draft = await site.database.read(drafts.find, me.person, at) if drafts.is_id(at) else None
    if draft is None:
        raise HTTPException(404)
    if dict(draft.pairs).get("_task"):
        found = await cases.find_task(site, me.person, at)
        step = found.program.steps.get(found.task.step) if found else None
        if found is None or found.task.state != "open":
            raise HTTPException(404)
        program = found.program
        may = program.fills if found.task.step == START else frozenset(step.edit if isinstance(step, Approve | Handle) else ())
        href = f"/tasks/{at}"
    else:
        latest = site.catalogue.latest(draft.app)
        if latest is None:
            raise HTTPException(404)
        program, may, href = latest, latest.fills, f"/drafts/{at}"
    table = field_at({field.name: field for field in program.app.form.fields}, path)
    if table is None or table.kind != "table" or path.partition(".")[0] not in may:
        raise HTTPException(404)
    return Place(draft, table, path, href)


def _page(request: Request, place: Place, found: Sheet | None = None, problem: str = "") -> Response:
    me = visitor(request)
    return render(
        request,
        "apps/import.html",
        status=422 if problem else 200,
        title=word(me.language, f"从 Excel 导入：{say(place.table.title, 'zh')}", f"From Excel: {say(place.table.title, 'en')}"),
        back=place.href,
        at=place.draft.id,
        table=place.path,
        columns=[say(column.title, me.language) for column in importing.taken(place.table)],
        problem=problem,
        found=found,
        head=[say(column.title, me.language) for column in found.found] if found else [],
        shown=[[row.get(".".join(column.path), "") for column in found.found] for row in found.rows[:50]] if found else [],
        wrong=[(item.row, item.column, say(item.words, me.language)) for item in found.wrong[:100]] if found else [],
        rows=json.dumps(found.rows, ensure_ascii=False) if found else "",
    )


routes = [
    Route("/import/begin", begin, methods=["POST"]),
    Route("/import/rows", show, methods=["GET"]),
    Route("/import/rows", look, methods=["POST"]),
    Route("/import/template", template, methods=["GET"]),
    Route("/import/accepted", accept, methods=["POST"]),
]
