"""Rules across cases: who counts, what meets, what is said to whom, and that two at once never both get through."""

import asyncio
from typing import Any

import msgspec
import pytest
from support.city import APPLICANT, APPROVER, FLOW_ADMIN, OUTSIDER
from support.house import House, app
from support.trip import field, schema_of

from forms.form import Across
from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.store import tables as t
from runtime.store.database import Database
from workflows.app import App, Approve
from workflows.case import Case
from workflows.commands import Refusal

INVOICES = field("invoices", "table", "发票", fields=(field("code", "text", "号码"), field("amount", "money", "金额")))
SAID = {"zh": "这张发票已经报销过", "en": "This invoice has been paid"}
UNIQUE = Across(rule="unique", of=("invoices.code",), message=SAID)
DRIVEN = Across(rule="no_overlap", of=("left_at", "back_at"), same=("plate",), message={"zh": "这辆车那时已派出"})
BOOKED = Across(rule="no_overlap", of=("period",), same=("plate",), message={"zh": "这辆车那几天已有人用"})
SPLIT = Across(
    rule="sum", of=("items.price",), same=("items.name",), days=30, at_most=500_000, message={"zh": "30 天内同品合计不能超过 5000 元"}
)
FIELDS = (
    INVOICES,
    field("plate", "text", "车牌"),
    field("left_at", "datetime", "出车"),
    field("back_at", "datetime", "收车"),
    field("period", "date-range", "日期"),
    field("items", "table", "明细", fields=(field("name", "text", "品名"), field("price", "money", "单价"))),
)


def ruled(*rules: Across, **more: Any) -> App:
    step = Approve(id="head", title={"zh": "负责人", "en": "Head"}, who=f'user("{APPROVER}")', **more)
    made = app("car", step, fields=FIELDS)
    schema = {"type": "object", "additionalProperties": False, "properties": {f.name: schema_of(f) for f in made.form.fields}}
    return msgspec.structs.replace(made, form=msgspec.structs.replace(made.form, across=rules, schema=schema))


def submit(house: House, key: str, person: str = APPLICANT, **answers: Any) -> Case | dict[str, str]:
    """The case, or what is wrong by place."""
    result = house.run(cases.submit, person, "car", {"reason": "事由", **answers}, key)
    if isinstance(result, Refusal):
        assert result.code == "invalid-answers"
        return {path: words["zh"] for path, words in result.fields.items()}
    assert isinstance(result, Done), result
    return result.case


def invoice(*codes: str) -> dict[str, Any]:
    return {"invoices": [{"code": code, "amount": 100} for code in codes]}


@pytest.mark.approval("edge-cross-case")
def test_a_number_is_there_once_while_its_case_is_open_or_approved(database: Database) -> None:
    """Rejected and withdrawn cases let it go."""
    house = House(database, ruled(UNIQUE))
    first = submit(house, "a", **invoice("001", "002"))
    assert isinstance(first, Case)
    assert submit(house, "b", **invoice("009", "002")) == {"invoices.1.code": f"这张发票已经报销过（{first.number}）"}
    assert isinstance(house.act(APPROVER, first.open_tasks()[0].id), Done)
    assert submit(house, "c", **invoice("002")) == {"invoices.0.code": f"这张发票已经报销过（{first.number}）"}
    second = submit(house, "d", **invoice("003"))
    assert isinstance(second, Case)
    assert isinstance(house.act(APPROVER, second.open_tasks()[0].id, "reject", opinion="不合规"), Done)
    third = submit(house, "e", **invoice("003"))
    assert isinstance(third, Case)
    assert isinstance(house.run(cases.withdraw, APPLICANT, third.id, "w"), Done)
    assert isinstance(submit(house, "f", **invoice("003")), Case)
    house.holds()


@pytest.mark.approval("edge-cross-case")
def test_the_other_case_is_named_to_whoever_may_see_it_only(database: Database) -> None:
    house = House(database, ruled(UNIQUE))
    first = submit(house, "a", **invoice("001"))
    assert isinstance(first, Case)
    assert submit(house, "b", OUTSIDER, **invoice("001")) == {"invoices.0.code": "这张发票已经报销过"}
    assert submit(house, "c", FLOW_ADMIN, **invoice("001")) == {"invoices.0.code": f"这张发票已经报销过（{first.number}）"}


def test_twice_in_one_case_is_twice(database: Database) -> None:
    house = House(database, ruled(UNIQUE))
    assert submit(house, "a", **invoice("001", "001")) == {"invoices.0.code": SAID["zh"], "invoices.1.code": SAID["zh"]}
    assert house.rows(t.mark, "key") == []


def test_a_refused_case_leaves_nothing_and_no_gap(database: Database) -> None:
    house = House(database, ruled(UNIQUE))
    first = submit(house, "a", **invoice("001"))
    submit(house, "b", **invoice("001"))
    third = submit(house, "c", **invoice("002"))
    assert isinstance(first, Case)
    assert isinstance(third, Case)
    assert (first.number, third.number) == ("NO-0001", "NO-0002")
    assert len(house.rows(t.case, "id")) == 2


@pytest.mark.approval("edge-cross-case")
def test_hours_of_a_vehicle_do_not_meet_and_may_follow_each_other(database: Database) -> None:
    house = House(database, ruled(DRIVEN))

    def drive(key: str, left: str, back: str, plate: str = "浙A12345") -> Case | dict[str, str]:
        return submit(house, key, plate=plate, left_at=f"2026-12-01T{left}", back_at=f"2026-12-01T{back}")

    first = drive("a", "09:00", "12:00")
    assert isinstance(first, Case)
    assert drive("b", "11:59", "13:00") == {"left_at": f"这辆车那时已派出（{first.number}）"}
    assert drive("c", "08:00", "18:00") == {"left_at": f"这辆车那时已派出（{first.number}）"}
    assert isinstance(drive("d", "12:00", "13:00"), Case)
    assert isinstance(drive("e", "11:59", "13:00", "浙A99999"), Case)
    assert isinstance(submit(house, "f", plate="浙A12345"), Case), "not yet answered: takes up nothing"


def test_days_are_taken_up_whole(database: Database) -> None:
    house = House(database, ruled(BOOKED))

    def book(key: str, start: str, end: str) -> Case | dict[str, str]:
        return submit(house, key, plate="浙A12345", period={"start": start, "end": end})

    assert isinstance(book("a", "2026-12-01", "2026-12-03"), Case)
    assert isinstance(book("b", "2026-12-03", "2026-12-04"), dict)
    assert isinstance(book("c", "2026-12-04", "2026-12-04"), Case)


@pytest.mark.approval("edge-cross-case")
def test_a_sum_is_held_over_days_in_a_row(database: Database) -> None:
    house = House(database, ruled(SPLIT))

    def buy(key: str, price: int, name: str = "椅子") -> Case | dict[str, str]:
        return submit(house, key, items=[{"name": name, "price": price}])

    first = buy("a", 300_000)
    assert isinstance(first, Case)
    house.clock.forward(days=29)
    assert buy("b", 200_001) == {"items.0.price": f"30 天内同品合计不能超过 5000 元（{first.number}）"}
    assert isinstance(buy("c", 200_000), Case)
    assert isinstance(buy("d", 500_000, "桌子"), Case)
    house.clock.forward(days=1)
    assert isinstance(buy("e", 300_000), Case), "the first is 30 days ago"
    assert buy("f", 1)["items.0.price"].startswith("30 天内同品合计")  # type: ignore[index] - it is refused
    assert submit(house, "g", items=[{"name": "灯", "price": 300_000}, {"name": "灯", "price": 300_000}]) != {}


@pytest.mark.approval("edge-cross-case")
def test_an_act_that_changes_the_answers_is_held_to_it_too(database: Database) -> None:
    """The dispatcher writes the plate: what is taken already is refused, and what was let go is free."""
    house = House(database, ruled(BOOKED, edit=("plate",)))
    period = {"period": {"start": "2026-12-01", "end": "2026-12-02"}}
    first, second = submit(house, "a", **period), submit(house, "b", **period)
    assert isinstance(first, Case)
    assert isinstance(second, Case)
    assert isinstance(house.act(APPROVER, first.open_tasks()[0].id, answers={"plate": "浙A1"}), Done)
    refused = house.act(APPROVER, second.open_tasks()[0].id, answers={"plate": "浙A1"})
    assert isinstance(refused, Refusal)
    assert refused.fields["period"]["zh"] == f"这辆车那几天已有人用（{first.number}）"
    assert house.case(second.id).open_tasks()
    assert isinstance(house.run(cases.act, APPROVER, second.open_tasks()[0].id, "approve", "again", answers={"plate": "浙A2"}), Done)
    house.holds()


@pytest.mark.approval("edge-cross-case")
def test_of_many_at_once_one_gets_through(database: Database) -> None:
    """Each in a transaction of its own, at the same moment, on both databases."""
    house = House(database, ruled(UNIQUE))
    people = [APPLICANT, APPROVER, OUTSIDER, FLOW_ADMIN]

    async def rush() -> list[Any]:
        calls = [
            cases.submit(house.site, people[number % 4], "car", {"reason": "事由", **invoice("777", f"own-{number}")}, f"k{number}")
            for number in range(24)
        ]
        return await asyncio.gather(*calls)

    results = asyncio.run(rush())
    assert sum(isinstance(result, Done) for result in results) == 1
    assert {result.code for result in results if isinstance(result, Refusal)} <= {"invalid-answers", "lost-race"}
    assert len(house.rows(t.case, "id")) == 1
    assert len(house.rows(t.mark, "key")) == 2


@pytest.mark.approval("edge-cross-case")
def test_of_two_acts_at_once_one_gets_through(database: Database) -> None:
    """Two cases that share nothing but the vehicle: no number is drawn that would hold the transactions apart."""
    house = House(database, ruled(BOOKED, edit=("plate",)))
    period = {"period": {"start": "2026-12-01", "end": "2026-12-02"}}
    made = [submit(house, f"s{number}", **period) for number in range(6)]
    tasks = [case.open_tasks()[0].id for case in made if isinstance(case, Case)]
    assert len(tasks) == 6

    async def rush() -> list[Any]:
        calls = [cases.act(house.site, APPROVER, task, "approve", f"r-{task}", answers={"plate": "浙A1"}) for task in tasks]
        return await asyncio.gather(*calls)

    results = asyncio.run(rush())
    assert sum(isinstance(result, Done) for result in results) == 1
    assert len(house.rows(t.mark, "key")) == 1
    house.holds()
