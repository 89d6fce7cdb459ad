"""Materials that come later (容缺): what a case still lacks, when its applicant is reminded, what waits for it, and how it is handed in."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from forms import answers as forms
from forms.form import Field
from forms.texts import Text, say
from workflows import editing, refusals, timing
from workflows.commands import Refusal, Supply
from workflows.course import Course
from workflows.effects import Message, Timer
from workflows.events import Changed, Left
from workflows.program import START, Program
from workflows.unattended import Scheduled

#: by the clock on the wall, on the promised day
MORNING = time(9, 0)


class Owed(NamedTuple):
    """A material that was promised and has not come."""

    field: Field
    #: the promised day
    day: str
    #: as Later.before
    before: str | None


def owed(program: Program, answers: Mapping[str, Any]) -> list[Owed]:
    """What is promised in ``answers`` and is not there."""
    return [
        Owed(field, str(day), field.later.before)
        for field in program.app.form.fields
        if field.later and not answers.get(field.name) and (day := answers.get(field.later.promise))
    ]


def watch(course: Course, before: Mapping[str, Any]) -> None:
    """The applicant is reminded in the morning of each day that was promised."""
    if not course.open:
        return
    zone = ZoneInfo(course.directory.calendar.time_zone)
    timers: list[Timer] = []
    for item in owed(course.program, course.marking.answers):
        assert item.field.later is not None
        if before.get(item.field.later.promise) != item.day:
            at = datetime.combine(date.fromisoformat(item.day), MORNING, zone)
            timers.append(Timer(id=timing.later_id(item.field.name), at=max(at, course.now)))
    if timers:
        course.say(Scheduled(timers=tuple(timers)))


def remind(course: Course, name: str) -> None:
    """The promised day of a material has come."""
    found = next((item for item in owed(course.program, course.marking.answers) if item.field.name == name), None)
    if found is None:
        return
    marking = course.marking
    text = {
        "zh": f"{marking.number} 今天要补交“{say(found.field.title, 'zh')}”",
        "en": f"{marking.number}: “{say(found.field.title, 'en')}” is due today",
    }
    course.effects.append(Message(person=marking.applicant.id, kind="reminder", step=START, task=None, text=text))


def lacking(course: Course) -> Refusal | None:
    """What keeps the steps that were just passed, or the approval, from being carried out."""
    missing = owed(course.program, course.marking.answers)
    if not missing:
        return None
    passed = {event.fact.step for event in course.events if isinstance(event.fact, Left) and event.fact.how == "passed"}
    approved = not course.open and course.marking.outcome == "approved"
    waiting = [item.field.title for item in missing if item.before in passed or (item.before == "end" and approved)]
    if not waiting:
        return None
    return refusals.refuse(
        "material-missing",
        f"申请人还没有补交：{'、'.join(say(title, 'zh') for title in waiting)}。补交后才能继续",
        f"The applicant still has to hand in: {', '.join(say(title, 'en') for title in waiting)}. It cannot go on before",
    )


def supply(course: Course, command: Supply) -> Refusal | None:
    """The applicant hands in what they promised."""
    marking, program = course.marking, course.program
    person = course.directory.person(command.actor)
    if command.actor != marking.applicant.id or person is None or person.disabled:
        return refusals.refuse("not-yours", "只有申请人可以补交材料", "Only the applicant may hand in what is missing")
    if not course.open:
        return refusals.over()
    there = {item.field.name for item in owed(program, marking.answers)}
    if strange := [name for name in command.answers if name not in there]:
        return refusals.not_editable(strange, editing.titles(program))
    given = {name: value for name, value in command.answers.items() if value}
    if not given:
        return refusals.refuse("nothing-sent", "请先选择要补交的文件", "Choose the files first")
    known = editing.facts(marking.applicant, course.now, course.directory)
    entered = {name: value for name, value in marking.answers.items() if name not in program.rules.computed}
    result = forms.check(program.rules, {**entered, **given}, known)
    problems: dict[str, Text] = {path: words for path, words in result.problems.items() if path.split(".")[0] in given}
    if problems:
        return refusals.invalid(problems)
    # the day was promised until it came: it stays in the record
    kept = {**marking.answers, **{name: result.answers[name] for name in given if name in result.answers}}
    days = {field.later.promise for field in program.app.form.fields if field.later and field.name in given}
    before, after = editing.changes(marking.answers, {name: value for name, value in kept.items() if name not in days})
    course.say(Changed(step=START, before=before, after=after), command.actor)
    return None
