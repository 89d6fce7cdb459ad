"""The scenarios of the example apps, each a test of its own, and what they reach of the flows."""

from functools import cache
from pathlib import Path

import pytest

from builder import compile
from builder.compile import Compiled
from builder.scenarios import running
from builder.scenarios.running import Run
from workflows.app import Approve, Branch, End, Handle, Inclusive, walk
from workflows.events import Changed, Closed, Copied, Entered, Forked, Took
from workflows.unattended import Called, Issued, Sent, Waiting

EXAMPLES = Path(__file__).parents[2] / "examples"
APPS = (
    "business-trip",
    "disability-allowance",
    "food-licence",
    "leave",
    "meeting-room",
    "official-document",
    "petition",
    "procurement",
    "seal-use",
    "supervision",
    "supervision-part",
    "travel-expense",
    "vehicle",
    "visitor",
)


@cache
def compiled() -> Compiled:
    return compile.compile_workspace(EXAMPLES)


@cache
def runs() -> dict[str, Run]:
    """By app and title."""
    return {f"{run.app}: {run.title}": run for run in running.run(compiled())}


def test_the_examples_compile_without_a_word() -> None:
    """No error, no warning, English complete."""
    assert [problem.render() for problem in compiled().problems] == []
    assert tuple(compiled().apps) == APPS


@pytest.mark.parametrize("name", runs())
def test_a_scenario_goes_as_it_says(name: str) -> None:
    """By the real engine over the people of the workspace."""
    assert [failure.render() for failure in runs()[name].failures] == []


@pytest.mark.parametrize("app", APPS)
def test_the_scenarios_reach_every_step_case_and_action(app: str) -> None:
    """Each step is entered, each case of a branch taken, each action of a step's own used."""
    facts = [event.fact for run in runs().values() if run.app == app for event in run.events]
    entered = {fact.step for fact in facts if isinstance(fact, Entered | Copied | Waiting | Called | Issued | Sent | Changed)}
    entered |= {fact.parallel for fact in facts if isinstance(fact, Forked)}
    taken = {(fact.branch, fact.case) for fact in facts if isinstance(fact, Took)}
    taken |= {(fact.parallel, number) for fact in facts if isinstance(fact, Forked) for number in fact.taken or ()}
    used = {(fact.step, fact.how) for fact in facts if isinstance(fact, Closed)}
    missing: list[object] = []
    for step in walk(compiled().apps[app].flow.steps):
        if not isinstance(step, Branch | End) and step.id not in entered:
            missing.append(step.id)
        if isinstance(step, Branch | Inclusive):
            missing += [(step.id, number) for number in range(len(step.cases)) if (step.id, number) not in taken]
        if isinstance(step, Approve | Handle):
            missing += [(step.id, action.id) for action in step.actions if (step.id, action.id) not in used]
    assert missing == []
