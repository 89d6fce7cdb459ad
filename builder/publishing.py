"""Brings what compiled into the database: releases of apps with the running cases that follow them, and the organisation."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from builder.compile import Compiled
from builder.scenarios import running
from builder.scenarios.running import Run
from forms.texts import Text, say
from runtime.casework import moving, releases
from runtime.casework.cases import Lost
from runtime.casework.moving import Trial
from runtime.casework.releases import FOLDER, Catalogue, Source
from runtime.people import organisation
from runtime.people.organisation import Change
from runtime.store.database import Database
from workflows import program
from workflows.app import App, Release, release
from workflows.moving_plan import NOTHING, Plan
from workflows.people import Organisation

#: how often publishing is tried again when somebody acts on a case at that very moment
TRIES = 5


@dataclass(slots=True)
class Console:
    """What a command needs of a running server, where none runs."""

    database: Database
    clock: Callable[[], datetime]
    catalogue: Catalogue = field(default_factory=Catalogue)
    #: messages to people go out as e-mail too
    mails: bool = False


class Published(NamedTuple):
    """What became of an app."""

    app: str
    digest: str
    #: False: the current release says the same already
    new: bool
    #: open cases that went on under this release, and that kept the one they had
    moved: int = 0
    stayed: int = 0


class Prepared(NamedTuple):
    """Everything that is known before anything is changed."""

    #: fit to publish and not current as they stand; and those that are
    new: list[Release]
    same: list[Release]
    #: of the apps whose scenarios go otherwise than they say
    failed: list[Run]
    #: of `new`, what would become of the open cases of each app
    trials: dict[str, Trial]


def prepare(compiled: Compiled, console: Console, plans: Mapping[str, Plan]) -> Prepared:
    """Runs the scenarios of what is new, and tries its migration on every open case."""
    made = [release(app) for app in compiled.apps.values()]
    current = console.database.read_now(releases.current)
    new = [item for item in made if current.get(item.app.id) != item.digest]

    def beside() -> dict[str, App]:
        return console.database.read_now(_published, frozenset(compiled.apps))

    failed = [run for item in new for run in running.run(compiled, item.app.id, beside) if run.failures]
    bad = {run.app for run in failed}
    new = [item for item in new if item.app.id not in bad]
    trials = {
        item.app.id: console.database.read_now(moving.try_out, console, program.load(item), plans.get(item.app.id, NOTHING)) for item in new
    }
    return Prepared(new, [item for item in made if current.get(item.app.id) == item.digest], failed, trials)


def _published(conn: sa.Connection, without: frozenset[str]) -> dict[str, App]:
    """The apps of the database that others may call."""
    found = {app: releases.find(conn, digest) for app, digest in releases.current(conn).items() if app not in without}
    return {app: item.app for app, item in found.items() if item}


def commit(
    prepared: Prepared, console: Console, by: str, *, source: Source = FOLDER, plans: Mapping[str, Plan], move: Collection[str] = ()
) -> list[Published]:
    """Makes what is new current, and moves the open cases of the apps in ``move``: all in one transaction."""
    for last in range(TRIES):
        try:
            return console.database.write_now(_commit, console, prepared, by, source, plans, move)
        except Lost:
            # somebody acted on one of the cases meanwhile
            if last + 1 == TRIES:
                raise
    raise AssertionError


def _commit(
    conn: sa.Connection,
    console: Console,
    prepared: Prepared,
    by: str,
    source: Source,
    plans: Mapping[str, Plan],
    move: Collection[str],
) -> list[Published]:
    now = console.clock()
    found: list[Published] = []
    for item in prepared.new:
        id, moved, stayed = item.app.id, 0, prepared.trials[item.app.id].stay + prepared.trials[item.app.id].move
        releases.keep(conn, item, by, now)
        if id in move:
            moved, stayed = moving.move_all(conn, console, program.load(item), plans.get(id, NOTHING), source.author or by)
        releases.store(conn, item, by, now, source, moved=moved, stayed=stayed)
        found.append(Published(id, item.digest, new=True, moved=moved, stayed=stayed))
    return found + [Published(item.app.id, item.digest, new=False) for item in prepared.same]


def publish(compiled: Compiled, database: Database, by: str, now: datetime) -> list[Published]:
    """Makes every app of ``compiled`` current, all of them or none; running cases keep their releases. Raises ValueError when something
    of it is wrong.
    """
    if compiled.errors:
        raise ValueError("a workspace with errors cannot be published; show them by `check`")
    return database.write_now(store, list(compiled.apps.values()), by, now)


def store(connection: sa.Connection, apps: list[App], by: str, now: datetime) -> list[Published]:
    """Stores each app that is not current as it stands."""
    made = [release(app) for app in apps]
    return [Published(item.app.id, item.digest, releases.store(connection, item, by, now)) for item in made]


class Rolled(NamedTuple):
    """What a rollback did."""

    #: digests
    undone: str
    now: str
    #: cases that went back, and open ones that go on under the release that was undone
    back: int
    stayed: int


def roll_back(console: Console, app: str, by: str, to: str | None = None) -> Rolled | None:
    """The release before (or ``to``) is current again, and cases that moved to the one undone go back while nobody has acted on them.
    None: there is none to go back to.
    """
    for last in range(TRIES):
        try:
            return console.database.write_now(_roll_back, console, app, by, to)
        except Lost:
            if last + 1 == TRIES:
                raise
    raise AssertionError


def _roll_back(conn: sa.Connection, console: Console, app: str, by: str, to: str | None) -> Rolled | None:
    standing = releases.standing(conn, app)
    wanted = releases.previous(conn, app) if to is None else releases.named(conn, app, to)
    if standing is None or wanted is None or wanted == standing.digest:
        return None
    back, stayed = moving.back_all(conn, console, app, standing.digest, by)
    releases.roll_back(conn, app, wanted, by, console.clock(), moved=back, stayed=stayed)
    return Rolled(standing.digest, wanted, back, stayed)


class OtherOrganisation(Exception):
    """The database belongs to another organisation than the files. Take the right folder, or another database."""

    def __init__(self, there: str, here: str) -> None:
        super().__init__(f"the database belongs to {there}, the files describe {here}")
        self.words: Text = {
            "zh": f"这个数据库属于组织“{there}”，文件里写的是“{here}”；请换一个文件夹或数据库",
            "en": f"This database belongs to the organisation “{there}”, the files describe “{here}”: use another folder or database",
        }


def bring_people(read: Organisation, database: Database, now: datetime, *, dry_run: bool = False, language: str = "zh") -> list[str]:
    """Makes the database say what ``read`` says, or only foretells it; a line for each change. Raises OtherOrganisation."""
    known = database.read_now(organisation.stored)
    if known and known.id != read.id:
        raise OtherOrganisation(known.id, read.id)
    changes = database.read_now(organisation.compare, read) if dry_run else database.write_now(organisation.import_organisation, read, now)
    return [*(line(change, language) for change in changes), say(summary(len(changes), dry_run), language)]


KINDS: dict[str, Text] = {
    "organisation": {"zh": "组织", "en": "organisation"},
    "calendar": {"zh": "日历", "en": "calendar"},
    "department": {"zh": "部门", "en": "department"},
    "post": {"zh": "岗位", "en": "post"},
    "person": {"zh": "人员", "en": "person"},
    "role": {"zh": "角色", "en": "role"},
}
SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def line(change: Change, language: str) -> str:
    """``~ 人员 qian-yi 钱一 (holdings)``."""
    fields = f" ({', '.join(change.fields)})" if change.fields else ""
    return f"{SIGNS[change.what]} {say(KINDS[change.kind], language)} {change.id} {change.name}{fields}"


def summary(changes: int, dry_run: bool) -> Text:
    if not changes:
        return {"zh": "没有变化", "en": "No changes"}
    if dry_run:
        return {"zh": f"将有 {changes} 处变化；现在什么也没有改", "en": f"{changes} change(s) to come; nothing has been changed now"}
    return {"zh": f"已写入 {changes} 处变化", "en": f"{changes} change(s) made"}
