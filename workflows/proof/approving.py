"""Ways on which nobody approves, or nobody but the applicant; and ways round on which nobody acts at all."""

from collections.abc import Iterator

from forms.syntax import Call, Member, Name, Node
from forms.texts import say
from workflows.app import Approve
from workflows.people import Organisation
from workflows.program import START
from workflows.proof.facts import Facts
from workflows.proof.graph import DONE, Edge, Strand, end, leaves
from workflows.proof.manning import named
from workflows.proof.verdict import Finding, Place
from workflows.proof.ways import Ways, stations, words

APPROVED = end("approved")


def nobody(facts: Facts, ways: Ways) -> Iterator[Finding]:
    """A way to "approved" past every approval. A flow without approvals is work, not approval."""
    flow = facts.subject.app.flow
    if flow.without_approval or not any(isinstance(step, Approve) and step.id in facts.entering for step in facts.subject.steps.values()):
        return
    way = ways.find(START, APPROVED, lambda _, edge: not (edge.approves and edge.human))
    if way is not None:
        lapsed = any(edge.how == "lapse" for _, edge in way)
        yield Finding(
            "nobody-approves",
            Place(),
            {
                "zh": "有一条路径没有人审批就通过" + ("（靠逾期）" if lapsed else "") + "；如果本意如此，写 without_approval: allowed",
                "en": "There is a way to approval on which nobody approves"
                + (" (by lapse)" if lapsed else "")
                + "; if that is meant, write without_approval: allowed",
            },
            witness=words(way),
            way=stations(way),
        )


def alone(facts: Facts, ways: Ways, organisation: Organisation | None) -> Iterator[Finding]:
    """A way to "approved" on which everyone who approves may be the applicant. Where that is not allowed, it cannot happen."""
    flow = facts.subject.app.flow
    if flow.self_approval != "self":
        return
    steps = [step for step in facts.subject.steps.values() if isinstance(step, Approve) and step.id in facts.entering]
    own = {step.id: who for step in steps if (who := oneself(facts.subject.expressions[step.who].tree, organisation)) is not None}

    def allowed(node: str, edge: Edge) -> bool:
        return node in own or not (edge.approves and edge.human)

    for step in steps:
        if step.id not in own:
            continue
        there = ways.find(START, step.id, allowed)
        on = ways.find(step.id, APPROVED, allowed)
        if there is not None and on is not None:
            yield Finding(
                "applicant-alone",
                Place(step.id, ("who",)),
                {"zh": "有一条路径上只有申请人自己审批", "en": "There is a way on which the applicant alone approves"},
                witness=words([*there, *on]),
                way=stations([*there, *on]),
            )
            return


def oneself(who: Node, organisation: Organisation | None) -> str | None:
    """How ``who`` may come to the applicant alone; None: it does not, as far as is known."""
    match who:
        case Name(name="applicant"):
            return "applicant"
        case Call(function="user", args=(Member(of=Name(name="applicant"), name="id"),)):
            return "applicant"
        case Call(function="head_of", args=(Member(of=Name(name="applicant"), name="department"),)):
            return "head"
        case _:
            people = named(who, organisation) if organisation else None
            return next(iter(people)) if people is not None and len(people) == 1 else None


def circles(facts: Facts) -> Iterator[Finding]:
    """A way round on which nobody acts: whatever comes to it never ends."""
    told: set[str] = set()
    for strand in facts.graph.strands.values():
        for node in strand.edges:
            if node in facts.ways and node not in told and (way := _round(facts, strand, node)):
                told |= {step for step, _ in way}
                # said where the way leads back, as that is what is to be changed
                order = list(facts.graph.home)
                start, edge = next((part for part in way if order.index(part[1].to) <= order.index(part[0])), way[-1])
                step, target = facts.subject.title(start), facts.subject.title(edge.to)
                yield Finding(
                    "loop-without-people",
                    Place(start),
                    {
                        "zh": f"从“{say(step, 'zh')}”自动回到“{say(target, 'zh')}”，再一路自动走到这里：这一圈里没有人",
                        "en": f"“{say(step, 'en')}” goes back to “{say(target, 'en')}” by itself and comes here again by itself: nobody acts on that way round",
                    },
                    witness=words(way),
                    way=stations(way),
                    related=((Place(edge.to), {"zh": "回到这里", "en": "back to here"}),),
                )


def _unmanned(facts: Facts, node: str) -> Iterator[Edge]:
    """What may happen at ``node`` without anybody's act."""
    for edge in facts.ways.get(node, ()):
        if not edge.human and (edge.how != "join" or all(_passes(facts, facts.graph.lanes[node][n]) for n in facts.lanes.get(node, ()))):
            yield edge


def _passes(facts: Facts, lane: Strand) -> bool:
    """Whether a lane may finish without anybody's act."""
    seen: set[str] = set()
    ahead = [lane.first]
    while ahead:
        node = ahead.pop()
        if node == DONE:
            return True
        if node not in seen and not leaves(node):
            seen.add(node)
            ahead += [edge.to for edge in _unmanned(facts, node)]
    return False


def _round(facts: Facts, strand: Strand, start: str) -> list[tuple[str, Edge]] | None:
    """The shortest way from ``start`` back to it without anybody's act."""
    came: dict[str, tuple[str, Edge]] = {}
    ahead = [start]
    for node in ahead:
        for edge in _unmanned(facts, node):
            if edge.to == start:
                way = [(node, edge)]
                while way[0][0] != start:
                    before, led = came[way[0][0]]
                    way.insert(0, (before, led))
                return way
            if edge.to not in came and edge.to in strand.edges:
                came[edge.to] = (node, edge)
                ahead.append(edge.to)
    return None
