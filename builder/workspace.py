"""Reads the files of a workspace from a folder, and nothing outside it: no links are followed, no large file is read whole."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from builder.nodes import Mark, Source
from builder.problems import Problems
from builder.source import MAX_BYTES

MAX_FILES = 5_000
ID = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Definitions as bytes by path from the root, such as ``apps/leave/app.yaml``."""

    #: how the root is called in messages: what the user wrote, or ""
    name: str
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    #: the app that was asked for; None: all of them
    only: str | None = None

    def shown(self, path: str) -> str:
        """``path`` as messages show it."""
        return os.path.normpath(f"{self.name}/{path}") if self.name else path

    def below(self, folder: str) -> dict[str, bytes]:
        """The files in ``folder`` by their path within it."""
        start = f"{folder}/"
        return {path[len(start) :]: text for path, text in self.files.items() if path.startswith(start)}

    def apps(self) -> list[str]:
        """The ids of the apps to look at, which are the names of their folders."""
        found = sorted({path.split("/")[1] for path in self.files if path.startswith("apps/") and path.count("/") > 1})
        return [app for app in found if self.only in (None, app)]


def read(path: str | Path, problems: Problems) -> Workspace:
    """The workspace at ``path``, or the one around it when ``path`` is its apps/ or the folder of one app."""
    given = Path(path)
    only = None
    root = given
    if (given / "app.yaml").exists() and not (given / "apps").is_dir():
        only = given.resolve().name
        root = given / ".." / ".."
    elif given.resolve().name == "apps" and not (given / "apps").is_dir():
        root = given / ".."
    name = "" if str(root) == "." else str(root)
    workspace = Workspace(name=name, only=only)
    if not root.is_dir():
        said(problems, str(given), "not-a-workspace", "没有这个文件夹", "There is no such folder")
        return workspace
    for folder in ("org", "calendar", "dictionaries"):
        _folder(root, folder, workspace, problems)
    for app in _names(root / "apps"):
        if only in (None, app):
            _app(root, f"apps/{app}", app, workspace, problems)
    if not workspace.files:
        said(
            problems,
            str(given),
            "not-a-workspace",
            "这里没有定义：工作区里应当有 apps/、org/ 和 calendar/ 文件夹",
            "No definitions here: a workspace has the folders apps/, org/ and calendar/",
        )
    return workspace


def _app(root: Path, path: str, app: str, workspace: Workspace, problems: Problems) -> None:
    if not (root / path).is_dir() and not (root / path).is_symlink():
        return
    if not ID.match(app):
        said(
            problems,
            workspace.shown(path),
            "bad-folder-name",
            f"应用文件夹的名称就是应用的标识：以小写字母开头，只用小写字母、数字和连字符；这里是“{app}”",
            f"The folder of an app is named by its id (lower-case letters, digits, hyphens); this is “{app}”",
        )
        return
    _folder(root, path, workspace, problems)
    for folder in ("i18n", "print", "tests"):
        _folder(root, f"{path}/{folder}", workspace, problems)


def _folder(root: Path, folder: str, workspace: Workspace, problems: Problems) -> None:
    """Reads the YAML files in one folder, without those below it."""
    if (root / folder).is_symlink():
        _link(folder, workspace, problems)
        return
    for name in _names(root / folder):
        path = f"{folder}/{name}"
        at = root / path
        if name.startswith(".") or (at.is_dir() and not at.is_symlink()):
            continue
        if name.endswith((".yml", ".YAML", ".YML")):
            said(problems, workspace.shown(path), "file-name", "定义文件的扩展名是 .yaml", "Definition files end in .yaml")
        elif name.endswith(".yaml"):
            if at.is_symlink() or not at.is_file():
                _link(path, workspace, problems)
            elif len(workspace.files) >= MAX_FILES:
                said(
                    problems,
                    workspace.shown(path),
                    "too-many-files",
                    f"文件太多：最多 {MAX_FILES} 个",
                    f"Too many files: {MAX_FILES} at most",
                )
                return
            else:
                with at.open("rb") as file:
                    workspace.files[path] = file.read(MAX_BYTES + 1)


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []


def _link(path: str, workspace: Workspace, problems: Problems) -> None:
    said(
        problems,
        workspace.shown(path),
        "symbolic-link",
        "不能是链接或特殊文件，请放入文件本身",
        "Links and special files are refused: put the file itself here",
    )


def said(problems: Problems, file: str, code: str, zh: str, en: str) -> None:
    """A problem of a whole file or folder."""
    problems.add(Mark(Source(file, ""), 0, 1), code, zh, en)
