"""Reads a workspace as of a commit, without touching the files that lie there now: by a branch, a tag, an id, HEAD, and ~N behind any of them."""

import re
import stat
from pathlib import Path, PurePosixPath

from dulwich import objectspec
from dulwich.errors import NotGitRepository
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo

from builder.problems import Problems
from builder.source import MAX_BYTES
from builder.workspace import ID, MAX_FILES, PICTURE, Workspace, said

ANCESTOR = re.compile(r"(?P<base>.+?)(?P<up>(?:\^|~[0-9]*)+)\Z")
#: folders whose YAML files are read, relative to the workspace; {} an app
FOLDERS = ("org", "calendar", "dictionaries", "sources")
APP_FOLDERS = ("", "i18n", "print", "tests", "images")


class NoSuchRevision(Exception):
    """There is no repository around the folder, or it has no such commit: name another."""


def read(folder: str | Path, revision: str, problems: Problems, only: str | None = None) -> Workspace:
    """The workspace in ``folder`` as ``revision`` has it; messages show files as ``revision:./path``. Raises NoSuchRevision."""
    try:
        repository = Repo.discover(str(Path(folder).resolve()))
    except NotGitRepository:
        raise NoSuchRevision(str(folder)) from None
    with repository:
        commit = _commit(repository, revision)
        within = PurePosixPath(Path(folder).resolve().relative_to(Path(repository.path).resolve()).as_posix())
        files = Workspace(name=f"{revision}:.", only=only)
        root = _tree(repository, repository[commit.tree], within)
        if root is None:
            said(problems, f"{revision}:{within}", "not-a-workspace", "这个版本里没有这个文件夹", "This revision has no such folder")
            return files
        for name in FOLDERS:
            _folder(repository, root, name, files, problems)
        apps = _tree(repository, root, PurePosixPath("apps"))
        for entry in apps.items() if apps else ():
            app = (entry.path or b"").decode("utf-8", "replace")
            if ID.match(app) and stat.S_ISDIR(entry.mode or 0):
                for name in APP_FOLDERS if only in (None, app) else ("",):
                    _folder(repository, root, f"apps/{app}/{name}".rstrip("/"), files, problems)
        return files


def _commit(repository: Repo, revision: str) -> Commit:
    """The commit that ``revision`` names."""
    match = ANCESTOR.match(revision)
    base, ups = (match["base"], match["up"]) if match else (revision, "")
    try:
        commit = objectspec.parse_commit(repository, base.encode())
        for step in re.findall(r"\^|~[0-9]*", ups):
            for _ in range(1 if step in ("^", "~") else int(step[1:])):
                commit = repository[commit.parents[0]]
                assert isinstance(commit, Commit)
    except (KeyError, ValueError, IndexError):
        raise NoSuchRevision(revision) from None
    return commit


def _tree(repository: Repo, root: object, path: PurePosixPath) -> Tree | None:
    """The folder ``path`` below ``root``; None when there is none."""
    for part in path.parts:
        if not isinstance(root, Tree) or part.encode() not in root:
            return None
        root = repository[root[part.encode()][1]]
    return root if isinstance(root, Tree) else None


def _folder(repository: Repo, root: Tree, path: str, files: Workspace, problems: Problems) -> None:
    """The YAML files of one folder, or the pictures, by the same rules as on disk: no links, nothing too large, nothing hidden."""
    folder = _tree(repository, root, PurePosixPath(path))
    for entry in folder.items() if folder else ():
        name = (entry.path or b"").decode("utf-8", "replace")
        at = f"{path}/{name}"
        wanted = PICTURE.match(name) if path.endswith("/images") else name.endswith(".yaml")
        if name.startswith(".") or not wanted or stat.S_ISDIR(entry.mode or 0):
            continue
        if not stat.S_ISREG(entry.mode or 0):
            said(
                problems,
                files.shown(at),
                "symbolic-link",
                "不能是链接或特殊文件，请放入文件本身",
                "Links and special files are refused: put the file itself here",
            )
        elif len(files.files) >= MAX_FILES:
            said(problems, files.shown(at), "too-many-files", f"文件太多：最多 {MAX_FILES} 个", f"Too many files: {MAX_FILES} at most")
            return
        else:
            assert entry.sha is not None
            blob = repository[entry.sha]
            assert isinstance(blob, Blob)
            files.files[at] = blob.data[: MAX_BYTES + 1]
