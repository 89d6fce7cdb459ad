"""Answers that come with a command: who may write which, what follows from them, and what stays frozen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from forms import answers as forms
from forms import rules
from forms.form import Field
from forms.leaves import leaves
from forms.texts import Text
from workflows import refusals
from workflows.app import Approve, Handle
from workflows.commands import Refusal
from workflows.course import Course
from workflows.events import Applicant, Changed
from workflows.people import Directory
from workflows.program import Program


def facts(applicant: Applicant, now: datetime, directory: Directory) -> rules.Facts:
    """What the rules of a form may know besides the answers."""
    calendar = directory.calendar
    today = now.astimezone(ZoneInfo(calendar.time_zone)).date()
    known = {"id": applicant.id, "name": applicant.name, "department": applicant.department, "post": applicant.post}
    return rules.Facts(calendar=calendar, today=today, applicant=known)


def whole(
    program: Program, given: Mapping[str, Any], known: rules.Facts, directory: Directory, *, kept: Mapping[str, Any] | None = None
) -> dict[str, Any] | Refusal:
    """The applicant's form, complete; ``kept`` are answers of a returned case, of which those that others gave stay."""
    if strange := [name for name in given if name not in program.fills]:
        return refusals.not_editable(strange, titles(program))
    others = {name: value for name, value in _entered(program, kept or {}).items() if name not in program.fills}
    result = forms.check(program.rules, {**others, **given}, known)
    # what others are to fill in may still be missing
    problems = {
        path: words for path, words in result.problems.items() if (root := path.split(".")[0]) in program.fills or root in result.answers
    }
    problems |= strangers(program, {name: value for name, value in result.answers.items() if name in given}, directory)
    return refusals.invalid(problems) if problems else dict(result.answers)


def part(program: Program, given: Mapping[str, Any], known: rules.Facts, directory: Directory) -> dict[str, Any]:
    """As much of ``given`` as the form allows, where another case fills it in; the applicant is asked for the rest."""
    kept = {name: value for name, value in given.items() if name in program.fills}
    while True:
        result = forms.check(program.rules, kept, known)
        wrong = {path.split(".")[0] for path in (*result.problems, *strangers(program, result.answers, directory))} & kept.keys()
        if not wrong:
            return dict(result.answers)
        kept = {name: value for name, value in kept.items() if name not in wrong}


def apply(course: Course, step: Approve | Handle, given: Mapping[str, Any], *, complete: bool) -> dict[str, Any] | Refusal:
    """The answers after someone at ``step`` has written ``given``. ``complete``: what the step is asked for must be there."""
    program = course.program
    if strange := [name for name in given if name not in step.edit]:
        return refusals.not_editable(strange, titles(program))
    before = course.marking.answers
    if not step.edit or (not complete and not given):
        return before
    entered = _entered(program, before)
    known = facts(course.marking.applicant, course.now, course.directory)
    result = forms.check(program.rules, {**entered, **given}, known)
    problems = strangers(program, {name: value for name, value in result.answers.items() if name in given}, course.directory)
    if result.problems:
        # what was wrong before, because a day has passed or others are to fill it in, is not this person's to put right
        standing = forms.check(program.rules, entered, known).problems
        asked = step.edit if complete else given
        problems |= {path: words for path, words in result.problems.items() if path.split(".")[0] in asked or path not in standing}
    return refusals.invalid(problems) if problems else _frozen(program, before, result.answers, frozenset(step.edit))


def assign(course: Course, step: str, values: Mapping[str, Any]) -> Refusal | None:
    """The flow itself writes ``values`` (None: nothing is answered any more) at ``step``; what follows from them is calculated again.
    Refused when the form does not allow one of them.
    """
    program, before = course.program, course.marking.answers
    entered = {name: value for name, value in {**_entered(program, before), **values}.items() if value is not None}
    result = forms.check(program.rules, entered, facts(course.marking.applicant, course.now, course.directory))
    problems = {path: words for path, words in result.problems.items() if path.split(".")[0] in values and path.split(".")[0] in entered}
    problems |= strangers(program, {name: value for name, value in result.answers.items() if name in values}, course.directory)
    if problems:
        return refusals.invalid(problems)
    old, new = changes(before, _frozen(program, before, result.answers, frozenset(values)))
    if old or new:
        course.say(Changed(step=step, before=old, after=new))
    return None


def strangers(program: Program, answers: Mapping[str, Any], directory: Directory) -> dict[str, Text]:
    """The answers that name nobody of the organisation: a browser may send any text for a person."""
    found: dict[str, Text] = {}
    for field in program.naming:
        for path, column, id in leaves((field,), answers):
            if id is not None and not _known(column, str(id), directory):
                found[path] = NO_PERSON if column.kind == "person" else NO_DEPARTMENT
    return found


NO_PERSON: Text = {"zh": "没有这个人，或账号已停用", "en": "There is no such person, or the account is disabled"}
NO_DEPARTMENT: Text = {"zh": "没有这个部门", "en": "There is no such department"}


def _known(field: Field, id: str, directory: Directory) -> bool:
    if field.kind == "person":
        person = directory.person(id)
        return person is not None and not person.disabled
    return field.kind != "department" or directory.department(id) is not None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers that differ, as they were and as they are."""
    names = [name for name in (*before, *(name for name in after if name not in before)) if before.get(name, ...) != after.get(name, ...)]
    return {name: before[name] for name in names if name in before}, {name: after[name] for name in names if name in after}


def titles(program: Program) -> dict[str, Text]:
    return {field.name: field.title for field in program.app.form.fields}


def _frozen(program: Program, before: Mapping[str, Any], after: Mapping[str, Any], edited: frozenset[str]) -> dict[str, Any]:
    """``after``, but only what was edited and what depends on an answer that really changed: the rest stays as it was at
    submission, even where it reads the date of today.
    """
    touched = {name for name in edited if before.get(name, ...) != after.get(name, ...)}
    moved = {name for name, inputs in program.inputs.items() if inputs & touched} | edited
    kept = {name: value for name, value in before.items() if name not in moved}
    return kept | {name: value for name, value in after.items() if name in moved}


def _entered(program: Program, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that someone wrote; the others were calculated."""
    return {name: value for name, value in answers.items() if name not in program.rules.computed}
