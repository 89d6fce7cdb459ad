"""Steps that are done as soon as the case comes to them: answers are set, numbers issued, systems outside told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from forms.expressions import UNKNOWN, Fault
from forms.texts import say
from workflows import candidates, editing, words
from workflows.app import Issue, Send, Set
from workflows.commands import Refusal
from workflows.course import Course, Undrawn
from workflows.effects import Webhook
from workflows.unattended import Issued, Sent


def carry_out(course: Course, step: Set | Issue | Send) -> None:
    """Raises Fault when an expression fails or the form does not allow what it gives, Undrawn when a number is needed."""
    match step:
        case Set():
            set_answers(course, step)
        case Issue():
            issue(course, step)
        case Send():
            send(course, step)


def set_answers(course: Course, step: Set) -> None:
    """All at once, from the answers as they were before; what is not yet known is left as it is."""
    program, bound = course.program, candidates.binding(course.facts)
    values = {
        name: value
        for name, text in step.answers.items()
        if (value := program.answer(program.field(name), text).value(bound, course.directory.calendar)) is not UNKNOWN
    }
    _assigned(step.id, editing.assign(course, step.id, values))


def issue(course: Course, step: Issue) -> None:
    """The next number of the series. A case that comes here again keeps the one it has, so that none is lost."""
    number = course.marking.issued.get(step.into)
    if number is None:
        day = course.now.astimezone(ZoneInfo(course.directory.calendar.time_zone)).date()
        scope = f"issue {words.number_scope(step.pattern, day)}"
        if scope not in course.drawn:
            raise Undrawn((scope,))
        number = words.number(step.pattern, day, course.drawn[scope])
        course.say(Issued(step=step.id, field=step.into, number=number))
    _assigned(step.id, editing.assign(course, step.id, {step.into: number}))


def send(course: Course, step: Send) -> None:
    """What leaves is named in the flow, answer by answer."""
    marking = course.marking
    answers = {name: marking.answers[name] for name in step.answers if name in marking.answers}
    payload = {
        "app": marking.app,
        "case": marking.id,
        "number": marking.number,
        "step": step.id,
        "at": _stamp(course.now),
        "answers": answers,
    }
    course.say(Sent(step=step.id, to=step.to))
    course.effects.append(Webhook(name=step.to, payload=payload))


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _assigned(step: str, refusal: Refusal | None) -> None:
    if refusal:
        raise Fault(step, "; ".join(f"{name}: {say(text, 'zh')}" for name, text in refusal.fields.items()))
