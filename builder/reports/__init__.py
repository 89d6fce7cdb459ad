"""What `check` found, for people and for other tools: text, JSON, SARIF 2.1.0 and annotations of GitHub."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from forms.diagnostics import Diagnostic

Format = Literal["text", "json", "sarif", "github"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a check."""

    problems: Sequence[Diagnostic]
    #: the ids of the apps that are fit to publish
    apps: Sequence[str]

    @property
    def errors(self) -> int:
        """How many forbid to publish."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors


def write(found: Found, form: Format, language: str, out: Callable[[str], object]) -> None:
    """Says ``found`` by calling ``out`` with lines or with the whole."""
    from builder.reports import data, github, sarif, text

    {"text": text.write, "json": data.write, "sarif": sarif.write, "github": github.write}[form](found, language, out)
