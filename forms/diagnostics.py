"""A problem in a definition, at a place, in words for the person who wrote it."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from forms.texts import Text, say

#: a longer line is shown as what stands around the place, so many code points either side
LONGEST, WINDOW = 300, 100


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a source file. Lines and columns count from 1, columns in code points."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: what is wrong, what was found, what is allowed."""

    place: Place
    #: stable name such as "unknown-field", for tools and for the reference
    code: str
    #: in Chinese and in English
    message: Text
    #: the source line the place points into, without its line break
    line_text: str = ""
    #: code points to underline, at least 1
    length: int = 1
    severity: Literal["error", "warning"] = "error"
    #: the other place of a conflict, each with what it is
    related: tuple[tuple[Place, Text], ...] = ()

    def render(self, language: str = "zh") -> str:
        """``file:line:column: message [code]``, the line and a caret under the place."""
        at = self.place
        rows = [f"{at.file}:{at.line}:{at.column}: {say(self.message, language)} [{self.code}]"]
        if self.line_text:
            before = self.line_text[: at.column - 1]
            marked = self.line_text[at.column - 1 : at.column - 1 + self.length][:WINDOW]
            after = self.line_text[at.column - 1 + len(marked) :]
            if len(self.line_text) > LONGEST:
                before, after = before[-WINDOW:], after[:WINDOW]
            pad = "".join("\t" if c == "\t" else " " * width(c) for c in before)
            rows += [f"  {before}{marked}{after}", f"  {pad}{'^' * max(1, width(marked))}"]
        for place, note in self.related:
            rows.append(f"  {place.file}:{place.line}:{place.column}: {say(note, language)}")
        return "\n".join(rows)


def width(text: str) -> int:
    """Columns ``text`` takes in a terminal: wide characters two, combining marks none (Unicode UAX 11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def in_order(problems: list[Diagnostic]) -> list[Diagnostic]:
    """The problems by place, the same every time, each once."""
    once = {(p.place, p.code, p.message["zh"]): p for p in problems}
    return [once[key] for key in sorted(once)]
