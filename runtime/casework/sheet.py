"""The answers of a case as a reader sees them: sections with labels, masked where they must be, and the few facts on top."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from forms import answers
from forms.form import HOLDERS, Field, Form
from forms.leaves import columns, leaves, total
from forms.texts import say

#: kinds that say most in little space, best first: what the strip of facts above a case takes from the summary
TELLING = ("money", "date-range", "half-day-range", "date", "datetime", "integer", "number", "region", "choice", "person", "plate")
WIDE = frozenset({"textarea", "choices"})
FIGURES = frozenset({"money", "integer", "number"})


class Line(NamedTuple):
    """One answer."""

    label: str
    words: str
    wide: bool
    #: of another case: its page
    href: str = ""


class Grid(NamedTuple):
    """The rows of a table."""

    label: str
    #: column titles, each with whether it is a column of figures
    columns: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool]]]
    #: sums of the columns that have one, "" where they have none; [] where no column has
    totals: list[tuple[str, bool]]


class Part(NamedTuple):
    """One section of the form, or one group of fields, as far as it was answered."""

    title: str
    lines: list[Line]
    grids: list[Grid]
    groups: list["Part"]


class Reader(NamedTuple):
    """How answers are said: the language of who reads, and the names behind ids of people, departments and the cases they may see."""

    language: str
    names: Mapping[str, str]


def references(form: Form, values: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The ids of people and of departments among ``values``, so that one query can name them all."""
    people: set[str] = set()
    departments: set[str] = set()
    for leaf in leaves(form.fields, values):
        if leaf.field.kind in ("person", "department") and leaf.value:
            (people if leaf.field.kind == "person" else departments).add(str(leaf.value))
    return people, departments


def parts(form: Form, values: Mapping[str, Any], reader: Reader) -> list[Part]:
    """What was answered, section by section in the order of the form; empty sections are left out."""
    found = (
        _part(say(section.title, reader.language), (form.field(name) for name in section.fields), values, reader)
        for section in form.sections
    )
    return [part for part in found if part is not None]


def _part(title: str, fields: Iterable[Field], values: Mapping[str, Any], reader: Reader) -> Part | None:
    part = Part(title, [], [], [])
    for field, value in _there(fields, values, reader):
        label = say(field.title, reader.language)
        if field.kind == "table":
            part.grids.append(_grid(label, field, value, reader))
        elif field.kind == "group":
            if group := _part(label, field.fields, value, reader):
                part.groups.append(group)
        else:
            href = f"/cases/{value}" if field.kind == "case" else ""
            part.lines.append(Line(label, said(field, value, reader), field.kind in WIDE, href))
    return part if part.lines or part.grids or part.groups else None


def summary(form: Form, names: tuple[str, ...], values: Mapping[str, Any], reader: Reader) -> list[tuple[str, str]]:
    """Label and words of the answers that the app's summary names, the most telling first."""
    known = {field.name: field for field in form.fields}
    chosen = [
        item for item in _there((known[name] for name in names if name in known), values, reader) if item[0].kind not in WIDE | HOLDERS
    ]
    chosen.sort(key=lambda item: TELLING.index(item[0].kind) if item[0].kind in TELLING else len(TELLING))
    return [(say(field.title, reader.language), said(field, value, reader)) for field, value in chosen]


def said(field: Field, value: Any, reader: Reader) -> str:
    """An answer in words, masked if the field is sensitive; a dash where there is none."""
    words = answers.show(field, value, reader.language, reader.names, masked=True) if not _empty(value) else ""
    return words or "—"


def _grid(label: str, field: Field, rows: list[dict[str, Any]], reader: Reader) -> Grid:
    found = [(column, column.field.kind in FIGURES) for column in columns(field)]
    totals = [(said(column.field, total(column, rows), reader) if column.field.total else "", figure) for column, figure in found]
    return Grid(
        label,
        [(say(column.title, reader.language), figure) for column, figure in found],
        [[(said(column.field, column.of(row), reader), figure) for column, figure in found] for row in rows],
        totals if any(words for words, _ in totals) else [],
    )


def _there(fields: Iterable[Field], values: Mapping[str, Any], reader: Reader) -> Iterator[tuple[Field, Any]]:
    """As `_answered`; a case that the reader may not see is not there."""
    return ((field, value) for field, value in _answered(fields, values) if field.kind != "case" or value in reader.names)


def _answered(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
    for field in fields:
        value = values.get(field.name)
        if not _empty(value):
            yield field, value


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
