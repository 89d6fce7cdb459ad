"""Every app of the example city on its pages: the form, the case with its progress, the sheet, and the task of whoever comes first."""

import html
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from support import stand_ins, web
from support.web import EXAMPLES, Clock, Running

from builder import compile
from builder.compile import Compiled
from builder.nodes import data, items
from forms.texts import say
from runtime.casework import cases
from runtime.casework.cases import Done

APPS = sorted(folder.name for folder in (EXAMPLES / "apps").iterdir())


@cache
def compiled() -> Compiled:
    return compile.compile_workspace(EXAMPLES)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("examples")
    with web.opened(f"sqlite:///{folder / 'pages.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=folder) as served:
            yield served


def stories(app: str) -> list[dict[str, Any]]:
    """The scenarios of an app whose forms are accepted."""
    found = [data(node) for root in compiled().scenarios[app].values() for node in items(root)]
    return [story for story in found if "refused" not in story.get("expect", {})]


@pytest.mark.parametrize("app", APPS)
def test_the_pages_of_an_app_open(office: Running, app: str) -> None:
    """In Chinese and in English, for the applicant and for everyone who has a task."""
    for number, story in enumerate(stories(app)):
        applicant = office.as_(story["as"])
        assert applicant.get(f"/apps/{app}/new").status_code == 200
        answers = stand_ins.real(office, story["as"], compiled().apps[app], story["submit"])
        done = office.call(cases.submit, office.site, story["as"], app, answers, f"{app}-{number}")
        assert isinstance(done, Done), done
        for language in ("en", "zh"):
            assert applicant.post("/settings", {"language": language}).status_code == 303
            for path in (f"/cases/{done.case.id}", f"/cases/{done.case.id}/sheet"):
                page = applicant.get(path)
                assert page.status_code == 200, path
                assert done.case.number in page.text
                assert say(compiled().apps[app].title, language) in html.unescape(page.text)
        for task in done.case.open_tasks():
            assert office.as_(task.person).get(f"/tasks/{task.id}").status_code == 200
