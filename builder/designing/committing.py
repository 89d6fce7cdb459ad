"""Drafts in git: a commit of the designers on a branch of its own, and the merge by which a reviewer takes it in.

Only the files of the one app change; nothing else of a commit, of the folder or of its index is touched.
"""

import stat
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple, cast

from dulwich.index import IndexEntry
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from builder import workspace_git
from builder.designing.text import Texts

#: the mode of an ordinary file
FILE = stat.S_IFREG | 0o644


class Person(NamedTuple):
    """Whoever a commit names."""

    id: str
    name: str
    email: str

    def signed(self) -> bytes:
        name = self.name.replace("<", "").replace(">", "").replace("\n", " ").strip() or self.id
        return f"{name} <{self.email or f'{self.id}@dabashou.localhost'}>".encode()

    def __str__(self) -> str:
        return self.signed().decode()


class Moved(Exception):
    """The app was changed in the repository since the draft began from it: both are brought together first."""


def branch(app: str) -> Ref:
    return Ref(f"refs/heads/drafts/{app}".encode())


def propose(folder: Path, app: str, texts: Texts, base: str, message: str, authors: list[Person], at: float | None = None) -> str:
    """The commit of a draft, on the branch of its app; its id. The first author signs, the others are named in the message."""
    with workspace_git.opened(folder) as repository:
        parent = _commit(repository, base) if base else None
        tree = _with_app(repository, folder, parent, app, texts)
        trailers = "".join(f"\nCo-authored-by: {other}" for other in authors[1:])
        made = _made(repository, tree, [parent.id] if parent else [], message + (f"\n{trailers}" if trailers else ""), authors[0], at)
        repository.refs[branch(app)] = made.id
        return made.id.decode()


def merge(folder: Path, app: str, proposed: str, message: str, reviewer: Person, at: float | None = None) -> str:
    """Takes the commit ``proposed`` into the branch that is checked out, by a merge that the reviewer signs; its id. Raises Moved."""
    with workspace_git.opened(folder) as repository:
        draft = _commit(repository, proposed)
        head = _commit(repository, repository.head().decode())
        began = _commit(repository, draft.parents[0].decode()) if draft.parents else None
        if _folder_of(repository, folder, head, app) != (_folder_of(repository, folder, began, app) if began else None):
            raise Moved(app)
        texts = texts_of(repository, folder, draft, app)
        tree = _with_app(repository, folder, head, app, texts)
        words = f"{message}\n\nReviewed-by: {reviewer}"
        made = _made(repository, tree, [head.id, draft.id], words, reviewer, at)
        before = set(texts_of(repository, folder, head, app))
        ref = repository.refs.follow(Ref(b"HEAD"))[0][-1]
        if not repository.refs.set_if_equals(ref, head.id, made.id):
            raise Moved(app)
        _check_out(repository, folder, app, texts, before - set(texts))
        if branch(app) in repository.refs:
            repository.refs.remove_if_equals(branch(app), None)
        return made.id.decode()


def texts_of(repository: Repo, folder: Path, commit: Commit, app: str) -> Texts:
    """The YAML files of an app as a commit has them."""
    root = _folder_of(repository, folder, commit, app)
    found: Texts = {}

    def walk(id: ObjectID, within: str) -> None:
        tree = cast(Tree, repository[id])
        for entry in tree.items():
            name = (entry.path or b"").decode("utf-8", "replace")
            assert entry.sha is not None
            if stat.S_ISDIR(entry.mode or 0):
                walk(ObjectID(entry.sha), f"{within}{name}/")
            elif name.endswith(".yaml"):
                found[within + name] = cast(Blob, repository[entry.sha]).data.decode("utf-8", "replace")

    if root is not None:
        walk(root, "")
    return found


def _commit(repository: Repo, id: str) -> Commit:
    return workspace_git.commit(repository, id)


def _inside(repository: Repo, folder: Path) -> PurePosixPath:
    """Where the workspace lies in its repository."""
    return PurePosixPath(folder.resolve().relative_to(Path(repository.path).resolve()).as_posix())


def _path(repository: Repo, folder: Path, app: str) -> list[bytes]:
    return [part.encode() for part in (_inside(repository, folder) / "apps" / app).parts]


def _folder_of(repository: Repo, folder: Path, commit: Commit | None, app: str) -> ObjectID | None:
    if commit is None:
        return None
    id: ObjectID = commit.tree
    for part in _path(repository, folder, app):
        tree = repository[id]
        if not isinstance(tree, Tree) or part not in tree:
            return None
        id = ObjectID(tree[part][1])
    return id


def _with_app(repository: Repo, folder: Path, commit: Commit | None, app: str, texts: Texts) -> ObjectID:
    """The tree of ``commit`` in which the YAML files of the app are ``texts``; what else lies in its folder stays."""
    old = set(texts_of(repository, folder, commit, app)) if commit else set[str]()
    wanted: dict[tuple[bytes, ...], bytes | None] = {}
    prefix = tuple(_path(repository, folder, app))
    for name in old | set(texts):
        body = texts.get(name)
        wanted[(*prefix, *(part.encode() for part in name.split("/")))] = body.encode() if body is not None else None
    root = commit.tree if commit else None
    return _tree(repository, root, wanted)


def _tree(repository: Repo, id: ObjectID | None, wanted: Mapping[tuple[bytes, ...], bytes | None]) -> ObjectID:
    tree = Tree()
    if id is not None:
        for entry in cast(Tree, repository[id]).items():
            assert entry.path is not None
            assert entry.sha is not None
            tree.add(entry.path, entry.mode or FILE, ObjectID(entry.sha))
    below: dict[bytes, dict[tuple[bytes, ...], bytes | None]] = {}
    for (name, *rest), body in wanted.items():
        if rest:
            below.setdefault(name, {})[tuple(rest)] = body
        elif body is not None:
            blob = Blob.from_string(body)
            repository.object_store.add_object(blob)
            tree.add(name, FILE, blob.id)
        elif name in tree:
            del tree[name]
    for name, inner in below.items():
        child = ObjectID(tree[name][1]) if name in tree and stat.S_ISDIR(tree[name][0]) else None
        made = _tree(repository, child, inner)
        if len(cast(Tree, repository[made])):
            tree.add(name, stat.S_IFDIR, made)
        elif name in tree:
            del tree[name]
    repository.object_store.add_object(tree)
    return tree.id


def _made(repository: Repo, tree: ObjectID, parents: list[ObjectID], message: str, author: Person, at: float | None) -> Commit:
    commit = Commit()
    commit.tree = tree
    commit.parents = parents
    commit.author = commit.committer = author.signed()
    commit.author_time = commit.commit_time = int(time.time() if at is None else at)
    commit.author_timezone = commit.commit_timezone = 8 * 3600
    commit.encoding = b"UTF-8"
    commit.message = message.strip().encode() + b"\n"
    repository.object_store.add_object(commit)
    return commit


def _check_out(repository: Repo, folder: Path, app: str, texts: Texts, gone: set[str]) -> None:
    """Writes the files of the app where the repository has a folder, and says so in its index; the rest of both stays."""
    if repository.bare:
        return
    index = repository.open_index()
    inside = "/".join(part.decode() for part in _path(repository, folder, app))
    for name, body in texts.items():
        at = folder / "apps" / app / name
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(body.encode())
        blob = Blob.from_string(body.encode())
        repository.object_store.add_object(blob)
        found = at.lstat()
        index[f"{inside}/{name}".encode()] = IndexEntry(
            ctime=found.st_ctime,
            mtime=found.st_mtime,
            dev=found.st_dev,
            ino=found.st_ino,
            mode=FILE,
            uid=found.st_uid,
            gid=found.st_gid,
            size=found.st_size,
            sha=blob.id,
        )
    for name in gone:
        (folder / "apps" / app / name).unlink(missing_ok=True)
        path = f"{inside}/{name}".encode()
        if path in index:
            del index[path]
    index.write()
