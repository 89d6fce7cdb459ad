"""Turns a workspace into apps, or into everything that is wrong with it; whatever the files hold, one of the two comes out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from builder import (
    app_file,
    calls,
    dictionaries,
    flow_file,
    form_file,
    languages,
    lookups,
    organisation,
    pictures,
    print_file,
    proof,
    rulebook,
    shape,
    source,
    sources,
    workspace,
)
from builder import words as phrases
from builder.draft import AppDraft
from builder.nodes import Mapping, Node
from builder.problems import Problems
from builder.scenarios import names as scenario_names
from builder.workspace import Workspace, said
from forms.diagnostics import Diagnostic
from forms.form import Option
from workflows.app import App
from workflows.people import Organisation

#: the files of an app, each of which must be there
FILES = ("app.yaml", "form.yaml", "flow.yaml")
ENGLISH = "i18n/en.yaml"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of a workspace."""

    #: errors and warnings of every file, in the order of reading
    problems: list[Diagnostic]
    #: by id; an app with an error in any of its files is not among them
    apps: dict[str, App]
    #: None when there is no org/, and none was given
    organisation: Organisation | None
    #: the scenario files of each app that are readable, by the name that messages show
    scenarios: dict[str, dict[str, Node]] = field(default_factory=dict[str, dict[str, Node]])

    @property
    def errors(self) -> int:
        """How many problems forbid to publish."""
        return sum(problem.severity == "error" for problem in self.problems)


#: proves an app that is right otherwise, and says what it finds
Prove = Callable[[AppDraft, App], object]


def compile_workspace(path: str | Path, people: Organisation | None = None, *, prove: Prove = proof.check) -> Compiled:
    """The workspace in the folder ``path``, or the one app whose folder it is. ``people`` where it has no org/ of its own."""
    problems = Problems()
    return compile_files(workspace.read(path, problems), problems, people, prove=prove)


def compile_files(
    files: Workspace, problems: Problems | None = None, people: Organisation | None = None, *, prove: Prove = proof.check
) -> Compiled:
    """The workspace in ``files``; ``problems`` are those met on the way to them."""
    problems = problems or Problems()
    people = organisation.read_organisation(files, problems) or people
    shared = dictionaries.read(files, problems)
    sources.read(files, problems)
    apps: dict[str, App] = {}
    scenarios: dict[str, dict[str, Node]] = {}
    for id in files.apps():
        own = Problems()
        app, scenarios[id] = compile_app(id, files, people, shared, own, prove)
        problems.extend(own.in_order())
        if app is not None:
            apps[id] = app
    return Compiled(problems.in_order(), apps, people, scenarios)


def compile_app(
    id: str,
    files: Workspace,
    people: Organisation | None,
    shared: dict[str, tuple[Option, ...]],
    problems: Problems,
    prove: Prove = proof.check,
) -> tuple[App | None, dict[str, Node]]:
    """The app called ``id``, None when something is wrong with it, which is said; and its scenarios."""
    own = files.below(f"apps/{id}")
    stray(id, own, files, problems)
    roots = {name: source.load(own[name], files.shown(f"apps/{id}/{name}"), problems) for name in (*FILES, ENGLISH) if name in own}
    if not languages.check(id, roots.get("app.yaml"), files, problems):
        return None, {}
    draft = AppDraft(id, problems, people, shared)
    draft.pictures = {name.removeprefix(pictures.FOLDER): data for name, data in own.items() if name.startswith(pictures.FOLDER)}
    english = roots.get(ENGLISH)
    if english is not None:
        broken = shape.check(english, "i18n", problems)
        draft.english = english if isinstance(english, Mapping) and shape.HOPELESS not in broken else None
    for name in FILES:
        if name not in own:
            said(problems, files.shown(f"apps/{id}/{name}"), "missing-file", f"缺少文件 {name}", f"The file {name} is missing")
    if (root := roots.get("app.yaml")) is not None:
        draft.app = app_file.draft(root, draft)
    if (root := roots.get("form.yaml")) is not None:
        draft.form = form_file.draft(root, draft)
    if (root := roots.get("flow.yaml")) is not None:
        draft.flow = flow_file.draft(root, draft)
    print_file.draft(own, files, draft)
    rulebook.check(draft)
    calls.check(draft, files, shared)
    lookups.check(draft, files, shared)
    scenarios = read_scenarios(draft, files)
    if problems.errors():
        return None, scenarios
    app = app_file.build(draft)
    prove(draft, app)
    return None if problems.errors() else app, scenarios


def stray(id: str, own: dict[str, bytes], files: Workspace, problems: Problems) -> None:
    """Files that nothing would ever read."""
    known = (*FILES, ENGLISH)
    for name in own:
        if name not in known and not name.startswith(("tests/", print_file.FOLDER, pictures.FOLDER)):
            hint = phrases.meant(name, [file for file in known if file not in own])
            said(
                problems,
                files.shown(f"apps/{id}/{name}"),
                "unknown-file",
                f"不认识的文件{hint['zh']}",
                f"Nothing reads this file{hint['en']}",
            )


def read_scenarios(draft: AppDraft, files: Workspace) -> dict[str, Node]:
    """The scenario files of an app that have their shape."""
    found: dict[str, Node] = {}
    for name, content in files.below(f"apps/{draft.id}/tests").items():
        shown = files.shown(f"apps/{draft.id}/tests/{name}")
        root = source.load(content, shown, draft.problems)
        if root is not None and not shape.check(root, "scenario", draft.problems):
            scenario_names.check(draft, root, partial(calls.names, files=files))
            found[shown] = root
    return found
