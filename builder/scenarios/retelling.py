"""Tells the acts of a case again by the engine, with one applicant of the workspace, without personal data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from builder import source
from builder.nodes import Mapping, items
from builder.problems import Problems
from builder.scenarios import written
from builder.scenarios.disguise import Disguise
from builder.scenarios.done import Done
from builder.scenarios.play import Play
from builder.scenarios.world import Strand, World
from forms.texts import LANGUAGES, Text, say
from workflows import events as facts
from workflows import unattended
from workflows.app import Call, Wait
from workflows.case import Case
from workflows.commands import Refusal
from workflows.events import Event
from workflows.people import Organisation, Person
from workflows.program import Program
from workflows.roster import Roster


@dataclass(slots=True)
class Recording:
    """A case as a scenario."""

    acts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    #: how far the replay went along with the case: acts at which both waited at the same steps
    alike: int = 0
    #: where it went another way, or stopped
    remarks: list[Text] = field(default_factory=list[Text])
    whole: bool = True

    def text(self, title: str) -> str:
        """The file: the scenario with a comment for whoever puts it into the repository."""
        entry: dict[str, Any] = {"scenario": title, **(self.acts[0] if self.acts else {})}
        if self.acts[1:]:
            entry["then"] = self.acts[1:]
        head = [
            "# 录自一份真实申请。人员、号码、姓名已替换；放入仓库之前请通读一遍，自由文字里没有称谓的陌生人名认不出来。",
            "# Recorded from a real case. People, numbers and names were replaced: read it through before it goes into the repository.",
            *(f"# {say(remark, language)}" for remark in self.remarks for language in LANGUAGES),
        ]
        return "\n".join([*head, written.scenario(entry)])


class Retelling:
    """One attempt, with one applicant."""

    def __init__(
        self,
        done: Sequence[Done],
        last: Event,
        program: Program,
        programs: Callable[[str], Program | None],
        roster: Roster,
        real: Organisation,
        applicant: Person,
    ) -> None:
        self.done, self.last, self.program, self.roster = done, last, program, roster
        self.world = World(programs, roster, Strand(program))
        self.play = Play(self.world, Mapping(source.Source("", ""), 0, 0, {}))
        self.recording = Recording()
        self.applicant = applicant
        first = done[0].after.applicant
        #: who stands for whom, by id
        self.people: dict[str, str] = {first.id: applicant.id}
        self.disguise = Disguise({first.name: applicant.name})
        known = {person.id: person.name for person in (*real.people, *roster.organisation.people)}
        self.names = known
        self.strangers = [name for id, name in known.items() if id != first.id]

    def run(self) -> Recording:
        for number, done in enumerate(self.done):
            act = self.submitted(done) if number == 0 else self.act(done)
            if act is None:
                continue
            if not self.tell(act, done, first=number == 0):
                break
        self.rest()
        return self.recording

    def tell(self, act: dict[str, Any], done: Done, *, first: bool) -> bool:
        """Plays ``act`` and writes down what came of it. False: it was refused, and the story ends before it."""
        node = _node(act)
        if first:
            self.world.now = self.world.moment(act["at"])
            outcome = self.play.submit(node)
        else:
            self.world.act()
            outcome = self.play.act(node, self.world.root)
        case = self.world.root.case
        if isinstance(outcome, Refusal) or case is None:
            assert isinstance(outcome, Refusal)
            who = f"{act.get('as', '')} {act.get('do', '')}".strip()
            self.recording.remarks.append(
                {
                    "zh": f"录到这里为止：{act['at']} {who} 在这个工作区里被拒绝（{outcome.code}，{say(outcome.message, 'zh')}）",
                    "en": f"recorded up to here: {act['at']} {who} is refused in this workspace ({outcome.code}, {say(outcome.message, 'en')})",
                }
            )
            self.recording.whole = False
            return False
        expected = self.expected(case)
        self.recording.acts.append({**act, "expect": expected})
        here, there = self.stands(case), self.stands(done.after)
        if here == there:
            self.recording.alike += 1
        else:
            zh, en = ("、".join(there) or "已结束", ", ".join(there) or "it was over")
            self.recording.remarks.append(
                {
                    "zh": f"{act['at']} 之后，原件在：{zh}；这里在：{'、'.join(here) or '已结束'}",
                    "en": f"after {act['at']} the case was at: {en}; here: {', '.join(here) or 'over'}",
                }
            )
        return True

    def stands(self, case: Case) -> list[str]:
        return sorted({task.step for task in case.open_tasks()} | set(case.still))

    def expected(self, case: Case) -> dict[str, Any]:
        if case.status == "ended":
            return {"ended": case.outcome}
        found: dict[str, list[str]] = {}
        for task in case.open_tasks():
            found.setdefault(task.step, []).append(task.person)
        said: dict[str, Any] = {"open": {step: sorted(people) for step, people in found.items()}}
        if case.still:
            said["waiting"] = sorted(case.still)
        return said

    def rest(self) -> None:
        """Rings after the last act, up to the last event of the case."""
        world, mine = self.world, self.world.root.case
        if not self.recording.whole or mine is None or self.last.at <= self.done[-1].trigger.at:
            return
        act = {"at": self.moment(self.last.at)}
        world.act()
        self.play.act(_node(act), world.root)
        assert world.root.case is not None
        self.recording.acts.append({**act, "expect": self.expected(world.root.case)})

    # what was done

    def submitted(self, done: Done) -> dict[str, Any]:
        fact = done.trigger.fact
        assert isinstance(fact, facts.Submitted)
        held = self.applicant.holdings[0]
        post = next(
            (h for h in self.applicant.holdings if (h.department, h.post) == (fact.applicant.department, fact.applicant.post)), held
        )
        said: dict[str, Any] = {"as": self.applicant.id}
        if post is not held:
            said["post"] = {"department": post.department, "post": post.post}
        said |= {"at": self.moment(done.trigger.at), "submit": self.filled(fact.answers)}
        return said | self.chosen(done)

    def act(self, done: Done) -> dict[str, Any] | None:
        event, fact = done.trigger, done.trigger.fact
        at = {"at": self.moment(event.at)}
        actor = event.actor or ""
        match fact:
            case facts.Submitted():
                return {"as": self.applicant.id, "do": "submit", "answers": self.filled(fact.answers), **at, **self.chosen(done)}
            case facts.Closed(how="removed"):
                return {"as": self.who(actor, None), "do": "remove", "on": fact.step, "to": self.who(fact.person, fact.step), **at}
            case facts.Closed(how="hand-over"):
                return {
                    "as": self.who(actor, None),
                    "do": "hand-over",
                    "people": [self.who(fact.person, fact.step)],
                    "to": self.other(fact.to),
                    **at,
                }
            case facts.Closed():
                return self.closed(done, fact, at)
            case facts.Claimed():
                return {"as": self.who(fact.person, fact.step), "do": "claim", "on": fact.step, **at}
            case facts.Added():
                people = [self.other(person.person) for person in fact.people]
                return {"as": self.who(fact.person, fact.step), "do": "add-beside", "on": fact.step, "people": people, **at}
            case facts.Recalled():
                return {"as": self.who(fact.person, None), "do": "recall", "on": fact.step, **at}
            case facts.Reminded():
                return {"as": self.who(actor, None), "do": "remind", "on": fact.step, "to": self.who(fact.person, fact.step), **at}
            case facts.Suspended() | facts.Resumed():
                do = "suspend" if isinstance(fact, facts.Suspended) else "resume"
                return {"as": self.who(actor, None), "do": do, "opinion": self.words(fact.reason), **at}
            case facts.Commented():
                return {"as": self.who(actor, None), "do": "comment", "opinion": self.words(fact.text), **at}
            case facts.Ended():
                do = "withdraw" if fact.outcome == "withdrawn" else "terminate"
                opinion = {"opinion": self.words(fact.opinion)} if fact.opinion else {}
                return {"as": self.who(actor, None), "do": do, **opinion, **at}
            case unattended.Delivered():
                return {"message": fact.message, **self.brought(done, fact.step), **at}
            case unattended.Answered():
                return {
                    "called": fact.step,
                    "row": fact.index + 1,
                    "ended": fact.outcome,
                    **self.brought(done, fact.step, fact.index),
                    **at,
                }
            case _:
                return None

    def closed(self, done: Done, fact: facts.Closed, at: dict[str, Any]) -> dict[str, Any]:
        """A decision on a task."""
        added = next(
            (event.fact for event in done.beside if isinstance(event.fact, facts.Added) and event.fact.person == fact.person), None
        )
        do = f"add-{added.where}" if added else fact.how
        said: dict[str, Any] = {"as": self.who(fact.person, fact.step), "do": do, "on": fact.step}
        if fact.opinion:
            said["opinion"] = self.words(fact.opinion)
        if fact.how == "return" and fact.to:
            said["to"] = fact.to
            back = next((event.fact for event in done.beside if isinstance(event.fact, facts.Returned)), None)
            said |= {"resume": "direct" if back.direct else "rerun"} if back else {}
        elif fact.to and fact.how in ("transfer", "delegate"):
            said["to"] = self.other(fact.to)
        if added:
            said["people"] = [self.other(person.person) for person in added.people]
        if fact.signature:
            said["signature"] = self.names.get(said["as"], said["as"]) if not fact.signature.startswith("M") else fact.signature[:60]
        step = self.program.steps.get(fact.step)
        edit: tuple[str, ...] = getattr(step, "edit", ())
        changed = {
            name: value
            for event in done.beside
            if isinstance(event.fact, facts.Changed)
            for name, value in event.fact.after.items()
            if name in edit
        }
        if changed:
            said["answers"] = self.disguised(changed)
        return {**said, **self.chosen(done), **at}

    def chosen(self, done: Done) -> dict[str, Any]:
        """Whom somebody chose for later steps."""
        found = {
            event.fact.step: [self.other(p.person) for p in event.fact.people]
            for event in done.beside
            if isinstance(event.fact, facts.Picked)
        }
        return {"choose": found} if found else {}

    def brought(self, done: Done, step: str, row: int = 0) -> dict[str, Any]:
        """What a message, or a case that was called, brought: by the names it had there."""
        of = self.program.steps.get(step)
        after: dict[str, Any] = {}
        for event in done.beside:
            if isinstance(event.fact, facts.Changed) and event.fact.step == step:
                after |= event.fact.after
        if isinstance(of, Wait):
            found = self.disguised({name: after[name] for name in of.into if name in after})
            return {"with": {of.into[name]: value for name, value in found.items()}} if found else {}
        if isinstance(of, Call):
            values: dict[str, Any]
            if of.each is not None:
                rows = cast("list[dict[str, Any]]", self.disguised({of.each: after.get(of.each) or []})[of.each])
                values = rows[row] if row < len(rows) else {}
            else:
                values = self.disguised({name: after[name] for name in of.outputs if name in after})
            found = {of.outputs[name]: value for name, value in values.items() if name in of.outputs}
            return {"answers": found} if found else {}
        return {}

    # people and words

    def who(self, person: str, step: str | None) -> str:
        """Who stands for somebody who acts: whoever has the task of that step here; always the same for the same where that goes."""
        case = self.world.root.case
        here = [task.person for task in case.open_tasks() if task.step == step] if case and step is not None else []
        known = self.people.get(person)
        if known is not None and (not here or known in here):
            return known
        free = [id for id in here if id not in self.people.values()] or here
        # somebody with the same name in the organisation of the workspace is taken before another
        found = person if person in free else free[0] if free else self.fallback(person)
        self.people.setdefault(person, found)
        if person in self.names:
            self.disguise.names.setdefault(self.names[person], self.names.get(found, found))
        return found

    def other(self, person: str | None) -> str:
        """Who stands for somebody who is only named: someone who has no part yet."""
        if person is None:
            return ""
        if person not in self.people:
            self.people[person] = self.fallback(person)
        found = self.people[person]
        if person in self.names:
            self.disguise.names.setdefault(self.names[person], self.names.get(found, found))
        return found

    def fallback(self, person: str) -> str:
        taken = {*self.people.values()}
        if self.roster.person(person) is not None and person not in taken:
            return person
        return next((one.id for one in self.roster.organisation.people if one.id not in taken and not one.disabled), person)

    def office(self, id: str) -> str:
        return id if self.roster.department(id) else self.applicant.holdings[0].department

    def filled(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What the applicant wrote: the rest was calculated, or others have filled it in."""
        return self.disguised({name: value for name, value in answers.items() if name in self.program.fills})

    def disguised(self, answers: dict[str, Any]) -> dict[str, Any]:
        self.disguise.know(self.strangers)
        return self.disguise.answers(self.program.app.form.fields, answers, self.other, self.office)

    def words(self, text: str) -> str:
        self.disguise.know(self.strangers)
        return self.disguise.text(text)

    def moment(self, at: datetime) -> str:
        return self.world.local(at).strftime("%Y-%m-%dT%H:%M")


def _node(act: dict[str, Any]) -> Mapping:
    """An act as the file will hold it."""
    root = source.load("\n".join(written.item(act, "")), "recorded", Problems())
    node = items(root)[0]
    assert isinstance(node, Mapping)
    return node
