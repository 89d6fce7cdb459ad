"""The office of `support.house` behind its pages and its API: apps made by a test, people in front of browsers."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support import web
from support.house import House
from support.web import Browser, Running

from runtime.store.database import Database
from workflows.app import App


@contextmanager
def office(database: Database, data: Path, *apps: App, **settings: Any) -> Generator[tuple[House, Running]]:
    """The house and what serves it, as one site."""
    house = House(database, *apps, **settings)
    with web.running(database, house.clock, demo=True, data=data, **settings) as served:  # type: ignore[arg-type] - a clock is a clock
        house.site = served.site
        yield house, served


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends by itself."""
    return dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', page))


def send(browser: Browser, path: str, page: str, fields: list[tuple[str, str]] | dict[str, str], **options: Any) -> Any:
    """Submits the form of ``page`` with ``fields``."""
    own = hidden(page)
    typed = list(fields.items()) if isinstance(fields, dict) else fields
    names = {name for name, _ in typed}
    pairs = [(name, value) for name, value in own.items() if name != "_csrf" and name not in names]
    return browser.post(path, [*pairs, *typed], token=own["_csrf"], **options)


class Program:
    """Software of a person, in front of the API."""

    def __init__(self, served: Running, person: str) -> None:
        self._browser = served.browser()
        got = self._browser.request("POST", "/api/v1/sessions", json={"user": person})
        assert got.status_code == 201, got.text
        self._headers = {"authorization": f"Bearer {got.json()['token']}"}

    def get(self, path: str) -> Any:
        return self._browser.get("/api/v1" + path, headers=self._headers)

    def post(self, path: str, body: Any = None, key: str = "a-key") -> Any:
        return self._browser.request("POST", "/api/v1" + path, json=body, headers={**self._headers, "idempotency-key": key})
