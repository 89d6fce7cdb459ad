"""Plays one scenario: who does what when, in the case itself or in one that it called."""

from typing import Any, cast

from builder import spans
from builder.nodes import Mapping, Node, Scalar, data, items, mapping, words
from builder.scenarios.expect import Expectations
from builder.scenarios.world import Outcome, Strand, World
from forms import worktime
from workflows import commands
from workflows.people import Person

SUPERVISION: dict[str, Any] = {
    "recall": commands.Recall,
    "remove": commands.Remove,
    "remind": commands.Remind,
    "hand-over": commands.HandOver,
    "suspend": commands.Suspend,
    "resume": commands.Resume,
    "terminate": commands.Terminate,
}


#: what makes something happen; a step with none of these only looks
ACTS = frozenset({"as", "message", "called", "at", "after"})


class Play:
    """A scenario under way."""

    def __init__(self, world: World, scenario: Mapping) -> None:
        self.world = world
        self.scenario = scenario
        self.expectations = Expectations(world, words(scenario.get("scenario")) or "")
        #: acts that were played, handing in included
        self.steps = 0

    def run(self) -> None:
        node, world = self.scenario, self.world
        world.now = world.moment(words(node.get("at")) or "")
        self.steps = 1
        went_on = self.expectations.check(node.get("expect"), node, world.root, self.submit(node))
        for step in items(node.get("then")) if went_on else ():
            if not isinstance(step, Mapping):
                continue
            if ACTS & step.entries.keys():
                world.act()
            self.steps += 1
            strand = self.strand(step.get("in"))
            if strand is None:
                self.expectations.differs(step.entries["in"].value, "in", data(step.entries["in"].value), NO_CASE)
                break
            if not self.expectations.check(step.get("expect"), step, strand, self.act(step, strand)):
                break

    def strand(self, path: Node | None) -> Strand | None:
        """The case an act is about: the one that was handed in, or one that it called: ``helpers``, ``[helpers, 2]``."""
        strand: Strand | None = self.world.root
        parts = [path] if isinstance(path, Scalar) else items(path)
        for number, part in enumerate(parts):
            step = words(part)
            if step is None or strand is None:
                continue
            after = parts[number + 1] if number + 1 < len(parts) else None
            row = after.value if isinstance(after, Scalar) and isinstance(after.value, int) else 1
            id = self.world.child(strand, step, row)
            strand = self.world.called.get(id) if id else None
        return strand

    # what people do

    def submit(self, node: Mapping) -> Outcome:
        world = self.world
        held = mapping(node.get("post"))
        places = (words(held.get("department")), words(held.get("post"))) if held else (None, None)
        applicant = world.applying(self.person(words(node.get("as")) or ""), *places)
        number = world.number(world.root.program)
        answers, picked = _answers(node.get("submit")), _picked(node)
        command = commands.Submit(id=world.command(), applicant=applicant, number=number, answers=answers, picked=picked)
        return world.decide(world.root, command)

    def act(self, node: Mapping, strand: Strand) -> Outcome:
        world, rung = self.world, self.later(node)
        if isinstance(rung, commands.Refusal) or not {"as", "message", "called"} & node.entries.keys():
            return rung
        if name := words(node.get("message")):
            return world.decide(strand, commands.Deliver(id=world.command(), name=name, payload=_answers(node.get("with"))))
        if step := words(node.get("called")):
            return world.decide(strand, self.stand_in(step, node, strand))
        actor, do, opinion = words(node.get("as")) or "", words(node.get("do")) or "", words(node.get("opinion")) or ""
        if do == "withdraw":
            return world.decide(strand, commands.Withdraw(id=world.command(), actor=actor, opinion=opinion))
        if do == "comment":
            return world.decide(strand, commands.Comment(id=world.command(), actor=actor, text=opinion))
        to, people = words(node.get("to")), tuple(filter(None, map(words, items(node.get("people")))))
        if do in SUPERVISION:
            return world.decide(strand, self.supervision(do, actor, node, strand, opinion, to or "", people))
        return world.decide(
            strand,
            commands.Act(
                id=world.command(),
                actor=actor,
                task=self.task(strand, actor, words(node.get("on"))),
                action=do,
                opinion=opinion,
                answers=_answers(node.get("answers")),
                to=to,
                people=people,
                picked=_picked(node),
                signature=words(node.get("signature")) or "",
                resume=cast(Any, words(node.get("resume"))),
            ),
        )

    def supervision(
        self, do: str, actor: str, node: Mapping, strand: Strand, reason: str, to: str, people: tuple[str, ...]
    ) -> commands.Command:
        """What is done beside deciding a task."""
        id = self.world.command()
        if do in ("remind", "remove"):
            kind = commands.Remind if do == "remind" else commands.Remove
            return kind(id=id, actor=actor, task=self.task(strand, to, words(node.get("on"))))
        if do == "recall":
            mine = [t for t in strand.case.tasks.values() if t.person == actor and t.state == "done"] if strand.case else []
            on = words(node.get("on"))
            return commands.Recall(id=id, actor=actor, task=next((t.id for t in reversed(mine) if on in (None, t.step)), ""))
        if do == "hand-over":
            return commands.HandOver(id=id, actor=actor, person=people[0] if people else "", to=to)
        return SUPERVISION[do](id=id, actor=actor, reason=reason)

    def later(self, node: Mapping) -> Outcome:
        """Time goes by as ``node`` says."""
        end = self.world.now
        if moment := words(node.get("at")):
            end = self.world.moment(moment)
        elif span := spans.read(node.get("after")):
            end = worktime.after(self.world.roster.calendar, self.world.now, span.amount, span.unit).at
        return self.world.later(end)

    def stand_in(self, step: str, node: Mapping, strand: Strand) -> commands.ChildEnded:
        """The end of the case that ``step`` called last for this row, as the scenario says it: what that case really did is over with it."""
        row = cast("int", data(node.entries["row"].value)) if "row" in node.entries else 1
        case = self.world.child(strand, step, row) or ""
        self.world.called.pop(case, None)
        outcome, answers = words(node.get("ended")) or "", _answers(node.get("answers"))
        return commands.ChildEnded(id=self.world.command(), case=case, step=step, index=row - 1, outcome=outcome, answers=answers)

    def task(self, strand: Strand, actor: str, step: str | None) -> str:
        """The task meant: one's own that is open, else someone's, else a closed one; so that refusals can be tried too."""
        tasks = [task for task in strand.case.tasks.values() if step in (None, task.step)] if strand.case else []
        best = sorted(tasks, key=lambda task: (task.state == "open", task.person == actor))
        return best[-1].id if best else ""

    def person(self, id: str) -> Person:
        return self.world.roster.person(id) or Person(id=id, name=id)


NO_CASE = {
    "zh": "那一步没有发起申请，或它要由应用自己办（工作区里没有那个应用）",
    "en": "that step called no case, or its app is not in the workspace",
}


def _picked(node: Mapping) -> dict[str, tuple[str, ...]]:
    found = mapping(node.get("choose"))
    return {step: tuple([id for item in items(people) if (id := words(item))]) for step, people in (found.items() if found else ())}


def _answers(node: Node | None) -> dict[str, Any]:
    return data(node) if isinstance(node, Mapping) else {}
