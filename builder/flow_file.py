"""Reads flow.yaml: first a draft with every step in its block, in the end the Flow that the engine reads."""

from typing import Any, cast

from builder import desks, shape, spans, unattended_steps
from builder.draft import AppDraft, Block, FlowDraft, StepDraft
from builder.english import English
from builder.fields import whole
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from forms.texts import Text
from workflows.app import (
    Action,
    Approve,
    AtLeast,
    Branch,
    Decide,
    Desk,
    End,
    Flow,
    Handle,
    Inclusive,
    Lane,
    Notify,
    OneOf,
    Overdue,
    Parallel,
    Promise,
    Start,
    Step,
    Weight,
    When,
    Withdraw,
)

KINDS = ("approve", "handle", "notify", "branch", "parallel", "inclusive", "wait", "set", "issue", "send", "call", "end")
#: the words of a step that has no title
TITLES: dict[str, Text] = {
    "approve": {"zh": "审批", "en": "Approval"},
    "handle": {"zh": "办理", "en": "Handling"},
    "notify": {"zh": "抄送", "en": "Copies"},
    "branch": {"zh": "条件分支", "en": "Branch"},
    "parallel": {"zh": "并行办理", "en": "In parallel"},
    "inclusive": {"zh": "包容分支", "en": "Every branch that holds"},
    "wait": {"zh": "等待", "en": "Wait"},
    "set": {"zh": "自动赋值", "en": "Set answers"},
    "issue": {"zh": "取文号", "en": "Issue a number"},
    "send": {"zh": "通知外部系统", "en": "Tell another system"},
    "call": {"zh": "子流程", "en": "Case of another app"},
    "end": {"zh": "结束", "en": "End"},
}


def draft(root: Node, into: AppDraft) -> FlowDraft | None:
    """What flow.yaml says, with the problems of its shape said."""
    broken = shape.check(root, "flow", into.problems)
    if not isinstance(root, Mapping) or shape.HOPELESS in broken:
        return None
    flow = FlowDraft(root, broken)
    _collect(root.get("steps"), Block("flow"), flow)
    return flow


def _collect(steps: Node | None, block: Block, flow: FlowDraft) -> None:
    for index, node in enumerate(items(steps)):
        kind = next((kind for kind in KINDS if isinstance(node, Mapping) and kind in node.entries), None)
        if not isinstance(node, Mapping) or kind is None:
            continue
        id_node = node.entries[kind].value
        flow.steps.append(StepDraft(words(id_node) or "", kind, id_node, node, block, index))
        inner = "case" if kind == "branch" else "lane"
        for part in items(node.get("branches" if kind == "parallel" else "cases")):
            if isinstance(part, Mapping):
                _collect(part.get("steps"), Block(inner, block), flow)


def build(flow: FlowDraft, english: English) -> Flow:
    """The Flow of a draft without problems."""
    root = flow.root
    start = mapping(root.get("start"))
    who = words(start.get("who")) if start else None
    again = mapping(root.get("on_return"))
    outcomes = mapping(root.get("outcomes"))
    return Flow(
        start=Start(
            who=None if who == "everyone" else who,
            edit=_edit(start.get("edit")) if start and "edit" in start.entries else None,
            desk=desks.desk(start, "start", english) if start else Desk(),
        ),
        steps=_steps(root.get("steps"), english),
        on_reject=words(root.get("on_reject")) or "end",
        resume=cast(Any, words(again.get("resume")) if again else "rerun"),
        nobody=nobody(root),
        nobody_does=cast(Any, words(root.get("nobody")) or "give"),
        self_approval=cast(Any, words(root.get("self_approval")) or "head"),
        same_person=cast(Any, words(root.get("same_person")) or "none"),
        withdraw=_withdraw(root.get("withdraw")),
        without_approval=words(root.get("without_approval")) == "allowed",
        promise=_promise(root.get("promise")),
        outcomes={
            name: english.text(node, "flow", "outcomes", name) or {"zh": name} for name, node in (outcomes.items() if outcomes else ())
        },
    )


def nobody(root: Mapping) -> str | None:
    """Who gets what finds nobody; None for the flow administrators."""
    found = mapping(root.get("nobody"))
    who = words(found.get("give_to")) if found else None
    return None if who == "flow-admin" else who


def _edit(node: Node | None) -> tuple[str, ...]:
    return tuple(name for item in items(node) if (name := words(item)))


def _withdraw(node: Node | None) -> Withdraw:
    if isinstance(node, Mapping):
        return Withdraw(until="before", before=words(node.get("before")))
    return Withdraw(until=cast(Any, words(node) or "until-decided"))


def _promise(node: Node | None) -> Promise | None:
    if isinstance(node, Mapping):
        within = spans.read(node.get("within"))
        return Promise(within=within, by=words(node.get("by"))) if within else None
    within = spans.read(node)
    return Promise(within=within) if within else None


def _steps(node: Node | None, english: English) -> tuple[Step, ...]:
    return tuple(_step(item, english) for item in items(node) if isinstance(item, Mapping))


def _step(node: Mapping, english: English) -> Step:
    kind = next(kind for kind in KINDS if kind in node.entries)
    id = words(node.get(kind)) or ""
    title = english.text(node.get("title"), "flow", "steps", id, "title") or TITLES[kind]
    who = words(node.get("who")) or ""
    match kind:
        case "approve" | "handle":
            return (Approve if kind == "approve" else Handle)(
                id=id,
                title=title,
                who=who,
                decide=_decide(node.get("decide")),
                due=spans.read(node.get("due")),
                due_until=words(until.get("until")) if (until := mapping(node.get("due"))) else None,
                overdue=tuple(_overdue(item) for item in items(node.get("overdue")) if isinstance(item, Mapping)),
                edit=_edit(node.get("edit")),
                opinion=cast(Any, words(node.get("opinion")) or "on-reject"),
                actions=tuple(_actions(node.get("actions"), id, english)),
                chosen=desks.chosen(node),
                desk=desks.desk(node, id, english),
            )
        case "notify":
            return Notify(id=id, title=title, who=who, desk=desks.desk(node, id, english))
        case "branch":
            return Branch(id=id, title=title, cases=tuple(_cases(node.get("cases"), id, english)))
        case "inclusive":
            return Inclusive(id=id, title=title, cases=tuple(_cases(node.get("cases"), id, english)))
        case "parallel":
            lanes = [
                Lane(steps=_steps(lane.get("steps"), english), title=english.text(lane.get("title"), "flow", "steps", id, "cases", number))
                for number, lane in enumerate(items(node.get("branches")))
                if isinstance(lane, Mapping)
            ]
            return Parallel(id=id, title=title, branches=tuple(lanes))
        case "wait" | "set" | "issue" | "send" | "call":
            return unattended_steps.build(kind, id, title, node)
        case _:
            return End(id=id, title=title, outcome=words(node.get("outcome")) or "approved")


def _decide(node: Node | None) -> Decide:
    found = mapping(node)
    if found is None:
        return cast(Any, words(node) or "any-decision")
    if "one_of" in found.entries:
        return OneOf(by=cast(Any, words(found.get("one_of"))))
    needed, of = threshold(found.get("at_least")) or (1, None)
    return AtLeast(
        needed=needed,
        of=of,
        abstain=truth(found.get("abstain")),
        weights=tuple(
            Weight(who=words(item.get("who")) or "", weight=whole(item.get("weight")) or 1)
            for item in items(found.get("weights"))
            if isinstance(item, Mapping)
        ),
    )


def threshold(node: Node | None) -> tuple[int, int | None] | None:
    """So many votes, or such a part of them: ``2`` or ``2/3``."""
    if (votes := whole(node)) is not None:
        return votes, None
    needed, _, of = (words(node) or "").partition("/")
    return (int(needed), int(of)) if needed.isdigit() and of.isdigit() else None


def truth(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def _cases(node: Node | None, id: str, english: English) -> list[When]:
    return [
        When(
            when=words(case.get("when")),
            steps=_steps(case.get("steps"), english),
            title=english.text(case.get("title"), "flow", "steps", id, "cases", number),
        )
        for number, case in enumerate(items(node))
        if isinstance(case, Mapping)
    ]


def _actions(node: Node | None, id: str, english: English) -> list[Action]:
    actions = mapping(node)
    return [
        Action(
            id=name,
            title=english.text(action.get("title"), "flow", "steps", id, "actions", name) or {"zh": name},
            go=words(action.get("go")),
            end=words(action.get("end")),
            who=words(action.get("who")),
            # going back to the applicant is a return, and a return says why
            opinion=cast(Any, words(action.get("opinion")) or ("required" if words(action.get("go")) == "start" else "optional")),
            vote=truth(action.get("vote")),
        )
        for name, action in (actions.items() if actions else ())
        if isinstance(action, Mapping)
    ]


def _overdue(node: Mapping) -> Overdue:
    after = spans.read(node.get("after"))
    assert after is not None
    remind = node.get("remind")
    return Overdue(
        after=after,
        remind=spans.read(remind) if isinstance(remind, Scalar) else None,
        at_most=whole(node.get("at_most")),
        escalate=words(node.get("escalate")),
        transfer=words(node.get("transfer")),
        automatically=cast(Any, words(node.get("automatically"))),
    )
