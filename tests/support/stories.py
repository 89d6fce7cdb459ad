"""A small office and the story of one case in it: what the tests of the engine and of the forecast tell."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from forms.calendar import WorkCalendar, Year
from forms.form import Check, Field, Form, Option, Section
from workflows import engine, moving
from workflows.app import App, Flow, Start, Step, Withdraw, release
from workflows.case import Case, Task
from workflows.commands import (
    Act,
    ChildEnded,
    Command,
    Comment,
    Deliver,
    Fire,
    HandOver,
    Migrate,
    MoveBack,
    Recall,
    Refusal,
    Remind,
    Remove,
    Resume,
    Submit,
    Suspend,
    Terminate,
)
from workflows.commands import Withdraw as TakeBack
from workflows.effects import Body, Draw, StartCase, Timer
from workflows.engine import Decision
from workflows.events import Applicant, Event
from workflows.fold import fold
from workflows.moving import Stuck
from workflows.moving_plan import NOTHING, Plan
from workflows.people import Department, Holding, Member, Organisation, Person, Post, Role
from workflows.program import Program, load
from workflows.roster import Roster

CALENDAR = WorkCalendar(
    time_zone="Asia/Shanghai",
    hours=(("08:30", "12:00"), ("13:30", "17:30")),
    years={2026: Year(year=2026, holidays=("2026-01-01",)), 2027: Year(year=2027, holidays=("2027-01-01",))},
)
#: a Monday, nine in the morning in Shanghai
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


def person(id: str, name: str, department: str, post: str = "clerk", *, disabled: bool = False) -> Person:
    return Person(id=id, name=name, holdings=(Holding(department=department, post=post),), disabled=disabled)


def office(*, disabled: tuple[str, ...] = (), without_admin: bool = False, heads: dict[str, str | None] | None = None) -> Roster:
    """Section → bureau → city. Lin applies; Zhou heads the section, Wang the bureau, Ma the city; Ou is the outsider."""
    headed: dict[str, str | None] = {"section": "zhou", "bureau": "wang", "city": "ma", "finance": "fang", **(heads or {})}
    departments = [
        ("city", "市政府", None, ()),
        ("bureau", "数据局", "city", ("du",)),
        ("section", "数据处", "bureau", ("dong",)),
        ("finance", "财务处", "bureau", ()),
    ]
    people = [
        ("lin", "林晓", "section", "clerk"),
        ("zhou", "周建国", "section", "head"),
        ("dong", "董副", "section", "deputy"),
        ("wang", "王局", "bureau", "head"),
        ("du", "杜副局", "bureau", "deputy"),
        ("ma", "马市长", "city", "head"),
        ("fang", "方处", "finance", "head"),
        ("fei", "费会计", "finance", "clerk"),
        ("feng", "冯会计", "finance", "clerk"),
        ("guan", "管理员", "city", "clerk"),
        ("ou", "欧外", "finance", "visitor"),
    ]
    return Roster(
        Organisation(
            id="qingxi",
            title={"zh": "清溪市"},
            calendar=CALENDAR,
            departments=tuple(
                Department(id=id, title={"zh": title}, parent=parent, head=headed[id], deputies=deputies)
                for id, title, parent, deputies in departments
            ),
            posts=(Post(id="clerk", title={"zh": "科员", "en": "Clerk"}), Post(id="head", title={"zh": "处长", "en": "Head"})),
            people=tuple(person(id, name, department, post, disabled=id in disabled) for id, name, department, post in people),
            roles=(
                Role(id="money", title={"zh": "财务经办", "en": "Finance clerk"}, members=(Member(person="fei"), Member(person="feng"))),
                Role(id="empty", title={"zh": "空", "en": "Empty"}),
                Role(id="flow-admin", title={"zh": "流程管理员"}, members=() if without_admin else (Member(person="guan"),)),
            ),
        )
    )


LIN = Applicant(id="lin", name="林晓", department="section", department_title="数据处", post="clerk")


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


FIELDS = (
    Field(
        name="trip",
        kind="choice",
        title=text("类型"),
        required=True,
        options=(Option(value="near", title=text("市内")), Option(value="far", title=text("跨省"))),
    ),
    Field(name="days", kind="integer", title=text("天数")),
    Field(name="budget", kind="money", title=text("预算"), visible="trip == 'far'"),
    Field(name="daily", kind="money", title=text("日均"), compute="days > 0 ? round(budget / double(days)) : yuan(0)"),
    Field(name="deputy", kind="person", title=text("代理人")),
    Field(name="granted", kind="money", title=text("核定")),
    Field(name="today_was", kind="text", title=text("提交日"), compute="today"),
)


def form(*fields: Field, checks: tuple[Check, ...] = ()) -> Form:
    fields = fields or FIELDS
    return Form(fields=fields, sections=(Section(title=text("内容"), fields=tuple(field.name for field in fields)),), checks=checks)


def app(*steps: Step, start: Start | None = None, of: Form | None = None, withdraw: Withdraw | None = None, **flow: Any) -> App:
    return App(
        id="trip",
        title=text("出差"),
        owner="bureau",
        category=text("办公"),
        icon="plane",
        number="CC-{date:%Y%m%d}-{seq:4}",
        subject="{applicant.name} · {trip} · {days}天",
        form=of or form(),
        flow=Flow(start=start or Start(), steps=steps, withdraw=withdraw or Withdraw(), **flow),
    )


def program(*steps: Step, **parts: Any) -> Program:
    return load(release(app(*steps, **parts)))


@dataclass
class Story:
    """One case, told command by command. Each decision is folded again from its events and must give the same case."""

    program: Program
    office: Roster = field(default_factory=office)
    now: datetime = MONDAY
    case: Case | None = None
    events: list[Event] = field(default_factory=list)
    last: Decision | Refusal | None = None
    commands: int = 0
    #: the last number drawn of each counter
    counters: dict[str, int] = field(default_factory=dict[str, int])
    #: the timers, as whoever keeps them in rows has them
    rows: dict[str, Timer] = field(default_factory=dict[str, Timer])
    effects: list[Body] = field(default_factory=list[Body])

    def submit(self, applicant: Applicant = LIN, picked: dict[str, tuple[str, ...]] | None = None, **answers: Any) -> "Story":
        given = {"trip": "near", **answers}
        return self.tell(Submit(id=self.id(), applicant=applicant, number="CC-1", answers=given, picked=picked or {}))

    def act(self, who: str, action: str, step: str | None = None, **parts: Any) -> "Story":
        """``who`` does ``action`` with their open task (at ``step``), or with one of theirs that is over."""
        return self.tell(Act(id=self.id(), actor=who, task=self.task(who, step).id, action=action, **parts))

    def withdraw(self, who: str = "lin", opinion: str = "") -> "Story":
        return self.tell(TakeBack(id=self.id(), actor=who, opinion=opinion))

    def recall(self, who: str, step: str | None = None) -> "Story":
        """``who`` takes back what they decided last."""
        return self.tell(Recall(id=self.id(), actor=who, task=self.done(who, step).id))

    def remove(self, who: str, whom: str) -> "Story":
        return self.tell(Remove(id=self.id(), actor=who, task=self.task(whom).id))

    def remind(self, who: str, whom: str) -> "Story":
        return self.tell(Remind(id=self.id(), actor=who, task=self.task(whom).id))

    def supervise(self, what: type[Suspend | Resume | Terminate], who: str = "guan", reason: str = "核查") -> "Story":
        return self.tell(what(id=self.id(), actor=who, reason=reason))

    def hand_over(self, person: str, to: str) -> "Story":
        return self.tell(HandOver(id=self.id(), actor="guan", person=person, to=to))

    def done(self, who: str, step: str | None = None) -> Task:
        """The last task of ``who`` that is over."""
        assert self.case
        return [task for task in self.case.tasks.values() if task.person == who and step in (None, task.step) and task.state != "open"][-1]

    def comment(self, who: str, words: str) -> "Story":
        return self.tell(Comment(id=self.id(), actor=who, text=words))

    def move(self, new: Program, plan: Plan = NOTHING) -> Stuck | None:
        """The case goes on under ``new``, or why it does not."""
        assert self.case
        found = moving.move(self.case, self.program, new, plan)
        if isinstance(found, Stuck):
            return found
        self.program = new
        self.tell(Migrate(id=self.id(), actor=None, name="发布者", moved=found))
        return None

    def move_back(self, old: Program) -> "Story":
        """The last migration is undone, if it can be."""
        assert self.case
        new, self.program = self.program, old
        self.tell(MoveBack(id=self.id(), actor="guan", name="管理员", fact=moving.back(self.case, old, new)))
        self.program = new if isinstance(self.last, Refusal) else old
        return self

    def tell(self, command: Command) -> "Story":
        self.now += timedelta(minutes=1)
        drawn: dict[str, int] = {}
        while isinstance(outcome := engine.decide(self.program, self.case, command, self.now, self.office, drawn=drawn), Draw):
            for scope in outcome.scopes:
                self.counters[scope] = drawn[scope] = self.counters.get(scope, 0) + 1
        self.last = outcome
        if isinstance(self.last, Decision):
            self.check(self.last)
            self.case = self.last.case
            self.events += self.last.events
            self.effects += [effect.body for effect in self.last.effects]
        return self

    def at(self, moment: str) -> "Story":
        """The clock on the wall shows ``moment``, less the minute that the next command takes."""
        self.now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC) - timedelta(minutes=1)
        return self

    def fire(self, timer: str) -> "Story":
        return self.tell(Fire(id=self.id(), timer=timer))

    def until(self, moment: str) -> "Story":
        """Time goes by: every timer rings when it is due, and once more by mistake."""
        end = self.at(moment).now + timedelta(minutes=1)
        while rung := min((timer for timer in self.rows.values() if timer.at <= end), key=lambda timer: (timer.at, timer.id), default=None):
            self.now = rung.at - timedelta(minutes=1)
            self.fire(rung.id)
            assert isinstance(self.last, Decision), self.last
            if rung.id not in self.rows:
                self.now = rung.at - timedelta(minutes=1)
                assert self.fire(rung.id).refusal == "gone"
        self.now = end - timedelta(minutes=1)
        return self

    def deliver(self, name: str, **payload: Any) -> "Story":
        return self.tell(Deliver(id=self.id(), name=name, payload=payload))

    def child_ended(self, outcome: str = "approved", index: int = 0, **answers: Any) -> "Story":
        """The case that was called for this row (or at all) last ends."""
        called = [body for body in self.effects if isinstance(body, StartCase) and body.index == index]
        command = ChildEnded(id=self.id(), case=called[-1].case, step=called[-1].step, index=index, outcome=outcome, answers=answers)
        return self.tell(command)

    def check(self, decision: Decision) -> None:
        events = [*self.events, *decision.events]
        assert fold(events, decision.case.id, decision.case.app) == decision.case
        before = self.case.tasks if self.case else {}
        for id, task in decision.case.tasks.items():
            if id in before and before[id].state != "open":
                assert msgspec.structs.replace(task, step=before[id].step) == before[id], "a closed task changed"
        changed = {task.id for task in (*decision.opened, *decision.closed, *decision.moved)}
        assert changed == {id for id, task in decision.case.tasks.items() if before.get(id) != task}
        for task in decision.case.open_tasks():
            assert decision.case.visits[task.step].round == task.round, "a task of an earlier round is open"
        self.rows = {id: timer for id, timer in self.rows.items() if id not in decision.dropped} | {
            timer.id: timer for timer in decision.timers
        }
        assert self.rows == decision.case.timers, "the rows of timers are not those the case waits for"
        here = (*decision.case.visits, *decision.case.still)
        lanes = {(lane.around.step.id, lane.number) for step in here for lane in self.program.lanes.get(step, ()) if lane.around}
        assert lanes == {(id, lane) for id, open_lanes in decision.case.lanes.items() for lane in open_lanes}, "lanes and open steps differ"
        executed = decision.case.executed
        assert len(executed) == len(set(executed)), "a step was passed twice in one pass"
        assert not set(executed) & set(here), "a step is open that has passed"
        if decision.case.status == "ended":
            assert not decision.case.open_tasks()
            assert not here
            assert not decision.case.timers
        else:
            assert here
            for visit in decision.case.visits.values():
                waiting = [task for task in decision.case.open_tasks() if task.step == visit.step]
                assert waiting or not visit.candidates, f"{visit.step} waits for nobody"
                assert waiting or visit.step in decision.case.stuck()

    def id(self) -> str:
        self.commands += 1
        return f"c{self.commands}"

    def task(self, who: str, step: str | None = None) -> Task:
        assert self.case
        mine = [task for task in self.case.tasks.values() if task.person == who and step in (None, task.step)]
        return next((task for task in mine if task.state == "open"), mine[-1])

    @property
    def open(self) -> dict[str, list[str]]:
        """Who has a task open, by step."""
        assert self.case
        found: dict[str, list[str]] = {step: [] for step in self.case.visits}
        for task in self.case.open_tasks():
            found[task.step].append(task.person)
        return found

    @property
    def code(self) -> str:
        assert isinstance(self.last, Refusal), f"not refused: {self.last}"
        return self.last.code

    @property
    def outcome(self) -> str | None:
        assert self.case
        return self.case.outcome

    @property
    def refusal(self) -> str | None:
        """Why the last command was refused, if it was."""
        return self.last.code if isinstance(self.last, Refusal) else None

    def facts(self, kind: type) -> list[Any]:
        return [event.fact for event in self.events if isinstance(event.fact, kind)]
