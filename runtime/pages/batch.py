"""Deciding several tasks together: the list with boxes to tick, and afterwards what became of each."""

from typing import cast

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import Text, say
from runtime import site as sites
from runtime.casework import batch
from runtime.casework.batch import Line, Outcome, Page
from runtime.casework.cards import Desk
from runtime.casework.moments import due
from runtime.pages.page import Numbers, desk, form_pairs, numbers, render, visitor, word
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.store.ids import new_id
from workflows import refusals
from workflows.together import Together

ACTIONS = frozenset({"approve", "reject"})


async def choose(request: Request) -> Response:
    """The to-do list with boxes."""
    return await _page(request, new_id())


async def decide(request: Request) -> Response:
    """Decides what was ticked, each by itself, and says what became of it."""
    me, site = visitor(request), sites.of(request)
    pairs = await form_pairs(request)
    form = dict(pairs)
    key, action, opinion = form.get("_key") or new_id(), form.get("_action", ""), form.get("_opinion", "").strip()[:2000]
    chosen = [text for name, text in pairs if name == "task"][: batch.MOST]
    if action not in ACTIONS:
        return await _page(request, key, chosen, opinion)
    if not chosen:
        nothing = word(me.language, "请先勾选要办理的事项", "Tick what is to be decided first")
        return await _page(request, key, chosen, opinion, error=nothing)
    if action == "reject" and not opinion and await _reasons(site, me, chosen):
        said = refusals.opinion_required({"zh": "不同意", "en": "Reject"}).message
        return await _page(request, key, chosen, opinion, unsaid=say(said, me.language))
    outcomes = await batch.decide(site, me.person, chosen, cast("Together", action), key, opinion)
    done = [_result(outcome, me.language) for outcome in outcomes if outcome.refusal is None]
    left = [_result(outcome, me.language) for outcome in outcomes if outcome.refusal is not None]
    return render(
        request,
        "tasks/batch_done.html",
        title=word(me.language, "批量办理", "Decide together"),
        back="/tasks",
        approved=action == "approve",
        done=done,
        left=left,
        counts=await site.database.read(numbers, site, me.person),
    )


async def _reasons(site: Site, me: Visitor, chosen: list[str]) -> bool:
    """Whether rejecting one of ``chosen`` asks for words."""
    found = await site.database.read(batch.examine, site, me.person, chosen)
    return any(able.reason and "reject" not in able.obstacles for able in found)


async def _page(
    request: Request, key: str, chosen: list[str] | None = None, opinion: str = "", *, error: str = "", unsaid: str = ""
) -> Response:
    me, site = visitor(request), sites.of(request)
    app, after = request.query_params.get("app", "")[:100], request.query_params.get("after")
    page, at, counts = await site.database.read(_read, site, me, app, after)
    return render(
        request,
        "tasks/batch.html",
        status=422 if error or unsaid else 200,
        title=word(me.language, "批量办理", "Decide together"),
        back="/tasks",
        here=f"/tasks/batch?app={app}" if app else "/tasks/batch",
        key=key,
        lines=[_line(line, at, set(chosen or ())) for line in page.lines],
        ready=any(len(line.able.obstacles) < len(ACTIONS) for line in page.lines),
        more=page.next or "",
        app=app,
        opinion=opinion,
        error=error,
        unsaid=unsaid,
        counts=counts,
    )


def _read(conn: sa.Connection, site: Site, me: Visitor, app: str, after: str | None) -> tuple[Page, Desk, Numbers]:
    return batch.page(conn, site, me.person, app or None, after), desk(conn, site, me.language), numbers(conn, site, me.person)


def _line(line: Line, at: Desk, chosen: set[str]) -> dict[str, object]:
    """One task as the page shows it."""
    row, language = line.row, at.language
    words, tone = due((row.due - at.now).total_seconds(), language, row.due_uncertain) if row.due else ("", "")
    step = say(row.step_title, language) if row.step_title else ""
    return {
        "task": row.task_id,
        "title": f"{say(row.app_title, language)} · {row.applicant_name}",
        "subject": row.subject.removeprefix(f"{row.applicant_name} · "),
        "meta": f"{row.number} · {step}" if step else row.number,
        "chip": words,
        "tone": tone,
        "ticked": row.task_id in chosen,
        "able": len(line.able.obstacles) < len(ACTIONS),
        "why": _why(line.able.obstacles, language),
    }


def _why(obstacles: dict[Together, Text], language: str) -> str:
    """Why a task is left out, or what cannot be done with it."""
    if len(obstacles) == len(ACTIONS):
        return say(obstacles["approve"], language)
    if "approve" in obstacles:
        return word(language, "只能不同意：", "Can only be rejected: ") + say(obstacles["approve"], language)
    return word(language, "只能同意：", "Can only be approved: ") + say(obstacles["reject"], language) if obstacles else ""


def _result(outcome: Outcome, language: str) -> dict[str, str]:
    """What became of one."""
    found = outcome.found
    return {
        "href": f"/tasks/{outcome.task}" if found else "",
        "title": f"{say(found.program.app.title, language)} · {found.case.applicant.name}" if found else "",
        "meta": f"{found.case.number} · {found.row.subject}" if found else "",
        "why": say(outcome.refusal.message, language) if outcome.refusal else "",
    }


routes = [
    Route("/tasks/batch", choose, methods=["GET"]),
    Route("/tasks/batch", decide, methods=["POST"]),
]
