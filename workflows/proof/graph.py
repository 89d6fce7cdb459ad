"""The flow as a graph of what may happen next: one strand for the flow, one for each lane, since nothing jumps from one into another."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from forms.texts import Text, say
from workflows.app import Action, Approve, AtLeast, Branch, Call, End, Flow, Handle, Inclusive, Parallel, Step, Wait
from workflows.program import START

#: a lane has finished
DONE = "$done"
#: out of a lane, back to the applicant: the whole block is cancelled
AWAY = "$away"
_END = "$end:"

#: act: a person's; lapse: a late task decides itself; time, message, child: a case that stood still goes on; the flow itself: the rest
How = Literal["act", "lapse", "time", "message", "child", "take", "join", "run"]
#: a lane, by its block and its number; None: the flow
Key = tuple[str, int] | None


def end(outcome: str) -> str:
    return _END + outcome


def ended(node: str) -> str | None:
    """The outcome with which the case has ended at ``node``; None: it has not."""
    return node[len(_END) :] if node.startswith(_END) else None


def leaves(node: str) -> bool:
    """Whether ``node`` is no step: the strand is left there."""
    return node.startswith("$")


class Edge(NamedTuple):
    """One thing that may happen at a step, and what comes then."""

    to: str
    how: How
    words: Text
    #: somebody approved
    approves: bool = False
    #: of a branch: which case
    case: int | None = None
    #: of an own action: its id
    action: str | None = None

    @property
    def human(self) -> bool:
        return self.how == "act"


@dataclass(slots=True, eq=False)
class Strand:
    """Steps that a case goes through one after the other. A parallel or inclusive block is one node of it, left when its lanes join."""

    key: Key
    first: str = ""
    edges: dict[str, tuple[Edge, ...]] = field(default_factory=dict[str, tuple[Edge, ...]])
    #: the strand around it; None around the flow
    around: "Strand | None" = None


@dataclass(slots=True, eq=False)
class Graph:
    """All strands of a flow, and which steps lie in which."""

    flow: Strand
    strands: dict[Key, Strand]
    #: the strand of each step
    home: dict[str, Strand]
    #: the lanes of each block
    lanes: dict[str, tuple[Strand, ...]]
    #: the human steps that may have been executed before a step of the same pass: where it can be returned to
    before: dict[str, tuple[str, ...]]

    def lead(self, step: str) -> tuple[Strand, ...]:
        """The strands around a step, innermost first."""
        found: list[Strand] = []
        at: Strand | None = self.home[step]
        while at is not None:
            found.append(at)
            at = at.around
        return tuple(found)

    def within(self, block: str) -> list[str]:
        """The steps in the lanes of ``block``."""
        return [step for step in self.home if any(s.key is not None and s.key[0] == block for s in self.lead(step))]


def rests(step: Step) -> bool:
    """Whether a case stands still there."""
    return isinstance(step, Approve | Handle | Wait) or (isinstance(step, Call) and step.waits)


def lower(flow: Flow) -> Graph:
    """The graph of ``flow``."""
    top = Strand(None)
    lowering = _Lowering(flow, Graph(top, {None: top}, {START: top}, {}, {}))
    top.first = START
    first = lowering.steps(flow.steps, end("approved"), top, ())
    top.edges[START] = (Edge(first, "act", {"zh": "申请人提交", "en": "the applicant submits"}),)
    return lowering.graph


@dataclass(slots=True)
class _Lowering:
    flow: Flow
    graph: Graph

    def steps(self, steps: tuple[Step, ...], then: str, strand: Strand, before: tuple[str, ...]) -> str:
        """Lowers ``steps``, which lead to ``then``; the first node of them."""
        for index, step in enumerate(steps):
            self.graph.home[step.id] = strand
            self.graph.before[step.id] = before
            after = steps[index + 1].id if index + 1 < len(steps) else then
            strand.edges[step.id] = self.edges(step, after, strand, before)
            before += tuple(self.humans(step))
        return steps[0].id if steps else then

    def humans(self, step: Step) -> list[str]:
        """The human steps of ``step`` that a later one may return to: none in the lanes of a block that has finished."""
        if isinstance(step, Branch):
            return [human for case in step.cases for inner in case.steps for human in self.humans(inner)]
        return [step.id] if isinstance(step, Approve | Handle) else []

    def edges(self, step: Step, after: str, strand: Strand, before: tuple[str, ...]) -> tuple[Edge, ...]:
        match step:
            case Approve() | Handle():
                return tuple(self.human(step, after, strand))
            case Branch():
                return tuple(self.cases(step, after, strand, before))
            case Parallel() | Inclusive():
                return self.block(step, after, strand, before)
            case Wait():
                return tuple(self.wait(step, after))
            case Call() if step.waits:
                return tuple(self.call(step, after, strand))
            case End():
                return (Edge(end(step.outcome), "run", _at(step.title, "结束", "the case ends")),)
            case _:
                return (Edge(after, "run", _at(step.title, "自动进行", "runs by itself")),)

    def human(self, step: Approve | Handle, after: str, strand: Strand) -> list[Edge]:
        approves = isinstance(step, Approve)
        found: list[Edge] = []
        if approves:
            found.append(Edge(after, "act", _at(step.title, "同意", "is approved"), approves=True))
        elif not step.actions:
            found.append(Edge(after, "act", _at(step.title, "办理完成", "is completed")))
        found += [self.own(step, action, after, strand) for action in step.actions]
        abstains = isinstance(step.decide, AtLeast) and step.decide.abstain
        if approves and ("reject" not in step.desk.without or abstains):
            found.append(Edge(self.rejected(strand), "act", _at(step.title, "不同意", "is rejected")))
        lapses = dict.fromkeys(entry.automatically for entry in step.overdue if entry.automatically)
        for how in lapses:
            to = self.rejected(strand) if how == "reject" else after
            words = ("逾期自动不同意", "lapses into a rejection") if how == "reject" else ("逾期自动通过", "lapses into approval")
            found.append(Edge(to, "lapse", _at(step.title, *words)))
        return found

    def own(self, step: Approve | Handle, action: Action, after: str, strand: Strand) -> Edge:
        words = _at(step.title, f"选“{say(action.title, 'zh')}”", f"“{say(action.title, 'en')}” is chosen")
        if action.end is not None:
            return Edge(end(action.end), "act", words, action=action.id)
        if action.go is None:
            return Edge(after, "act", words, approves=isinstance(step, Approve), action=action.id)
        away = action.go == START and strand.key is not None
        return Edge(AWAY if away else action.go, "act", words, action=action.id)

    def rejected(self, strand: Strand) -> str:
        """Within a parallel a rejection ends the case."""
        return self.flow.on_reject if self.flow.on_reject != "end" and strand.key is None else end("rejected")

    def cases(self, step: Branch, after: str, strand: Strand, before: tuple[str, ...]) -> list[Edge]:
        found: list[Edge] = []
        for number, case in enumerate(step.cases):
            title = case.title or ({"zh": "其他情形", "en": "otherwise"} if case.when is None else {"zh": case.when, "en": case.when})
            words = _at(step.title, f"走“{say(title, 'zh')}”", f"goes by “{say(title, 'en')}”")
            found.append(Edge(self.steps(case.steps, after, strand, before), "take", words, case=number))
        if all(case.when is not None for case in step.cases):
            found.append(Edge(after, "take", _at(step.title, "没有情形成立", "no case holds")))
        return found

    def block(self, step: Parallel | Inclusive, after: str, strand: Strand, before: tuple[str, ...]) -> tuple[Edge, ...]:
        lanes: list[Strand] = []
        for number, part in enumerate(step.branches if isinstance(step, Parallel) else step.cases):
            lane = Strand((step.id, number), around=strand)
            lane.first = self.steps(part.steps, DONE, lane, before)
            self.graph.strands[lane.key] = lane
            lanes.append(lane)
        self.graph.lanes[step.id] = tuple(lanes)
        return (Edge(after, "join", _at(step.title, "各支都办完", "all branches have finished")),)

    def wait(self, step: Wait, after: str) -> list[Edge]:
        found: list[Edge] = []
        if step.span is not None or step.until is not None:
            found.append(Edge(after, "time", _at(step.title, "时间到", "the time has come")))
        if step.message is not None:
            found.append(Edge(after, "message", _at(step.title, f"收到消息 {step.message}", f"the message {step.message} comes")))
        return found

    def call(self, step: Call, after: str, strand: Strand) -> list[Edge]:
        found = [Edge(after, "child", _at(step.title, f"{step.app} 办结", f"{step.app} has ended"))]
        if step.outcome is None:
            found.append(Edge(self.rejected(strand), "child", _at(step.title, f"{step.app} 没有通过", f"{step.app} was not approved")))
        return found


def _at(title: Text, zh: str, en: str) -> Text:
    return {"zh": f"“{say(title, 'zh')}”{zh}", "en": f"“{say(title, 'en')}” {en}"}
