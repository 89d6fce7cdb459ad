"""From a draft to a release: handed in by those who wrote it, decided on by somebody else, merged and live at once (security D5)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from builder import compile, publishing, revisions, workspace_git
from builder.designing import committing, drafts, studying
from builder.designing.committing import Person
from builder.designing.drafts import Draft
from builder.designing.layout import Refused
from builder.designing.studio import Studio, head
from builder.designing.studying import Study
from builder.designing.text import Texts
from builder.designing.work import APP, Work
from builder.problems import Problems
from builder.workspace import Workspace
from runtime.casework.releases import Source
from runtime.store import tables
from runtime.store.ids import new_id

WAITING, APPROVED, RETURNED, WITHDRAWN = "waiting", "approved", "returned", "withdrawn"


def person(conn: Connection, id: str) -> Person:
    p = tables.person
    row = conn.execute(sa.select(p.c.name, p.c.email).where(p.c.id == id)).first()
    return Person(id, row.name if row else id, (row.email or "") if row else "")


def waiting(conn: Connection) -> list[Any]:
    """What is to be reviewed, the longest waiting first."""
    r, p = tables.design_review, tables.person
    wanted = sa.select(r, p.c.name.label("asker")).join(p, p.c.id == r.c.asked_by).where(r.c.state == WAITING).order_by(r.c.id)
    return list(conn.execute(wanted))


def found(conn: Connection, id: str) -> Any:
    r, p = tables.design_review, tables.person
    return conn.execute(sa.select(r, p.c.name.label("asker")).join(p, p.c.id == r.c.asked_by).where(r.c.id == id)).first()


def of_app(conn: Connection, app: str, most: int = 20) -> list[Any]:
    """The reviews of an app, the latest first."""
    r, p = tables.design_review, tables.person
    wanted = sa.select(r, p.c.name.label("asker")).join(p, p.c.id == r.c.asked_by).where(r.c.app == app).order_by(r.c.id.desc()).limit(most)
    return list(conn.execute(wanted))


def authors(conn: Connection, design: str) -> list[str]:
    """Who has changed the draft, whoever began it first."""
    d, e = tables.design, tables.design_edit
    first = conn.execute(sa.select(d.c.created_by).where(d.c.id == design)).scalar()
    rows = conn.execute(sa.select(e.c.person).where(e.c.design == design).order_by(e.c.version)).scalars()
    return list(dict.fromkeys([*([first] if first else []), *rows]))


# --- by those who write ---


def hand_in(here: Studio, app: str, by: str, note: str) -> str:
    """Asks for a review of the draft as it is now; the id of the review. Raises Refused. Runs beside the loop."""
    database = here.site.database
    draft = database.read_now(drafts.opened, app)
    if draft is None:
        raise Refused({"zh": "没有要发布的修改", "en": "There is nothing to publish"})
    known = study_of(here, draft)
    if not known.fit:
        raise Refused(
            {
                "zh": "还不能提交审核：与线上版本相同，或还有问题、没有通过的场景",
                "en": "Not ready for review: it is what is live already, or has problems or scenarios that fail",
            }
        )
    names = database.read_now(lambda conn: [person(conn, each) for each in authors(conn, draft.id)])
    names.sort(key=lambda each: each.id != by)
    title = title_of(draft.texts, app)
    base = draft.base or head(here.folder)
    revision = committing.propose(here.folder, app, draft.texts, base, f"{title}：{note or '修改'}", names, here.site.clock().timestamp())
    return database.write_now(_hand_in, draft, revision, by, note, here.site.clock())


def _hand_in(conn: Connection, draft: Draft, revision: str, by: str, note: str, now: datetime) -> str:
    r, id = tables.design_review, new_id()
    conn.execute(r.update().where(r.c.design == draft.id, r.c.state == WAITING).values(state=WITHDRAWN, decided_at=now, decided_by=by))
    organisation = conn.execute(sa.select(tables.organisation.c.id).limit(1)).scalar() or ""
    row = {"id": id, "organisation": organisation, "design": draft.id, "app": draft.app, "version": draft.version, "revision": revision}
    row |= {"asked_by": by, "asked_at": now, "note": note, "state": WAITING, "answer": "", "merged": "", "remarks": []}
    conn.execute(r.insert(), row)
    return id


def withdraw(conn: Connection, id: str, by: str, now: datetime) -> None:
    r = tables.design_review
    conn.execute(r.update().where(r.c.id == id, r.c.state == WAITING).values(state=WITHDRAWN, decided_by=by, decided_at=now))


# --- by whoever decides ---


def remark(conn: Connection, id: str, by: str, about: str, words: str, now: datetime) -> None:
    """Something said about a place of what is to be reviewed."""
    r = tables.design_review
    row = conn.execute(sa.select(r.c.remarks).where(r.c.id == id)).first()
    if row is not None and words.strip():
        said = [*row.remarks, {"by": by, "at": now.isoformat(), "about": about, "words": words.strip()[:2000]}]
        conn.execute(r.update().where(r.c.id == id).values(remarks=said))


def send_back(conn: Connection, id: str, by: str, answer: str, now: datetime) -> None:
    r = tables.design_review
    decided = {"state": RETURNED, "decided_by": by, "decided_at": now, "answer": answer}
    if not conn.execute(r.update().where(r.c.id == id, r.c.state == WAITING).values(decided)).rowcount:
        raise Refused(GONE)


GONE = {"zh": "这份审核已经有了结果", "en": "This review has been decided already"}


def approve(here: Studio, id: str, by: str, answer: str) -> str:
    """Merges what was handed in and makes it live; the digest of the release. Raises Refused. Runs beside the loop."""
    database, now = here.site.database, here.site.clock()
    row = database.read_now(found, id)
    if row is None or row.state != WAITING:
        raise Refused(GONE)
    wrote = database.read_now(authors, row.design)
    if by in wrote or by == row.asked_by:
        raise Refused({"zh": "自己改过的应用由他人审核", "en": "Who has changed an app does not review it"})
    reviewer = database.read_now(person, by)
    asker = database.read_now(person, row.asked_by)
    if not database.write_now(_claim, id, by, answer, now):
        raise Refused(GONE)
    try:
        merged = committing.merge(here.folder, row.app, row.revision, f"合并：{row.note or row.app}", reviewer, now.timestamp())
        digest = _release(here, row.app, merged, Source(revision=merged, author=str(asker), reviewer=str(reviewer)), by)
    except committing.Moved:
        database.write_now(_unclaim, id)
        raise Refused(
            {
                "zh": "草稿提交以后，仓库里的这个应用又被改过：请退回，让设计者合并后再提交",
                "en": "The app was changed in the repository since it was handed in: send it back to be brought together first",
            }
        ) from None
    except Exception:
        database.write_now(_unclaim, id)
        raise
    database.write_now(_done, id, row.design, merged, now)
    return digest


def _release(here: Studio, app: str, revision: str, source: Source, by: str) -> str:
    problems = Problems()
    files = revisions.read(here.folder, revision, problems, app)
    compiled = compile.compile_files(Workspace(name="", files=files.files, only=app), problems, here.people())
    if compiled.errors:
        raise Refused({"zh": "合并后的应用有错误，没有发布", "en": "The merged app has errors: not published"})
    console = publishing.Console(here.site.database, here.site.clock, here.site.catalogue, here.site.mails)
    done = publishing.commit(publishing.prepare(compiled, console, {}), console, by, source=source, plans={})
    return next((each.digest for each in done if each.app == app), "")


def _claim(conn: Connection, id: str, by: str, answer: str, now: datetime) -> bool:
    r = tables.design_review
    decided = {"state": APPROVED, "decided_by": by, "decided_at": now, "answer": answer}
    return bool(conn.execute(r.update().where(r.c.id == id, r.c.state == WAITING).values(decided)).rowcount)


def _unclaim(conn: Connection, id: str) -> None:
    r = tables.design_review
    conn.execute(r.update().where(r.c.id == id).values(state=WAITING, decided_by=None, decided_at=None, answer=""))


def _done(conn: Connection, id: str, design: str, merged: str, now: datetime) -> None:
    """The draft is closed unless somebody has gone on with it: what they did since stays, on top of what is merged."""
    r, d, t = tables.design_review, tables.design, tables.design_text
    conn.execute(r.update().where(r.c.id == id).values(merged=merged))
    handed_in = conn.execute(sa.select(r.c.version).where(r.c.id == id)).scalar()
    version = conn.execute(sa.select(d.c.version).where(d.c.id == design)).scalar()
    if version == handed_in:
        drafts.close(conn, design, now)
        return
    then = drafts.as_of(conn, design, handed_in or 0)
    conn.execute(d.update().where(d.c.id == design).values(base=merged))
    for file in conn.execute(sa.select(t.c.file).where(t.c.design == design)).scalars().all():
        conn.execute(t.update().where(t.c.design == design, t.c.file == file).values(base=then.get(file)))


# --- for both ---


def study_of(here: Studio, draft: Draft) -> Study:
    """The draft against what the repository has."""
    return studying.study(here, draft.app, draft.texts, here.base().app(draft.app))


def handed_in(here: Studio, row: Any) -> Texts:
    """The files of a review."""
    with workspace_git.opened(here.folder) as repository:
        return committing.texts_of(repository, here.folder, workspace_git.commit(repository, row.revision), row.app)


def title_of(texts: Texts, app: str) -> str:
    try:
        found_title = Work(texts).data(APP, ("title",))
    except Refused:
        return app
    return found_title if isinstance(found_title, str) else app
