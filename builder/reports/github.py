"""For a check of GitHub Actions: a workflow command for each problem, which becomes an annotation beside the line.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
"""

from collections.abc import Callable

from builder.reports import Found
from forms.diagnostics import Diagnostic, shown
from forms.texts import say


def write(found: Found, language: str, out: Callable[[str], object]) -> None:
    for problem in found.problems:
        out(annotation(problem, language))


def annotation(of: Diagnostic, language: str) -> str:
    """``::error file=…,line=…,col=…,endColumn=…,title=…::words``, with the other places and the way there below."""
    at = of.place
    words = [say(of.message, language)]
    words += [f"{shown(other.place)}: {say(other.note, language)}" for other in of.related]
    words += [f"{number}. {say(step, language)}" for number, step in enumerate(of.witness, 1)]
    # GitHub shows columns only of what ends in the line where it begins, which is all we point at
    where = {"file": at.file, "line": at.line, "col": at.column, "endColumn": at.column + of.length, "title": of.code}
    return f"::{of.severity} {','.join(f'{key}={_property(str(value))}' for key, value in where.items())}::{_data(chr(10).join(words))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
