"""Several tasks decided by one press: each is a command of its own, in a transaction of its own, with a result of its own."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from forms.texts import Text
from runtime.casework import cases, lists
from runtime.casework.cases import Done, FoundTask, Site
from runtime.people.organisation import DatabaseDirectory
from workflows import offers, refusals, together
from workflows.commands import Refusal
from workflows.people import Directory
from workflows.together import Together

#: tasks decided at once, and shown on a page
MOST = 50


class Able(NamedTuple):
    """Whether a task can be decided together with others."""

    #: why not, by action; {}: it can be
    obstacles: dict[Together, Text]
    #: rejecting it asks for words
    reason: bool = False


class Line(NamedTuple):
    """A task of the to-do list."""

    row: lists.Row
    able: Able


class Page(NamedTuple):
    """Some of them, and where the next ones begin."""

    lines: list[Line]
    next: str | None


class Outcome(NamedTuple):
    """What became of one of the tasks."""

    task: str
    #: None: the task is not the person's
    found: FoundTask | None
    #: None: it was done
    refusal: Refusal | None


def page(conn: sa.Connection, site: Site, person: str, app: str | None, after: str | None) -> Page:
    """The to-do list of ``person``, the most urgent first."""
    found, directory = lists.todo(conn, person, app, None, after, MOST), DatabaseDirectory(conn)
    return Page([Line(row, _able(conn, site, person, row.task_id or "", directory)) for row in found.rows], found.next)


def examine(conn: sa.Connection, site: Site, person: str, tasks: Sequence[str]) -> list[Able]:
    """What can be done with each of ``tasks``."""
    directory = DatabaseDirectory(conn)
    return [_able(conn, site, person, task, directory) for task in tasks]


def _able(conn: sa.Connection, site: Site, person: str, id: str, directory: Directory) -> Able:
    task = cases.own_task(conn, site.catalogue, person, id)
    if task is None:
        gone = refusals.not_yours().message
        return Able({"approve": gone, "reject": gone})
    offered = offers.offers(task.program, task.case, task.task, directory, site.clock())
    found: dict[Together, Text] = {}
    for action in ("approve", "reject"):
        if words := together.obstacle(task.program, task.task, offered, action):
            found[action] = words
    return Able(found, together.asks_for_an_opinion(offered, "reject"))


async def decide(site: Site, person: str, tasks: Sequence[str], action: Together, key: str, opinion: str) -> list[Outcome]:
    """``action`` on each of ``tasks`` with the same ``opinion``, in their order. One that asks for more is left as it is; sent again
    under the same ``key``, what was done is answered as it was.
    """
    found: list[Outcome] = []
    for task in dict.fromkeys(tasks):
        before, words = await site.database.read(_look, site, person, task, action)
        if before is None:
            found.append(Outcome(task, None, refusals.not_yours()))
            continue
        if words is not None:
            found.append(Outcome(task, before, Refusal(code="not-together", message=words)))
            continue
        result = await cases.act(site, person, task, action, f"{key}~{task}", opinion=opinion)
        refusal = None if isinstance(result, Done) else result or refusals.not_yours()
        found.append(Outcome(task, before, refusal))
    return found


def _look(conn: sa.Connection, site: Site, person: str, task: str, action: Together) -> tuple[FoundTask | None, Text | None]:
    """The task, and why it has to be opened by itself."""
    found = cases.own_task(conn, site.catalogue, person, task)
    if found is None or found.task.state != "open" or found.case.status != "open":
        # what is over was perhaps done under this very key: the command knows
        return found, None
    offered = offers.offers(found.program, found.case, found.task, DatabaseDirectory(conn), site.clock())
    return found, together.obstacle(found.program, found.task, offered, action)
