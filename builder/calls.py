"""unknown-app, unknown-field, different-kind, sensitive-calculation, call-cycle: what a flow says of another app, held against that app as it stands beside it."""

from collections.abc import Collection

from builder import flow_file, form_file, source
from builder.draft import AppDraft, FormDraft, StepDraft
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from builder.problems import Problems
from builder.rules import different_kind, fields_named, sensitive
from builder.scenarios import names as scenario_names
from builder.scenarios.names import Names
from builder.workspace import Workspace
from forms import expressions
from forms.form import Field, Kind, Option, walk

#: kinds whose answers go into one another
ALIKE: dict[Kind, Kind] = {"textarea": "text", "choice": "text", "integer": "number"}


def check(draft: AppDraft, files: Workspace, shared: dict[str, tuple[Option, ...]]) -> None:
    """Says what is wrong with the calls of ``draft``."""
    steps = [step for step in draft.flow.steps if step.kind == "call"] if draft.flow else []
    known = files.there()
    _related(draft, known)
    for step in steps:
        node, app = step.node.get("app"), words(step.node.get("app"))
        if node is None or app is None:
            continue
        if app not in known:
            draft.problems.add(node, "unknown-app", f"没有应用“{app}”", f"There is no app “{app}”", among=known)
        elif way := _way(app, draft.id, files):
            shown = " → ".join((draft.id, *way))
            draft.problems.add(node, "call-cycle", f"应用互相调用绕成了圈：{shown}", f"Apps call each other in a circle: {shown}")
        elif there := form(app, files, draft, shared):
            _inputs(draft, step, there)
            _outputs(draft, step, there)


def names(app: str, files: Workspace) -> Names:
    """What a scenario may name of another app."""
    draft = AppDraft(app, Problems(), None, {})
    written, flow = (root(app, name, files) for name in ("form.yaml", "flow.yaml"))
    draft.form = form_file.draft(written, draft) if written else None
    draft.flow = flow_file.draft(flow, draft) if flow else None
    return scenario_names.names(draft)


def _related(draft: AppDraft, known: Collection[str]) -> None:
    """The apps whose cases a field may refer to."""
    for _, field in draft.form.walk() if draft.form else ():
        node = mapping(field.node)
        for item in items(node.get("x-apps")) if node else ():
            if (app := words(item)) is not None and app not in known:
                draft.problems.add(item, "unknown-app", f"没有应用“{app}”", f"There is no app “{app}”", among=known)


def _way(start: str, to: str, files: Workspace) -> tuple[str, ...] | None:
    """The apps on the shortest way from ``start`` to ``to`` by calls; None: there is none. Each app is looked at once."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    ahead = [start]
    while ahead and to not in ways:
        app = ahead.pop(0)
        for called in _called(app, files):
            if called not in ways:
                ways[called] = (*ways[app], called)
                ahead.append(called)
    return ways.get(to)


def _called(app: str, files: Workspace) -> tuple[str, ...]:
    key = ("called", app)
    if key not in files.read_before:
        flow = root(app, "flow.yaml", files)
        found = flow_file.draft(flow, AppDraft(app, Problems(), None, {})) if flow else None
        steps = found.steps if found else ()
        names = (words(step.node.get("app")) for step in steps if step.kind == "call")
        files.read_before[key] = tuple(dict.fromkeys(name for name in names if name))
    return files.read_before[key]


def form(app: str, files: Workspace, draft: AppDraft, shared: dict[str, tuple[Option, ...]]) -> FormDraft | None:
    key = ("form", app)
    if key not in files.read_before:
        found = root(app, "form.yaml", files)
        files.read_before[key] = form_file.draft(found, AppDraft(app, Problems(), draft.organisation, shared)) if found else None
    return files.read_before[key]


def root(app: str, name: str, files: Workspace) -> Mapping | None:
    """A file of another app; what is wrong with it is said where that app is looked at."""
    content = files.below(f"apps/{app}").get(name)
    return mapping(source.load(content, name, Problems())) if content is not None else None


def _inputs(draft: AppDraft, step: StepDraft, form: FormDraft) -> None:
    inputs = mapping(step.node.get("inputs"))
    for name, value in inputs.items() if inputs else ():
        field = _there(draft, inputs.key(name), form) if inputs else None
        formula = next((formula for formula in draft.formulas if formula.node is value), None)
        want = expressions.want_of(field.kind) if field else None
        if field and want and formula and formula.expression and not expressions.fits(formula.expression, want):
            different_kind.said(draft.problems, value, formula.expression.type, field.kind)
        if field and formula and field.sensitive is None and (found := sensitive.read(formula, *_masked(draft))):
            draft.problems.add(
                value,
                "sensitive-calculation",
                f"敏感信息“{found[0]}”会进入那边没有遮住的“{name}”，那边也要写 x-sensitive",
                f"“{found[0]}”, which is sensitive, goes into “{name}” there, which is not masked: it needs x-sensitive too",
            )


def _masked(draft: AppDraft) -> tuple[set[str], set[str]]:
    """The sensitive fields of the form here, and the sensitive columns of its tables."""
    fields = draft.form.whole() if draft.form else []
    return {field.name for field in fields if field.sensitive}, {
        inner.name for field in fields for inner in walk(field.fields) if inner.sensitive
    }


def _outputs(draft: AppDraft, step: StepDraft, form: FormDraft) -> None:
    outputs, each = mapping(step.node.get("outputs")), words(step.node.get("each"))
    for name, value in outputs.items() if outputs else ():
        field = _there(draft, value, form)
        here = _here(draft, name, each)
        if field and here and ALIKE.get(field.kind, field.kind) != ALIKE.get(here.kind, here.kind):
            different_kind.said(draft.problems, value, field.kind, here.kind)


def _here(draft: AppDraft, name: str, each: str | None) -> Field | None:
    fields = draft.form.fields if draft.form else {}
    table = fields.get(each) if each is not None else None
    if table is not None:
        return next((column for column in table.field.fields if column.name == name), None) if table.field else None
    return fields[name].field if name in fields and each is None else None


def _there(draft: AppDraft, node: Node, form: FormDraft) -> Field | None:
    """The field of the other app that ``node`` names."""
    name = words(node)
    if name is None or not isinstance(node, Scalar):
        return None
    if name not in form.fields:
        fields_named.unknown(name, node, list(form.fields), draft.problems)
        return None
    return form.fields[name].field
