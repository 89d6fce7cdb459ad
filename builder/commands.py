"""What the command line does with definitions: check, publish, and the import of an organisation. Each gives the exit code."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from builder import checking, explanations, fixing, organisation, publishing, reports, words, workspace
from builder.codes import CODES
from builder.compile import Compiled, compile_workspace
from builder.problems import Problems
from forms.diagnostics import in_order
from forms.texts import say
from runtime.store.database import Database

Out = Callable[[str], object]


def check(
    path: str | Path,
    *,
    english: bool = False,
    form: reports.Format = "text",
    fix: bool = False,
    guesses: bool = False,
    out: Out = print,
) -> int:
    """Prints everything that is wrong with the definitions at ``path``; 1 if anything forbids to publish them.

    ``fix`` first puts right what can only be meant in one way, ``guesses`` also what was probably meant.
    """
    if fix or guesses:
        note = out if form == "text" else _nowhere
        done = fixing.run(lambda: compile_workspace(path).problems, guesses=guesses, language=_language(english), out=note)
        note(f"{done} fixed" if english else f"改正了 {done} 处")
    found = checking.check(path, checking.Store(checking.store_of(Path(path))))
    return _say(found, english, out, form)


def watch(path: str | Path, *, english: bool = False, out: Out = print, stop: threading.Event | None = None) -> int:
    """Checks the workspace at ``path``, and again whatever changes in it, until it is interrupted or ``stop`` is set."""
    from watchfiles import DefaultFilter, watch

    root = Path(path)
    watching = checking.Watching(root)
    _say(watching.found(), english, out, "text")
    only = DefaultFilter(ignore_paths=())
    for changes in watch(
        root, watch_filter=lambda change, name: name.endswith(".yaml") and only(change, name), debounce=40, step=10, stop_event=stop
    ):
        apps = watching.changed([name for _, name in changes])
        if apps:
            _say(watching.found(apps), english, out, "text")
    return 0


def _say(found: checking.Checked, english: bool, out: Out, form: reports.Format) -> int:
    reports.write(reports.Found(in_order(found.problems), sorted(found.fit)), form, _language(english), out)
    return 1 if any(problem.severity == "error" for problem in found.problems) else 0


def explain(code: str, *, english: bool = False, out: Out = print) -> int:
    """Prints what a code means, with an example put right; 2 if there is no such code."""
    section = explanations.find(code)
    if section is None:
        best = words.guess(code, CODES)
        zh = f"没有代码“{code}”" + (f"。是不是“{best}”？" if best else "")
        en = f"There is no code “{code}”" + (f". Did you mean “{best}”?" if best else "")
        out(en if english else zh)
        return 2
    out(section)
    return 0


def publish(path: str | Path, database: Database, *, now: datetime, by: str = "", english: bool = False, out: Out = print) -> int:
    """Publishes every app of the folder ``path`` that is not published as it stands, whoever wrote it; 1 if something is wrong with any.

    For the example city and for tests; the command line publishes reviewed commits, by `builder.releasing`.
    """
    from builder.releasing import Order, publish

    return publish(Order(str(path), unreviewed=True), publishing.Console(database, lambda: now), by, english=english, out=out)


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


def report(compiled: Compiled, english: bool, out: Out, form: reports.Format = "text") -> int:
    """Prints what is wrong with definitions; 1 if anything forbids to publish them."""
    reports.write(reports.Found(compiled.problems, sorted(compiled.apps)), form, _language(english), out)
    return 1 if compiled.errors else 0


def _nowhere(_: str) -> None:
    """What other tools read has room for nothing else."""


def _language(english: bool) -> str:
    return "en" if english else "zh"
