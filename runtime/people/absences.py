"""One's own absences, as the settings show and take them: who stands in, from when to when, in which apps."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from forms.texts import Text, say
from runtime.people import organisation, standing_in
from runtime.people.organisation import DatabaseDirectory
from runtime.people.visitor import Visitor
from runtime.site import Site
from workflows.people import Absence

NOBODY: Text = {"zh": "请填写一位在岗人员的账号，不能是自己", "en": "Write the account of someone active, other than yourself"}
DAYS: Text = {
    "zh": "请填写起止日期，结束不早于今天和开始",
    "en": "Write the first and the last day; the last is neither past nor before the first",
}
#: longer than that is a hand-over
LONGEST_DAYS = 366


async def shown(site: Site, me: Visitor, error: str, typed: dict[str, str]) -> dict[str, Any]:
    """What the page of settings shows of them."""
    found = await site.database.read(_of, site, me.person)
    titles = {id: say(program.app.title, me.language) for id, program in site.catalogue.programs().items()}
    everything = "所有事项" if me.language == "zh" else "everything"
    return {
        "absences": [
            (id, name, f"{item.begins} – {item.ends}", "、".join(titles.get(app, app) for app in item.apps) or everything)
            for id, name, item in found
        ],
        "apps": sorted(titles.items(), key=lambda item: item[1]),
        "away_error": error,
        "away": {key: typed.get(key, "") for key in ("deputy", "begins", "ends")},
    }


def add(conn: sa.Connection, site: Site, person: str, pairs: Sequence[tuple[str, str]]) -> Text | None:
    """Takes an absence down, or says what is wrong with it."""
    form, directory = dict(pairs), DatabaseDirectory(conn)
    deputy = directory.person(form.get("deputy", "").strip())
    if deputy is None or deputy.disabled or deputy.id == person:
        return NOBODY
    begins, ends = _day(form.get("begins", "")), _day(form.get("ends", ""))
    if begins is None or ends is None or ends < max(begins, _today(site, directory)) or (ends - begins).days > LONGEST_DAYS:
        return DAYS
    known = site.catalogue.programs()
    apps = tuple(dict.fromkeys([value for name, value in pairs if name == "app" and value in known]))
    absence = Absence(person=person, deputy=deputy.id, begins=begins.isoformat(), ends=ends.isoformat(), apps=apps)
    standing_in.add(conn, absence, directory.organisation, site.clock())
    return None


def _of(conn: sa.Connection, site: Site, person: str) -> list[tuple[str, str, Absence]]:
    if not organisation.imported(conn):
        return []
    directory = DatabaseDirectory(conn)
    found = standing_in.of(conn, person, _today(site, directory).isoformat())
    names = {item.deputy: directory.person(item.deputy) for _, item in found}
    return [(id, deputy.name if (deputy := names[item.deputy]) else item.deputy, item) for id, item in found]


def _today(site: Site, directory: DatabaseDirectory) -> date:
    return site.clock().astimezone(ZoneInfo(directory.calendar.time_zone)).date()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
