"""Reads a DIGIT BusinessService: a state machine in JSON, and what is wrong with it as such."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from builder.nodes import Mapping, Node, Scalar, Sequence, items, mapping, words
from builder.problems import Problems


@dataclass(slots=True, eq=False)
class Transition:
    """An action of a state: who may do it, and where it leads."""

    action: str
    target: "State"
    roles: tuple[str, ...]
    node: Mapping


@dataclass(slots=True, eq=False)
class State:
    """``name`` is empty for the start: what a new application is in before anybody has done anything."""

    name: str
    node: Mapping
    end: bool
    updatable: bool
    #: milliseconds
    sla: int | None
    transitions: list[Transition] = field(default_factory=list["Transition"])


@dataclass(slots=True, eq=False)
class Machine:
    """A BusinessService without a defect."""

    name: str
    root: Mapping
    start: State
    #: every state but the start, in the order in which they are written
    states: list[State]


def read(root: Node, problems: Problems) -> Machine | None:
    """The machine in the file; None when it has defects, each of which is said."""
    service = _service(root, problems)
    if service is None:
        return None
    known, by_node = _states(service, problems)
    whole = False not in [_transitions(state, known, problems) for state in by_node]
    start = known.get("")
    if start is None:
        problems.add(
            service.key("states"),
            "import-no-start",
            "没有起始状态：应有一个 state 为 null 的状态",
            "There is no start: one state has null as its state",
        )
        return None
    if whole:  # otherwise what a lost action leads to would be called unreachable too
        _ways(start, by_node, problems)
    if problems.errors():
        return None
    return Machine(words(service.get("businessService")) or "", service, start, [state for state in by_node if state is not start])


def _service(root: Node, problems: Problems) -> Mapping | None:
    """The BusinessService, which the API and the configuration files wrap in a list."""
    found = mapping(root)
    if found and isinstance(wrapped := found.get("BusinessServices"), Sequence):
        if len(wrapped.items) > 1:
            problems.add(
                wrapped.items[1],
                "import-not-this",
                "文件里有几个 BusinessService，请分成每个一份文件",
                "There are several BusinessServices: put each into a file of its own",
            )
            return None
        found = mapping(wrapped.items[0]) if wrapped.items else None
    if found is None or not words(found.get("businessService")) or not isinstance(found.get("states"), Sequence):
        problems.add(
            root,
            "import-not-this",
            "不是 DIGIT 的 BusinessService：要有 businessService 和 states",
            "This is no BusinessService of DIGIT: businessService and states are expected",
        )
        return None
    return found


def _states(service: Mapping, problems: Problems) -> tuple[dict[str, State], list[State]]:
    """The states by name and by uuid (actions may name either), and in order."""
    known: dict[str, State] = {}
    found: list[State] = []
    for node in items(service.get("states")):
        written = mapping(node)
        name = written.get("state") if written else None
        if written is None or (name is not None and not isinstance(name, Scalar)):
            problems.add(node, "import-not-this", "这里应是一个状态", "A state is expected here")
            continue
        state = State(words(name) or "", written, truth(written, "isTerminateState"), truth(written, "isStateUpdatable"), _sla(written))
        if state.name in known:
            problems.add(
                name or node,
                "import-duplicate-state",
                f"状态“{state.name or 'null'}”写了两次",
                f"The state “{state.name or 'null'}” is there twice",
                related=[(known[state.name].node, {"zh": "第一次写在这里", "en": "first written here"})],
            )
            continue
        known[state.name] = state
        found.append(state)
    for state in found:
        if uuid := words(state.node.get("uuid")):
            known.setdefault(uuid, state)
    return known, found


def _transitions(state: State, known: dict[str, State], problems: Problems) -> bool:
    """The actions of a state; whether each leads somewhere."""
    whole = True
    for node in items(state.node.get("actions")):
        written = mapping(node)
        action = words(written.get("action")) if written else None
        if written is None or not action:
            problems.add(node, "import-not-this", "这里应是一个动作，要有 action", "An action is expected here, with its name as action")
            whole = False
            continue
        if state.end:
            problems.add(
                written.get("action") or node,
                "import-end-acts",
                f"“{state.name}”是结束状态（isTerminateState），却还有动作“{action}”",
                f"“{state.name}” is an end (isTerminateState) and yet has the action “{action}”",
                related=[(state.node.key("isTerminateState"), {"zh": "在这里写成结束", "en": "said to be an end here"})],
            )
        roles = tuple(dict.fromkeys(role for item in items(written.get("roles")) if (role := words(item))))
        if not roles:
            problems.add(
                written.get("action") or node,
                "import-nobody",
                f"动作“{action}”没有角色，谁也做不了",
                f"The action “{action}” has no role: nobody could do it",
            )
        aim = written.get("nextState")
        target = known.get(name) if (name := words(aim)) else None
        if target is None:
            whole = False
            problems.add(
                aim or node,
                "import-no-target",
                f"动作“{action}”去的状态“{name or 'null'}”不存在",
                f"The action “{action}” leads to “{name or 'null'}”, which is not a state",
            )
        else:
            state.transitions.append(Transition(action, target, roles, written))
    return whole


def _ways(start: State, states: list[State], problems: Problems) -> None:
    """Every state can be come to, and an end can be come to from every state."""
    forward: dict[State, list[State]] = {state: [t.target for t in state.transitions] for state in states}
    backward: dict[State, list[State]] = {state: [] for state in states}
    for state, targets in forward.items():
        for target in targets:
            backward[target].append(state)
    reached = _reached([start], forward)
    ending = _reached([state for state in states if state.end], backward)
    for state in states:
        shown, at = state.name or "null", state.node.get("state") or state.node
        if state not in reached:
            problems.add(
                at,
                "import-unreachable",
                f"没有动作通向状态“{shown}”，走不到这里",
                f"No action leads to the state “{shown}”: nothing comes here",
            )
        elif not state.end and not state.transitions:
            problems.add(
                at,
                "import-dead-end",
                f"状态“{shown}”没有动作，又不是结束：到了这里就停住了",
                f"The state “{shown}” has no action and is no end: whatever comes here stops for good",
            )
        elif state not in ending:
            problems.add(
                at,
                "import-endless",
                f"从状态“{shown}”走不到任何结束状态",
                f"No end can be reached from the state “{shown}”",
            )


def _reached(first: Iterable[State], ways: dict[State, list[State]]) -> set[State]:
    found = set(first)
    ahead = list(found)
    while ahead:
        for state in ways[ahead.pop()]:
            if state not in found:
                found.add(state)
                ahead.append(state)
    return found


def truth(node: Mapping, key: str) -> bool:
    value = node.get(key)
    return isinstance(value, Scalar) and value.value is True


def _sla(node: Mapping) -> int | None:
    value = node.get("sla")
    return value.value if isinstance(value, Scalar) and isinstance(value.value, int) and value.value > 0 else None
