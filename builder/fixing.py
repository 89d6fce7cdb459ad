"""Puts right what can be put right by itself: the fixes that problems carry, as splices that leave every other byte alone, and as a new name of a file."""

from collections.abc import Callable
from pathlib import Path

from builder.nodes import Source
from builder.problems import Problems
from builder.source import load
from forms.diagnostics import Diagnostic, Edit, shown
from forms.texts import say

#: one fix may bring the next to light: a syntax error hides those behind it
ROUNDS = 40


def run(check: Callable[[], list[Diagnostic]], *, guesses: bool, language: str, out: Callable[[str], object]) -> int:
    """Fixes the files until nothing is left that is known how to fix; says each fix, and gives how many there were.

    ``check`` says what is wrong with the files as they are then. ``guesses`` takes what was probably meant too.
    """
    done = 0
    refused: set[tuple[str, int, int, str]] = set()
    for _ in range(ROUNDS):
        fixable = [p for p in check() if p.fix and (p.fix.sure or guesses) and _key(p) not in refused]
        if not fixable:
            break
        by_file: dict[str, list[Diagnostic]] = {}
        for problem in fixable:
            by_file.setdefault(problem.place.file, []).append(problem)
        for file, problems in by_file.items():
            for problem in _apply(Path(file), problems, refused):
                done += 1
                assert problem.fix is not None
                out(f"{shown(problem.place)}: {say(problem.fix.words, language)} [{problem.code}]")
    return done


def _key(problem: Diagnostic) -> tuple[str, int, int, str]:
    return problem.place.file, problem.place.line, problem.place.column, problem.code


def _apply(path: Path, problems: list[Diagnostic], refused: set[tuple[str, int, int, str]]) -> list[Diagnostic]:
    """Writes ``path`` with as many of the fixes as go together; the fixes that were made. One that breaks the file is not made again."""
    if path.is_symlink() or not path.is_file():
        refused |= {_key(problem) for problem in problems}
        return []
    for problem in problems:
        # by itself: where the file is then called something else, the rest is found under that name in the next round
        if problem.fix and problem.fix.name:
            if _renamed(path, problem.fix.name):
                return [problem]
            refused.add(_key(problem))
    content = path.read_bytes().decode("utf-8")
    mark = "\ufeff" if content.startswith("\ufeff") else ""
    text = content.removeprefix("\ufeff")
    before = _defects(text)
    made: list[Diagnostic] = []
    # from the end, so that what was not reached yet keeps its place
    reached = len(text) + 1
    for problem in sorted((p for p in problems if p.fix and p.fix.edits), key=lambda problem: problem.place, reverse=True):
        assert problem.fix is not None
        spans = sorted((span(edit, text) for edit in problem.fix.edits), reverse=True)
        if spans and spans[0][1] > reached:
            continue
        changed = spliced(text, spans)
        if _defects(changed) > before:
            refused.add(_key(problem))
            continue
        text, reached = changed, spans[-1][0] if spans else reached
        made.append(problem)
    if any(problem.fix.edits for problem in made if problem.fix):
        path.write_bytes((mark + text).encode("utf-8"))
    return made[::-1]


def _renamed(path: Path, name: str) -> bool:
    """Whether the file could be called ``name``; another is never written over, only one that differs in case is the same."""
    target = path.with_name(name)
    if target.is_symlink() or (target.exists() and not target.samefile(path)):
        return False
    path.rename(target)
    return True


def spliced(text: str, spans: list[tuple[int, int, str]]) -> str:
    """``text`` with what stands from a start to an end replaced; the last place first."""
    for start, end, new in spans:
        text = text[:start] + new + text[end:]
    return text


def span(edit: Edit, text: str) -> tuple[int, int, str]:
    """An edit by index."""
    starts = Source("", text).starts
    return starts[edit.start.line - 1] + edit.start.column - 1, starts[edit.end.line - 1] + edit.end.column - 1, edit.text


def _defects(text: str) -> int:
    """How much is wrong with ``text`` as YAML; a fix never makes it more."""
    problems = Problems()
    lost = load(text, "", problems) is None
    return problems.errors() + 1000 * lost
