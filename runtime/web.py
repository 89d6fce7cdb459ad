"""The server as an ASGI application: what stands before every request, the pages, the API beside them, and what runs meanwhile."""

import asyncio
import contextlib
import pkgutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

import templates
from runtime import api, pages
from runtime.casework.releases import Catalogue
from runtime.files import uploads
from runtime.output import exporting
from runtime.pages import sign_in
from runtime.people import first_run, organisation, signing_in
from runtime.serving import assets, failures, health, metrics
from runtime.serving.directory import Directory, Later
from runtime.serving.gate import Gate
from runtime.serving.health import Readiness
from runtime.serving.security import Doorkeeper, Shield
from runtime.settings import Settings
from runtime.site import Site, now
from runtime.store import migrate
from runtime.store.database import Database, Unavailable
from runtime.unattended import keeping
from runtime.unattended.work import Work

#: how long a new release, or an administrator made elsewhere, stays unseen at most
REFRESH_SECONDS = 0.5
TIDY_SECONDS = 600.0
#: how often it is looked whether an anchor is due
ANCHOR_SECONDS = 30.0

log = structlog.get_logger(__name__)


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Callable[[], datetime] = now,
    schemas: Mapping[str, bytes] | None = None,
    later: Mapping[str, Later] | None = None,
) -> Starlette:
    """The application over ``database`` (opened from the settings and closed at the end if none is given).

    ``schemas``: the JSON Schemas of the definition language by file name, for editors. ``later``: pages of what stands
    above the runtime, by the first part of their path; they are loaded when somebody goes there.
    """
    opened = database or Database.open(settings.database_url)
    site = Site(settings, opened, Catalogue(), clock)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        """Fails when the database has another shape than the program: it must not serve then."""
        if await opened.read(migrate.pending):
            raise RuntimeError("The database has not been brought to this version; `dabashou serve` does it.")
        await _refresh(site)
        loops = ((_refresh, REFRESH_SECONDS), (_prepare, REFRESH_SECONDS), (_tidy, TIDY_SECONDS), (keeping.anchor, ANCHOR_SECONDS))
        kept = [asyncio.create_task(_keep(doing, site, seconds)) for doing, seconds in loops]
        if opened.dialect == "postgresql":
            from runtime.store.postgresql import Postgresql
            from runtime.unattended import listening

            assert isinstance(opened, Postgresql)
            kept += [asyncio.create_task(listening.listen(site, opened.engine.url)), asyncio.create_task(listening.tell(site))]
        work = app.state.work = Work(site)
        work.start()
        try:
            yield
        finally:
            for task in kept:
                task.cancel()
            await asyncio.gather(*kept, return_exceptions=True)
            await work.stop()
            await site.sessions.settle()
            if database is None:
                opened.close()

    app = Starlette(
        routes=[
            Directory(_pages(settings), later),
            *assets.routes,
            *health.routes,
            *metrics.routes,
            *_schemas(schemas or {}),
            Mount("/api/v1", api.create(site)),
        ],
        middleware=[
            Middleware(metrics.Measured),
            Middleware(Shield, settings=settings),
            Middleware(failures.Failures),
            Middleware(Doorkeeper, settings=settings),
            Middleware(Gate, site=site, expired=sign_in.expired),
        ],
        exception_handlers={HTTPException: failures.handle, Unavailable: failures.handle},
        lifespan=lifespan,
    )
    app.state.site = site
    app.state.readiness = Readiness(site)
    return app


def _pages(settings: Settings) -> list[Route]:
    """The routes of all modules in `pages`."""
    found = [*sign_in.routes(settings)]
    for module in pkgutil.iter_modules(pages.__path__, pages.__name__ + "."):
        routes = getattr(import_module(module.name), "routes", ())
        if not callable(routes):
            found.extend(routes)
    return found


def _schemas(schemas: Mapping[str, bytes]) -> list[Route]:
    """What editors complete and check definitions by."""

    async def schema(request: Request) -> Response:
        body = schemas.get(request.path_params["name"])
        if body is None:
            raise HTTPException(404)
        # editors in a browser read it from elsewhere; it is the same for everybody
        headers = {"access-control-allow-origin": "*", "cache-control": "public, max-age=3600"}
        return Response(body, media_type="application/schema+json", headers=headers)

    async def icon(request: Request) -> Response:
        del request
        return RedirectResponse(templates.asset("icon.svg"), 307)

    return [Route("/schema/{name}", schema), Route("/favicon.ico", icon)]


async def _keep(doing: Callable[[Site], Awaitable[None]], site: Site, seconds: float) -> None:
    """Does it again and again. A database that is away is waited for; the first failure of a row is logged."""
    failing = False
    while True:
        await asyncio.sleep(seconds)
        try:
            await doing(site)
            failing = False
        except Exception as error:
            # whatever it was, the next time may go well, and must come
            if not failing:
                log.warning("background work failed", work=doing.__name__, exc_info=error)
            failing = True


async def _prepare(site: Site) -> None:
    """Makes one release after the other ready before anybody asks for it, each in a few milliseconds of the loop."""
    for _ in iter(site.catalogue.prepare, False):
        await asyncio.sleep(0.005)


async def _refresh(site: Site) -> None:
    await site.catalogue.refresh(site.database)
    site.empty = not await site.database.read(organisation.imported)
    if not site.settings.demo:
        site.setup = await site.database.read(first_run.needed)


async def _tidy(site: Site) -> None:
    await site.sessions.tidy()
    await uploads.tidy(site, site.clock())
    await exporting.tidy(site)
    await keeping.tidy(site)
    await site.database.write(signing_in.tidy, site.clock() - timedelta(minutes=site.settings.sign_in_window_minutes))
