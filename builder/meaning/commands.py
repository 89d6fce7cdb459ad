"""`dabashou diff OLD NEW`: two folders or revisions, the sentences of their difference, and what becomes of running cases."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from builder import plan_file, revisions, workspace
from builder.meaning import report, running
from builder.meaning.change import ORDER, Change, Grade
from builder.meaning.difference import difference
from builder.meaning.version import Version, open_files
from builder.problems import Problems
from builder.publishing import Console
from runtime.casework.moving import Trial

Out = Callable[[str], object]
Format = Literal["text", "json"]


class NotThere(Exception):
    """Neither a folder nor a revision of the workspace: the message says what was looked for, in both languages."""


def diff(
    old: str,
    new: str,
    *,
    folder: str | Path = ".",
    format: Format = "text",
    fail_on: Grade | None = None,
    cases: Console | None = None,
    plan: Path | None = None,
    write_plan: Path | None = None,
    english: bool = False,
    out: Out = print,
) -> int:
    """Prints the meaning of the way from ``old`` to ``new``: 0, 1 when something is as risky as ``fail_on``, 2 when one cannot be read
    or the new version has errors. With ``cases`` also what becomes of those under way there, by the decisions of ``plan``; what is still
    to be decided goes to ``write_plan``, to be edited.
    """
    language = "en" if english else "zh"
    try:
        before, after = open_version(old, folder), open_version(new, folder)
    except NotThere as missing:
        out(str(missing))
        return 2
    problems = Problems()
    plans = plan_file.read(plan, problems) if plan else {}
    if problems.errors():
        for problem in problems.in_order():
            out(problem.render(language))
        return 2
    changes = difference(before, after)
    trials = running.tried(after, cases, plans) if cases else {}
    if format == "json":
        found = {"old": old, "new": new, "broken": broken(before, after), **report.data(changes)}
        out(json.dumps(found | ({"cases": running.data(before, after, trials)} if cases else {}), ensure_ascii=False, indent=2))
    else:
        told = running.lines(before, after, trials, language) if cases else []
        for line in [*report.lines(changes, language), *told, *_broken(before, after, old, new, english)]:
            out(line)
    if write_plan and (note := _plan(write_plan, trials, language)):
        out(note) if format == "text" else None
    if after.compiled.errors:
        return 2
    return int(fails(changes, fail_on))


def _plan(path: Path, trials: Mapping[str, Trial], language: str) -> str | None:
    """Writes what is to be decided as a plan to edit, never over one that somebody has edited; what to say of it."""
    reasons = {app: found for app, trial in trials.items() if (found := trial.reasons())}
    if not reasons:
        return None
    if path.exists():
        return f"{path} exists and was left as it is" if language == "en" else f"{path} 已存在，没有改写"
    path.write_text(plan_file.template(reasons, language), "utf-8")
    if language == "en":
        return f"What must be decided is in {path}: edit it, try it by --plan here, and publish with it"
    return f"要决定的事写在 {path}：改好后在这里用 --plan 试看，发布时用同一个 --plan"


def fails(changes: list[Change], grade: Grade | None) -> bool:
    """Whether one of ``changes`` is as risky as ``grade``."""
    return grade is not None and any(ORDER[change.grade] <= ORDER[grade] for change in changes)


def open_version(named: str, folder: str | Path) -> Version:
    """A folder if there is one, else a revision of the workspace in ``folder``. Raises NotThere."""
    problems = Problems()
    if Path(named).is_dir():
        return open_files(workspace.read(named, problems), problems)
    here = workspace.read(folder, Problems())
    try:
        root = Path(here.name or ".")
        return open_files(revisions.read(root, named, problems, here.only), problems)
    except revisions.NoSuchRevision:
        raise NotThere(
            f"“{named}”既不是文件夹，也不是 {Path(folder).resolve()} 所在仓库的版本（分支、标签、提交号，如 main、v3、HEAD~1）\n"
            f"“{named}” is neither a folder nor a revision (branch, tag, commit, HEAD~1) of the repository around {Path(folder).resolve()}"
        ) from None


def broken(before: Version, after: Version) -> list[str]:
    """Apps that have errors in a version, and so were not compared."""
    return sorted({app for version in (before, after) for app in version.files.apps() if app not in version.compiled.apps})


def _broken(before: Version, after: Version, old: str, new: str, english: bool) -> list[str]:
    said: list[str] = []
    for version, name in ((before, old), (after, new)):
        apps = [app for app in version.files.apps() if app not in version.compiled.apps]
        if apps:
            names = ", ".join(apps)
            said.append(
                f"{name}: {names} cannot be compared, they have errors; `dabashou check` shows them"
                if english
                else f"{name}：{names} 有错误，没有比较；用 dabashou check 查看"
            )
    return said
