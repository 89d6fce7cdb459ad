"""The words for what happened without a person: a part of runtime.casework.telling."""

from collections.abc import Callable
from typing import Any

from forms.texts import say
from runtime.casework.entries import HOW, Entry, Teller, outcome
from workflows import events as facts
from workflows.events import Event

HELD = {
    "nobody": ("没有找到可以接手的人", "nobody could take it over"),
    "incomplete": ("缺少必填内容，没有自动处理", "answers are missing, so nothing was decided"),
    "calendar": ("当年的工作日历还没有公布，没有自动处理", "the calendar of that year is not known, so nothing was decided"),
}
LATE = {
    "remind": ("催办 {name}（第 {times} 次）", "{name} was reminded ({times})"),
    "escalate": ("{name} 逾期，上报", "{name} was late: escalated"),
    "transfer": ("{name} 逾期，转办", "{name} was late: transferred"),
    "approve": ("{name} 逾期，自动同意", "{name} was late: approved automatically"),
    "reject": ("{name} 逾期，自动不同意", "{name} was late: rejected automatically"),
    "material": ("提醒补交材料", "was reminded of what is still to be handed in"),
    "complete": ("{name} 逾期，自动完成", "{name} was late: completed automatically"),
}


def closed(fact: facts.Closed, event: Event, teller: Teller) -> Entry:
    """A task that the flow closed in its person's place."""
    name, how = teller.name(fact.person, fact.name), HOW.get(fact.how)
    did = say(how[0], teller.reader.language) if how else fact.how
    to = f"{'给 ' if teller.reader.language == 'zh' else 'to '}{fact.to_name}" if fact.to_name else ""
    return _line(teller.word(f"{name} 的待办由系统{did}{to}", f"The task of {name}: {did} {to}".rstrip()), event, teller)


def _line(words: str, event: Event, teller: Teller) -> Entry:
    return Entry(teller.at(event.at), words, meta=teller.at(event.at), quiet=True)


def _rang(fact: facts.Rang, event: Event, teller: Teller) -> tuple[Entry, ...]:
    step = teller.step(fact.step)
    zh, en = LATE[fact.how] if fact.how else ("时间到", "the time has come")
    name = teller.name(fact.person, fact.name)
    words = teller.word(f"{step}：{zh.format(name=name, times=fact.times)}", f"{step}: {en.format(name=name, times=fact.times)}")
    if fact.held:
        words += teller.word(f"，但{HELD[fact.held][0]}", f", but {HELD[fact.held][1]}")
    return (_line(words, event, teller),)


def _waiting(fact: facts.Waiting, event: Event, teller: Teller) -> tuple[Entry, ...]:
    step = teller.step(fact.step)
    if fact.children:
        words = teller.word(f"{step}：等待 {len(fact.children)} 份申请办结", f"{step}: waits for {len(fact.children)} case(s) to end")
    elif fact.until is None:
        words = teller.word(f"{step}：等待消息", f"{step}: waits for a message")
    else:
        doubt = teller.word("（当年的工作日历还没有公布）", " (the calendar of that year is not known)") if fact.uncertain else ""
        words = (
            teller.word(f"{step}：最迟等到 {teller.at(fact.until)}", f"{step}: waits until {teller.at(fact.until)} at the latest") + doubt
        )
    return (_line(words, event, teller),)


def _delivered(fact: facts.Delivered, event: Event, teller: Teller) -> tuple[Entry, ...]:
    return (_line(teller.word(f"{teller.step(fact.step)}：收到消息", f"{teller.step(fact.step)}: the message came"), event, teller),)


def _issued(fact: facts.Issued, event: Event, teller: Teller) -> tuple[Entry, ...]:
    return (_line(f"{teller.step(fact.step)}{teller.word('：', ': ')}{fact.number}", event, teller),)


def _sent(fact: facts.Sent, event: Event, teller: Teller) -> tuple[Entry, ...]:
    return (
        _line(teller.word(f"{teller.step(fact.step)}：已通知 {fact.to}", f"{teller.step(fact.step)}: {fact.to} was told"), event, teller),
    )


def _called(fact: facts.Called, event: Event, teller: Teller) -> tuple[Entry, ...]:
    step = teller.step(fact.step)
    if fact.case is None:
        words = teller.word(f"{step}：没有找到发起人，没有发起", f"{step}: nobody was found to start it, and it was not started")
    else:
        name = teller.name(fact.person, fact.name)
        stands_in = teller.word("代为", "standing in, ") if fact.instead else ""
        words = teller.word(f"{step}：由 {name} {stands_in}发起", f"{step}: {stands_in}{name} starts a case")
    return (_line(words, event, teller),)


def _answered(fact: facts.Answered, event: Event, teller: Teller) -> tuple[Entry, ...]:
    words, _ = outcome({}, fact.outcome, teller.reader.language)
    return (
        _line(
            teller.word(f"{teller.step(fact.step)}：一份已办结，{words}", f"{teller.step(fact.step)}: a case ended, {words}"), event, teller
        ),
    )


def _restarted(fact: facts.Restarted, event: Event, teller: Teller) -> tuple[Entry, ...]:
    limits = [limit for limit in fact.limits if limit.task is not None]
    return tuple(
        _line(
            teller.word(
                f"{teller.step(limit.step)}：新的时限 {teller.at(limit.due)}", f"{teller.step(limit.step)}: now due {teller.at(limit.due)}"
            ),
            event,
            teller,
        )
        for limit in limits[:1]
    )


#: Scheduled and Stopped say nothing that others do not
TELL: dict[type[facts.Fact], Callable[[Any, Event, Teller], tuple[Entry, ...]]] = {
    facts.Rang: _rang,
    facts.Waiting: _waiting,
    facts.Delivered: _delivered,
    facts.Issued: _issued,
    facts.Sent: _sent,
    facts.Called: _called,
    facts.Answered: _answered,
    facts.Restarted: _restarted,
}
