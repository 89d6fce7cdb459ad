"""Drafts in the database: opened from a commit or from nothing, changed by commands one after the other, closed when they are published.

Statements run on a connection, as everywhere. What a command does is worked out before; whether it still holds is asked in the
transaction that keeps it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from builder.designing import history
from builder.designing import text as texts
from builder.designing.command import Command
from builder.designing.history import Edit
from builder.designing.layout import Refused
from builder.designing.text import Patch, Texts
from builder.designing.work import Address, Work
from forms.texts import Text
from runtime.store import tables
from runtime.store.ids import new_id

#: whoever has not been heard of for so long has left
AWAY = timedelta(seconds=45)


class Draft(msgspec.Struct, frozen=True):
    """An app that is being designed, as of one version."""

    id: str
    app: str
    #: the commit that it began from; "" where it is in none
    base: str
    version: int
    texts: Texts
    changed_at: datetime
    created_by: str


class Kept(msgspec.Struct, frozen=True):
    """A command was carried out."""

    draft: Draft
    words: Text
    #: what stands selected; None: as before
    selected: str | None


class Conflict(Exception):
    """Somebody else changed the same place meanwhile. ``theirs`` is how it is now, ``mine`` how it would have been."""

    def __init__(self, edit: Edit, place: Address, theirs: str, mine: str) -> None:
        super().__init__(place)
        self.edit = edit
        self.place = place
        self.theirs = theirs
        self.mine = mine


def begin(conn: Connection, app: str, files: Mapping[str, str], person: str, now: datetime, *, base: str = "", new: bool = False) -> str:
    """A draft of ``app``; the one that is open where there is one. ``new``: the files are in no commit."""
    if (there := _open(conn, app)) is not None:
        return there.id
    id = new_id()
    organisation = conn.execute(sa.select(tables.organisation.c.id).limit(1)).scalar() or ""
    row = {"id": id, "organisation": organisation, "app": app, "base": base, "version": 0, "created_by": person}
    conn.execute(tables.design.insert(), {**row, "created_at": now, "changed_at": now, "closed_at": None})
    bodies = [{"design": id, "file": file, "body": body, "base": None if new else body} for file, body in files.items()]
    if bodies:
        conn.execute(tables.design_text.insert(), bodies)
    return id


def opened(conn: Connection, app: str) -> Draft | None:
    """The draft of ``app``; None where nobody is designing it."""
    row = _open(conn, app)
    return None if row is None else _draft(row, _bodies(conn, row.id))


def opened_all(conn: Connection) -> dict[str, Any]:
    """The rows of all open drafts by app."""
    d = tables.design
    return {row.app: row for row in conn.execute(sa.select(d).where(d.c.closed_at.is_(None)).order_by(d.c.changed_at.desc()))}


def texts_of(conn: Connection, design: str, file: str) -> Texts:
    """One file of a draft; empty where it has none."""
    t = tables.design_text
    body = conn.execute(sa.select(t.c.body).where(t.c.design == design, t.c.file == file)).scalar()
    return {} if body is None else {file: body}


def begun_from(conn: Connection, design: str) -> Texts:
    """The files as the commit has them that the draft began from."""
    t = tables.design_text
    rows = conn.execute(sa.select(t.c.file, t.c.base).where(t.c.design == design, t.c.base.is_not(None)))
    return {row.file: row.base for row in rows}


def close(conn: Connection, design: str, now: datetime) -> None:
    d = tables.design
    conn.execute(d.update().where(d.c.id == design, d.c.closed_at.is_(None)).values(closed_at=now))


def told(conn: Connection, design: str, most: int) -> list[Any]:
    """The last things done, the latest first: rows with at, name, kind, words, selected."""
    e, p = tables.design_edit, tables.person
    wanted = sa.select(e.c.version, e.c.at, e.c.kind, e.c.words, e.c.selected, p.c.name).join(p, p.c.id == e.c.person)
    return list(conn.execute(wanted.where(e.c.design == design).order_by(e.c.version.desc()).limit(most)))


def as_of(conn: Connection, design: str, version: int) -> Texts:
    """The files as they were at an earlier version."""
    found = _bodies(conn, design)
    for edit in reversed(edits(conn, design, version)):
        found = texts.applied(found, texts.inverse(edit.patches))
    return found


# --- commands ---


def carry_out(conn: Connection, app: str, command: Command, seen: int, person: str, now: datetime, committed: Draft | None = None) -> Kept:
    """Does ``command`` for ``person``, whose page showed version ``seen``; the first one makes a draft of what is ``committed``. What others have done since elsewhere is kept; where they did
    it to the same place, nothing is done. Raises Refused, Conflict.
    """
    if committed is not None and _open(conn, app) is None:
        begin(conn, app, committed.texts, person, now, base=committed.base)
    draft = _locked(conn, app)
    work = Work(draft.texts)
    words = command.run(work)
    if not work.patches:
        return Kept(draft, words, work.selected)
    late = history.collides(work.touched, edits(conn, draft.id, seen), person) if seen < draft.version else None
    if late is not None:
        raise _conflict(late, work, draft)
    edit = Edit(draft.version + 1, person, "do", draft.version + 1, words, work.patches, work.touched, work.selected or "")
    return Kept(_keep(conn, draft, edit, work.texts, now), words, work.selected)


def take_back(conn: Connection, app: str, person: str, now: datetime) -> Kept:
    """Takes back what ``person`` did last. Raises Refused."""
    draft = _locked(conn, app)
    done = edits(conn, draft.id)
    edit = history.undoable(done, person)
    if edit is None:
        raise Refused({"zh": "没有可以撤销的修改", "en": "There is nothing to take back"})
    return _again(conn, draft, done, edit, "undo", {"zh": f"撤销：{edit.words['zh']}", "en": f"Undone: {edit.words.get('en', '')}"}, now)


def do_again(conn: Connection, app: str, person: str, now: datetime) -> Kept:
    """Does again what ``person`` took back last. Raises Refused."""
    draft = _locked(conn, app)
    done = edits(conn, draft.id)
    edit = history.redoable(done, person)
    if edit is None:
        raise Refused({"zh": "没有可以重做的修改", "en": "There is nothing to do again"})
    original = next((each.words for each in done if each.version == edit.of), edit.words)
    return _again(conn, draft, done, edit, "redo", {"zh": f"重做：{original['zh']}", "en": f"Done again: {original.get('en', '')}"}, now)


def _again(conn: Connection, draft: Draft, done: list[Edit], edit: Edit, kind: str, words: Text, now: datetime) -> Kept:
    patches = history.backwards(edit, [each for each in done if each.version > edit.version])
    after = texts.applied(draft.texts, patches)
    made = Edit(draft.version + 1, edit.person, kind, edit.of, words, patches, edit.touched, edit.selected)
    return Kept(_keep(conn, draft, made, after, now), words, edit.selected or None)


def edits(conn: Connection, design: str, since: int = 0) -> list[Edit]:
    """What was done after version ``since``, the first first."""
    e = tables.design_edit
    rows = conn.execute(sa.select(e).where(e.c.design == design, e.c.version > since).order_by(e.c.version))
    return [_edit(row) for row in rows]


def outline(conn: Connection, design: str) -> list[Edit]:
    """Who did what in which order, without what it changed: enough to know whether something can be taken back."""
    e = tables.design_edit
    rows = conn.execute(sa.select(e.c.version, e.c.person, e.c.kind, e.c.of).where(e.c.design == design).order_by(e.c.version))
    return [Edit(row.version, row.person, row.kind, row.of, {}, [], []) for row in rows]


def _edit(row: Any) -> Edit:
    return Edit(
        version=row.version,
        person=row.person,
        kind=row.kind,
        of=row.of,
        words=row.words,
        patches=[Patch(**patch) for patch in row.patches],
        touched=[tuple(place) for place in row.touched],
        selected=row.selected,
    )


def _open(conn: Connection, app: str) -> Any:
    d = tables.design
    return conn.execute(sa.select(d).where(d.c.app == app, d.c.closed_at.is_(None))).first()


def _locked(conn: Connection, app: str) -> Draft:
    """The open draft, held until the transaction ends. Raises Refused."""
    d = tables.design
    row: Any = conn.execute(sa.select(d).where(d.c.app == app, d.c.closed_at.is_(None)).with_for_update()).first()
    if row is None:
        raise Refused({"zh": "这份草稿已经发布或删除，请刷新页面", "en": "This draft has been published or thrown away: reload the page"})
    return _draft(row, _bodies(conn, row.id))


def _bodies(conn: Connection, design: str) -> Texts:
    t = tables.design_text
    rows = conn.execute(sa.select(t.c.file, t.c.body).where(t.c.design == design, t.c.body.is_not(None)).order_by(t.c.file))
    return {row.file: row.body for row in rows}


def _draft(row: Any, bodies: Texts) -> Draft:
    return Draft(row.id, row.app, row.base, row.version, bodies, row.changed_at, row.created_by)


def _keep(conn: Connection, draft: Draft, edit: Edit, after: Texts, now: datetime) -> Draft:
    """Writes what is different."""
    t = tables.design_text
    for file in {patch.file for patch in edit.patches}:
        body = after.get(file)
        done = conn.execute(t.update().where(t.c.design == draft.id, t.c.file == file).values(body=body))
        if not done.rowcount:
            conn.execute(t.insert(), {"design": draft.id, "file": file, "body": body, "base": None})
    row: dict[str, Any] = msgspec.to_builtins(edit)
    conn.execute(tables.design_edit.insert(), {"design": draft.id, "at": now, **row})
    conn.execute(tables.design.update().where(tables.design.c.id == draft.id).values(version=edit.version, changed_at=now))
    return Draft(draft.id, draft.app, draft.base, edit.version, after, now, draft.created_by)


def _conflict(edit: Edit, work: Work, draft: Draft) -> Conflict:
    place = next(one for one in work.touched for other in edit.touched if history.meet(one, other))
    return Conflict(edit, place, _written(Work(draft.texts), place), _written(work, place))


def _written(work: Work, place: Address) -> str:
    """What stands at ``place``, as it is written; "" where nothing stands."""
    found = work.find(place)
    if found is None:
        return ""
    node = work.node(place[0], found)
    return node.source.text[node.start : work.layout(place[0]).end(node)]


# --- who is there ---


def be_present(conn: Connection, design: str, person: str, tab: str, selected: str, now: datetime) -> None:
    """``person`` has the page ``tab`` of the draft open."""
    p = tables.design_presence
    values = {"tab": tab, "selected": selected, "seen_at": now}
    if not conn.execute(p.update().where(p.c.design == design, p.c.person == person).values(values)).rowcount:
        conn.execute(p.insert(), {"design": design, "person": person, **values})


def present(conn: Connection, design: str, but: str, now: datetime) -> list[Any]:
    """The others that are there: rows with person, name, tab, selected."""
    p, who = tables.design_presence, tables.person
    wanted = (
        sa.select(p.c.person, who.c.name, p.c.tab, p.c.selected)
        .join(who, who.c.id == p.c.person)
        .where(p.c.design == design, p.c.person != but, p.c.seen_at > now - AWAY)
        .order_by(who.c.name)
    )
    return list(conn.execute(wanted))
