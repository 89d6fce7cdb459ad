"""Answers against their form: whether a submission is complete and allowed, and how an answer is said to a reader."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from forms import formats, reads, rich, words
from forms.expressions import WIDEST, Expression, Fault, answered
from forms.form import FILES, LONGEST_TEXT, MOST_ROWS, Check, Field
from forms.leaves import leaf_at
from forms.rules import INCALCULABLE, Facts, FormRules, Settled
from forms.texts import Text, say

_CHOSEN = frozenset({"choice", "choices", "region", "person", "department", "case", "boolean"})


class Checked(NamedTuple):
    """What became of a submission: good when there are neither problems nor forbidden names."""

    #: complete: settled by the rules, what a rule hides left out
    answers: dict[str, Any]
    #: "field", "period.end" or "table.0.column" to what is wrong and what is allowed, in the order of the form
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
    forbidden = tuple(
        name for name in answers if name not in rules.fields or name in rules.computed or (may is not None and name not in may)
    )
    sent = {name: value for name, value in answers.items() if name not in forbidden} if forbidden else dict(answers)
    unkept = _unkept(sent)
    for name in unkept:
        del sent[name]
    for name in rules.rich:
        if isinstance(value := sent.get(name), str):
            sent[name] = rich.clean(value)
    for name in rules.whole:
        # JSON writes 3 and 3.0 alike
        if isinstance(value := sent.get(name), float) and value.is_integer():
            sent[name] = int(value)
    settled = rules.settle({**before, **sent} if before else sent, facts)
    problems: dict[str, Text] = dict(unkept)
    for path, message in _found(rules, settled, facts):
        name = path.partition(".")[0]
        if (may is None or name in may) and name not in unkept:
            problems.setdefault(path, message)
    if len(problems) > 1:
        places = {name: place for place, name in enumerate(rules.fields)}
        problems = dict(sorted(problems.items(), key=lambda item: places.get(item[0].partition(".")[0], -1)))
    return Checked(settled.answers, problems, forbidden)


def _unkept(sent: Mapping[str, Any]) -> dict[str, Text]:
    """What no case can keep: lone surrogates, the null character, numbers without end or beyond exactness, texts without end."""
    if _fits(sent):
        return {}
    return {name: _too_long(value) or _UNKEPT for name, value in sent.items() if not _fits(value)}


_UNKEPT: Text = {
    "zh": "里面有不能保存的字符或数，请删掉再填",
    "en": "It holds a character or a number that cannot be kept: remove it",
}


def _too_long(value: Any) -> Text | None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return {
            "zh": f"最多填 {LONGEST_TEXT} 个字，现在 {len(value)} 个字",
            "en": f"At most {LONGEST_TEXT} characters; this has {len(value)}",
        }
    if isinstance(value, list) and len(rows := cast(list[Any], value)) > MOST_ROWS:
        return {"zh": f"最多 {MOST_ROWS} 行，现在 {len(rows)} 行", "en": f"At most {MOST_ROWS} rows; there are {len(rows)}"}
    return None


def _fits(value: Any) -> bool:
    try:
        written = msgspec.json.encode(value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return False
    return b"\\u0000" not in written and _bounded(value)


def _bounded(value: Any) -> bool:
    """Whether every number in ``value`` means the same in every program that reads it, and nothing is without end."""
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    if isinstance(value, float | int):
        return abs(value) <= WIDEST
    if isinstance(value, list):
        return len(items := cast(list[Any], value)) <= MOST_ROWS and all(map(_bounded, items))
    return not isinstance(value, dict) or all(map(_bounded, cast(dict[Any, Any], value).values()))


def _found(rules: FormRules, settled: Settled, facts: Facts) -> Iterator[tuple[str, Text]]:
    """Everything that is wrong, the most telling of a place first."""
    troubled: set[str] = set()
    for path, message in _of_fields(rules, settled, facts):
        troubled.add(path.partition(".")[0])
        yield path, message
    if rules.checks:
        binding = facts.binding(settled.answers)
        for rule, expression in rules.checks:
            if rule.field in troubled or rule.field not in settled.visible:
                continue
            try:
                if expression.value(binding, facts.calendar) is False:
                    yield rule.field, rule.message
            except Fault:
                yield rule.field, INCALCULABLE
    for path, rule, expression in rules.row_checks:
        if path.partition(".")[0] not in troubled:
            yield from _of_rows(rules, path, rule, expression, settled, facts)


def _of_rows(
    rules: FormRules, path: str, rule: Check, expression: Expression, settled: Settled, facts: Facts
) -> Iterator[tuple[str, Text]]:
    """A rule over each row, or over a group, where its field is seen."""
    binding = facts.binding(settled.answers)
    column = reads.field_at(rules.fields, f"{path}.{rule.field}")
    for spot in rules.spots(f"{path}.{rule.field}", settled.answers):
        if column is None or (column.visible and spot.path not in settled.visible):
            continue
        if spot.row is not None:
            binding["row"] = spot.row
        try:
            if expression.value(binding, facts.calendar) is False:
                yield spot.path, rule.message
        except Fault:
            yield spot.path, INCALCULABLE


def _of_fields(rules: FormRules, settled: Settled, facts: Facts) -> Iterator[tuple[str, Text]]:
    yield from rules.validator.findings(settled.answers)
    yield from settled.problems.items()
    for path in settled.required:
        name = path.partition(".")[0]
        if "." not in path and (name not in settled.answers or (rules.fields[name].promise and settled.answers[name] is not True)):
            yield name, missing(rules.fields[name])
    for path, withheld in settled.withheld.items():
        value = leaf_at(settled.answers, path)
        if any(item in withheld for item in (cast(list[Any], value) if isinstance(value, list) else [value])):
            yield path, {"zh": "现在不能选这一项，请重新选择", "en": "This cannot be chosen now: choose again"}
    for field in rules.inspected:
        value = settled.answers.get(field.name)
        if value is not None:
            yield from _inspected(field, field.name, value, settled, facts)
        elif field.kind == "group" and field.name in settled.visible:
            yield from _cells(field, field.name, {}, settled, facts)


def _inspected(field: Field, path: str, value: Any, settled: Settled, facts: Facts) -> Iterator[tuple[str, Text]]:
    """What is wrong with one answer beyond its schema."""
    if field.kind == "table":
        for number, row in enumerate(cast(list[Any], value) if isinstance(value, list) else []):
            yield from _cells(field, f"{path}.{number}", row, settled, facts)
    elif field.kind == "group":
        yield from _cells(field, path, value, settled, facts)
    elif field.kind == "id-card":
        if isinstance(value, str) and (born := formats.birth_date(value)) and born > facts.today:
            yield path, {"zh": "身份证号里的出生日期在今天之后", "en": "The birth date in this number is after today"}
    elif isinstance(value, Mapping):
        yield from _range(field, path, cast(Mapping[str, Any], value))


def _cells(holder: Field, path: str, row: Any, settled: Settled, facts: Facts) -> Iterator[tuple[str, Text]]:
    """What is wrong in a row of a table, or in a group."""
    cells = cast(Mapping[str, Any], row if isinstance(row, Mapping) else {})
    for field in holder.fields:
        at, value = f"{path}.{field.name}", cells.get(field.name)
        if field.visible and at not in settled.visible:
            continue
        if answered(value):
            yield from _inspected(field, at, value, settled, facts)
        elif field.kind == "group":
            yield from _cells(field, at, {}, settled, facts)
        elif field.required or at in settled.required:
            yield at, missing(field)


def missing(field: Field) -> Text:
    """What is said where a required field is empty."""
    if field.promise:
        return {"zh": "请阅读后勾选", "en": "Read it, then tick the box"}
    zh, en = ("请选择", "Choose") if field.kind in _CHOSEN else ("请上传", "Upload") if field.kind in FILES else ("请填写", "Fill in")
    return {"zh": f"{zh}{say(field.title, 'zh')}", "en": f"{en}: {say(field.title, 'en')}"}


def _range(field: Field, path: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    for part, zh, en in (("start", "开始", "first"), ("end", "结束", "last")):
        if not value.get(part):
            yield f"{path}.{part}", {"zh": f"请填写{zh}日期", "en": f"Fill in the {en} day"}
        elif field.kind == "half-day-range" and not value.get(f"{part}_half"):
            yield (
                f"{path}.{part}_half",
                {"zh": f"请选择{zh}那天是上午还是下午", "en": f"Choose the morning or the afternoon of the {en} day"},
            )
    start, end = ([value.get(part), value.get(f"{part}_half") or ""] for part in ("start", "end"))
    if all(isinstance(text, str) for text in (*start, *end)) and start[0] and end[0] and start > end:
        yield f"{path}.end", {"zh": "结束不能早于开始", "en": "The end cannot be before the start"}


def show(field: Field, value: Any, language: str, names: Mapping[str, str], masked: bool = True) -> str:
    """An answer in words, empty where there is none. ``names``: ids of people and departments to their names."""
    if not answered(value):
        return ""
    text = words.show(field, value, language, names)
    return words.mask(field.sensitive, text) if masked and field.sensitive else text
