"""Cells of exported tables: figures as figures, everything else as text that no program takes for a formula."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forms.form import Field, Form
from forms.leaves import Column, columns, leaves, tables
from forms.texts import say
from runtime.casework import sheet

#: how a text may not begin (security X1): spreadsheets would calculate it. Full-width signs are made plain by some of them
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Amount(NamedTuple):
    """Money, in cents."""

    cents: int


Cell = str | int | float | Amount


def safe(text: str) -> str:
    """``text`` that begins like no formula: with an apostrophe before it where it would."""
    return f"'{text}" if text.lstrip(" \u3000\u00a0\ufeff").startswith(FORMULA) or text.startswith(FORMULA) else text


class Fields(NamedTuple):
    """The columns of a form: one for each answer outside of tables, and each table with its own."""

    plain: list[tuple[str, Field]]
    tables: list[tuple[str, Field]]


def of_form(form: Form) -> Fields:
    """What a form's answers are exported as; groups are laid flat."""
    plain = [(leaf.path, leaf.field) for leaf in leaves(form.fields, {})]  # of tables without rows there are none
    return Fields(plain, list(tables(form.fields)))


def titles(form: Form, language: str) -> dict[str, str]:
    """Path to title, the titles of groups before those in them."""
    found: dict[str, str] = {}

    def walk(fields: tuple[Field, ...], path: str, above: str) -> None:
        for field in fields:
            title = f"{above} · {say(field.title, language)}" if above else say(field.title, language)
            found[path + field.name] = title
            if field.kind == "group":
                walk(field.fields, f"{path}{field.name}.", title)

    walk(form.fields, "", "")
    return found


def cell(field: Field, value: Any, reader: sheet.Reader) -> Cell:
    """One answer: a figure where it is one, else what the page would say, masked where the page masks."""
    if value is None or value in ("", [], {}):
        return ""
    if field.sensitive is None and isinstance(value, int | float) and not isinstance(value, bool):
        if field.kind == "money" and isinstance(value, int):
            return Amount(value)
        if field.kind in ("integer", "number"):
            return value
    return safe(sheet.said(field, value, reader))


def rows(table: Field, value: Any, reader: sheet.Reader) -> Iterator[list[Cell]]:
    """The rows of a table."""
    found: list[Column] = columns(table)
    for row in value if isinstance(value, list) else ():  # pyright: ignore[reportUnknownVariableType] -- answers are JSON
        if isinstance(row, Mapping):
            yield [cell(column.field, column.of(row), reader) for column in found]  # pyright: ignore[reportUnknownArgumentType]
