"""What a browser sends and gets: flat names and texts on one side, typed answers on the other.

Names are ``budget``, ``period.start``, ``companions.0.name``. The texts of a multiple choice are one, joined by line breaks.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from forms import formats, rich
from forms.expressions import WIDEST
from forms.form import FILES, HOLDERS, LISTS, MOST_ROWS, SILENT, Field, Form, Kind
from forms.scope import HALF_DAY_PARTS, RANGE_PARTS
from forms.texts import Text

PARTS: dict[Kind, tuple[str, ...]] = {"date-range": RANGE_PARTS, "half-day-range": HALF_DAY_PARTS}
_ROW = re.compile(r"(\d{1,6})\.(.+)")


class Typed(NamedTuple):
    """What could be read of what was typed."""

    #: typed answers; what is empty or could not be read is left out
    answers: dict[str, Any]
    #: flat name to what could not be read, and how to write it
    problems: dict[str, Text]
    #: every text as it was typed, by flat name; rows are counted anew, empty ones last
    raw: dict[str, str]


class Unreadable(ValueError):
    """A text that is no value of its kind; the argument says how to write one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__({"zh": zh, "en": en})
        self.text: Text = {"zh": zh, "en": en}


def read(form: Form, pairs: Sequence[tuple[str, str]]) -> Typed:
    """The answers among ``pairs``; names that belong to no field are left alone."""
    texts: dict[str, list[str]] = {}
    for name, text in pairs:
        if name in texts:
            texts[name].append(text)
        else:
            texts[name] = [text]
    found = Typed({}, {}, {})
    for field in form.fields:
        value = _read_field(field, field.name, texts, found)
        if value is not None:
            found.answers[field.name] = value
    return found


def _read_table(field: Field, at: str, texts: Mapping[str, list[str]], into: Typed) -> list[dict[str, Any]] | None:
    """The rows of the table at the flat name ``at``. Rows in which nothing was typed are no answers."""
    rows: dict[int, dict[str, list[str]]] = {}
    for name, values in texts.items():
        if name.startswith(f"{at}.") and (match := _ROW.fullmatch(name, len(at) + 1)):
            rows.setdefault(int(match[1]), {})[match[2]] = values
    ordered = [rows[number] for number in sorted(rows)][: MOST_ROWS + 1]
    boxes = {path for path, part in _leaves(field.fields, "") if part.kind == "boolean"}
    full = [row for row in ordered if any(_says(values[-1], name in boxes) for name, values in row.items())]
    answers: list[dict[str, Any]] = []
    for number, row in enumerate(full + [row for row in ordered if row not in full]):
        here = {f"{at}.{number}.{name}": values for name, values in row.items()}
        cells = _read_cells(field, f"{at}.{number}", here, into)
        if number < len(full):
            answers.append(cells)
    return answers or None


def _read_cells(holder: Field, at: str, texts: Mapping[str, list[str]], into: Typed) -> dict[str, Any]:
    """What was typed in a row of a table, or in a group."""
    cells: dict[str, Any] = {}
    for field in holder.fields:
        value = _read_field(field, f"{at}.{field.name}", texts, into)
        if value is not None:
            cells[field.name] = value
    return cells


def _leaves(fields: Iterable[Field], within: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        yield within + field.name, field
        if field.kind == "group":
            yield from _leaves(field.fields, f"{within}{field.name}.")


def _says(text: str, box: bool) -> bool:
    """Whether a cell makes its row one that was filled in: a box that is not ticked does not."""
    return bool(text.strip()) and not (box and text.strip().lower() in _NO)


def _read_field(field: Field, name: str, texts: Mapping[str, list[str]], into: Typed) -> Any:
    """The value of a field at the flat ``name``; None where there is none, or none that could be read."""
    if field.compute is not None:
        # the server's own, whatever a browser says
        return None
    if field.kind == "table":
        return _read_table(field, name, texts, into)
    if field.kind == "group":
        return _read_cells(field, name, texts, into) or None
    if field.kind in SILENT:
        return None
    if field.promise:
        # not to have promised is no answer
        return _read_text("boolean", name, texts, into) or None
    if field.kind == "rich-text":
        if found := _read_text("rich-text", name, texts, into):
            into.raw[name] = found = rich.clean(found)
        return found or None
    if field.kind in PARTS:
        parts: dict[str, Any] = {}
        for part in PARTS[field.kind]:
            value = _read_text("text" if part.endswith("_half") else "date", f"{name}.{part}", texts, into)
            if value is not None:
                parts[part] = value
        # a half is always chosen; without a day it says nothing
        return parts if any(part in parts for part in RANGE_PARTS) else None
    if field.kind == "choice" and field.other:
        return _read_other(name, texts, into)
    if field.kind in FILES and any(texts.get(f"{name}.file", ())):
        into.problems[name] = NOT_UPLOADED
    if field.kind in LISTS:
        chosen = [part for text in texts.get(name, ()) for part in text.splitlines() if part.strip()]
        if chosen:
            into.raw[name] = "\n".join(chosen)
        if field.other and OTHER in chosen:
            words = _words(texts.get(f"{name}.{OTHER}", [""])[-1])
            into.raw[f"{name}.{OTHER}"] = words
            if not words:
                into.problems[f"{name}.{OTHER}"] = NAME_IT
            chosen = [part for part in chosen if part != OTHER] + ([words] if words else [])
        return list(dict.fromkeys(chosen)) or None
    return _read_text(field.kind, name, texts, into)


#: what a browser sends where something else than the options is named; the words come under "name._other"
OTHER = "_other"
NAME_IT: Text = {"zh": "请写明是什么", "en": "Say what it is"}


def _read_other(name: str, texts: Mapping[str, list[str]], into: Typed) -> str | None:
    chosen = _read_text("choice", name, texts, into)
    words = _words(texts.get(f"{name}.{OTHER}", [""])[-1])
    if words:
        into.raw[f"{name}.{OTHER}"] = words
    if chosen != OTHER:
        return chosen
    if not words:
        into.problems[f"{name}.{OTHER}"] = NAME_IT
    return words or None


NOT_UPLOADED: Text = {
    "zh": "选了文件，还没有上传：请按“上传所选文件”",
    "en": "A file was chosen and not uploaded: press “Upload what is chosen”",
}


def _read_text(kind: Kind, name: str, texts: Mapping[str, list[str]], into: Typed) -> Any:
    if name not in texts:
        return None
    # a box that is ticked comes after the hidden "no" of its name
    text = texts[name][-1]
    into.raw[name] = text
    if not text or text.isspace():
        return None
    try:
        read = _READERS.get(kind)
        return read(text) if read else formats.normalise(kind, text)
    except Unreadable as problem:
        into.problems[name] = problem.text
        return None


def _words(text: str) -> str:
    """Text as it was meant: browsers send CR LF, and nobody means the blanks around."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()


_BLANK = re.compile(r"\s")
_YUAN = re.compile(r"^\s*(?:[¥￥]|RMB|CNY)|元\s*$")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?")


def _decimal(text: str) -> Decimal | None:
    """A number as people type it: full-width digits, 1,000, blanks; None where it is none."""
    text = _BLANK.sub("", unicodedata.normalize("NFKC", text).replace("−", "-").replace("，", ","))
    return Decimal(text.replace(",", "")) if text.isascii() and len(text) <= 40 and _NUMBER.fullmatch(text) else None


def _integer(text: str) -> int:
    number = _decimal(text)
    if number is None or number != int(number):
        raise Unreadable("要填整数，例如 3", "This must be a whole number, such as 3")
    if abs(number) > WIDEST:
        raise Unreadable("数太大了", "This number is too large")
    return int(number)


def _float(text: str) -> float:
    number = _decimal(text)
    if number is None:
        raise Unreadable("要填数字，例如 12.5", "This must be a number, such as 12.5")
    if abs(number) > WIDEST:
        raise Unreadable("数太大了", "This number is too large")
    return float(number)


def _money(text: str) -> int:
    """Cents."""
    number = _decimal(_YUAN.sub("", text))
    if number is None:
        raise Unreadable("金额要填数字，单位元，例如 6280 或 6,280.00", "An amount in yuan is a number, such as 6280 or 6,280.00")
    cents = number * 100
    if cents != int(cents):
        raise Unreadable("金额最多两位小数，到分为止", "An amount has two decimals at most")
    if abs(cents) > WIDEST:
        raise Unreadable("金额太大了", "This amount is too large")
    return int(cents)


_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")


def _date(text: str) -> str:
    match = _DATE.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    try:
        if match:
            return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])).isoformat()
    except ValueError:
        raise Unreadable(f"没有 {text.strip()} 这一天", f"There is no day {text.strip()}") from None
    raise Unreadable("日期要像 2026-12-01 这样", "A date looks like 2026-12-01")


_HOUR = re.compile(r"(\d{1,2})[:.点时](\d{1,2})?分?(?::\d{2})?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?")


def _time(text: str) -> str:
    match = _HOUR.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise Unreadable("时间要像 09:30 这样", "A time looks like 09:30")
    return f"{int(match[1]):02}:{int(match[2] or 0):02}"


def _month(text: str) -> str:
    match = _YEAR_MONTH.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if not match or not 1 <= int(match[2]) <= 12:
        raise Unreadable("月份要像 2026-12 这样", "A month looks like 2026-12")
    return f"{match[1]}-{int(match[2]):02}"


def _datetime(text: str) -> str:
    day, _, clock = unicodedata.normalize("NFKC", text).strip().replace("T", " ").partition(" ")
    try:
        return datetime.fromisoformat(f"{_date(day)}T{clock.strip().zfill(5)}").strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        raise Unreadable("日期和时间要像 2026-12-01 09:00 这样", "A date and time look like 2026-12-01 09:00") from None


_YES = frozenset({"true", "on", "1", "yes", "是"})
_NO = frozenset({"false", "off", "0", "no", "否"})


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise Unreadable("只能选是或否", "This is yes or no")
    return word in _YES


_READERS: dict[Kind, Callable[[str], Any]] = {
    "text": _words, "textarea": _words, "integer": _integer, "number": _float, "money": _money, "date": _date, "datetime": _datetime,
    "time": _time, "month": _month, "rich-text": _words,
    "boolean": _boolean, "choice": str, "person": str.strip, "department": str.strip,
    "case": str.strip,
}  # fmt: skip


def write(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """The texts that fill the inputs with ``answers``: what ``read`` would read as them again."""
    found: dict[str, str] = {}
    for field in form.fields:
        _write_field(field, field.name, answers.get(field.name), found)
    return found


def _write_field(field: Field, name: str, value: Any, into: dict[str, str]) -> None:
    if value is None:
        return
    if field.kind in HOLDERS:
        rows: list[tuple[str, Any]] = (
            [(f"{name}.{number}", row) for number, row in enumerate(value)] if field.kind == "table" else [(name, value)]
        )
        for at, cells in rows:
            for part in field.fields:
                _write_field(part, f"{at}.{part.name}", cells.get(part.name), into)
        return
    if field.kind in PARTS:
        for part in PARTS[field.kind]:
            if part in value:
                into[f"{name}.{part}"] = str(value[part])
    elif field.other:
        known = {option.value for option in field.options}
        given: list[str] = [value] if field.kind == "choice" else list(value)
        into[name] = "\n".join(item if item in known else OTHER for item in given)
        into |= {f"{name}.{OTHER}": item for item in given if item not in known}
    else:
        into[name] = text_of(field.kind, value)


def text_of(kind: Kind, value: Any) -> str:
    """One value as the text of its input."""
    match kind:
        case "money":
            return f"{Decimal(value) / 100:.2f}"
        case "boolean":
            return "true" if value else "false"
        case "choices" | "attachment" | "photo":
            return "\n".join(value)
        case "number":
            return f"{Decimal(repr(value)):f}" if isinstance(value, float) and not value.is_integer() else str(int(value))
        case _:
            return str(value)
