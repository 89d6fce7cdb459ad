"""An answer in words, as a reader sees it: amounts, days, names of choices, and masks over what not everyone may read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from forms import regions, rich
from forms.form import Field, Sensitive
from forms.texts import say

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALVES = {"am": {"zh": "上午", "en": "morning"}, "pm": {"zh": "下午", "en": "afternoon"}}
_YES, _NO = {"zh": "是", "en": "Yes"}, {"zh": "否", "en": "No"}


def show(field: Field, value: Any, language: str, names: Mapping[str, str]) -> str:
    """``value`` unmasked. ``names``: ids of people, departments and cases to their names."""
    match field.kind:
        case "money" if field.widget == "capitals" and language != "en":
            return f"{money(value)}（{capitals(value)}）"
        case "money":
            return money(value)
        case "rich-text":
            return rich.plain(value)
        case "integer" | "number":
            return _with_unit(field, number(value), language)
        case "boolean":
            return say(_YES if value else _NO, language)
        case "choice":
            return _option(field, value, language)
        case "choices":
            return (", " if language == "en" else "、").join(_option(field, item, language) for item in value)
        case "date":
            return day(value, language)
        case "datetime":
            return f"{day(value[:10], language)} {value[11:16]}"
        case "month":
            return month(value, language)
        case "date-range" | "half-day-range":
            return span(value, language)
        case "region":
            return regions.name(value)
        case "attachment" | "photo":
            return (", " if language == "en" else "、").join(names.get(item, item) for item in value)
        case "person" | "department":
            return names.get(value, str(value))
        case "case":
            # what the reader may not see has no name, and is not there for them
            return names.get(value, "")
        case "table":
            return f"{len(value)} 行" if language != "en" else "1 row" if len(value) == 1 else f"{len(value)} rows"
        case "group":
            colon, between = (": ", "; ") if language == "en" else ("：", "；")
            said = (
                (part, show(part, cell, language, names)) for part in field.fields if (cell := value.get(part.name)) not in (None, "", [])
            )
            return between.join(
                f"{say(part.title, language)}{colon}{mask(part.sensitive, words) if part.sensitive else words}" for part, words in said
            )
        case _:
            return _with_unit(field, str(value), language)


def _with_unit(field: Field, text: str, language: str) -> str:
    if field.unit is None:
        return text
    return f"{text} {say(field.unit, language)}" if language == "en" else f"{text}{say(field.unit, language)}"


def _option(field: Field, value: Any, language: str) -> str:
    return next((say(option.title, language) for option in field.options if option.value == value), str(value))


def money(cents: int) -> str:
    """As ¥6,280.00."""
    whole, rest = divmod(abs(int(cents)), 100)
    return f"{'-' if cents < 0 else ''}¥{whole:,}.{rest:02}"


_DIGITS, _PLACES, _MYRIADS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), ("", "万", "亿", "万亿")


def capitals(cents: int) -> str:
    """An amount as it is written on a cheque, 陆仟贰佰捌拾元整, by 支付结算办法 annex 1."""
    yuan, rest = divmod(abs(int(cents)), 100)
    words = _capital(yuan)
    jiao, fen = divmod(rest, 10)
    found = f"{words}元" if words else ""
    if jiao:
        found += f"{_DIGITS[jiao]}角"
    elif fen and found:
        found += "零"
    found += f"{_DIGITS[fen]}分" if fen else "整" if found else "零元整"
    return ("负" if cents < 0 else "") + found


def _capital(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    found = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        gap = bool(found) and (group < 1000 or groups[place + 1] == 0)
        found += ("零" if gap else "") + _thousands(group) + _MYRIADS[place]
    return found


def _thousands(group: int) -> str:
    found, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            found += ("零" if gap and found else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return found


def number(value: float) -> str:
    """As 12,345.5; a whole number without a point."""
    return f"{int(value):,}" if isinstance(value, int) or value.is_integer() else f"{value:,}"


def day(text: str, language: str, *, year: bool = True) -> str:
    """2026年12月1日, 1 Dec 2026; the text itself where it is no date."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    if language == "en":
        return f"{found.day} {_MONTHS[found.month - 1]}{f' {found.year}' if year else ''}"
    return f"{f'{found.year}年' if year else ''}{found.month}月{found.day}日"


def month(text: str, language: str) -> str:
    """2026年12月, Dec 2026."""
    year, _, number = text.partition("-")
    if not number.isdecimal() or not 1 <= int(number) <= 12:
        return text
    return f"{_MONTHS[int(number) - 1]} {year}" if language == "en" else f"{year}年{int(number)}月"


def span(value: Mapping[str, str], language: str, *, years: bool = False) -> str:
    """12月1日 — 12月3日, 12月1日 上午 — 12月1日 下午; with years only where they differ, or once with ``years``; one day alone where it is one."""
    start, end = value.get("start", ""), value.get("end", "")
    differ = start[:4] != end[:4]
    # said once: where the language has it, before the first day or after the last
    once = start == end or ("end" if language == "en" else "start")
    ends: list[str] = []
    for part, text in (("start", start), ("end", end)):
        half = _HALVES.get(value.get(f"{part}_half", ""))
        words = day(text, language, year=differ or (years and once in (True, part))) if text else "…"
        ends.append(f"{words} {say(half, language)}" if half else words)
    return ends[0] if ends[0] == ends[1] else " — ".join(ends)


def mask(sensitive: Sensitive, text: str) -> str:
    """Enough to recognise it by, too little to use it: 138****5678, 3301**********1234, 张*."""
    match sensitive:
        case "phone" if len(text) >= 11:
            return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
        case "id-card" if len(text) >= 15:
            return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}"
        case "name" if text:
            return text[0] + "*" * max(1, len(text) - 1)
        case _:
            # a fixed length, as the length of a short text says much
            return "****"
