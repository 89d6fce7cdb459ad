"""Reads the files of a workspace from a folder, and nothing outside it: no links are followed, no large file is read whole."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder import fixes
from builder.nodes import Mark, Source
from builder.problems import Problems
from builder.source import MAX_BYTES
from forms.diagnostics import Fix

#: a thousand apps have some six thousand files of 10 KiB
MAX_FILES = 20_000
MAX_TOTAL = 64 * 1024 * 1024
#: of org/, calendar/, dictionaries/, sources/, and of tests/ of one app
MAX_IN_FOLDER = 1_000
#: what an app may refer to in another
BESIDE = ("app.yaml", "form.yaml", "flow.yaml")
ID = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
#: what the picture of an app is called, and how many there are at most
PICTURE = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.(?:png|jpg|jpeg|gif|webp)\Z")
MAX_PICTURES = 50


@dataclass(frozen=True, slots=True)
class Workspace:
    """Definitions as bytes by path from the root, such as ``apps/leave/app.yaml``."""

    #: how the root is called in messages: what the user wrote, or ""
    name: str
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    #: the app that was asked for; None: all of them
    only: str | None = None
    #: what has been read of apps that others refer to, so that each is read once
    read_before: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any], compare=False, repr=False)

    def shown(self, path: str) -> str:
        """``path`` as messages show it."""
        return os.path.normpath(f"{self.name}/{path}") if self.name else path

    def below(self, folder: str) -> dict[str, bytes]:
        """The files in ``folder`` by their path within it."""
        start = f"{folder}/"
        return {path[len(start) :]: text for path, text in self.files.items() if path.startswith(start)}

    def apps(self) -> list[str]:
        """The ids of the apps to look at, which are the names of their folders."""
        return [app for app in self.there() if self.only in (None, app)]

    def there(self) -> list[str]:
        """The ids of all apps, those that are only referred to included."""
        return sorted({path.split("/")[1] for path in self.files if path.startswith("apps/") and path.count("/") > 1})


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
    reading = _Reading(root, workspace, problems)
    for folder in ("org", "calendar", "dictionaries", "sources"):
        reading.folder(folder)
    if (root / "apps").is_symlink():
        reading.link("apps")
    for app in _names(root / "apps") if not (root / "apps").is_symlink() else ():
        if only in (None, app):
            reading.app(f"apps/{app}", app)
        else:
            reading.beside(f"apps/{app}", app)
    if not workspace.files:
        said(
            problems,
            str(given),
            "not-a-workspace",
            "这里没有定义：工作区里应当有 apps/、org/ 和 calendar/ 文件夹",
            "No definitions here: a workspace has the folders apps/, org/ and calendar/",
        )
    return workspace


def read_app(root: Path, app: str) -> dict[str, bytes]:
    """The files of one app of the workspace at ``root`` as they are now, by path from the root; of no other app anything is read."""
    reading = _Reading(root, Workspace(""), Problems())
    reading.app(f"apps/{app}", app)
    return reading.workspace.files


@dataclass(slots=True)
class _Reading:
    """One pass over a folder, and what it has taken so far."""

    root: Path
    workspace: Workspace
    problems: Problems
    #: bytes
    total: int = 0

    def app(self, path: str, app: str) -> None:
        if not (self.root / path).is_dir() and not (self.root / path).is_symlink():
            return
        if not ID.match(app):
            self.said(
                path,
                "bad-folder-name",
                f"应用文件夹的名称就是应用的标识：以小写字母开头，只用小写字母、数字和连字符；这里是“{app}”",
                f"The folder of an app is named by its id (lower-case letters, digits, hyphens); this is “{app}”",
            )
            return
        self.folder(path)
        for folder in ("i18n", "print", "tests"):
            self.folder(f"{path}/{folder}")
        self.pictures(f"{path}/images")

    def beside(self, path: str, app: str) -> None:
        """Another app than the one that is asked for: only what that one may refer to. What is wrong with it is not said here."""
        if ID.match(app) and not (self.root / path).is_symlink():
            for name in BESIDE:
                at = self.root / path / name
                if at.is_file() and not at.is_symlink():
                    self.take(f"{path}/{name}", str(at))

    def folder(self, folder: str) -> None:
        """Reads the YAML files in one folder, without those below it."""
        at = f"{self.root}/{folder}"
        if os.path.islink(at):  # noqa: PTH114 -- of thousands of folders, a Path for each takes longer than looking
            self.link(folder)
            return
        for number, entry in enumerate(_entries(at), 1):
            name = entry.name
            path = f"{folder}/{name}"
            # what `scandir` has read of an entry is not asked again
            if name.startswith(".") or entry.is_dir(follow_symlinks=False):
                continue
            if name.endswith((".yml", ".YAML", ".YML")):
                self.ending(path, name, entry.path)
            elif name.endswith(".yaml"):
                if number > MAX_IN_FOLDER:
                    zh, en = f"一个文件夹里最多 {MAX_IN_FOLDER} 个文件", f"{MAX_IN_FOLDER} files at most in one folder"
                    self.said(path, "too-many-files", f"文件太多：{zh}", f"Too many files: {en}")
                    return
                if not entry.is_file(follow_symlinks=False):
                    self.link(path)
                elif not self.take(path, entry.path):
                    return

    def pictures(self, folder: str) -> None:
        """Reads the pictures of an app; what is none is looked at where it is used."""
        at = f"{self.root}/{folder}"
        if os.path.islink(at):  # noqa: PTH114 -- as in `folder`
            self.link(folder)
            return
        for entry in _entries(at)[:MAX_PICTURES]:
            if entry.name.startswith(".") or not PICTURE.match(entry.name):
                continue
            if not entry.is_file(follow_symlinks=False):
                self.link(f"{folder}/{entry.name}")
            elif not self.take(f"{folder}/{entry.name}", entry.path):
                return

    def take(self, path: str, at: str) -> bool:
        """Reads a file; whether there was room for it."""
        if len(self.workspace.files) >= MAX_FILES:
            self.said(path, "too-many-files", f"文件太多：最多 {MAX_FILES} 个", f"Too many files: {MAX_FILES} at most")
            return False
        with open(at, "rb", buffering=0) as file:  # noqa: PTH123 -- as above
            content = file.read(MAX_BYTES + 1)
        self.total += len(content)
        if self.total > MAX_TOTAL:
            most = MAX_TOTAL >> 20
            self.said(path, "too-large", f"整个工作区太大：最多 {most} MiB", f"The workspace is too large: {most} MiB at most")
            return False
        self.workspace.files[path] = content
        return True

    def link(self, path: str) -> None:
        self.said(
            path,
            "symbolic-link",
            "不能是链接或特殊文件，请放入文件本身",
            "Links and special files are refused: put the file itself here",
        )

    def ending(self, path: str, name: str, at: str) -> None:
        """A file that is called as other programs call theirs."""
        right = f"{name.rpartition('.')[0]}.yaml"
        zh, en = "定义文件的扩展名是 .yaml", "Definition files end in .yaml"
        if (beside := Path(at).with_name(right)).exists() and not beside.samefile(at):
            self.said(path, "file-name", f"{zh}；这里已经有 {right}，请删去其中一个", f"{en}; {right} is here too: remove one of the two")
        else:
            self.said(path, "file-name", zh, en, fixes.rename(right))

    def said(self, path: str, code: str, zh: str, en: str, fix: Fix | None = None) -> None:
        said(self.problems, self.workspace.shown(path), code, zh, en, fix)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []


def said(problems: Problems, file: str, code: str, zh: str, en: str, fix: Fix | None = None) -> None:
    """A problem of a whole file or folder."""
    problems.add(Mark(Source(file, ""), 0, 1), code, zh, en, fix=fix)
