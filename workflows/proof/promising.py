"""The limits of the steps against what those who apply are promised: the longest way, each step once."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from forms.texts import Text, say
from workflows.app import Approve, Branch, Handle, Span, Step, Unit, Wait
from workflows.program import START
from workflows.proof.facts import Facts, Mask
from workflows.proof.graph import DONE, Edge, leaves
from workflows.proof.regions import Beyond
from workflows.proof.verdict import Finding, Place
from workflows.proof.ways import MOST, Ways

#: working days; a working day has eight hours, seven days have five of them
WORKING_DAYS: dict[Unit, Fraction] = {
    "minutes": Fraction(5, 7 * 24 * 60),
    "hours": Fraction(5, 7 * 24),
    "days": Fraction(5, 7),
    "working hours": Fraction(1, 8),
    "working days": Fraction(1),
}


class Longest(NamedTuple):
    """The longest way from somewhere on: so many working days, and the steps that take them."""

    length: Fraction
    steps: tuple[str, ...]


def length(span: Span) -> Fraction:
    """``span`` in working days."""
    return span.amount * WORKING_DAYS[span.unit]


def check(facts: Facts, ways: Ways) -> Iterator[Finding]:
    """A way that takes longer than promised though everybody is in time; and steps without any limit."""
    promise = facts.subject.app.flow.promise
    if promise is None:
        return
    search = _Search(facts, ways, promise.by)
    try:
        longest = search.from_(START, 0)
    except Beyond:
        facts.beyond[promise.by or START] = None
        return
    if longest is not None and longest.length > length(promise.within):
        total = _number(longest.length / WORKING_DAYS[promise.within.unit])
        unit = UNITS[promise.within.unit]
        yield Finding(
            "promise-exceeded",
            Place(None, ("promise",)),
            {
                "zh": f"承诺 {promise.within.amount} {unit['zh']}，而各环节的时限加起来有 {total} {unit['zh']}",
                "en": f"{promise.within.amount} {unit['en']} are promised, but the limits of the steps come to {total} {unit['en']}",
            },
            witness=tuple(_said(facts, step) for step in longest.steps),
            way=tuple(longest.steps),
            related=tuple((Place(step), _said(facts, step)) for step in longest.steps),
        )
    for id in search.unlimited:
        title = facts.subject.title(id)
        yield Finding(
            "promise-unlimited",
            Place(id),
            {
                "zh": f"“{say(title, 'zh')}”没有时限 due，承诺的时限就没有保证",
                "en": f"“{say(title, 'en')}” has no limit (due): what is promised is not made sure of",
            },
            related=((Place(None, ("promise",)), {"zh": "承诺写在这里", "en": "promised here"}),),
        )


UNITS: dict[Unit, Text] = {
    "minutes": {"zh": "分钟", "en": "minutes"},
    "hours": {"zh": "小时", "en": "hours"},
    "days": {"zh": "天", "en": "days"},
    "working hours": {"zh": "工作小时", "en": "working hours"},
    "working days": {"zh": "个工作日", "en": "working days"},
}


def _number(amount: Fraction) -> str:
    return str(amount) if amount.denominator == 1 else f"{float(amount):.1f}"


def _said(facts: Facts, id: str) -> Text:
    span = _limit(facts.subject.steps[id])
    title = facts.subject.title(id)
    amount, unit = (span.amount, UNITS[span.unit]) if span else (0, UNITS["days"])
    return {"zh": f"“{say(title, 'zh')}”{amount} {unit['zh']}", "en": f"“{say(title, 'en')}” {amount} {unit['en']}"}


def _limit(step: Step) -> Span | None:
    return step.due if isinstance(step, Approve | Handle) else step.span if isinstance(step, Wait) else None


class _Search:
    """Ways that only lead downwards: what is done again after a return or a jump back is not part of the promise."""

    def __init__(self, facts: Facts, ways: Ways, by: str | None) -> None:
        self.facts = facts
        self.ways = ways
        self.by = by
        self.order = {id: number for number, id in enumerate(facts.graph.home)}
        self.known: dict[tuple[str, Mask], Longest | None] = {}
        #: steps on the way that have no limit
        self.unlimited: dict[str, None] = {}

    def from_(self, node: str, mask: Mask) -> Longest | None:
        """The longest way on; None: the case does not come to what is promised. Raises Beyond."""
        # whatever lies further on is looked at first, without one call within another: a flow may be long
        ahead = [(node, mask)]
        while ahead:
            key = ahead[-1]
            if leaves(key[0]) or key in self.known:
                ahead.pop()
            elif further := [after for after in self.following(*key) if not leaves(after[0]) and after not in self.known]:
                ahead += further
            elif len(self.known) >= MOST:
                raise Beyond
            else:
                self.known[key] = self.step(*key)
        return self.there((node, mask))

    def there(self, key: tuple[str, Mask]) -> Longest | None:
        node, _ = key
        if leaves(node):
            return Longest(Fraction(0), ()) if self.by is None or node == DONE else None
        return self.known[key]

    def following(self, node: str, mask: Mask) -> list[tuple[str, Mask]]:
        """Where a case may go on to, only downwards."""
        if node == self.by:
            return []
        step = self.facts.subject.steps.get(node)
        left = self.facts.after(node, mask)
        found: list[tuple[str, Mask]] = []
        for edge in self.facts.ways.get(node, ()):
            if leaves(edge.to) or self.order[edge.to] > self.order[node]:
                told = self.told(node, step, mask, edge)
                if told is not None:
                    found.append((edge.to, (left | told) & self.ways.shared))
        return found

    def step(self, node: str, mask: Mask) -> Longest | None:
        facts = self.facts
        step = facts.subject.steps.get(node)
        here = Longest(Fraction(0), ())
        if step is not None and (span := _limit(step)) is not None:
            here = Longest(length(span), (node,))
        if node in facts.graph.lanes:
            lanes = [facts.graph.lanes[node][number] for number in facts.lanes.get(node, ())]
            around = facts.graph.lead(self.by) if self.by is not None else ()
            asked = [lane for lane in lanes if lane in around]
            found = [way for lane in asked or lanes if (way := self.from_(lane.first, 0))]
            here = max(found, key=lambda way: way.length, default=here)
            if asked:
                return here
        if node == self.by:
            self.missing(node, step)
            return here
        further = [way for after in self.following(node, mask) if (way := self.there(after)) is not None]
        best = max(further, key=lambda way: way.length, default=None)
        if best is None:
            return None
        self.missing(node, step)
        return Longest(here.length + best.length, (*here.steps, *best.steps))

    def missing(self, node: str, step: Step | None) -> None:
        if isinstance(step, Approve | Handle) and step.due is None and step.due_until is None:
            self.unlimited[node] = None

    def told(self, node: str, step: Step | None, mask: Mask, edge: Edge) -> Mask | None:
        """What taking ``edge`` tells; None: it cannot be taken where ``mask`` holds."""
        if not isinstance(step, Branch):
            return 0
        goals = self.facts.told(step, edge.case)
        told = self.facts.mask(goals)
        if self.ways.shared & told and not self.facts.possible(node, mask, *goals):
            return None
        return told
