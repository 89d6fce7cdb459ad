"""For a person at a terminal: every problem with its line and a caret, then how many there are."""

from collections.abc import Callable

from builder.reports import Found


def write(found: Found, language: str, out: Callable[[str], object]) -> None:
    for problem in found.problems:
        out(problem.render(language))
    out(summary(found, language))


def summary(found: Found, language: str) -> str:
    """How many problems, how many apps."""
    sure = sum(problem.fix is not None and problem.fix.sure for problem in found.problems)
    if language == "en":
        fixed = f", {sure} of them fixed by --fix" if sure else ""
        return f"{found.errors} error(s), {found.warnings} warning(s){fixed}, {len(found.apps)} app(s) fit to publish"
    fixed = f"，其中 {sure} 个可以用 --fix 改正" if sure else ""
    return f"{found.errors} 个错误，{found.warnings} 个提醒{fixed}，{len(found.apps)} 个应用可以发布"
