"""prove: everything that is to be known of a flow before anybody starts a case of it."""

from collections.abc import Callable, Iterable

from forms.texts import Text, say
from workflows.app import Branch, Inclusive, Wait
from workflows.people import Organisation
from workflows.program import START
from workflows.proof import answering, approving, branching, crossing, manning, promising
from workflows.proof import facts as certain
from workflows.proof.exploring import Exploration, explore
from workflows.proof.facts import Facts
from workflows.proof.graph import Edge, Graph, end, leaves, lower
from workflows.proof.regions import Beyond, Regions
from workflows.proof.strands import APPROVED, Reduction, reduce
from workflows.proof.subject import Subject
from workflows.proof.verdict import Finding, Outcome, Place, Property, Verdict
from workflows.proof.ways import Way, Ways, stations, words

#: steps of a flow that is looked at; an office's longest have some forty
MOST_STEPS = 500
#: what is proved, with the findings that deny it
PROPERTIES: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    ("completes", {"zh": "总能办完", "en": "Every case can be completed"}, ("never-completes",)),
    ("proper", {"zh": "办完时没有遗留", "en": "Nothing is left open at the end"}, ("ends-over-others",)),
    ("no-dead-step", {"zh": "没有走不到的步骤", "en": "No step is in vain"}, ("unreachable-step", "otherwise-never")),
    ("human-loops", {"zh": "每个循环里都有人", "en": "Somebody acts on every way round"}, ("loop-without-people",)),
    ("covered", {"zh": "条件不重不漏", "en": "Conditions cover everything, and none twice"}, ("missing-otherwise", "cases-overlap")),
    ("conditions", {"zh": "条件都有意义", "en": "Every condition says something"}, ("condition-never", "condition-always", "case-covered")),
    ("approved", {"zh": "通过都经人审批", "en": "Somebody approves whatever is approved"}, ("nobody-approves", "applicant-alone")),
    (
        "fields",
        {"zh": "字段先填后用，必填有人填", "en": "Answers are there when they are read, and what is required is asked for"},
        ("read-before-written", "required-never-asked", "required-hidden"),
    ),
    ("people", {"zh": "有人办理", "en": "Everyone who is named is there"}, ("nobody-in-role", "action-nobody")),
    ("promise", {"zh": "承诺的时限有保证", "en": "What is promised is kept"}, ("promise-exceeded", "promise-unlimited")),
    (
        "rules",
        {"zh": "退回、不同意和重复审批没有意外", "en": "Returns, rejections and repeated approvals bring no surprise"},
        ("reject-in-parallel", "return-out-of-parallel", "repeat-and-signature"),
    ),
)


def prove(subject: Subject, organisation: Organisation | None = None) -> Verdict:
    """The verdict on an app. ``organisation``: the people there are now; None: nothing is known about them."""
    if len(subject.steps) > MOST_STEPS:
        return _too_long(subject)
    graph = lower(subject.app.flow)
    choices = [step for step in subject.steps.values() if isinstance(step, Branch | Inclusive)]
    rules = [text for field in subject.app.form.fields for text in (*subject.shown(field), field.required_if) if text is not None]
    regions = Regions(subject, [*(case.when for step in choices for case in step.cases if case.when is not None), *rules])
    facts = certain.find(subject, graph, regions)
    findings: list[Finding] = []
    states = _control(facts, findings)
    ways = Ways(facts)
    checks: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: approving.circles(facts),
        lambda: branching.check(facts),
        lambda: approving.nobody(facts, ways),
        lambda: approving.alone(facts, ways, organisation),
        lambda: answering.early(facts),
        lambda: answering.unasked(facts, ways),
        lambda: answering.hidden(facts),
        lambda: manning.check(facts, organisation) if organisation else (),
        lambda: promising.check(facts, ways),
        lambda: crossing.check(facts),
    )
    for check in checks:
        try:
            findings += check()
        except Beyond:
            facts.beyond[START] = None
    findings += [_beyond(facts, step) for step in facts.beyond]
    codes = {finding.code for finding in findings}
    silent = {"people"} if organisation is None else set[str]()
    silent |= {"promise"} if subject.app.flow.promise is None else set()
    properties = tuple(Property(id, title, _outcome(denials, codes), denials) for id, title, denials in PROPERTIES if id not in silent)
    return Verdict(tuple(_without_consequences(findings, graph)), properties, states, regions.looked_at)


def _too_long(subject: Subject) -> Verdict:
    count = len(subject.steps)
    finding = Finding(
        "proof-bound",
        Place(),
        {
            "zh": f"流程有 {count} 个步骤，最多证明 {MOST_STEPS} 个；请分成几个应用，用 call 连接",
            "en": f"The flow has {count} steps, at most {MOST_STEPS} are proved: make several apps of it, joined by call",
        },
    )
    return Verdict((finding,), tuple(Property(id, title, "bounded", denials) for id, title, denials in PROPERTIES), 0, 0)


def _outcome(denials: tuple[str, ...], codes: set[str]) -> Outcome:
    return "fails" if codes & {*denials} else "bounded" if "proof-bound" in codes else "holds"


def _control(facts: Facts, findings: list[Finding]) -> int:
    """Option to complete, proper completion, no dead step; how many markings were looked at."""
    reduction = reduce(facts)
    if shared_messages(facts):
        found = _explored(facts)
        if found.beyond:
            facts.beyond[shared_messages(facts)[0]] = None
        reduction = Reduction(reduction.top, found.reached, len(found.following), [] if found.beyond else found.stuck(), found.over)
    findings += [_stuck(facts, steps) for steps in reduction.stuck]
    findings += [_over(facts, step, block) for step, block in reduction.over.items()]
    findings += _dead(facts, reduction)
    return reduction.states


def _explored(facts: Facts) -> Exploration:
    try:
        return explore(facts)
    except RecursionError:
        # steps that run by themselves, one after the other in their hundreds
        return Exploration(reached=set(facts.entering), beyond=True)


def shared_messages(facts: Facts) -> list[str]:
    """Steps in lanes that wait for a message which another lane waits for too."""
    waiting = [step for step in facts.subject.steps.values() if isinstance(step, Wait) and step.message is not None]
    home = facts.graph.home
    return [
        step.id
        for step in waiting
        if any(other.message == step.message and home[other.id] is not home[step.id] for other in waiting) and home[step.id].key is not None
    ]


def _stuck(facts: Facts, steps: list[str]) -> Finding:
    named = [step for step in steps if step in facts.subject.steps] or steps
    listed = (
        "、".join(f"“{say(facts.subject.title(step), 'zh')}”" for step in named),
        ", ".join(f"“{say(facts.subject.title(step), 'en')}”" for step in named),
    )
    way = _way(facts, named[0])
    return Finding(
        "never-completes",
        Place(named[0]),
        {
            "zh": f"走到{listed[0]}就再也办不完：没有哪个动作通向结束",
            "en": f"Once at {listed[1]}, the case can never be completed: nothing leads to an end",
        },
        witness=words(way),
        way=stations(way),
        related=tuple((Place(step), {"zh": "也在这一圈里", "en": "in the same circle"}) for step in named[1:]),
    )


def _over(facts: Facts, step: str, block: str) -> Finding:
    title, way = facts.subject.title(block), _way(facts, step)
    return Finding(
        "ends-over-others",
        Place(step),
        {
            "zh": f"这里以“通过”结束申请时，“{say(title, 'zh')}”的其他分支可能还没办完，会被取消",
            "en": f"When the case ends as approved here, other branches of “{say(title, 'en')}” may still be at work and are cancelled",
        },
        witness=words(way),
        way=stations(way),
        related=((Place(block), {"zh": "并行从这里开始", "en": "the parallel begins here"}),),
    )


def _dead(facts: Facts, reduction: Reduction) -> Iterable[Finding]:
    """Steps that no case comes to, of each stretch the first."""
    graph = facts.graph
    dead = [step for step in facts.subject.steps if step not in reduction.reached]
    for step in dead:
        before = [id for id, _ in _incoming(graph, step)]
        around = graph.home[step]
        block = around.key[0] if around.key is not None and around.first == step else None
        if any(id in dead for id in before) or (block is not None and block in dead):
            continue
        yield Finding(
            "unreachable-step",
            Place(step),
            {"zh": "没有哪份申请会走到这一步", "en": "No case ever comes to this step"},
            related=tuple((Place(id), {"zh": "前面到这里为止", "en": "it goes no further than here"}) for id in before[:1] if id != START),
        )


def _incoming(graph: Graph, step: str) -> list[tuple[str, list[Edge]]]:
    edges = graph.home[step].edges
    return [(id, found) for id, out in edges.items() if (found := [edge for edge in out if edge.to == step]) and id != step]


def _way(facts: Facts, step: str) -> Way:
    """The shortest way to ``step``: to the blocks around it one after the other, then within the lane."""
    ways = Ways(facts)
    found: Way = []
    try:
        for strand in reversed(facts.graph.lead(step)):
            inner = next((lane for lane in facts.graph.lead(step) if lane.around is strand), None)
            goal = inner.key[0] if inner is not None and inner.key is not None else step
            if strand.first != goal:
                found += ways.find(strand.first, goal, _anything) or []
    except Beyond:
        return []
    return found


def _anything(node: str, edge: Edge) -> bool:  # noqa: ARG001 - whatever happens is allowed
    return True


def _beyond(facts: Facts, step: str) -> Finding:
    title = facts.subject.title(step)
    return Finding(
        "proof-bound",
        Place(step),
        {
            "zh": f"“{say(title, 'zh')}”太复杂，证明到上限也没有结论；请拆开条件或并行再发布",
            "en": f"“{say(title, 'en')}” is too complex: the proof came to its bound without a verdict. Take its conditions or branches apart",
        },
    )


def _without_consequences(findings: list[Finding], graph: Graph) -> Iterable[Finding]:
    """Not what follows from a case that is never taken: its steps are not come to, as is said where it stands."""
    never = {
        (f.at.step, f.at.part[1])
        for f in findings
        if f.code in ("condition-never", "case-covered", "otherwise-never", "read-before-written") and f.at.part[:1] == ("cases",)
    }
    for finding in findings:
        step = finding.at.step
        if finding.code == "unreachable-step" and step is not None:
            edges = _incoming(graph, step)
            lane = graph.home[step]
            if any((id, edge.case) in never for id, out in edges for edge in out):
                continue
            if lane.key is not None and lane.first == step and lane.key in never:
                continue
        yield finding


__all__ = ["APPROVED", "PROPERTIES", "end", "leaves", "prove"]
