"""The answers of a case as a reader sees them: sections with labels, masked where they must be, and the few facts on top."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forms import answers
from forms.form import Field, Form
from forms.texts import say

#: kinds that say most in little space, best first: what the strip of facts above a case takes from the summary
TELLING = ("money", "date-range", "half-day-range", "date", "datetime", "integer", "number", "region", "choice", "person", "plate")
WIDE = frozenset({"textarea", "choices"})


class Line(NamedTuple):
    """One answer."""

    label: str
    words: str
    wide: bool


class Grid(NamedTuple):
    """The rows of a table."""

    label: str
    #: column titles, each with whether it is a column of figures
    columns: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool]]]


class Part(NamedTuple):
    """One section of the form, as far as it was answered."""

    title: str
    lines: list[Line]
    grids: list[Grid]


class Reader(NamedTuple):
    """How answers are said: the language of who reads, and the names behind ids of people and departments."""

    language: str
    names: Mapping[str, str]


def references(form: Form, values: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The ids of people and of departments among ``values``, so that one query can name them all."""
    people: set[str] = set()
    departments: set[str] = set()
    for field, value in _answered(form.fields, values):
        rows: list[Mapping[str, Any]] = value if field.kind == "table" else [values]
        for column in field.fields if field.kind == "table" else (field,):
            if column.kind in ("person", "department"):
                (people if column.kind == "person" else departments).update(str(row[column.name]) for row in rows if row.get(column.name))
    return people, departments


def parts(form: Form, values: Mapping[str, Any], reader: Reader) -> list[Part]:
    """What was answered, section by section in the order of the form; empty sections are left out."""
    found: list[Part] = []
    for section in form.sections:
        lines: list[Line] = []
        grids: list[Grid] = []
        for field, value in _answered((form.field(name) for name in section.fields), values):
            label = say(field.title, reader.language)
            if field.kind == "table":
                grids.append(_grid(label, field, value, reader))
            else:
                lines.append(Line(label, said(field, value, reader), field.kind in WIDE))
        if lines or grids:
            found.append(Part(say(section.title, reader.language), lines, grids))
    return found


def summary(form: Form, names: tuple[str, ...], values: Mapping[str, Any], reader: Reader) -> list[tuple[str, str]]:
    """Label and words of the answers that the app's summary names, the most telling first."""
    known = {field.name: field for field in form.fields}
    chosen = [item for item in _answered((known[name] for name in names if name in known), values) if item[0].kind not in WIDE | {"table"}]
    chosen.sort(key=lambda item: TELLING.index(item[0].kind) if item[0].kind in TELLING else len(TELLING))
    return [(say(field.title, reader.language), said(field, value, reader)) for field, value in chosen]


def said(field: Field, value: Any, reader: Reader) -> str:
    """An answer in words, masked if the field is sensitive; a dash where there is none."""
    return answers.show(field, value, reader.language, reader.names, masked=True) if not _empty(value) else "—"


def _grid(label: str, field: Field, rows: list[dict[str, Any]], reader: Reader) -> Grid:
    figures = {column.name: column.kind in ("money", "integer", "number") for column in field.fields}
    columns = [(say(column.title, reader.language), figures[column.name]) for column in field.fields]
    return Grid(
        label, columns, [[(said(column, row.get(column.name), reader), figures[column.name]) for column in field.fields] for row in rows]
    )


def _answered(fields: "Iterator[Field] | tuple[Field, ...]", values: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
    for field in fields:
        value = values.get(field.name)
        if not _empty(value):
            yield field, value


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
