"""Values as YAML text, in the manner of the definitions that people write: short things in braces on one line, long ones below each other."""

import json
import re
from typing import Any, TypeGuard, cast

from builder.scalars import value_of

#: a value in braces goes on one line that ends before this column
WIDTH = 130
#: how a plain scalar may begin, in a definition of ours
_FIRST = re.compile(r"[A-Za-z_$\u4e00-\u9fff(/.\d]")
#: what ends a plain scalar, or makes it another thing, where it stands by itself and where it stands in braces
_LOOSE = re.compile(r":(?:\s|\Z)|\s#|[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]|\s\Z|\A(?:\.\.\.|---)")
_TIGHT = re.compile(r"[,\[\]{}:#?]")
#: characters that a double-quoted scalar must not show as they are
_ESCAPED = re.compile("[\x7f-\xa0\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
#: lines that a literal block keeps as they are
_LITERAL = re.compile(r"(?:[^\s#\x00-\x1f\x7f-\xa0][^\x00-\x1f\x7f-\xa0]*\n)+")


class Tall(list[Any]):
    """A list whose items stand below each other, one line for each of their parts, however short they are: steps."""


def scalar(value: str | float | bool | None, style: str = "", *, tight: bool = False) -> str:
    """``value`` on one line, in the quotes ``style`` that stood there where that can be. ``tight``: between braces."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    if style == "'" and value.isprintable():
        return _single(value)
    if style == '"' and '"' in value:
        # quotes within quotes are hard to read: conditions are plain text, or in single quotes
        style = ""
    plain = _FIRST.match(value) and not _LOOSE.search(value) and not (tight and _TIGHT.search(value)) and value_of(value) == value
    # a number with something behind it is read as text, as lengths of time are; one that might be a date or an octal is quoted
    if style != '"' and plain and not re.match(r"\d[\d.:_-]*\Z", value):
        return value
    if style != '"' and '"' in value and "\\" not in value and value.isprintable():
        return _single(value)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _single(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def flow(value: Any) -> str:
    """``value`` in braces."""
    if is_mapping(value):
        return "{" + ", ".join(_flow_entry(key, item) for key, item in value.items()) + "}"
    if is_list(value):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, tight=True)


def _flow_entry(key: str, value: Any) -> str:
    return f"{scalar(key, tight=True)}: {flow(value)}"


def block(value: Any, column: int, newline: str, *, spread: bool = False, style: str = "") -> str:
    """``value`` whose first character stands at ``column``. ``spread``: below each other, however short it is."""
    pad = newline + " " * column
    if is_mapping(value) and value:
        if not spread and _fits(value, column):
            return flow(value)
        return pad.join(entry(key, item, column, newline) for key, item in value.items())
    if is_list(value) and value:
        if not spread and _fits(value, column):
            return flow(value)
        tall = isinstance(value, Tall)
        return pad.join(f"- {block(item, column + 2, newline, spread=tall)}" for item in value)
    if not value and isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return scalar(cast("str | float | bool | None", value), style)


def entry(key: str, value: Any, column: int, newline: str, *, spread: bool = False) -> str:
    """``key: value`` whose key stands at ``column``."""
    name = scalar(key)
    if (is_mapping(value) or is_list(value)) and value:
        if not spread and _fits(value, column + len(name) + 2):
            return f"{name}: {flow(value)}"
        return f"{name}:{newline}{' ' * (column + 2)}{block(value, column + 2, newline, spread=True)}"
    if value is None:
        return f"{name}:"
    if isinstance(value, str) and "\n" in value and (lines := literal(value, column + 2, newline)):
        return f"{name}: {lines}"
    return f"{name}: {block(value, column, newline)}"


def literal(text: str, column: int, newline: str) -> str | None:
    """``text`` as a literal block whose lines stand at ``column``; None where its lines would not be kept as they are."""
    if not _LITERAL.fullmatch(text if text.endswith("\n") else text + "\n"):
        return None
    head = "|" if text.endswith("\n") else "|-"
    return head + "".join(f"{newline}{' ' * column}{line}" for line in text.splitlines())


def _fits(value: Any, column: int) -> bool:
    """Whether ``value`` may stand on one line: no text of several lines in it, and room for it."""
    if _tall(value):
        return False
    written = flow(value)
    return "\\n" not in written and column + len(written) <= WIDTH


def _tall(value: Any) -> bool:
    parts = value.values() if is_mapping(value) else value if is_list(value) else ()
    return isinstance(value, Tall) or any(map(_tall, parts))


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
