"""The engine's ways of saying no: each names what is wrong and what is allowed instead."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from forms.expressions import Fault
from forms.texts import Text
from workflows.case import Case, Task
from workflows.commands import Refusal
from workflows.fold import NOT_A_DECISION, Marking

DONE: dict[str, Text] = {
    "approve": {"zh": "同意", "en": "approved"},
    "reject": {"zh": "不同意", "en": "rejected"},
    "return": {"zh": "退回", "en": "returned"},
    "abstain": {"zh": "弃权", "en": "abstained"},
    "transfer": {"zh": "转办", "en": "transferred"},
    "delegate": {"zh": "委派", "en": "delegated"},
    "submit": {"zh": "重新提交", "en": "submitted again"},
}


def refuse(code: str, zh: str, en: str) -> Refusal:
    return Refusal(code=code, message={"zh": zh, "en": en})


def not_yours() -> Refusal:
    return refuse("not-yours", "这项待办不在您名下，或您的账号已停用", "This task is not yours, or your account is disabled")


def too_slow(case: Case | Marking, task: Task, zone: str) -> Refusal:
    """The task is over: who was faster, when, and what they did."""
    decisive = (
        t
        for t in case.tasks.values()
        if t.step == task.step and t.round == task.round and t.state == "done" and t.how not in NOT_A_DECISION
    )
    done = task if task.state == "done" else max(decisive, key=when_closed, default=None)
    if done is None or done.closed_at is None:
        if case.outcome == "withdrawn":
            return refuse(
                "lost-race", "申请人已撤销这份申请，无需再办", "The applicant has withdrawn the application: nothing is left to do"
            )
        return refuse("lost-race", "这项待办已经结束，无需再办", "This task is over: nothing is left to do")
    at = done.closed_at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    did = DONE.get(done.how or "", {"zh": "办理", "en": "completed"})
    return refuse("lost-race", f"已由 {done.name} 于 {at} {did['zh']}", f"Already {did['en']} by {done.name} at {at}")


def when_closed(task: Task) -> datetime:
    return task.closed_at or task.opened_at


def choose(steps: dict[str, Text]) -> Refusal:
    message: Text = {"zh": f"有 {len(steps)} 个环节要选择办理人", "en": f"{len(steps)} step(s) need someone chosen"}
    return Refusal(code="choose-people", message=dict(message), fields=dict(steps))


def suspended() -> Refusal:
    return refuse(
        "suspended", "这份申请已由流程管理员挂起，暂时不能办理", "A flow administrator has suspended this case: nobody can act on it now"
    )


def over() -> Refusal:
    return refuse("lost-race", "这份申请已经办结", "This case is closed already")


def gone() -> Refusal:
    return refuse("gone", "这份申请已经不再等待它", "The case does not wait for it any more")


def early() -> Refusal:
    return refuse("early", "还没有到时间", "It is not time yet")


def plain(text: str) -> str:
    """``text`` without what neither a database nor a response can hold: JSON may bring NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()


def unknown_action(action: str, allowed: Iterable[str]) -> Refusal:
    known, action = list(allowed), plain(action)
    return refuse(
        "unknown-action",
        f"这一步没有“{action}”这个动作；可以是：{'、'.join(known)}",
        f"This step has no action “{action}”; allowed: {', '.join(known)}",
    )


def opinion_required(title: Text) -> Refusal:
    return refuse("opinion-required", f"“{title['zh']}”需要填写意见", f"“{title.get('en') or title['zh']}” needs an opinion")


def invalid(problems: dict[str, Text]) -> Refusal:
    message: Text = {"zh": f"有 {len(problems)} 处内容需要修改", "en": f"{len(problems)} answers need correction"}
    return Refusal(code="invalid-answers", message=dict(message), fields=dict(problems))


def not_editable(names: Iterable[str], titles: dict[str, Text]) -> Refusal:
    """Names the fields that the actor may not write."""
    found = sorted(plain(name) for name in names)
    zh = "、".join(titles.get(name, {"zh": name})["zh"] for name in found)
    en = ", ".join(titles.get(name, {}).get("en") or titles.get(name, {"zh": name})["zh"] for name in found)
    why: Text = {"zh": "这一步不能修改此项", "en": "This cannot be changed at this step"}
    message: Text = {"zh": f"这一步不能修改：{zh}", "en": f"This step cannot change: {en}"}
    return Refusal(code="not-editable", message=message, fields=dict.fromkeys(found, why))


def broken(fault: Fault) -> Refusal:
    return refuse(
        "definition-fault",
        f"流程定义中的表达式无法计算，请联系流程管理员：{fault}",
        f"An expression of the flow failed, please tell the flow administrator: {fault}",
    )
