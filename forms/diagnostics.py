"""A problem in a definition, at a place, in words for the person who wrote it."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from forms.texts import Text, say

#: a longer line is shown as what stands around the place, so many code points either side
LONGEST, WINDOW = 300, 100

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a source file. Lines and columns count from 1, columns in code points."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a problem: the first of two equal ids, the other of two branches that overlap."""

    place: Place
    #: what is there
    note: Text
    #: as of a Diagnostic
    line_text: str = ""
    length: int = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands from ``start`` up to before ``end`` becomes ``text``; the two are equal where something is only added."""

    start: Place
    end: Place
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """How a problem is put right."""

    #: what is done, without a full stop: 把“kinb”改为“kind”
    words: Text
    #: in one file, none of them touching another
    edits: tuple[Edit, ...]
    #: whether it can only be meant so; what is not sure is a guess that somebody has to look at
    sure: bool = False
    #: what the file is to be called instead, in the same folder; "" where it keeps its name
    name: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: what is wrong, what was found, what is allowed, what was meant, and how it is put right.

    ``message`` says all of it to a person. ``found``, ``allowed``, ``meant`` and ``fix`` say it again to tools.
    """

    place: Place
    #: stable name such as "unknown-field", for tools and for the reference
    code: str
    #: in Chinese and in English
    message: Text
    #: the source line the place points into, without its line break
    line_text: str = ""
    #: code points to underline, at least 1
    length: int = 1
    severity: Severity = "error"
    #: the other places of a conflict
    related: tuple[Related, ...] = ()
    #: what stands there as it is written; empty when a thing is missing
    found: str = ""
    #: what may stand there, where it can be listed
    allowed: tuple[str, ...] = ()
    #: which of ``allowed`` was probably meant
    meant: str | None = None
    #: how it comes to that, step by step, in words: the shortest way for a case to get stuck
    witness: tuple[Text, ...] = ()
    #: the step of each of these, for the designer's picture of the flow
    way: tuple[str, ...] = ()
    fix: Fix | None = None

    def render(self, language: str = "zh") -> str:
        """``file:line:column: message [code]``, the line and a caret; then the other places, the way there and the fix."""
        warning = {"zh": "提醒：", "en": "warning: "}[language] if self.severity == "warning" else ""
        rows = [f"{shown(self.place)}: {warning}{say(self.message, language)} [{self.code}]"]
        rows += pointed(self.line_text, self.place.column, self.length, "  ")
        for other in self.related:
            rows.append(f"  {shown(other.place)}: {say(other.note, language)}")
            rows += pointed(other.line_text, other.place.column, other.length, "    ")
        if self.witness:
            rows.append({"zh": "  经过：", "en": "  how it comes to that:"}[language])
            rows += [f"    {number}. {say(step, language)}" for number, step in enumerate(self.witness, 1)]
        if self.fix and self.fix.sure:
            rows.append({"zh": "  可以自动改正：", "en": "  can be fixed: "}[language] + say(self.fix.words, language))
        return "\n".join(rows)


def shown(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"


def pointed(line: str, column: int, length: int, indent: str) -> list[str]:
    """The line with carets under ``length`` code points from ``column``; nothing where there is no line."""
    if not line:
        return []
    before, marked = line[: column - 1], line[column - 1 : column - 1 + length][:WINDOW]
    after = line[column - 1 + len(marked) :]
    if len(line) > LONGEST:
        before, after = before[-WINDOW:], after[:WINDOW]
    pad = "".join("\t" if c == "\t" else " " * width(c) for c in before)
    return [f"{indent}{before}{marked}{after}", f"{indent}{pad}{'^' * max(1, width(marked))}"]


def width(text: str) -> int:
    """Columns ``text`` takes in a terminal: wide characters two, combining marks none (Unicode UAX 11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def in_order(problems: list[Diagnostic]) -> list[Diagnostic]:
    """The problems by place, the same every time, each once."""
    once = {(p.place, p.code, p.message["zh"]): p for p in problems}
    return [once[key] for key in sorted(once)]
