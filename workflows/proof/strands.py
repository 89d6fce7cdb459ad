"""The flow reduced: each lane by itself, and every block one node of the strand around it.

That is allowed because lanes meet only in two ways: they join when all have finished, and one that ends the case, or goes back out of
the block, cancels the others. So the markings of a block are the products of the markings of its lanes, and need not be looked at one
by one. Only messages break this: one that several lanes wait for takes all of them on at once (see `exploring`).
"""

from collections import deque
from dataclasses import dataclass, field

from workflows.app import Inclusive
from workflows.program import START
from workflows.proof.facts import Facts
from workflows.proof.graph import AWAY, DONE, Edge, Strand, end, ended, leaves, rests

APPROVED = end("approved")
#: it rests somewhere
REST = "$rest"


@dataclass(slots=True, eq=False)
class Reduced:
    """A strand, and what is true of it whatever goes on beside it."""

    strand: Strand
    #: nodes that are come to
    reached: set[str]
    #: what leads from each of them, blocks included
    ways: dict[str, list[Edge]]
    #: what may have become of it when it comes to rest for the first time: REST, DONE, or an end
    first: set[str]
    #: from there a lane finishes or is left, a case ends
    good: set[str]
    #: from there a lane ends the case or is left
    ending: set[str]
    inner: dict[str, list["Reduced"]]
    #: nodes, innermost, from which nothing leads on
    stuck: list[list[str]] = field(default_factory=list[list[str]])

    @property
    def finishes(self) -> bool:
        return DONE in self.reached

    @property
    def idles(self) -> bool:
        """Whether it can come to where it neither ends the case nor is left."""
        return bool(self.reached - self.ending) or bool(self.stuck)

    @property
    def rests(self) -> bool:
        """Whether anything in it takes time."""
        return REST in self.first


@dataclass(slots=True, eq=False)
class Reduction:
    """The whole flow, reduced."""

    top: Reduced
    #: every step that some case comes to
    reached: set[str]
    states: int
    #: the groups of steps from which no end is reached
    stuck: list[list[str]]
    #: steps that end the case as approved while another lane is at work
    over: dict[str, str]


def reduce(facts: Facts) -> Reduction:
    """The reduction of a flow."""
    over: dict[str, str] = {}
    top = _strand(facts, facts.graph.flow, over)
    found: set[str] = set()
    states = _count(top, found)
    return Reduction(top, found, states, top.stuck, over)


def _strand(facts: Facts, strand: Strand, over: dict[str, str], *, brief: bool = False) -> Reduced:
    """``strand`` by itself. ``brief``: the case ends before anybody can act in it, so only as far as it runs at once."""
    reached: set[str] = set()
    ways: dict[str, list[Edge]] = {}
    inner: dict[str, list[Reduced]] = {}
    ahead = [strand.first]
    while ahead:
        node = ahead.pop()
        if node in reached:
            continue
        reached.add(node)
        if leaves(node) or node not in facts.ways or (brief and rests(facts.subject.steps[node])):
            continue
        if node in facts.graph.lanes:
            inner[node] = _lanes(facts, node, over, brief=brief)
            ways[node] = _through(facts, node, inner[node])
            if brief:
                ways[node] = [edge for edge in ways[node] if edge.how != "join" or DONE in _fork(facts, node, inner[node])]
        else:
            ways[node] = list(facts.ways[node])
        ahead += [edge.to for edge in ways[node]]
    good = _leading({node for node in reached if leaves(node)}, ways)
    ending = _leading({node for node in reached if leaves(node) and node != DONE}, ways)
    found = Reduced(strand, reached, ways, _first(facts, strand.first, inner), good, ending, inner)
    if not brief:
        found.stuck = _stuck(facts, found)
    return found


def _lanes(facts: Facts, block: str, over: dict[str, str], *, brief: bool) -> list[Reduced]:
    """The lanes that are started: none after one that has ended the case before it comes to rest."""
    found: list[Reduced] = []
    inside: dict[str, str] = {}
    inclusive = isinstance(facts.subject.steps[block], Inclusive)
    for number in facts.lanes[block]:
        found.append(_strand(facts, facts.graph.lanes[block][number], inside, brief=brief))
        # each lane of an inclusive block may be the only one
        if not inclusive and not _survives(found[-1]):
            break
    if not brief and not inclusive and not _survives(found[-1]):
        # what was found of the lanes as if there was time for them does not count
        inside = {}
        found = [_strand(facts, lane.strand, inside, brief=True) for lane in found]
    over |= inside
    for lane in found:
        if APPROVED in lane.reached and _beside(facts, block, lane, found):
            over.setdefault(_culprit(lane), block)
    return found


def _survives(lane: Reduced) -> bool:
    return bool(lane.first & {REST, DONE})


def _beside(facts: Facts, block: str, lane: Reduced, lanes: list[Reduced]) -> bool:
    """Whether another lane may be at work, or still to begin, when ``lane`` ends the case as approved."""
    together = {other.strand.key: _together(facts, block, other.strand) for other in lanes}
    if not together[lane.strand.key]:
        return False
    if any(other is not lane and together[other.strand.key] and other.rests for other in lanes):
        return True
    strands = [facts.graph.lanes[block][number] for number in facts.lanes[block]]
    behind = strands[strands.index(lane.strand) + 1 :]
    return APPROVED in lane.first and any(_together(facts, block, strand) for strand in behind)


def _culprit(lane: Reduced) -> str:
    """The step that ends the case."""
    step = next(step for step, edges in lane.ways.items() if any(edge.to == APPROVED for edge in edges))
    if step not in lane.inner or any(edge.how == "join" and edge.to == APPROVED for edge in lane.ways[step]):
        return step
    return _culprit(next(deeper for deeper in lane.inner[step] if APPROVED in deeper.reached))


def _together(facts: Facts, block: str, lane: Strand) -> bool:
    """Whether a lane may run beside others: `otherwise` of an inclusive block never does."""
    step = facts.subject.steps[block]
    key = lane.key
    return not isinstance(step, Inclusive) or (key is not None and step.cases[key[1]].when is not None)


def _through(facts: Facts, block: str, lanes: list[Reduced]) -> list[Edge]:
    """What may come of a block as a whole."""
    step = facts.subject.steps[block]
    found: list[Edge] = []
    if isinstance(step, Inclusive):
        joins = any(lane.finishes for lane in lanes) or all(case.when is not None for case in step.cases)
    else:
        joins = len(lanes) == len(facts.graph.lanes[block]) and all(lane.finishes for lane in lanes)
    if joins:
        found += facts.ways[block]
    for lane in lanes:
        for node in sorted(lane.reached):
            if ended(node) is not None:
                found += [edge for edges in lane.ways.values() for edge in edges if edge.to == node][:1]
            elif node == AWAY:
                away = next(edge for edges in lane.ways.values() for edge in edges if edge.to == AWAY)
                found.append(away._replace(to=START if facts.graph.home[block].key is None else AWAY))
    return found


def _first(facts: Facts, node: str, inner: dict[str, list[Reduced]]) -> set[str]:
    """What becomes of a strand by itself, from ``node`` until it rests."""
    found: set[str] = set()
    seen: set[str] = set()
    ahead = [node]
    while ahead:
        node = ahead.pop()
        if node in seen:
            continue
        seen.add(node)
        step = facts.subject.steps.get(node)
        if leaves(node):
            found.add(node)
        elif node == START or (step is not None and rests(step)):
            found.add(REST)
        elif node in inner:
            outcome = _fork(facts, node, inner[node])
            found |= outcome - {DONE}
            if DONE in outcome:
                ahead += [edge.to for edge in facts.ways[node]]
        else:
            ahead += [edge.to for edge in facts.ways.get(node, ())]
    return found


def _fork(facts: Facts, block: str, lanes: list[Reduced]) -> set[str]:
    """What becomes of a block by itself: its lanes start one after the other."""
    step = facts.subject.steps[block]
    found: set[str] = set()
    if isinstance(step, Inclusive):
        for lane in lanes:
            found |= lane.first
        return found | ({DONE} if all(case.when is not None for case in step.cases) else set())
    resting = False
    for lane in lanes:
        found |= lane.first - {REST, DONE}
        if not lane.first & {REST, DONE}:
            return found
        resting = resting or DONE not in lane.first
    if any(lane.rests for lane in lanes):
        found.add(REST)
    return found if resting else found | {DONE}


def _leading(targets: set[str], ways: dict[str, list[Edge]]) -> set[str]:
    """All nodes from which one of ``targets`` can be come to."""
    back: dict[str, list[str]] = {}
    for node, edges in ways.items():
        for edge in edges:
            back.setdefault(edge.to, []).append(node)
    found = set(targets)
    ahead = list(targets)
    while ahead:
        for node in back.get(ahead.pop(), ()):
            if node not in found:
                found.add(node)
                ahead.append(node)
    return found


def _stuck(facts: Facts, found: Reduced) -> list[list[str]]:
    """Where a case can go on no more, or only in circles: each circle that nothing leads out of, the blocks' own included."""
    stuck: list[list[str]] = []
    for block, lanes in found.inner.items():
        inclusive = isinstance(facts.subject.steps[block], Inclusive)
        for lane in lanes:
            if lane.stuck and (inclusive or _alone(lane, lanes)):
                stuck += lane.stuck
    bad = found.reached - found.good
    for node in sorted(bad):
        circle = _from(node, found.ways)
        if all(node in _from(other, found.ways) for other in circle):
            steps = [step for step in found.ways if step in circle]
            # a block that is stuck because a lane is: that has been said
            if steps and steps not in stuck and not any(step in found.inner and stuck for step in steps):
                stuck.append(steps)
    return stuck


def _alone(lane: Reduced, lanes: list[Reduced]) -> bool:
    """Whether no other lane can be relied upon to end the case."""
    return all(other.idles for other in lanes if other is not lane)


def _from(node: str, ways: dict[str, list[Edge]]) -> set[str]:
    found = {node}
    ahead = deque([node])
    while ahead:
        for edge in ways.get(ahead.popleft(), ()):
            if edge.to not in found:
                found.add(edge.to)
                ahead.append(edge.to)
    return found


def _count(reduced: Reduced, into: set[str]) -> int:
    """How many markings were looked at, with every step that is reached."""
    into |= {node for node in reduced.reached if not leaves(node)}
    return len(reduced.reached) + sum(_count(lane, into) for lanes in reduced.inner.values() for lane in lanes)
