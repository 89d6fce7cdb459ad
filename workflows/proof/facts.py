"""What is certain wherever a case comes: how the conditions on every way there came out, as long as nobody can have changed what they read.

Which way a branch can still go follows from that, and which ways can be gone decides what is certain: both are found together, from
"nothing is reached" upwards (conditional constant propagation, Wegman and Zadeck 1991).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflows.app import Branch, Inclusive
from workflows.program import START
from workflows.proof.graph import Edge, Graph, Key, leaves, rests
from workflows.proof.regions import Beyond, Goal, Regions
from workflows.proof.subject import Subject

#: a set of literals, one bit each
Mask = int


@dataclass(slots=True, eq=False)
class Facts:
    """What `find` found out."""

    subject: Subject
    graph: Graph
    regions: Regions
    #: a condition and whether it held
    literals: list[Goal]
    #: the literals that hold whenever a step is entered; a step that no case comes to is not there
    entering: dict[str, Mask]
    #: what may happen at each step that is entered
    ways: dict[str, tuple[Edge, ...]]
    #: the lanes that can be taken of an inclusive block
    lanes: dict[str, tuple[int, ...]]
    #: the fields that may have been written before a step is entered, without counting returns
    written: dict[str, frozenset[str]]
    #: branches of which the bound was hit
    beyond: dict[str, None] = field(default_factory=dict[str, None])
    bits: dict[Goal, int] = field(default_factory=dict[Goal, int])
    killed: dict[str, Mask] = field(default_factory=dict[str, Mask])

    def goals(self, mask: Mask) -> list[Goal]:
        return [goal for number, goal in enumerate(self.literals) if mask >> number & 1]

    def given(self, mask: Mask, texts: Iterable[str]) -> list[Goal]:
        """Those of the literals in ``mask`` that say something about what ``texts`` read."""
        reads = self.reads(texts)
        found: dict[Goal, None] = {}
        ahead = self.goals(mask)
        while new := [goal for goal in ahead if goal not in found and self.reads([goal.text]) & reads]:
            found |= dict.fromkeys(new)
            reads |= self.reads(goal.text for goal in new)
        return list(found)

    def reads(self, texts: Iterable[str]) -> frozenset[str]:
        """What ``texts`` depend on."""
        direct = frozenset[str]().union(*(self.subject.reads(text) for text in texts))
        return direct.union(*(self.subject.inputs.get(name, frozenset()) for name in direct)) - {"applicant"}

    def possible(self, step: str, mask: Mask, *goals: Goal) -> bool:
        """Whether ``goals`` can come out so where ``mask`` holds. What is beyond the bound is possible, and said."""
        try:
            return self.regions.find(*goals, *self.given(mask, [goal.text for goal in goals])) is not None
        except Beyond:
            self.beyond[step] = None
            return True

    def after(self, step: str, mask: Mask) -> Mask:
        """What of ``mask`` still holds when ``step`` is left."""
        return mask & ~self.killed.get(step, 0)

    def told(self, step: Branch | Inclusive, case: int | None) -> list[Goal]:
        """What it tells that a case was taken, or none."""
        whens = [(number, when.when) for number, when in enumerate(step.cases) if when.when is not None]
        if case is None or step.cases[case].when is None:
            return [Goal(when, False) for _, when in whens]
        before = [Goal(when, False) for number, when in whens if number < case] if isinstance(step, Branch) else []
        return [*before, *(Goal(when, True) for number, when in whens if number == case)]

    def mask(self, goals: Iterable[Goal]) -> Mask:
        return sum(1 << self.bits[goal] for goal in dict.fromkeys(goals))


def find(subject: Subject, graph: Graph, regions: Regions) -> Facts:
    """The facts of a flow."""
    choices = [step for step in subject.steps.values() if isinstance(step, Branch | Inclusive)]
    literals = list(dict.fromkeys(Goal(case.when, held) for step in choices for case in step.cases if case.when for held in (True, False)))
    facts = Facts(subject, graph, regions, literals, {}, {}, {}, {}, bits={goal: number for number, goal in enumerate(literals)})
    reads = [facts.reads([goal.text]) for goal in literals]
    for id in graph.home:
        changed = subject.writes.get(id, frozenset())
        if id == START or (id in subject.steps and rests(subject.steps[id])):
            changed |= {"today"}
        if changed:
            facts.killed[id] = sum(1 << number for number, names in enumerate(reads) if names & changed)
    _Spreading(facts).run()
    facts.written = _written(subject, graph)
    return facts


@dataclass(slots=True)
class _Spreading:
    facts: Facts
    ahead: list[str] = field(default_factory=list[str])
    #: what the other lanes may make untrue at any time, by lane
    besides: dict[Key, Mask] = field(default_factory=dict[Key, Mask])

    def run(self) -> None:
        graph = self.facts.graph
        self.besides[None] = 0
        # the blocks around come first
        for block in graph.home:
            lanes = graph.lanes.get(block, ())
            outer = self.besides[graph.home[block].key]
            inside = {lane.key: self.all_of(step for step in graph.within(block) if lane in graph.lead(step)) for lane in lanes}
            for lane in lanes:
                self.besides[lane.key] = outer | self.all_of_masks(mask for key, mask in inside.items() if key != lane.key)
        self.come(START, 0)
        while self.ahead:
            self.spread(self.ahead.pop())

    def all_of(self, steps: Iterable[str]) -> Mask:
        return self.all_of_masks(self.facts.killed.get(step, 0) for step in steps)

    def all_of_masks(self, masks: Iterable[Mask]) -> Mask:
        found = 0
        for mask in masks:
            found |= mask
        return found

    def come(self, node: str, mask: Mask) -> None:
        """A case may come to ``node`` with ``mask``: what held there so far and does not hold now is no longer certain."""
        if leaves(node):
            return
        entering = self.facts.entering
        mask &= ~self.besides[self.facts.graph.home[node].key]
        known = entering.get(node)
        new = mask if known is None else known & mask
        if new != known:
            entering[node] = new
            self.ahead.append(node)

    def spread(self, node: str) -> None:
        facts, graph = self.facts, self.facts.graph
        step, mask = facts.subject.steps.get(node), facts.entering[node]
        edges = graph.home[node].edges[node]
        if isinstance(step, Branch):
            edges = tuple(edge for edge in edges if facts.possible(node, mask, *facts.told(step, edge.case)))
        facts.ways[node] = edges
        if node in graph.lanes:
            lanes = graph.lanes[node]
            taken = range(len(lanes))
            if isinstance(step, Inclusive):
                taken = [number for number in taken if facts.possible(node, mask, *facts.told(step, number))]
            facts.lanes[node] = tuple(taken)
            for number in taken:
                told = facts.mask(facts.told(step, number)) if isinstance(step, Inclusive) else 0
                self.come(lanes[number].first, mask | told)
            mask &= ~self.all_of(graph.within(node))
        left = facts.after(node, mask)
        for edge in edges:
            self.come(edge.to, left | (facts.mask(facts.told(step, edge.case)) if isinstance(step, Branch) else 0))
        if facts.subject.human(node):
            for target in graph.before[node]:
                if target in facts.entering:
                    self.come(target, left)


def _written(subject: Subject, graph: Graph) -> dict[str, frozenset[str]]:
    """What may have been written before each step, whichever way a case has come."""
    found: dict[str, frozenset[str]] = {START: frozenset()}
    ahead = [START]
    while ahead:
        node = ahead.pop()
        left = found[node] | subject.gives(node)
        targets = [edge.to for edge in graph.home[node].edges[node]]
        if node in graph.lanes:
            targets += [lane.first for lane in graph.lanes[node]]
            # what has been written in the lanes when they have joined
            inside = frozenset[str]().union(*(subject.gives(step) for step in graph.within(node)))
            for edge in graph.home[node].edges[node]:
                _add(edge.to, left | inside, found, ahead)
        for target in targets:
            _add(target, left, found, ahead)
    return found


def _add(node: str, fields: frozenset[str], found: dict[str, frozenset[str]], ahead: list[str]) -> None:
    known = found.get(node)
    if not leaves(node) and (known is None or not fields <= known):
        found[node] = fields if known is None else known | fields
        ahead.append(node)
