"""What a line of the record is made of, and who tells it to whom: shared by the words for each fact and by the record itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache

from forms.form import Form
from forms.texts import Text, say
from runtime.casework import sheet
from runtime.casework.moments import moment
from workflows.app import Step

TONES = ("", "g", "v", "o")

#: how a task was closed: words, tone of the chip, icon
HOW: dict[str, tuple[Text, str, str]] = {
    "approve": ({"zh": "同意", "en": "Approved"}, "ok", "check"),
    "reject": ({"zh": "不同意", "en": "Rejected"}, "bad", "x"),
    "return": ({"zh": "退回", "en": "Returned"}, "warn", "arrow-back-up"),
    "complete": ({"zh": "办理完成", "en": "Completed"}, "ok", "check"),
    "submit": ({"zh": "重新提交", "en": "Submitted again"}, "", "send"),
    "transfer": ({"zh": "转办", "en": "Transferred"}, "info", "arrows-exchange"),
    "abstain": ({"zh": "弃权", "en": "Abstained"}, "", "minus"),
    "delegate": ({"zh": "委派", "en": "Delegated"}, "info", "arrows-exchange"),
    "answer": ({"zh": "回复意见", "en": "Gave an opinion"}, "info", "message"),
    "add-before": ({"zh": "前加签", "en": "Added people before"}, "info", "users"),
    "unclaim": ({"zh": "放回", "en": "Put back"}, "", "arrow-back-up"),
    "hand-over": ({"zh": "离职交接", "en": "Handed over"}, "info", "arrows-exchange"),
}

OUTCOMES: dict[str, tuple[Text, str]] = {
    "approved": ({"zh": "已通过", "en": "Approved"}, "ok"),
    "rejected": ({"zh": "未通过", "en": "Rejected"}, "bad"),
    "withdrawn": ({"zh": "已撤销", "en": "Withdrawn"}, ""),
    "terminated": ({"zh": "已终止", "en": "Terminated"}, "bad"),
    "caller-gone": ({"zh": "已随主申请取消", "en": "Cancelled with its caller"}, ""),
}
OPEN: Text = {"zh": "办理中", "en": "In progress"}


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that someone changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record. ``quiet``: the system did it, or it only follows from the entry before."""

    when: str
    #: the person, or the words of a quiet entry
    who: str
    chip: str = ""
    tone: str = ""
    icon: str = ""
    #: step, time and length of time, joined for the small line
    meta: str = ""
    quote: str = ""
    #: the name that was typed, or the strokes of the hand as an SVG path
    signature: str = ""
    changes: tuple[Change, ...] = ()
    quiet: bool = False
    initial: str = ""
    shade: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling needs: the definition, the reader, the clock on the wall."""

    steps: Mapping[str, Step]
    form: Form
    outcomes: Mapping[str, Text]
    reader: sheet.Reader
    me: str
    now: datetime
    zone: tzinfo
    #: fields that the reader does not see
    hidden: frozenset[str] = frozenset()
    #: words of steps that only an earlier release has
    bygone: Mapping[str, Text] = field(default_factory=dict[str, Text])

    def word(self, zh: str, en: str) -> str:
        return zh if self.reader.language == "zh" else en

    def step(self, step: str) -> str:
        if step == "start":
            return self.word("发起人", "Applicant")
        found = self.steps.get(step)
        if found is None:
            return say(self.bygone[step], self.reader.language) if step in self.bygone else step
        return say(found.title, self.reader.language)

    def at(self, at: datetime) -> str:
        return moment(at, self.now, self.zone, self.reader.language)

    def name(self, person: str | None, name: str) -> str:
        return name + self.word("（您）", " (you)") if person == self.me else name


def outcome(app_outcomes: Mapping[str, Text], outcome: str | None, language: str) -> tuple[str, str]:
    """Words and tone of where a case stands; None is still open."""
    if outcome is None:
        return say(OPEN, language), "info"
    if outcome in app_outcomes:
        return say(app_outcomes[outcome], language), "info"
    text, tone = OUTCOMES.get(outcome, ({"zh": outcome}, ""))
    return say(text, language), tone


@lru_cache(4096)
def shade(name: str) -> str:
    """The colour of a person's initial: the same everywhere for the same name."""
    return TONES[sum(map(ord, name)) % len(TONES)]
