"""Who a node of a process tree is given to, and how several of them decide."""

from dataclasses import dataclass, field
from typing import Any

from builder.importing.flowlong_conditions import Fields, plain
from builder.importing.names import Names
from builder.nodes import Mapping, items, mapping
from builder.problems import Problems

#: setType
MEMBERS, SUPERVISOR, ROLE, CHOSEN, APPLICANT, CHAIN, DEPARTMENT, CANDIDATES = "1", "2", "3", "4", "5", "6", "7", "8"
#: examineMode
WAYS = {"1": "in-order", "2": "all", "3": "any-decision"}
VOTE = "4"
#: how far up a chain of heads goes, and how many may be chosen at most
LEVELS = MOST = 20
FLOW_ADMIN = 'role("flow-admin")'


@dataclass(slots=True)
class People:
    """The people, roles and departments that a tree names, under ids of ours."""

    problems: Problems
    fields: Fields
    users: Names = field(default_factory=lambda: Names(prefix="user"))
    roles: Names = field(default_factory=lambda: Names(prefix="role"))
    departments: Names = field(default_factory=lambda: Names(prefix="department"))
    #: id to name
    called: dict[str, str] = field(default_factory=dict[str, str])

    def who(self, node: Mapping, title: str) -> str:
        """The people of a node."""
        kind = plain(node, "setType") or MEMBERS
        candidates = mapping(node.get("nodeCandidate"))
        if kind in (CHOSEN, CANDIDATES) and (among := _list(candidates, "assignees")):
            named, kind = _named(among), ROLE if candidates and plain(candidates, "type") == "1" else MEMBERS
        else:
            named = _named(_list(node))
        level = plain(node, "examineLevel") or plain(node, "directorLevel") or "1"
        if kind == SUPERVISOR:
            if level != "1":
                self.lost(node, "setType", f"第 {level} 级主管；这里交给直接主管", f"the head {level} levels up; here it is the head")
            return "head_of(applicant.department)"
        if kind == CHAIN:
            return f"heads_of(applicant.department, {level if plain(node, 'directorMode') == '1' else LEVELS})"
        if kind == APPLICANT:
            return "applicant"
        if kind == CHOSEN and not named:
            if plain(node, "selectMode") == "2":
                self.lost(node, "selectMode", "发起人可以选多人；这里选一人", "several people chosen by the applicant; here it is one")
            return f"user({self.fields.person(plain(node, 'nodeKey') or 'chosen', f'{title}：请选择')})"
        if not named:
            self.lost(node, "type", "没有设置办理人；这里交给流程管理员", "nobody is named; here it goes to the flow administrators")
            return FLOW_ADMIN
        names, call = {ROLE: (self.roles, "role"), DEPARTMENT: (self.departments, "department")}.get(kind, (self.users, "user"))
        for id, name in named:
            self.called[f"{call}:{names.of(id)}"] = name
        return " + ".join(f'{call}("{names.of(id)}")' for id, _ in named)

    def chosen(self, node: Mapping) -> dict[str, Any]:
        """How the applicant chooses among those named."""
        among = _list(node) or _list(mapping(node.get("nodeCandidate")), "assignees")
        if plain(node, "setType") not in (CHOSEN, CANDIDATES) or not among:
            return {}
        several = {"choose": min(len(among), MOST)} if plain(node, "selectMode") == "2" else {}
        return {"chosen_by": "applicant", **several}

    def decide(self, node: Mapping, who: str) -> Any:
        """How they decide; None where there is only one."""
        mode = plain(node, "examineMode") or "1"
        if mode == VOTE:
            return self.vote(node)
        alone = " + " not in who and who.startswith(("user(", "head_of(", "applicant"))
        if plain(node, "setType") == ROLE and plain(node, "groupStrategy") == "0":
            return "claim"
        return None if alone else WAYS.get(mode, "in-order")

    def vote(self, node: Mapping) -> Any:
        """More than half of all weights."""
        kind = plain(node, "setType") or MEMBERS
        names, call = (self.roles, "role") if kind == ROLE else (self.users, "user")
        weights = [{"who": f'{call}("{names.of(plain(item, "id") or "")}")', "weight": self.weight(item)} for item in _list(node)]
        return {"at_least": "51/100", "weights": weights}

    def weight(self, item: Mapping) -> int:
        """The weight of somebody's vote; one where nothing fit to be one is written."""
        written = plain(item, "weight") or "1"
        if written.isdecimal() and 1 <= int(written) <= 100:
            return int(written)
        self.lost(item, "weight", f"权重 {written}；这里算一票", f"the weight {written}; here it is one vote")
        return 1

    def needed(self, call: str) -> dict[str, str]:
        """The ids of one kind that ``org/`` must have, with what they were called."""
        return {key.partition(":")[2]: name for key, name in self.called.items() if key.startswith(f"{call}:")}

    def lost(self, node: Mapping, key: str, zh: str, en: str) -> None:
        at = node.key(key) if key in node.entries else node
        self.problems.add(at, "import-no-equal", f"这里没有对应的写法：{zh}", f"Nothing here is its equal: {en}", severity="warning")


def _named(among: list[Mapping]) -> list[tuple[str, str]]:
    """Ids with names."""
    return [(id, plain(item, "name") or id) for item in among if (id := plain(item, "id"))]


def _list(node: Mapping | None, key: str = "nodeAssigneeList") -> list[Mapping]:
    return [item for item in items(node.get(key)) if isinstance(item, Mapping)] if node else []
