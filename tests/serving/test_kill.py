"""The server killed in the midst of writing: what was acknowledged is there, what was not is whole or absent."""

import asyncio
import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from support.serving import Client, Server

WRITERS = 4
SEED = 20261124
TRIP = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "reason": "参加省数据局组织的业务培训班",
}


class Ledger:
    """What the clients were told, and what they do not know the end of."""

    def __init__(self) -> None:
        #: key to the case that was acknowledged
        self.filed: dict[str, dict[str, Any]] = {}
        #: keys of submissions without an answer
        self.unsure: set[str] = set()
        #: case ids whose approval was acknowledged
        self.approved: set[str] = set()
        self.keys = itertools.count()


async def _write(port: int, ledger: Ledger, stop: asyncio.Event) -> None:
    """Files requests and approves them, until told to stop or cut off."""
    try:
        applicant = await Client.sign_in(port, "chen-xiaolin")
        approver = await Client.sign_in(port, "zhou-jianguo")
    except (OSError, EOFError):
        return
    try:
        while not stop.is_set():
            key = f"file-{next(ledger.keys)}"
            ledger.unsure.add(key)
            answer = await applicant.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=key)
            assert answer.status == 201, answer
            ledger.unsure.discard(key)
            ledger.filed[key] = answer.body
            task = next(task["id"] for task in answer.body["tasks"] if task["state"] == "open")
            answer = await approver.send("POST", f"/tasks/{task}/decision", {"action": "approve"}, key=f"approve-{key}")
            assert answer.status == 200, answer
            ledger.approved.add(answer.body["id"])
    except (OSError, EOFError):
        pass
    finally:
        applicant.close()
        approver.close()


async def _until_killed(server: Server, ledger: Ledger, seconds: float) -> None:
    stop = asyncio.Event()
    writers = [asyncio.create_task(_write(server.port, ledger, stop)) for _ in range(WRITERS)]
    await asyncio.sleep(seconds)
    server.kill()
    stop.set()
    await asyncio.gather(*writers)


async def _account(port: int, ledger: Ledger) -> None:
    """Every acknowledged case is there as it was told; every other key leads to one case, however often it is sent."""
    applicant = await Client.sign_in(port, "chen-xiaolin")
    for key, told in ledger.filed.items():
        answer = await applicant.send("GET", f"/cases/{told['id']}")
        assert answer.status == 200, (key, answer)
        assert answer.body["number"] == told["number"]
        assert answer.body["events"][: len(told["events"])] == told["events"]
        if told["id"] in ledger.approved:
            assert any(event["kind"] == "closed" and event["fact"]["how"] == "approve" for event in answer.body["events"])
    for key in ledger.unsure:
        once = await applicant.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=key)
        again = await applicant.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=key)
        assert (once.status, again.status) == (201, 201), (once, again)
        assert once.body["id"] == again.body["id"]
        ledger.filed[key] = once.body
    numbers = sorted(told["number"] for told in ledger.filed.values())
    counted = [int(number.rsplit("-", 1)[1]) for number in numbers]
    assert counted == list(range(1, len(numbers) + 1)), "numbers have gaps or repeat"
    applicant.close()


def _kill_often(data: Path, times: int) -> None:
    chance = random.Random(SEED)
    server = Server(data)
    ledger = Ledger()
    try:
        for _ in range(times):
            server.start()
            asyncio.run(_until_killed(server, ledger, chance.uniform(0.2, 1.2)))
        server.start()
        asyncio.run(_account(server.port, ledger))
    finally:
        server.stop()
    assert len(ledger.filed) > times, "the writers hardly wrote: nothing was tested"
    checked = server.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_server_killed_five_times_lost_nothing_it_had_acknowledged(tmp_path: Path) -> None:
    """Four writers, five power cuts at random moments; then the ledger of the clients is held against the server."""
    _kill_often(tmp_path / "data", 5)


@pytest.mark.soak
def test_a_server_killed_fifty_times_lost_nothing_it_had_acknowledged(tmp_path: Path) -> None:
    """The same, fifty times."""
    _kill_often(tmp_path / "data", 50)
