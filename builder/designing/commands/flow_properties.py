"""Properties of steps: words, people, how several decide, limits, actions. Each command is one control of the page."""

import re
from typing import Any, Literal

from builder.designing import places
from builder.designing.command import Command, command
from builder.designing.commands.property import read_value
from builder.designing.flow import steps, who
from builder.designing.work import ENGLISH, FLOW, Work, quoted
from builder.designing.writing import is_list, is_mapping
from builder.nodes import Path
from forms.texts import Text

SPAN = re.compile(r"(0|[1-9][0-9]{0,3})\Z")


class OfStep(Command, kw_only=True):
    """About a property of a step: "start" is the applicant's own, "" the flow itself."""

    step: str = ""
    #: how the property is called to people, for the history
    label: str = ""

    def said(self, work: Work) -> Text:
        title: Text = {"zh": "发起", "en": "Start"} if self.step == "start" else {"zh": "流程", "en": "flow"}
        if self.step not in ("", "start"):
            title = steps.titled(work, places.step(work, self.step))
        return {
            "zh": f"修改{quoted(title, 'zh')}的{self.label or '属性'}",
            "en": f"{quoted(title, 'en')}: {self.label or 'property'} changed",
        }

    def english(self, work: Work, path: Path, value: str | None, zh: object) -> None:
        """English where there is Chinese, none where there is none; what the page did not ask for stays."""
        if self.step in ("", "start"):
            return
        if not zh:
            steps.say(work, self.step, path, None)
        elif value is not None:
            steps.say(work, self.step, path, value.strip() or None)


@command("set-step")
class SetStep(OfStep, kw_only=True):
    """One value; an empty one takes the key away."""

    key: str
    value: str = ""
    kind: Literal["text", "number", "flag", "lines", "json"] = "text"
    #: what counts as not written: the default of the language
    default: str = ""

    def run(self, work: Work) -> Text:
        value = None if self.default and self.value == self.default else read_value(work, self.value, self.kind)
        steps.put_step(work, self.step, self.key, value)
        return self.said(work)


@command("set-step-title")
class SetTitle(OfStep, kw_only=True):
    """The title of a step, in both languages."""

    title: str = ""
    english_title: str | None = None

    def run(self, work: Work) -> Text:
        title = self.title.strip()
        steps.put_step(work, self.step, "title", title or None)
        self.english(work, ("title",), self.english_title, title)
        return {"zh": f"节点改名为{quoted(title, 'zh')}", "en": f"Step renamed to {quoted(title, 'en')}"}


@command("set-part-title")
class SetPartTitle(Command):
    """The title of a case or branch, in both languages."""

    part: str
    title: str = ""
    english_title: str | None = None

    def run(self, work: Work) -> Text:
        found, title = steps.part(work, self.part), self.title.strip()
        keys = steps.order("lane" if found.block.kind == "parallel" else "case")
        steps.put(work, found.path, "title", title or None, keys)
        english = self.english_title.strip() if self.english_title else ""
        if title and english:
            before = [part.get("title") for part in steps.parts(work, found.block)[: found.number]]
            there = work.data(ENGLISH, ("flow", "steps", found.block.id, "cases"))
            if (not is_list(there) or len(there) < found.number) and not all(before):
                work.refuse(
                    "英文名称按顺序写：请先给前面各支起名称", "English titles stand in order: give the branches before it titles first"
                )
            for number, words in enumerate(before):
                if not steps.english(work, found.block.id, "cases", number):
                    steps.say(work, found.block.id, ("cases", number), words)
            steps.say(work, found.block.id, ("cases", found.number), english)
        return {"zh": f"分支改名为{quoted(title, 'zh')}", "en": f"Branch renamed to {quoted(title, 'en')}"}


@command("set-step-list")
class SetList(OfStep, kw_only=True):
    """Names that are ticked, or lines."""

    key: str
    values: list[str] = []
    text: str | None = None

    def run(self, work: Work) -> Text:
        values = self.values if self.text is None else self.text.splitlines()
        kept = [value.strip() for value in values if value.strip()]
        if self.key == "phrases":
            for number in range(len(work.data(ENGLISH, ("flow", "steps", self.step, "phrases")) or ()) - 1, len(kept) - 1, -1):
                steps.say(work, self.step, ("phrases", number), None)
        steps.put_step(work, self.step, self.key, kept or None)
        return self.said(work)


@command("set-step-rows")
class SetRows(OfStep, kw_only=True):
    """A mapping, a row for each entry; rows without a name are left out."""

    key: str
    names: list[str] = []
    values: list[str] = []

    def run(self, work: Work) -> Text:
        pairs = zip(self.names, self.values, strict=False)
        rows = {name.strip(): value.strip() for name, value in pairs if name.strip()}
        if len(rows) < len([name for name in self.names if name.strip()]):
            work.refuse("有两行的名称相同", "Two rows have the same name")
        optional = self.key in ("into", "inputs", "outputs", "outcomes")
        steps.put_step(work, self.step, self.key, rows or (None if optional else {}))
        return self.said(work)


# --- who ---


@command("set-who")
class SetWho(OfStep, kw_only=True):
    """Who acts: the terms of one way of naming people, or CEL."""

    key: str = "who"
    way: str = ""
    values: list[str] = []
    cel: str | None = None

    def run(self, work: Work) -> Text:
        if self.way in ("", "cel"):
            text = (self.cel or "").strip()
        elif self.way == who.EVERYONE:
            text = who.EVERYONE
        else:
            there = steps.get(work, self.step, self.key)
            known = who.read(there) if isinstance(there, str) else None
            values = [value.strip() for value in self.values if value.strip()]
            # choosing the way anew keeps what it names already
            if known and not values and all(term.way == self.way for term in known):
                values = [term.value for term in known]
            terms = _terms(work, self.way, values)
            text = who.write(terms)
        self.put(work, text)
        return self.said(work)

    def put(self, work: Work, text: str) -> None:
        if self.key == "give_to":
            steps.put_step(work, "", "nobody", {"give_to": text} if text else None)
        else:
            # who acts is always asked for: an empty one stays to be filled in
            needed = self.key == "who" and not (self.step and self.step != "start" and places.step(work, self.step).kind == "call")
            steps.put_step(work, self.step, self.key, text or ("" if needed else None))


@command("add-who")
class AddWho(SetWho, kw_only=True):
    """More people beside those who are named."""

    def run(self, work: Work) -> Text:
        terms = _named(work, self)
        added = _terms(work, self.way, [value.strip() for value in self.values if value.strip()])
        new = [*terms, *(term for term in added if term not in terms)]
        if new == terms:
            work.refuse("请选要添加的人", "Choose who is added")
        self.put(work, who.write(new))
        return self.said(work)


@command("drop-who")
class DropWho(SetWho, kw_only=True):
    """One of those who are named goes."""

    number: int = 0

    def run(self, work: Work) -> Text:
        terms = _named(work, self)
        if not 0 <= self.number < len(terms):
            work.refuse("没有这一项", "There is no such entry")
        self.put(work, who.write([*terms[: self.number], *terms[self.number + 1 :]]))
        return self.said(work)


def _named(work: Work, wanted: SetWho) -> list[who.Term]:
    there = work.data(FLOW, ("nobody", "give_to")) if wanted.key == "give_to" else steps.get(work, wanted.step, wanted.key)
    if not there:
        return []
    terms = who.read(there) if isinstance(there, str) else None
    if terms is None:
        work.refuse("这里写的是表达式，请直接改表达式", "An expression stands here: change that")
    return terms


def _terms(work: Work, way: str, values: list[str]) -> list[who.Term]:
    known = who.WAYS.get(way)
    if known is None:
        work.refuse(f"没有“{way}”这种办理人", f"There is no such way of naming people: {way}")
    if not known.value:
        return [who.Term(way, "")]
    found: list[who.Term] = []
    for value in values:
        # a page may send "周建国 · zhou-jianguo", as its list of suggestions shows people
        id = value.rpartition("·")[2].strip() if "·" in value else value
        if not re.match(r"\d+\Z" if known.value == "levels" else r"[a-z][a-z0-9_-]*\Z", id):
            work.refuse(f"没有“{value}”，请从列出的里面选", f"There is no “{value}”: choose one of those listed")
        found.append(who.Term(way, id))
    return found


# --- several people, limits ---


@command("set-decide")
class SetDecide(OfStep, kw_only=True):
    """How several people decide."""

    way: str
    votes: str = ""
    abstain: bool = False
    who: list[str] = []
    weight: list[str] = []

    def run(self, work: Work) -> Text:
        value: Any = None if self.way == "any-decision" else self.way
        if self.way == "at_least":
            votes = self.votes.strip() or "2"
            number = int(votes) if votes.isdigit() else votes
            value = {"at_least": number}
            if self.abstain:
                value["abstain"] = True
            weights = [
                {"who": a.strip(), "weight": int(b)}
                for a, b in zip(self.who, self.weight, strict=False)
                if a.strip() and b.strip().isdigit()
            ]
            if weights:
                value["weights"] = weights
        elif self.way in ("random", "round-robin", "least-busy"):
            value = {"one_of": self.way}
        steps.put_step(work, self.step, "decide", value)
        return self.said(work)


def span(work: Work, amount: str, unit: str) -> str:
    """A length of time as the language writes it: "1 working day". Raises Refused."""
    number = amount.strip()
    if not SPAN.match(number):
        work.refuse(f"“{number}”不是时长：写 0 到 9999 的整数", f"“{number}” is no length of time: write a whole number up to 9999")
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"


@command("set-span")
class SetSpan(OfStep, kw_only=True):
    """A length of time: due, for, promise; or until when."""

    key: str
    amount: str = ""
    unit: str = "working hours"
    until: str = ""
    by: str = ""

    def run(self, work: Work) -> Text:
        value: Any = None
        if self.until.strip():
            value = {"until": self.until.strip()}
        elif self.amount.strip():
            value = span(work, self.amount, self.unit)
            if self.by.strip():
                value = {"within": value, "by": self.by.strip()}
        steps.put_step(work, self.step, self.key, value)
        return self.said(work)


@command("set-overdue")
class SetOverdue(OfStep, kw_only=True):
    """What happens when a task is late, a row for each: after how long, what, how often or to whom."""

    amount: list[str] = []
    unit: list[str] = []
    does: list[str] = []
    every: list[str] = []
    every_unit: list[str] = []
    at_most: list[str] = []
    to: list[str] = []

    def run(self, work: Work) -> Text:
        rows = zip(self.amount, self.unit, self.does, self.every, self.every_unit, self.at_most, self.to, strict=False)
        found: list[dict[str, Any]] = []
        for amount, unit, does, every, every_unit, at_most, to in rows:
            if not amount.strip() or does == "":
                continue
            row: dict[str, Any] = {"after": span(work, amount, unit)}
            match does:
                case "remind":
                    row["remind"] = "every " + span(work, every or "1", every_unit)
                    if at_most.strip().isdigit():
                        row["at_most"] = int(at_most)
                case "escalate" | "transfer":
                    row[does] = to.strip() or "deputy_of(applicant.department)"
                case _:
                    row["automatically"] = does
            found.append(row)
        steps.put_step(work, self.step, "overdue", found or None)
        return self.said(work)


# --- actions ---


@command("set-actions")
class SetActions(OfStep, kw_only=True):
    """Actions of the step's own, a row for each; a row without a title is left out."""

    ids: list[str] = []
    titles: list[str] = []
    english_titles: list[str] = []
    to: list[str] = []
    who: list[str] = []
    opinion: list[str] = []
    #: the ids of those that are one vote
    vote: list[str] = []

    def run(self, work: Work) -> Text:
        before = steps.get(work, self.step, "actions")
        found: dict[str, Any] = {}
        rows = zip(self.ids, self.titles, self.english_titles, self.to, self.who, self.opinion, strict=False)
        spoken: dict[str, str] = {}
        for id, title, english, to, by, opinion in rows:
            if not title.strip():
                continue
            id = id.strip() or _action_id([*found, *(before if is_mapping(before) else ())])
            row: dict[str, Any] = {"title": title.strip()}
            how, _, target = to.partition(":")
            if how in ("go", "end") and target:
                row[how] = target
            if by.strip():
                row["who"] = by.strip()
            if opinion and opinion != "optional":
                row["opinion"] = opinion
            if id in self.vote:
                row["vote"] = True
            found[id] = row
            spoken[id] = english
        for id in before if is_mapping(before) else ():
            if id not in found:
                self.english(work, ("actions", id), None, None)
        steps.put_step(work, self.step, "actions", found or None)
        for id, english in spoken.items():
            self.english(work, ("actions", id), english, found[id])
        return self.said(work)


def _action_id(taken: list[str]) -> str:
    number = 1
    while f"action-{number}" in taken:
        number += 1
    return f"action-{number}"


@command("set-buttons")
class SetButtons(OfStep, kw_only=True):
    """What buttons are called, and which there are not."""

    names: list[str] = []
    words: list[str] = []
    english_words: list[str] = []
    #: names of those that there are not
    off: list[str] = []

    def run(self, work: Work) -> Text:
        found: dict[str, Any] = {}
        spoken: dict[str, str] = {}
        for name, words, english in zip(self.names, self.words, self.english_words, strict=False):
            if name in self.off:
                found[name] = False
            elif words.strip():
                found[name] = words.strip()
                spoken[name] = english
        for name in work.data(ENGLISH, ("flow", "steps", self.step, "buttons")) or ():
            if name not in spoken:
                self.english(work, ("buttons", name), None, None)
        steps.put_step(work, self.step, "buttons", found or None)
        for name, english in spoken.items():
            self.english(work, ("buttons", name), english, found[name])
        return self.said(work)


# --- the flow as a whole ---


@command("set-nobody")
class SetNobody(OfStep, kw_only=True):
    """Who is given a task for which nobody is found."""

    value: str
    cel: str = ""

    def run(self, work: Work) -> Text:
        value: Any = (
            {"give_to": self.cel.strip() or "flow-admin"}
            if self.value == "give_to"
            else {"give_to": "flow-admin"}
            if self.value == "flow-admin"
            else self.value
        )
        steps.put_step(work, "", "nobody", value)
        return self.said(work)


@command("set-withdraw")
class SetWithdraw(OfStep, kw_only=True):
    """Until when the applicant may take the case back: until-decided, never, or the id of a step behind "before:"."""

    value: str

    def run(self, work: Work) -> Text:
        how, _, step = self.value.partition(":")
        value: Any = {"before": step} if how == "before" else None if how == "until-decided" else how
        steps.put_step(work, "", "withdraw", value)
        return self.said(work)


@command("set-return")
class SetReturn(OfStep, kw_only=True):
    """What comes after a return."""

    value: Literal["rerun", "direct"]

    def run(self, work: Work) -> Text:
        steps.put_step(work, "", "on_return", {"resume": self.value})
        return self.said(work)
