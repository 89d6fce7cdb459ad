"""The subject and the number of a case, from the patterns of its app."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, cast

import msgspec

from forms import answers as forms
from forms.form import Field
from workflows.events import Applicant
from workflows.program import Program

PART = re.compile(r"\{([^{}]*)\}")
HALVES = {"am": {"zh": "上午", "en": "morning"}, "pm": {"zh": "下午", "en": "afternoon"}}


def subject(
    program: Program, applicant: Applicant, answers: Mapping[str, Any], language: str = "zh", names: Mapping[str, str] | None = None
) -> str:
    """The line by which people know a case. What has not been answered is left out, with the separator before it; sensitive
    answers are masked (the builder refuses them here anyway). ``names``: of people and departments by id.
    """
    fields = {field.name: field for field in program.app.form.fields}

    def say(part: re.Match[str]) -> str:
        name, _, end = part[1].partition(".")
        if name == "applicant":
            return {"name": applicant.name, "department": applicant.department_title, "post": applicant.post}.get(end, "")
        field, value = fields.get(name), answers.get(name)
        if field is None or value is None:
            return ""
        # the pattern writes the unit itself: {days}天
        plain = msgspec.structs.replace(field, unit=None)
        return _end(field, value, end, language) if end else forms.show(plain, value, language, names or {}, masked=True)

    return " · ".join(words for piece in program.app.subject.split(" · ") if (words := _piece(piece, say)))


def number(pattern: str, day: date, seq: int) -> str:
    """The number of a case: ``CC-{date:%Y%m%d}-{seq:4}`` gives CC-20261123-0007. A sequence that outgrows its digits gets more."""
    return PART.sub(lambda part: str(seq).zfill(int(part[1][4:])) if part[1].startswith("seq:") else part[0], number_scope(pattern, day))


@lru_cache(256)
def number_scope(pattern: str, day: date) -> str:
    """The counter that ``number`` draws from on ``day``: the pattern with its date written out, so that a new day, month or year
    begins at 1 where the pattern names it.
    """
    return PART.sub(lambda part: _date(part[1][5:], day) if part[1].startswith("date:") else part[0], pattern)


def _piece(piece: str, say: Callable[[re.Match[str]], str]) -> str:
    """One part between separators; empty if it has braces and none of them had an answer."""
    found = [say(part) for part in PART.finditer(piece)]
    return PART.sub(say, piece) if not found or any(found) else ""


def _end(field: Field, value: Any, end: str, language: str) -> str:
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
