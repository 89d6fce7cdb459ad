"""What a serving process does by itself: it rings timers that are due and delivers letters, beside all others that do the same.

Each kind of work has a loop of its own, so that a slow mail server delays no timer. A loop looks, does what is due, and sleeps until
the next thing is; the bell wakes it earlier. What a loop does not hear of it finds at its next look, at most `LOOK` later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog

from runtime.casework import automatic
from runtime.casework.cases import Refused
from runtime.output import exporting
from runtime.site import Site
from runtime.store import counters, outbox, timers
from runtime.store.bell import Ear
from runtime.store.database import Unavailable
from runtime.store.outbox import Letter
from runtime.unattended import delivery

log = structlog.get_logger(__name__)

#: seconds until a loop looks again although it heard nothing
LOOK = 5.0
#: seconds it waits after something that it could not do, the database away among it
PAUSE = 1.0
#: claimed at once; done at once of these: the rest of the server wants to work too
BATCH, WIDTH = 64, {"sqlite": 16, "postgresql": 3}


class Kind(NamedTuple):
    """A kind of work: how it is claimed, done, and when the next of it is due."""

    name: str
    claim: Callable[[Site, datetime], Awaitable[Sequence[Any]]]
    do: Callable[[Site, Any], Awaitable[None]]
    next: Callable[[Site], Awaitable[datetime | None]]


async def _claim_timers(site: Site, now: datetime) -> Sequence[timers.Due]:
    # on SQLite claiming only reads
    run = site.database.read if site.database.dialect == "sqlite" else site.database.write
    return await run(timers.claim, now, BATCH)


async def _ring(site: Site, due: timers.Due) -> None:
    try:
        await automatic.fire(site, due)
        counters.TIMERS.inc()
    except Unavailable:
        raise
    except Exception as error:
        refused = error.refusal.code if isinstance(error, Refused) else ""
        log.warning("timer failed", case=due.case, tries=due.tries + 1, refused=refused, exc_info=error)
        await site.database.write(timers.failed, due, site.clock())


async def _next_timer(site: Site) -> datetime | None:
    return await site.database.read(timers.next)


TIMERS = Kind("timers", _claim_timers, _ring, _next_timer)


def letters(name: str, kinds: Sequence[str], carry: Callable[[Site, Letter], Awaitable[None]], *, settles: bool) -> Kind:
    """Letters of ``kinds``; ``settles``: ``carry`` takes the letter away by itself."""

    async def claim(site: Site, now: datetime) -> Sequence[Letter]:
        run = site.database.read if site.database.dialect == "sqlite" else site.database.write
        return await run(outbox.claim, kinds, now, BATCH)

    async def do(site: Site, letter: Letter) -> None:
        try:
            await carry(site, letter)
        except Unavailable:
            raise
        except Exception as error:
            expected = isinstance(error, outbox.Undeliverable | outbox.NotNow)
            log.warning("letter not delivered", letter=letter.id, kind=letter.kind, tries=letter.tries + 1, exc_info=error)
            counters.FAILED.labels(letter.kind).inc()
            if not expected:
                error = RuntimeError(type(error).__name__)
            await site.database.write(outbox.failed, letter, error, site.clock())
            return
        if not settles:
            await site.database.write(outbox.delivered, [letter.id])
        counters.DELIVERED.labels(letter.kind).inc()

    async def following(site: Site) -> datetime | None:
        return await site.database.read(outbox.next, kinds)

    return Kind(name, claim, do, following)


CALLS = letters("calls", ("start", "cancel", "ended"), automatic.call, settles=True)
MAIL = letters("mail", ("mail",), delivery.mail, settles=False)
EXPORTS = letters("exports", (exporting.KIND,), exporting.carry, settles=False)
WEBHOOKS = letters("webhooks", ("webhook",), delivery.webhook, settles=False)


class Work:
    """The loops of one process."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.kinds = (TIMERS, CALLS, WEBHOOKS, EXPORTS, *([MAIL] if site.mails else []))
        self._loops: list[asyncio.Task[None]] = []
        #: on SQLite nothing else keeps two looks from finding the same
        self._looking = {kind.name: asyncio.Lock() for kind in self.kinds}

    def start(self) -> None:
        self._loops = [asyncio.create_task(self._keep_on(kind)) for kind in self.kinds]

    async def stop(self) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    async def settle(self) -> None:
        """Does everything that is due now, and what follows from it at once."""
        while any([await self._round(kind) for kind in self.kinds]):
            pass

    async def _keep_on(self, kind: Kind) -> None:
        site = self._site
        ear = site.database.bell.listen()
        failing = False
        last: datetime | None = None
        try:
            while True:
                ear.awake()
                try:
                    now = site.clock()
                    if kind is CALLS and (last is None or now < last):
                        await site.database.write(outbox.put_right, now)
                    last = now
                    if await self._round(kind) == BATCH:
                        continue
                    await self._sleep(kind, ear)
                    failing = False
                except Exception as error:
                    # whatever it was, the next time may go well, and must come
                    if not failing:
                        log.warning("background work failed", work=kind.name, exc_info=error)
                    failing = True
                    await asyncio.sleep(PAUSE)
        finally:
            site.database.bell.leave(ear)

    async def _round(self, kind: Kind) -> int:
        """One look; how much there was."""
        site = self._site
        gate = asyncio.Semaphore(WIDTH[site.database.dialect])

        async def one(item: Any) -> None:
            async with gate:
                await kind.do(site, item)

        async with self._looking[kind.name]:
            due = await kind.claim(site, site.clock())
            done = await asyncio.gather(*map(one, due), return_exceptions=True)
        if lost := next((found for found in done if isinstance(found, BaseException)), None):
            raise lost
        return len(due)

    async def _sleep(self, kind: Kind, ear: Ear) -> None:
        site = self._site
        now, at = site.clock(), await kind.next(site)
        # in the past: claimed by another worker, or a pause after a failure
        wait = (at - now).total_seconds() if at else LOOK
        await ear.sleep(at if at and at > now else datetime.max.replace(tzinfo=now.tzinfo), min(LOOK, wait if wait > 0 else PAUSE))
