"""A span of clicking, as every process of the step benchmark measures it: make ready, say so, wait for the word, click until the time
is over, say how many clicks were acknowledged. Standard library only, as the peers' own environments run it too.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

T = TypeVar("T")

WARM_SECONDS = 0.5


class Span(NamedTuple):
    """What was acknowledged within how long."""

    steps: int
    seconds: float


class Clock:
    """Counts from the end of the warming up to the end of the span; a click that ends later does not count."""

    def __init__(self, seconds: float) -> None:
        self.begins = time.monotonic() + WARM_SECONDS
        self.ends = self.begins + seconds
        self.steps = 0

    def tick(self) -> bool:
        """One click was acknowledged. False: the time is over. One thread at a time."""
        now = time.monotonic()
        if now > self.ends:
            return False
        if now >= self.begins:
            self.steps += 1
        return True

    def span(self) -> Span:
        if time.monotonic() < self.ends:
            raise SystemExit("the cases ran out before the time did: seed more of them")
        return Span(self.steps, self.ends - self.begins)


def ready() -> None:
    """All processes of one measurement begin at once."""
    print("ready", flush=True)
    sys.stdin.readline()


def tell(span: Span) -> None:
    print(json.dumps(span._asdict()), flush=True)


def threads(callers: int, seconds: float, cases: Iterable[T], click: Callable[[T], Iterator[None]]) -> None:
    """``callers`` threads take case after case; each step of ``click`` is one acknowledged click."""
    left = iter(cases)
    lock = threading.Lock()
    failed: list[BaseException] = []
    ready()
    clock = Clock(seconds)

    def work() -> None:
        try:
            while True:
                with lock:
                    case = next(left, None)
                if case is None:
                    return
                for _ in click(case):
                    with lock:
                        if not clock.tick():
                            return
        except BaseException as error:
            failed.append(error)
            raise

    if callers == 1:
        work()
    else:
        started = [threading.Thread(target=work) for _ in range(callers)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
    if failed:
        raise SystemExit(f"a caller failed: {failed[0]!r}")
    tell(clock.span())
