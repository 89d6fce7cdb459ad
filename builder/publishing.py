"""Brings what compiled into the database: releases of apps, and the organisation."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from builder.compile import Compiled
from forms.texts import Text, say
from runtime.casework import releases
from runtime.people import organisation
from runtime.people.organisation import Change
from runtime.store.database import Database
from workflows.app import App, release
from workflows.people import Organisation


class Published(NamedTuple):
    """What became of an app."""

    app: str
    digest: str
    #: False: the current release says the same already
    new: bool


def publish(compiled: Compiled, database: Database, by: str, now: datetime) -> list[Published]:
    """Makes every app of ``compiled`` current, all of them or none. Raises ValueError when something of it is wrong."""
    if compiled.errors:
        raise ValueError("a workspace with errors cannot be published; show them by `check`")
    return database.write_now(store, list(compiled.apps.values()), by, now)


def store(connection: sa.Connection, apps: list[App], by: str, now: datetime) -> list[Published]:
    """Stores each app that is not current as it stands."""
    made = [release(app) for app in apps]
    return [Published(item.app.id, item.digest, releases.store(connection, item, by, now)) for item in made]


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
