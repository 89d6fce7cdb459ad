"""The example city on a real socket, and browsers in front of it. For tests that need what only a browser does."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from support.web import Clock

from builder import designing
from runtime.settings import Settings
from runtime.store.database import Database
from runtime.web import create_app

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def serving(database: Database, clock: Clock, **settings: Any) -> Iterator[str]:
    """The address of a demo over ``database``, until the end of the block."""
    app = create_app(Settings(demo=True, **settings), database=database, clock=clock, later=designing.LATER)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def context(browser: Browser, base: str, size: Any = WIDE, **options: Any) -> BrowserContext:
    """A browser of its own: cookies, size, with or without JavaScript."""
    return browser.new_context(base_url=base, viewport=size, locale="zh-CN", **options)


def enter(where: BrowserContext, person: str) -> Page:
    """A page of ``person``, signed in by a click in the demo. Fails on what a browser complains about."""
    page = where.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/sign-in")
    page.locator(f'button[value="{person}"]').click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


#: what browsers have complained about: a broken policy, a script that failed; emptied by `quiet`
complaints: list[str] = []


def quiet() -> list[str]:
    """The complaints so far, but for answers that tests ask for, and requests that a newer one or a new page replaced."""
    expected = ("the server responded with a status of 4", "htmx:afterRequest", "htmx:sendAbort", "htmx:beforeOnLoad")
    found = [words for words in complaints if not any(part in words for part in expected)]
    complaints.clear()
    return found
