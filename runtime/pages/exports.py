"""Lists as files: asking for one, how far it is, fetching it."""

from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from forms.texts import say
from runtime import site as sites
from runtime.casework.moments import moment
from runtime.files.uploads import words
from runtime.output import exporting
from runtime.output.exporting import LISTS, Export
from runtime.output.printing import disposition
from runtime.pages.page import asks_for_fragment, desk, form_pairs, fragment, numbers, render, see_other, visitor, word

MEDIA = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


async def show(request: Request) -> Response:
    """One's exports and how far they are; to htmx nothing but these."""
    return await _page(request)


async def ask(request: Request) -> Response:
    """Has a list made into a file."""
    me, site = visitor(request), sites.of(request)
    form = dict(await form_pairs(request))
    which, app, format = form.get("list", ""), form.get("app", ""), form.get("format", "xlsx")
    if which not in LISTS or format not in MEDIA or (app and site.catalogue.current(app) is None):
        raise HTTPException(404)
    if which == "overseen" and not app:
        return await _page(request, word(me.language, "这一项要选一个应用", "Choose an app for this list"))
    if await exporting.ask(site, me.person, cast("exporting.List", which), app, format, me.language) is None:
        return await _page(
            request, word(me.language, "已有几份正在生成，请等它们完成", "Several are being made: wait until they are ready")
        )
    return see_other("/exports")


async def fetch(request: Request) -> Response:
    """The file, to whoever asked for it."""
    me, site = visitor(request), sites.of(request)
    export = await site.database.read(exporting.find, me.person, request.path_params["export"])
    if export is None or export.state != "ready":
        raise HTTPException(404)
    try:
        pieces = await site.storage.read(exporting.key(export))
    except FileNotFoundError:
        raise HTTPException(404) from None
    headers = {"content-disposition": disposition(_name(export, me.language)), "content-length": str(export.size)}
    return StreamingResponse(pieces, media_type=MEDIA[export.format], headers=headers)


async def discard(request: Request) -> Response:
    me, site = visitor(request), sites.of(request)
    await form_pairs(request)
    if not await exporting.discard(site, me.person, request.path_params["export"]):
        raise HTTPException(404)
    return see_other("/exports")


def _name(export: Export, language: str) -> str:
    return f"{say(LISTS[export.list], language)} {export.app} {export.created_at:%Y%m%d}.{export.format}".replace("  ", " ")


async def _page(request: Request, problem: str = "") -> Response:
    me, site = visitor(request), sites.of(request)
    at = await site.database.read(desk, site, me.language)
    made = await site.database.read(exporting.mine, me.person)
    titles = {program.app.id: say(program.app.title, me.language) for program in site.catalogue.apps()}
    lines = [
        {
            "id": export.id,
            "title": " · ".join(filter(None, (say(LISTS[export.list], me.language), titles.get(export.app, export.app)))),
            "meta": f"{moment(export.created_at, at.now, at.zone, me.language)} · {'Excel' if export.format == 'xlsx' else 'CSV'}",
            "state": export.state,
            "done": export.done,
            "total": export.total,
            "size": words(export.size),
        }
        for export in made
    ]
    waiting = any(export.state == "waiting" for export in made)
    if asks_for_fragment(request):
        return fragment(request, "home/exports.html", ("made",), lines=lines, waiting=waiting)
    counts = await site.database.read(numbers, site, me.person)
    return render(
        request,
        "home/exports.html",
        status=422 if problem else 200,
        title=word(me.language, "导出", "Export"),
        problem=problem,
        lists=[(id, say(text, me.language)) for id, text in LISTS.items()],
        chosen=request.query_params.get("list", "mine"),
        apps=list(titles.items()),
        lines=lines,
        waiting=waiting,
        counts=counts,
    )


routes = [
    Route("/exports", show, methods=["GET"]),
    Route("/exports", ask, methods=["POST"]),
    Route("/exports/{export}", fetch, methods=["GET"]),
    Route("/exports/{export}/discarding", discard, methods=["POST"]),
]
