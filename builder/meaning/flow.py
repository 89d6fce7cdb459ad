"""What changed in a flow: its steps, where they stand, what each asks of whom."""

from typing import Any, cast

import msgspec

from builder.meaning import branches, deciders, paths, visibility
from builder.meaning.change import Effect, Grade, Risk, text
from builder.meaning.pair import Pair, Spot, displaced, spots
from builder.meaning.values import KINDS, Teller, kind_of, quoted, span, strictness
from forms.form import Struct
from forms.texts import Text, say
from workflows.app import Action, Approve, Branch, Handle, Inclusive, Notify, Parallel, Promise, Send, Step

#: property: in words, what there is to fear of it, and how much
PROPERTIES: dict[str, tuple[Text, Risk, Grade]] = {
    "who": (text("办理人", "who acts"), "decide", "high"),
    "decide": (text("多人决定方式", "how several people decide"), "approval", "medium"),
    "due": (text("办理时限", "the limit"), "limit", "medium"),
    "due_until": (text("办理期限", "the limit"), "limit", "medium"),
    "overdue": (text("逾期处理", "what happens when it is late"), "limit", "medium"),
    "opinion": (text("意见要求", "whether an opinion is asked for"), "approval", "medium"),
    "chosen": (text("由谁选办理人", "who chooses the people"), "decide", "high"),
    "span": (text("等待时长", "how long it waits"), "limit", "medium"),
    "until": (text("等待到", "until when it waits"), "limit", "medium"),
    "message": (text("等待的消息", "the message it waits for"), "course", "medium"),
    "into": (text("写入的字段", "the field it writes"), "form", "medium"),
    "answers": (text("内容", "what it writes or sends"), "form", "medium"),
    "pattern": (text("文号格式", "the pattern of the number"), "form", "medium"),
    "to": (text("接收的外部系统", "the system that is told"), "visible", "high"),
    "app": (text("调用的应用", "the app it calls"), "course", "high"),
    "each": (text("按哪张明细逐行发起", "for the rows of which table"), "course", "medium"),
    "nobody": (text("找不到办理人时", "what happens when nobody is found"), "decide", "high"),
    "inputs": (text("带入的内容", "what it hands over"), "visible", "medium"),
    "outputs": (text("带回的内容", "what it brings back"), "form", "medium"),
    "outcome": (text("结果", "the outcome"), "course", "medium"),
    "waits": (text("是否等待结果", "whether it waits for the outcome"), "approval", "high"),
    # of the whole flow
    "on_reject": (text("不同意后", "what a rejection leads to"), "course", "medium"),
    "resume": (text("退回修改后", "what follows a return"), "course", "medium"),
    "nobody_does": (text("找不到办理人时的处理", "what is done when nobody is found"), "decide", "high"),
    "self_approval": (text("申请人自己是审批人时", "what is done when the approver applies"), "approval", "high"),
    "same_person": (text("同一人多次审批时的省略", "when one person's approval counts again"), "approval", "high"),
    "without_approval": (text("允许无人审批", "whether nobody's approval is needed"), "approval", "high"),
    "promise": (text("承诺办结时限", "the time promised"), "limit", "medium"),
    "withdraw": (text("申请人撤销的时限", "until when the applicant may withdraw"), "course", "medium"),
    # of what people of a step see and sign
    "signature": (text("签名", "the signature"), "approval", "medium"),
    "buttons": (text("按钮文字", "the words of the buttons"), "text", "low"),
    "without": (text("不提供的操作", "actions that are left out"), "course", "medium"),
    "phrases": (text("常用意见", "usual opinions"), "text", "low"),
    # of an own action
    "go": (text("转到", "where it goes"), "course", "medium"),
    "end": (text("结束的结果", "the outcome it ends with"), "approval", "medium"),
    "vote": (text("是否算一票", "whether it is a vote"), "approval", "medium"),
    "title": (text("名称", "title"), "text", "low"),
}
#: expressions, by the property that holds them
PEOPLE = frozenset({"who", "nobody"})
MOMENTS = frozenset({"due_until", "until"})
#: compared on their own
APART = frozenset({"id", "title", "who", "edit", "actions", "desk", "cases", "branches", "start", "steps", "outcomes"})


def compare(pair: Pair) -> None:
    """Every change of the flow."""
    before, after = spots(pair)
    renamed = _renamed(pair, before, after)
    for id in before:
        if id not in after and id not in renamed:
            _gone_or_new(pair, before[id].step, new=False)
    for id in after:
        if id not in before and id not in renamed.values():
            _gone_or_new(pair, after[id].step, new=True)
    for id in _moved(before, after):
        where = (_position(pair.tellers[0], before[id], before), _position(pair.tellers[1], after[id], after))
        pair.add(
            "moved", "course", "medium", f"step:{id}", pair.step_words(id), before=where[0], after=where[1], places=pair.step_places(id)
        )
    for id in before.keys() & after.keys():
        _step(pair, before[id].step, after[id].step)
    _whole(pair)
    visibility.compare(pair)
    _approvals(pair)


def _renamed(pair: Pair, before: dict[str, Spot], after: dict[str, Spot]) -> dict[str, str]:
    """Steps that are the same but for their id."""
    found: dict[str, str] = {}
    for id in before.keys() - after.keys():
        old = before[id].step
        same = [other for other in after.keys() - before.keys() if msgspec.structs.replace(old, id=other) == after[other].step]
        alone = [other for other in before.keys() - after.keys() if msgspec.structs.replace(before[other].step, id=id) == old]
        if len(same) == 1 and len(alone) == 1:
            found[id] = same[0]
            what = (pair.tellers[0].step(id), pair.tellers[1].step(same[0]))
            note = text("正在这一步的申请要由迁移方案说明去向", "the plan must say where cases that stand there go")
            places = (pair.old.step_place(pair.app, id), pair.new.step_place(pair.app, same[0]))
            ids = quoted({"zh": id}), quoted({"zh": same[0]})
            pair.add("renamed", "course", "medium", f"step:{id}", what, prop="id", before=ids[0], after=ids[1], note=note, places=places)
    return found


def _gone_or_new(pair: Pair, step: Step, *, new: bool) -> None:
    teller = pair.tellers[new]
    what, summary = teller.step(step.id), teller.summary(step)
    risk: Risk = "approval" if isinstance(step, Approve) else "visible" if isinstance(step, Notify | Send) else "course"
    grade: Grade = "medium"
    if isinstance(step, Approve):
        grade = "medium" if new else "high"
    elif isinstance(step, Notify | Send):
        grade = "high" if new else "medium"
    shown = visibility.seen(pair, step, new=new)
    effect = Effect(shown if new else (), () if new else shown, *SHOWN)
    pair.add(
        "added" if new else "removed", risk, grade, f"step:{step.id}", (None, what) if new else (what, None),
        before=None if new else summary, after=summary if new else None, effects=(effect,), places=pair.step_places(step.id),
    )  # fmt: skip


SHOWN = (text("看得到{}", "its people see {}"), text("原来看得到{}", "its people saw {}"))


def _moved(before: dict[str, Spot], after: dict[str, Spot]) -> list[str]:
    """Steps that stand in another block, or on the other side of another step."""
    common = [id for id in before if id in after]
    found = [id for id in common if before[id].block != after[id].block]
    blocks = {before[id].block for id in common}
    for block in sorted(blocks):
        old, new = (
            [id for id, spot in sorted(where.items(), key=lambda item: item[1].at) if spot.block == block and id not in found]
            for where in (before, after)
        )
        found += displaced([id for id in old if id in new], [id for id in new if id in old])
    return found


def _position(teller: Teller, spot: Spot, spots: dict[str, Spot]) -> Text:
    """在“财务会签”之后."""
    above = next((id for id, other in spots.items() if other.block == spot.block and other.at == spot.at - 1), None)
    inside, _ = spot.block
    zh, en = "", ""
    if inside:
        zh, en = f"{say(teller.step(inside), 'zh')}之内", f"within {say(teller.step(inside), 'en')}"
        zh, en = f"{zh}的第 {spot.part + 1} 支", f"{en}, part {spot.part + 1}"
    if above is None:
        first = ("最前", "the beginning")
        return text(f"{zh}{first[0]}", f"{first[1]} {en}".strip())
    after = teller.step(above)
    return text(f"{zh}{'，' if zh else ''}{say(after, 'zh')}之后", f"after {say(after, 'en')} {en}".strip())


def _step(pair: Pair, old: Step, new: Step) -> None:
    if old == new:
        _people(pair, old, new)
        return
    id, subject = new.id, f"step:{new.id}"
    what = pair.step_words(id)
    if kind_of(old) != kind_of(new):
        kinds = KINDS[kind_of(old)], KINDS[kind_of(new)]
        grade: Grade = "high" if isinstance(old, Approve) else "medium"
        pair.add("changed", "approval", grade, subject, what, prop="kind", before=kinds[0], after=kinds[1], places=pair.step_places(id))
    title(pair, subject, what, (old.title, new.title), pair.step_places(id, "title"))
    _people(pair, old, new)
    properties(pair, subject, what, old, new, (id,))
    if isinstance(old, Approve | Handle) and isinstance(new, Approve | Handle):
        _actions(pair, old, new)
    for holder in ("desk",):
        a, b = getattr(old, holder, None), getattr(new, holder, None)
        if isinstance(a, Struct) and isinstance(b, Struct):
            properties(pair, subject, what, a, b, (id,))
    if isinstance(new, Branch | Inclusive | Parallel):
        branches.compare(pair, old, new)


def title(
    pair: Pair, subject: str, what: tuple[Text, Text], texts: tuple[Text | None, Text | None], places: Any, words: Text | None = None
) -> None:
    """Words that only people read; where just a translation changed, that is shown."""
    old, new = texts
    if old == new:
        return
    words = words or PROPERTIES["title"][0]
    if old and new and old["zh"] == new["zh"]:
        words = text(f"{say(words, 'zh')}的英文", f"English {say(words, 'en')}")
        english = [{"zh": part["en"]} if "en" in part else None for part in (old, new)]
        old, new = english[0], english[1]
    elif old and new and old.get("en") == new.get("en"):
        # the translation stayed as it was: shown by the words that did not
        words = text(say(words, "zh"), f"Chinese {say(words, 'en')}")
        old, new = {"zh": old["zh"]}, {"zh": new["zh"]}
    pair.add(
        "changed", "text", "low", subject, what, prop="title", words=words,
        before=quoted(old) if old else None, after=quoted(new) if new else None, places=places,
    )  # fmt: skip


def properties(pair: Pair, subject: str, what: tuple[Text, Text], old: Struct, new: Struct, path: tuple[str | int, ...]) -> None:
    """Each property that is another now, besides those compared apart."""
    for prop in dict.fromkeys((*old.__struct_fields__, *new.__struct_fields__)):
        a, b = getattr(old, prop, None), getattr(new, prop, None)
        if prop in APART or prop in visibility.APART or a == b:
            continue
        words, risk, grade = PROPERTIES.get(prop, (text(prop, prop), "course", "medium"))
        said = [_said(teller, prop, value, step) for teller, value, step in zip(pair.tellers, (a, b), (old, new), strict=True)]
        note = None
        if prop == "decide":
            grade = "high" if strictness(b) < strictness(a) else "medium"
        if prop == "overdue" and _silent(b) and not _silent(a):
            risk, grade, note = "approval", "high", None
        places = (
            pair.step_places(str(path[0]), prop) if path else (pair.old.flow_place(pair.app, prop), pair.new.flow_place(pair.app, prop))
        )
        pair.add(
            "changed", risk, grade, subject, what,
            prop=prop, words=None if prop == "decide" else words, before=said[0], after=said[1], note=note, places=places,
        )  # fmt: skip


def _silent(overdue: Any) -> bool:
    return any(entry.automatically == "approve" for entry in overdue or ())


EMPTY: tuple[Any, ...] = ((), {})


def _said(teller: Teller, prop: str, value: Any, step: Struct) -> Text | None:
    if value is None or value in EMPTY:
        return None
    if prop in PEOPLE and isinstance(value, str) and prop != "nobody":
        return teller.expression(value)
    if prop == "nobody" and isinstance(value, str):
        return teller.value(value) if value in ("flow-admin", "applicant", "skip") else teller.expression(value)
    if prop in MOMENTS:
        return teller.expression(value)
    if prop == "decide":
        return teller.decide(value)
    if prop in ("go", "on_reject", "before"):
        return teller.value(value) if value == "end" else teller.step(value)
    if prop in ("end", "outcome") and not hasattr(step, "app"):
        return teller.outcome(value)
    if isinstance(value, Promise):
        target = teller.step(value.by) if value.by else text("办结", "the end")
        limit = span(value.within)
        return text(f"{say(limit, 'zh')}内到{say(target, 'zh')}", f"{say(target, 'en')} within {say(limit, 'en')}")
    if prop == "withdraw":
        return _withdraw(teller, value)
    if prop in ("answers", "inputs") and isinstance(value, dict):
        table = getattr(step, "each", None)
        given = cast("dict[str, str]", value)
        parts = [(name, teller.expression(source, table=table) or {"zh": source}) for name, source in given.items()]
        return text(
            "、".join(f"{say(teller.titles([n])[0], 'zh')} = {say(e, 'zh')}" for n, e in parts),
            ", ".join(f"{say(teller.titles([n])[0], 'en')} = {say(e, 'en')}" for n, e in parts),
        )
    if prop in ("answers", "into", "each", "outcome"):
        names: list[str] = [value] if isinstance(value, str) else list(value)
        said = teller.titles(names)
        return text("、".join(say(s, "zh") for s in said), ", ".join(say(s, "en") for s in said))
    return teller.value(value)


def _withdraw(teller: Teller, value: Any) -> Text | None:
    if value.until != "before":
        return teller.value(value.until)
    step = teller.step(value.before)
    return text(f"{say(step, 'zh')}办完之前", f"until {say(step, 'en')} is done")


def _people(pair: Pair, old: Any, new: Any) -> None:
    """Who acts at a step: as it is written, and who that really is."""
    if not isinstance(old, Approve | Handle | Notify) or not isinstance(new, Approve | Handle | Notify):
        a, b = getattr(old, "who", None), getattr(new, "who", None)
        if a != b:
            said = [t.expression(w, table=getattr(s, "each", None)) for t, w, s in zip(pair.tellers, (a, b), (old, new), strict=True)]
            words = PROPERTIES["who"][0]
            places = pair.step_places(new.id, "who")
            pair.add(
                "changed", "decide", "high", f"step:{new.id}", pair.step_words(new.id),
                prop="who", words=words, before=said[0], after=said[1], places=places,
            )  # fmt: skip
        return
    words = deciders.COPIED if isinstance(new, Notify) else deciders.DECIDES
    risk: Risk = "visible" if isinstance(new, Notify) else "decide"
    who(pair, f"step:{new.id}", pair.step_words(new.id), (old.who, new.who), words, risk, pair.step_places(new.id, "who"))


def who(
    pair: Pair,
    subject: str,
    what: tuple[Text, Text],
    people: tuple[str | None, str | None],
    words: tuple[Text, Text],
    risk: Risk,
    places: Any,
) -> None:
    """People as they are written, and who that really is in each version."""
    if people[0] == people[1] and pair.same_people:
        return
    found = deciders.compare(pair, people, words)
    effects, example = ((found.effect,), found.example) if found else ((), None)
    if people[0] != people[1]:
        everyone = text("所有人", "everyone")
        said = [teller.expression(source) or everyone for teller, source in zip(pair.tellers, people, strict=True)]
        note = None
        if found is not None and not found.differs:
            note = text("按现在的组织架构，人没有变化", "with the organisation as it is, the people are the same")
        pair.add(
            "changed", risk, "high" if found is None or found.differs else "medium", subject, what,
            prop="who", words=PROPERTIES["who"][0], before=said[0], after=said[1], effects=effects, example=example, note=note, places=places,
        )  # fmt: skip
    elif found is not None and found.differs:
        pair.add("effect", risk, "high", subject, what, prop="people", effects=effects, example=example, places=places)


def _actions(pair: Pair, old: Approve | Handle, new: Approve | Handle) -> None:
    before, after = ({action.id: action for action in step.actions} for step in (old, new))
    steps = pair.step_words(new.id)

    def named(action: Action, language: int) -> Text:
        step, title = steps[language], action.title
        return text(f"{say(step, 'zh')}的操作“{say(title, 'zh')}”", f"action “{say(title, 'en')}” of {say(step, 'en')}")

    for id in dict.fromkeys((*before, *after)):
        a, b = before.get(id), after.get(id)
        what = (named(a, 0) if a else None, named(b, 1) if b else None)
        subject, places = f"step:{new.id}/action:{id}", pair.step_places(new.id, "actions", id)
        if a and b:
            both = (named(a, 0), named(b, 1))
            title(pair, subject, both, (a.title, b.title), places)
            who(pair, subject, both, (a.who, b.who), deciders.USES, "decide", places) if a.who != b.who else None
            properties(pair, subject, both, a, b, (new.id,))
        elif b:
            pair.add("added", "course", "medium", subject, what, after=pair.tellers[1].action(b), places=places)
        elif a:
            pair.add("removed", "course", "medium", subject, what, before=pair.tellers[0].action(a), places=places)


FLOW = (text("整个流程", "the flow"), text("整个流程", "the flow"))
START = (text("发起", "applying"), text("发起", "applying"))


def _whole(pair: Pair) -> None:
    """What is said of the flow as a whole, and of its start."""
    old, new = pair.apps[0].flow, pair.apps[1].flow
    properties(pair, "flow", FLOW, old, new, ())
    places = pair.step_places("start", "who")
    who(pair, "step:start", START, (old.start.who, new.start.who), deciders.STARTS, "decide", places)
    properties(pair, "step:start", START, old.start.desk, new.start.desk, ("start",))
    for id in dict.fromkeys((*old.outcomes, *new.outcomes)):
        a, b = old.outcomes.get(id), new.outcomes.get(id)
        what = tuple(text(f"结果“{say(t, 'zh')}”", f"outcome “{say(t, 'en')}”") if t else None for t in (a, b))
        places = (pair.old.flow_place(pair.app, "outcomes") if a else None, pair.new.flow_place(pair.app, "outcomes") if b else None)
        if a and b and what[0] and what[1]:
            title(pair, f"outcome:{id}", (what[0], what[1]), (a, b), places)
        else:
            pair.add("added" if b else "removed", "course", "medium", f"outcome:{id}", (what[0], what[1]), places=places)


def _approvals(pair: Pair) -> None:
    """Ways that nobody approves, and approvals that can be passed by."""
    old, new = pair.old.program(pair.app), pair.new.program(pair.app)
    ways = paths.without_approval(old), paths.without_approval(new)
    places = pair.old.flow_place(pair.app, "steps"), pair.new.flow_place(pair.app, "steps")
    if (ways[0] is None) != (ways[1] is None):
        said = [paths.said(way) if way is not None else None for way in ways]
        more = ways[1] is not None
        pair.add(
            "added" if more else "removed", "approval", "high" if more else "medium", "flow", (None, NOBODY) if more else (NOBODY, None),
            prop="no-approval", before=said[0], after=said[1], places=places,
        )  # fmt: skip
    for id, step in pair.steps[1].items():
        if not isinstance(step, Approve) or not isinstance(pair.steps[0].get(id), Approve):
            continue
        before, after = paths.without(old, id), paths.without(new, id)
        if (before is None) != (after is None):
            words = [paths.said(way) if way is not None else None for way in (before, after)]
            said = [text(f"可以绕过：{say(w, 'zh')}", f"can be passed by: {say(w, 'en')}") if w else MUST for w in words]
            pair.add(
                "changed", "approval", "high" if before is None else "medium", f"step:{id}", pair.step_words(id),
                prop="must", words=PASSES, before=said[0], after=said[1], places=pair.step_places(id),
            )  # fmt: skip


NOBODY = text("一条无人审批的路径", "a way on which nobody approves")
MUST = text("每一份申请必经", "every case passes it")
PASSES = text("是否必经", "whether a case must pass it")
