"""The flow unreduced: every marking of all lanes together, as the engine would have them. Bounded, since their number multiplies.

Used where the reduction does not hold, because several lanes wait for one message, and as the judge of the reduction in tests.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, permutations

from workflows.app import Inclusive, Wait
from workflows.program import START
from workflows.proof.facts import Facts
from workflows.proof.graph import AWAY, DONE, Edge, Strand, end, ended, leaves, rests

#: markings that are looked at, at most
MOST = 20_000
#: a lane that is about to begin
_AHEAD = "$ahead"


class Token(tuple[str, Strand]):
    """Where a case stands: a step, or a lane that has finished or is about to begin, and the strand it stands in."""

    __slots__ = ()

    @property
    def node(self) -> str:
        return self[0]

    @property
    def strand(self) -> Strand:
        return self[1]

    def within(self, block: str) -> bool:
        at: Strand | None = self.strand
        while at is not None:
            if at.key is not None and at.key[0] == block:
                return True
            at = at.around
        return False


#: all tokens of a case; an ended case has none, but its outcome
Marking = frozenset[Token] | str


@dataclass(slots=True, eq=False)
class Exploration:
    """All markings that were found."""

    #: every step that some case comes to
    reached: set[str] = field(default_factory=set[str])
    #: the markings that follow each
    following: dict[Marking, set[Marking]] = field(default_factory=dict[Marking, set[Marking]])
    #: steps that end the case as approved while another lane is at work, with the block
    over: dict[str, str] = field(default_factory=dict[str, str])
    #: whether MOST was hit
    beyond: bool = False

    def stuck(self) -> list[list[str]]:
        """The steps of a marking from which no end is reached; one group, as far as there is one."""
        back: dict[Marking, list[Marking]] = {}
        for marking, after in self.following.items():
            for other in after:
                back.setdefault(other, []).append(marking)
        good: set[Marking] = {marking for marking in self.following if isinstance(marking, str)}
        ahead = list(good)
        while ahead:
            for marking in back.get(ahead.pop(), ()):
                if marking not in good:
                    good.add(marking)
                    ahead.append(marking)
        bad = next((marking for marking in self.following if marking not in good), None)
        return [sorted(token.node for token in bad if not leaves(token.node))] if bad is not None and not isinstance(bad, str) else []


def explore(facts: Facts, most: int = MOST) -> Exploration:
    """All markings, the nearest first, up to ``most``."""
    found = Exploration()
    first: Marking = frozenset({Token((START, facts.graph.flow))})
    found.reached.add(START)
    found.following[first] = set()
    ahead: deque[Marking] = deque([first])
    moving = _Moving(facts, found)
    while ahead:
        marking = ahead.popleft()
        for other in moving.moves(marking):
            found.following[marking].add(other)
            if other not in found.following:
                if len(found.following) >= most:
                    found.beyond = True
                    return found
                found.following[other] = set()
                ahead.append(other)
    return found


@dataclass(slots=True)
class _Moving:
    """One act, or one thing that happens, and all that the flow then does by itself."""

    facts: Facts
    found: Exploration

    def moves(self, marking: Marking) -> Iterable[Marking]:
        if isinstance(marking, str):
            return
        for token in marking:
            if not leaves(token.node):
                for edge in self.facts.ways.get(token.node, ()):
                    if edge.how != "message":
                        yield from self.take(token, edge, marking - {token})
        yield from self.messages(marking)

    def messages(self, marking: frozenset[Token]) -> Iterable[Marking]:
        """One that several wait for takes all of them on, in the order in which they began to wait."""
        waiting: dict[str, list[Token]] = {}
        for token in marking:
            step = self.facts.subject.steps.get(token.node)
            if isinstance(step, Wait) and step.message is not None:
                waiting.setdefault(step.message, []).append(token)
        for tokens in waiting.values():
            for order in permutations(tokens):
                states: list[Marking] = [marking]
                for token in order:
                    states = [after for state in states for after in self.delivered(token, state)]
                yield from states

    def delivered(self, token: Token, marking: Marking) -> Iterable[Marking]:
        if isinstance(marking, str) or token not in marking:
            return (marking,)
        edges = [edge for edge in self.facts.ways.get(token.node, ()) if edge.how == "message"]
        return [after for edge in edges for after in self.take(token, edge, marking - {token})]

    def take(self, token: Token, edge: Edge, rest: frozenset[Token]) -> list[Marking]:
        return self.come(edge.to, token.strand, rest, token.node)

    def come(self, node: str, strand: Strand, rest: frozenset[Token], source: str) -> list[Marking]:
        """The case comes to ``node`` and runs on until it rests. ``source``: the step that led there."""
        outcome = ended(node)
        if outcome is not None:
            if node == end("approved"):
                self.cut(strand, rest, source)
            return [node]
        if node == AWAY or (node == START and strand.key is None):
            # whatever else the case was at is cancelled
            self.found.reached.add(START)
            return [frozenset({Token((START, self.facts.graph.flow))})]
        if node == DONE:
            return self.finish(strand, rest)
        self.found.reached.add(node)
        step = self.facts.subject.steps[node]
        if rests(step):
            return [rest | {Token((node, strand))}]
        if node in self.facts.graph.lanes:
            return self.fork(node, rest)
        return [after for edge in self.facts.ways.get(node, ()) for after in self.come(edge.to, strand, rest, node)]

    def cut(self, strand: Strand, rest: frozenset[Token], source: str) -> None:
        """The case ends as approved: is anybody else at work?"""
        at: Strand | None = strand
        while at is not None and at.key is not None:
            block = at.key[0]
            if any(token.within(block) and token.node != DONE and not _in(token, at) for token in rest):
                self.found.over.setdefault(source, block)
            at = at.around

    def finish(self, strand: Strand, rest: frozenset[Token]) -> list[Marking]:
        """A lane has finished; the last takes the case on."""
        assert strand.key is not None
        block = strand.key[0]
        inside = {token for token in rest if token.within(block)}
        if any(token.node != DONE for token in inside):
            return [rest | {Token((DONE, strand))}]
        return self.joined(block, rest - inside)

    def joined(self, block: str, rest: frozenset[Token]) -> list[Marking]:
        home = self.facts.graph.home[block]
        return [after for edge in self.facts.ways[block] for after in self.come(edge.to, home, rest, block)]

    def fork(self, block: str, rest: frozenset[Token]) -> list[Marking]:
        """The lanes begin one after the other, as long as none ends the case."""
        found: list[Marking] = []
        for lanes in self.choices(block):
            states: list[Marking] = [rest | {Token((_AHEAD, lane)) for lane in lanes}]
            if not lanes:
                found += self.joined(block, rest)
            for lane in lanes:
                states = [after for state in states for after in self.begin(lane, state)]
            found += states if lanes else []
        return list(dict.fromkeys(found))

    def begin(self, lane: Strand, marking: Marking) -> list[Marking]:
        token = Token((_AHEAD, lane))
        if isinstance(marking, str) or token not in marking:
            return [marking]
        return self.come(lane.first, lane, marking - {token}, lane.first)

    def choices(self, block: str) -> list[tuple[Strand, ...]]:
        """The lanes that may be taken together."""
        lanes = [self.facts.graph.lanes[block][number] for number in self.facts.lanes[block]]
        step = self.facts.subject.steps[block]
        if not isinstance(step, Inclusive):
            return [tuple(lanes)]
        holding = [lane for lane in lanes if lane.key is not None and step.cases[lane.key[1]].when is not None]
        found = [chosen for count in range(1, len(holding) + 1) for chosen in combinations(holding, count)]
        found += [(lane,) for lane in lanes if lane not in holding]
        return found if len(holding) < len(lanes) or any(case.when is None for case in step.cases) else [*found, ()]


def _in(token: Token, strand: Strand) -> bool:
    at: Strand | None = token.strand
    while at is not None:
        if at is strand:
            return True
        at = at.around
    return False
