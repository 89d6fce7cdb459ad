"""Files in answers: which of them a command may put there, and how they are shown."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from forms.form import FILES, Field, Form, walk
from forms.leaves import leaves
from forms.reads import field_at
from forms.texts import Text
from runtime.files.uploads import COLUMNS, File
from runtime.store import tables as t

a = t.attachment.c


#: the fields of a form that hold files, or have some that do in them, by the identity of what is compiled once
_of_form: dict[int, tuple[Form, tuple[Field, ...]]] = {}


def fields(form: Form) -> tuple[Field, ...]:
    """The fields of ``form`` that hold files, tables and groups with such fields among them."""
    known = _of_form.get(id(form))
    if known is None or known[0] is not form:
        if len(_of_form) > 4096:
            _of_form.clear()
        known = _of_form[id(form)] = (form, tuple(field for field in form.fields if any(part.kind in FILES for part in walk((field,)))))
    return known[1]


def at(form: Form, path: str) -> Field | None:
    """The field of files at ``path``, which may have numbers of rows in it ("items.0.papers")."""
    plain = ".".join(part for part in path.split(".") if not part.isdecimal())
    found = field_at({field.name: field for field in fields(form)}, plain)
    return found if found is not None and found.kind in FILES else None


def ids(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """The files that ``answers`` name."""
    return [id for leaf in leaves(fields(form), answers) if leaf.field.kind in FILES for id in _list(leaf.value)]


def _list(value: Any) -> list[str]:
    return [id for id in value if isinstance(id, str)] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType] -- answers are JSON


def read(conn: sa.Connection, wanted: Iterable[str]) -> dict[str, File]:
    """The files with these ids."""
    some = list(wanted)
    return {row.id: File(*row) for row in conn.execute(sa.select(*COLUMNS).where(a.id.in_(some)))} if some else {}


def names(files: Mapping[str, File]) -> dict[str, str]:
    """Ids to names, as answers are said."""
    return {id: file.name for id, file in files.items()}


def claim(
    conn: sa.Connection,
    form: Form,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    case: str,
    actor: str | None,
    others: tuple[str, ...] = (),
) -> dict[str, Text]:
    """Gives the case the files that a command brings: those that ``actor`` uploaded and that fit their field, and those that the case, or one
    of ``others`` that it was called by, has already. What is wrong, by field; the transaction must not be kept then.
    """
    wrong: dict[str, Text] = {}
    # a row may have moved up since: what the case has it keeps, wherever it stands
    there = set(ids(form, before)) if before else set[str]()
    for path, field, value in leaves(fields(form), after):
        new = [id for id in _list(value) if id not in there] if field.kind in FILES else []
        if not new:
            continue
        found = read(conn, new)
        for id in new:
            file = found.get(id)
            has = file is not None and file.case is not None and file.case in (case, *others)
            if not has and (file is None or file.person != actor or file.state != "kept"):
                wrong[path] = {
                    "zh": "有一个文件不在了，请删掉它再上传一次",
                    "en": "One of the files is gone: remove it and upload it again",
                }
            elif file is not None and field.types and file.sort not in field.types:
                wrong[path] = {"zh": f"“{file.name}”不是这里要的文件", "en": f"“{file.name}” is not what this takes"}
            elif file is not None and field.max_bytes and file.size > field.max_bytes:
                wrong[path] = {"zh": f"“{file.name}”太大", "en": f"“{file.name}” is too large"}
        conn.execute(sa.update(t.attachment).where(a.id.in_(new), a.case.is_(None)).values(case=case))
    return wrong
