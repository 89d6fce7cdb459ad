"""Applying for the same again: the answers of an old case as far as the form of today still has them, and what it has not."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa

from forms.form import HOLDERS, Field
from forms.texts import Text, say
from runtime.casework import cases, drafts, filling
from runtime.casework.cases import Found, Site
from runtime.people import organisation
from runtime.people.organisation import DatabaseDirectory
from workflows import candidates, editing, refusals, rights
from workflows.commands import Refusal
from workflows.people import Directory
from workflows.program import Program

#: kinds whose answers belong to one case: they are given anew
OWN_TO_A_CASE = frozenset({"attachment", "photo", "signature", "promise", "serial"})

GONE: Text = {"zh": "现在的表单没有这一项", "en": "The form no longer has it"}
ELSEWHERE: Text = {"zh": "现在由后面的环节填写", "en": "It is filled in by a later step now"}
OTHERWISE: Text = {"zh": "这一项的填法变了", "en": "It is answered in another way now"}
ANEW: Text = {"zh": "要重新提供", "en": "It has to be given anew"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """An answer that was not taken over."""

    field: str
    title: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Copied:
    """What is taken over, and what is not."""

    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    dropped: tuple[Dropped, ...] = ()


def copied(old: Program, answers: Mapping[str, Any], new: Program, directory: Directory) -> Copied:
    """``answers`` to the form of ``old`` as answers to that of ``new``; calculated ones are calculated again."""
    fields, kept, dropped = new.rules.fields, dict[str, Any](), list[Dropped]()
    for before in old.app.form.fields:
        name = before.name
        if name not in answers or name not in old.fills or name in old.rules.computed:
            continue
        now, value = fields.get(name), answers[name]
        if now is None or name in new.rules.computed or name not in new.fills:
            why = GONE if now is None else None if name in new.rules.computed else ELSEWHERE
            dropped += [Dropped(name, before.title, why)] if why else []
            continue
        if before.kind != now.kind or now.kind in OWN_TO_A_CASE:
            dropped.append(Dropped(name, before.title, ANEW if now.kind in OWN_TO_A_CASE else OTHERWISE))
            continue
        if now.kind in HOLDERS:
            value, lost = _known(before, now, value)
            dropped += lost
        wrong = {**dict(new.rules.validator.findings({name: value})), **editing.strangers(new, {name: value}, directory)}
        if wrong:
            dropped.append(Dropped(name, now.title, next(iter(wrong.values()))))
        else:
            kept[name] = value
    return Copied(kept, tuple(dropped))


def _known(before: Field, now: Field, value: Any) -> tuple[Any, list[Dropped]]:
    """The rows of a table, or a group, with the fields there still are in it."""
    lost = list(_lost(before, now, before.name, before.title))
    gone = {dropped.field.removeprefix(f"{before.name}.") for dropped in lost}
    if before.kind == "table":
        return [_without(row, gone) for row in cast("list[dict[str, Any]]", value)], lost
    return _without(cast("dict[str, Any]", value), gone), lost


def _lost(before: Field, now: Field, path: str, above: Text) -> Iterator[Dropped]:
    there = {part.name: part for part in now.fields}
    for part in before.fields:
        new, here = there.get(part.name), f"{path}.{part.name}"
        title = {language: f"{say(above, language)} · {say(part.title, language)}" for language in {**above, **part.title}}
        if new is None:
            yield Dropped(here, title, GONE)
        elif new.kind != part.kind:
            yield Dropped(here, title, OTHERWISE)
        elif new.kind in OWN_TO_A_CASE:
            yield Dropped(here, title, ANEW)
        elif new.kind in HOLDERS:
            yield from _lost(part, new, here, title)


def _without(values: Mapping[str, Any], gone: Collection[str], within: str = "") -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in values.items():
        path = within + name
        if path in gone:
            continue
        if isinstance(value, dict):
            kept[name] = _without(cast("dict[str, Any]", value), gone, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            kept[name] = [_without(row, gone, f"{path}.") for row in cast("list[dict[str, Any]]", value)]
        else:
            kept[name] = value
    return kept


async def look(site: Site, person: str, case: str) -> tuple[Found, Copied] | Refusal | None:
    """What a copy of one's own case ``case`` would hold now. None: one has no such case."""
    found = await cases.find(site, person, case)
    if found is None or found.case.applicant.id != person:
        return None
    return await site.database.read(_look, site, person, found)


def _look(conn: sa.Connection, site: Site, person: str, found: Found) -> tuple[Found, Copied] | Refusal:
    now, directory = site.catalogue.current(found.case.app), DatabaseDirectory(conn)
    applicant = organisation.applying(directory, person)
    if now is None or applicant is None or site.catalogue.retired(now.app.id) or not candidates.may_start(now, applicant, directory):
        return refusals.refuse("not-allowed", "这项申请现在不能再发起", "This application can no longer be started")
    answers = rights.shown(found.program, found.case, person)
    return found, copied(found.program, answers, now, directory)


#: names the case that a draft was copied from
FROM = "_from"


async def draft(site: Site, person: str, case: str, id: str) -> str | Refusal | None:
    """A new draft with the answers of one's own case; ``id`` is its own, so that pressing twice makes one. None: no such case."""
    looked = await look(site, person, case)
    if looked is None or isinstance(looked, Refusal):
        return looked
    found, taken = looked
    now = site.catalogue.current(found.case.app)
    assert now is not None
    pairs = [("_app", now.app.id), (FROM, found.case.id), *filling.written(now, taken.answers, now.fills)]
    return await site.database.write(_keep, site, person, now.app.id, id, pairs)


def _keep(conn: sa.Connection, site: Site, person: str, app: str, id: str, pairs: list[tuple[str, str]]) -> str:
    if drafts.find(conn, person, id) is None:
        drafts.keep(conn, person, app, id, pairs, site.clock(), "")
    return id
