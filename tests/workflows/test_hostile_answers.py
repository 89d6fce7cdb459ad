"""Whatever JSON is sent as answers, the engine decides or refuses; it never fails, and never keeps what the form does not allow."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from support.stories import LIN, Story, form, program, text

from forms.form import Check, Field, Option
from workflows.app import Approve, Branch, Start, When
from workflows.commands import Act, Refusal, Submit
from workflows.engine import Decision
from workflows.events import Changed, Event

KINDS = (
    "text", "textarea", "integer", "number", "money", "date", "datetime", "date-range", "half-day-range", "choice", "choices",
    "boolean", "region", "phone", "email", "id-card", "credit-code", "plate", "person", "department",
)  # fmt: skip


def fields():
    for kind in KINDS:
        options = (Option(value="a", title=text("a")),) if kind in ("choice", "choices") else ()
        yield Field(name=kind.replace("-", "_"), kind=kind, title=text(kind), options=options)
    yield Field(
        name="team",
        kind="table",
        title=text("team"),
        fields=(Field(name="who", kind="person", title=text("who")), Field(name="age", kind="integer", title=text("age"))),
    )
    yield Field(name="total", kind="money", title=text("total"), compute="money * 2")
    yield Field(name="days", kind="integer", title=text("days"), compute="workdays(date_range.start, date_range.end)")
    yield Field(name="secret", kind="text", title=text("secret"), visible="boolean && integer > 3")


NAMES = [field.name for field in fields()]
FLOW = program(
    Branch(id="b", title=text("b"), cases=(When(when="has(answered.money) && money > yuan(5)", steps=()), When(when=None))),
    Approve(id="one", title=text("一"), who="user(person)", edit=("integer", "person", "team", "date_range")),
    of=form(*fields(), checks=(Check(that="number < 100.0", message=text("n"), field="number"),)),
    start=Start(edit=tuple(name for name in NAMES if name not in ("total", "days"))),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(("\ud800", 2**70, "2026-12-01", "fei", "a", "13800138000")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("start", "end", "start_half", "who", "age", "x")), inner, max_size=3)
    ),
    max_leaves=6,
)
ANSWERS = st.dictionaries(st.sampled_from([*NAMES, "ghost", "applicant", "today"]), JSON, max_size=6)


@settings(max_examples=300, deadline=None)
@given(ANSWERS)
def test_any_answers_are_taken_or_refused_at_submission(answers):
    """A refusal names the field; a case holds nothing that was not the applicant's to write."""
    story = Story(FLOW)
    story.tell(Submit(id="c", applicant=LIN, number="1", answers=answers))
    assert isinstance(story.last, Decision | Refusal)
    if isinstance(story.last, Refusal):
        assert story.last.fields
    else:
        assert set(story.case.answers) <= set(NAMES)
        assert msgspec.json.decode(msgspec.json.encode(story.events), type=list[Event]) == story.events


@settings(max_examples=300, deadline=None)
@given(ANSWERS, st.sampled_from(("approve", "return", "reject", "transfer")))
def test_any_answers_are_taken_or_refused_at_a_step(answers, action):
    """Only what the step edits can change, and what is calculated from it."""
    story = Story(FLOW)
    story.tell(Submit(id="c", applicant=LIN, number="1", answers={"person": "fei", "money": 5}))
    story.tell(Act(id="d", actor="fei", task="c-1", action=action, answers=answers, opinion="意见", to="start"))
    assert isinstance(story.last, Decision | Refusal)
    for fact in story.facts(Changed):
        assert {*fact.before, *fact.after} <= {"integer", "person", "team", "date_range", "days", "secret"}


def test_what_no_database_can_hold_does_not_get_into_opinions():
    """NUL and lone surrogates can come in by JSON."""
    story = Story(FLOW).tell(Submit(id="c", applicant=LIN, number="1", answers={"person": "fei"}))
    assert story.act("fei", "return", opinion="\ud800\0", to="start").code == "opinion-required"
    assert story.act("fei", "a\ud800", opinion="x").last.message["zh"].startswith("这一步没有“a”")
    assert story.comment("fei", "好\0").events[-1].fact.text == "好"
