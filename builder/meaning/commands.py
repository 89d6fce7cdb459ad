"""`dabashou diff OLD NEW`: two folders or revisions, the sentences of their difference, and what becomes of running cases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from builder import revisions, workspace
from builder.meaning import report
from builder.meaning.change import ORDER, Change, Grade
from builder.meaning.difference import difference
from builder.meaning.version import Version, open_files
from builder.problems import Problems

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
    english: bool = False,
    out: Out = print,
) -> int:
    """Prints the meaning of the way from ``old`` to ``new``: 0, 1 when something is as risky as ``fail_on``, 2 when one cannot be read
    or the new version has errors.
    """
    language = "en" if english else "zh"
    try:
        before, after = open_version(old, folder), open_version(new, folder)
    except NotThere as missing:
        out(str(missing))
        return 2
    changes = difference(before, after)
    if format == "json":
        out(json.dumps({"old": old, "new": new, "broken": broken(before, after), **report.data(changes)}, ensure_ascii=False, indent=2))
    else:
        for line in [*report.lines(changes, language), *_broken(before, after, old, new, english)]:
            out(line)
    if after.compiled.errors:
        return 2
    return int(fails(changes, fail_on))


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
