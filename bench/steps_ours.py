"""Our side of the step benchmark: callers that decide task after task through `runtime.casework.cases.act`, the one door for commands.

``python -m bench.steps_ours URL --callers N --first N --of N``: cases as `steps_seed` left them, from ``first`` on; ``--scattered``
takes them at random from all.
"""

import argparse
import asyncio
import random
from collections.abc import Iterator

import uvloop

from bench import span, steps_seed
from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.casework.releases import Catalogue
from runtime.settings import Settings
from runtime.site import Site
from runtime.store.database import Database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--callers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--of", type=int, required=True, help="cases that were seeded")
    parser.add_argument("--scattered", action="store_true")
    chosen = parser.parse_args()
    uvloop.run(click(chosen))


async def click(chosen: argparse.Namespace) -> None:
    database = Database.open(chosen.url)
    site = Site(Settings(), database, Catalogue())
    await site.catalogue.refresh(database)
    order = list(range(1, chosen.of + 1))
    if chosen.scattered:
        random.Random(1).shuffle(order)
    left = iter(order[chosen.first :])
    span.ready()
    clock = span.Clock(chosen.seconds)
    await asyncio.gather(*(caller(site, left, clock) for _ in range(chosen.callers)))
    span.tell(clock.span())
    database.close()


async def caller(site: Site, left: Iterator[int], clock: span.Clock) -> None:
    for number in left:
        person, task = steps_seed.APPROVERS[0], steps_seed.task_id(number)
        while True:
            done = await cases.act(site, person, task, "approve", f"click-{task}", opinion="同意")
            if not isinstance(done, Done):
                raise SystemExit(f"a click was not carried out: {done}")
            if not clock.tick():
                return
            waiting = done.case.open_tasks()
            if not waiting:
                break
            person, task = waiting[0].person, waiting[0].id


if __name__ == "__main__":
    main()
