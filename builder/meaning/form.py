"""What changed in a form: its fields and options, the rules about them, and how they are laid out."""

from typing import Any, cast

import msgspec

from builder.meaning import examples, flow
from builder.meaning.change import Example, Grade, Risk, text
from builder.meaning.pair import Pair, displaced, matches
from builder.meaning.values import quoted
from builder.meaning.version import Version
from forms.diagnostics import Place
from forms.form import Check, Field, Option
from forms.texts import Text, say

KINDS: dict[str, Text] = {
    "text": text("单行文字", "text"),
    "textarea": text("多行文字", "long text"),
    "integer": text("整数", "whole number"),
    "number": text("数字", "number"),
    "money": text("金额", "money"),
    "date": text("日期", "date"),
    "datetime": text("日期和时间", "date and time"),
    "date-range": text("起止日期", "date range"),
    "half-day-range": text("起止日期（半天）", "half-day range"),
    "choice": text("单选", "choice"),
    "choices": text("多选", "choices"),
    "boolean": text("是否", "yes or no"),
    "region": text("行政区划", "region"),
    "phone": text("手机号码", "phone"),
    "email": text("电子邮箱", "e-mail"),
    "id-card": text("身份证号码", "identity number"),
    "credit-code": text("统一社会信用代码", "credit code"),
    "plate": text("车牌", "plate"),
    "person": text("人员", "person"),
    "department": text("部门", "department"),
    "table": text("明细表", "table"),
    "group": text("分组", "group"),
}
#: property: in words, what there is to fear of it, and how much
PROPERTIES: dict[str, tuple[Text, Risk, Grade]] = {
    "kind": (text("类型", "its kind"), "form", "medium"),
    "help": (text("说明", "the help"), "text", "low"),
    "placeholder": (text("示例文字", "the placeholder"), "text", "low"),
    "unit": (text("单位", "the unit"), "text", "low"),
    "required": (text("必填", "whether it is required"), "form", "medium"),
    "default": (text("默认值", "the default"), "form", "low"),
    "sensitive": (text("敏感信息遮盖", "how it is masked"), "visible", "high"),
    "widget": (text("填写方式", "how it is entered"), "text", "low"),
    "minimum": (text("最小值", "the minimum"), "limit", "medium"),
    "maximum": (text("最大值", "the maximum"), "limit", "medium"),
    "min_length": (text("最少字数", "the least length"), "limit", "medium"),
    "max_length": (text("最多字数", "the greatest length"), "limit", "medium"),
    "pattern": (text("格式", "the pattern"), "form", "medium"),
    "min_items": (text("最少行数", "the least rows"), "limit", "medium"),
    "max_items": (text("最多行数", "the most rows"), "limit", "medium"),
    "visible": (text("显示条件", "when it is shown"), "condition", "medium"),
    "required_if": (text("必填条件", "when it is required"), "condition", "medium"),
    "readonly": (text("不能修改的条件", "when it cannot be changed"), "condition", "medium"),
    "compute": (text("计算公式", "how it is calculated"), "condition", "medium"),
    "under": (text("上级字段", "the field above it"), "form", "medium"),
    "other": (text("可以填其他", "whether something else may be named"), "form", "medium"),
    "promise": (text("必须勾选的承诺", "whether it is a promise"), "form", "medium"),
    "default_from": (text("默认值的来源", "what it begins with"), "form", "low"),
    "apps": (text("可以选哪些应用的申请", "the apps whose cases may be chosen"), "visible", "medium"),
    "lookup": (text("从哪里带出", "where it is taken from"), "visible", "medium"),
    "total": (text("合计", "whether its sum is shown"), "text", "low"),
}
SENSITIVE: dict[str, Text] = {
    "phone": text("按电话遮盖", "as a phone number"),
    "id-card": text("按身份证号遮盖", "as an identity number"),
    "name": text("按姓名遮盖", "as a name"),
    "text": text("全部遮盖", "entirely"),
}
RULES = frozenset({"visible", "required_if", "readonly", "compute"})
APART = frozenset({"name", "title", "options", "fields", "checks"})
OUTCOMES: dict[Any, Text] = {True: text("是", "yes"), False: text("否", "no"), None: text("算不出", "not known")}


def compare(pair: Pair) -> None:
    """Every change of the form, but for its layout."""
    old, new = (app.form for app in pair.apps)
    _fields(pair, old.fields, new.fields, "")
    _checks(pair, old.checks, new.checks, "")
    _schema(pair)


def _fields(pair: Pair, old: tuple[Field, ...], new: tuple[Field, ...], table: str) -> None:
    before, after = ({field.name: field for field in fields} for fields in (old, new))
    for name in dict.fromkeys((*before, *after)):
        a, b = before.get(name), after.get(name)
        path = f"{table}{name}"
        what = (pair.tellers[0].field(path) if a else None, pair.tellers[1].field(path) if b else None)
        places = _places(pair, path, bool(a), bool(b))
        if a and b:
            _field(pair, path, a, b)
            continue
        found = b or cast(Field, a)
        summary = _summary(found)
        note = None
        if found.required and found.compute is None and name in teller_fills(pair, bool(b)):
            note = text("必填", "required")
        pair.add(
            "added" if b else "removed", "form", "medium", f"field:{path}", what,
            before=None if b else summary, after=summary if b else None, note=note, places=places,
        )  # fmt: skip


def teller_fills(pair: Pair, new: bool) -> frozenset[str]:
    return (pair.new if new else pair.old).program(pair.app).fills


def _places(pair: Pair, path: str, old: bool, new: bool, *below: str | int) -> tuple[Any, Any]:
    return (
        pair.old.field_place(pair.app, path, *below) if old else None,
        pair.new.field_place(pair.app, path, *below) if new else None,
    )


def _summary(field: Field) -> Text:
    kind = KINDS.get(field.kind, {"zh": field.kind, "en": field.kind})
    zh, en = [say(kind, "zh")], [say(kind, "en")]
    if field.required:
        zh.append("必填")
        en.append("required")
    if field.sensitive:
        zh.append("遮盖")
        en.append("masked")
    return text("，".join(zh), ", ".join(en))


def _field(pair: Pair, path: str, old: Field, new: Field) -> None:
    if old == new:
        return
    subject, what = f"field:{path}", (pair.tellers[0].field(path), pair.tellers[1].field(path))
    flow.title(pair, subject, what, (old.title, new.title), _places(pair, path, True, True, "title"))
    for prop in new.__struct_fields__:
        a, b = getattr(old, prop), getattr(new, prop)
        if prop in APART or a == b:
            continue
        words, risk, grade = PROPERTIES.get(prop, (text(prop, prop), "form", "medium"))
        places = _places(pair, path, True, True, prop)
        if prop in ("help", "placeholder", "unit"):
            flow.title(pair, subject, what, (a, b), places, words)
            continue
        if prop == "required":
            kind = "opened" if b else "closed"
            pair.add(kind, risk, grade, subject, what, prop=prop, before=None if b else MUST, after=MUST if b else None, places=places)
            continue
        example = rule(pair, prop, a, b) if prop in RULES and "." not in path else None
        if prop in RULES:
            holder = path.rpartition(".")[0] or None
            said = [teller.expression(source, "form", holder) for teller, source in zip(pair.tellers, (a, b), strict=True)]
            if said[0] == said[1]:
                said = [quoted({"zh": source}) for source in (a, b)]
            grade = grade if example or "." in path else "low"
            if prop == "visible" and example and (a is not None and (b is None or example.after == SHOWN[True])):
                risk, grade = "visible", "high"
        elif prop == "sensitive":
            said = [SENSITIVE.get(value) for value in (a, b)]
            grade = "high" if b is None else "medium" if a else "low"
        elif prop == "kind":
            said = [KINDS.get(value) or {"zh": value, "en": value} for value in (a, b)]
        elif new.kind == "money" and prop in ("minimum", "maximum"):
            said = [text(f"{value / 100:,.2f} 元", f"{value / 100:,.2f} yuan") if value is not None else None for value in (a, b)]
        else:
            said = [teller.value(value) for teller, value in zip(pair.tellers, (a, b), strict=True)]
        pair.add(
            "changed", risk, grade, subject, what, prop=prop, words=words, before=said[0], after=said[1], example=example, places=places
        )  # fmt: skip
    _options(pair, path, what, old, new)
    if old.fields != new.fields:
        _fields(pair, old.fields, new.fields, f"{path}.")
        _order(pair, subject, what, [f.name for f in old.fields], [f.name for f in new.fields], path)
    _checks(pair, old.checks, new.checks, path)


MUST = text("必填", "must be filled in")
SHOWN: dict[Any, Text] = {True: text("显示", "shown"), False: text("不显示", "hidden"), None: text("不显示", "hidden")}
LOCKED: dict[Any, Text] = {True: text("不能改", "locked"), False: text("可以改", "open"), None: text("可以改", "open")}
ASKED: dict[Any, Text] = {True: text("必填", "required"), False: text("可以不填", "optional"), None: text("可以不填", "optional")}


def rule(pair: Pair, prop: str, old: str | None, new: str | None) -> Example | None:
    """Answers for which a rule now gives something else."""
    absent = {"visible": True, "required_if": False, "readonly": False, "compute": None}[prop]
    compiled = [teller.compile(source, "form") for teller, source in zip(pair.tellers, (old, new), strict=True)]
    words = {"visible": SHOWN, "required_if": ASKED, "readonly": LOCKED}.get(prop)
    return differing(pair, compiled, absent, words)


def differing(pair: Pair, compiled: Any, absent: Any, words: dict[Any, Text] | None) -> Example | None:
    """The first answers for which two expressions of a form part."""
    read = [expression for expression in compiled if expression]
    old, new = (
        examples.valued(expression, version.compiled.organisation.calendar if version.compiled.organisation else None, absent)
        for expression, version in zip(compiled, (pair.old, pair.new), strict=True)
    )

    def outcome(value: Any) -> Any:
        return say(words.get(value, words[None]), "zh") if words else value

    found = examples.first(
        examples.bindings(pair.fields, read, pair.around), lambda binding: outcome(old(binding)), lambda binding: outcome(new(binding))
    )
    if found is None:
        return None
    reads = sorted({name for expression in read for name in expression.reads})
    said = [examples.said(found.answers, teller.fields, reads, pair.names) for teller in pair.tellers]
    results = [
        words.get(value, words[None]) if words else teller.value(value) or text("算不出", "nothing")
        for teller, value in zip(pair.tellers, (old(found.answers), new(found.answers)), strict=True)
    ]
    shown = {name: value for name, value in found.answers.items() if name in reads}
    return Example(said[0], said[1], results[0], results[1], shown)


def _options(pair: Pair, path: str, what: tuple[Text, Text], old: Field, new: Field) -> None:
    options = [{option.value: option for option in field.options} for field in (old, new)]
    before, after = ({value: option.title for value, option in known.items()} for known in options)
    subject = f"field:{path}"
    for value in dict.fromkeys((*before, *after)):
        a, b = before.get(value), after.get(value)
        places = _places(pair, path, True, True, "options")
        named = tuple(
            text(f"{say(w, 'zh')}的选项“{say(t, 'zh')}”", f"option “{say(t, 'en')}” of {say(w, 'en')}") if t else None
            for w, t in zip(what, (a, b), strict=True)
        )
        if a and b and named[0] and named[1]:
            flow.title(pair, f"{subject}/option:{value}", (named[0], named[1]), (a, b), places)
            _option(pair, f"{subject}/option:{value}", (named[0], named[1]), (options[0][value], options[1][value]), places)
        else:
            pair.add("added" if b else "removed", "form", "medium", f"{subject}/option:{value}", (named[0], named[1]), places=places)
    moved = displaced(list(before), list(after))
    if moved:
        _moved(
            pair,
            subject,
            what,
            list(before),
            list(after),
            text("选项顺序", "the order of its options"),
            _places(pair, path, True, True, "options"),
        )


def _option(pair: Pair, subject: str, what: tuple[Text, Text], options: tuple[Option, Option], places: Any) -> None:
    """When an option is offered."""
    old, new = options
    if old.parent != new.parent:
        said = [quoted({"zh": option.parent}) if option.parent is not None else None for option in options]
        words = text("所属的上级选项", "the option above it")
        pair.add("changed", "form", "medium", subject, what, prop="parent", words=words, before=said[0], after=said[1], places=places)
    if old.visible != new.visible:
        example = rule(pair, "visible", old.visible, new.visible)
        said = [teller.expression(option.visible, "form") for teller, option in zip(pair.tellers, options, strict=True)]
        if said[0] == said[1]:
            said = [quoted({"zh": option.visible or ""}) for option in options]
        grade: Grade = "medium" if example else "low"
        words = text("可选的条件", "when it is offered")
        pair.add(
            "changed", "condition", grade, subject, what,
            prop="visible", words=words, before=said[0], after=said[1], example=example, places=places,
        )  # fmt: skip


def _order(pair: Pair, subject: str, what: tuple[Text, Text], old: list[str], new: list[str], path: str) -> None:
    if displaced(old, new):
        _moved(pair, subject, what, old, new, text("列的顺序", "the order of its columns"), _places(pair, path, True, True, "fields"))


def _moved(pair: Pair, subject: str, what: tuple[Text, Text], old: list[str], new: list[str], words: Text, places: Any) -> None:
    said = [text("、".join(order), ", ".join(order)) for order in (old, new)]
    pair.add("changed", "text", "low", subject, what, prop="order", words=words, before=said[0], after=said[1], places=places)


def _checks(pair: Pair, old: tuple[Check, ...], new: tuple[Check, ...], holder: str) -> None:
    """Rules across fields, or across those of one row of ``holder``. They have no ids: by their words, their condition, their field."""
    if old == new:
        return
    within, table = f"{holder}." if holder else "", holder or None

    def place(version: Version, number: int) -> Place | None:
        if holder:
            return version.field_place(pair.app, holder, "x-checks", number)
        return version.form_place(pair.app, "x-checks", number)

    matched = matches(old, new, CHECK_KEYS)
    names = [[_check(check.message) for check in checks] for checks in (old, new)]
    for a in range(len(old)):
        if a not in matched:
            places = (place(pair.old, a), None)
            before = pair.tellers[0].expression(old[a].that, "form", table)
            pair.add(
                "removed", "condition", "high", f"field:{within}{old[a].field}/check", (names[0][a], None), before=before, places=places
            )
    for b in range(len(new)):
        if b not in matched.values():
            places = (None, place(pair.new, b))
            after = pair.tellers[1].expression(new[b].that, "form", table)
            pair.add("added", "condition", "medium", f"field:{within}{new[b].field}/check", (None, names[1][b]), after=after, places=places)
    for a, b in matched.items():
        before, after = old[a], new[b]
        if before == after:
            continue
        subject, what = f"field:{within}{after.field}/check", (names[0][a], names[1][b])
        places = (place(pair.old, a), place(pair.new, b))
        flow.title(pair, subject, what, (before.message, after.message), places, text("提示文字", "its words"))
        if before.field != after.field:
            said = [teller.field(f"{within}{check.field}") for teller, check in zip(pair.tellers, (before, after), strict=True)]
            pair.add(
                "changed",
                "text",
                "low",
                subject,
                what,
                prop="field",
                words=text("提示的位置", "where it stands"),
                before=said[0],
                after=said[1],
                places=places,
            )
        if before.that != after.that:
            said = [teller.expression(check.that, "form", table) for teller, check in zip(pair.tellers, (before, after), strict=True)]
            if said[0] == said[1]:
                said = [quoted({"zh": check.that}) for check in (before, after)]
            compiled = [teller.compile(check.that, "form", table) for teller, check in zip(pair.tellers, (before, after), strict=True)]
            example = None if table else differing(pair, compiled, True, HOLDS)
            pair.add(
                "changed", "condition", "high" if example or table else "low", subject, what,
                prop="that", words=text("条件", "the condition"), before=said[0], after=said[1], example=example, places=places,
            )  # fmt: skip


HOLDS: dict[Any, Text] = {True: text("可以提交", "accepted"), False: text("不能提交", "refused"), None: text("可以提交", "accepted")}


def _check(message: Text) -> Text:
    return text(f"填写规则“{say(message, 'zh')}”", f"rule “{say(message, 'en')}”")


def _message(check: Check) -> object:
    return check.message["zh"]


def _that(check: Check) -> object:
    return check.that


def _stands_at(check: Check) -> object:
    return check.field


#: what rules are recognised by, the surest first
CHECK_KEYS = (_message, _that, _stands_at)


def _schema(pair: Pair) -> None:
    """What JSON Schema asks of a field and no property of ours says."""
    old, new = (app.form.schema.get("properties", {}) for app in pair.apps)
    told = {change.subject.split("/")[0].split(".")[0] for change in pair.found if change.subject.startswith("field:")}
    for name in old.keys() & new.keys():
        if old[name] != new[name] and f"field:{name}" not in told:
            what = (pair.tellers[0].field(name), pair.tellers[1].field(name))
            a, b = ({k: v for k, v in one[name].items() if other[name].get(k) != v} for one, other in ((old, new), (new, old)))
            said = [quoted({"zh": msgspec.json.encode(part).decode()}) if part else None for part in (a, b)]
            words = text("填写要求", "what it asks for")
            places = _places(pair, name, True, True)
            pair.add(
                "changed", "form", "medium", f"field:{name}", what, prop="schema", words=words, before=said[0], after=said[1], places=places
            )
