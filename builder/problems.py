"""Collects what is wrong with a workspace: every rule says it here, in Chinese and in English, at a place."""

from collections.abc import Iterable
from typing import Literal

from builder.codes import CODES
from builder.nodes import Mapping, Mark, Node, Scalar, Sequence
from forms.diagnostics import Diagnostic, Place, in_order
from forms.texts import Text

#: Anything that has a place.
At = Node | Mark


class Problems:
    """The problems found so far, in no order; `in_order` gives them as people read them."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(
        self,
        at: At,
        code: str,
        zh: str,
        en: str,
        *,
        severity: Literal["error", "warning"] = "error",
        related: Iterable[tuple[At, Text]] = (),
    ) -> None:
        """A problem at ``at``; ``related`` are the other places of a conflict, each with what is there."""
        assert code in CODES, f"the code {code} is not in builder/codes.py"
        mark = at if isinstance(at, Mark) else at.mark
        source = mark.source
        line = source.line(mark.start)
        text = source.line_text(line)
        room = source.starts[line] + len(text) - mark.start
        self._found.append(
            Diagnostic(
                place=source.place(mark.start),
                code=code,
                message={"zh": zh, "en": en},
                line_text=text,
                length=max(1, min(mark.end - mark.start, room)),
                severity=severity,
                related=tuple((place_of(other), note) for other, note in related),
            )
        )

    def extend(self, found: Iterable[Diagnostic]) -> None:
        self._found.extend(found)

    def errors(self) -> int:
        """How many there are that forbid to go on."""
        return sum(problem.severity == "error" for problem in self._found)

    def in_order(self) -> list[Diagnostic]:
        return in_order(self._found)


def place_of(at: At) -> Place:
    mark = at.mark if isinstance(at, Scalar | Sequence | Mapping) else at
    return mark.source.place(mark.start)
