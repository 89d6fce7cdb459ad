"""A case that is suspended has no limit that runs, in the rows as in the events, and gets what was left of it back."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from support.city import APPROVER, FLOW_ADMIN, MONDAY
from support.house import House, app

from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.store import tables as t
from runtime.store.database import Database
from workflows.app import Approve, Overdue, Span
from workflows.commands import Command, Resume, Suspend

HOUR = timedelta(hours=1)
LATE = app(
    "late",
    Approve(
        id="head",
        title={"zh": "审批"},
        who=f'user("{APPROVER}")',
        due=Span(amount=4, unit="hours"),
        overdue=(Overdue(after=Span(amount=1, unit="hours"), automatically="approve"),),
    ),
)


def tell(house: House, case: str, command: Command) -> None:
    def supervised(conn: sa.Connection) -> Any:
        row = conn.execute(cases.LOCKED.where(t.case.c.id == case)).one()
        return cases.transition(conn, house.site, row, command)

    assert isinstance(house.run(cases.carried_out, supervised), Done)


@pytest.mark.approval("clocks-stop")
def test_a_suspended_case_is_never_late(database: Database) -> None:
    """The task has no limit in the lists, no timer waits, and both are back with what was left."""
    house = House(database, LATE)
    case = house.submit("late").id
    house.until(MONDAY + HOUR)
    tell(house, case, Suspend(id="s", actor=FLOW_ADMIN, reason="等待上级批复"))
    assert house.rows(t.task, "due") == [(None,)]
    assert house.rows(t.case, "due") == [(None,)]
    assert house.rows(t.timer, "id") == []
    house.holds()
    house.until(MONDAY + 20 * HOUR)
    tell(house, case, Resume(id="r", actor=FLOW_ADMIN, reason="批复已到"))
    assert house.rows(t.task, "due") == [(MONDAY + 23 * HOUR,)]
    house.holds()
    house.until(MONDAY + 24 * HOUR - timedelta(seconds=1))
    assert house.case(case).status == "open"
    house.until(MONDAY + 24 * HOUR)
    assert house.case(case).outcome == "approved"
    house.holds()
