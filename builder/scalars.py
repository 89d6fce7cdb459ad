"""What a scalar means, and where each character of its value stands in the source."""

import re

from builder.nodes import Mark, Scalar

NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?\Z")
#: one character of a double-quoted text as it is written
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)
NAMED = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
BREAKS = "\r\n"


def value_of(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar. Only what looks like JSON is not text: `no`, `0123`, `1e3` and dates stay as they are."""
    if text in ("", "null", "~"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return text


def mark_within(scalar: Scalar, line: int, column: int, length: int) -> Mark:
    """The stretch of the source for a place within the value of ``scalar``; line and column count from 1.

    Falls back to the whole scalar where the place cannot be found.
    """
    rows = scalar.text.split("\n")
    if not 1 <= line <= len(rows):
        return scalar.mark
    offset = sum(len(row) + 1 for row in rows[: line - 1]) + min(column - 1, len(rows[line - 1]))
    where = positions(scalar)
    if where is None or not 0 <= offset < len(where):
        return scalar.mark
    last = where[min(offset + max(length, 1), len(where) - 1)]
    return Mark(scalar.source, where[offset], max(last, where[offset] + 1))


def mark_at(scalar: Scalar, start: int, length: int) -> Mark:
    """The same for ``length`` characters of the value from the one at ``start``, counted from 0."""
    before = scalar.text[:start]
    return mark_within(scalar, before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1, length)


def positions(scalar: Scalar) -> list[int] | None:
    """For each character of the value, and for its end, the index in the source; None when the two do not line up.

    Folding and indentation change white space only, so both sides are matched character by character without it.
    """
    written = [(char, at) for char, at in characters(scalar) if not char.isspace()]
    found: list[int] = []
    taken = 0
    for char in scalar.text:
        if char.isspace():
            found.append(written[taken - 1][1] + 1 if taken else scalar.start)
        elif taken < len(written) and written[taken][0] == char:
            found.append(written[taken][1])
            taken += 1
        else:
            return None
    found.append(found[-1] + 1 if found else scalar.start)
    return found if taken == len(written) else None


def characters(scalar: Scalar) -> list[tuple[str, int]]:
    """The characters as written, escapes read, each with its index; quotes and the head of a block scalar left out."""
    text, start, end = scalar.source.text, scalar.start, scalar.end
    if scalar.style == "":
        return [(text[at], at) for at in range(start, end)]
    if scalar.style in ("|", ">"):
        while start < end and text[start] not in BREAKS:
            start += 1
        return [(text[at], at) for at in range(start, end)]
    found: list[tuple[str, int]] = []
    at, end = start + 1, end - 1
    while at < end:
        if scalar.style == "'" and text.startswith("''", at):
            found.append(("'", at))
            at += 2
        elif scalar.style == '"' and (escape := ESCAPE.match(text, at)):
            found.append((unescape(escape[1]), at))
            at = escape.end()
        else:
            found.append((text[at], at))
            at += 1
    return found


def unescape(code: str) -> str:
    """The character of an escape; a space for an escaped line break, which joins lines."""
    if code[0] in "xuU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return " " if code[0] in BREAKS else NAMED.get(code, code)
