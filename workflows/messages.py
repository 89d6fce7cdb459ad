"""What people are told of a decision, worked out from its facts: one place says who hears of what, in which words.

The words do not name the case: they stand beside its subject, which whoever delivers them has.
"""

from collections.abc import Iterator
from datetime import timedelta

from forms.texts import Text
from workflows import candidates
from workflows.case import Case
from workflows.effects import Message, MessageKind
from workflows.events import Closed, Commented, Copied, Ended, Entered, Event, Opened, Recalled, Returned
from workflows.people import Directory
from workflows.program import START, Program
from workflows.unattended import Called, Rang

OUTCOMES: dict[str, Text] = {
    "approved": {"zh": "已通过", "en": "has been approved"},
    "rejected": {"zh": "未通过", "en": "has been rejected"},
    "withdrawn": {"zh": "已撤销", "en": "has been withdrawn"},
    "terminated": {"zh": "已终止", "en": "has been terminated"},
    "caller-gone": {"zh": "已随主申请取消", "en": "has been cancelled with the case that called it"},
}
HELD: dict[str, Text] = {
    "nobody": {"zh": "逾期，但找不到可以接手的人", "en": "is late, and nobody can take it over"},
    "incomplete": {"zh": "逾期，但缺少必填内容，不能自动处理", "en": "is late, but lacks answers and cannot be decided automatically"},
    "calendar": {"zh": "所在年份的工作日历还没有公布，暂不自动处理", "en": "is held back: the calendar of its year is not known yet"},
}


def of(program: Program, before: Case | None, after: Case, events: list[Event], directory: Directory) -> Iterator[Message]:
    """The messages about ``events``, which led from ``before`` to ``after``. Nobody is told of what they did themselves."""
    returned = {event.fact.to for event in events if isinstance(event.fact, Returned)}
    instead = {event.fact.step for event in events if isinstance(event.fact, Entered) and event.fact.instead == "nobody"}
    back = next((event.fact for event in events if isinstance(event.fact, Recalled)), None)
    for event in events:
        fact = event.fact
        match fact:
            case Opened() if back and fact.person == back.person:
                pass
            case Opened() if fact.task in after.tasks and after.tasks[fact.task].state == "open":
                yield _opened(program, fact, returned, instead)
            case Copied(nobody=True):
                words = _said(program, fact.step, "没有找到可以抄送的人，已跳过", "Nobody was found to copy it to: skipped")
                yield from _all(_admins(after, directory), None, "stuck", words)
            case Called(case=None):
                words = _said(program, fact.step, "没有找到发起人，没有发起", "Nobody was found to start it: it was not started")
                yield from _all(_admins(after, directory), None, "stuck", words)
            case Entered(candidates=()):
                words = _said(program, fact.step, "没有人可以办理，停在这里", "Nobody can act: it stands still")
                yield from _all([after.applicant.id], event.actor, "stuck", words)
            case Rang(task=None, held="calendar") if before and _first(before, fact, event):
                yield from _rang(program, after, fact, directory)
            case Copied():
                words = _said(program, fact.step, "抄送给您", "A copy for you")
                for person in fact.people:
                    yield Message(person=person.person, kind="copied", step=fact.step, task=None, text=words)
            case Rang(task=str()):
                yield from _rang(program, after, fact, directory)
            case Commented():
                words: Text = {"zh": f"{fact.name} 评论：{fact.text}", "en": f"{fact.name} commented: {fact.text}"}
                yield from _all(_taking_part(after), event.actor, "comment", words)
            case Closed(how="cancelled" | "superseded") if before and fact.task in before.tasks and event.actor != fact.person:
                if after.outcome in ("withdrawn", "terminated", "caller-gone"):
                    words = _said(program, fact.step, "申请已经撤销，不用再办", "The application is gone: nothing is left to do")
                    yield Message(person=fact.person, kind="withdrawn", step=fact.step, task=fact.task, text=words)
                elif back and fact.person != back.person:
                    zh, en = f"：{back.name} 撤回了前面的决定，暂时不用办", f"Not to be done for now: {back.name} has taken a decision back"
                    words = _said(program, fact.step, zh, en)
                    yield Message(person=fact.person, kind="withdrawn", step=fact.step, task=fact.task, text=words)
            case Ended() if event.actor != after.applicant.id:
                yield Message(person=after.applicant.id, kind="ended", step=None, task=None, text=_ended(program, fact))
            case _:
                pass


def _first(before: Case, fact: Rang, event: Event) -> bool:
    """Whether a wait is held for the first time; it is looked at again every day."""
    until = before.still[fact.step].until
    return until is not None and event.at < until + timedelta(days=1)


def _opened(program: Program, fact: Opened, returned: set[str], instead: set[str]) -> Message:
    kind: MessageKind = "task"
    if fact.step in returned:
        kind, zh, en = "returned", "退回给您修改", "Returned to you"
    elif fact.step == START:
        zh, en = "请补全后提交", "Fill in what is missing and hand it in"
    elif fact.step in instead:
        zh, en = "没有找到合适的人，交给您办理", "Nobody was found: it comes to you"
    elif fact.by is not None:
        kind, zh, en = "transferred", "转给您办理", "Has come over to you"
    else:
        zh, en = "等您办理", "Waits for you"
    return Message(person=fact.person, kind=kind, step=fact.step, task=fact.task, text=_said(program, fact.step, zh, en))


def _rang(program: Program, case: Case, fact: Rang, directory: Directory) -> Iterator[Message]:
    if fact.held is not None:
        if fact.held == "calendar" and fact.times > 1:
            return
        held = HELD[fact.held]
        words = _said(program, fact.step, held["zh"], held["en"])
        yield from _all(_admins(case, directory), None, "stuck" if fact.held != "calendar" else "calendar", words)
    elif fact.how == "remind" and fact.person is not None:
        yield Message(
            person=fact.person,
            kind="overdue",
            step=fact.step,
            task=fact.task,
            text=_said(program, fact.step, "已经逾期，请尽快办理", "Is late: please see to it"),
        )
    elif fact.how in ("approve", "reject", "complete") and fact.person is not None:
        words = _said(program, fact.step, "逾期未办，已按流程自动处理", "Was late and has been decided automatically")
        yield Message(person=fact.person, kind="decided", step=fact.step, task=fact.task, text=words)
    elif fact.how == "escalate" and fact.person is not None:
        words = _said(program, fact.step, "逾期未办，已上报", "Was late and has been escalated")
        yield Message(person=fact.person, kind="escalated", step=fact.step, task=fact.task, text=words)


def _admins(case: Case, directory: Directory) -> list[str]:
    """The flow administrators who look after the case."""
    return [found.person.id for found in candidates.flow_admins(directory, case.applicant.department)]


def _taking_part(case: Case) -> list[str]:
    return [case.applicant.id, *(task.person for task in case.open_tasks())]


def _all(people: list[str], actor: str | None, kind: MessageKind, words: Text) -> Iterator[Message]:
    for person in dict.fromkeys(people):
        if person != actor:
            yield Message(person=person, kind=kind, step=None, task=None, text=words)


def _ended(program: Program, fact: Ended) -> Text:
    words = OUTCOMES.get(fact.outcome)
    if words is None:
        own = program.app.flow.outcomes.get(fact.outcome, {"zh": fact.outcome})
        words = {"zh": f"已办结：{own['zh']}", "en": f"has ended: {own.get('en') or own['zh']}"}
    return {"zh": f"您的申请{words['zh']}", "en": f"Your application {words['en']}"}


def _said(program: Program, step: str, zh: str, en: str) -> Text:
    title = {"zh": "申请", "en": "The application"} if step == START else program.steps[step].title
    return {"zh": f"“{title['zh']}”{zh}", "en": f"“{title.get('en') or title['zh']}”: {en[:1].lower()}{en[1:]}"}
