"""A process tree in DingTalk's style (flowlong's JSON) as an app: each node a step, what follows it the next one.

Node types: -1 end, 0 start, 1 approval, 2 copies, 3 a case, 4 branch, 5 sub-process, 6 delay, 7 trigger, 8 parallel, 9 inclusive,
23 jump, 30 passes by itself, 31 is rejected by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from builder.importing import flowlong_losses
from builder.importing.flowlong_buttons import SELVES, Oneself, buttons, most, oneself
from builder.importing.flowlong_conditions import Fields, condition, plain, titled
from builder.importing.flowlong_people import APPLICANT, People
from builder.importing.names import Names
from builder.importing.written import DETAILS, Draft, form, head
from builder.nodes import Mapping, Node, items, mapping
from builder.problems import Problems
from builder.rules.step_ids import RESERVED

Steps = list[dict[str, Any]]
#: the lists of cases or lanes, by the type of their node
PARTS = {"4": "conditionNodes", "8": "parallelNodes", "9": "inclusiveNodes", "23": "routeNodes"}
LENGTH = re.compile(r"([1-9][0-9]{0,3}):([mhd])\Z")
UNITS = {"m": "minute", "h": "hour", "d": "day"}


def read(root: Node, id: str, owner: str, problems: Problems) -> Draft | None:
    """The app of the tree in a file; None when it is none or has defects."""
    whole = mapping(root)
    start = mapping(whole.get("nodeConfig")) if whole else None
    if whole is None or start is None or plain(start, "type") != "0":
        problems.add(
            root,
            "import-not-this",
            "不是流程树：要有 nodeConfig，第一个节点是发起人（type 0）",
            "This is no process tree: nodeConfig is expected, and its first node is the start (type 0)",
        )
        return None
    _twice(start, problems)
    draft = _Making(whole, start, id, owner, problems).run()
    return None if problems.errors() else draft


def _twice(start: Mapping, problems: Problems) -> None:
    """A key that two nodes have."""
    first: dict[str, Mapping] = {}
    for node in _nodes(start):
        key = plain(node, "nodeKey")
        if key and key in first:
            problems.add(
                node.entries["nodeKey"].value,
                "import-duplicate-state",
                f"两个节点的 nodeKey 都是“{key}”",
                f"Two nodes have the nodeKey “{key}”",
                related=[(first[key].entries["nodeKey"].value, {"zh": "第一次写在这里", "en": "first written here"})],
            )
        elif key:
            first[key] = node


def _nodes(node: Mapping | None) -> Iterator[Mapping]:
    """Every node of the tree; a route's own entries name nodes instead of being some."""
    while node is not None:
        yield node
        for key in ("conditionNodes", "parallelNodes", "inclusiveNodes"):
            for part in items(node.get(key)):
                yield from _nodes(mapping(part))
        node = mapping(node.get("childNode"))


@dataclass(slots=True)
class _Making:
    whole: Mapping
    start: Mapping
    id: str
    owner: str
    problems: Problems
    fields: Fields = field(default_factory=Fields)
    steps: Names = field(default_factory=lambda: Names(RESERVED, prefix="step"))
    apps: Names = field(default_factory=lambda: Names(prefix="app"))
    people: People = field(init=False)
    #: what most nodes say of approvers who are the applicant; here it holds for the whole flow
    oneself: Oneself = field(init=False)

    def __post_init__(self) -> None:
        self.people = People(self.problems, self.fields)
        self.fields.learn(self.start)
        self.oneself = most(oneself(node) for node in _nodes(self.start) if plain(node, "type") == "1")

    def run(self) -> Draft:
        start, title = self.start, titled(plain(self.whole, "name") or plain(self.whole, "key") or self.id)
        users = " + ".join(self.starters())
        steps = self.chain(mapping(start.get("childNode")), top=True)
        if not any(_human(step) for step in _every(steps)):
            self.lost(
                start, "nodeName", "没有人办理的流程；这里加上流程管理员", "a flow in which nobody acts; here a flow administrator does"
            )
            steps.append(
                {"handle": self.steps.fresh("flow-admin"), "title": "流程管理员", "who": 'role("flow-admin")', "decide": "any-decision"}
            )
        resume = "direct" if self.resumes() == {"2"} else "rerun"
        properties = {"details": DETAILS, **self.fields.properties()}
        app, _ = head(self.id, title, title, self.owner, "flowlong")
        flowlong_losses.report(start, self.lost)
        for key in self.whole.entries:
            if key not in ("id", "key", "name", "nodeConfig") and flowlong_losses.says(self.whole, key):
                self.lost(self.whole, key, f"“{key}”", f"“{key}”")
        return Draft(
            app,
            form(properties, [name for name in properties if name != "details"]),
            {
                "start": {"who": users or "everyone", "edit": list(properties)},
                "steps": steps,
                "on_return": {"resume": resume},
                **({"self_approval": self.oneself} if self.oneself != "head" else {}),
            },
            {},
            f"由 flowlong 的流程“{title}”导入。 Imported from the flowlong process “{title}”.",
            self.people.needed("role"),
            self.people.needed("user"),
        )

    def starters(self) -> list[str]:
        named = [
            (id, plain(item, "name") or id)
            for node in items(self.start.get("nodeAssigneeList"))
            if (item := mapping(node)) and (id := plain(item, "id"))
        ]
        for id, name in named:
            self.people.called[f"user:{self.people.users.of(id)}"] = name
        return [f'user("{self.people.users.of(id)}")' for id, _ in named]

    def resumes(self) -> set[str]:
        """How the nodes that are approved want a rejection to come back."""
        approved = [node for node in _nodes(self.start) if plain(node, "type") == "1"]
        found = {value for node in approved if (value := plain(node, "rejectStart"))}
        if len(found) > 1:
            for node in approved:
                if plain(node, "rejectStart") == "2":
                    self.lost(node, "rejectStart", "各节点不同的重新审批方式", "a way of coming back that differs from node to node")
        return found

    def chain(self, node: Mapping | None, *, top: bool = False, lane: bool = False) -> Steps:
        """``node`` and what follows it."""
        found: Steps = []
        ended: Mapping | None = None
        while node is not None:
            after = mapping(node.get("childNode"))
            if ended is not None:
                self.problems.add(
                    node,
                    "import-unreachable",
                    f"流程在“{plain(ended, 'nodeName')}”已经结束，走不到“{plain(node, 'nodeName')}”",
                    f"The process has ended at “{plain(ended, 'nodeName')}”: nothing comes to “{plain(node, 'nodeName')}”",
                    related=[(ended, {"zh": "在这里结束", "en": "it ends here"})],
                )
                break
            kind = plain(node, "type")
            # the end of the tree is where the flow ends by itself
            if not (kind == "-1" and top and after is None):
                found += self.step(node, kind or "", lane=lane)
            if kind in ("-1", "30", "31") or plain(node, "typeOfApprove") == "3":
                ended = node if not (after and plain(after, "type") == "-1" and after.get("childNode") is None) else None
                if ended is None:
                    break
            node = after
        return found

    def step(self, node: Mapping, kind: str, *, lane: bool) -> Steps:
        title = titled(plain(node, "nodeName") or "步骤")
        used = frozenset[str]()
        made: Steps
        match kind:
            case "1":
                made = self.approve(node, title)
            case "2":
                made = self.notify(node, title)
            case "4" | "9":
                made = self.branch(node, title, "branch" if kind == "4" else "inclusive", lane=lane)
            case "8":
                made = self.parallel(node, title)
            case "5":
                made = self.call(node, title)
            case "6":
                made, used = self.wait(node, title), frozenset(("time",))
            case "-1" | "30" | "31":
                if lane:
                    self.lost(
                        node,
                        "type",
                        "在并行分支里结束整个流程；这里也结束整个流程",
                        "an end within a parallel; here it ends the whole case too",
                    )
                outcome = {"outcome": "rejected"} if kind == "31" else {}
                made = [{"end": self.steps.fresh(title), "title": title, **outcome}]
            case "7":
                self.lost(node, "type", "触发器，没有导入；可改用 send 步骤", "a trigger, left out; write a send step instead")
                made, used = [], frozenset(("trigger", "args", "time"))
            case "23":
                made = self.route(node)
            case _:
                self.lost(node, "type", f"类型 {kind} 的节点，没有导入", f"a node of type {kind}, left out")
                made = []
        flowlong_losses.report(node, self.lost, used)
        return made

    def approve(self, node: Mapping, title: str) -> Steps:
        automatic = plain(node, "typeOfApprove") or "1"
        id = self.steps.fresh(title)
        if automatic == "2":
            self.lost(node, "typeOfApprove", "自动通过的节点，没有导入", "a node that passes by itself, left out")
            return []
        if automatic == "3":
            return [{"end": id, "title": title, "outcome": "rejected"}]
        who = self.people.who(node, title)
        decide = self.people.decide(node, who)
        # where nobody approves their own case, what applicants do themselves is work
        kind = "handle" if plain(node, "setType") == APPLICANT and self.oneself != "self" else "approve"
        if kind == "handle":
            self.lost(node, "setType", "发起人自己审批；这里是办理", "an approval by the applicant; here it is something to handle")
        if (policy := oneself(node)) != self.oneself:
            self.lost(node, "approveSelf" if "approveSelf" in node.entries else "type", SELVES[policy]["zh"], SELVES[policy]["en"])
        allowed = buttons(node, kind, self.lost)
        made = {kind: id, "title": title, "who": who, **self.people.chosen(node), **({"decide": decide} if decide else {})}
        return [{**made, **self.limits(node), **({"buttons": allowed} if allowed else {})}]

    def limits(self, node: Mapping) -> dict[str, Any]:
        """The limit of a node and what happens then; a limit that is switched off says nothing."""
        due = plain(node, "term")
        if plain(node, "termAuto") != "true" or not due or due == "0":
            if plain(node, "remind") == "true":
                self.lost(node, "remind", "没有时限的提醒", "reminders without a limit")
            return {}
        end = {"0": "approve", "1": "reject"}.get(plain(node, "termMode") or "")
        overdue: Steps = [{"after": "0 hours", "automatically": end}] if end else []
        if plain(node, "remind") == "true":
            self.lost(node, "remind", "时限之前的提醒", "reminders before the limit")
        return {"due": f"{due} hour{'s' if due != '1' else ''}", **({"overdue": overdue} if overdue else {})}

    def notify(self, node: Mapping, title: str) -> Steps:
        named = items(node.get("nodeAssigneeList"))
        if plain(node, "userSelectFlag") == "true" or plain(node, "allowSelection") == "true":
            key = "userSelectFlag" if plain(node, "userSelectFlag") == "true" else "allowSelection"
            self.lost(node, key, "发起人另选抄送人", "copies to whom the applicant chooses")
        if not named and plain(node, "setType") in (None, "1"):
            self.lost(node, "type", "没有写抄送给谁，没有导入", "copies to nobody, left out")
            return []
        return [{"notify": self.steps.fresh(title), "title": title, "who": self.people.who(node, title)}]

    def branch(self, node: Mapping, title: str, kind: str, *, lane: bool) -> Steps:
        id = self.steps.fresh(title)
        parts = sorted((part for item in items(node.get(PARTS[plain(node, "type") or ""])) if (part := mapping(item))), key=_priority)
        cases: Steps = []
        otherwise: dict[str, Any] | None = None
        for part in parts:
            flowlong_losses.report(part, self.lost)
            when = condition(part.get("conditionList"), self.fields, self.problems)
            words = titled(name) if (name := plain(part, "nodeName")) else None
            steps = self.chain(mapping(part.get("childNode")), lane=lane)
            case = {**({"title": words} if words else {}), **({"steps": steps} if steps else {})}
            if when is not None:
                cases.append({"when": when, **case})
            elif otherwise is None:
                otherwise = {"otherwise": None, **case}
            else:
                self.lost(part, "nodeName", "第二个默认条件，永远走不到", "a second case without a condition, which nothing comes to")
        if otherwise is None:
            self.lost(
                node, "type", "没有默认条件；都不成立时交给流程管理员", "no case for all others; here a flow administrator gets those"
            )
            admin = {
                "handle": self.steps.fresh("no-case-holds"),
                "title": "没有条件成立",
                "who": 'role("flow-admin")',
                "decide": "any-decision",
            }
            otherwise = {"otherwise": None, "title": "其他", "steps": [admin]}
        if not cases:
            self.lost(node, "type", "没有条件的分支，只走默认的一支", "a branch without conditions, of which only the default is left")
            return otherwise.get("steps", [])
        return [{kind: id, "title": title, "cases": [*cases, otherwise]}]

    def parallel(self, node: Mapping, title: str) -> Steps:
        id = self.steps.fresh(title)
        lanes: Steps = []
        for part in (found for item in items(node.get("parallelNodes")) if (found := mapping(item))):
            flowlong_losses.report(part, self.lost)
            if condition(part.get("conditionList"), self.fields, self.problems) is not None:
                self.lost(part, "conditionList", "并行分支的条件", "a condition of a parallel branch")
            steps = self.chain(mapping(part.get("childNode")), lane=True)
            words = titled(name) if (name := plain(part, "nodeName")) else None
            # a lane without steps has arrived as soon as it begins
            if steps:
                lanes.append({**({"title": words} if words else {}), "steps": steps})
        if len(lanes) < 2:
            self.lost(
                node, "parallelNodes", "不到两支有步骤的并行，没有导入", "a parallel in which fewer than two branches have steps, left out"
            )
            return [step for lane in lanes for step in lane["steps"]]
        return [{"parallel": id, "title": title, "branches": lanes}]

    def call(self, node: Mapping, title: str) -> Steps:
        app = self.apps.of((plain(node, "callProcess") or "").partition(":")[0] or "unnamed")
        mode = {"mode": "async"} if plain(node, "callAsync") == "true" else {}
        return [{"call": self.steps.fresh(title), "title": title, "app": app, **mode}]

    def wait(self, node: Mapping, title: str) -> Steps:
        extended = mapping(node.get("extendConfig"))
        length = LENGTH.match(plain(extended, "time") or "") if extended else None
        if length is None or plain(node, "delayType") not in (None, "1"):
            self.lost(node, "type", "这样写的延时，没有导入", "a delay written like this, left out")
            return []
        return [
            {"wait": self.steps.fresh(title), "title": title, "for": f"{length[1]} {UNITS[length[2]]}{'s' if length[1] != '1' else ''}"}
        ]

    def route(self, node: Mapping) -> Steps:
        for part in (found for item in items(node.get("routeNodes")) if (found := mapping(item))):
            aim = plain(part, "nodeKey")
            self.lost(
                part,
                "nodeKey",
                f"按条件自动跳到“{aim}”；可改为前一步的动作（go）",
                f"a jump to “{aim}” by itself; make it an action (go) of the step before",
            )
        return []

    def lost(self, node: Mapping, key: str, zh: str, en: str) -> None:
        self.people.lost(node, key, zh, en)


def _priority(part: Mapping) -> int:
    written = plain(part, "priorityLevel") or ""
    return int(written) if written.isdigit() else 0


def _every(steps: Steps) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for part in step.get("cases", step.get("branches", ())):
            yield from _every(part.get("steps", []))


def _human(step: dict[str, Any]) -> bool:
    return "approve" in step or "handle" in step
