"""Checks a workspace of many apps: what has not changed since the last time is not compiled again, and the rest on every processor.

What is said of an app follows from its own files, those of the apps it calls, the files that all share, and this program. A digest of all
of these names the answer; where one byte of them differs, the app is compiled. The store holds answers only, never anything that runs.
"""

import hashlib
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import msgspec

from builder import compile, dictionaries, organisation, sources, workspace
from builder.problems import Problems
from builder.workspace import Workspace
from forms.diagnostics import Diagnostic
from forms.form import Option
from workflows.people import Organisation

#: fewer apps than this are compiled in this process: another would take longer to begin
FEW = 24
#: another app that a flow, a form or a scenario names
CALLED = re.compile(rb"\b(?:app|mine|view):\s*[\"']?([a-z][a-z0-9-]*)")
#: whose versions decide what is said too
LIBRARIES = ("cel-expr-python", "jsonschema", "jsonschema-rs", "python-stdnum", "pyyaml", "tzdata")


class Answer(msgspec.Struct):
    """What was said of an app whose files have this digest."""

    key: str
    problems: list[Diagnostic]
    fit: bool


class Checked(NamedTuple):
    """What became of a workspace."""

    #: in the order of reading
    problems: list[Diagnostic]
    #: apps without an error
    fit: list[str]
    #: apps that were compiled, and not remembered
    compiled: int


_answers = msgspec.msgpack.Decoder(dict[str, Answer])


class Store:
    """Answers of earlier checks, in a file; an unreadable one is as good as none."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.answers: dict[str, Answer] = {}
        if file is not None:
            with suppress(OSError, msgspec.MsgspecError, ValueError):
                self.answers = _answers.decode(file.read_bytes())

    def keep(self) -> None:
        """Writes what is known; that it cannot be written is no reason not to have checked."""
        if self._file is None:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self._file.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(msgspec.msgpack.encode(self.answers))
            fresh.replace(self._file)


def store_of(root: Path) -> Path:
    """Where the answers for the workspace at ``root`` are kept: with the other caches of the user."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "dabashou" / f"{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24]}.check"


class Shared(NamedTuple):
    """What all apps share."""

    people: Organisation | None
    lists: dict[str, tuple[Option, ...]]
    problems: list[Diagnostic]


def shared(files: Workspace) -> Shared:
    """The people and lists of ``files``, and what is wrong with them."""
    problems = Problems()
    people = organisation.read_organisation(files, problems)
    lists = dictionaries.read(files, problems)
    sources.read(files, problems)
    return Shared(people, lists, problems.in_order())


def check(path: str | Path, store: Store) -> Checked:
    """Everything that is wrong with the workspace at ``path``."""
    problems = Problems()
    files = workspace.read(path, problems)
    common = shared(files)
    keys = Keys(files)
    wanted = {app: keys.of(app) for app in files.apps()}
    old = [app for app, key in wanted.items() if not (known := store.answers.get(app)) or known.key != key]
    for app, answer in answered(files, common, old):
        store.answers[app] = Answer(key=wanted[app], problems=answer.problems, fit=answer.fit)
    if files.only is None:
        store.answers = {app: store.answers[app] for app in wanted}
    found = [*problems.in_order(), *common.problems, *(problem for app in wanted for problem in store.answers[app].problems)]
    if old:
        store.keep()
    return Checked(found, [app for app in wanted if store.answers[app].fit], len(old))


class Keys:
    """The digest of everything that an answer follows from, by app."""

    def __init__(self, files: Workspace) -> None:
        common = hashlib.sha256(program())
        common.update(f"{files.name}\0{files.only}\0".encode())
        apps: dict[str, list[tuple[str, bytes]]] = {}
        for name, content in sorted(files.files.items()):
            if name.startswith("apps/"):
                apps.setdefault(name.split("/", 2)[1], []).append((name, content))
            else:
                common.update(_added(name, content))
        self._common = common.digest()
        self._own = {app: _Own.of(contents) for app, contents in apps.items()}
        self._finish()

    def after(self, changed: dict[str, dict[str, bytes]]) -> "Keys":
        """The same once these apps have these files, or none at all; nothing of another app is read again."""
        keys = Keys.__new__(Keys)
        keys._common, keys._own = self._common, dict(self._own)
        for app, contents in changed.items():
            keys._own.pop(app, None)
            if contents:
                keys._own[app] = _Own.of(sorted(contents.items()))
        keys._finish()
        return keys

    def _finish(self) -> None:
        # an app that is not there is said with the names of those that are
        self._ids = hashlib.sha256("\0".join(sorted(self._own)).encode()).digest()
        self._known: dict[str, str] = {}

    def of(self, app: str) -> str:
        """Of its own files, and of every app that it calls, directly or through others."""
        if app not in self._known:
            self._known[app] = self._of(app)
        return self._known[app]

    def _of(self, app: str) -> str:
        around = self._around(app)
        whole = hashlib.sha256(self._common)
        for id in sorted(around):
            if own := self._own.get(id):
                whole.update(id.encode() + b"\0" + own.digest)
        if len(around) > 1 or ((own := self._own.get(app)) and own.refers):
            whole.update(self._ids)
        return whole.hexdigest()

    def _around(self, app: str) -> set[str]:
        found, ahead = set[str](), [app]
        while ahead:
            if (id := ahead.pop()) not in found:
                found.add(id)
                if own := self._own.get(id):
                    ahead += own.calls
        return found


class _Own(NamedTuple):
    """What is known of one app's files."""

    digest: bytes
    calls: frozenset[str]
    #: whether a field refers to cases of other apps, of which only the names matter
    refers: bool

    @classmethod
    def of(cls, contents: Iterable[tuple[str, bytes]]) -> "_Own":
        digest, calls, refers = hashlib.sha256(), set[str](), False
        for name, content in contents:
            digest.update(_added(name, content))
            calls |= {found.decode() for found in CALLED.findall(content)}
            refers = refers or b"x-apps" in content
        return cls(digest.digest(), frozenset(calls), refers)


def _added(name: str, content: bytes) -> bytes:
    return f"{name}\0{len(content)}\0".encode() + content


@cache
def program() -> bytes:
    """A digest of this program: another version of it may say other things."""
    return program_at(Path(__file__).parent.parent)


def program_at(root: Path) -> bytes:
    """Of everything that decides what is said: our code and schemas by their content, Python, and the libraries that parse and calculate."""
    found = hashlib.sha256(sys.version.encode())
    for library in LIBRARIES:
        found.update(f"{library} {metadata.version(library)}\0".encode())
    for package in ("builder", "forms", "workflows"):
        for file in sorted((root / package).rglob("*")):
            if file.suffix in (".py", ".json"):
                found.update(_added(f"{file.relative_to(root)}", file.read_bytes()))
    return found.digest()


def answered(files: Workspace, common: Shared, apps: list[str]) -> Iterable[tuple[str, Answer]]:
    """What is to be said of ``apps``, each compiled."""
    workers = min(os.cpu_count() or 1, len(apps) // FEW)
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [(app, _compiled(files, common, app)) for app in apps]
    _Work.now = lambda app: _compiled(files, common, app)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        return list(zip(apps, pool.map(_one, apps, chunksize=8), strict=True))


class _Work:
    """What a process that was forked does: the files are its own by then, and need not be sent."""

    now: Callable[[str], Answer]


def _one(app: str) -> Answer:
    return _Work.now(app)


def _compiled(files: Workspace, common: Shared, id: str) -> Answer:
    problems = Problems()
    app, _ = compile.compile_app(id, files, common.people, common.lists, problems)
    return Answer(key="", problems=problems.in_order(), fit=app is not None)


class Watching:
    """A workspace that is read once; afterwards only what a change has touched is read and compiled again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read()

    def _read(self) -> None:
        self._problems = Problems()
        self._files = workspace.read(self._root, self._problems)
        self._common = shared(self._files)
        self._keys = Keys(self._files)
        self._answers: dict[str, Answer] = {}
        self.compile(self._files.apps())
        for app in self._files.apps():
            self._keys.of(app)

    def compile(self, apps: list[str]) -> None:
        """Compiles ``apps`` as they are now."""
        for app, answer in answered(self._files, self._common, apps):
            self._answers[app] = answer

    def changed(self, paths: Iterable[str]) -> list[str]:
        """The apps that are compiled anew after the files ``paths`` have changed, with those that call them; all, after what all share."""
        here = str(self._root.resolve())
        touched = {os.path.relpath(path, here).replace(os.sep, "/") for path in paths}
        if any(not path.startswith("apps/") or path.count("/") < 2 for path in touched):
            self._read()
            return self._files.apps()
        fresh = {app: workspace.read_app(self._root, app) for app in sorted({path.split("/")[1] for path in touched})}
        for app, contents in fresh.items():
            self._replace(app, contents)
        # what was read of an app for those that call it
        self._files.read_before.clear()
        before, self._keys = self._keys, self._keys.after(fresh)
        anew = [app for app in self._files.apps() if self._keys.of(app) != before.of(app)]
        self.compile(anew)
        return anew

    def _replace(self, app: str, contents: dict[str, bytes]) -> None:
        start, files = f"apps/{app}/", self._files.files
        for name in [name for name in files if name.startswith(start)]:
            del files[name]
        files.update(contents)

    def found(self, apps: Iterable[str] | None = None) -> Checked:
        """What is wrong with ``apps``; None: with everything."""
        wanted = list(self._files.apps() if apps is None else apps)
        problems = [problem for app in wanted for problem in self._answers[app].problems]
        around = [*self._problems.in_order(), *self._common.problems] if apps is None else []
        return Checked([*around, *problems], [app for app in wanted if self._answers[app].fit], len(wanted))
