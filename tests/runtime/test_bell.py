"""Workers are woken by what was committed, in their own process and in others; and a decision that leaves nothing asks nothing."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from support.city import APPLICANT, APPROVER, MONDAY
from support.house import House, app

from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.site import Site
from runtime.store import statements
from runtime.store.bell import Bell
from runtime.store.database import Database
from runtime.store.postgresql import Postgresql
from runtime.unattended import listening
from workflows.app import Approve, Send

HOUR = timedelta(hours=1)
HEAD = Approve(id="head", title={"zh": "审批"}, who=f'user("{APPROVER}")')


def test_an_ear_sleeps_until_something_earlier_comes_up() -> None:
    """What comes later than it means to look does not wake it; what rang while it was awake is not lost."""

    async def story() -> None:
        bell = Bell()
        ear = bell.listen()
        ear.awake()
        sleeping = asyncio.create_task(ear.sleep(MONDAY + HOUR, 20))
        await asyncio.sleep(0)
        bell.ring(MONDAY + 2 * HOUR)
        done, _ = await asyncio.wait([sleeping], timeout=0.02)
        assert not done
        bell.ring(MONDAY)
        await asyncio.wait_for(sleeping, 5)
        ear.awake()
        bell.ring(MONDAY + 3 * HOUR)
        await asyncio.wait_for(ear.sleep(MONDAY + HOUR, 20), 5)
        bell.leave(ear)
        bell.ring(MONDAY)

    asyncio.run(story())


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_one_process_leaves_wakes_the_others(database: Database, database_url: str) -> None:
    """Two databases stand for two processes: a commit in one rings in the other, by LISTEN and NOTIFY."""
    house = House(database, app("sends", Send(id="tell", title={"zh": "推送"}, to="archive"), HEAD))
    other = Database.open(database_url)
    assert isinstance(other, Postgresql)
    elsewhere = Site(house.site.settings, other, house.site.catalogue, house.clock)

    async def story() -> None:
        ear = other.bell.listen()
        ear.awake()
        keeping = [
            asyncio.create_task(listening.listen(elsewhere, other.engine.url)),
            asyncio.create_task(listening.tell(house.site)),
        ]
        sleeping = asyncio.create_task(ear.sleep(MONDAY + 9 * HOUR, 20))
        number = 0
        # the listener is connected at some point; from then on each commit is heard
        while not sleeping.done():
            number += 1
            done = await cases.submit(house.site, APPLICANT, "sends", {"reason": "x"}, f"k{number}")
            assert isinstance(done, Done)
            await asyncio.wait([sleeping], timeout=0.3)
            assert number < 60
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)

    asyncio.run(story())
    other.close()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_decision_that_leaves_nothing_asks_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement touches timers, outbox or messages for its sake; one with effects writes each table at once."""
    assert isinstance(database, Postgresql)
    house = House(
        database,
        app("plain", HEAD),
        app("sends", Send(id="a", title={"zh": "推送"}, to="x"), Send(id="b", title={"zh": "推送"}, to="x"), HEAD),
    )
    case = house.submit("plain")
    said: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    ask = statements.ask

    def asked(conn: sa.Connection, sql: str, values: Sequence[Any]) -> Any:
        said.append(sql)
        return ask(conn, sql, values)

    monkeypatch.setattr(statements, "ask", asked)
    house.run(cases.comment, APPLICANT, case.id, "c", "请尽快")
    told = [text for text in said if any(f"{verb} {name}" in text for verb in ("INTO", "UPDATE", "FROM") for name in ("timer", "outbox"))]
    assert said
    assert told == []
    said.clear()
    house.submit("sends", key="s")
    assert len([text for text in said if "INTO outbox" in text]) == 1
    assert len([text for text in said if "INTO message" in text]) <= 1
