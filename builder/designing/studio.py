"""What the designer's pages have of one process: the repository as it is, the organisation, and what was found of the last drafts."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from builder import compile, dictionaries, organisation, revisions, workspace_git
from builder.designing import places
from builder.designing.drafts import Draft
from builder.designing.places import Located
from builder.designing.text import Texts
from builder.designing.work import Work
from builder.problems import Problems
from builder.workspace import Workspace
from forms.form import Option
from runtime import site as sites
from runtime.people import organisation as stored
from runtime.site import Site
from workflows.app import App
from workflows.people import Organisation

#: drafts whose findings are remembered
REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Base:
    """The workspace as of a commit. ``revision`` "": there is no commit yet."""

    revision: str
    files: Workspace
    lists: dict[str, tuple[Option, ...]]

    def app(self, id: str) -> Texts:
        """The files of an app as text; empty where there is none."""
        return {name: body.decode("utf-8", "replace").removeprefix("\ufeff") for name, body in self.files.below(f"apps/{id}").items()}

    def apps(self) -> list[str]:
        return self.files.there()


@dataclass(frozen=True, slots=True)
class Findings:
    """What the compiler says of a draft."""

    problems: list[Located]
    #: None where something is wrong with it
    app: App | None

    def errors(self) -> list[Located]:
        return [each for each in self.problems if each.problem.severity == "error"]

    def warnings(self) -> list[Located]:
        return [each for each in self.problems if each.problem.severity != "error"]

    def about(self, selected: str) -> list[Located]:
        """What concerns the thing called so."""
        return [each for each in self.problems if each.about == selected]

    def counts(self) -> dict[str, tuple[int, int]]:
        """How many errors and warnings there are of each thing."""
        found: dict[str, tuple[int, int]] = {}
        for each in self.problems:
            errors, warnings = found.get(each.about, (0, 0))
            wrong = each.problem.severity == "error"
            found[each.about] = (errors + wrong, warnings + (not wrong))
        return found


@dataclass(slots=True)
class Studio:
    """One for each process; safe to be used from several threads."""

    site: Site
    _base: Base | None = None
    _people: tuple[object, Organisation | None] = (None, None)
    _found: "OrderedDict[tuple[str, int, str, object], Findings]" = field(default_factory=OrderedDict[Any, Findings])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _limiter: CapacityLimiter | None = None

    @property
    def folder(self) -> Path:
        return self.site.settings.workspace_path

    async def run(self, doing: Any, *arguments: Any) -> Any:
        """Anything longer than a few milliseconds, beside the loop."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(2)
        return await to_thread.run_sync(doing, *arguments, limiter=self._limiter)

    def base(self) -> Base:
        """The workspace as its newest commit has it."""
        revision = head(self.folder)
        known = self._base
        if known is None or known.revision != revision:
            problems = Problems()
            files = revisions.read(self.folder, revision, problems) if revision else Workspace(name="")
            known = Base(revision, Workspace(name="", files=files.files), dictionaries.read(files, problems))
            self._base = known
        return known

    def people(self) -> Organisation | None:
        """The organisation, read again when it has changed."""
        version = self.site.database.read_now(stored.version)
        if version is None:
            return organisation.read_organisation(self.base().files, Problems())
        if self._people[0] != version:
            self._people = version, self.site.database.read_now(stored.stored)
        return self._people[1]

    def findings(self, draft: Draft) -> Findings:
        """What the compiler says of ``draft``, compiled once for each version."""
        base, people = self.base(), self.people()
        key = (draft.id, draft.version, base.revision, self._people[0])
        with self._lock:
            known = self._found.get(key)
        if known is None:
            known = found(draft.app, draft.texts, base, people)
            with self._lock:
                self._found[key] = known
                while len(self._found) > REMEMBERED:
                    self._found.popitem(last=False)
        return known


def found(app: str, texts: Texts, base: Base, people: Organisation | None) -> Findings:
    """Compiles an app that lies in no folder."""
    files = Workspace(name="", files=dict(base.files.files), only=app)
    for path in [path for path in files.files if path.startswith(f"apps/{app}/")]:
        del files.files[path]
    files.files.update({f"apps/{app}/{name}": body.encode("utf-8", "surrogatepass") for name, body in texts.items()})
    problems = Problems()
    made, _ = compile.compile_app(app, files, people, base.lists, problems)
    return Findings(places.located(Work(texts), app, problems.in_order()), made)


def head(folder: Path) -> str:
    """The newest commit of the repository at ``folder``; "" where there is none."""
    try:
        with workspace_git.opened(folder) as repository:
            return repository.head().decode()
    except (workspace_git.NoRepository, KeyError):
        return ""


def of(request: Request) -> Studio:
    """The studio of the process that answers ``request``."""
    state = request.app.state
    known: Studio | None = getattr(state, "studio", None)
    if known is None:
        known = state.studio = Studio(sites.of(request))
    return known
