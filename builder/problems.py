"""Collects what is wrong with a workspace: every rule says it here, in Chinese and in English, at a place.

A rule has a code in `builder/codes.py`, a golden case `tests/cases/err/CODE.yaml` with its `fixed` twin, and calls `add`:

- ``related=[(node, note)]``: other places, each shown with its line (the other of two branches that overlap);
- ``witness=[text, …]``: how it comes to that, step by step in words, already in the order in which it happens;
- ``way=[step, …]``: the steps at which these things happen, one for each;
- ``among=names``: the names that could stand at ``at``. The nearest becomes “did you mean”, a guess for ``--fix``; where nothing
  is near, a list that is not too long is shown. ``listed=False`` keeps the list out of the sentence. ``meant=`` is for a
  sentence that names the nearest already;
- ``fix=``: what puts it right, made by `builder.fixes`.
"""

from collections import Counter
from collections.abc import Iterable

from builder import fixes, words
from builder.codes import CODES
from builder.nodes import Mapping, Mark, Node, Scalar, Sequence
from forms.diagnostics import Diagnostic, Fix, Place, Related, Severity, in_order
from forms.texts import Text

#: Anything that has a place.
At = Node | Mark

#: names are listed where there are no more than so many to choose from
MOST_LISTED = 60
#: names that are compared in search of what was meant: a file of a thousand wrong names is no file of misspelt ones
MOST_COMPARED = 30_000
#: problems of one file that are said, errors and warnings apart; nobody reads on
MOST = 300
#: said however many there are, since nothing of the file is read behind it
ALWAYS = {"too-many-problems", "too-many-nodes", "too-deep", "too-large", "yaml-syntax", "several-documents", "key-not-text"}


class Problems:
    """The problems found so far, in no order; `in_order` gives them as people read them."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self._compared = 0
        #: how many there are of each file, errors and warnings apart
        self._counted: Counter[tuple[str, Severity]] = Counter()

    def add(
        self,
        at: At,
        code: str,
        zh: str,
        en: str,
        *,
        severity: Severity = "error",
        related: Iterable[tuple[At, Text]] = (),
        witness: Iterable[Text] = (),
        way: Iterable[str] = (),
        among: Iterable[str] | None = None,
        listed: bool = True,
        meant: str | None = None,
        fix: Fix | None = None,
    ) -> None:
        """A problem at ``at``. The sentences end without a full stop; see the module for the rest."""
        assert code in CODES, f"the code {code} is not in builder/codes.py"
        mark = mark_of(at)
        if code not in ALWAYS and not self._room(mark, severity):
            return
        place, line, length = pointed(mark)
        name = at.text if isinstance(at, Scalar) else mark.source.text[mark.start : mark.end].strip("'\"")
        known = list(among) if among is not None else []
        if meant is None and (guess := self._nearest(name, known)):
            meant, zh, en = guess, f"{zh}。是不是“{guess}”？", f"{en}. Did you mean “{guess}”?"
        elif meant is None and listed and 0 < len(known) <= MOST_LISTED:
            zh, en = f"{zh}。可以写：{words.listed(known, 'zh')}", f"{en}. Allowed: {words.listed(known, 'en')}"
        self._found.append(
            Diagnostic(
                place=place,
                code=code,
                message={"zh": zh, "en": en},
                line_text=line,
                length=length,
                severity=severity,
                related=tuple(Related(*spot(other, note)) for other, note in related),
                found=line[place.column - 1 : place.column - 1 + length],
                allowed=tuple(known) if len(known) <= MOST_LISTED else (),
                meant=meant,
                witness=tuple(witness),
                way=tuple(way),
                fix=fix or (fixes.instead(at, meant) if meant else None),
            )
        )

    def _room(self, mark: Mark, severity: Severity) -> bool:
        """Whether one more of this severity is said of the file; the first that is not is said as one that stands for the rest."""
        key = mark.source.file, severity
        self._counted[key] += 1
        if self._counted[key] == MOST + 1:
            zh = f"问题太多：这里只列出 {MOST} 处，改好以后再检查"
            en = f"Too many problems: {MOST} are listed, check again once they are put right"
            self.add(Mark(mark.source, 0, 1), "too-many-problems", zh, en, severity=severity)
        return self._counted[key] <= MOST

    def _nearest(self, name: str, known: list[str]) -> str | None:
        self._compared += len(known)
        return words.guess(name, known) if known and self._compared <= MOST_COMPARED else None

    def extend(self, found: Iterable[Diagnostic]) -> None:
        self._found.extend(found)

    def errors(self) -> int:
        """How many there are that forbid to go on."""
        return sum(problem.severity == "error" for problem in self._found)

    def in_order(self) -> list[Diagnostic]:
        return in_order(self._found)


def mark_of(at: At) -> Mark:
    return at.mark if isinstance(at, Scalar | Sequence | Mapping) else at


def pointed(mark: Mark) -> tuple[Place, str, int]:
    """The place of ``mark``, its line, and how much of that line it takes."""
    source = mark.source
    line = source.line(mark.start)
    text = source.line_text(line)
    return source.place(mark.start), text, max(1, min(mark.end - mark.start, source.starts[line] + len(text) - mark.start))


def spot(at: At, note: Text) -> tuple[Place, Text, str, int]:
    place, line, length = pointed(mark_of(at))
    return place, note, line, length


def place_of(at: At) -> Place:
    mark = mark_of(at)
    return mark.source.place(mark.start)
