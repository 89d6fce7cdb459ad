"""The plain JSON Schema of a field's answer: `std` types written out, options as values, nothing required."""

from typing import Any

from builder import shape
from forms.form import Field, Kind

#: how each kind is written down in the answers; `std` types are taken from the published bundle
PLAIN: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "textarea": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "region": {"type": "string", "format": "region-code"},
    "phone": {"type": "string", "format": "cn-mobile"},
    "email": {"type": "string", "format": "email"},
    "id-card": {"type": "string", "format": "cn-id"},
    "credit-code": {"type": "string", "format": "cn-credit-code"},
    "plate": {"type": "string", "format": "cn-plate"},
}
STANDARD: tuple[Kind, ...] = ("money", "date-range", "half-day-range", "person", "department")


def of(field: Field) -> dict[str, Any]:
    """What a complete answer to ``field`` looks like."""
    values = [option.value for option in field.options]
    if field.kind == "choice":
        return {"enum": values}
    if field.kind == "choices":
        return {"type": "array", "items": {"enum": values}, "uniqueItems": True} | _items(field)
    if field.kind == "table":
        return {"type": "array", "items": _record(field)} | _items(field)
    if field.kind == "group":
        return _record(field)
    return plain(field.kind) | _limits(field)


def _record(field: Field) -> dict[str, Any]:
    """A row of a table, or a group."""
    return {"type": "object", "additionalProperties": False, "properties": {inner.name: of(inner) for inner in field.fields}}


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
