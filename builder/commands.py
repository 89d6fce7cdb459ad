"""What the command line does with definitions: check, test, publish, and the import of an organisation. Each gives the exit code."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from builder import organisation, publishing, scenarios, workspace
from builder.compile import Compiled, compile_workspace
from builder.problems import Problems
from forms.diagnostics import Diagnostic
from forms.texts import say
from runtime.people import organisation as people
from runtime.store.database import Database

Out = Callable[[str], object]


def check(path: str | Path, *, english: bool = False, out: Out = print) -> int:
    """Prints everything that is wrong with the definitions at ``path``; 1 if anything forbids to publish them."""
    return _report(compile_workspace(path), english, out)


def test(path: str | Path, *, english: bool = False, out: Out = print) -> int:  # noqa: PT028 the command is called so, it is no pytest test
    """Runs the scenarios of the apps at ``path``; 1 if one goes otherwise than it says, or if the definitions are wrong."""
    compiled = compile_workspace(path)
    if compiled.errors:
        return _report(compiled, english, out)
    runs = list(scenarios.run(compiled))
    failed = [run for run in runs if run.failures]
    for run in runs:
        out(f"{'✗' if run.failures else '✓'} {run.app} · {run.title}")
        for failure in run.failures:
            out(failure.render(_language(english)))
    out(
        f"{len(runs)} scenarios, {len(failed)} failed"
        if english
        else f"共 {len(runs)} 个场景，{f'{len(failed)} 个没有通过' if failed else '全部通过'}"
    )
    return 1 if failed else 0


def publish(path: str | Path, database: Database, *, now: datetime, by: str = "", english: bool = False, out: Out = print) -> int:
    """Publishes every app at ``path`` that is not published as it stands; none of them if anything is wrong.

    A workspace without org/ is held against the people of the database.
    """
    compiled = compile_workspace(path, database.read_now(people.stored))
    if compiled.errors:
        return _report(compiled, english, out)
    for published in publishing.publish(compiled, database, by, now):
        state = ("published" if published.new else "unchanged") if english else ("已发布" if published.new else "没有变化")
        out(f"{published.app}  {state}  {published.digest[:19]}")
    return 0


def org_import(
    folder: str | Path, database: Database, *, now: datetime, dry_run: bool = False, english: bool = False, out: Out = print
) -> int:
    """Brings the departments, posts, people, roles and calendar of a workspace (or its org/ folder) into the database."""
    root = Path(folder)
    if not (root / "org").is_dir() and root.resolve().name == "org":
        root = root / ".."
    problems = Problems()
    read = organisation.read_organisation(workspace.read(root, problems), problems)
    found = problems.in_order()
    for problem in found:
        out(problem.render(_language(english)))
    if read is None and not problems.errors():
        out(f"{root}: there is no folder org/" if english else f"{root}：没有 org/ 文件夹")
    if read is None or problems.errors():
        return 1
    try:
        lines = publishing.bring_people(read, database, now, dry_run=dry_run, language=_language(english))
    except publishing.OtherOrganisation as error:
        out(say(error.words, _language(english)))
        return 1
    for line in lines:
        out(line)
    return 0


def _report(compiled: Compiled, english: bool, out: Out) -> int:
    for problem in compiled.problems:
        out(problem.render(_language(english)))
    out(_summary(compiled.problems, len(compiled.apps), english))
    return 1 if compiled.errors else 0


def _summary(problems: list[Diagnostic], apps: int, english: bool) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if english:
        return f"{errors} error(s), {warnings} warning(s), {apps} app(s) fit to publish"
    return f"{errors} 个错误，{warnings} 个提醒，{apps} 个应用可以发布"


def _language(english: bool) -> str:
    return "en" if english else "zh"
