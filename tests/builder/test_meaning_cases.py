"""`dabashou diff --cases`: where running cases stand, which of them a change would take along, and what has to be decided first."""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.city import City

from builder import commands as definitions
from builder.meaning import commands
from builder.publishing import Console
from runtime.casework import cases, lists
from runtime.casework.cases import Done
from runtime.store.database import Database

EXAMPLES = Path(__file__).parents[2] / "examples"
TRIP = "apps/business-trip"
ANSWERS = {
    "trip_type": "city", "destination": "330100", "period": {"start": "2026-12-01", "end": "2026-12-02"}, "reason": "参加省数据局组织的业务培训班",
}  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A workspace with one app."""
    root = tmp_path / "old"
    for folder in ("org", "calendar", "dictionaries", TRIP):
        shutil.copytree(EXAMPLES / folder, root / folder)
    shutil.rmtree(root / TRIP / "tests")
    return root


@pytest.fixture
def console(database: Database, old: Path) -> Console:
    """Three cases under way: two at the head of the division, one at the booking."""
    city = City(database)
    assert definitions.org_import(old, database, now=city.clock(), out=lambda _: None) == 0
    assert definitions.publish(old, database, now=city.clock(), by="console", out=lambda _: None) == 0

    async def tell() -> None:
        await city.catalogue.refresh(database)
        for number in range(3):
            assert isinstance(await cases.submit(city, "chen-xiaolin", "business-trip", ANSWERS, f"k{number}"), Done)
        row = (await database.read(lists.todo, "zhou-jianguo")).rows[0]
        assert row.task_id
        assert isinstance(await cases.act(city, "zhou-jianguo", row.task_id, "approve", "a1"), Done)

    asyncio.run(tell())
    return Console(database, lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC))


def changed(old: Path, into: Path, *edits: tuple[str, str]) -> Path:
    new = Path(shutil.copytree(old, into))
    text = (new / TRIP / "flow.yaml").read_text("utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    (new / TRIP / "flow.yaml").write_text(text, "utf-8")
    return new


def test_cases_that_can_go_on_are_counted_where_they_stand(console: Console, old: Path, tmp_path: Path) -> None:
    """A longer limit keeps nobody."""
    new = changed(old, tmp_path / "new", ("due: 4 working hours", "due: 2 working days"))
    said: list[str] = []
    assert commands.diff(str(old), str(new), cases=console, out=said.append) == 0
    at = said.index("【在办申请】")
    assert said[at + 1] == ("  business-trip · 在办 3 件（“处室负责人审批” 2 件、“订票” 1 件）：3 件可以随新版本办下去，0 件不能自动换")


def test_a_step_that_is_gone_asks_for_a_decision(console: Console, old: Path, tmp_path: Path) -> None:
    """The plan to edit names it; a plan that says where to go lets them move."""
    new = changed(old, tmp_path / "new", ("handle: booking", "handle: tickets"))
    for file in (new / TRIP / "i18n/en.yaml", *(new / TRIP / "print").iterdir()):
        file.write_text(file.read_text("utf-8").replace("booking", "tickets"), "utf-8")
    plan, said = tmp_path / "plan.yaml", list[str]()
    assert commands.diff(str(old), str(new), cases=console, write_plan=plan, out=said.append) == 0
    told = "\n".join(said)
    assert "2 件可以随新版本办下去，1 件不能自动换" in told
    assert "需要决定：" in told
    assert "steps.booking: now | go | stay" in told
    assert said[-1].startswith(f"要决定的事写在 {plan}")
    written = plan.read_text("utf-8")
    assert "booking: stay" in written
    plan.write_text(written.replace("booking: stay", "booking: {now: tickets}"), "utf-8")
    again: list[str] = []
    assert commands.diff(str(old), str(new), cases=console, plan=plan, write_plan=plan, format="json", out=again.append) == 0
    cases_ = json.loads(again[0])["cases"]["business-trip"]
    assert (cases_["open"], cases_["move"], cases_["stay"], cases_["decide"]) == (3, 3, 0, [])
    assert cases_["at"]["booking"] == {"cases": 1, "title": {"zh": "订票", "en": "Booking"}}


def test_nothing_under_way_is_said(console: Console, old: Path) -> None:
    """Against what is published nothing moves."""
    said: list[str] = []
    assert commands.diff(str(old), str(old), cases=console, out=said.append) == 0
    assert said == ["含义没有变化", "【在办申请】", "  没有受影响的在办申请"]
