"""The office of `support.city` as a site of its own, with workers that are told to work: timers and letters without a server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from support.city import APPLICANT, City, Clock, found

from forms.form import Field, Form, Section
from runtime.casework import cases, verify
from runtime.casework.cases import Done
from runtime.serving import logs
from runtime.settings import Settings
from runtime.site import Site
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.unattended.work import Work
from workflows.app import App, Flow, Start, Step
from workflows.case import Case
from workflows.commands import Refusal

T = TypeVar("T")

structlog.configure(processors=[logs.places_only, structlog.processors.KeyValueRenderer()])


def app(id: str, *steps: Step, fields: Iterable[Field] = (), **flow: Any) -> App:
    """An app with one question, and those of ``fields``."""
    asked = (Field(name="reason", kind="textarea", title={"zh": "事由", "en": "Reason"}, required=True), *fields)
    names = tuple(field.name for field in asked)
    return App(
        id=id,
        title={"zh": f"申请 {id}", "en": f"Application {id}"},
        owner="office",
        category={"zh": "综合", "en": "General"},
        icon="file-text",
        number="NO-{seq:4}",
        subject="{reason}",
        form=Form(fields=asked, sections=(Section(title={"zh": "内容", "en": "What"}, fields=names),), schema={"type": "object"}),
        flow=Flow(start=Start(), steps=steps, **flow),
    )


class House:
    """A site over ``database`` whose clock stands still until it is moved."""

    def __init__(self, database: Database, *apps: App, **settings: Any) -> None:
        self.database = database
        self.clock = Clock()
        city = asyncio.run(found(database, *apps))
        self.site = Site(Settings(**settings), database, city.catalogue, self.clock)

    def run(self, fn: Callable[..., Awaitable[T]], *args: Any, **kwargs: Any) -> T:
        async def call() -> T:
            return await fn(self.site, *args, **kwargs)

        return asyncio.run(call())

    def submit(self, app: str = "leave", *, key: str = "k", person: str = APPLICANT, **answers: Any) -> Case:
        done = self.run(cases.submit, person, app, {"reason": "事由", **answers}, key)
        assert isinstance(done, Done), done
        return done.case

    def act(self, person: str, task: str, action: str = "approve", **more: Any) -> Done | Refusal | None:
        return self.run(cases.act, person, task, action, f"{task}-{action}-{person}", **more)

    def publish(self, *apps: App) -> None:
        """New releases, in force at once."""
        City(self.database, self.site.catalogue, self.clock).publish(*apps)
        asyncio.run(self.site.catalogue.refresh(self.database))

    def work(self) -> None:
        """What is due now is done."""

        async def settle() -> None:
            await Work(self.site).settle()

        asyncio.run(settle())

    def until(self, at: datetime) -> None:
        """The clock goes on to ``at``, and what is due then is done."""
        self.clock.now = at
        self.work()

    def case(self, id: str) -> Case:
        found = self.database.read_now(lambda conn: conn.execute(sa.select(t.case.c.applicant).where(t.case.c.id == id)).scalar_one())
        seen = self.run(cases.find, found, id)
        assert seen is not None
        return seen.case

    def open(self, id: str) -> dict[str, list[str]]:
        """Who is asked, by step."""
        asked: dict[str, list[str]] = {}
        for task in self.case(id).open_tasks():
            asked.setdefault(task.step, []).append(task.person)
        return asked

    def rows(self, table: sa.Table, *columns: str) -> list[tuple[Any, ...]]:
        wanted = [table.c[name] for name in columns]
        return self.database.read_now(lambda conn: [tuple(row) for row in conn.execute(sa.select(*wanted).order_by(*wanted))])

    def holds(self) -> None:
        """The rows say what the events say."""
        assert self.database.read_now(verify.differences) == []
