"""Values of a definition in words: lengths of time, ways of deciding, people, fields, texts."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from builder.meaning.change import text
from builder.meaning.spoken import Speaker
from forms import expressions
from forms.expressions import Expression, Scope
from forms.texts import LANGUAGES, Text, say
from workflows.app import Action, App, AtLeast, Chosen, OneOf, Overdue, Span, Step, Weight, walk
from workflows.people import Organisation

UNITS: dict[str, tuple[str, str]] = {
    "minutes": ("分钟", "minutes"),
    "hours": ("小时", "hours"),
    "days": ("天", "days"),
    "working hours": ("工作小时", "working hours"),
    "working days": ("个工作日", "working days"),
}
WAYS: dict[str, Text] = {
    "any-decision": text("或签（一个人决定即可）", "any one of them deciding"),
    "any-approval": text("任一人同意即通过（全部不同意才不通过）", "any one of them approving, rejected only by all"),
    "all": text("会签（每个人都要同意）", "all of them approving"),
    "all-voted": text("会签（每个人都表态后才结束）", "all of them voting, one rejection rejecting"),
    "in-order": text("依次审批（按顺序每个人都要同意）", "all of them, one after the other"),
    "claim": text("认领（谁认领谁决定）", "whoever claims it"),
}
ALLOCATED: dict[str, Text] = {
    "random": text("随机分给一个人", "one of them by chance"),
    "round-robin": text("轮流分给一个人", "one of them in turn"),
    "least-busy": text("分给待办最少的一个人", "the one with the fewest tasks"),
}
#: how many of several people must agree
STRICT: dict[str, int] = {"any-decision": 1, "any-approval": 1, "claim": 1, "all": 3, "all-voted": 3, "in-order": 3}
WORDS: dict[str, Text] = {
    "end": text("结束", "the end"),
    "start": text("申请人", "the applicant"),
    "approved": text("通过", "approved"),
    "rejected": text("不通过", "rejected"),
    "rerun": text("重新走一遍", "all steps again"),
    "direct": text("直接回到退回人", "straight back to whoever returned it"),
    "give": text("交给指定的人", "given to those named"),
    "step-up": text("交给上一级负责人", "given to the head above"),
    "stop": text("停下等管理员", "waiting for the administrators"),
    "head": text("由上一级负责人审批", "decided by the head above"),
    "skip": text("由其他人审批", "decided by the others"),
    "self": text("本人可以审批", "decided by themselves"),
    "none": text("不省略", "never"),
    "consecutive": text("相邻步骤自动同意", "right after their own approval"),
    "all": text("此后都自动同意", "wherever they have approved"),
    "until-decided": text("有人决定之前", "until the first decision"),
    "never": text("不能撤销", "never"),
    "required": text("必须写", "always required"),
    "on-reject": text("不同意或退回时必须写", "required to reject or return"),
    "optional": text("可以不写", "optional"),
    "typed": text("键入姓名", "typed"),
    "handwritten": text("手写", "by hand"),
    "flow-admin": text("流程管理员", "the flow administrators"),
    "applicant": text("申请人", "the applicant"),
    "previous": text("上一步的办理人", "whoever acts before"),
}
AUTOMATIC: dict[str, Text] = {
    "approve": text("自动同意", "approved by nobody"),
    "reject": text("自动不同意", "rejected by nobody"),
    "complete": text("自动完成", "completed by nobody"),
}
KINDS: dict[str, Text] = {
    "approve": text("审批", "approval"),
    "handle": text("办理", "handling"),
    "notify": text("抄送", "copies"),
    "branch": text("条件分支", "branch"),
    "parallel": text("并行", "parallel"),
    "inclusive": text("包容分支", "inclusive branch"),
    "wait": text("等待", "wait"),
    "set": text("自动赋值", "set answers"),
    "issue": text("取文号", "issue a number"),
    "send": text("通知外部系统", "tell another system"),
    "call": text("子流程", "call of another app"),
    "end": text("结束", "end"),
}


class Teller:
    """Says the values of one version of one app."""

    def __init__(self, app: App, organisation: Organisation | None) -> None:
        self.app = app
        self.organisation = organisation
        self.fields = {field.name: field for field in app.form.fields}
        self.steps = {step.id: (number, step) for number, step in enumerate(walk(app.flow.steps), 1)}
        self.speaker = Speaker(self.fields, organisation)
        self._form, self._flow = Scope.of_form(app.form), Scope.of_flow(app.form)

    # things

    def step(self, id: str) -> Text:
        """第3步“财务会签”."""
        if id not in self.steps:
            return WORDS.get(id, quoted({"zh": id}))
        number, step = self.steps[id]
        return text(f"第{number}步“{say(step.title, 'zh')}”", f"step {number} “{say(step.title, 'en')}”")

    def field(self, name: str) -> Text:
        first, *below = name.split(".")
        field = self.fields.get(first)
        if field is None:
            return text(f"字段 {name}", f"field {name}")
        zh, en = f"字段“{say(field.title, 'zh')}”", f"field “{say(field.title, 'en')}”"
        for part in below:
            inner = next((one for one in field.fields if one.name == part), None)
            if inner is None:
                break
            kind = ("列", "column") if field.kind == "table" else ("", "field")
            zh, en = f"{zh}的{kind[0]}“{say(inner.title, 'zh')}”", f"{kind[1]} “{say(inner.title, 'en')}” of {en}"
            field = inner
        return text(zh, en)

    def titles(self, names: Any) -> tuple[Text, ...]:
        return tuple(quoted(self.fields[name].title) if name in self.fields else {"zh": name, "en": name} for name in names)

    # expressions

    def compile(self, source: str | None, where: str = "flow", table: str | None = None) -> Expression | None:
        scope = self._form if where == "form" else self._flow
        found = expressions.compile(source, scope.with_row(table) if table else scope) if source is not None else None
        return found if isinstance(found, Expression) else None

    def expression(self, source: str | None, where: str = "flow", table: str | None = None) -> Text | None:
        if source is None:
            return None
        compiled = self.compile(source, where, table)
        return self.speaker.say(compiled) if compiled else quoted({"zh": source})

    # anything

    def value(self, value: Any) -> Text | None:
        """None where there is nothing to say."""
        match value:
            case None:
                return None
            case bool():
                return text("是", "yes") if value else text("否", "no")
            case int():
                return text(str(value), str(value))
            case float():
                return text(f"{value:g}", f"{value:g}")
            case str():
                return WORDS.get(value) or text(f"“{value}”", f"“{value}”")
            case Span():
                return span(value)
            case AtLeast() | OneOf():
                return self.decide(value)
            case Overdue():
                return self.overdue(value)
            case Weight():
                who = self.expression(value.who) or {"zh": value.who}
                return text(f"{say(who, 'zh')} {value.weight} 票", f"{value.weight} votes for {say(who, 'en')}")
            case Chosen():
                by = WORDS[value.by]
                return text(f"{say(by, 'zh')}，最多 {value.most} 人", f"{say(by, 'en')}, {value.most} at most")
            case Action():
                return self.action(value)
            case msgspec.Struct():
                return quoted({"zh": msgspec.json.encode(value).decode()})
            case list() | tuple():
                return self.several(cast("list[Any]", value))
            case Mapping():
                return self.mapping(cast("Mapping[str, Any]", value))
            case _:
                return text(str(value), str(value))

    def several(self, values: Any) -> Text | None:
        found = [said for value in values if (said := self.value(value))]
        if not found:
            return None
        return text("、".join(say(s, "zh") for s in found), ", ".join(say(s, "en") for s in found))

    def mapping(self, value: Mapping[str, Any]) -> Text | None:
        if "zh" in value and all(isinstance(part, str) for part in value.values()):
            return quoted(cast(Text, value))
        parts = [(self.titles([name])[0], self.value(part) or {"zh": "—"}) for name, part in value.items()]
        if not parts:
            return None
        return {language: "、".join(f"{say(name, language)} = {say(part, language)}" for name, part in parts) for language in LANGUAGES}

    def decide(self, value: Any) -> Text:
        if isinstance(value, OneOf):
            return ALLOCATED[value.by]
        if not isinstance(value, AtLeast):
            return WAYS[value]
        part = f"{value.needed}/{value.of}" if value.of else str(value.needed)
        zh = f"票签（{part} 同意即通过" if value.of else f"票签（{part} 票同意即通过"
        en = f"{part} of the votes approving" if value.of else f"{part} votes approving"
        weights = self.several(value.weights)
        zh += "，可以弃权" if value.abstain else ""
        en += ", with abstention" if value.abstain else ""
        zh += f"，{say(weights, 'zh')}" if weights else ""
        en += f", {say(weights, 'en')}" if weights else ""
        return text(f"{zh}）", en)

    def overdue(self, value: Overdue) -> Text:
        after = span(value.after)
        zh, en = f"逾期{say(after, 'zh')}后", f"{say(after, 'en')} late:"
        if value.after.amount == 0:
            zh, en = "一到期就", "when due:"
        if value.remind is not None:
            every = span(value.remind)
            most = f"，最多 {value.at_most} 次" if value.at_most is not None else ""
            most_en = f", {value.at_most} times at most" if value.at_most is not None else ""
            return text(f"{zh}每{say(every, 'zh')}催办{most}", f"{en} a reminder every {say(every, 'en')}{most_en}")
        for who, words in ((value.escalate, ("上报给", "escalated to")), (value.transfer, ("转给", "given to"))):
            if who is not None:
                people = self.expression(who) or {"zh": who}
                return text(f"{zh}{words[0]}{say(people, 'zh')}", f"{en} {words[1]} {say(people, 'en')}")
        how = AUTOMATIC[value.automatically or "complete"]
        return text(f"{zh}{say(how, 'zh')}", f"{en} {say(how, 'en')}")

    def action(self, value: Action) -> Text:
        zh, en = f"“{say(value.title, 'zh')}”", f"“{say(value.title, 'en')}”"
        if value.go is not None:
            to = self.step(value.go)
            return text(f"{zh}（转到{say(to, 'zh')}）", f"{en} (goes to {say(to, 'en')})")
        if value.end is not None:
            outcome = self.outcome(value.end)
            return text(f"{zh}（结束：{say(outcome, 'zh')}）", f"{en} (ends: {say(outcome, 'en')})")
        return text(zh, en)

    def outcome(self, id: str) -> Text:
        return quoted(self.app.flow.outcomes[id]) if id in self.app.flow.outcomes else WORDS.get(id, {"zh": id, "en": id})

    def summary(self, step: Step) -> Text:
        """What a step does, in a line."""
        zh, en = [say(KINDS[kind_of(step)], "zh")], [say(KINDS[kind_of(step)], "en")]
        who = self.expression(getattr(step, "who", None), table=getattr(step, "each", None))
        if who:
            zh.append(f"由{say(who, 'zh')}")
            en.append(f"by {say(who, 'en')}")
        if (way := getattr(step, "decide", None)) not in (None, "any-decision"):
            zh.append(say(self.decide(way), "zh"))
            en.append(say(self.decide(way), "en"))
        if (due := getattr(step, "due", None)) is not None:
            zh.append(f"时限 {say(span(due), 'zh')}")
            en.append(f"within {say(span(due), 'en')}")
        if edits := self.titles(getattr(step, "edit", ())):
            zh.append(f"可改{'、'.join(say(t, 'zh') for t in edits)}")
            en.append(f"may edit {', '.join(say(t, 'en') for t in edits)}")
        for name in ("app", "to", "message"):
            if found := getattr(step, name, None):
                zh.append(str(found))
                en.append(str(found))
        return text("，".join(zh), ", ".join(en))


def kind_of(step: Step) -> str:
    return str(step.__struct_config__.tag)


def strictness(decide: Any) -> float:
    """How many of several people must agree, roughly: 1 one, 3 all."""
    if isinstance(decide, AtLeast):
        return 1 + 2 * decide.needed / decide.of if decide.of else 2
    return STRICT.get(decide, 1) if isinstance(decide, str) else 1


def span(value: Span) -> Text:
    zh, en = UNITS[value.unit]
    return text(f"{value.amount} {zh}", f"{value.amount} {en[:-1] if value.amount == 1 else en}")


def quoted(value: Text) -> Text:
    return {language: f"“{say(value, language)}”" for language in LANGUAGES}
