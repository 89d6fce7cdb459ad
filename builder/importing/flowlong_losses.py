"""What a process tree says that nothing here says: every key is either read, or has the value that means nothing, or is reported."""

from collections.abc import Callable

from builder.importing.flowlong_conditions import plain
from builder.nodes import Mapping, Scalar, items, mapping

#: takes a node, a key of it, and words in both languages
Lost = Callable[[Mapping, str, str, str], None]

#: read by the import, or only for the screens of a designer
READ = frozenset(
    (
        "nodeName", "nodeKey", "type", "childNode", "conditionNodes", "parallelNodes", "inclusiveNodes", "routeNodes", "conditionList",
        "conditionMode", "priorityLevel", "nodeAssigneeList", "setType", "examineMode", "examineLevel", "directorLevel", "selectMode",
        "typeOfApprove", "groupStrategy", "nodeCandidate", "callProcess", "callAsync", "delayType", "triggerType", "extendConfig",
        "rejectStart", "rejectStrategy", "approveSelf", "directorMode", "allowTransfer", "allowAppendNode", "allowRollback", "term", "termAuto", "termMode", "remind", "nodeRoleList", "userSelectFlag", "allowSelection",
    )
)  # fmt: skip
#: key → the value that is as it is here anyway, and the words of any other
DEFAULTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "allowCc": (("false",), "审批时可以抄送他人", "sending copies while approving"),
    "actionUrl": ((), "节点自己的页面", "a page of its own"),
    "callAi": ((), "由人工智能处理", "handling by an artificial intelligence"),
    "local_actionUrl": ((), "节点自己的页面", "a page of its own"),
}
#: the words of what extendConfig holds
EXTENDED = {
    "formConfig": ("各字段的权限", "rights to single fields"),
    "docs": ("要用的文书", "documents to use"),
    "docSign": ("文书上的签名", "signatures on documents"),
    "remindTime": ("提醒的时间", "when to remind"),
    "trigger": ("触发器的程序", "the program of a trigger"),
    "args": ("触发器的参数", "arguments of a trigger"),
    "time": ("延时", "a delay"),
}


def report(node: Mapping, lost: Lost, used: frozenset[str] = frozenset()) -> None:
    """Every key of ``node`` that says something and is lost. ``used`` are the entries of extendConfig that were read."""
    for key in node.entries:
        if key in DEFAULTS:
            usual, zh, en = DEFAULTS[key]
            if says(node, key) and plain(node, key) not in usual:
                lost(node, key, zh, en)
        elif key not in READ and says(node, key):
            lost(node, key, f"“{key}”", f"“{key}”")
    extended = mapping(node.get("extendConfig"))
    for key in extended.entries if extended else ():
        # a time of reminding says nothing where nobody is reminded
        if extended and key not in used and says(extended, key) and (key != "remindTime" or plain(node, "remind") == "true"):
            zh, en = EXTENDED.get(key, (f"“{key}”", f"“{key}”"))
            lost(extended, key, zh, en)


def says(node: Mapping, key: str) -> bool:
    """Whether there is anything under ``key``."""
    value = node.get(key)
    if isinstance(value, Scalar):
        return value.value not in (None, "")
    return bool(items(value)) or bool(isinstance(value, Mapping) and value.entries)
