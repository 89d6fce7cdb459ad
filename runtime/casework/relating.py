"""Cases that answers refer to: found by number or subject, named for whoever may see them; for others they are not there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from forms.form import Field
from forms.leaves import leaves
from forms.texts import Text, say
from runtime.casework.visible import OWN, VISIBLE
from runtime.store import tables as t
from workflows.program import Program

#: found at once
MOST_FOUND = 8
NO_CASE: Text = {"zh": "没有这份申请，请从查找结果里选", "en": "There is no such case: choose one of those found"}
NOT_OF_THESE: Text = {
    "zh": "这里不能关联这类申请，请从查找结果里选",
    "en": "A case of this kind cannot be chosen here: choose one of those found",
}


class Hit(NamedTuple):
    """A case that was found."""

    id: str
    #: number and subject
    words: str
    #: the app, and who applied
    of: str


def referred(fields: Sequence[Field], answers: Mapping[str, Any]) -> Iterator[tuple[str, Field, str]]:
    """Each case that ``answers`` to ``fields`` refer to: where it stands, the field or column, its id."""
    for path, field, value in leaves(fields, answers):
        if field.kind == "case" and isinstance(value, str):
            yield path, field, value


def names(conn: sa.Connection, person: str, program: Program, *answers: Mapping[str, Any]) -> dict[str, str]:
    """The cases that ``answers`` refer to and ``person`` may see, in words: number and subject."""
    ids = {id for given in answers for _, _, id in referred(program.relating, given)} if program.relating else None
    if not ids:
        return {}
    return {row.id: _words(row) for row in conn.execute(_NAMED, {"person": person, "ids": list(ids)})}


def _words(row: Any) -> str:
    return f"{row.number} {row.subject}"


def find(conn: sa.Connection, person: str, text: str, apps: Collection[str], language: str) -> list[Hit]:
    """Cases that ``person`` may see whose number or subject holds every word of ``text``, the newest first; of ``apps`` if there are any."""
    query = _FIND.where(t.case.c.app.in_(apps)) if apps else _FIND
    for word in text.split()[:5]:
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(sa.or_(*(column.like(f"%{escaped}%", escape="\\") for column in (t.case.c.number, t.case.c.subject))))
    rows = conn.execute(query, {"person": person, "number": text.strip()}).all()
    return [Hit(row.id, _words(row), f"{say(row.app_title, language)} · {row.applicant_name}") for row in rows]


def strangers(conn: sa.Connection, program: Program, person: str, answers: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Text]:
    """The answers that refer to no case that ``person`` may see, or to one of an app that the field does not take. What stood there
    ``before`` may stay: not everybody who writes a case sees all that it refers to.
    """
    if not program.relating or not answers:
        return {}
    kept = {id for _, _, id in referred(program.relating, before)}
    new = [(path, field, id) for path, field, id in referred(program.relating, answers) if id not in kept]
    if not new:
        return {}
    apps = {row.id: row.app for row in conn.execute(_NAMED, {"person": person, "ids": list({id for _, _, id in new})})}
    return {
        path: NO_CASE if id not in apps else NOT_OF_THESE
        for path, field, id in new
        if id not in apps or (field.apps and apps[id] not in field.apps)
    }


_columns = (t.case.c.id, t.case.c.app, t.case.c.number, t.case.c.subject, t.case.c.app_title, t.case.c.applicant_name)
_NAMED = sa.select(*_columns).where(t.case.c.id.in_(given("ids", expanding=True)), VISIBLE)
#: whoever looks after other people's cases finds those by their number
_FIND = (
    sa.select(*_columns)
    .where(sa.or_(OWN, sa.and_(t.case.c.number == given("number"), VISIBLE)))
    .order_by(t.case.c.created_at.desc(), t.case.c.id.desc())
    .limit(MOST_FOUND)
)
