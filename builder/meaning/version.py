"""One version of a workspace: what its files say, what they compile to, and where in them each thing stands."""

from dataclasses import dataclass, field
from functools import cached_property

from builder import flow_file, form_file, source, workspace
from builder.compile import Compiled, compile_files
from builder.draft import AppDraft, FlowDraft, FormDraft
from builder.nodes import Mapping, Node, Sequence, find, items, mapping, words
from builder.problems import Problems, place_of
from builder.workspace import Workspace
from forms.diagnostics import Place
from workflows import app as apps
from workflows import program
from workflows.roster import Roster

#: how a property of a struct is called in the file, where that is another word
KEYS = {
    "due_until": "due",
    "chosen": "chosen_by",
    "kind": "type",
    "help": "description",
    "options": "oneOf",
    "visible": "x-visible",
    "required_if": "x-required",
    "readonly": "x-readonly",
    "checks": "x-checks",
    "compute": "x-compute",
    "sensitive": "x-sensitive",
    "widget": "x-widget",
    "placeholder": "x-placeholder",
    "unit": "x-unit",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "fields": "items",
    "resume": "on_return",
    "nobody_does": "nobody",
    "retention_years": "retention",
}


@dataclass
class Version:
    """A workspace as of one commit, or in one folder."""

    files: Workspace
    compiled: Compiled
    programs: dict[str, program.Program] = field(default_factory=dict[str, program.Program])
    drafts: dict[str, AppDraft] = field(default_factory=dict[str, AppDraft])

    def program(self, app: str) -> program.Program:
        if app not in self.programs:
            self.programs[app] = program.load(apps.release(self.compiled.apps[app]))
        return self.programs[app]

    @cached_property
    def roster(self) -> Roster | None:
        return Roster(self.compiled.organisation) if self.compiled.organisation else None

    # places

    def draft(self, app: str) -> AppDraft:
        """The files of ``app`` as they are written."""
        if app not in self.drafts:
            draft = self.drafts[app] = AppDraft(app, Problems(), None, {})
            roots = {name: self.root(f"apps/{app}/{name}") for name in ("app.yaml", "form.yaml", "flow.yaml", "i18n/en.yaml")}
            draft.app, draft.english = mapping(roots["app.yaml"]), mapping(roots["i18n/en.yaml"])
            if (form := roots["form.yaml"]) is not None:
                draft.form = form_file.draft(form, draft)
            if (flow := roots["flow.yaml"]) is not None:
                draft.flow = flow_file.draft(flow, draft)
        return self.drafts[app]

    def root(self, path: str) -> Node | None:
        content = self.files.files.get(path)
        return source.load(content, self.files.shown(path), Problems()) if content is not None else None

    def app_place(self, app: str, key: str = "") -> Place | None:
        root = self.draft(app).app
        return _at(root, key) if root else None

    def flow_place(self, app: str, key: str = "") -> Place | None:
        flow = self.draft(app).flow
        return _at(flow.root, key) if flow else None

    def form_place(self, app: str, key: str = "", number: int | None = None) -> Place | None:
        form = self.draft(app).form
        if form is None:
            return None
        if number is not None:
            return place_of(find(form.root, (key, number)))
        return _at(form.root, key)

    def step_place(self, app: str, step: str, *path: str | int) -> Place | None:
        """Where ``path`` of a step stands, or the nearest thing around it that is written there; ``start`` is the applicant's own."""
        flow = self.draft(app).flow
        if flow is None:
            return None
        node, own = _step(flow, step)
        return _within(node, own, path)

    def field_place(self, app: str, name: str, *path: str | int) -> Place | None:
        """Where ``path`` of a field stands; ``table.column`` names a column."""
        form = self.draft(app).form
        draft = _field(form, name) if form else None
        return _within(draft[0], draft[1], path) if draft else None

    def organisation_place(self, list: str, id: str) -> Place | None:
        """Where somebody or something of the organisation is declared."""
        for path in self.files.files:
            root = mapping(self.root(path)) if path.startswith("org/") else None
            for item in items(root.get(list)) if root else ():
                entry = mapping(item)
                if entry and words(entry.get("id")) == id:
                    return place_of(entry)
        return None

    def file_place(self, path: str) -> Place | None:
        root = self.root(path)
        return place_of(root) if root is not None else None


def open_folder(path: str, problems: Problems) -> Version:
    """The version in a folder: a workspace, or the app whose folder it is."""
    return open_files(workspace.read(path, problems), problems)


def open_files(files: Workspace, problems: Problems) -> Version:
    return Version(files, compile_files(files, problems))


def _at(root: Mapping, key: str) -> Place:
    key = KEYS.get(key, key)
    return place_of(root.key(key) if key in root.entries else root)


def _step(flow: FlowDraft, step: str) -> tuple[Node, Node]:
    found = flow.step(step)
    if found:
        return found.node, found.id_node
    start = flow.root.get("start")
    return (start, start) if step == "start" and start is not None else (flow.root, flow.root)


def _field(form: FormDraft, name: str) -> tuple[Node, Node] | None:
    first, *below = name.split(".")
    draft = form.fields.get(first)
    for part in below:
        draft = draft.columns.get(part) if draft else None
    return (draft.node, draft.key) if draft else None


def _within(node: Node, own: Node, path: tuple[str | int, ...]) -> Place:
    at, deepest = own, node
    for part in path:
        part = KEYS.get(part, part) if isinstance(part, str) else part
        if isinstance(deepest, Mapping) and isinstance(part, str) and part in deepest.entries:
            at, deepest = deepest.key(part), deepest.entries[part].value
        elif isinstance(deepest, Sequence) and isinstance(part, int) and part < len(deepest.items):
            at = deepest = deepest.items[part]
        else:
            break
    return place_of(at)
