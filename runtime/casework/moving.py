"""Running cases that go on under another release: tried on every open one, then done, one case after the other in one transaction."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.casework import cases, folded
from runtime.casework.cases import Done, Site
from runtime.people.organisation import DatabaseDirectory
from runtime.store import tables as t
from runtime.store.ids import new_id
from workflows import candidates, moving, refusals
from workflows.case import Case
from workflows.commands import Migrate, MoveBack, Refusal
from workflows.moving import Moved, Stuck
from workflows.moving_plan import NOTHING, Plan, Reason
from workflows.program import Program


class Tried(NamedTuple):
    """What a migration would do to one open case."""

    id: str
    number: str
    #: where it stands: steps, by their ids of before
    steps: tuple[str, ...]
    before: str
    result: Moved | Stuck


class Trial(NamedTuple):
    """What a migration would do to the open cases of an app."""

    cases: tuple[Tried, ...]

    @property
    def move(self) -> int:
        """How many would go on under the new release."""
        return sum(isinstance(case.result, Moved) for case in self.cases)

    @property
    def stay(self) -> int:
        """How many keep their release, because the plan says so or nobody has decided yet."""
        return len(self.cases) - self.move

    def reasons(self) -> list[tuple[Reason, int]]:
        """Everything that needs a decision, with how many cases wait for it; what concerns most of them first."""
        found: Counter[tuple[str, str]] = Counter()
        words: dict[tuple[str, str], Reason] = {}
        for case in self.cases:
            for reason in case.result.reasons if isinstance(case.result, Stuck) else ():
                found[reason.code, reason.of] += 1
                words[reason.code, reason.of] = reason
        return [(words[key], number) for key, number in found.most_common()]

    def at(self) -> dict[str, int]:
        """How many cases stand at each step, by the ids of before."""
        return dict(Counter(step for case in self.cases for step in case.steps))


def try_out(conn: sa.Connection, site: Site, new: Program, plan: Plan = NOTHING) -> Trial:
    """Tries the migration to ``new`` on every open case of its app that runs on another release. Changes nothing."""
    return Trial(tuple(_tried(conn, site, new, plan)))


def _tried(conn: sa.Connection, site: Site, new: Program, plan: Plan) -> Iterator[Tried]:
    for row in conn.execute(_OPEN, {"app": new.app.id, "digest": new.digest}).all():
        case, old = _standing(conn, site, row)
        steps = (*case.visits, *case.still)
        yield Tried(row.id, row.number, steps, row.digest, moving.move(case, old, new, plan))


def _standing(conn: sa.Connection, site: Site, row: Any) -> tuple[Case, Program]:
    return folded.standing(conn, row), site.catalogue.load(conn, row.digest)


def move_all(conn: sa.Connection, site: Site, new: Program, plan: Plan, name: str) -> tuple[int, int]:
    """Moves every open case that can be moved; how many went on under ``new``, and how many kept their release. A case that somebody
    acts on at this very moment is waited for. Raises cases.Lost when one was changed beside it: try again.
    """
    moved = stayed = 0
    for row in conn.execute(_OPEN_LOCKED, {"app": new.app.id, "digest": new.digest}).all():
        case, old = _standing(conn, site, row)
        found = moving.move(case, old, new, plan)
        if isinstance(found, Moved):
            done = cases.transition(conn, site, row, Migrate(id=new_id(), actor=None, name=name, moved=found), under=new)
            moved += isinstance(done, Done)
            stayed += isinstance(done, Refusal)
        else:
            stayed += 1
    return moved, stayed


def back_all(conn: sa.Connection, site: Site, app: str, digest: str, name: str) -> tuple[int, int]:
    """Undoes every migration to the release ``digest`` that can still be undone; how many went back, and how many open cases stay."""
    back = 0
    rows = conn.execute(_ON, {"app": app, "digest": digest}).all()
    for row in rows:
        case, new = _standing(conn, site, row)
        if case.migration and case.migration.kept and case.migration.after == digest:
            back += isinstance(_back(conn, site, row, case, new, None, name), Done)
    return back, len(rows) - back


async def move_back(site: Site, person: str, case: str, key: str) -> Done | Refusal | None:
    """A flow administrator undoes the last migration of a case. None: the person may not see it."""
    asked = cases.asking(site, person, key, case, MoveBack(id="", actor=person, name="", fact=NOWHERE))
    return await cases.once(asked, _on_case, case)


def _on_case(conn: sa.Connection, asked: cases.Asked, case: str) -> Done | Refusal | None:
    row = cases.visible(conn, asked.person, case)
    if row is None:
        return None
    found, new = _standing(conn, asked.site, row)
    directory = DatabaseDirectory(conn)
    admins = candidates.flow_admins(directory, found.applicant.department)
    me = next((item.person for item in admins if item.person.id == asked.person), None)
    if me is None:
        return refusals.refuse("not-allowed", "只有流程管理员可以这样做", "Only a flow administrator may do this")
    if found.migration is None:
        return refusals.refuse("not-allowed", "这份申请没有换过版本", "This case has not changed its release")
    return _back(conn, asked.site, row, found, new, me.id, me.name, asked)


def _back(
    conn: sa.Connection, site: Site, row: Any, case: Case, new: Program, actor: str | None, name: str, asked: cases.Asked | None = None
) -> Done | Refusal:
    assert case.migration is not None
    old = site.catalogue.load(conn, case.migration.before)
    command = MoveBack(id=new_id(), actor=actor, name=name, fact=moving.back(case, old, new))
    return cases.transition(conn, site, row, command, asked, under=old)


NOWHERE = moving.MovedBack(before="", after="")

_of_app = (t.case.c.app == given("app"), t.case.c.status == "open")
_elsewhere = t.case.c.digest != given("digest")
_OPEN = sa.select(t.case).where(*_of_app, _elsewhere).order_by(t.case.c.id)
_OPEN_LOCKED = cases.LOCKED.where(*_of_app, _elsewhere).order_by(t.case.c.id)
_ON = cases.LOCKED.where(*_of_app, t.case.c.digest == given("digest")).order_by(t.case.c.id)
