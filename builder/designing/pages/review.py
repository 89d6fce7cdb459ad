"""Asking for a review, the queue of reviews, deciding on one, and going back to the release before."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from builder import publishing
from builder.designing import reviewing, studio, studying
from builder.designing.layout import Refused
from builder.designing.pages import loading
from builder.designing.pages.app import shown
from builder.designing.view import Said
from forms.texts import say
from runtime import site as sites
from runtime.casework.glance import Glance
from runtime.pages.page import form_pairs, render, see_other, visitor, word
from runtime.people import designers


async def hand_in(request: Request) -> Response:
    """Asks for a review of the draft."""
    pairs = dict(await form_pairs(request))
    app, me, here = request.path_params["app"], visitor(request), studio.of(request)
    opened = await loading.opened(request)
    if not opened.rights.may("design", app):
        raise HTTPException(404)
    try:
        await here.run(reviewing.hand_in, here, app, me.person, pairs.get("note", "").strip()[:500])
    except Refused as refused:
        said = Said(say(refused.words, me.language))
        view = await here.run(loading.look, opened, here, app, me, "publish", "", {}, said)
        return shown(request, view, 422)
    return see_other(f"/design/{app}/publish")


async def withdraw(request: Request) -> Response:
    """Takes the question back."""
    await form_pairs(request)
    app, site, me = request.path_params["app"], sites.of(request), visitor(request)
    opened = await loading.opened(request)
    row = await site.database.read(reviewing.found, request.path_params["review"])
    if row is None or row.app != app or not opened.rights.may("design", app):
        raise HTTPException(404)
    await site.database.write(reviewing.withdraw, row.id, me.person, site.clock())
    return see_other(f"/design/{app}/publish")


async def roll_back(request: Request) -> Response:
    """The release before is live again; cases under way go on as they are."""
    await form_pairs(request)
    app, site, me, here = request.path_params["app"], sites.of(request), visitor(request), studio.of(request)
    await loading.opened(request)
    console = publishing.Console(site.database, site.clock, site.catalogue, site.mails)
    done = await here.run(publishing.roll_back, console, app, me.person)
    if done is None:
        raise HTTPException(409)
    return see_other(f"/design/{app}/history")


async def queue(request: Request) -> Response:
    """What waits for a reviewer."""
    site, me = sites.of(request), visitor(request)
    rights = await site.database.read(designers.of, me.person)
    if not rights.reviews:
        raise HTTPException(404)
    rows = [row for row in await site.database.read(reviewing.waiting) if rights.may("review", row.app)]
    return render(
        request, "designer/reviews.html", title=word(me.language, "待审核的应用", "Apps to review"), rows=rows, when=await _clock(request)
    )


async def review(request: Request) -> Response:
    """One of them: what it means, what it changes, how it was checked."""
    return await _review(request, "")


async def _review(request: Request, wrong: str) -> Response:
    site, me, here = sites.of(request), visitor(request), studio.of(request)
    row = await _mine(request)
    found = await here.run(_studied, here, row)
    wrote = await site.database.read(reviewing.authors, row.design)
    return render(
        request,
        "designer/review.html",
        status=422 if wrong else 200,
        title=found[1],
        row=row,
        study=found[0],
        own=me.person in wrote,
        wrong=wrong,
        when=await _clock(request),
    )


def _studied(here: studio.Studio, row: Any) -> tuple[studying.Study, str]:
    texts = reviewing.handed_in(here, row)
    return studying.study(here, row.app, texts, here.base().app(row.app)), reviewing.title_of(texts, row.app)


async def decide(request: Request) -> Response:
    """Approves or sends back."""
    pairs = dict(await form_pairs(request))
    site, me, here = sites.of(request), visitor(request), studio.of(request)
    row = await _mine(request)
    answer, what = pairs.get("answer", "").strip()[:2000], pairs.get("do", "")
    try:
        if what == "approve":
            await here.run(reviewing.approve, here, row.id, me.person, answer)
            await site.catalogue.refresh(site.database)
        elif what == "remark":
            about, words = pairs.get("about", "")[:200], pairs.get("words", "")
            await site.database.write(reviewing.remark, row.id, me.person, about, words, site.clock())
            return see_other(f"/design/reviews/{row.id}#h-remarks")
        elif answer:
            await site.database.write(reviewing.send_back, row.id, me.person, answer, site.clock())
        else:
            return await _review(request, word(me.language, "退回时请写明要改什么", "Say what is to be changed when sending it back"))
    except Refused as refused:
        return await _review(request, say(refused.words, me.language))
    return see_other("/design/reviews")


async def _mine(request: Request) -> Any:
    site, me = sites.of(request), visitor(request)
    rights = await site.database.read(designers.of, me.person)
    row = await site.database.read(reviewing.found, request.path_params["review"])
    if row is None or not rights.may("review", row.app):
        raise HTTPException(404)
    return row


async def _clock(request: Request) -> Callable[[datetime], str]:
    """Moments as the clock on the wall shows them."""
    site = sites.of(request)
    zone = await site.database.read(lambda conn: Glance(conn, site.database).calendar.time_zone)

    def shown_at(at: datetime) -> str:
        return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")

    return shown_at


routes = [
    Route("/design/reviews", queue, methods=["GET"]),
    Route("/design/reviews/{review}", review, methods=["GET"]),
    Route("/design/reviews/{review}", decide, methods=["POST"]),
    Route("/design/{app}/review", hand_in, methods=["POST"]),
    Route("/design/{app}/review/{review}/withdrawal", withdraw, methods=["POST"]),
    Route("/design/{app}/rollback", roll_back, methods=["POST"]),
]
