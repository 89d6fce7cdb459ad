"""One served city and one browser for all tests of a process."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

import browser_ready
from support import served, web
from support.web import Clock

from builder import publishing
from docs import fields

#: milliseconds; a busy machine is slow, not wrong
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the example city is served, with an app that has every field there is."""
    folder = tmp_path_factory.mktemp("city")
    with web.opened(f"sqlite:///{folder / 'city.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        publishing.publish(fields.compiled(), database, "test", clock())
        with served.serving(database, clock, data=folder) as base:
            yield base


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = browser_ready.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def no_complaints(chromium: Browser) -> Iterator[None]:
    """A page that breaks its own policy or throws fails the test that opened it."""
    served.complaints.clear()
    yield
    for context in chromium.contexts:
        context.close()
    assert served.quiet() == []
