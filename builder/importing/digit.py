"""A DIGIT BusinessService as an app: states become steps, actions become the steps' own actions, roles stay roles, limits stay limits.

A state is a `handle` step whose people are all who may act in it, each action keeping its own roles; `go` leads to any other
state, since all steps stand in one block, and `end` to the outcome that an end state becomes.
"""

from dataclasses import dataclass, field
from typing import Any

from builder.importing import digit_file
from builder.importing.digit_file import Machine, State, Transition
from builder.importing.names import Names, spaced
from builder.importing.written import DETAILS, Draft, form, head
from builder.nodes import Mapping, Node, Scalar, items, words
from builder.problems import Problems
from builder.rules.outcomes import BUILT_IN, RESERVED
from builder.rules.own_actions import RESERVED as RESERVED_ACTIONS
from builder.rules.step_ids import RESERVED as RESERVED_STEPS

#: the step in which the applicant chooses, where the start has more than one action
BEGIN = "begin"
#: what people can do in any step here, and nobody can there
NOT_THERE = ("return", "transfer", "delegate")
#: the usual actions in Chinese; others keep their own word
USUAL = {
    "APPLY": "申请", "APPROVE": "同意", "ASSIGN": "分派", "CANCEL": "作废", "COMMENT": "留言", "CREATE": "创建", "EDIT": "修改",
    "FORWARD": "转交", "INITIATE": "发起", "OPEN": "发起", "PAY": "缴费", "RATE": "评价", "REASSIGN": "重新分派", "REFER": "再核",
    "REJECT": "不同意", "REOPEN": "重新打开", "RESOLVE": "办结", "RESUBMIT": "重新提交", "SENDBACK": "退回", "SEND_BACK": "退回",
    "SENDBACKTOCITIZEN": "退回申请人", "SEND_BACK_TO_CITIZEN": "退回申请人", "SUBMIT": "提交", "VERIFY": "核验",
}  # fmt: skip


@dataclass(slots=True)
class Imported:
    """The app, and which of its names stand for which of the machine."""

    machine: Machine
    draft: Draft
    steps: dict[str, str]
    outcomes: dict[str, str]
    #: (step, own action) to the action of the machine
    actions: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    @property
    def begins(self) -> bool:
        """Whether the first action is chosen in a step of its own; otherwise handing in is that action."""
        return BEGIN in self.steps


def read(root: Node, id: str, owner: str, problems: Problems) -> Imported | None:
    """The app of the machine in a file; None when that has defects."""
    machine = digit_file.read(root, problems)
    return _Making(machine, id, owner, problems).run() if machine else None


class _Making:
    def __init__(self, machine: Machine, id: str, owner: str, problems: Problems) -> None:
        self.machine = machine
        self.id = id
        self.owner = owner
        self.problems = problems
        self.roles = Names(prefix="role")
        self.steps = Names((*RESERVED_STEPS, BEGIN), prefix="state")
        self.outcomes = Names(RESERVED, prefix="state")
        first = machine.start.transitions
        #: handing in is the only thing that can be done first
        self.direct = len(first) == 1 and not first[0].target.end and first[0].target is not machine.start
        names = {state.name: state for state in machine.states if state.end}
        self.ends = {name: name.lower() if name.lower() in BUILT_IN else self.outcomes.of(name) for name in names}
        self.english_steps: dict[str, Any] = {}
        self.made = Imported(machine, Draft({}, {}, {}, {}), {}, {outcome: name for name, outcome in self.ends.items()})

    def run(self) -> Imported:
        machine, start = self.machine, self.machine.start
        steps: list[dict[str, Any]] = []
        if self.direct:
            first = start.transitions[0].target
            order = [first, *(state for state in machine.states if state is not first)]
        else:
            order = machine.states
            steps.append(self.step(start, BEGIN, "applicant"))
        steps += [self.step(state, self.steps.of(state.name), self.who(state.transitions)) for state in order if not state.end]
        self.lost()
        app, english = head(self.id, machine.name[:200], spaced(machine.name), self.owner, "DIGIT BusinessService")
        own = {self.ends[state.name]: spaced(state.name) for state in machine.states if state.end and self.ends[state.name] not in BUILT_IN}
        flow: dict[str, Any] = {
            "start": {"who": self.who(start.transitions), "edit": ["details"]},
            "steps": steps,
            "withdraw": "never",
            **({"outcomes": own} if own else {}),
        }
        translated = {
            "app": english,
            "form": {"sections": ["Application"], "fields": {"details": "Details"}},
            "flow": {"steps": self.english_steps, **({"outcomes": dict(own)} if own else {})},
        }
        self.made.draft = Draft(
            app,
            form({"details": DETAILS}, []),
            flow,
            translated,
            f"由 DIGIT BusinessService {machine.name} 导入。 Imported from the DIGIT BusinessService {machine.name}.",
            {id: name for name, id in self.roles.items().items()},
        )
        return self.made

    def step(self, state: State, id: str, who: str) -> dict[str, Any]:
        self.made.steps[id] = state.name
        title = spaced(state.name) or "选择办理方式"
        names = Names(RESERVED_ACTIONS, prefix="do")
        actions: dict[str, Any] = {}
        for transition in state.transitions:
            # an action that has the name of one of ours says of which it is the like
            plain = transition.action.lower()
            action = names.fresh(f"do-{plain}" if plain in RESERVED_ACTIONS else plain)
            self.made.actions[id, action] = transition.action
            actions[action] = self.action(transition, state)
        self.english_steps[id] = {
            "title": spaced(state.name) or "Choose what to do",
            "actions": {action: spaced(self.made.actions[id, action]) for action in actions},
        }
        due = self.due(state)
        return {
            "handle": id,
            "title": title,
            "who": who,
            "decide": "any-decision",
            **({"due": due} if due else {}),
            **({"edit": ["details"]} if state.updatable else {}),
            "buttons": dict.fromkeys(NOT_THERE, False),
            "actions": actions,
        }

    def action(self, transition: Transition, state: State) -> dict[str, Any]:
        everyone = {role for other in state.transitions for role in other.roles}
        target = transition.target
        narrowed = state is self.machine.start or set(transition.roles) != everyone
        return {
            "title": USUAL.get(transition.action, spaced(transition.action)),
            **({"end": self.ends[target.name]} if target.end else {"go": self.steps.of(target.name) if target.name else BEGIN}),
            **({"who": self.who([transition])} if narrowed else {}),
        }

    def who(self, transitions: list[Transition]) -> str:
        roles = dict.fromkeys(role for transition in transitions for role in transition.roles)
        return " + ".join(f'role("{self.roles.of(role)}")' for role in roles)

    def due(self, state: State) -> str | None:
        """The limit of a state. DIGIT counts by the clock, so do minutes, hours and days here."""
        if state.sla is None:
            return None
        for unit, length in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000)):
            amount, rest = divmod(state.sla, length)
            if not rest and amount <= 9_999:
                return f"{amount} {unit}{'s' if amount > 1 else ''}"
        self.no_equal(state.node, "sla", "时限不是整分钟", "a limit that is no whole number of minutes")
        return None

    def lost(self) -> None:
        """What a BusinessService says that nothing here says."""
        root, start = self.machine.root, self.machine.start
        if isinstance(node := root.get("businessServiceSla"), Scalar) and node.value:
            self.no_equal(
                root, "businessServiceSla", "整件的时限；可写在各步骤的 due 里", "a limit for the whole case; write due in its steps"
            )
        for state in (start, *self.machine.states):
            status = words(state.node.get("applicationStatus"))
            if status and state.name and status != state.name:
                self.no_equal(state.node, "applicationStatus", f"另一个业务状态“{status}”", f"a status besides the state, “{status}”")
            if digit_file.truth(state.node, "docUploadRequired"):
                self.no_equal(state.node, "docUploadRequired", "要求上传材料", "that a document must be uploaded")
            if state.sla and (state.end or (state is start and self.direct)):
                self.no_equal(state.node, "sla", "没有人办理的状态上的时限", "a limit where nobody has anything to do")
            for item in (state.node, *(t.node for t in state.transitions)):
                self.unread(item)
        self.unread(root)

    def unread(self, node: Mapping) -> None:
        """Keys that mean something there and nothing here."""
        for key, value in node.items():
            plain = value.value if isinstance(value, Scalar) else items(value) or value
            if key == "active" and plain is False:
                self.no_equal(node, key, "停用的动作或状态，照样导入了", "something switched off, imported all the same")
            elif key not in READ and plain not in (None, False, "", []):
                self.no_equal(node, key, f"“{key}”", f"“{key}”")

    def no_equal(self, node: Mapping, key: str, zh: str, en: str) -> None:
        self.problems.add(
            node.key(key), "import-no-equal", f"这里没有对应的写法：{zh}", f"Nothing here is its equal: {en}", severity="warning"
        )


#: what is read or means nothing outside of a DIGIT database
READ = frozenset(
    (
        "businessService", "business", "businessServiceSla", "states", "state", "applicationStatus", "sla", "docUploadRequired",
        "isStartState", "isTerminateState", "isStateUpdatable", "actions", "action", "nextState", "roles", "uuid", "tenantId",
        "currentState", "auditDetails", "businessServiceId", "active", "_sources",
    )
)  # fmt: skip
