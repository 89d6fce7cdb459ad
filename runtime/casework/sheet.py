"""The answers of a case as a reader sees them: sections with labels, masked where they must be, and the few facts on top."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from forms import answers, words
from forms.form import FILES, HOLDERS, Field, Form
from forms.leaves import columns, leaves, total
from forms.texts import say
from runtime.files.cards import Card

#: kinds that say most in little space, best first: what the strip of facts above a case takes from the summary
TELLING = ("money", "date-range", "half-day-range", "date", "datetime", "integer", "number", "region", "choice", "person", "plate")
WIDE = frozenset({"textarea", "choices", "attachment", "photo"})
SPANS = frozenset({"date-range", "half-day-range"})
FIGURES = frozenset({"money", "integer", "number"})


class Line(NamedTuple):
    """One answer."""

    label: str
    words: str
    wide: bool
    #: of another case: its page
    href: str = ""
    #: to be fetched, in place of words
    files: tuple[Card, ...] = ()


class Cell(NamedTuple):
    """An answer in a table."""

    words: str
    #: of a column of figures
    figure: bool
    files: tuple[Card, ...] = ()


class Grid(NamedTuple):
    """The rows of a table."""

    label: str
    #: column titles, each with whether it is a column of figures
    columns: list[tuple[str, bool]]
    rows: list[list[Cell]]
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
    #: files of the case, by id
    files: Mapping[str, Card] = {}


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
        part(say(section.title, reader.language), (form.field(name) for name in section.fields), values, reader)
        for section in form.sections
    )
    return [one for one in found if one is not None]


def part(title: str, fields: Iterable[Field], values: Mapping[str, Any], reader: Reader) -> Part | None:
    """What was answered of ``fields``; None when nothing was."""
    found = Part(title, [], [], [])
    for field, value in _there(fields, values, reader):
        label = say(field.title, reader.language)
        if field.kind == "table":
            found.grids.append(grid(label, field, value, reader))
        elif field.kind == "group":
            if group := part(label, field.fields, value, reader):
                found.groups.append(group)
        else:
            href = f"/cases/{value}" if field.kind == "case" else ""
            found.lines.append(Line(label, said(field, value, reader), field.kind in WIDE, href, _files(field, value, reader)))
    return found if found.lines or found.grids or found.groups else None


def summary(form: Form, names: tuple[str, ...], values: Mapping[str, Any], reader: Reader) -> list[tuple[str, str]]:
    """Label and words of the answers that the app's summary names, the most telling first."""
    known = {field.name: field for field in form.fields}
    chosen = [
        item for item in _there((known[name] for name in names if name in known), values, reader) if item[0].kind not in WIDE | HOLDERS
    ]
    chosen.sort(key=lambda item: TELLING.index(item[0].kind) if item[0].kind in TELLING else len(TELLING))
    return [(say(field.title, reader.language), _briefly(field, value, reader)) for field, value in chosen]


def said(field: Field, value: Any, reader: Reader) -> str:
    """An answer in words, masked if the field is sensitive; a dash where there is none. What is kept for years says which."""
    if field.kind in SPANS and not _empty(value):
        return words.span(value, reader.language, years=True)
    return _briefly(field, value, reader)


def _briefly(field: Field, value: Any, reader: Reader) -> str:
    text = answers.show(field, value, reader.language, reader.names, masked=True) if not _empty(value) else ""
    return text or "—"


def grid(label: str, field: Field, rows: list[dict[str, Any]], reader: Reader, only: tuple[str, ...] = ()) -> Grid:
    """The rows of a table; ``only``: these columns, in this order."""
    every = columns(field)
    chosen = [column for name in only for column in every if column.path[0] == name] if only else every
    found = [(column, column.field.kind in FIGURES) for column in chosen]
    totals = [(said(column.field, total(column, rows), reader) if column.field.total else "", figure) for column, figure in found]
    return Grid(
        label,
        [(say(column.title, reader.language), figure) for column, figure in found],
        [[_cell(column.field, column.of(row), reader, figure=figure) for column, figure in found] for row in rows],
        totals if any(words for words, _ in totals) else [],
    )


def _cell(field: Field, value: Any, reader: Reader, *, figure: bool) -> Cell:
    return Cell(said(field, value, reader), figure, _files(field, value, reader))


def _files(field: Field, value: Any, reader: Reader) -> tuple[Card, ...]:
    """The files of an answer, to be fetched."""
    return tuple(reader.files[id] for id in value or () if id in reader.files) if field.kind in FILES else ()


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
