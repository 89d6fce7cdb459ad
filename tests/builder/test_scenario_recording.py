"""`dabashou test --record`: a real case becomes a scenario that passes, and nobody in it is a real person."""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.city import City

from builder import commands, compile, source
from builder.compile import Compiled
from builder.nodes import items, mapping
from builder.problems import Problems
from builder.scenarios import commands as scenario_commands
from builder.scenarios import running
from builder.scenarios.disguise import Disguise, masked
from builder.scenarios.recording import Recording, record
from builder.scenarios.running import Run
from forms import formats
from forms.form import Field
from runtime.casework import cases, lists
from runtime.casework.cases import Done
from runtime.store.database import Database
from workflows.roster import Roster

EXAMPLES = Path(__file__).parents[2] / "examples"
#: a scenario for each way of acting, so that the test takes seconds
TOLD = ("business-trip", "disability-allowance", "leave", "supervision", "vehicle", "visitor")


@cache
def compiled() -> Compiled:
    return compile.compile_workspace(EXAMPLES)


def recorded(run: Run) -> tuple[Recording, Run]:
    """The case of a scenario told again, and what came of the file when it ran."""
    assert compiled().organisation is not None
    roster, programs = Roster(compiled().organisation), running.loader(compiled())
    program = programs(run.app)
    assert program is not None
    told = record(run.events, program, programs, roster, compiled().organisation)
    problems = Problems()
    root = source.load(told.text(run.title), "recorded.yaml", problems)
    assert root is not None, [problem.render() for problem in problems.in_order()]
    node = mapping(items(root)[0])
    assert node is not None
    return told, running.one(program, programs, roster, node)


@pytest.mark.parametrize("app", TOLD)
def test_every_case_of_the_examples_is_told_again_and_passes(app: str) -> None:
    """Votes, returns, limits, messages, called cases, withdrawal: the file goes the way that the case went."""
    for run in running.run(compiled(), app):
        if not run.events:
            continue
        told, again = recorded(run)
        assert [failure.render() for failure in again.failures] == [], run.title
        assert told.whole, (run.title, told.remarks)
        assert told.remarks == [], run.title


def test_people_are_replaced_the_same_way_throughout() -> None:
    """A name in a field, in a text and by its title is one and the same other name; numbers stay well formed and equal ones equal."""
    disguise = Disguise()
    disguise.know(["徐涛", "周建国"])
    first = disguise.text("徐涛（身份证 110101199003074514，手机 13912345678）请周建国核实，抄送李处长")
    second = disguise.text("已与徐涛 139 1234 5678 联系；王小明同志的车是浙B12345，邮箱 xu.tao@city.gov.cn")
    for real in ("徐涛", "周建国", "110101199003074514", "13912345678", "139 1234 5678", "李处长", "王小明", "浙B12345", "xu.tao"):
        assert real not in first + second
    assert disguise.name("徐涛") in first
    assert disguise.name("徐涛") in second
    assert first.count("13800000001") == second.count("13800000001") == 1
    identity = next(word for word in first.replace("，", " ").split() if word[:6] == "110101")
    assert formats.CODES["id-card"].problem(identity) is None
    assert disguise.text("2026-11-23 预算 628000 元，第 3 项") == "2026-11-23 预算 628000 元，第 3 项"


def test_fields_are_replaced_by_what_they_hold() -> None:
    """Sensitive fields always, free text by what is found in it, numbers of things not at all."""
    disguise = Disguise()

    def field(name: str, kind: Any, **more: Any) -> Field:
        return Field(name=name, kind=kind, title={"zh": name}, **more)

    fields = [
        field("who", "text", sensitive="name"),
        field("card", "bank-card"),
        field("phone", "phone"),
        field("code", "text", sensitive="text"),
    ]
    rows = field("rows", "table", fields=tuple(fields))
    given = {"who": "欧阳明", "card": "6222021234567890128", "phone": "13912345678", "code": "AB-123456 甲"}
    found = disguise.answers([*fields, rows, field("amount", "money")], {**given, "rows": [given], "amount": 100}, str, str)
    assert found["rows"] == [{name: found[name] for name in given}]
    assert found["amount"] == 100
    assert not set(given.values()) & {str(value) for value in found.values()}
    assert formats.CODES["bank-card"].problem(found["card"]) is None
    assert found["code"] == "XX-000000 某" == masked("AB-123456 甲")


@pytest.fixture
def city(database: Database) -> City:
    """The example workspace, published."""
    city = City(database)
    assert commands.org_import(EXAMPLES, database, now=city.clock(), out=lambda _: None) == 0
    assert commands.publish(EXAMPLES, database, now=city.clock(), by="console", out=lambda _: None) == 0
    return city


def test_a_case_of_the_database_becomes_a_file(city: City, tmp_path: Path) -> None:
    """Handed in and decided through the door that everybody uses, recorded by its number, run again from the file."""

    async def tell() -> str:
        await city.catalogue.refresh(city.database)
        answers = {
            "trip_type": "city", "destination": "330100", "period": {"start": "2026-12-01", "end": "2026-12-02"},
            "companions": [{"name": "徐涛", "phone": "13912345678"}], "reason": "与徐涛同去，请周建国处长 13787654321 接洽",
        }  # fmt: skip
        done = await cases.submit(city, "chen-xiaolin", "business-trip", answers, "k1")
        assert isinstance(done, Done), done
        for person, action in (("zhou-jianguo", "approve"), ("qian-yi", "booked")):
            city.clock.forward(hours=1)
            (row,) = (await city.database.read(lists.todo, person)).rows
            assert row.task_id
            assert isinstance(await cases.act(city, person, row.task_id, action, f"k-{person}", opinion="徐涛已确认"), Done)
        return done.case.number

    number = asyncio.run(tell())
    said: list[str] = []
    file = tmp_path / "recorded.yaml"
    assert scenario_commands.record(EXAMPLES, number, city.database, into=file, out=said.append) == 0
    assert said == [f"{file}：3 步"]
    text = file.read_text("utf-8")
    for real in ("徐涛", "周建国", "13912345678", "13787654321", "chen-xiaolin", number):
        assert real not in text
    root = source.load(text, "recorded.yaml", Problems())
    node = mapping(items(root)[0])
    programs = running.loader(compiled())
    program = programs("business-trip")
    assert node is not None
    assert program is not None
    assert compiled().organisation is not None
    run = running.one(program, programs, Roster(compiled().organisation), node)
    assert [failure.render() for failure in run.failures] == []
    assert run.steps == 3
    assert scenario_commands.record(EXAMPLES, "QJ-1", city.database, out=said.append) == 1
    assert said[-1] == "没有申请 QJ-1"
