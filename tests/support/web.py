"""A running installation and browsers in front of it, without a socket: requests go to the ASGI application itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import httpx
import structlog

from builder import designing, publishing
from builder.compile import Compiled, compile_workspace
from runtime.people import demo, organisation, passwords, signing_in
from runtime.serving import logs
from runtime.settings import Settings
from runtime.store import migrate
from runtime.store.database import Database
from runtime.web import create_app

structlog.configure(processors=[logs.places_only, structlog.processors.KeyValueRenderer()])

EXAMPLES = Path(__file__).parents[2] / "examples"
ORIGIN = "http://127.0.0.1:8000"
PASSWORD = "correct-Horse-9"

#: the cast: who applies, who approves it, who has nothing to do with it
APPLICANT, APPROVER, OUTSIDER, ADMINISTRATOR = "chen-xiaolin", "zhou-jianguo", "bai-lu", "mo-ran"


class Clock:
    """Stands still until told to go on."""

    def __init__(self, at: datetime = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **length: float) -> None:
        self.at += timedelta(**length)


class Browser:
    """Keeps cookies, sends what browsers send, and fills the token into forms."""

    def __init__(self, call: Callable[..., Any], transport: httpx.AsyncBaseTransport, origin: str = ORIGIN) -> None:
        self._call = call
        self.origin = origin
        self.client = httpx.AsyncClient(transport=transport, base_url=origin)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            return await self.client.request(method, url, **options)

        return self._call(send)

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, form: Any = None, *, token: str | None = None, **options: Any) -> httpx.Response:
        """Submits ``form`` as a page of ours does."""
        pairs = list(form.items() if isinstance(form, dict) else form or [])
        if token is None:
            token = self.token()
        headers = {"origin": self.origin, "sec-fetch-site": "same-origin", **options.pop("headers", {})}
        return self.request("POST", url, data=_many([("_csrf", token), *pairs]), headers=headers, **options)

    def token(self) -> str:
        """The token of the page a form would be on."""
        page = self.get("/password")
        if page.status_code != 200:
            page = self.get("/sign-in")
        if page.status_code == 303:
            page = self.get(page.headers["location"])
        return re.search(r'name="_csrf" value="([^"]*)"', page.text)[1]

    def sign_in(self, person: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/sign-in", {"account": person, "password": password})

    def choose(self, person: str) -> "Browser":
        """As a click in a demo."""
        response = self.post("/sign-in/demo", {"person": person})
        assert response.status_code == 303, response.text
        return self


def _many(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


class Running:
    """A served installation."""

    def __init__(self, app: Any, call: Callable[..., Any], database: Database, clock: Clock) -> None:
        self.app = app
        self.call = call
        self.database = database
        self.clock = clock

    @property
    def site(self) -> Any:
        return self.app.state.site

    def browser(self, address: str = "127.0.0.1", origin: str = ORIGIN) -> Browser:
        """A new one, without cookies."""
        return Browser(self.call, httpx.ASGITransport(self.app, client=(address, 50_000)), origin)

    def as_(self, person: str) -> Browser:
        """A browser of ``person``, signed in."""
        browser = self.browser()
        if self.site.settings.demo:
            return browser.choose(person)
        response = browser.sign_in(person)
        assert response.status_code == 303, response.text
        return browser


@cache
def _compiled() -> Compiled:
    return compile_workspace(EXAMPLES)


def city(database: Database, clock: Clock, *, apps: bool = True) -> None:
    """The example city in ``database``, with its apps."""
    compiled = _compiled()
    assert compiled.organisation is not None
    database.write_now(organisation.import_organisation, compiled.organisation, clock())
    if apps:
        publishing.publish(compiled, database, "test", clock())
    database.write_now(demo.give_rights, clock())


def give_passwords(database: Database, clock: Clock, *people: str) -> None:
    """Everybody named can sign in with PASSWORD."""
    hashed = passwords.hash_now(PASSWORD)
    for person in people:
        database.write_now(signing_in.store_password, person, hashed, by="test", address="test", temporary=False, now=clock())


@contextmanager
def running(database: Database, clock: Clock | None = None, **settings: Any) -> Iterator[Running]:
    """Serves ``database`` until the end of the block."""
    clock = clock or Clock()
    app = create_app(Settings(**settings), database=database, clock=clock, later=designing.LATER)
    with ExitStack() as stack:
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        yield Running(app, portal.call, database, clock)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    migrate.upgrade(database)
    try:
        yield database
    finally:
        database.close()
