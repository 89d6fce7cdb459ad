"""Many clients at the same tasks: one decides each, everyone else is told who was faster."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.serving import Client, Server, serving

CLIENTS = 64
TRIP = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "reason": "参加省数据局组织的业务培训班",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The example city on SQLite, and on PostgreSQL with four workers."""
    if request.param == "sqlite":
        with serving(tmp_path / "data") as running:
            yield running
        return
    postgresql = request.getfixturevalue("postgresql_server")
    url = postgresql.new(template="template0")
    with serving(tmp_path / "data", database=url, workers=4) as running:
        yield running
    postgresql.drop(url)


async def _race(port: int, many: int) -> tuple[list[str], list[Counter[int]], dict[str, list[str]]]:
    applicants = [await Client.sign_in(port, "chen-xiaolin") for _ in range(16)]
    numbers = itertools.count()

    async def file(client: Client) -> list[str]:
        found: list[str] = []
        while (number := next(numbers)) < many:
            answer = await client.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=f"file-{number}")
            assert answer.status == 201, answer
            found.append(next(task["id"] for task in answer.body["tasks"] if task["state"] == "open"))
        return found

    tasks = [task for found in await asyncio.gather(*(file(client) for client in applicants)) for task in found]
    approvers = [await Client.sign_in(port, "zhou-jianguo") for _ in range(CLIENTS)]
    won: dict[str, list[str]] = {task: [] for task in tasks}

    async def decide(number: int, client: Client) -> Counter[int]:
        seen: Counter[int] = Counter()
        for task in tasks:
            action = "approve" if number % 2 else "reject"
            body = {"action": action, "opinion": f"第 {number} 号"}
            answer = await client.send("POST", f"/tasks/{task}/decision", body, key=f"decide-{number}-{task}")
            seen[answer.status] += 1
            if answer.status == 200:
                won[task].append(answer.body["id"])
            else:
                assert answer.body["detail"], answer
        return seen

    statuses = await asyncio.gather(*(decide(number, client) for number, client in enumerate(approvers)))
    for client in (*applicants, *approvers):
        client.close()
    return tasks, statuses, won


@pytest.mark.approval("trap-10")
def test_of_sixty_four_clients_one_decides_each_task(server: Server, soak: bool) -> None:
    """Exactly one decision and one event for each task, and no answer but that and 409."""
    tasks, statuses, won = asyncio.run(_race(server.port, many := 1000 if soak else 200))
    total = sum(statuses, Counter[int]())
    assert len(set(tasks)) == many
    assert {task for task, cases in won.items() if len(cases) != 1} == set()
    assert dict(total) == {200: many, 409: many * (CLIENTS - 1)}

    async def events() -> Counter[int]:
        reader = await Client.sign_in(server.port, "zhou-jianguo")
        closed: Counter[int] = Counter()
        for task, (case,) in won.items():
            answer = await reader.send("GET", f"/cases/{case}")
            assert answer.status == 200, answer
            closed[sum(event["fact"].get("task") == task and event["kind"] == "closed" for event in answer.body["events"])] += 1
        reader.close()
        return closed

    assert dict(asyncio.run(events())) == {1: many}
    server.stop()
    checked = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
