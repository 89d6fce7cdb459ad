"""otherwise-not-last: what stands behind it would never be reached. Whether it is needed at all the proof knows."""

from builder.draft import AppDraft
from builder.nodes import Mapping, items


def check(draft: AppDraft) -> None:
    for step in draft.flow.steps if draft.flow else ():
        if step.kind not in ("branch", "inclusive") or step.node.get("cases") is None:
            continue
        cases = [case for case in items(step.node.get("cases")) if isinstance(case, Mapping)]
        last = [case for case in cases if "otherwise" in case.entries]
        for case in last:
            if case is not cases[-1]:
                draft.problems.add(
                    case.key("otherwise"),
                    "otherwise-not-last",
                    "otherwise 要放在最后，并且只有一个；它后面的情形永远轮不到",
                    "otherwise comes last, and once: the cases below it would never be reached",
                )
