"""Which answers a person may see of a case: whatever one of their parts in it, as applicant, at a step or by a copy, lets them see."""

from collections.abc import Mapping
from typing import Any

from workflows.app import Notify
from workflows.case import Case
from workflows.program import START, Program


def hidden(program: Program, case: Case, person: str) -> frozenset[str]:
    """The fields that ``person`` does not see in ``case``. Someone with several parts in it sees what any of them shows; who only looks
    after it, as flow administrator, sees all.
    """
    steps = {task.step for task in case.tasks.values() if person in (task.person, task.principal)}
    parts = [program.veiled[step] if step in program.veiled else frozenset(case.bygone[step].veil) for step in steps]
    if person == case.applicant.id:
        parts.append(program.veiled[START])
    if person in case.copied:
        copies = [program.veiled[id] for id in case.executed if isinstance(program.steps[id], Notify)]
        # others got theirs because a task of theirs went to somebody else
        parts += [frozenset[str]().union(*copies)] if copies else []
    veil = parts[0] if parts else frozenset[str]()
    for part in parts[1:]:
        veil &= part
    return veil


def shown(program: Program, case: Case, person: str) -> Mapping[str, Any]:
    """The answers of ``case`` that ``person`` may see."""
    veil = hidden(program, case, person)
    return {name: value for name, value in case.answers.items() if name not in veil} if veil else case.answers
