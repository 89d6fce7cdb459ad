"""Apps of the example city whose cases call and wait, on real databases with workers."""

import asyncio
from datetime import timedelta
from typing import Any

from support.city import MONDAY, Clock
from support.house import House
from support.web import city

from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.casework.releases import Catalogue
from runtime.settings import Settings
from runtime.site import Site
from runtime.store import tables as t
from runtime.store.database import Database

SUPERVISOR, LEADER, LEAD, HELPER = "bai-lu", "he-wenjing", "zhou-jianguo", "shen-yue"


class Qingxi(House):
    """The example city as a site of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        city(database, self.clock)
        catalogue = Catalogue()
        asyncio.run(catalogue.refresh(database))
        self.site = Site(Settings(), database, catalogue, self.clock)

    def hand_in(self, app: str, person: str, **answers: Any) -> str:
        """The id of a new case."""
        done = self.run(cases.submit, person, app, answers, "once")
        assert isinstance(done, Done), done
        return done.case.id

    def task(self, case: str, step: str) -> str:
        return next(task.id for task in self.case(case).open_tasks() if task.step == step)


def test_each_helping_division_gets_a_case_and_its_result_comes_back(database: Database) -> None:
    """The head of the division does it; the row of the table holds what came of it."""
    house = Qingxi(database)
    matter = house.hand_in(
        "supervision",
        SUPERVISOR,
        matter="一网通办事项清单更新",
        source="meeting",
        lead="platform",
        helpers=[{"unit": "law", "task": "审核依据"}],
        requirement="十二月底前全部更新",
        deadline="2026-12-31",
        frequency="weekly",
    )
    house.act(LEADER, house.task(matter, "leader"))
    house.act(LEAD, house.task(matter, "accept"), "accepted")
    house.work()
    [part] = [id for id, app in house.rows(t.case, "id", "app") if app == "supervision-part"]
    assert house.open(part) == {"help": [HELPER]}
    assert house.case(part).answers["task"] == "审核依据"
    house.act(HELPER, house.task(part, "help"), "helped", answers={"result": "依据已审核"})
    house.work()
    [row] = house.case(matter).answers["helpers"]
    assert (row["result"], row["outcome"]) == ("依据已审核", "approved")
    assert house.open(matter) == {"report": [LEAD]}
    house.holds()


def test_a_room_is_asked_about_on_the_day_of_the_meeting(database: Database) -> None:
    """Nobody has a task until then."""
    house = Qingxi(database)
    meeting = house.hand_in(
        "meeting-room",
        "chen-xiaolin",
        topic="接口评审会",
        room="small",
        starts="2026-11-25T09:00",
        ends="2026-11-25T10:30",
        attendees=8,
        level="ordinary",
        taken=False,
        video=False,
        tea=False,
    )
    house.until(MONDAY + timedelta(hours=30))
    assert house.open(meeting) == {}
    house.until(MONDAY + timedelta(days=2))
    assert house.open(meeting) == {"use": ["chen-xiaolin"]}
    house.holds()
