"""The subject and the number of a case, from the patterns of its app."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, cast

from forms import answers as forms
from forms.form import Field
from workflows.events import Applicant
from workflows.program import PART, Part, Program

HALVES = {"am": {"zh": "上午", "en": "morning"}, "pm": {"zh": "下午", "en": "afternoon"}}


def subject(
    program: Program, applicant: Applicant, answers: Mapping[str, Any], language: str = "zh", names: Mapping[str, str] | None = None
) -> str:
    """The line by which people know a case. What has not been answered is left out, with the separator before it; sensitive
    answers are masked (the builder refuses them here anyway). ``names``: of people and departments by id.
    """

    def say(part: Part) -> str:
        if part.name == "applicant":
            return {"name": applicant.name, "department": applicant.department_title, "post": applicant.post}.get(part.end, "")
        value = answers.get(part.name)
        if part.field is None or value is None:
            return ""
        if part.end:
            return end(part.field, value, part.end, language)
        return forms.show(part.field, value, language, names or {}, masked=True)

    pieces: list[str] = []
    for piece in program.subject:
        said = [part if isinstance(part, str) else say(part) for part in piece.parts]
        if not piece.asks or any(words for words, part in zip(said, piece.parts, strict=True) if not isinstance(part, str)):
            pieces.append("".join(said))
    return " · ".join(filter(None, pieces))


def number(pattern: str, day: date, seq: int) -> str:
    """The number of a case: ``CC-{date:%Y%m%d}-{seq:4}`` gives CC-20261123-0007. A sequence that outgrows its digits gets more."""
    return PART.sub(lambda part: str(seq).zfill(int(part[1][4:])) if part[1].startswith("seq:") else part[0], number_scope(pattern, day))


@lru_cache(256)
def number_scope(pattern: str, day: date) -> str:
    """The counter that ``number`` draws from on ``day``: the pattern with its date written out, so that a new day, month or year
    begins at 1 where the pattern names it.
    """
    return PART.sub(lambda part: _date(part[1][5:], day) if part[1].startswith("date:") else part[0], pattern)


def end(field: Field, value: Any, end: str, language: str) -> str:
    """A part of a range: its first or last day, or which half of it."""
    part = cast("Mapping[str, Any]", value).get(end) if isinstance(value, Mapping) else None
    if not isinstance(part, str):
        return ""
    if end.endswith("_half"):
        return HALVES.get(part, {}).get(language, part)
    return forms.show(Field(name=field.name, kind="date", title=field.title), part, language, {}, masked=True)


def _date(format: str, day: date) -> str:
    # by hand: strftime is left to the locale of the machine for all but ASCII
    for code, words in (("%Y", f"{day.year:04}"), ("%m", f"{day.month:02}"), ("%d", f"{day.day:02}"), ("%y", f"{day.year % 100:02}")):
        format = format.replace(code, words)
    return format
