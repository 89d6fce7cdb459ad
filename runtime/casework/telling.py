"""The words for each kind of fact: who did what, where to, how long it took, what they said and changed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from forms.form import Field
from forms.texts import say
from runtime.casework import sheet, telling_unattended
from runtime.casework.entries import HOW, Change, Entry, Teller, outcome, shade
from runtime.casework.moments import duration
from workflows import events as facts
from workflows.app import Branch
from workflows.events import Event
from workflows.migration import Migrated, MovedBack


def given(fact: facts.Entered, people: list[str], teller: Teller) -> Entry:
    to = "、".join(people) if teller.reader.language == "zh" else ", ".join(people)
    words = teller.word(f"{teller.step(fact.step)}：交 {to} 办理", f"{teller.step(fact.step)}: given to {to}")
    if not people:
        words = teller.word(
            f"{teller.step(fact.step)}：暂无人可办，已列入待处置",
            f"{teller.step(fact.step)}: nobody can act, listed for the administrators",
        )
    notes = {
        "nobody": teller.word("原定环节没有合适的人，已改派", "nobody was found for the step, given to others instead"),
        "self-approval": teller.word("申请人不能审批自己的申请，已上移", "applicants do not approve their own application, moved up"),
    }
    meta = notes.get(fact.instead or "", "")
    if fact.due:
        meta = " · ".join(filter(None, (meta, teller.word("限 ", "due ") + teller.at(fact.due))))
    return Entry("", words, meta=meta, quiet=True)


def closed(fact: facts.Closed, event: Event, since: datetime | None, teller: Teller) -> Entry:
    if fact.automatic:
        return telling_unattended.closed(fact, event, teller)
    language = teller.reader.language
    text, tone, icon = HOW.get(fact.how, (None, "info", "check"))
    chip = say(text, language) if text else _own(fact, teller)
    if fact.to_name or fact.to:
        person = fact.how in ("transfer", "delegate", "hand-over")
        target = fact.to_name if person else teller.step(fact.to or "")
        chip = teller.word(f"{chip}给 {target}" if person else f"{chip}到 {target}", f"{chip} to {target}")
    spent = (event.at - since).total_seconds() if since else 0
    took = teller.word("用时 ", "took ") + duration(spent, language) if since and fact.how != "submit" else ""
    meta = " · ".join(filter(None, (teller.step(fact.step), teller.at(event.at), took)))
    return _person(
        fact.person, fact.name, event, teller, chip=chip, tone=tone, icon=icon, meta=meta, quote=fact.opinion, signature=fact.signature
    )


def _own(fact: facts.Closed, teller: Teller) -> str:
    step = teller.steps.get(fact.step)
    for action in getattr(step, "actions", ()):
        if action.id == fact.how:
            return say(action.title, teller.reader.language)
    return fact.how


def _person(person: str | None, name: str, event: Event, teller: Teller, **more: Any) -> Entry:
    meta = more.pop("meta", "") or teller.at(event.at)
    return Entry(teller.at(event.at), teller.name(person, name), initial=name[:1], shade=shade(name), meta=meta, **more)


def _quiet(words: str, event: Event, teller: Teller) -> tuple[Entry, ...]:
    return (Entry(teller.at(event.at), words, meta=teller.at(event.at), quiet=True),)


def changes(fact: facts.Changed, teller: Teller) -> tuple[Change, ...]:
    fields: dict[str, Field] = {field.name: field for field in teller.form.fields if field.name not in teller.hidden}
    names = [
        name for name in dict.fromkeys((*fact.after, *fact.before)) if name in fields and fact.before.get(name) != fact.after.get(name)
    ]
    return tuple(
        Change(
            say(fields[name].title, teller.reader.language),
            sheet.said(fields[name], fact.before.get(name), teller.reader),
            sheet.said(fields[name], fact.after.get(name), teller.reader),
        )
        for name in names
    )


def _submitted(fact: facts.Submitted, event: Event, teller: Teller) -> tuple[Entry, ...]:
    if fact.task is not None:
        return ()
    meta = f"{fact.applicant.department_title} · {teller.at(event.at)}"
    chip = teller.word("提交", "Submitted")
    return (_person(fact.applicant.id, fact.applicant.name, event, teller, chip=chip, icon="send", meta=meta),)


def _superseded(fact: facts.Closed, event: Event, teller: Teller) -> tuple[Entry, ...]:
    name = teller.name(fact.person, fact.name)
    if fact.how == "removed":
        return _quiet(teller.word(f"{name} 已被减签", f"{name} was removed again"), event, teller)
    if fact.how == "cancelled":
        return _quiet(teller.word(f"{name} 的待办已取消", f"The task of {name} was cancelled"), event, teller)
    return _quiet(teller.word(f"{name} 无需再办（他人已办结本环节）", f"{name} need not act: others decided this step"), event, teller)


def _took(fact: facts.Took, event: Event, teller: Teller) -> tuple[Entry, ...]:
    branch = teller.steps.get(fact.branch)
    if not isinstance(branch, Branch) or fact.case is None or fact.case >= len(branch.cases):
        return _quiet(
            teller.word(f"{teller.step(fact.branch)}：没有符合的条件，继续", f"{teller.step(fact.branch)}: no case holds, goes on"),
            event,
            teller,
        )
    case = branch.cases[fact.case]
    if case.title:
        way = say(case.title, teller.reader.language)
    elif case.when is None:
        way = teller.word("其他情况", "otherwise")
    else:
        way = teller.word(f"第 {fact.case + 1} 种情况", f"case {fact.case + 1}")
    return _quiet(teller.word(f"{teller.step(fact.branch)}：走“{way}”", f"{teller.step(fact.branch)}: {way}"), event, teller)


def _forked(fact: facts.Forked, event: Event, teller: Teller) -> tuple[Entry, ...]:
    title, lanes = teller.step(fact.parallel), fact.lanes if fact.taken is None else len(fact.taken)
    return _quiet(teller.word(f"{title}：{lanes} 路同时开始", f"{title}: {lanes} lanes began together"), event, teller)


def _joined(fact: facts.Joined, event: Event, teller: Teller) -> tuple[Entry, ...]:
    title = teller.step(fact.parallel)
    zh, en = ("全部完成", "all lanes finished") if fact.how == "finished" else ("已取消", "cancelled")
    return _quiet(teller.word(f"{title}：{zh}", f"{title}: {en}"), event, teller)


def _copied(fact: facts.Copied, event: Event, teller: Teller) -> tuple[Entry, ...]:
    people = [teller.name(candidate.person, candidate.name) for candidate in fact.people]
    if not people and not fact.nobody:
        return ()
    if not people:
        return _quiet(teller.word(f"{teller.step(fact.step)}：没有可抄送的人", f"{teller.step(fact.step)}: nobody to copy"), event, teller)
    shown = people[:5]
    to = "、".join(shown) if teller.reader.language == "zh" else ", ".join(shown)
    if len(people) > len(shown):
        to += teller.word(f" 等 {len(people)} 人", f" and {len(people) - len(shown)} more")
    return _quiet(teller.word(f"抄送 {to}", f"Copied to {to}"), event, teller)


def _returned(fact: facts.Returned, event: Event, teller: Teller) -> tuple[Entry, ...]:
    if fact.direct:
        return _quiet(teller.word(f"改好后直接送回 {fact.name}", f"Goes straight back to {fact.name} afterwards"), event, teller)
    return _quiet(teller.word("改好后从头依次再审", "Goes through the steps again afterwards"), event, teller)


def _jumped(fact: facts.Jumped, event: Event, teller: Teller) -> tuple[Entry, ...]:
    if fact.action == "changed":
        zh = f"改动影响“{teller.step(fact.to)}”的走向，从这里重新办理"
        return _quiet(
            teller.word(zh, f"What was changed decides “{teller.step(fact.to)}”: the case goes on from there again"), event, teller
        )
    return _quiet(teller.word(f"转到 {teller.step(fact.to)}", f"Went to {teller.step(fact.to)}"), event, teller)


def _commented(fact: facts.Commented, event: Event, teller: Teller) -> tuple[Entry, ...]:
    chip = teller.word("评论", "Comment")
    return (_person(event.actor, fact.name, event, teller, chip=chip, icon="message", quote=fact.text),)


def _ended(fact: facts.Ended, event: Event, teller: Teller) -> tuple[Entry, ...]:
    words, tone = outcome(teller.outcomes, fact.outcome, teller.reader.language)
    entry = Entry(
        teller.at(event.at),
        teller.word("办结", "Closed"),
        chip=words,
        tone=tone,
        icon="flag",
        meta=teller.at(event.at),
        quote=fact.opinion if fact.outcome in ("withdrawn", "terminated") else "",
        quiet=True,
    )
    return (entry,)


def _erased(fact: facts.Erased, event: Event, teller: Teller) -> tuple[Entry, ...]:
    titles = [
        say(field.title, teller.reader.language)
        for field in teller.form.fields
        if field.name in fact.fields and field.name not in teller.hidden
    ]
    if not titles:
        return ()
    what = ("、" if teller.reader.language == "zh" else ", ").join(titles)
    return _quiet(teller.word(f"{fact.by} 删除了：{what}（{fact.reason}）", f"{fact.by} erased: {what} ({fact.reason})"), event, teller)


def _changed(fact: facts.Changed, event: Event, teller: Teller) -> tuple[Entry, ...]:
    if {*fact.before, *fact.after} <= teller.hidden:
        return ()
    words = teller.word(f"{teller.step(fact.step)}：内容有变化", f"{teller.step(fact.step)}: answers changed")
    return (Entry(teller.at(event.at), words, meta=teller.at(event.at), changes=changes(fact, teller), quiet=True),)


def _claimed(fact: facts.Claimed, event: Event, teller: Teller) -> tuple[Entry, ...]:
    meta = " · ".join((teller.step(fact.step), teller.at(event.at)))
    return (_person(fact.person, fact.name, event, teller, chip=teller.word("认领", "Claimed"), tone="info", icon="user-check", meta=meta),)


def _added(fact: facts.Added, event: Event, teller: Teller) -> tuple[Entry, ...]:
    people = [teller.name(candidate.person, candidate.name) for candidate in fact.people]
    to = "、".join(people) if teller.reader.language == "zh" else ", ".join(people)
    zh = {"before": "前加签", "after": "后加签", "beside": "并加签"}[fact.where]
    return _quiet(teller.word(f"{fact.name} {zh}：{to}", f"{fact.name} added {fact.where}: {to}"), event, teller)


def _recalled(fact: facts.Recalled, event: Event, teller: Teller) -> tuple[Entry, ...]:
    meta = " · ".join((teller.step(fact.step), teller.at(event.at)))
    chip = teller.word("撤回", "Took it back")
    return (_person(fact.person, fact.name, event, teller, chip=chip, tone="warn", icon="arrow-back-up", meta=meta),)


def _reminded(fact: facts.Reminded, event: Event, teller: Teller) -> tuple[Entry, ...]:
    to = teller.name(fact.person, fact.name)
    return _quiet(teller.word(f"{fact.by} 催办：{to}", f"{fact.by} reminded {to}"), event, teller)


def _suspended(fact: facts.Suspended, event: Event, teller: Teller) -> tuple[Entry, ...]:
    chip = teller.word("挂起", "Suspended")
    return (_person(event.actor, fact.name, event, teller, chip=chip, tone="warn", icon="clock", quote=fact.reason),)


def _resumed(fact: facts.Resumed, event: Event, teller: Teller) -> tuple[Entry, ...]:
    chip = teller.word("恢复", "Resumed")
    return (_person(event.actor, fact.name, event, teller, chip=chip, tone="ok", icon="clock", quote=fact.reason),)


def _migrated(fact: Migrated, event: Event, teller: Teller) -> tuple[Entry, ...]:
    """Who published it; and which answers stand in the record only from here on."""
    by = f" · {fact.name}" if fact.name else ""
    words = teller.word(f"已换用新版本{by}", f"Goes on under a new release{by}")
    return (Entry(teller.at(event.at), words, meta=teller.at(event.at), quiet=True),)


def _moved_back(fact: MovedBack, event: Event, teller: Teller) -> tuple[Entry, ...]:
    by = f" · {fact.name}" if fact.name else ""
    return _quiet(teller.word(f"已退回原版本{by}", f"Back under the release of before{by}"), event, teller)


#: what the facts are told by that `tell` does not weave together itself; Left and Arrived say nothing that others do not
TELL: dict[type[facts.Fact], Callable[[Any, Event, Teller], tuple[Entry, ...]]] = {
    facts.Submitted: _submitted,
    facts.Closed: _superseded,
    facts.Changed: _changed,
    facts.Took: _took,
    facts.Forked: _forked,
    facts.Joined: _joined,
    facts.Copied: _copied,
    facts.Returned: _returned,
    facts.Jumped: _jumped,
    facts.Commented: _commented,
    facts.Ended: _ended,
    facts.Erased: _erased,
    facts.Claimed: _claimed,
    facts.Added: _added,
    facts.Recalled: _recalled,
    facts.Reminded: _reminded,
    facts.Suspended: _suspended,
    facts.Resumed: _resumed,
    Migrated: _migrated,
    MovedBack: _moved_back,
    **telling_unattended.TELL,
}
