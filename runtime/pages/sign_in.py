"""Getting in and out: the sign-in page, the choice of a person in a demo, one's own password, and the first run."""

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

import templates
from forms.texts import Text, say
from runtime import site as sites
from runtime.casework.entries import shade
from runtime.people import choices, first_run, passwords, signing_in
from runtime.people.signing_in import Entered, Locked, Wrong
from runtime.people.visitor import Visitor, look, visitor
from runtime.serving import security
from runtime.settings import Settings
from runtime.site import Site
from runtime.store import tables


async def sign_in(request: Request) -> Response:
    """The page; whoever is signed in already goes on."""
    wanted = _local(request.query_params.get("next", ""))
    if visitor(request) is not None:
        return RedirectResponse(wanted, 303)
    return await _sign_in_page(request, wanted)


async def enter(request: Request) -> Response:
    """Account and password."""
    form = dict(security.check_token(await security.read_form(request), request.cookies.get(security.GUEST, "")))
    site, wanted, account = sites.of(request), _local(form.get("next", "")), form.get("account", "")
    result = await signing_in.by_password(
        site, account, form.get("password", ""), security.client(request), "browser", _session_before(request)
    )
    if isinstance(result, Entered):
        return await _welcome(request, result, "/password" if result.temporary else wanted, form.get("parked", ""))
    return await _sign_in_page(request, wanted, result, account, form.get("parked", ""))


async def choose(request: Request) -> Response:
    """One click on a person of the demo."""
    form = dict(security.check_token(await security.read_form(request), request.cookies.get(security.GUEST, "")))
    wanted = _local(form.get("next", ""))
    result = await signing_in.by_choice(
        sites.of(request), form.get("person", ""), security.client(request), "browser", _session_before(request)
    )
    if isinstance(result, Entered):
        return await _welcome(request, result, wanted, form.get("parked", ""))
    return await _sign_in_page(request, wanted, result, parked=form.get("parked", ""))


async def expired(request: Request, token: str) -> Response:
    """A form that came after its session had ended: its fields wait in the sign-in page, and none is lost.

    Only what a form of ours sent gets here: a request of another site has been refused before.
    """
    if "hx-request" in request.headers:
        return Response(status_code=401)
    if request.url.path == "/sign-out":
        return RedirectResponse("/sign-in", 303)
    pairs = [pair for pair in await security.read_form(request) if pair[0] != security.TOKEN_FIELD]
    parked = Parked(path=request.url.path, person=await sites.of(request).sessions.whose(token) if token else None, pairs=pairs)
    return await _sign_in_page(request, "/", parked=msgspec.json.encode(parked).decode())


class Parked(msgspec.Struct):
    """A form that waits for its person to sign in again."""

    path: str
    person: str | None
    pairs: list[tuple[str, str]]


async def sign_out(request: Request) -> Response:
    await security.checked_form(request)
    site, leaving = sites.of(request), _me(request)
    await signing_in.out(site, leaving.session, leaving.person, security.client(request))
    response = RedirectResponse("/sign-in", 303)
    site.sessions.take(response)
    return response


async def password(request: Request) -> Response:
    """One's own password."""
    _must_have_passwords(request)
    return _page(request, "password.html")


async def change_password(request: Request) -> Response:
    """The present password proves who asks; every other session of the person ends."""
    form = dict(await security.checked_form(request))
    _must_have_passwords(request)
    site, me, new = sites.of(request), _me(request), form.get("password", "")
    problems = _new_password(form, me.person, site)
    if not problems and await signing_in.used_before(site, me.person, new):
        last = site.settings.password_history
        problems["password"] = {"zh": f"不能使用最近 {last} 次用过的密码。", "en": f"This is one of your last {last} passwords."}
    if not problems:
        result = await signing_in.change_password(site, me.person, form.get("current", ""), new, security.client(request))
        if isinstance(result, Entered):
            return await _welcome(request, result, "/")
        problems["current"] = result.message if isinstance(result, Locked) else WRONG_NOW
    return _page(request, "password.html", problems, status=422)


async def setup(request: Request) -> Response:
    """The first-run page; gone once there is an administrator."""
    if not sites.of(request).setup:
        raise HTTPException(404)
    return _page(request, "setup.html")


async def finish_setup(request: Request) -> Response:
    """The password of the first administrator; the secret proves that the console was seen."""
    site = sites.of(request)
    if not site.setup:
        raise HTTPException(404)
    form = dict(security.check_token(await security.read_form(request), request.cookies.get(security.GUEST, "")))
    secret = form.get("secret", "")
    problems = {"secret": NOT_THE_SECRET} if not await site.database.read(first_run.proves, secret) else {}
    problems = problems or _new_password(form, first_run.PERSON, site)
    if problems:
        return _page(request, "setup.html", problems, status=422)
    hashed = await passwords.hash_password(form.get("password", ""))
    await site.database.write(first_run.finish, hashed, secret, security.client(request), site.clock())
    site.setup = await site.database.read(first_run.needed)
    return RedirectResponse("/sign-in", 303)


WRONG_NOW: Text = {"zh": "现在的密码不对。", "en": "This is not your present password."}
NOT_THE_SECRET: Text = {
    "zh": "一次性口令不对。请从启动服务的窗口复制；每次启动都会换新的。",
    "en": "Not the one-time secret. Copy it from the console; each start makes a new one.",
}
DIFFERENT: Text = {"zh": "两次输入的密码不一样。", "en": "The two passwords differ."}


def _new_password(form: Mapping[str, str], person: str, site: Site) -> dict[str, Text]:
    """What is wrong with a password typed twice."""
    new = form.get("password", "")
    if wrong := passwords.problem(new, person, site.settings):
        return {"password": wrong}
    return {} if new == form.get("again", "") else {"again": DIFFERENT}


def _me(request: Request) -> Visitor:
    found = visitor(request)
    assert found is not None, "the gate lets nobody else in"
    return found


def _must_have_passwords(request: Request) -> None:
    if sites.of(request).settings.demo:
        raise HTTPException(404)


def _session_before(request: Request) -> str | None:
    known = visitor(request)
    return known.session if known else None


async def _welcome(request: Request, entered: Entered, to: str, parked: str = "") -> Response:
    """On to ``to``, in a new session; or to what was ``parked``, which its person sends off once more."""
    site = sites.of(request)
    liked = await site.database.read(choices.preferences, entered.person)
    waiting = _unpark(parked, entered.person)
    if waiting and not entered.temporary:
        shown = {
            "title": say({"zh": "继续提交", "en": "Continue"}, liked.language),
            "look": liked,
            "visitor": None,
            "path": "/",
            "back": "",
        }
        page = templates.environment(liked.language).get_template("resume.html")
        response: Response = HTMLResponse(page.render(shown | {"name": entered.name, "csrf": entered.csrf, "waiting": waiting}))
    else:
        response = RedirectResponse(to, 303)
    site.sessions.give(response, entered.token)
    site.sessions.remember(response, liked)
    response.delete_cookie(security.GUEST, path="/")
    return response


_parked = msgspec.json.Decoder(Parked)


def _unpark(text: str, person: str) -> Parked | None:
    """What was parked, if it is whole and was not somebody else's."""
    if not text:
        return None
    try:
        found = _parked.decode(text)
    except msgspec.MsgspecError:
        return None
    return found if found.person in (None, person) and _local(found.path) == found.path else None


async def _sign_in_page(
    request: Request, wanted: str, wrong: Locked | Wrong | None = None, account: str = "", parked: str = ""
) -> Response:
    """The page; in a demo with the people to choose from. ``parked``: a form that goes on after signing in."""
    site = sites.of(request)
    language = look(request).language
    people: list[dict[str, str]] = []
    if site.settings.demo:
        rows = await site.database.read(_people)
        people = [{"id": row.id, "name": row.name, "words": _place(row, language), "shade": shade(row.name)} for row in rows]
    response = _page(
        request,
        "sign_in.html",
        {"account": wrong.message} if wrong else {},
        status=429 if isinstance(wrong, Locked) else 401 if wrong or parked else 200,
        demo=site.settings.demo,
        people=people,
        next=wanted,
        account=account,
        parked=parked,
    )
    if isinstance(wrong, Locked):
        response.headers["retry-after"] = str(wrong.seconds)
    return response


def _place(row: Any, language: str) -> str:
    return " · ".join(say(title, language) for title in (row.department, row.post) if title)


def _people(conn: Connection) -> Any:
    """Everyone who may be chosen, with where they work."""
    p, h, d, t = tables.person, tables.holding, tables.department, tables.post
    rows = (
        sa.select(p.c.id, p.c.name, d.c.title.label("department"), t.c.title.label("post"))
        .select_from(p)
        .outerjoin(h, sa.and_(h.c.person == p.c.id, h.c.position == 0))
        .outerjoin(d, d.c.id == h.c.department)
        .outerjoin(t, t.c.id == h.c.post)
        .where(p.c.disabled.is_(False))
        .order_by(p.c.position, p.c.id)
        .limit(200)
    )
    return conn.execute(rows).all()


TITLES: dict[str, Text] = {
    "sign_in.html": {"zh": "登录", "en": "Sign in"},
    "setup.html": {"zh": "首次设置", "en": "First run"},
    "password.html": {"zh": "修改密码", "en": "Change password"},
}


def _page(request: Request, template: str, problems: Mapping[str, Text] | None = None, *, status: int = 200, **context: Any) -> Response:
    """A page outside the frame of the signed-in. ``problems``: the field to what is wrong with it."""
    shown, me = look(request), visitor(request)
    token = me.csrf if me else request.cookies.get(security.GUEST) or secrets.token_urlsafe(24)
    frame: dict[str, Any] = {
        "title": say(TITLES[template], shown.language),
        "look": shown,
        "visitor": me,
        "path": request.url.path,
        "back": "",
        "csrf": token,
        "problems": {name: say(words, shown.language) for name, words in (problems or {}).items()},
        "least": sites.of(request).settings.password_min_length,
    }
    response = HTMLResponse(templates.environment(shown.language).get_template(template).render(frame | context), status)
    if me is None and request.cookies.get(security.GUEST) != token:
        response.set_cookie(security.GUEST, token, path="/", secure=sites.of(request).settings.https, httponly=True, samesite="lax")
    return response


def _local(path: str) -> str:
    """``path`` if it leads within this server, the home page otherwise."""
    plain = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable() and len(path) <= 2000
    return path if plain else "/"


def routes(settings: Settings) -> list[Route]:
    """The choice of a person is no route at all outside of a demo."""
    demo = [Route("/sign-in/demo", choose, methods=["POST"])] if settings.demo else []
    return [
        Route("/sign-in", sign_in, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        *demo,
        Route("/sign-out", sign_out, methods=["POST"]),
        Route("/password", password, methods=["GET"]),
        Route("/password", change_password, methods=["POST"]),
        Route("/setup", setup, methods=["GET"]),
        Route("/setup", finish_setup, methods=["POST"]),
    ]
