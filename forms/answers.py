"""Answers against their form: whether a submission is complete and allowed, and how an answer is said to a reader."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

import jsonschema_rs

from forms import formats, regions
from forms.expressions import Fault, answered
from forms.form import Field, Sensitive
from forms.rules import Facts, FormRules, Settled
from forms.texts import Text, say


class Checked(NamedTuple):
    """What became of a submission: good when there are neither problems nor forbidden names."""

    #: complete: settled by the rules, what a rule hides left out
    answers: dict[str, Any]
    #: "field", "period.end" or "table.0.column" to what is wrong and what is allowed
    problems: dict[str, Text]
    #: names that may not be written here: unknown, calculated, or not in ``may``
    forbidden: tuple[str, ...]


def check(
    rules: FormRules,
    answers: Mapping[str, Any],
    facts: Facts,
    *,
    may: Collection[str] | None = None,
    before: Mapping[str, Any] | None = None,
) -> Checked:
    """Whether ``answers`` can be submitted.

    ``may`` names the fields the actor may write, None for all. ``before`` is what the case already holds: fields that are
    not sent keep it, and a sent None clears one. Only fields the actor may write are asked for and complained about.
    """
    forbidden = tuple(sorted(name for name in answers if name not in rules.fields or name in rules.computed or (may is not None and name not in may)))
    sent = {name: value for name, value in answers.items() if name not in forbidden}
    settled = rules.settle({**(before or {}), **sent}, facts)
    problems: dict[str, Text] = {}
    for path, message in _found(rules, settled, facts):
        if may is None or path.partition(".")[0] in may:
            problems.setdefault(path, message)
    return Checked(settled.answers, problems, forbidden)


def _found(rules: FormRules, settled: Settled, facts: Facts) -> Iterator[tuple[str, Text]]:
    yield from _invalid(rules, settled.answers)
    yield from settled.problems.items()
    for field in rules.form.fields:
        value = settled.answers.get(field.name)
        if value is None:
            if field.name in settled.required:
                yield field.name, _missing(field)
        elif field.kind in ("date-range", "half-day-range"):
            yield from _range(field, value)
        elif field.kind == "table":
            yield from _rows(field, value)
        elif field.kind == "id-card" and (born := formats.birth_date(str(value))) and born > facts.today:
            yield field.name, {"zh": "身份证号里的出生日期在今天之后", "en": "The birth date in this number is after today"}
    if rules.checks:
        binding = facts.binding(settled.answers)
        for rule, expression in rules.checks:
            try:
                if expression.value(binding, facts.calendar) is False:
                    yield rule.field, rule.message
            except Fault:
                yield rule.field, {"zh": "用现在填的内容算不出来，请检查有没有填得过大的数", "en": "This cannot be calculated from these answers: look for a number too large"}


_VALIDATORS: "WeakKeyDictionary[FormRules, jsonschema_rs.Draft202012Validator]" = WeakKeyDictionary()


def _validator(rules: FormRules) -> jsonschema_rs.Draft202012Validator:
    found = _VALIDATORS.get(rules)
    if found is None:
        found = _VALIDATORS[rules] = jsonschema_rs.Draft202012Validator(
            rules.form.schema or {"type": "object"}, formats=formats.FORMATS, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True
        )
    return found


def _invalid(rules: FormRules, answers: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    validator = _validator(rules)
    if validator.is_valid(answers):
        return
    for error in validator.iter_errors(answers):
        path = [str(part) for part in error.instance_path]
        yield ".".join(path), {"zh": error.message, "en": error.message}


def _missing(field: Field) -> Text:
    verb = ("请选择", "Choose") if field.kind in ("choice", "choices", "region", "person", "department") else ("请填写", "Fill in")
    return {"zh": f"{verb[0]}{say(field.title, 'zh')}", "en": f"{verb[1]}: {say(field.title, 'en')}"}


def _range(field: Field, value: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    start, end = value.get("start"), value.get("end")
    if not start:
        yield f"{field.name}.start", {"zh": "请填写开始日期", "en": "Fill in the first day"}
    if not end:
        yield f"{field.name}.end", {"zh": "请填写结束日期", "en": "Fill in the last day"}
    if isinstance(start, str) and isinstance(end, str) and (end, value.get("end_half", "")) < (start, value.get("start_half", "")):
        yield f"{field.name}.end", {"zh": "结束不能早于开始", "en": "The end is before the start"}


def _rows(field: Field, rows: Any) -> Iterator[tuple[str, Text]]:
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        for column in field.fields:
            if isinstance(row, Mapping) and column.required and not answered(row.get(column.name)):
                yield f"{field.name}.{number}.{column.name}", _missing(column)


def show(field: Field, value: Any, language: str, names: Mapping[str, str], masked: bool = True) -> str:
    """An answer in words. ``names``: ids of people and departments to their names. Empty where nothing was answered."""
    if not answered(value):
        return ""
    if masked and field.sensitive:
        return mask(field.sensitive, value if isinstance(value, str) else _said(field, value, language, names))
    return _said(field, value, language, names)


def _said(field: Field, value: Any, language: str, names: Mapping[str, str]) -> str:
    match field.kind:
        case "money":
            return money(value)
        case "integer" | "number":
            unit = say(field.unit, language) if field.unit else ""
            number = f"{value:,}" if not (isinstance(value, float) and value.is_integer()) else f"{int(value):,}"
            return f"{number} {unit}".strip() if language == "en" else f"{number}{unit}"
        case "boolean":
            return (("是", "Yes") if value else ("否", "No"))[language == "en"]
        case "choice":
            return _option(field, value, language)
        case "choices":
            return (", " if language == "en" else "、").join(_option(field, item, language) for item in value)
        case "date":
            return day(value, language)
        case "datetime":
            return f"{day(value[:10], language)} {value[11:16]}"
        case "date-range" | "half-day-range":
            return _span(value, language)
        case "region":
            return regions.name(value)
        case "person" | "department":
            return names.get(value, value)
        case "table":
            return f"{len(value)} rows" if language == "en" else f"{len(value)} 行"
        case _:
            unit = say(field.unit, language) if field.unit else ""
            return f"{value}{' ' if unit and language == 'en' else ''}{unit}"


def money(cents: int) -> str:
    """¥6,280.00"""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(int(cents)), 100)
    return f"{sign}¥{whole:,}.{rest:02}"


def day(text: str, language: str, *, year: bool = True) -> str:
    """2026年12月1日, 1 Dec 2026; the text itself where it is no date."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    if language == "en":
        return f"{found.day} {_MONTHS[found.month - 1]}" + (f" {found.year}" if year else "")
    return (f"{found.year}年" if year else "") + f"{found.month}月{found.day}日"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALVES = {"am": ("上午", "morning"), "pm": ("下午", "afternoon")}


def _span(value: Mapping[str, str], language: str) -> str:
    """12月1日 — 12月3日: the year only where the two differ or it is all there is to tell them by."""
    start, end = value.get("start", ""), value.get("end", "")
    year = start[:4] != end[:4]
    ends: list[str] = []
    for part, text in (("start", start), ("end", end)):
        half = _HALVES.get(value.get(f"{part}_half", ""))
        words = day(text, language, year=year) if text else "…"
        ends.append(f"{words} {half[language == 'en']}" if half else words)
    return ends[0] if ends[0] == ends[1] else " — ".join(ends)


def _option(field: Field, value: Any, language: str) -> str:
    return next((say(option.title, language) for option in field.options if option.value == value), str(value))


def mask(sensitive: Sensitive, text: str) -> str:
    """Enough to recognise it by, too little to use it: 138****5678, 3301**********1234, 张**."""
    match sensitive:
        case "phone" if len(text) >= 11:
            return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
        case "id-card" if len(text) >= 15:
            return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}"
        case "name" if text:
            return text[0] + "*" * max(1, len(text) - 1)
        case _:
            return "*" * min(8, max(3, len(text)))
