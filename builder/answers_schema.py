"""The plain JSON Schema of a field's answer: `std` types written out, options as values, nothing required."""

from collections.abc import Iterable
from typing import Any

from builder import shape
from forms import formats
from forms.form import FILES, SILENT, Field, Kind

#: how each kind is written down in the answers; `std` types are taken from the published bundle
PLAIN: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "textarea": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "rich-text": {"type": "string", "contentMediaType": "text/html"},
}
PLAIN.update((kind, {"type": "string", "format": code.format}) for kind, code in formats.CODES.items())
STANDARD: tuple[Kind, ...] = ("money", "date-range", "half-day-range", "person", "department", "case")


#: where something else than the options may be named
_NAMED = {"type": "string", "minLength": 1, "maxLength": 100}


def of(field: Field) -> dict[str, Any]:
    """What a complete answer to ``field`` looks like."""
    one: dict[str, Any] = _NAMED if field.other else {"enum": [option.value for option in field.options]}
    if field.kind == "choice":
        return one
    if field.kind == "choices":
        return {"type": "array", "items": one, "uniqueItems": True} | _items(field)
    if field.promise:
        return {"const": True}
    if field.kind in FILES:
        return {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "uniqueItems": True} | _items(field)
    if field.kind == "table":
        return {"type": "array", "items": _record(field)} | _items(field)
    if field.kind == "group":
        return _record(field)
    return plain(field.kind) | _limits(field)


def properties(fields: Iterable[Field]) -> dict[str, Any]:
    """The schemas of ``fields`` that hold answers, by name."""
    return {field.name: of(field) for field in fields if field.kind not in SILENT}


def _record(field: Field) -> dict[str, Any]:
    """A row of a table, or a group."""
    return {"type": "object", "additionalProperties": False, "properties": properties(field.fields)}


def plain(kind: Kind) -> dict[str, Any]:
    if kind in STANDARD:
        found: dict[str, Any] = shape.schema("std")["$defs"][kind]
        return {key: value for key, value in found.items() if key not in ("title", "$anchor")}
    return PLAIN[kind]


def _items(field: Field) -> dict[str, Any]:
    return _named(minItems=field.min_items, maxItems=field.max_items)


def _limits(field: Field) -> dict[str, Any]:
    return _named(
        minimum=field.minimum,
        maximum=field.maximum,
        minLength=field.min_length,
        maxLength=field.max_length,
        pattern=field.pattern,
    )


def _named(**limits: Any) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if value is not None}
