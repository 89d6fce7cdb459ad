"""The catalogue: everything one may apply for, by category, and the search in it."""

from collections.abc import Iterable

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.expressions import Fault
from forms.form import Image
from forms.texts import say
from runtime import site as sites
from runtime.casework import releases
from runtime.casework.entries import shade
from runtime.casework.glance import Glance
from runtime.pages.page import Numbers, numbers, render, visitor, word
from runtime.people import organisation
from runtime.site import Site
from workflows import candidates
from workflows.app import App
from workflows.program import Program


async def apps(request: Request) -> Response:
    """All of them, or those that the search finds."""
    me, site = visitor(request), sites.of(request)
    text = request.query_params.get("q", "").strip()[:100]
    programs, counts = await site.database.read(_read, site, me.person)
    found = [program for program in programs if matches(program.app, text)]
    return render(
        request,
        "apps/apps.html",
        title=word(me.language, "发起申请", "New application"),
        text=text,
        groups=groups(found, me.language),
        counts=counts,
    )


def _read(conn: sa.Connection, site: Site, person: str) -> tuple[list[Program], Numbers]:
    return startable(conn, site, person), numbers(conn, site, person)


def startable(conn: sa.Connection, site: Site, person: str) -> list[Program]:
    """The apps that ``person`` may start."""
    directory = Glance(conn, site.database)
    who = organisation.applying(directory, person)
    if who is None:
        return []
    found: list[Program] = []
    for program in site.catalogue.apps():
        try:
            if candidates.may_start(program, who, directory):
                found.append(program)
        except Fault:
            # an app whose rule cannot be evaluated is nobody's to start
            continue
    return found


def matches(app: App, text: str) -> bool:
    """Whether ``text`` is part of what an app is called."""
    wanted = "".join(text.lower().split())
    if not wanted:
        return True
    titles = [*app.title.values(), *app.category.values(), app.id]
    return any(wanted in "".join(words.lower().split()) for words in titles)


def groups(programs: Iterable[Program], language: str) -> list[tuple[str, list[tuple[str, str, str, str, str]]]]:
    """Tiles by category, both in the order of the catalogue."""
    found: dict[str, list[Program]] = {}
    for program in programs:
        found.setdefault(say(program.app.category, language), []).append(program)
    return [(category, tiles(members, language)) for category, members in found.items()]


def tiles(programs: Iterable[Program], language: str) -> list[tuple[str, str, str, str, str]]:
    """As `apps/_tiles.html` unpacks them: id, icon, title, description, colour."""
    return [
        (p.app.id, p.app.icon, say(p.app.title, language), say(p.app.description, language) if p.app.description else "", shade(p.app.id))
        for p in programs
    ]


async def picture(request: Request) -> Response:
    """A picture of an app's form, to whoever is signed in and was sent its digest. It never changes."""
    visitor(request)
    site, app, digest = sites.of(request), request.path_params["app"], request.path_params["digest"]
    program = site.catalogue.latest(app)
    image = _image(program.app, digest) if program else None
    if image is None:
        image = await site.database.read(_earlier, app, digest)
    if image is None:
        raise HTTPException(404)
    headers = {"cache-control": "private, max-age=31536000, immutable", "content-security-policy": "sandbox; default-src 'none'"}
    return Response(image.data, media_type=image.media, headers=headers)


def _image(app: App, digest: str) -> Image | None:
    return next((field.image for field in app.form.walk() if field.image and field.image.digest == digest), None)


def _earlier(conn: sa.Connection, app: str, digest: str) -> Image | None:
    """Of a release that cases may still have."""
    for row in releases.history(conn, app):
        release = releases.find(conn, row.digest)
        if release and (found := _image(release.app, digest)):
            return found
    return None


routes = [Route("/apps", apps, methods=["GET"]), Route("/apps/{app}/pictures/{digest}", picture, methods=["GET"])]
