"""Every single answer in some answers, however deep in tables and groups it stands."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from forms.form import Field
from forms.texts import Text, say


class Leaf(NamedTuple):
    """A field that holds no others, where it stands. ``value`` is None where it was not answered."""

    #: "days", "home.city", "items.0.price"
    path: str
    field: Field
    value: Any


def leaves(fields: Iterable[Field], values: Mapping[str, Any], within: str = "") -> Iterator[Leaf]:
    """In the order of the form; a table has none where it has no rows. What is no row or no group is passed over."""
    for field in fields:
        path, value = within + field.name, values.get(field.name)
        if field.kind == "table":
            for number, row in enumerate(cast(list[Any], value) if isinstance(value, list) else ()):
                if isinstance(row, Mapping):
                    yield from leaves(field.fields, cast(Mapping[str, Any], row), f"{path}.{number}.")
        elif field.kind == "group":
            inner: Mapping[str, Any] = cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}
            yield from leaves(field.fields, inner, f"{path}.")
        else:
            yield Leaf(path, field, value)


def tables(fields: Iterable[Field], within: str = "") -> Iterator[tuple[str, Field]]:
    """The tables among ``fields`` and their groups, by path."""
    for field in fields:
        if field.kind == "table":
            yield within + field.name, field
        elif field.kind == "group":
            yield from tables(field.fields, f"{within}{field.name}.")


def at(values: Mapping[str, Any], path: str) -> Any:
    """The answer at ``path``, through groups; None where there is none."""
    value: Any = values
    for name in path.split("."):
        value = cast(Mapping[str, Any], value).get(name) if isinstance(value, Mapping) else None
    return value


def leaf_at(values: Any, path: str) -> Any:
    """What stands at ``path`` through groups and the numbers of rows; None where there is nothing."""
    value = values
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = cast(Mapping[str, Any], value).get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(rows := cast(list[Any], value)):
            value = rows[int(part)]
        else:
            return None
    return value


class Column(NamedTuple):
    """What is one column where a table is shown as a table: the fields of a group in it are columns each."""

    #: from a row to its value
    path: tuple[str, ...]
    field: Field
    title: Text

    def of(self, row: Mapping[str, Any]) -> Any:
        """The cell of ``row``, None where there is none."""
        return at(row, ".".join(self.path))


def columns(table: Field) -> list[Column]:
    """The columns of ``table`` from left to right."""
    return list(_columns(table.fields, (), {}))


def _columns(fields: Iterable[Field], path: tuple[str, ...], above: Text) -> Iterator[Column]:
    for field in fields:
        languages = dict.fromkeys((*above, *field.title))
        title = {name: f"{say(above, name)} · {say(field.title, name)}" for name in languages} if above else field.title
        if field.kind == "group":
            yield from _columns(field.fields, (*path, field.name), title)
        else:
            yield Column((*path, field.name), field, title)


def total(column: Column, rows: Iterable[Mapping[str, Any]]) -> int | float | None:
    """The sum of a column of figures, None where no row has one."""
    figures = [value for row in rows if isinstance(value := column.of(row), int | float) and not isinstance(value, bool)]
    return sum(figures) if figures else None
