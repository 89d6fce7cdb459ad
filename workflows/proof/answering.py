"""Fields and the flow: read before anybody can write them, required but perhaps never asked for, required of somebody who does not see them."""

from collections.abc import Iterator

from forms.form import Field
from forms.texts import Text, say
from workflows.app import Approve, Call, Handle, Notify, Send, Set, Step, Wait
from workflows.program import START, written
from workflows.proof.branching import titles
from workflows.proof.facts import Facts, Mask
from workflows.proof.graph import Edge, end
from workflows.proof.regions import Beyond, Goal
from workflows.proof.verdict import Finding, Part, Place
from workflows.proof.ways import Ways, stations, words

APPROVED = end("approved")


def early(facts: Facts) -> Iterator[Finding]:
    """What a step reads, and nobody can have written when a case comes there. Conditions are looked at elsewhere."""
    subject = facts.subject
    for step in subject.steps.values():
        if step.id not in facts.entering:
            continue
        there = facts.written[step.id] | frozenset(written(step))
        for part, names in _reads(facts, step):
            empty = sorted(name for name in names if name in subject.later and name not in there and not subject.fields[name].compute)
            if empty:
                zh, en = titles(facts, empty)
                yield Finding(
                    "read-before-written",
                    Place(step.id, part),
                    {"zh": f"走到这里时还没有人能填写{zh}", "en": f"Nobody can have filled in {en} by then"},
                    related=tuple((Place(writer), {"zh": "在这一步填写", "en": "filled in here"}) for writer in _writers(facts, empty[0])),
                )


def _reads(facts: Facts, step: Step) -> Iterator[tuple[Part, frozenset[str]]]:
    reads = facts.subject.reads
    match step:
        case Approve() | Handle():
            yield ("who",), reads(step.who)
            if step.due_until is not None:
                yield ("due", "until"), reads(step.due_until)
        case Notify():
            yield ("who",), reads(step.who)
        case Wait() if step.until is not None:
            yield ("until",), reads(step.until)
        case Set():
            for name, text in step.answers.items():
                yield ("answers", name), reads(text)
        case Send():
            for number, name in enumerate(step.answers):
                yield ("answers", number), frozenset({name})
        case Call():
            for name, text in step.inputs.items():
                yield ("inputs", name), reads(text)
        case _:
            pass


def _writers(facts: Facts, name: str) -> list[str]:
    return [step.id for step in facts.subject.steps.values() if name in written(step)]


def unasked(facts: Facts, ways: Ways) -> Iterator[Finding]:
    """A required field of later steps, and a way to "approved" on which none of them asks for it although it is shown."""
    subject = facts.subject
    for field in subject.app.form.fields:
        needed = field.required or field.required_if is not None
        if not needed or field.compute is not None or field.name in subject.fills:
            continue
        try:
            yield from _missed(facts, ways, field)
        except Beyond:
            facts.beyond[next(iter(_writers(facts, field.name)), START)] = None


def _missed(facts: Facts, ways: Ways, field: Field) -> Iterator[Finding]:
    subject = facts.subject
    writers = set(_writers(facts, field.name))
    whens = [*subject.shown(field), *([field.required_if] if field.required_if is not None and not field.required else [])]

    def allowed(node: str, edge: Edge) -> bool:
        return node not in writers or not _asks(facts, node, edge)

    def accepts(mask: Mask) -> bool:
        return facts.possible(START, mask, *(Goal(text, True) for text in whens))

    way = ways.find(START, APPROVED, allowed, besides=ways.about(facts.reads(whens)), accepts=accepts)
    if way is None:
        return
    title = field.title
    yield Finding(
        "required-never-asked",
        Place(field=field.name),
        {
            "zh": f"“{say(title, 'zh')}”必填，但有一条路径上没有人填写",
            "en": f"“{say(title, 'en')}” is required, but there is a way on which nobody fills it in",
        },
        witness=words(way),
        way=stations(way),
        related=tuple((Place(writer), {"zh": "只有这一步填写", "en": "filled in here only"}) for writer in sorted(writers)),
    )


def _asks(facts: Facts, node: str, edge: Edge) -> bool:
    """Whether what ``node`` fills in is there once ``edge`` is taken: who goes elsewhere need not fill it in, nor does time."""
    step = facts.subject.steps[node]
    if isinstance(step, Approve | Handle):
        action = next((action for action in step.actions if action.id == edge.action), None)
        completes = edge.approves or (edge.action is None and isinstance(step, Handle)) or (action is not None and action.go is None)
        return edge.human and completes and (action is None or action.end is None)
    return not isinstance(step, Wait) or edge.how == "message"


def hidden(facts: Facts) -> Iterator[Finding]:
    """Required of the applicant, who does not see it; or required only where it is not shown; or never shown at all."""
    subject, desk = facts.subject, facts.subject.app.flow.start.desk
    for field in subject.app.form.fields:
        if field.name in desk.hide and field.name in subject.fills and (field.required or field.required_if) and not field.compute:
            title = field.title
            yield Finding(
                "required-hidden",
                Place(START, ("hide", desk.hide.index(field.name))),
                {
                    "zh": f"“{say(title, 'zh')}”由申请人填写且必填，却对申请人隐藏",
                    "en": f"“{say(title, 'en')}” is required of the applicant, who does not see it",
                },
                related=((Place(field=field.name), {"zh": "字段在这里", "en": "the field is here"}),),
            )
        try:
            yield from _rules(facts, field)
        except Beyond:
            facts.beyond[START] = None


def _rules(facts: Facts, field: Field) -> Iterator[Finding]:
    regions = facts.regions
    never: Text = {"zh": "这个条件不可能成立", "en": "This condition can never hold"}
    for key, text in (("x-visible", field.visible), ("x-required", field.required_if)):
        if text is not None and regions.find(Goal(text, True)) is None:
            yield Finding("condition-never", Place(None, (key,), field.name), never)
            return
    visible, required = field.visible, field.required_if
    if visible is not None and required is not None and regions.find(Goal(visible, True), Goal(required, True)) is None:
        yield Finding(
            "required-hidden",
            Place(None, ("x-required",), field.name),
            {"zh": "只在不显示时才必填，等于从不必填", "en": "Required only while it is not shown, which is never"},
            related=((Place(None, ("x-visible",), field.name), {"zh": "显示的条件在这里", "en": "it is shown if this holds"}),),
        )
