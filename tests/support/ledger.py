"""Clients that write down what they were told, and hold the server to it: nothing acknowledged is lost, nothing is done twice."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, Protocol

from support.serving import Client

WRITERS = 4
TRIP = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-12-01", "end": "2026-12-03"},
    "reason": "参加省数据局组织的业务培训班",
}


class Stop(Protocol):
    """When the writers are to stop; an `asyncio.Event` is one."""

    def is_set(self) -> bool: ...


class Once:
    """Stops the writers once something holds."""

    def __init__(self, holds: Callable[[], bool]) -> None:
        self.is_set = holds


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
        #: how often the server said 503
        self.unavailable = 0
        #: when each write was acknowledged, on the loop's clock
        self.acknowledged: list[float] = []


async def write(applicant: Client, approver: Client, ledger: Ledger, stop: Stop, *, patient: bool = False) -> None:
    """Files requests and approves them, until told to stop or cut off. ``patient`` takes 503 for an answer, and goes on."""
    loop = asyncio.get_running_loop()
    try:
        while not stop.is_set():
            key = f"file-{next(ledger.keys)}"
            ledger.unsure.add(key)
            answer = await applicant.send("POST", "/apps/business-trip/cases", {"answers": TRIP}, key=key)
            if patient and answer.status == 503:
                ledger.unavailable += 1
                await asyncio.sleep(0.05)
                continue
            assert answer.status == 201, answer
            ledger.acknowledged.append(loop.time())
            ledger.unsure.discard(key)
            ledger.filed[key] = answer.body
            task = next(task["id"] for task in answer.body["tasks"] if task["state"] == "open")
            answer = await approver.send("POST", f"/tasks/{task}/decision", {"action": "approve"}, key=f"approve-{key}")
            if patient and answer.status == 503:
                ledger.unavailable += 1
                continue
            assert answer.status == 200, answer
            ledger.acknowledged.append(loop.time())
            ledger.approved.add(answer.body["id"])
    except (OSError, EOFError):
        pass
    finally:
        applicant.close()
        approver.close()


async def writing(
    port: int, ledger: Ledger, stop: Stop, *, patient: bool = False, writers: int = WRITERS, ready: Callable[[], Any] = lambda: None
) -> None:
    """Several of them at once; ``ready`` is called when all have signed in."""
    pairs = [(await Client.sign_in(port, "chen-xiaolin"), await Client.sign_in(port, "zhou-jianguo")) for _ in range(writers)]
    ready()
    await asyncio.gather(*(write(*pair, ledger, stop, patient=patient) for pair in pairs))


async def account(port: int, ledger: Ledger) -> None:
    """Every acknowledged case is there as it was told; every other key leads to one case, however often it is sent."""
    clients = [await Client.sign_in(port, "chen-xiaolin") for _ in range(4)]
    told = list(ledger.filed.items())
    await asyncio.gather(*(_look(client, ledger, told[number::4]) for number, client in enumerate(clients)))
    applicant, *others = clients
    for client in others:
        client.close()
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


async def _look(client: Client, ledger: Ledger, filed: list[tuple[str, dict[str, Any]]]) -> None:
    for key, told in filed:
        answer = await client.send("GET", f"/cases/{told['id']}")
        assert answer.status == 200, (key, answer)
        assert answer.body["number"] == told["number"]
        assert answer.body["events"][: len(told["events"])] == told["events"]
        if told["id"] in ledger.approved:
            assert any(event["kind"] == "closed" and event["fact"]["how"] == "approve" for event in answer.body["events"])
