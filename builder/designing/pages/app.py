"""An app in the designer: its tabs, and what is done in them. A command answers with what has changed on the page, or with the page."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from builder.designing import command, drafts
from builder.designing.drafts import Conflict, Kept
from builder.designing.layout import Refused
from builder.designing.pages import loading
from builder.designing.tab import TABS, all_tabs
from builder.designing.view import Said, View
from forms.texts import say
from runtime import site as sites
from runtime.pages.page import asks_for_fragment, form_pairs, render, see_other, visitor, word
from templates.environment import environment

#: arguments of the page and not of a command
OWN = frozenset({"do", "version", "tab", "selected"})


async def first(request: Request) -> Response:
    """The form, which every app has."""
    await loading.opened(request)
    return RedirectResponse(f"/design/{request.path_params['app']}/form", 303)


async def page(request: Request) -> Response:
    """A tab."""
    found = await loading.opened(request)
    app, tab, asked = request.path_params["app"], request.path_params["tab"], dict(request.query_params)
    me, here = visitor(request), loading.studio_of(request)
    selected = asked.pop("sel", "")
    if found.draft is not None and found.rights.may("design", app):
        site = sites.of(request)
        await site.database.write(drafts.be_present, found.draft.id, me.person, tab, selected, site.clock())
    view = await here.run(loading.look, found, here, app, me, tab, selected, asked, None)
    return shown(request, view)


async def news(request: Request) -> Response:
    """Asked now and then by an open page: who else is there, and what has changed; 204 where nothing has."""
    found = await loading.opened(request)
    app, asked = request.path_params["app"], dict(request.query_params)
    site, me = sites.of(request), visitor(request)
    if found.draft is None:
        return Response(status_code=204)
    selected, tab = asked.pop("selected", ""), asked.pop("tab", "form")
    await site.database.write(drafts.be_present, found.draft.id, me.person, tab, selected, site.clock())
    known, there = asked.pop("version", ""), ",".join(row.person for row in found.others)
    if known == str(found.draft.version) and asked.pop("others", "") == there:
        return Response(status_code=204)
    here = loading.studio_of(request)
    view = await here.run(loading.look, found, here, app, me, tab, selected, asked, None)
    return pieces(request, view)


async def do(request: Request) -> Response:
    """Carries a command out."""
    pairs = await form_pairs(request)
    app, site, me, here = request.path_params["app"], sites.of(request), visitor(request), loading.studio_of(request)
    await _designs(request)

    async def carried() -> Kept:
        wanted = command.read(_last(pairs, "do"), [pair for pair in pairs if pair[0] not in OWN])
        committed = await here.run(loading.committed, here, app)
        return await site.database.write(drafts.carry_out, app, wanted, _seen(pairs), me.person, site.clock(), committed)

    return await _answer(request, pairs, carried)


async def undo(request: Request) -> Response:
    """Takes back what one did last."""
    return await _again(request, drafts.take_back)


async def redo(request: Request) -> Response:
    """Does again what one took back."""
    return await _again(request, drafts.do_again)


async def _again(request: Request, what: Callable[[sa.Connection, str, str, datetime], Kept]) -> Response:
    pairs = await form_pairs(request)
    site, me = sites.of(request), visitor(request)
    await _designs(request)

    async def carried() -> Kept:
        return await site.database.write(what, request.path_params["app"], me.person, site.clock())

    return await _answer(request, pairs, carried)


async def _designs(request: Request) -> None:
    """Raises HTTPException 404 for those who may not design the app."""
    found = await loading.opened(request)
    if not found.rights.may("design", request.path_params["app"]):
        raise HTTPException(404)


async def _answer(request: Request, pairs: list[tuple[str, str]], carried: Callable[[], Awaitable[Kept]]) -> Response:
    app, me, here = request.path_params["app"], visitor(request), loading.studio_of(request)
    tab, selected = _last(pairs, "tab") or "form", _last(pairs, "selected")
    said: Said | None = None
    try:
        kept = await carried()
        selected = selected if kept.selected is None else kept.selected
        said = Said(say(kept.words, me.language), "ok")
    except Refused as refused:
        said = Said(say(refused.words, me.language))
    except Conflict as conflict:
        said = _both(conflict, pairs, me.language)
    if said.kind == "ok" and not asks_for_fragment(request):
        return see_other(f"/design/{app}/{tab}" + (f"?sel={selected}" if selected else ""))
    found = await loading.opened(request)
    view = await here.run(loading.look, found, here, app, me, tab if tab in TABS else "form", selected, {}, said)
    return pieces(request, view) if asks_for_fragment(request) else shown(request, view, 422)


def _both(conflict: Conflict, pairs: list[tuple[str, str]], language: str) -> Said:
    again = [pair for pair in pairs if pair[0] != "version"]
    words = word(
        language,
        f"“{say(conflict.edit.words, language)}”：有人刚改过同一处，您的修改没有保存",
        f"“{say(conflict.edit.words, language)}”: somebody has just changed the same place, and your change was not kept",
    )
    return Said(words, "conflict", conflict.edit.person, conflict.theirs, conflict.mine, again)


def _seen(pairs: list[tuple[str, str]]) -> int:
    """The latest version that any part of the page shows."""
    return max((int(value) for name, value in pairs if name == "version" and value.isdigit() and len(value) < 10), default=0)


def _last(pairs: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in reversed(pairs) if key == name), "")


def context(view: View) -> dict[str, Any]:
    """What every template of a tab has."""
    return {"view": view, "tabs": all_tabs(), "title": view.title, **TABS[view.tab].context(view)}


def shown(request: Request, view: View, status: int = 200) -> HTMLResponse:
    """The whole page."""
    me = visitor(request)
    return render(request, f"designer/{view.tab}.html", status=status, initial=me.name[:1], **context(view))


def pieces(request: Request, view: View) -> HTMLResponse:
    """What a command changes of the page: the canvas with what lies beside it, and by themselves the bar, the problems and what was said."""
    known = environment(view.language)
    bound = {"visitor": visitor(request), **context(view)}
    template = known.get_template(f"designer/{view.tab}.html")
    # a tab whose middle is not swapped, because somebody types there, says in the block `apart` what else is
    blocks = ("work", "apart") if "apart" in template.blocks else ("work",)
    work = "".join("".join(template.blocks[block](template.new_context(bound))) for block in blocks)
    around = known.get_template("designer/_around.html").render({**bound, "apart": True})
    return HTMLResponse(work + around)


routes = [
    Route("/design/{app}", first, methods=["GET"]),
    Route("/design/{app}/news", news, methods=["GET"]),
    Route("/design/{app}/commands", do, methods=["POST"]),
    Route("/design/{app}/undo", undo, methods=["POST"]),
    Route("/design/{app}/redo", redo, methods=["POST"]),
    Route("/design/{app}/{tab}", page, methods=["GET"]),
]
