"""One thing that a change of definitions means: data, from which its sentence is made, so that the reverse change says the mirrored one."""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from forms.diagnostics import Place
from forms.texts import LANGUAGES, Text, say

#: what a reviewer has to fear of it
Risk = Literal["decide", "approval", "visible", "limit", "condition", "course", "form", "people", "test", "text"]
Grade = Literal["high", "medium", "low"]
Kind = Literal["added", "removed", "changed", "moved", "renamed", "opened", "closed", "effect"]

RISKS: dict[Risk, Text] = {
    "decide": {"zh": "谁能决定", "en": "who can decide"},
    "approval": {"zh": "审批", "en": "approval"},
    "visible": {"zh": "谁能看、谁能改", "en": "who can see or edit"},
    "limit": {"zh": "时限", "en": "limit"},
    "condition": {"zh": "条件", "en": "condition"},
    "course": {"zh": "流程走向", "en": "course"},
    "form": {"zh": "表单", "en": "form"},
    "people": {"zh": "组织", "en": "organisation"},
    "test": {"zh": "测试", "en": "tests"},
    "text": {"zh": "文字", "en": "words"},
}
GRADES: dict[Grade, Text] = {
    "high": {"zh": "高风险", "en": "high risk"},
    "medium": {"zh": "需要留意", "en": "to note"},
    "low": {"zh": "一般", "en": "minor"},
}
MIRROR: dict[Kind, Kind] = {"added": "removed", "removed": "added", "opened": "closed", "closed": "opened"}
#: names listed in a sentence before it only counts
SHOWN = 6


def text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


class Example(NamedTuple):
    """Answers for which the two versions do different things."""

    #: in the words of the old and of the new form
    old_answers: Text
    new_answers: Text
    before: Text
    after: Text
    #: the answers themselves, for tools
    answers: dict[str, Any]


class Effect(NamedTuple):
    """People or fields that have something in only one version: what is said of those that have it now, and of those that no longer do."""

    gained: tuple[Text, ...]
    lost: tuple[Text, ...]
    #: with {} where they are named
    gains: Text
    loses: Text


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence, before it is said."""

    kind: Kind
    risk: Risk
    grade: Grade
    #: the app it belongs to; None: the organisation
    app: str | None
    #: what it is about, for tools: ``step:finance``, ``field:budget``, ``role:finance-clerk``
    subject: str
    #: what it is about, in the words of each version; None where it is not there
    old_what: Text | None
    new_what: Text | None
    #: which property of it, by its name for tools and in words
    prop: str = ""
    prop_words: Text | None = None
    before: Text | None = None
    after: Text | None = None
    effects: tuple[Effect, ...] = ()
    example: Example | None = None
    #: said behind it of the version that has the thing, and (mirrored) of the one that lost it
    note: Text | None = None
    old: Place | None = None
    new: Place | None = None

    @property
    def words(self) -> Text:
        """The sentence."""
        return {language: _sentence(self, language) for language in LANGUAGES}

    def mirrored(self) -> "Change":
        """What the reverse change says of the same thing; its grade may be another, as losing is not gaining."""
        example = self.example
        return dataclasses.replace(
            self,
            kind=MIRROR.get(self.kind, self.kind),
            old_what=self.new_what,
            new_what=self.old_what,
            before=self.after,
            after=self.before,
            effects=tuple(Effect(e.lost, e.gained, e.gains, e.loses) for e in self.effects),
            example=Example(example.new_answers, example.old_answers, example.after, example.before, example.answers) if example else None,
            old=self.new,
            new=self.old,
        )

    @property
    def what(self) -> Text:
        found = self.new_what or self.old_what
        assert found is not None
        return found


def _sentence(change: Change, language: str) -> str:
    said = _joined(change, language)
    return GAP.sub("", said).strip() if language == "zh" else said


#: a space that a figure left before punctuation
GAP = re.compile(r" +(?=[；，。、（）：])|(?<=[；，。、（）：]) +")


def _joined(change: Change, language: str) -> str:
    zh = language == "zh"
    parts: list[str] = []
    for effect in change.effects:
        for names, pattern in ((effect.gained, effect.gains), (effect.lost, effect.loses)):
            if names:
                parts.append(say(pattern, language).format(listed(names, language)))
    if change.note is not None:
        parts.append(say(change.note, language))
    if change.example is not None:
        e = change.example
        answers, before, after = (say(part, language) for part in (e.new_answers, e.before, e.after))
        parts.append(f"例如{answers}时，原来{before}，现在{after}" if zh else f"for example, with {answers}: {before} before, {after} now")
    said = ("；" if zh else "; ").join(parts)
    if change.kind == "effect":
        return f"{say(change.what, language)}：{said}" if zh else f"{say(change.what, language)}: {said}"
    return ("；" if zh else "; ").join(filter(None, (_main(change, language), said)))


def _main(change: Change, language: str) -> str:
    zh, what = language == "zh", say(change.what, language)
    prop = say(change.prop_words, language) if change.prop_words else ""
    before, after = (say(part, language) if part is not None else None for part in (change.before, change.after))
    match change.kind:
        case "added":
            tail = f"：{after}" if zh else f": {after}"
            return (f"新增{what}" if zh else f"New: {what}") + (tail if after else "")
        case "removed":
            tail = f"（原为：{before}）" if zh else f" (it was: {before})"
            return (f"删去{what}" if zh else f"Gone: {what}") + (tail if before else "")
        case "moved":
            return f"{what}由{before}移到{after}" if zh else f"{what} moved from {before} to {after}"
        case "renamed":
            old = say(change.old_what or change.what, language)
            new = say(change.new_what or change.what, language)
            return f"{old}的标识由{before}改为{after}" if zh else f"The id of {new} changed from {before} to {after}"
        case "opened":
            return f"{what}{after}" if zh else f"{what} {after}"
        case "closed":
            return f"{what}不再{before}" if zh else f"{what} no longer: {before}"
        case "effect" | "changed":
            pass
    if before is None:
        return f"{what}新设{prop}：{after}" if zh else f"{what} now has {prop}: {after}"
    if after is None:
        return f"{what}取消{prop}（原为：{before}）" if zh else f"{what} no longer has {prop} (it was: {before})"
    before, after = _spaced(before, zh), _spaced(after, zh)
    if not prop:
        return f"{what}由{before}改为{after}" if zh else f"{what} changed from {before} to {after}"
    return f"{what}的{prop}由{before}改为{after}" if zh else f"{what}: {prop} changed from {before} to {after}"


def _spaced(words: str, zh: bool) -> str:
    """A space between a Chinese word and a figure."""
    if not zh:
        return words
    return f"{' ' if words[:1].isdecimal() else ''}{words}{' ' if words[-1:].isdecimal() else ''}"


def listed(names: Iterable[Text], language: str) -> str:
    """Names in a sentence; of many only the first ones, and how many there are."""
    found = [say(name, language) for name in names]
    joined = ("、" if language == "zh" else ", ").join(found[:SHOWN])
    if len(found) <= SHOWN:
        return joined
    return f"{joined}等 {len(found)} 项" if language == "zh" else f"{joined} and others, {len(found)} in all"


ORDER: dict[Grade, int] = {"high": 0, "medium": 1, "low": 2}
RISK_ORDER: dict[Risk, int] = {risk: number for number, risk in enumerate(RISKS)}


def in_order(changes: Iterable[Change]) -> list[Change]:
    """The riskiest first, then by what they are about, the same every time; each sentence once."""
    once = {(c.app or "", c.subject, c.words["zh"], c.prop): c for c in changes}
    return sorted(once.values(), key=_key)


def _key(change: Change) -> tuple[Any, ...]:
    place = change.new or change.old
    return (
        ORDER[change.grade],
        change.app or "",
        RISK_ORDER[change.risk],
        (place.file, place.line, place.column) if place else ("", 0, 0),
        change.subject,
        change.prop,
        change.words["zh"],
    )
