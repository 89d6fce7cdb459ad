"""The proof as part of `check`: what `workflows.proof` finds, as problems at their places. It runs on apps that are right otherwise."""

from builder import materials
from builder.draft import AppDraft
from builder.nodes import Node, find, mapping, words
from workflows import proof
from workflows.app import App
from workflows.program import START
from workflows.proof import Subject, Verdict
from workflows.proof.verdict import Place


def check(draft: AppDraft, app: App) -> Verdict:
    """Proves ``app``, which ``draft`` was built into; what is found is said."""
    verdict = proof.prove(subject(draft, app), draft.organisation)
    for finding in verdict.findings:
        draft.problems.add(
            place(draft, finding.at),
            finding.code,
            finding.message["zh"],
            finding.message["en"],
            severity=finding.severity,
            related=[(place(draft, at), note) for at, note in finding.related],
            witness=finding.witness,
            way=finding.way,
        )
    return verdict


def codes() -> frozenset[str]:
    """The codes that a proof can give."""
    return frozenset(proof.CODES)


def subject(draft: AppDraft, app: App) -> Subject:
    """What is proved: the expressions have been compiled already."""
    written = {text: f.expression for f in draft.formulas if f.expression is not None and (text := words(f.node)) is not None}
    return Subject(app, {**written, **materials.expressions(app.form)})


def place(draft: AppDraft, at: Place) -> Node:
    """Where in the files ``at`` is; as near as it is written down."""
    assert draft.form is not None
    assert draft.flow is not None
    if at.field is not None:
        field = draft.form.fields[at.field.removesuffix(materials.PROMISED) if at.field not in draft.form.fields else at.field]
        return (field.get(str(at.part[0])) if at.part else None) or field.key
    root = draft.flow.root
    if at.step is None or at.step == START:
        start = mapping(root.get(START))
        node = start if at.step == START and start is not None else root
        first = str(at.part[0]) if at.part else START if at.step else "steps"
        if len(at.part) < 2:
            return node.key(first) if first in node.entries else root.key("steps")
        return find(node, at.part)
    step = draft.flow.step(at.step)
    assert step is not None
    return find(step.node, at.part) if at.part else step.id_node
