"""Labelled transition systems, and whether two of them behave alike: strong bisimulation by refining partitions."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

State = Hashable
Label = Hashable


@dataclass
class Lts:
    """States with labelled ways between them. ``marks`` is what is seen of a state without leaving it, such as an outcome."""

    start: State
    ways: dict[State, set[tuple[Label, State]]] = field(default_factory=dict)
    marks: dict[State, Hashable] = field(default_factory=dict)

    def add(self, state: State, label: Label, target: State) -> None:
        self.ways.setdefault(state, set()).add((label, target))
        self.ways.setdefault(target, set())


def bisimilar(one: Lts, other: Lts) -> bool:
    """Whether the starts of both are in one block of the coarsest stable partition of all their states (Kanellakis and Smolka)."""
    ways = {(side, state): found for side, lts in enumerate((one, other)) for state, found in _all(lts)}
    marks = {(side, state): lts.marks.get(state) for side, lts in enumerate((one, other)) for state, _ in _all(lts)}
    blocks = _numbered((node, marks[node]) for node in ways)
    while True:
        signed = _numbered(
            (node, (blocks[node], frozenset((label, blocks[node[0], target]) for label, target in found))) for node, found in ways.items()
        )
        if len(set(signed.values())) == len(set(blocks.values())):
            return blocks[0, one.start] == blocks[1, other.start]
        blocks = signed


def _all(lts: Lts) -> list[tuple[State, set[tuple[Label, State]]]]:
    return list({lts.start: set[tuple[Label, State]](), **lts.ways}.items())


def _numbered(signed: Iterable[tuple[Hashable, Hashable]]) -> dict[Hashable, int]:
    numbers: dict[Hashable, int] = {}
    return {node: numbers.setdefault(signature, len(numbers)) for node, signature in signed}
