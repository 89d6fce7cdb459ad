"""What is said of conditions is what CEL makes of every answer there is."""

import time
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from support import flows

from workflows.app import Approve, Branch, When
from workflows.proof import prove
from workflows.proof.regions import Goal, Regions

SUBJECT = flows.subject(Approve(id="a", title=flows.text("a"), who="applicant"))
ANSWERS = [
    {"kind": kind, "days": days, "urgent": urgent} | ({"note": "好"} if note else {})
    for kind, days, urgent, note in product(("a", "b", "c"), range(10), (True, False), (True, False))
]


def holds(when: str, answers: dict[str, object]) -> bool:
    """As the engine has it: what is not known does not hold."""
    return flows.EXPRESSIONS[when].value(answers) is True


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(flows.WHENS), st.booleans()), min_size=1, max_size=5))
def test_conditions_come_out_so_for_some_answers_or_for_none(wanted: list[tuple[str, bool]]) -> None:
    """Against every answer that can be given."""
    found = Regions(SUBJECT, flows.WHENS).find(*(Goal(when, value) for when, value in wanted))
    exists = any(all(holds(when, answers) == value for when, value in wanted) for answers in ANSWERS)
    assert (found is not None) == exists


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(flows.WHENS), min_size=1, max_size=4, unique=True))
def test_a_branch_without_otherwise_is_refused_where_something_is_not_covered(whens: list[str]) -> None:
    """And only there, if each of its cases may be taken at all."""
    cases = tuple(When(when=when) for when in whens)
    approval = Approve(id="a", title=flows.text("a"), who="applicant")
    codes = {finding.code for finding in prove(flows.subject(Branch(id="b", title=flows.text("b"), cases=cases), approval)).findings}
    uncovered = any(not any(holds(when, answers) for when in whens) for answers in ANSWERS)
    taken = {next((place for place, when in enumerate(whens) if holds(when, answers)), None) for answers in ANSWERS}
    if set(range(len(whens))) <= taken:
        assert ("missing-otherwise" in codes) == uncovered
        assert "case-covered" not in codes
    else:
        assert codes & {"case-covered", "condition-never"}


def test_conditions_that_cannot_be_decided_in_time_are_named() -> None:
    """The bound is hit in the part that is too complex, and a proof of it is no verdict."""
    hard = " == ".join(f"note.contains('{n}')" for n in range(18))
    back = " == ".join(f"note.contains('{n}')" for n in reversed(range(18)))
    when = f"has(answered.note) && (({hard}) == ({back}))"
    expression = flows.compiled(when, "bool")
    cases = (When(when=when), When(when=None))
    subject = flows.subject(*(Branch(id=f"b{n}", title=flows.text(f"b{n}"), cases=cases) for n in range(40)))
    subject = type(subject)(subject.app, flows.EXPRESSIONS | {when: expression})
    began = time.process_time()
    verdict = prove(subject)
    assert time.process_time() - began < 5
    assert verdict.bounded
    assert {finding.at.step for finding in verdict.findings if finding.code == "proof-bound"} >= {"b0"}


def test_a_flow_of_a_thousand_steps_is_refused_at_once() -> None:
    """What is too long to be proved is said as that."""
    subject = flows.subject(*(Approve(id=f"s{n}", title=flows.text(f"s{n}"), who="applicant") for n in range(1_000)))
    began = time.process_time()
    verdict = prove(subject)
    assert time.process_time() - began < 1
    assert [finding.code for finding in verdict.findings] == ["proof-bound"]
    assert verdict.bounded
