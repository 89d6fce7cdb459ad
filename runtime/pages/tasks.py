"""Deciding: the task with its case beside the list, what the person may do with it, and the decision itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.expressions import Fault
from forms.texts import Text, say
from forms.words import day
from runtime import site as sites
from runtime.casework import cards, case_view, cases, decision, drafts, filling, lists, lookups, naming, opinions, sheet
from runtime.casework.cards import Card
from runtime.casework.case_view import Reading
from runtime.casework.cases import FoundTask
from runtime.casework.decision import Typed
from runtime.casework.drafts import Draft
from runtime.casework.glance import Glance
from runtime.files import cards as file_cards
from runtime.files import held
from runtime.pages import fill
from runtime.pages.page import Numbers, asks_for_fragment, desk, form_pairs, fragment, numbers, render, see_other, visitor, word
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.store.ids import new_id
from runtime.unattended import messages
from workflows import acting, refusals, rights, supplying
from workflows.app import Approve, Handle
from workflows.case import Case
from workflows.commands import Refusal
from workflows.events import Event, Returned
from workflows.offers import SIGNED, Offer, offers
from workflows.program import START, Program

#: opinions that people write every day
PHRASES = {
    "zh": ("同意。", "情况属实，同意。", "请补充相关材料后重新提交。"),
    "en": ("Agreed.", "Checked and agreed.", "Please add the missing documents and submit again."),
}
#: buttons of the page that decide nothing
LOOKING = frozenset({"look", "find", "refresh", "save", ""})


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the page of an open task shows."""

    found: FoundTask
    head: case_view.Head
    stops: list[case_view.Stop]
    parts: list[sheet.Part]
    record: list[Any]
    offers: tuple[Offer, ...]
    people: list[tuple[str, str, str]]
    #: the fields the step may edit, as HTML; None: it edits none
    fields: filling.Filled | None
    cards: list[Card]
    counts: Numbers
    draft: Draft | None
    resume: str


async def task(request: Request) -> Response:
    """The task; one that is over leads to its case."""
    me, site = visitor(request), sites.of(request)
    found = await _find(site, me, request.path_params["task"])
    if found.task.state != "open" or found.case.status != "open":
        return see_other(f"/cases/{found.case.id}")
    if found.task.step == START:
        return await _correction(request, found)
    draft = await site.database.read(drafts.find, me.person, found.task.id)
    typed = Typed.read(draft.pairs) if draft else Typed()
    return await _page(request, found, typed, key=_key(draft), restored=draft is not None)


async def decide(request: Request) -> Response:
    """Carries the decision out, or shows what is in its way with all that was typed still there."""
    me, site = visitor(request), sites.of(request)
    id: str = request.path_params["task"]
    pairs = await form_pairs(request)
    found = await _find(site, me, id)
    form = dict(pairs)
    key, typed = form.get("_key") or new_id(), Typed.read(pairs)
    correcting = found.task.step == START
    if typed.action in LOOKING:
        if found.task.state != "open":
            return _late(request, found, await _over(site, me, found), typed)
        return await save(request, pairs) if correcting else await _page(request, found, typed, key=key)
    answers, refusal = await _answers(site, me, found, typed)
    if refusal is None:
        result = await cases.act(
            site,
            me.person,
            id,
            typed.act,
            key,
            opinion=typed.said(typed.act),
            answers=answers,
            to=typed.target(),
            people=typed.people if typed.act in decision.OTHERS else (),
            picked=typed.picked,
            signature=typed.signature if typed.act in SIGNED or typed.act in _own(found) else "",
            resume=_resume(typed) if typed.act == "return" else None,
        )
        if result is None:
            raise HTTPException(404)
        if not isinstance(result, Refusal):
            await site.database.write(drafts.discard, me.person, id)
            return see_other(f"/cases/{found.case.id}/receipt" if correcting else f"/cases/{found.case.id}")
        refusal = result
    if refusal.code == "lost-race":
        return _late(request, await _find(site, me, id), refusal, typed)
    if correcting:
        return await _correction(request, found, pairs, refusal, key)
    return await _page(request, found, typed, key=key, refusal=refusal)


async def save(request: Request, pairs: list[tuple[str, str]]) -> Response:
    """Keeps what was typed at a task under its id; to htmx the fields as the rules have them now."""
    me, site = visitor(request), sites.of(request)
    form = dict(pairs)
    found = await _find(site, me, form.get("_task", "") or str(request.path_params.get("task", "")))
    if found.task.state != "open":
        return Response(status_code=204) if asks_for_fragment(request) else see_other(f"/tasks/{found.task.id}")
    action = form.get("_action", "")
    own = [pair for pair in pairs if pair[0].startswith("_") and pair[0] not in ("_action", "_task", "_app", "_draft")]
    typed, fresh = filling.changed(found.program, [pair for pair in pairs if not pair[0].startswith("_")], action)
    looked = [pair for pair in own if pair[0] == lookups.LOOKED]
    own = [pair for pair in own if pair not in looked]
    followed = await lookups.follow(
        site, found.program, [*looked, *typed], found.program.fills if found.task.step == START else _editable(found)
    )
    typed = followed.pairs
    own += [(lookups.LOOKED, mark) for mark in followed.looked]
    kept = await site.database.write(_keep, site, me, found, [("_task", found.task.id), *own, *typed], form.get("_key", ""))
    if not asks_for_fragment(request):
        return see_other(f"/tasks/{found.task.id}" + (f"#{fresh}" if fresh else ""))
    if found.task.step == START:
        paper = await site.database.read(_paper, site, me, found, typed, None, kept, fresh, followed)
        context: dict[str, Any] = {"fields": paper.filled.fields, "saved": paper.saved, "stops": paper.ahead, "swap": fill.SWAP}
        return fragment(request, "apps/fill.html", ("fields", "saved", "forecast"), **context)
    if not _editable(found):
        return Response(status_code=204)
    filled = await site.database.read(_fields, site, me, found, typed, None, fresh, followed)
    return fragment(request, "tasks/task.html", ("fields",), edit_fields=filled.fields)


async def _page(
    request: Request, found: FoundTask, typed: Typed, *, key: str, refusal: Refusal | None = None, restored: bool = False
) -> Response:
    me, site = visitor(request), sites.of(request)
    if request.method == "GET" and not restored:
        typed = Typed(fields=filling.written(found.program, found.case.answers, _editable(found)))
    page = await site.database.read(_desk, site, me, found, typed, refusal)
    if page.counts.messages:
        await messages.opened(site, me.person, found.case.id)
    panel = decision.panel(page.offers, typed, me.language, refusal, page.people, page.resume)
    context: dict[str, Any] = {
        "title": word(me.language, "审批" if isinstance(_step(found), Approve) else "办理", "Decide"),
        "back": "/tasks",
        "task_id": found.task.id,
        "case_id": found.case.id,
        "key": key,
        "comment_key": new_id(),
        "sheet": page.head,
        "marks": page.stops,
        "owed": [(say(item.field.title, me.language), day(item.day, me.language)) for item in _owed(found, me)],
        "owes_it": False,
        "parts": page.parts,
        "record": page.record,
        "say_to": True,
        "offers": panel.choices,
        "opinion": panel.bar,
        "phrases": _phrases(found, me.language),
        "picks": decision.asked(next((offer.picks for offer in page.offers if offer.picks), ()), typed.picked, me.language, refusal),
        "signature": next((offer.signature for offer in page.offers if offer.signature != "none"), "none"),
        "signed": typed.signature,
        "unsigned": say(refusal.message, me.language) if refusal and refusal.code == "signature-required" else "",
        "edit_fields": page.fields.fields if page.fields else "",
        "cards": cards.html(page.cards),
        "todo_count": page.counts.todo,
        "counts": page.counts,
        "refusal": say(refusal.message, me.language) if refusal else "",
        "problems": fill.summary(found.program, refusal, me.language),
        "restored": restored,
    }
    if asks_for_fragment(request) and request.headers.get("hx-target") == "det":
        return fragment(request, "tasks/task.html", ("detail",), **context)
    return render(request, "tasks/task.html", status=422 if refusal else 200, **context)


async def _correction(
    request: Request, found: FoundTask, pairs: list[tuple[str, str]] | None = None, refusal: Refusal | None = None, key: str = ""
) -> Response:
    """A case that came back to its applicant: the form again, as it was or as far as it has been changed."""
    me, site = visitor(request), sites.of(request)
    draft = await site.database.read(drafts.find, me.person, found.task.id) if pairs is None else None
    if pairs is not None:
        typed = [pair for pair in pairs if not pair[0].startswith("_")]
    elif draft is not None:
        typed = [pair for pair in draft.pairs if not pair[0].startswith("_")]
    else:
        typed = filling.written(found.program, found.case.answers, found.program.fills)
    paper = await site.database.read(_paper, site, me, found, typed, refusal.fields if refusal else None, draft, "")
    return fill.page(
        request,
        paper,
        draft=found.task.id,
        key=key or _key(draft),
        action=f"/tasks/{found.task.id}/decision",
        refusal=refusal,
        restored=draft is not None,
        task=found.task.id,
        returned=_returned(found, me.language),
        picked=decision.picked(pairs or (draft.pairs if draft else [])) or found.case.picked,
    )


def _returned(found: FoundTask, language: str) -> dict[str, str]:
    """Who sent it back, and what they said."""
    last = next((e.fact for e in reversed(found.events) if isinstance(e.fact, Returned) and e.fact.to == START), None)
    who = word(language, f"{last.name} 退回了这份申请", f"{last.name} returned this application") if last else ""
    who = who or word(language, "这份申请需要修改", "This application needs correction")
    return {"who": who, "opinion": last.opinion if last else "", "case": found.case.id}


def _late(request: Request, found: FoundTask, refusal: Refusal, typed: Typed) -> Response:
    """Someone was faster: who, when, and one's own words to keep."""
    me = visitor(request)
    return render(
        request,
        "tasks/late.html",
        status=409,
        title=word(me.language, "已经办过了", "Already decided"),
        back="/tasks",
        headline=say(refusal.message, me.language),
        words=word(me.language, "您的操作没有执行，也没有改变任何内容。", "What you did has not been carried out; nothing has changed."),
        opinion=typed.said(typed.act),
        case_id=found.case.id,
    )


async def _over(site: Site, me: Visitor, found: FoundTask) -> Refusal:
    """The refusal for typing at a task that is over."""
    at = await site.database.read(desk, site, me.language)
    return refusals.too_slow(found.case, found.task, str(at.zone))


async def _find(site: Site, me: Visitor, task: str) -> FoundTask:
    found = await cases.find_task(site, me.person, task)
    if found is None:
        raise HTTPException(404)
    return found


async def _answers(site: Site, me: Visitor, found: FoundTask, typed: Typed) -> tuple[dict[str, Any], Refusal | None]:
    """The answers that go with the decision, or why they cannot be read."""
    only = found.program.fills if found.task.step == START else _editable(found)
    if not only or typed.act in acting.WITHOUT_ANSWERS:
        return {}, None
    filled = await site.database.read(_fields, site, me, found, typed.fields, None, "")
    return filled.answers, fill.unreadable(filled.unread)


def _desk(conn: sa.Connection, site: Site, me: Visitor, found: FoundTask, typed: Typed, refusal: Refusal | None) -> Desk:
    at, directory = desk(conn, site, me.language), Glance(conn, site.database)
    program, case = found.program, found.case
    reading = reading_of(conn, me, at, program, case, found.events)
    try:
        offered = offers(program, case, found.task, directory)
    except Fault:
        offered = ()
    looked_for = filling.find_people(conn, typed.who, directory, me.language) if typed.who else []
    chosen = [person for id in typed.people if (person := directory.person(id)) and id not in {item.id for item in looked_for}]
    people = [*((person.id, person.name, "") for person in chosen), *((item.id, item.name, item.place) for item in looked_for)]
    problems = refusal.fields if refusal else None
    fields = _fields(conn, site, me, found, typed.fields, problems, "") if _editable(found) else None
    todo = lists.todo(conn, me.person, limit=12)
    return Desk(
        found=found,
        head=case_view.head(program, case, reading, found.task),
        stops=case_view.stops(program, case, directory, reading),
        parts=sheet.parts(
            program.app.form,
            opinions.shown(program, case, found.events, me.person, me.language, reading.zone),
            sheet.Reader(me.language, reading.names, reading.files),
        ),
        record=case_view.entries(program, case, found.events, reading),
        offers=offered,
        people=people,
        fields=fields,
        cards=cards.mark(cards.todo(todo.rows, at), f"/tasks/{found.task.id}"),
        counts=numbers(conn, site, me.person),
        draft=None,
        resume=program.app.flow.resume,
    )


def reading_of(conn: sa.Connection, me: Visitor, at: cards.Desk, program: Program, case: Case, events: Sequence[Event]) -> Reading:
    """Who reads a case, with the names behind its answers: those of today, and those that were changed."""
    files = held.read(conn, held.ids(program.app.form, case.answers))
    names = naming.names(conn, me.person, me.language, program, case, events)
    return Reading(me.person, me.language, at.now, at.zone, names, file_cards.cards(files, f"/cases/{case.id}/files"))


def _fields(
    conn: sa.Connection,
    site: Site,
    me: Visitor,
    found: FoundTask,
    pairs: list[tuple[str, str]],
    problems: Mapping[str, Text] | None,
    fresh: str,
    followed: lookups.Followed | None = None,
) -> filling.Filled:
    """The fields that this task may write, with what was typed in them."""
    at = desk(conn, site, me.language)
    only = filling.asked(found.program) if found.task.step == START else _editable(found)
    answers = found.case.answers
    return filling.fill(
        conn,
        Glance(conn, site.database),
        found.program,
        found.case.applicant,
        pairs,
        at,
        only=only,
        problems=problems,
        before=answers,
        fresh=fresh,
        person=me.person,
        case=found.case.id,
        followed=followed,
    )


def _paper(
    conn: sa.Connection,
    site: Site,
    me: Visitor,
    found: FoundTask,
    pairs: list[tuple[str, str]],
    problems: Mapping[str, Text] | None,
    draft: Draft | None,
    fresh: str,
    followed: lookups.Followed | None = None,
) -> fill.Paper:
    """The applicant's form of a case that came back."""
    others = {name: value for name, value in found.case.answers.items() if name not in found.program.fills}
    return fill.paper(
        conn,
        site,
        me,
        found.program,
        found.case.applicant,
        pairs,
        problems=problems,
        draft=draft,
        fresh=fresh,
        before=others,
        followed=followed,
    )


def _keep(conn: sa.Connection, site: Site, me: Visitor, found: FoundTask, pairs: list[tuple[str, str]], key: str) -> Draft | None:
    return drafts.keep(conn, me.person, found.case.app, found.task.id, pairs, site.clock(), key)


def _owed(found: FoundTask, me: Visitor) -> list[supplying.Owed]:
    veil = rights.hidden(found.program, found.case, me.person)
    return [item for item in supplying.owed(found.program, found.case.answers) if item.field.name not in veil]


def _own(found: FoundTask) -> list[str]:
    step = _step(found)
    return [action.id for action in step.actions if not action.go and not action.end] if isinstance(step, Approve | Handle) else []


def _phrases(found: FoundTask, language: str) -> list[str]:
    step = _step(found)
    own = step.desk.phrases if isinstance(step, Approve | Handle) else ()
    return [say(phrase, language) for phrase in own] or list(PHRASES[language])


def _step(found: FoundTask) -> Any:
    return found.program.steps.get(found.task.step)


def _editable(found: FoundTask) -> frozenset[str]:
    step = _step(found)
    return frozenset(step.edit) if isinstance(step, Approve | Handle) else frozenset()


def _resume(typed: Typed) -> Any:
    return typed.resume if typed.resume in ("rerun", "direct") else None


def _key(draft: Draft | None) -> str:
    return (dict(draft.pairs).get("_key") if draft else "") or new_id()


routes = [
    Route("/tasks/{task}", task, methods=["GET"]),
    Route("/tasks/{task}/decision", decide, methods=["POST"]),
]
