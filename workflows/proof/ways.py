"""The shortest way from one step to another, among those that some answers allow: branches that ask the same must answer alike."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from forms.texts import Text
from workflows.app import Branch, Inclusive
from workflows.proof.facts import Facts, Mask
from workflows.proof.graph import DONE, Edge, Strand, ended, leaves
from workflows.proof.regions import Beyond

#: pairs of a step and what is known there, that one search looks at
MOST = 4_000
#: a step, and one thing that may happen there
Allowed = Callable[[str, Edge], bool]
Way = list[tuple[str, Edge]]


@dataclass(slots=True, eq=False)
class Ways:
    """Searches for ways through a flow."""

    facts: Facts
    #: literals of conditions that share something with those of another branch: what one tells, another must agree with
    shared: Mask = 0

    def __post_init__(self) -> None:
        facts = self.facts
        owners: dict[str, set[str]] = {}
        for step in facts.subject.steps.values():
            if isinstance(step, Branch | Inclusive):
                for name in facts.reads(case.when for case in step.cases if case.when is not None):
                    owners.setdefault(name, set()).add(step.id)
        double = {name for name, steps in owners.items() if len(steps) > 1}
        self.shared = self.about(double)

    def about(self, names: Iterable[str]) -> Mask:
        """The literals that say something about ``names``."""
        wanted = frozenset(names)
        return sum(1 << n for n, goal in enumerate(self.facts.literals) if self.facts.reads([goal.text]) & wanted)

    def find(
        self,
        start: str,
        goal: str,
        allowed: Allowed,
        known: Mask = 0,
        besides: Mask = 0,
        accepts: Callable[[Mask], bool] = lambda _: True,
    ) -> Way | None:
        """The shortest way from ``start`` to ``goal`` by what is ``allowed``; None: there is none. ``besides``: literals to keep track of.
        ``accepts``: whether what is known at the goal will do. Raises Beyond.
        """
        return _Search(self, self.facts, allowed, self.shared | besides, goal).run(start, known, accepts)


@dataclass(slots=True)
class _Search:
    ways: Ways
    facts: Facts
    allowed: Allowed
    kept: Mask
    goal: str

    def run(self, start: str, known: Mask, accepts: Callable[[Mask], bool]) -> Way | None:
        first = (start, known)
        came: dict[tuple[str, Mask], tuple[tuple[str, Mask], Way] | None] = {first: None}
        ahead = deque([first])
        while ahead:
            at = ahead.popleft()
            node, mask = at
            if node == self.goal and accepts(mask) and at != first:
                return self.back(at, came)
            for edges, after in self.steps(node, mask):
                if after not in came:
                    if len(came) >= MOST:
                        raise Beyond
                    came[after] = (at, edges)
                    ahead.append(after)
        return None

    def back(self, at: tuple[str, Mask], came: dict[tuple[str, Mask], tuple[tuple[str, Mask], Way] | None]) -> Way:
        found: list[Way] = []
        while (before := came[at]) is not None:
            at, edges = before
            found.append(edges)
        return [part for edges in reversed(found) for part in edges]

    def steps(self, node: str, mask: Mask) -> Iterable[tuple[Way, tuple[str, Mask]]]:
        facts = self.facts
        if leaves(node):
            return
        step = facts.subject.steps.get(node)
        left = facts.after(node, mask)
        through: Way = []
        if node in facts.graph.lanes:
            yield from self.ends_within(node, mask)
            passed = self.through(node, mask)
            if passed is None:
                return
            through = passed
            for inner in facts.graph.within(node):
                left = facts.after(inner, left)
        for edge in facts.ways.get(node, ()):
            if not self.allowed(node, edge):
                continue
            told: Mask = 0
            if isinstance(step, Branch):
                goals = facts.told(step, edge.case)
                told = facts.mask(goals)
                if self.kept & told and not facts.possible(node, mask, *goals):
                    continue
            yield [*through, (node, edge)], (edge.to, (left | told) & self.kept)

    def ends_within(self, block: str, mask: Mask) -> Iterable[tuple[Way, tuple[str, Mask]]]:
        """A case may end in a lane, whatever the others are at."""
        if ended(self.goal) is None:
            return
        for number in self.facts.lanes.get(block, ()):
            way = self.lane(self.facts.graph.lanes[block][number], block, mask, self.goal)
            if way:
                yield way, (self.goal, mask & self.kept)

    def through(self, block: str, mask: Mask) -> Way | None:
        """A way through the lanes of ``block``, one after the other; of an inclusive block the shortest lane will do."""
        facts = self.facts
        lanes = [facts.graph.lanes[block][number] for number in facts.lanes.get(block, ())]
        found = [self.lane(lane, block, mask) for lane in lanes]
        step = facts.subject.steps[block]
        if isinstance(step, Inclusive):
            if all(case.when is not None for case in step.cases) and facts.possible(block, mask, *facts.told(step, None)):
                return []
            return min((way for way in found if way is not None), key=len, default=None)
        if any(way is None for way in found):
            return None
        return [part for way in found if way is not None for part in way]

    def lane(self, lane: Strand, block: str, mask: Mask, goal: str = DONE) -> Way | None:
        if lane.first == goal:
            return []
        step = self.facts.subject.steps[block]
        if isinstance(step, Inclusive) and lane.key is not None:
            goals = self.facts.told(step, lane.key[1])
            if not self.facts.possible(block, mask, *goals):
                return None
            mask |= self.facts.mask(goals)
        for inner in self.facts.graph.within(block):
            mask = self.facts.after(inner, mask)
        return _Search(self.ways, self.facts, self.allowed, self.kept, goal).run(lane.first, mask & self.kept, lambda _: True)


def words(way: Way) -> tuple[Text, ...]:
    """A way in words: one for each thing that happens."""
    return tuple(edge.words for _, edge in way if edge.how != "run")


def stations(way: Way) -> tuple[str, ...]:
    """The step at which each of these things happens."""
    return tuple(node for node, edge in way if edge.how != "run")
