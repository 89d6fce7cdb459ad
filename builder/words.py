"""Small pieces of sentences that many problems share."""

import difflib
from collections.abc import Iterable
from typing import Any

from builder import slips
from forms.texts import Text

KINDS: dict[str, Text] = {
    "string": {"zh": "文字", "en": "text"},
    "integer": {"zh": "整数", "en": "a whole number"},
    "number": {"zh": "数字", "en": "a number"},
    "boolean": {"zh": "true 或 false", "en": "true or false"},
    "array": {"zh": "列表", "en": "a list"},
    "object": {"zh": "“键: 值”的对象", "en": "an object of “key: value”"},
    "null": {"zh": "空", "en": "nothing"},
}


def guess(word: str, known: Iterable[str]) -> str | None:
    """What ``word`` was probably meant to be: a slip of the keyboard, or a word of another tool."""
    names = list(known)
    close = difflib.get_close_matches(word[:100], names, n=1, cutoff=0.6)
    return close[0] if close else slips.word(word, names)


def meant(word: str, known: Iterable[str]) -> Text:
    """A question to add after a problem, or nothing."""
    best = guess(word, known)
    return {"zh": f"。是不是“{best}”？", "en": f". Did you mean “{best}”?"} if best else {"zh": "", "en": ""}


def listed(names: Iterable[str], language: str, limit: int = 24) -> str:
    """Names in a row, cut where nobody would read on."""
    all_names = list(names)
    more = {"zh": " 等", "en": " …"}[language] if len(all_names) > limit else ""
    return ("、" if language == "zh" else ", ").join(all_names[:limit]) + more


def found(value: Any) -> Text:
    """What stands there, in words."""
    if value is None:
        return {"zh": "没有写内容", "en": "nothing is written"}
    if isinstance(value, dict):
        return {"zh": "写的是一个对象", "en": "an object is written"}
    if isinstance(value, list):
        return {"zh": "写的是一个列表", "en": "a list is written"}
    shown = quoted(value)
    if isinstance(value, bool):
        return {"zh": f"写的是 {shown}", "en": f"{shown} is written"}
    if isinstance(value, int | float):
        return {"zh": f"写的是数字 {shown}", "en": f"the number {shown} is written"}
    return {"zh": f"写的是{shown}", "en": f"{shown} is written"}


def quoted(value: Any) -> str:
    """A value short enough for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value).replace("\n", "⏎")
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
