"""Opinions that stand in the form (std:opinion): what the people of a step said in its last round, for whoever sees the field."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from runtime.casework.entries import HOW
from workflows import events as facts
from workflows import rights
from workflows.case import Case
from workflows.events import Closed, Event
from workflows.program import Program


def shown(program: Program, case: Case, events: Sequence[Event], person: str, language: str, zone: tzinfo) -> Mapping[str, Any]:
    """The answers of ``case`` that ``person`` may see, and the opinions among them in words."""
    answers = rights.shown(program, case, person)
    fields = [field for field in program.app.form.fields if field.kind == "opinion" and field.step]
    if not fields:
        return answers
    veil = rights.hidden(program, case, person)
    found = dict(answers)
    for field in fields:
        if field.name not in veil and field.step and (lines := [_line(*made, language, zone) for made in last(case, events, field.step)]):
            found[field.name] = "\n".join(lines)
    return found


def last(case: Case, events: Sequence[Event], step: str) -> Iterator[tuple[Event, Closed]]:
    """The decisions of the last round of ``step`` that stand: what was taken back is no opinion."""
    made = [
        (event, event.fact)
        for event in events
        if isinstance(event.fact, facts.Closed) and event.fact.step == step and _stands(case, event.fact)
    ]
    newest = max((fact.round for _, fact in made), default=0)
    return ((event, fact) for event, fact in made if fact.round == newest)


def _stands(case: Case, fact: Closed) -> bool:
    task = case.tasks.get(fact.task)
    return task is not None and task.state == "done" and task.how == fact.how and fact.how not in ("removed", "hand-over", "unclaim")


def _line(event: Event, fact: Closed, language: str, zone: tzinfo) -> str:
    """同意。 周建国 2026年11月23日"""
    local = event.at.astimezone(zone)
    day = f"{local.year}年{local.month}月{local.day}日" if language == "zh" else f"{local:%Y-%m-%d}"
    words = HOW[fact.how][0] if fact.how in HOW else {"zh": "已办理", "en": "Done"}
    said = fact.opinion or words["zh" if language == "zh" else "en"]
    return f"{said}　{fact.name or fact.person}　{day}" if language == "zh" else f"{said} — {fact.name or fact.person}, {day}"
