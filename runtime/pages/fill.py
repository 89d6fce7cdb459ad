"""Filling in: an app's form, the draft that saves itself, and handing it in. Each works with one submit after the other as well."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.expressions import Fault
from forms.texts import Text, say
from runtime import site as sites
from runtime.casework import cases, copying, decision, drafts, filling, lookups
from runtime.casework.drafts import Draft
from runtime.casework.filling import Ahead, Filled
from runtime.casework.glance import Glance
from runtime.casework.lookups import Followed
from runtime.pages.page import Numbers, asks_for_fragment, desk, form_pairs, fragment, numbers, render, said, see_other, visitor, word
from runtime.people import organisation
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.store.ids import new_id
from templates.environment import icon
from workflows import candidates, picking
from workflows.commands import Refusal
from workflows.events import Applicant
from workflows.offers import Pick, picks
from workflows.people import Holding
from workflows.program import START, Program

#: fields of the page that are no fields of the form
OWN = frozenset({"_key", "_app", "_draft", "_task", "_action", "_post", copying.FROM})


class Paper(NamedTuple):
    """A form on the desk: everything its page shows."""

    program: Program
    filled: Filled
    ahead: list[Ahead]
    about: str
    counts: Numbers
    saved: str
    #: the posts to choose from, with their words; () when there is but one
    posts: tuple[tuple[str, str], ...] = ()
    post: str = ""
    picks: tuple[Pick, ...] = ()


async def new(request: Request) -> Response:
    """An empty form."""
    me, site = visitor(request), sites.of(request)
    program = _program(site, request.path_params["app"])
    paper = _there(await site.database.read(_paper, site, me, program, None))
    if site.catalogue.retired(program.app.id):
        raise HTTPException(410, "retired")
    return page(request, paper, draft=new_id(), key=new_id(), action=f"/apps/{program.app.id}/new")


async def hand_in(request: Request) -> Response:
    """Submits, or shows what is wrong with all that was typed still there."""
    me, site = visitor(request), sites.of(request)
    program = _program(site, request.path_params["app"])
    pairs = await form_pairs(request)
    form = dict(pairs)
    key, draft = form.get("_key") or new_id(), form.get("_draft", "")
    typed = _typed(pairs)
    if form.get("_action") != "submit":
        return await save(request, pairs)
    followed = await lookups.follow(site, program, typed, program.fills)
    typed = followed.pairs
    given, post = filling.read(program, typed), form.get("_post", "")
    refusal = LOOK if followed.filled else unreadable(given.unread)
    if refusal is None:
        result = await cases.submit(
            site, me.person, program.app.id, given.answers, key, post=holding(post), draft=draft or None, picked=decision.picked(pairs)
        )
        if result is None:
            raise HTTPException(404)
        if not isinstance(result, Refusal):
            return see_other(f"/cases/{result.case.id}/receipt")
        refusal = result
    else:
        # nobody keeps a draft of what they may not start
        _there(await site.database.read(_paper, site, me, program, typed, post=post))
    problems = refusal.fields
    kept = await site.database.write(_keep, site, me, program.app.id, draft, pairs, key) if drafts.is_id(draft) else None
    paper = _there(await site.database.read(_paper, site, me, program, typed, problems, kept, post=post, followed=followed))
    return page(
        request,
        paper,
        draft=draft,
        key=key,
        action=f"/apps/{program.app.id}/new",
        refusal=refusal,
        picked=decision.picked(pairs),
        copied=await _origin(site, me, pairs),
    )


async def save_draft(request: Request) -> Response:
    """Keeps what was typed; to htmx the fields as they are now, to a plain submit the page again."""
    return await save(request, await form_pairs(request))


async def save(request: Request, pairs: list[tuple[str, str]]) -> Response:
    me, site = visitor(request), sites.of(request)
    form = dict(pairs)
    if form.get("_task"):
        from runtime.pages import tasks

        return await tasks.save(request, pairs)
    program, draft, action = _program(site, form.get("_app", "")), form.get("_draft", ""), form.get("_action", "")
    if not drafts.is_id(draft):
        raise HTTPException(400, "bad-form")
    typed, fresh = filling.changed(program, _typed(pairs), action)
    followed = await lookups.follow(site, program, typed, program.fills)
    typed = [*followed.pairs, *((lookups.LOOKED, mark) for mark in followed.looked)]
    head = [(name, form[name]) for name in ("_key", "_app", "_post", copying.FROM) if form.get(name)]
    head += [pair for pair in pairs if pair[0].startswith(decision.PICK)]
    kept = await site.database.write(_keep, site, me, program.app.id, draft, [*head, *typed], form.get("_key", ""))
    if kept is None:
        # handed in meanwhile, from another window or before this save arrived
        if asks_for_fragment(request):
            return Response(status_code=204)
        return see_other("/mine")
    if not asks_for_fragment(request):
        return see_other("/drafts" if action == "save" else f"/drafts/{draft}" + (f"#{fresh}" if fresh else ""))
    if action == "save":
        return Response(status_code=204, headers={"hx-redirect": "/drafts"})
    paper = _there(await site.database.read(_paper, site, me, program, typed, None, kept, fresh, form.get("_post", ""), followed))
    return fragment(
        request,
        "apps/fill.html",
        ("fields", "saved", "forecast"),
        headers={"hx-replace-url": f"/drafts/{draft}"},
        fields=paper.filled.fields,
        saved=paper.saved,
        stops=paper.ahead,
        swap=SWAP,
    )


#: marks a block of a fragment as one that goes to its own place
SWAP = Markup(' hx-swap-oob="true"')


async def draft(request: Request) -> Response:
    """A form begun before."""
    me, site = visitor(request), sites.of(request)
    found = await site.database.read(drafts.find, me.person, request.path_params["draft"])
    if found is None:
        raise HTTPException(404)
    form = dict(found.pairs)
    if form.get("_task"):
        return see_other(f"/tasks/{form['_task']}")
    program = _program(site, found.app)
    typed = _typed(found.pairs)
    chosen = {f"{name}{filling.SEARCH}" for name, text in typed if text}
    typed = [pair for pair in typed if pair[0] not in chosen]
    paper = _there(await site.database.read(_paper, site, me, program, typed, None, found, post=form.get("_post", "")))
    return page(
        request,
        paper,
        draft=found.id,
        key=form.get("_key") or new_id(),
        action=f"/apps/{program.app.id}/new",
        restored=True,
        discardable=True,
        copied=await _origin(site, me, found.pairs),
        # what was typed can still be read
        refusal=cases.RETIRED if site.catalogue.retired(found.app) else None,
    )


class Origin(NamedTuple):
    """The case that a draft was copied from."""

    case: str
    number: str
    #: what was not taken over: words, and why not
    dropped: tuple[tuple[str, str], ...]


async def _origin(site: Site, me: Visitor, pairs: list[tuple[str, str]]) -> Origin | None:
    """What the form says about where it comes from."""
    case = dict(pairs).get(copying.FROM, "")
    looked = await copying.look(site, me.person, case) if case else None
    if looked is None or isinstance(looked, Refusal):
        return None
    found, taken = looked
    dropped = tuple([(say(lost.title, me.language), say(lost.why, me.language)) for lost in taken.dropped])
    return Origin(found.case.id, found.case.number, dropped)


async def discard(request: Request) -> Response:
    """Throws a draft away."""
    me, site = visitor(request), sites.of(request)
    await form_pairs(request)
    if not await site.database.write(drafts.discard, me.person, request.path_params["draft"]):
        raise HTTPException(404)
    return see_other("/drafts")


STATUS = {"lost-race": 409, "key-reused": 409, "retired": 410}


def page(
    request: Request,
    paper: Paper,
    *,
    draft: str,
    key: str,
    action: str,
    refusal: Refusal | None = None,
    restored: bool = False,
    discardable: bool = False,
    task: str = "",
    returned: Mapping[str, str] | None = None,
    picked: Mapping[str, tuple[str, ...]] | None = None,
    copied: Origin | None = None,
) -> Response:
    """The page of a form, new, begun or sent back."""
    me, program = visitor(request), paper.program
    return render(
        request,
        "apps/fill.html",
        status=STATUS.get(refusal.code, 422) if refusal else 200,
        title=say(program.app.title, me.language),
        back="/tasks" if task else "/apps",
        action=action,
        draft=draft,
        key=key,
        app_id=program.app.id,
        task_id=task,
        picture=icon(program.app.icon),
        about=paper.about,
        returned=returned,
        restored=restored and copied is None,
        copied=copied,
        discardable=discardable,
        picks=decision.asked(paper.picks, picked or {}, me.language, refusal),
        refusal=say(refusal.message, me.language) if refusal else "",
        problems=summary(program, refusal, me.language),
        fields=paper.filled.fields,
        saved=paper.saved,
        stops=paper.ahead,
        swap="",
        posts=paper.posts,
        post=paper.post,
        counts=paper.counts,
    )


def summary(program: Program, refusal: Refusal | None, language: str) -> list[tuple[str, str, str]]:
    """The wrong fields: where they are, what they are called, what is wrong."""
    if refusal is None:
        return []
    if refusal.code == "choose-people":
        return [
            (f"pick-{id}", say(program.steps[id].title, language) if id in program.steps else id, say(words, language))
            for id, words in refusal.fields.items()
        ]
    titles = filling.labels(program, language)
    order = list(titles)
    found = sorted(refusal.fields.items(), key=lambda item: order.index(root) if (root := item[0].split(".")[0]) in order else len(order))
    return [(path, titles.get(path.split(".")[0], path), say(words, language)) for path, words in found]


#: something was filled in on the way to handing in, which nobody has seen yet
LOOK = Refusal(
    code="looked-up",
    message={"zh": "刚刚带出了一些内容，请核对后再提交", "en": "Some answers have just been filled in: check them, then submit"},
)


def unreadable(unread: dict[str, Text]) -> Refusal | None:
    """The refusal of texts that are no values."""
    if not unread:
        return None
    count = len(unread)
    message = {"zh": f"有 {count} 处内容需要修改", "en": f"{count} answers need correction"}
    return Refusal(code="invalid-answers", message=message, fields=unread)


def _paper(
    conn: sa.Connection,
    site: Site,
    me: Visitor,
    program: Program,
    pairs: list[tuple[str, str]] | None,
    problems: Mapping[str, Text] | None = None,
    draft: Draft | None = None,
    fresh: str = "",
    post: str = "",
    followed: Followed | None = None,
) -> Paper | None:
    """The form with ``pairs`` in it, None for a new one. None: this person may not start it."""
    directory = Glance(conn, site.database)
    applicant = organisation.applying(directory, me.person, holding(post))
    if applicant is None or not _may_start(program, applicant, directory):
        return None
    found = paper(conn, site, me, program, applicant, pairs, problems=problems, draft=draft, fresh=fresh, followed=followed)
    return found._replace(posts=_posts(directory, me), post=f"{applicant.department}/{applicant.post}")


def holding(text: str) -> Holding | None:
    """The post that "department/post" names; None is the main one."""
    department, _, post = text.partition("/")
    return Holding(department=department, post=post) if post else None


def _posts(directory: Glance, me: Visitor) -> tuple[tuple[str, str], ...]:
    """The posts of someone who has more than one."""
    person = directory.person(me.person)
    if person is None or len(person.holdings) < 2:
        return ()
    found: list[tuple[str, str]] = []
    for held in person.holdings:
        department = directory.department(held.department)
        words = [say(department.title, me.language) if department else held.department, say(directory.post_title(held.post), me.language)]
        found.append((f"{held.department}/{held.post}", " · ".join(words)))
    return tuple(found)


def paper(
    conn: sa.Connection,
    site: Site,
    me: Visitor,
    program: Program,
    applicant: Applicant,
    pairs: list[tuple[str, str]] | None,
    *,
    problems: Mapping[str, Text] | None = None,
    draft: Draft | None = None,
    fresh: str = "",
    before: Mapping[str, Any] | None = None,
    followed: Followed | None = None,
) -> Paper:
    """The form with ``pairs`` in it; ``before``: answers of a case that came back."""
    at, directory = desk(conn, site, me.language), Glance(conn, site.database)
    only = filling.asked(program)

    def work_out() -> tuple[Filled, list[Ahead]]:
        if pairs is None:
            typed = filling.begin(program, applicant, at, directory, lookups.begin(conn, site.catalogue, program, applicant, directory))
        else:
            typed = pairs
        filled = filling.fill(
            conn, directory, program, applicant, typed, at, only=only, problems=problems, before=before, fresh=fresh, followed=followed
        )
        return filled, filling.ahead(directory, program, applicant, {**(before or {}), **filled.answers}, at)

    # everyone opens the same empty form: for the same applicant it is the same for as long as a glance holds
    key = (program.digest, applicant, me.language, at.now.replace(second=0, microsecond=0))
    filled, ahead = directory.once(key, work_out) if pairs is None else work_out()
    owner = directory.department(program.app.owner)
    about = " · ".join(filter(None, (said(owner.title if owner else None, me.language), said(program.app.description, me.language))))
    saved = ""
    if draft is not None:
        clock = at.corner.at(draft.changed_at)
        saved = word(me.language, f"已保存为草稿 {clock}", f"Draft saved {clock}")
    chosen: tuple[Pick, ...] = ()
    if program.choosing:
        steps = (*picking.by_applicant(program), *picking.ahead(program, START))
        facts = candidates.Facts(applicant, {**(before or {}), **filled.answers}, candidates.today(at.now, directory))
        chosen = picks(program, steps, facts, directory)
    return Paper(program, filled, ahead, about, numbers(conn, site, me.person), saved, picks=chosen)


def _may_start(program: Program, applicant: Applicant, directory: Glance) -> bool:
    try:
        return candidates.may_start(program, applicant, directory)
    except Fault:
        return False


def _keep(conn: sa.Connection, site: Site, me: Visitor, app: str, draft: str, pairs: list[tuple[str, str]], key: str) -> Draft | None:
    return drafts.keep(conn, me.person, app, draft, [pair for pair in pairs if pair[0] != "_action"], site.clock(), key)


def _program(site: Site, app: str) -> Program:
    found = site.catalogue.latest(app)
    if found is None:
        raise HTTPException(404)
    return found


def _there(paper: Paper | None) -> Paper:
    if paper is None:
        raise HTTPException(404)
    return paper


def _typed(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[0] not in OWN]


routes = [
    Route("/apps/{app}/new", new, methods=["GET"]),
    Route("/apps/{app}/new", hand_in, methods=["POST"]),
    Route("/drafts", save_draft, methods=["POST"]),
    Route("/drafts/{draft}", draft, methods=["GET"]),
    Route("/drafts/{draft}/discarding", discard, methods=["POST"]),
]
