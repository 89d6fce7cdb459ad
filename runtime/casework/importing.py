"""Rows of a workbook as rows of a table: columns are found by their headings, cells are read as if they were typed, and what is wrong with
each is said by its row and column.
"""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from forms import answers, typed
from forms.form import FILES, SILENT, Field, Form
from forms.leaves import Column, columns
from forms.texts import Text, say
from runtime.store import tables as t


class Wrong(NamedTuple):
    """What is wrong with a cell."""

    #: as the workbook counts
    row: int
    column: str
    words: Text


class Sheet(NamedTuple):
    """A workbook held against a table."""

    #: the columns that were found, in the order of the workbook
    found: list[Column]
    #: headings that belong to no column, and required columns that are not there
    strange: list[str]
    missing: list[str]
    #: rows without a mistake, as texts by the name within the row ("price", "place.city")
    rows: list[dict[str, str]]
    wrong: list[Wrong]


def taken(table: Field) -> list[Column]:
    """The columns that can come from a workbook."""
    return [c for c in columns(table) if c.field.compute is None and c.field.kind not in FILES | SILENT and c.field.kind != "case"]


def headings(table: Field, language: str) -> list[str]:
    """The head of the workbook to download; what must be filled in has a star."""
    return [say(column.title, language) + ("*" if column.field.required else "") for column in taken(table)]


def read(conn: sa.Connection, table: Field, sheet: Sequence[Sequence[str]], language: str) -> Sheet:
    """``sheet``: texts, its head first."""
    known = {heading: column for column in taken(table) for heading in (*column.title.values(), ".".join(column.path))}
    head = [text.strip().rstrip("*＊ ") for text in (sheet[0] if sheet else ())]
    places = {place: known[text] for place, text in enumerate(head) if text in known}
    there = list(places.values())
    result = Sheet(
        there,
        [text for text in head if text and text not in known],
        [say(c.title, language) for c in taken(table) if c.field.required and c not in there],
        [],
        [],
    )
    names = _names(conn, there)
    for number, line in enumerate(sheet[1:], 2):
        texts = {".".join(c.path): _said(c.field, line[place].strip(), names) for place, c in places.items() if place < len(line)}
        texts = {name: text for name, text in texts.items() if text}
        if not texts:
            continue
        problems = _problems(table, texts)
        if problems:
            titles = {".".join(c.path): say(c.title, language) for c in columns(table)}
            result.wrong.extend(Wrong(number, _title(titles, path), words) for path, words in problems.items())
        else:
            result.rows.append(texts)
    return result


def _title(titles: dict[str, str], path: str) -> str:
    return titles.get(path) or titles.get(path.rpartition(".")[0], path)


def _problems(table: Field, texts: dict[str, str]) -> dict[str, Text]:
    """What is wrong in one row, by the place within it."""
    whole = Form(fields=table.fields, sections=())
    read = typed.read(whole, list(texts.items()))
    found = dict(read.problems)
    for field in table.fields:
        value = read.answers.get(field.name)
        if value is None and field.required and field.compute is None and field.name not in found:
            found[field.name] = answers.missing(field)
        elif isinstance(value, str) and (field.options and not field.other) and value not in {o.value for o in field.options}:
            some = "、".join(say(o.title, "zh") for o in field.options[:12]), ", ".join(say(o.title, "en") for o in field.options[:12])
            found[field.name] = {"zh": f"请从这些里选：{some[0]}", "en": f"Choose one of: {some[1]}"}
    return found


def _said(field: Field, text: str, names: dict[str, dict[str, str]]) -> str:
    """A cell as a browser would send it: options, people and departments by what they are called."""
    if field.kind == "choice":
        return next((o.value for o in field.options if text in (o.value, *o.title.values())), text)
    if field.kind == "choices":
        parts = [part.strip() for part in text.replace("，", "、").replace(",", "、").split("、")]
        return "\n".join(next((o.value for o in field.options if part in (o.value, *o.title.values())), part) for part in parts if part)
    return names.get(field.kind, {}).get(text, text)


def _names(conn: sa.Connection, found: Sequence[Column]) -> dict[str, dict[str, str]]:
    """Names to ids, of people only where nobody else is called so."""
    kinds = {column.field.kind for column in found}
    known: dict[str, dict[str, str]] = {}
    if "person" in kinds:
        alone = sa.select(t.person.c.name, sa.func.min(t.person.c.id)).where(~t.person.c.disabled).group_by(t.person.c.name)
        known["person"] = {row[0]: row[1] for row in conn.execute(alone.having(sa.func.count() == 1))}
    if "department" in kinds:
        rows = conn.execute(sa.select(t.department.c.id, t.department.c.title).where(~t.department.c.retired))
        known["department"] = {title: row.id for row in rows for title in row.title.values()}
    return known
