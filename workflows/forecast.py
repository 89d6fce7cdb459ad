"""Who will see a form before it is handed in, and by when: the steps ahead, by the resolver that the engine uses."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from forms import rules
from forms.expressions import UNKNOWN, Fault
from forms.form import Struct
from forms.texts import Text
from forms.worktime import Deadline
from workflows import candidates, editing, standing, timing
from workflows.app import Approve, Branch, Call, End, Handle, Inclusive, Notify, Parallel, Set, Wait
from workflows.candidates import Facts
from workflows.events import Applicant, Candidate
from workflows.people import Directory
from workflows.program import Block, Program


class Stop(Struct):
    """A step ahead."""

    step: str
    title: Text
    kind: Literal["approve", "handle", "notify", "wait", "call"]
    people: tuple[Candidate, ...]
    #: why it is these people, or why nobody can be named yet
    why: Text
    #: until when it is done if everyone before takes all their time; None: no limit, or one before has none
    due: Deadline | None
    #: whether the case comes here, or to these people, whatever is answered to what has no answer yet
    certain: bool


def forecast(program: Program, applicant: Applicant, answers: Mapping[str, Any], now: datetime, directory: Directory) -> list[Stop]:
    """The stops of a case with these ``answers``, complete or not, if everyone agrees. Where an expression of the flow fails, the
    stop says so: whoever is filling in a form can still go on.
    """
    known = editing.facts(applicant, now, directory)
    settled = program.rules.settle(answers, known)
    facts = Facts(applicant, settled.answers, candidates.today(now, directory))
    ahead = _Ahead(program, facts, directory, _open(program, settled.answers, settled.visible), known)
    stops: list[Stop] = []
    ahead.walk(program.flow, Deadline(now, uncertain=False), certain=True, into=stops)
    return stops


def _open(program: Program, answers: Mapping[str, Any], visible: frozenset[str]) -> frozenset[str]:
    """The answers that may still come: not given yet and asked for, or made of such."""
    asked = {
        field.name
        for field in program.app.form.fields
        if field.name not in answers and field.compute is None and (field.name in visible or field.name not in program.fills)
    }
    follows = {name for name, inputs in program.inputs.items() if name not in answers and inputs & asked}
    return frozenset(asked | follows)


class _Ahead:
    """A walk over the flow with the answers as they are."""

    def __init__(self, program: Program, facts: Facts, directory: Directory, open: frozenset[str], known: rules.Facts) -> None:
        self.known = known
        self.program = program
        self.facts = facts
        self.directory = directory
        self.open = open

    def walk(self, block: Block, since: Deadline | None, *, certain: bool, into: list[Stop]) -> tuple[Deadline | None, bool]:
        """Adds the stops of ``block``; when it is done at the latest, and whether the case goes on after it."""
        for step in block.steps:
            if isinstance(step, Approve | Handle):
                since = self.stop(step, since, certain=certain, into=into)
            elif isinstance(step, Notify):
                self.stop(step, since, certain=certain, into=into)
            elif isinstance(step, Branch):
                ways = list(self.ways(step))
                ends: list[tuple[Deadline | None, bool]] = []
                for number, sure in ways:
                    if number is None:
                        ends.append((since, True))
                    else:
                        ends.append(self.walk(self.program.blocks[step.id, number], since, certain=certain and sure, into=into))
                going = [end for end, on in ends if on]
                if not going:
                    return since, False
                certain = certain and len(going) == len(ends)
                since = _latest(going)
            elif isinstance(step, Parallel | Inclusive):
                every = [(lane, True) for lane in range(len(step.branches))] if isinstance(step, Parallel) else list(self.lanes(step))
                lanes = [
                    (sure, *self.walk(self.program.blocks[step.id, lane], since, certain=certain and sure, into=into))
                    for lane, sure in every
                ]
                if any(sure and not on for sure, _, on in lanes):
                    return since, False
                certain = certain and all(on for _, _, on in lanes)
                # a lane that may end the case is waited for by nobody
                going = [end for _, end, on in lanes if on]
                since = _latest(going) if going else since
            elif isinstance(step, Wait):
                since = self.wait(step, since, certain=certain, into=into)
            elif isinstance(step, Call):
                since = self.call(step, since, certain=certain, into=into)
            elif isinstance(step, Set):
                self.set(step, certain=certain)
            elif isinstance(step, End):
                return since, False
        return since, True

    def lanes(self, block: Inclusive) -> Iterator[tuple[int, bool]]:
        """The cases that may be taken together, each with whether it is certain."""
        held = doubtful = False
        for number, case in enumerate(block.cases):
            if case.when is not None:
                holds, waits = self.holds(case.when)
                if holds or waits:
                    yield number, holds and not waits
                held, doubtful = held or (holds and not waits), doubtful or waits
        for number, case in enumerate(block.cases):
            if case.when is None and not held:
                yield number, not doubtful

    def holds(self, when: str) -> tuple[bool, bool]:
        """Whether a condition holds, and whether that may still change."""
        condition = self.program.condition(when)
        try:
            return condition.value(candidates.binding(self.facts), self.directory.calendar) is True, bool(condition.reads & self.open)
        except Fault:
            return False, True

    def ways(self, branch: Branch) -> Iterator[tuple[int | None, bool]]:
        """The cases that may be taken, each with whether it is certain. None: no case and no otherwise."""
        doubtful = False
        for number, case in enumerate(branch.cases):
            if case.when is None:
                yield number, not doubtful
                return
            holds, waits = self.holds(case.when)
            if holds or waits:
                yield number, holds and not waits and not doubtful
            if holds and not waits:
                return
            doubtful = doubtful or waits
        yield None, not doubtful

    def stop(self, step: Approve | Handle | Notify, since: Deadline | None, *, certain: bool, into: list[Stop]) -> Deadline | None:
        try:
            found = candidates.resolve(self.program, step, self.facts, self.directory)
        except Fault:
            found = candidates.Resolution((), unknown=True)
        waits = found.unknown or bool(self.program.people(step.who).reads & self.open)
        kind = "approve" if isinstance(step, Approve) else "handle" if isinstance(step, Handle) else "notify"
        due = self.due(step, since) if isinstance(step, Approve | Handle) else None
        people = () if found.unknown else found.candidates
        into.append(
            Stop(
                step=step.id,
                title=step.title,
                kind=kind,
                people=people,
                why=_why(found, waits=waits),
                due=due,
                certain=certain and not waits,
            )
        )
        return due

    def wait(self, step: Wait, since: Deadline | None, *, certain: bool, into: list[Stop]) -> Deadline | None:
        """When the case goes on after a wait at the latest; nobody knows when a message comes."""
        end = self.due(step, since)
        why: Text = {"zh": "等待", "en": "Waits"}
        if step.message is not None:
            why = {"zh": "等待其他系统的消息", "en": "Waits for another system"}
        if end and since and end.at < since.at:
            return since
        into.append(Stop(step=step.id, title=step.title, kind="wait", people=(), why=why, due=end, certain=certain))
        return end

    def call(self, step: Call, since: Deadline | None, *, certain: bool, into: list[Stop]) -> Deadline | None:
        """Who starts the cases of another app; how long they take is that app's matter."""
        found: dict[str, Candidate] = {}
        for row in standing.rows(step, self.facts.answers):
            try:
                starter = standing.starter(self.program, step, row, self.facts, self.directory)
            except Fault:
                starter = None
            if starter:
                found.setdefault(starter.person.id, candidates.candidate(starter.person, ()))
        why: Text = {"zh": "另行发起申请", "en": "Starts another case"}
        into.append(Stop(step=step.id, title=step.title, kind="call", people=tuple(found.values()), why=why, due=None, certain=certain))
        return None if step.waits else since

    def set(self, step: Set, *, certain: bool) -> None:
        """What the flow sets decides what comes behind it, as far as it is known."""
        bound, calendar = candidates.binding(self.facts), self.directory.calendar
        values: dict[str, Any] = {}
        for name, text in step.answers.items():
            expression = self.program.answer(self.program.field(name), text)
            try:
                value = expression.value(bound, calendar)
            except Fault:
                value = UNKNOWN
            if certain and value is not UNKNOWN and not expression.reads & self.open:
                values[name] = value
        if values:
            settled = self.program.rules.settle({**self.facts.answers, **values}, self.known)
            self.facts = self.facts._replace(answers=settled.answers)
            self.open -= values.keys()

    def due(self, step: Approve | Handle | Wait, since: Deadline | None) -> Deadline | None:
        if since is None:
            return None
        try:
            end = timing.limit(self.program, step, self.facts, self.directory, since.at)
        except Fault:
            return None
        return Deadline(end.at, end.uncertain or since.uncertain) if end else None


def _latest(ends: list[Deadline | None]) -> Deadline | None:
    known = [end for end in ends if end is not None]
    return max(known, key=lambda end: end.at) if len(known) == len(ends) else None


def _why(found: candidates.Resolution, *, waits: bool) -> Text:
    """The authorities of the people, each once, and what is particular about them."""
    zh: list[str] = []
    en: list[str] = []
    if found.instead == "self-approval":
        zh.append("申请人不能审批自己的申请")
        en.append("applicants do not approve their own application")
    for warning in () if found.unknown else found.warnings:
        zh.append(warning["zh"])
        en.append(warning["en"])
    if waits:
        zh.append("取决于还没有填写的内容")
        en.append("depends on what has not been answered yet")
    if not found.unknown:
        for why in dict.fromkeys((why["zh"], why.get("en") or why["zh"]) for person in found.candidates for why in person.why):
            zh.append(why[0])
            en.append(why[1])
    return {"zh": "；".join(zh), "en": "; ".join(en)}
