"""Finds every expression of an app and has it checked: syntax, names and types, against the fields as far as they could be read."""

from builder import fixes
from builder.draft import AppDraft, FieldDraft, FlowDraft, Formula, Purpose
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from builder.scalars import mark_at, mark_within
from forms import expressions
from forms.diagnostics import Fix
from forms.expressions import Expression, Problem, Scope
from forms.form import Form
from forms.rules import SECTION

#: what expressions of a form are for: they know nobody but the applicant
FORM: tuple[Purpose, ...] = ("compute", "visible", "required", "readonly", "default", "offer", "check")
Given = tuple[tuple[Formula, bool], ...]


def read(draft: AppDraft) -> None:
    """Fills ``draft.formulas``; what is wrong with an expression is said."""
    if draft.form is None:
        return
    Reading(draft, Form(fields=tuple(draft.form.whole()), sections=())).run()


class Reading:
    """One pass over form and flow."""

    def __init__(self, draft: AppDraft, form: Form) -> None:
        self.draft = draft
        self.form_scope = Scope.of_form(form)
        self.flow_scope = Scope.of_flow(form)

    def run(self) -> None:
        form, flow = self.draft.form, self.draft.flow
        assert form is not None
        for name, field in form.fields.items():
            self.field(name, field, self.form_scope)
        self.checks(form.root, self.form_scope)
        for number, item in enumerate(items(form.root.get("x-layout"))):
            section = mapping(item)
            self.add("visible", section.get("x-visible") if section else None, f"{SECTION}{number}", "bool")
        if flow is not None:
            self.flow(flow)

    def field(self, path: str, field: FieldDraft, scope: Scope) -> None:
        """``scope``: with the row that the field stands in."""
        compute = field.get("x-compute")
        kind = field.field.kind if field.field else None
        want = expressions.want_of(kind) if kind else None
        if compute is not None and kind and want is None:
            self.draft.problems.add(
                compute, "not-calculable", f"这种字段（{kind}）不能计算", f"This kind of field ({kind}) cannot be calculated"
            )
        elif want is not None:
            self.add("compute", compute, path, want, scope=scope)
        self.add("visible", field.get("x-visible"), path, "bool", scope=scope)
        self.add("required", field.get("x-required"), path, "bool", scope=scope)
        self.add("readonly", field.get("x-readonly"), path, "bool", scope=scope)
        self.add("default", field.get("x-default"), path, want or "any", scope=self.form_scope)
        for holder in (field.node, field.get("items")):
            for item in items(holder.get("oneOf")) if isinstance(holder, Mapping) else ():
                option = mapping(item)
                self.add("offer", option.get("x-visible") if option else None, path, "bool", scope=scope)
        # a table that has problems has no type, so that nothing can be said of what reads its rows
        if field.columns and path.partition(".")[0] in self.form_scope.fields:
            inner = self.form_scope.with_row(path) if kind == "table" else scope
            for name, column in field.columns.items():
                self.field(f"{path}.{name}", column, inner)
            if field.inner is not None:
                self.checks(field.inner, inner)

    def checks(self, holder: Mapping, scope: Scope) -> None:
        for item in items(holder.get("x-checks")):
            check = mapping(item)
            self.add("check", check.get("that") if check else None, "", "bool", scope=scope)

    def flow(self, flow: FlowDraft) -> None:
        root = flow.root
        start, nobody = mapping(root.get("start")), mapping(root.get("nobody"))
        who, give_to = start.get("who") if start else None, nobody.get("give_to") if nobody else None
        if words(who) != "everyone":
            self.add("start", who, "start", "people")
        self.steps(root.get("steps"), ())
        if words(give_to) != "flow-admin":
            self.add("nobody", give_to, "", "people")

    def steps(self, nodes: Node | None, given: Given) -> None:
        for step in items(nodes):
            if isinstance(step, Mapping):
                self.step(step, given)

    def step(self, step: Mapping, given: Given) -> None:
        id = next((name for entry in step.entries.values() if (name := words(entry.value))), "")
        if "call" in step.entries:
            self.call(step, id, given)
        else:
            self.add("who", step.get("who"), id, "people", given)
        decide = mapping(step.get("decide"))
        for item in items(decide.get("weights") if decide else None):
            weight = mapping(item)
            self.add("action", weight.get("who") if weight else None, id, "people", given)
        for item in items(step.get("overdue")):
            late = mapping(item)
            for key in ("escalate", "transfer"):
                self.add("escalate", late.get(key) if late else None, id, "people", given)
        due = mapping(step.get("due"))
        self.add("until", due.get("until") if due else step.get("until"), id, "moment", given)
        values = mapping(step.get("answers")) if "set" in step.entries else None
        for name, value in values.items() if values else ():
            self.value(name, value, given)
        own = mapping(step.get("actions"))
        for _, item in own.items() if own else ():
            action = mapping(item)
            self.add("action", action.get("who") if action else None, id, "people", given)
        for lane in items(step.get("branches")):
            inner = mapping(lane)
            self.steps(inner.get("steps") if inner else None, given)
        for item in items(step.get("cases")):
            case = mapping(item)
            if case is None:
                continue
            when = self.add("when", case.get("when"), id, "bool", given)
            self.steps(case.get("steps"), (*given, (when, True)) if when else given)
            # the cases below are only looked at where this one does not hold; of an inclusive block each is
            if "inclusive" not in step.entries:
                given = (*given, (when, False)) if when else given

    def value(self, name: str, node: Node, given: Given) -> None:
        """What a field is set to; a name that is no field is said elsewhere."""
        draft = self.draft.form.fields.get(name) if self.draft.form else None
        field = draft.field if draft else None
        want = expressions.want_of(field.kind) if field else None
        if field and want is None:
            zh, en = f"这种字段（{field.kind}）不能用表达式赋值", f"This kind of field ({field.kind}) cannot be set by an expression"
            self.draft.problems.add(node, "not-calculable", zh, en)
        elif want is not None:
            self.add("set", node, name, want, given)

    def call(self, step: Mapping, id: str, given: Given) -> None:
        """What a case of another app begins with; where there is one for each row, ``row`` is that row."""
        table = self.draft.form.fields.get(words(step.get("each")) or "") if self.draft.form else None
        scope = self.flow_scope.with_row(table.name) if table and table.field and table.field.kind == "table" else self.flow_scope
        self.add("input", step.get("who"), id, "people", given, scope)
        inputs = mapping(step.get("inputs"))
        for _, value in inputs.items() if inputs else ():
            self.add("input", value, id, "any", given, scope)

    def add(
        self, purpose: Purpose, node: Node | None, owner: str, want: str, given: Given = (), scope: Scope | None = None
    ) -> Formula | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
            return None
        form = purpose in FORM
        formula = Formula(purpose, node, owner, self.compile(node, scope or (self.form_scope if form else self.flow_scope), want), given)
        self.draft.formulas.append(formula)
        return formula

    def compile(self, node: Scalar, scope: Scope, want: str) -> Expression | None:
        found = expressions.compile(node.text, scope, want)
        if isinstance(found, Expression):
            return found
        marks = [mark_within(node, problem.line, problem.column, problem.length) for problem in found]
        # a field with problems of its own has no type yet: what it is read by is looked at once it is right
        if not any(self.broken(mark.source.text[mark.start : mark.end]) for mark in marks):
            for mark, problem in zip(marks, found, strict=True):
                self.draft.problems.add(
                    mark,
                    problem.code,
                    problem.message["zh"],
                    problem.message["en"],
                    among=problem.allowed,
                    listed=False,
                    meant=problem.meant,
                    fix=self.fix(node, problem, scope, want),
                )
        return None

    def fix(self, node: Scalar, problem: Problem, scope: Scope, want: str) -> Fix | None:
        if problem.instead is not None:
            column, length, text = problem.instead
            return fixes.within(node, mark_within(node, problem.line, column, length), text)
        return self.tidied(node, scope, want) if problem.code == "expression-syntax" else None

    def tidied(self, node: Scalar, scope: Scope, want: str) -> Fix | None:
        """All signs of an office at once, where they are what keeps the expression from being read."""
        slips = expressions.tidied(node.text, '"' if node.style == "'" else "'")
        right = node.text
        for start, length, text in reversed(slips):
            right = right[:start] + text + right[start + length :]
        again = expressions.compile(right, scope, want) if slips else []
        if not slips or (isinstance(again, list) and any(problem.code == "expression-syntax" for problem in again)):
            return None
        return fixes.several([(mark_at(node, start, length), text) for start, length, text in slips], f"写成 {right}", f"write {right}")

    def broken(self, name: str) -> bool:
        field = self.draft.form.fields.get(name) if self.draft.form else None
        return field is not None and field.field is None
