"""Wakes the workers of this process when a commit has left them something to do, so that they need not look all the time."""

import asyncio
from collections.abc import Callable
from datetime import datetime


class Ear:
    """A worker's side: sleeps until a moment, or until told of an earlier one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        #: when the worker means to look again; None: it is awake, and anything may have escaped it
        self._until: datetime | None = None

    def hear(self, at: datetime) -> None:
        """From any thread: there is something to do at ``at``."""
        if self._rung.is_set() or (self._until is not None and at >= self._until):
            return
        self._loop.call_soon_threadsafe(self._rung.set)

    def awake(self) -> None:
        """The worker looks now; what rings from here on is for its next look."""
        self._until = None
        self._rung.clear()

    async def sleep(self, until: datetime, seconds: float) -> None:
        """``seconds`` at most; less when something comes up before ``until``."""
        self._until = until
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass


class Bell:
    """One for a database and process."""

    def __init__(self) -> None:
        self._ears: list[Ear] = []
        #: told of what rings here, to tell it elsewhere
        self.tellers: list[Callable[[datetime], None]] = []

    def ring(self, at: datetime) -> None:
        """From any thread, after the commit: there is something to do at ``at``."""
        self.hear(at)
        for tell in self.tellers:
            tell(at)

    def hear(self, at: datetime) -> None:
        """As `ring`, of what another process has told."""
        for ear in self._ears:
            ear.hear(at)

    def listen(self) -> Ear:
        """A new ear, on the loop that runs."""
        ear = Ear()
        self._ears.append(ear)
        return ear

    def leave(self, ear: Ear) -> None:
        self._ears.remove(ear)
