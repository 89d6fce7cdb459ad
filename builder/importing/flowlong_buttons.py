"""What approvers of a process tree may not do, what rejecting means there, and what holds where an approver is the applicant."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from builder.importing.flowlong_conditions import plain
from builder.importing.flowlong_losses import Lost
from builder.nodes import Mapping
from forms.texts import Text

Oneself = Literal["self", "skip", "head"]
#: what a node says of approvers who are the applicant, where it differs from most
SELVES: dict[Oneself, Text] = {
    "self": {"zh": "发起人审批自己的申请", "en": "that applicants approve their own case"},
    "skip": {"zh": "发起人自己的审批跳过", "en": "that applicants are skipped"},
    "head": {"zh": "发起人自己的审批交给主管", "en": "that a head decides instead of the applicant"},
}
#: rejectStrategy: where a rejection goes. 4 ends the case, as it does here.
WHERE: dict[str, Text] = {
    "1": {"zh": "发起人", "en": "the applicant"},
    "2": {"zh": "上一步", "en": "the step before"},
    "3": {"zh": "指定的步骤", "en": "a step that is named"},
    "5": {"zh": "模型里的上一级节点", "en": "the node above"},
}


def oneself(node: Mapping) -> Oneself:
    """approveSelf: 0 themselves, which holds where nothing is said; 1 skipped; 2 and 3 a head."""
    match plain(node, "approveSelf"):
        case "1":
            return "skip"
        case "2" | "3":
            return "head"
        case _:
            return "self"


def most(said: Iterable[Oneself]) -> Oneself:
    """What is said most often; a head where nothing is."""
    found = Counter(said)
    best: Oneself = "head"
    for policy in SELVES:
        if found[policy] > found[best]:
            best = policy
    return best


def buttons(node: Mapping, kind: str, lost: Lost) -> dict[str, Any]:
    """What cannot be done in a step, and what is called otherwise: a rejection that goes elsewhere is a return here."""
    found: dict[str, Any] = {}
    strategy = plain(node, "rejectStrategy") or ""
    if strategy in WHERE and kind == "approve":
        found |= {"reject": False, "return": "驳回"}
        to = WHERE[strategy]
        lost(
            node,
            "rejectStrategy",
            f"驳回只到{to['zh']}；这里由办理人选驳回到哪一步",
            f"a rejection that goes to {to['en']} only; here whoever rejects says where to",
        )
    elif plain(node, "allowRollback") == "false":
        found["return"] = False
    if plain(node, "allowTransfer") == "false":
        found["transfer"] = False
    if plain(node, "allowAppendNode") == "false" and kind == "approve":
        found |= dict.fromkeys(("add-before", "add-after", "add-beside"), False)
    return found
