"""Random flows for the proof: nested blocks, jumps, ends in odd places, and conditions over a few fields, all of them compiled once."""

from typing import Any

from hypothesis import strategies as st

from forms import expressions
from forms.expressions import Expression, Scope
from forms.form import Field, Form, Option, Section
from workflows.app import (
    Action,
    App,
    Approve,
    Branch,
    Call,
    End,
    Flow,
    Handle,
    Inclusive,
    Lane,
    Notify,
    Overdue,
    Parallel,
    Send,
    Span,
    Start,
    Step,
    Wait,
    When,
)
from workflows.proof import Subject


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


KINDS = tuple(Option(value=value, title=text(value)) for value in ("a", "b", "c"))
FIELDS = (
    Field(name="kind", kind="choice", title=text("种类"), required=True, options=KINDS),
    Field(name="days", kind="integer", title=text("天数"), required=True, minimum=0, maximum=9),
    Field(name="urgent", kind="boolean", title=text("急"), required=True),
    Field(name="note", kind="text", title=text("说明")),
)
FORM = Form(fields=FIELDS, sections=(Section(title=text("内容"), fields=tuple(field.name for field in FIELDS)),))
WHENS = (
    "kind == 'a'", "kind == 'b'", "kind != 'a'", "kind in ['a', 'b']", "days > 3", "days <= 3", "days >= 3 && urgent", "urgent", "!urgent",
    "has(answered.note)", "has(answered.note) && days < 1", "kind == 'c' || days == 5", "urgent ? days > 5 : days < 2",
)  # fmt: skip
PEOPLE = ("applicant", 'role("desk")')


def compiled(text: str, want: str) -> Expression:
    found = expressions.compile(text, Scope.of_flow(FORM), want)
    assert isinstance(found, Expression), found
    return found


EXPRESSIONS = {text: compiled(text, "bool") for text in WHENS} | {text: compiled(text, "people") for text in PEOPLE}


def subject(*steps: Step, **flow: Any) -> Subject:
    """An app of these steps, to be proved."""
    app = App(
        id="random", title=text("随机"), owner="office", category=text("试"), icon="plane", number="R-{seq:4}", subject="{kind}",
        form=FORM, flow=Flow(start=flow.pop("start", Start()), steps=steps, outcomes={"void": text("作废")}, **flow),
    )  # fmt: skip
    return Subject(app, EXPRESSIONS)


@st.composite
def subjects(draw: Any, depth: int = 3, most: int = 3) -> Subject:
    """A flow in which much may be wrong, but no jump leads into a block or across a parallel, which does not compile."""
    count = 0

    def block(level: int, reach: tuple[str, ...], within: bool) -> tuple[Step, ...]:
        """``reach``: steps that an own action here may go to; later steps of the block are known beforehand."""
        nonlocal count
        first, length = count, draw(st.integers(0 if level else 1, most))
        count += length
        ids = tuple(f"s{number}" for number in range(first, first + length))
        return tuple(step(id, level, (*reach, *ids), within) for id in ids)

    def step(id: str, level: int, reach: tuple[str, ...], within: bool) -> Step:
        simple = ("approve", "handle", "handle", "notify", "wait", "call", "end", "send")
        kind = draw(st.sampled_from((*simple, "branch", "branch", "parallel", "parallel", "inclusive") if level < depth else simple))
        match kind:
            case "approve" | "handle":
                return human(kind, id, reach)
            case "notify":
                return Notify(id=id, title=text(id), who="applicant")
            case "send":
                return Send(id=id, title=text(id), to="archive")
            case "wait":
                message = draw(st.sampled_from((None, "paid", id)))
                span = Span(amount=1, unit="days") if message is None or draw(st.booleans()) else None
                return Wait(id=id, title=text(id), message=message, span=span)
            case "call":
                return Call(id=id, title=text(id), app="other", outcome=draw(st.sampled_from((None, "note"))), waits=draw(st.booleans()))
            case "end":
                return End(id=id, title=text(id), outcome=draw(st.sampled_from(("approved", "rejected", "void"))))
            case "branch":
                return Branch(id=id, title=text(id), cases=cases(level, reach, within))
            case "inclusive":
                return Inclusive(id=id, title=text(id), cases=cases(level, (), True))
            case _:
                lanes = [Lane(steps=block(level + 1, (), True)) for _ in range(draw(st.integers(1, 3)))]
                return Parallel(id=id, title=text(id), branches=tuple(lanes))

    def cases(level: int, reach: tuple[str, ...], within: bool) -> tuple[When, ...]:
        whens = draw(st.lists(st.sampled_from(WHENS), max_size=3))
        found = [When(when=when, steps=block(level + 1, reach, within)) for when in whens]
        if draw(st.booleans()) or not found:
            found.append(When(when=None, steps=block(level + 1, reach, within)))
        return tuple(found)

    def human(kind: str, id: str, reach: tuple[str, ...]) -> Step:
        ways = {
            "done": lambda: Action(id="done", title=text("done")),
            "ask": lambda: Action(id="ask", title=text("ask"), go="start"),
            "void": lambda: Action(id="void", title=text("void"), end=draw(st.sampled_from(("void", "approved")))),
            "jump": lambda: Action(id="jump", title=text("jump"), go=draw(st.sampled_from(reach))),
            "leap": lambda: Action(id="leap", title=text("leap"), go=draw(st.sampled_from(reach))),
        }
        own = draw(st.lists(st.sampled_from(tuple(ways)), unique=True, max_size=2))
        late = draw(st.sampled_from((None, None, "reject" if kind == "approve" else "complete", "approve" if kind == "approve" else None)))
        return (Approve if kind == "approve" else Handle)(
            id=id,
            title=text(id),
            who=draw(st.sampled_from(PEOPLE)),
            due=Span(amount=1, unit="days"),
            overdue=(Overdue(after=Span(amount=1, unit="days"), automatically=late),) if late else (),
            edit=draw(st.sampled_from(((), (), ("days",), ("note",), ("urgent", "note")))),
            actions=tuple(ways[name]() for name in own),
        )

    steps = block(0, (), False)
    tops = [step.id for step in steps]
    return subject(*steps, on_reject=draw(st.sampled_from(("end", "end", *tops))), start=Start(edit=("kind", "days", "urgent", "note")))
