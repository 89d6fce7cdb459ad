"""A case as its page shows it: head, facts, progress, answers and record, worked out from what the engine and the tables say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from forms.texts import say
from runtime.casework import papers, record, sheet
from runtime.casework.entries import Entry, Teller, outcome
from runtime.casework.moments import due, moment
from runtime.files.cards import Card
from workflows import rights
from workflows.case import Case, Task
from workflows.events import Event
from workflows.people import Directory
from workflows.program import Program
from workflows.progress import Mark, progress


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads a case, and when."""

    person: str
    language: str
    now: datetime
    zone: tzinfo
    #: ids of people and departments to their names
    names: Mapping[str, str]
    #: files of the case by id, at their addresses
    files: Mapping[str, Card] = field(default_factory=dict[str, Card])


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of a case."""

    number: str
    title: str
    #: the step it is at
    step: str
    applicant: str
    department: str
    submitted: str
    open: bool
    #: time left of one's own task, or the outcome, with its tone
    standing: str
    tone: str
    #: the date of the limit, or when it ended
    limit: str
    uncertain: bool
    facts: list[tuple[str, str]]
    #: what it can be printed as: id and name
    papers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the progress picture."""

    title: str
    people: str
    #: done, now, soon, skip-n, back: classes of the style sheet
    look: str
    icon: str
    number: int
    #: for those who do not see the picture
    words: str


def head(program: Program, case: Case, reading: Reading, task: Task | None = None) -> Head:
    """The head as ``reading.person`` sees it; ``task`` is theirs if they are about to decide."""
    language = reading.language
    open_tasks = case.open_tasks()
    current = task or next((t for t in open_tasks if t.person == reading.person), open_tasks[0] if open_tasks else None)
    words, tone = outcome(program.app.flow.outcomes, case.outcome, language)
    limit = moment(case.ended_at, reading.now, reading.zone, language) if case.ended_at else "—"
    if case.status == "open" and current and current.limit:
        words, tone = due((current.limit - reading.now).total_seconds(), language, current.due_uncertain)
        limit = moment(current.limit, reading.now, reading.zone, language)
    submitted = moment(case.created_at, reading.now, reading.zone, language)
    return Head(
        number=case.number,
        title=say(program.app.title, language),
        step=_step_title(program, current.step, language) if current else "",
        applicant=case.applicant.name,
        department=case.applicant.department_title,
        submitted=f"{submitted} 提交" if language == "zh" else f"submitted {submitted}",
        open=case.status == "open",
        standing=words,
        tone=tone,
        limit=limit,
        uncertain=bool(current and current.due_uncertain),
        facts=sheet.summary(
            program.app.form, program.app.summary, rights.shown(program, case, reading.person), sheet.Reader(language, reading.names)
        )[:4],
        papers=papers.templates(program, language),
    )


def stops(program: Program, case: Case, directory: Directory, reading: Reading) -> list[Stop]:
    """The way of the case as a row of stops."""
    found: list[Stop] = []
    for number, mark in enumerate(progress(program, case, directory, reading.now), start=1):
        look, icon, words = LOOKS[mark.state]
        found.append(
            Stop(
                say(mark.title, reading.language), _people(mark, reading), look, icon, number, say(words, reading.language) if words else ""
            )
        )
    return found


LOOKS: dict[str, tuple[str, str, dict[str, str]]] = {
    "done": ("done", "check", {"zh": "已完成", "en": "done"}),
    "now": ("now", "user-check", {}),
    "next": ("soon", "", {}),
    "skipped": ("skip-n", "minus", {}),
    "returned": ("back", "arrow-back-up", {"zh": "已退回", "en": "returned"}),
    "stopped": ("stop", "x", {"zh": "到此结束", "en": "ended here"}),
}


def _people(mark: Mark, reading: Reading) -> str:
    zh = reading.language == "zh"
    if mark.state == "skipped":
        return "不经过" if zh else "not needed"
    names = [("您" if zh else "you") if person.person == reading.person else person.name for person in mark.people]
    more = len(names) - 3
    words = ("、" if zh else ", ").join(names[:3])
    return words + (f" 等 {len(names)} 人" if zh else f" +{more}") if more > 0 else words


def entries(program: Program, case: Case, events: tuple[Event, ...], reading: Reading) -> list[Entry]:
    """The record, and who is being waited for."""
    teller = Teller(
        steps=program.steps,
        form=program.app.form,
        outcomes=program.app.flow.outcomes,
        reader=sheet.Reader(reading.language, reading.names),
        me=reading.person,
        now=reading.now,
        zone=reading.zone,
        hidden=rights.hidden(program, case, reading.person),
        bygone={id: step.title for id, step in case.bygone.items()},
    )
    return record.tell(events, teller) + record.waiting(case, teller)


def _step_title(program: Program, step: str, language: str) -> str:
    if step == "start":
        return "发起人修改" if language == "zh" else "Correction by the applicant"
    found = program.steps.get(step)
    return say(found.title, language) if found else step
