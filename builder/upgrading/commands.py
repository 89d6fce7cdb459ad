"""`dabashou upgrade`: moves the apps of a workspace up, each as a whole or not at all."""

import difflib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from builder import upgrading, workspace
from builder.problems import Problems
from builder.workspace import Workspace


def run(path: str | Path, *, dry_run: bool = False, english: bool = False, out: Callable[[str], object] = print) -> int:
    """Moves the apps at ``path`` up to the current language; 1, and nothing written of an app, where something needs a hand.

    ``dry_run`` shows what would change instead.
    """
    problems = Problems()
    files = workspace.read(path, problems)
    stuck = problems.errors()
    for id in files.apps():
        found, folder = Problems(), f"apps/{id}"
        done = upgrading.upgrade(files.below(folder), partial(_shown, files, folder), found)
        problems.extend(found.in_order())
        stuck += found.errors()
        if done is None:
            out(f"{id}  language {upgrading.CURRENT}" if english else f"{id}  已是语言 {upgrading.CURRENT}")
        elif not found.errors():
            _write(done, files, folder, dry_run, english, out)
    for problem in problems.in_order():
        out(problem.render("en" if english else "zh"))
    return 1 if stuck else 0


def _write(done: upgrading.Upgraded, files: Workspace, folder: str, dry_run: bool, english: bool, out: Callable[[str], object]) -> None:
    for name, content in sorted(done.files.items()):
        at = Path(_shown(files, folder, name))
        edits = f"{done.edits[name]} edit(s)" if english else f"{done.edits[name]} 处"
        out(f"{at}  {done.was} → {upgrading.CURRENT}  {edits}")
        if dry_run:
            out(_difference(at, files.files[f"{folder}/{name}"], content))
        else:
            at.write_bytes(content)


def _shown(files: Workspace, folder: str, name: str) -> str:
    return files.shown(f"{folder}/{name}")


def _difference(at: Path, before: bytes, after: bytes) -> str:
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    return "\n".join(difflib.unified_diff(old, new, str(at), str(at), n=1, lineterm=""))
