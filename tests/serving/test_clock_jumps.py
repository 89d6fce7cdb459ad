"""A thousand timers through restarts and a clock that jumps, forward by days and back by hours: none missed, none twice, none early.

Needs `libfaketime` (apt install faketime): the server believes a clock that the test sets.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from support.house import app
from support.serving import Client, Server

from forms.form import Field
from runtime.casework import releases
from runtime.store import tables as t
from runtime.store.database import Database
from workflows.app import Approve, Wait, release

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
pytestmark = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed: apt install faketime")

SEED = 20261124
ZONE = ZoneInfo("Asia/Shanghai")
#: of the timers that are set; the clock goes on by thirty of them
DAYS = 40
WAITING = app(
    "waiting",
    Wait(id="until", title={"zh": "等到", "en": "Until"}, until="moment"),
    Approve(id="head", title={"zh": "审批", "en": "Head"}, who='user("zhou-jianguo")'),
    fields=(Field(name="moment", kind="datetime", title={"zh": "时刻", "en": "Moment"}, required=True),),
)


class FakeClock:
    """The clock of the server: the real one and an offset, which may change while it runs."""

    def __init__(self, server: Server, file: Path) -> None:
        self.file = file
        self.offset = timedelta()
        #: the latest that the server can have believed it to be
        self.latest = self.now()
        server.environment |= {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.jump(timedelta())

    def now(self) -> datetime:
        return datetime.now(ZONE) + self.offset

    def jump(self, by: timedelta) -> None:
        self.latest = max(self.latest, self.now())
        self.offset += by
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{self.offset.total_seconds():+.0f}")
        fresh.replace(self.file)
        self.latest = max(self.latest, self.now())

    def passed(self) -> datetime:
        """The latest that the server can have believed it to be, up to now."""
        self.latest = max(self.latest, self.now())
        return self.latest + timedelta(seconds=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.soak])])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The example city on SQLite, and on PostgreSQL with two workers; started once, and stopped."""
    if request.param == "sqlite":
        made = Server(tmp_path / "data")
        yield made
        made.stop()
        return
    postgresql = request.getfixturevalue("postgresql_server")
    url = postgresql.new(template="template0")
    made = Server(tmp_path / "data", database=url, workers=2)
    yield made
    made.stop()
    postgresql.drop(url)


def _publish(server: Server) -> None:
    database = Database.open(server.environment["DABASHOU_DATABASE"] or f"sqlite:///{server.data / 'dabashou.sqlite3'}")
    database.write_now(releases.store, release(WAITING), "test", datetime.now(ZONE))
    database.close()


async def _file(port: int, moments: list[datetime]) -> dict[str, datetime]:
    """One case for each moment; by id."""
    begun: dict[str, datetime] = {}
    clients = [await Client.sign_in(port, "chen-xiaolin") for _ in range(8)]
    left = list(enumerate(moments))

    async def file(client: Client) -> None:
        while left:
            number, at = left.pop()
            body = {"answers": {"reason": f"第 {number} 件", "moment": at.strftime("%Y-%m-%dT%H:%M")}}
            answer = await client.send("POST", "/apps/waiting/cases", body, key=f"wait-{number}")
            assert answer.status == 201, answer
            begun[answer.body["id"]] = at.replace(second=0, microsecond=0)

    await asyncio.gather(*map(file, clients))
    for client in clients:
        client.close()
    return begun


def _rung(server: Server) -> Counter[str]:
    """How often the wait of each case has ended: the tasks that were opened behind it."""

    def read(conn: sa.Connection) -> list[Any]:
        return list(conn.scalars(sa.select(t.task.c.case).where(t.task.c.step == "head", t.task.c.app == "waiting")))

    database = Database.open(server.environment["DABASHOU_DATABASE"] or f"sqlite:///{server.data / 'dabashou.sqlite3'}")
    try:
        return Counter(database.read_now(read))
    finally:
        database.close()


def _check(begun: dict[str, datetime], rung: Counter[str], clock: FakeClock) -> None:
    early = {case for case in rung if begun[case] > clock.passed()}
    assert early == set()
    assert {case for case, times in rung.items() if times > 1} == set()


@pytest.mark.approval("trap-11")
def test_no_timer_is_missed_doubled_or_early_whatever_the_clock_does(server: Server, tmp_path: Path, soak: bool) -> None:
    """Each round: the server is killed while it rings, the clock jumps, it is started again, the clock jumps under it."""
    timers, restarts = (1000, 30) if soak else (100, 3)
    chance = random.Random(SEED)
    server.start()
    server.stop()
    _publish(server)
    clock = FakeClock(server, tmp_path / "offset")
    server.start()
    begin = clock.now() + timedelta(minutes=2)
    begun = asyncio.run(_file(server.port, [begin + timedelta(days=DAYS) * chance.random() for _ in range(timers)]))
    assert _rung(server) == Counter()
    ahead = timedelta(days=30)
    steps = [ahead / restarts] * restarts
    for number, step in enumerate(steps):
        # forward while it serves, in two leaps, and back by two hours every third time; then it is killed at any moment
        clock.jump(step / 2)
        time.sleep(chance.uniform(0, 0.4))
        clock.jump(step / 2)
        if number % 3 == 2:
            time.sleep(chance.uniform(0, 0.3))
            clock.jump(-timedelta(hours=2))
        time.sleep(chance.uniform(0, 0.4))
        server.kill()
        _check(begun, _rung(server), clock)
        if number % 3 == 1:
            clock.jump(-timedelta(hours=2))
        server.start()
        _check(begun, _rung(server), clock)
    # once more by thirty days at a stroke, so that all are due
    clock.jump(ahead)
    until = time.monotonic() + 60
    while len(_rung(server)) < timers and time.monotonic() < until:
        time.sleep(0.1)
    rung = _rung(server)
    _check(begun, rung, clock)
    assert set(begun) - set(rung) == set()
    server.stop()
    del server.environment["LD_PRELOAD"]
    checked = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_is_not_due_yet_waits_while_the_clock_stands(server: Server, tmp_path: Path) -> None:
    """A case that is due in a day does not ring when the clock goes on by an hour; it does after a day."""
    server.start()
    server.stop()
    _publish(server)
    clock = FakeClock(server, tmp_path / "offset")
    server.start()
    begun = asyncio.run(_file(server.port, [clock.now() + timedelta(days=1)]))
    clock.jump(timedelta(hours=1))
    time.sleep(0.5)
    assert _rung(server) == Counter()
    clock.jump(timedelta(hours=24))
    until = time.monotonic() + 20
    while not _rung(server) and time.monotonic() < until:
        time.sleep(0.05)
    assert _rung(server) == Counter(begun.keys())
