"""Runs the scenarios of an app (tests/*.yaml) by the real engine over the people of the workspace, and says where one went otherwise."""

from collections.abc import Iterator
from collections.abc import Mapping as Named
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from builder import spans
from builder.compile import Compiled
from builder.nodes import Mapping, Node, data, items, mapping, words
from builder.problems import Problems
from forms import worktime
from forms.diagnostics import Diagnostic
from forms.rules import Facts
from forms.texts import LANGUAGES, say
from workflows import app as apps
from workflows import commands, engine, program
from workflows import words as phrases
from workflows.case import Case
from workflows.effects import Body, Draw, Message, Timer
from workflows.engine import Decision
from workflows.events import Applicant, Copied, Event
from workflows.people import Person
from workflows.roster import Roster
from workflows.unattended import Called, Sent

SUPERVISION: dict[str, Any] = {
    "recall": commands.Recall,
    "remove": commands.Remove,
    "remind": commands.Remind,
    "hand-over": commands.HandOver,
    "suspend": commands.Suspend,
    "resume": commands.Resume,
    "terminate": commands.Terminate,
}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Run:
    """One scenario that was run: all that happened, and what should not have."""

    app: str
    title: str
    file: str
    line: int
    failures: list[Diagnostic]
    events: list[Event]


def run(compiled: Compiled, app: str | None = None) -> Iterator[Run]:
    """Every scenario of every app that compiled (or of one), in the order of the files."""
    if compiled.organisation is None:
        return
    roster = Roster(compiled.organisation)
    for id, definition in compiled.apps.items():
        if app in (None, id):
            loaded = program.load(apps.release(definition))
            for root in compiled.scenarios.get(id, {}).values():
                for node in items(root):
                    if isinstance(node, Mapping):
                        yield Play(loaded, roster, node).run()


@dataclass(slots=True)
class Play:
    """A scenario under way."""

    program: program.Program
    roster: Roster
    scenario: Mapping
    problems: Problems = field(default_factory=Problems)
    events: list[Event] = field(default_factory=list[Event])
    case: Case | None = None
    now: datetime = LONG_AGO
    sent: int = 0
    #: the last number drawn of each counter
    counters: dict[str, int] = field(default_factory=dict[str, int])
    #: what this act, and the time before it, has sent out
    effects: list[Body] = field(default_factory=list[Body])

    def run(self) -> Run:
        node = self.scenario
        self.now = self.moment(words(node.get("at")) or "")
        went_on = self.expect(node.get("expect"), node, self.submit(node))
        for step in items(node.get("then")) if went_on else ():
            self.effects = []
            if isinstance(step, Mapping) and not self.expect(step.get("expect"), step, self.act(step)):
                break
        place = node.source.place(node.start)
        return Run(self.program.app.id, words(node.get("scenario")) or "", place.file, place.line, self.problems.in_order(), self.events)

    # what people do

    def submit(self, node: Mapping) -> Decision | commands.Refusal:
        person = self.person(words(node.get("as")) or "")
        held = mapping(node.get("post"))
        main = person.holdings[0] if person.holdings else None
        department = (words(held.get("department")) if held else main and main.department) or ""
        found = self.roster.department(department)
        applicant = Applicant(
            id=person.id,
            name=person.name,
            department=department,
            department_title=found.title["zh"] if found else "",
            post=(words(held.get("post")) if held else main and main.post) or "",
        )
        number = phrases.number(self.program.app.number, self.local().date(), 1)
        answers, picked = _answers(node.get("submit")), _picked(node)
        return self.decide(commands.Submit(id=self.command(), applicant=applicant, number=number, answers=answers, picked=picked))

    def act(self, node: Mapping) -> Decision | commands.Refusal | None:
        rung = self.later(node)
        if isinstance(rung, commands.Refusal) or not {"as", "message", "called"} & node.entries.keys():
            return rung
        if name := words(node.get("message")):
            return self.decide(commands.Deliver(id=self.command(), name=name, payload=_answers(node.get("with"))))
        if step := words(node.get("called")):
            return self.decide(self.child(step, node))
        actor, do, opinion = words(node.get("as")) or "", words(node.get("do")) or "", words(node.get("opinion")) or ""
        if do == "withdraw":
            return self.decide(commands.Withdraw(id=self.command(), actor=actor, opinion=opinion))
        if do == "comment":
            return self.decide(commands.Comment(id=self.command(), actor=actor, text=opinion))
        to, people = words(node.get("to")), tuple(filter(None, map(words, items(node.get("people")))))
        if do in SUPERVISION:
            return self.decide(self.supervision(do, actor, node, opinion, to or "", people))
        return self.decide(
            commands.Act(
                id=self.command(),
                actor=actor,
                task=self.task(actor, words(node.get("on"))),
                action=do,
                opinion=opinion,
                answers=_answers(node.get("answers")),
                to=to,
                people=people,
                picked=_picked(node),
                signature=words(node.get("signature")) or "",
                resume=cast(Any, words(node.get("resume"))),
            )
        )

    def supervision(self, do: str, actor: str, node: Mapping, reason: str, to: str, people: tuple[str, ...]) -> commands.Command:
        """What is done beside deciding a task."""
        id = self.command()
        if do in ("remind", "remove"):
            kind = commands.Remind if do == "remind" else commands.Remove
            return kind(id=id, actor=actor, task=self.task(to, words(node.get("on"))))
        if do == "recall":
            mine = [t for t in self.case.tasks.values() if t.person == actor and t.state == "done"] if self.case else []
            on = words(node.get("on"))
            return commands.Recall(id=id, actor=actor, task=next((t.id for t in reversed(mine) if on in (None, t.step)), ""))
        if do == "hand-over":
            return commands.HandOver(id=id, actor=actor, person=people[0] if people else "", to=to)
        return SUPERVISION[do](id=id, actor=actor, reason=reason)

    def later(self, node: Mapping) -> Decision | commands.Refusal | None:
        """Time goes by as ``node`` says, and whatever is due on the way happens: the last decision or the first refusal of it."""
        end = self.now
        if moment := words(node.get("at")):
            end = self.moment(moment)
        elif span := spans.read(node.get("after")):
            end = worktime.after(self.roster.calendar, self.now, span.amount, span.unit).at
        outcome: Decision | commands.Refusal | None = None
        while timer := self.due(end):
            self.now = max(self.now, timer.at)
            outcome = self.decide(commands.Fire(id=self.command(), timer=timer.id))
            if isinstance(outcome, commands.Refusal):
                break
        self.now = end
        return outcome

    def due(self, end: datetime) -> Timer | None:
        """The first timer that rings by ``end``."""
        waiting = self.case.timers.values() if self.case else ()
        return min((timer for timer in waiting if timer.at <= end), key=lambda timer: (timer.at, timer.id), default=None)

    def child(self, step: str, node: Mapping) -> commands.ChildEnded:
        """The end of the case that ``step`` called last, for this row."""
        row = cast("int", data(node.entries["row"].value)) if "row" in node.entries else 1
        found = [
            event.fact for event in self.events if isinstance(event.fact, Called) and (event.fact.step, event.fact.index) == (step, row - 1)
        ]
        case = (found[-1].case if found else None) or ""
        outcome = words(node.get("ended")) or ""
        return commands.ChildEnded(
            id=self.command(), case=case, step=step, index=row - 1, outcome=outcome, answers=_answers(node.get("answers"))
        )

    def decide(self, command: commands.Command) -> Decision | commands.Refusal:
        drawn: dict[str, int] = {}
        while isinstance(outcome := engine.decide(self.program, self.case, command, self.now, self.roster, drawn=drawn), Draw):
            for scope in outcome.scopes:
                self.counters[scope] = drawn[scope] = self.counters.get(scope, 0) + 1
        if isinstance(outcome, Decision):
            self.case = outcome.case
            self.events.extend(outcome.events)
            self.effects.extend(effect.body for effect in outcome.effects)
        return outcome

    def task(self, actor: str, step: str | None) -> str:
        """The task meant: one's own that is open, else someone's, else a closed one; so that refusals can be tried too."""
        tasks = [task for task in self.case.tasks.values() if step in (None, task.step)] if self.case else []
        best = sorted(tasks, key=lambda task: (task.state == "open", task.person == actor))
        return best[-1].id if best else ""

    def command(self) -> str:
        self.sent += 1
        return f"{self.sent:032x}"

    def person(self, id: str) -> Person:
        return self.roster.person(id) or Person(id=id, name=id)

    def moment(self, written: str) -> datetime:
        """A time by the clock on the wall of the organisation."""
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(self.roster.calendar.time_zone)).astimezone(UTC)

    def local(self, at: datetime | None = None) -> datetime:
        return (at or self.now).astimezone(ZoneInfo(self.roster.calendar.time_zone))

    # what must come of it

    def expect(self, node: Node | None, step: Mapping, outcome: Decision | commands.Refusal | None) -> bool:
        """Whether the scenario can go on: nothing was refused that should not have been."""
        wanted = mapping(node)
        refused = words(wanted.get("refused")) if wanted else None
        if isinstance(outcome, commands.Refusal):
            if refused is None:
                self.differs(step, {"zh": "接受", "en": "accepted"}, {language: _refusal(outcome, language) for language in LANGUAGES})
                return False
            if refused != outcome.code and wanted:
                self.differs(wanted.entries["refused"].value, refused, outcome.code)
        elif refused is not None and wanted:
            self.differs(wanted.entries["refused"].value, refused, {"zh": "没有拒绝", "en": "not refused"})
            return False
        for key, value in wanted.items() if wanted else ():
            self.one(key, value, outcome)
        return True

    def one(self, key: str, node: Node, outcome: Decision | commands.Refusal | None) -> None:
        wanted = data(node)
        if key == "fields":
            fields = outcome.fields if isinstance(outcome, commands.Refusal) else {}
            self.compare(node, sorted(wanted), sorted(fields))
        elif self.case is None:
            if key != "refused":
                self.differs(node, wanted, {"zh": "还没有申请", "en": "no case"})
        elif key == "open":
            found: dict[str, list[str]] = {}
            for task in self.case.open_tasks():
                found.setdefault(task.step, []).append(task.person)
            self.compare(node, _sorted(wanted), _sorted(found))
        elif key == "due":
            dues = {task.step: self.local(task.due).strftime("%Y-%m-%dT%H:%M") for task in self.case.open_tasks() if task.due}
            if isinstance(wanted, dict):
                self.compare(node, wanted, dues)
            else:
                self.compare(node, [wanted], sorted(set(dues.values())))
        elif key == "answers":
            for name, value in node.items() if isinstance(node, Mapping) else ():
                self.compare(value, data(value), self.case.answers.get(name))
        elif key == "visible":
            self.compare(node, sorted(wanted), sorted(self.visible(self.case)))
        elif key in ("waiting", "called", "sent", "told"):
            self.compare(node, *self.outward(key, wanted, self.case))
        elif key == "ended":
            self.compare(node, wanted, self.case.outcome if self.case.status == "ended" else {"zh": "没有结束", "en": "not ended"})
        elif key == "copied":
            got = [*(event.fact.step for event in self.events if isinstance(event.fact, Copied)), *self.case.copied]
            if not set(wanted) <= set(got):
                self.differs(node, wanted, got)

    def outward(self, key: str, wanted: Any, case: Case) -> tuple[Any, Any]:
        """What is wanted and what there is of things that are nobody's task."""
        if key == "waiting":
            return sorted(wanted), sorted(case.still)
        found: dict[str, list[str]] = {}
        if key == "told":
            for body in self.effects:
                if isinstance(body, Message):
                    found.setdefault(body.person, []).append(body.kind)
            return _sorted(wanted), _sorted(found)
        if key == "sent":
            return sorted(wanted), sorted(event.fact.to for event in self.events if isinstance(event.fact, Sent))
        for event in self.events:
            if isinstance(event.fact, Called):
                found.setdefault(event.fact.step, []).append(event.fact.person or "")
        return _sorted(wanted), _sorted(found)

    def visible(self, case: Case) -> frozenset[str]:
        applicant = {
            "id": case.applicant.id,
            "name": case.applicant.name,
            "department": case.applicant.department,
            "post": case.applicant.post,
        }
        facts = Facts(calendar=self.roster.calendar, today=self.local().date(), applicant=applicant)
        return self.program.rules.settle(case.answers, facts).visible

    def compare(self, node: Node, wanted: Any, found: Any) -> None:
        if wanted != found:
            self.differs(node, wanted, found)

    def differs(self, at: Node, wanted: Any, found: Any) -> None:
        """A dictionary of both languages is said as it is, anything else as a definition writes it."""
        title = words(self.scenario.get("scenario")) or ""
        self.problems.add(
            at,
            "scenario-failed",
            f"场景“{title}”：应当是 {_said(wanted, 'zh')}，实际是 {_said(found, 'zh')}",
            f"Scenario “{title}”: expected {_said(wanted, 'en')}, got {_said(found, 'en')}",
        )


def _refusal(refusal: commands.Refusal, language: str) -> str:
    fields = "; ".join(f"{name}: {say(text, language)}" for name, text in refusal.fields.items())
    return f"{refusal.code}, {say(refusal.message, language)} {fields}".strip()


def _said(value: Any, language: str) -> str:
    texts = cast(dict[str, str], value) if isinstance(value, dict) else {}
    return texts[language] if texts.keys() == set(LANGUAGES) else _shown(value)


def _picked(node: Mapping) -> dict[str, tuple[str, ...]]:
    found = mapping(node.get("choose"))
    return {step: tuple([id for item in items(people) if (id := words(item))]) for step, people in (found.items() if found else ())}


def _answers(node: Node | None) -> dict[str, Any]:
    return data(node) if isinstance(node, Mapping) else {}


def _sorted(open: Named[str, list[str]]) -> dict[str, list[str]]:
    return {step: sorted(people) for step, people in sorted(open.items())}


def _shown(value: Any) -> str:
    """A value as a definition writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in cast(list[Any], value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_shown(item)}' for key, item in cast(dict[str, Any], value).items())}}}"
    return str(value)
