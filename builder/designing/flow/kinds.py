"""The kinds of steps as the designer shows them, and what a new one says."""

from collections.abc import Callable
from typing import Any, NamedTuple

from builder.flow_file import KINDS, TITLES
from forms.texts import Text


class Kind(NamedTuple):
    """A kind of step."""

    id: str
    title: Text
    icon: str
    #: of its picture: ap people decide, hd people work, cc copies, br blocks, sys no people
    look: str
    #: for whoever chooses one
    help: Text
    #: what a new one says behind its id
    blank: Callable[[], dict[str, Any]]


def _text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


HEAD = "head_of(applicant.department)"


def _approvals() -> list[Any]:
    return [{"steps": [{"approve": "", "who": HEAD}]}, {"steps": [{"approve": "", "who": HEAD}]}]


_SHOWN: dict[str, tuple[str, str, Text, Callable[[], dict[str, Any]]]] = {
    "approve": ("user-check", "ap", _text("同意、不同意或退回", "Approve, reject or return"), lambda: {"who": HEAD}),
    "handle": ("clipboard-check", "hd", _text("办一件事，办完为止，不否决", "Work that is completed, without a veto"), lambda: {"who": HEAD}),
    "notify": ("send", "cc", _text("给人看，不等他", "For people to know; nobody waits for them"), lambda: {"who": HEAD}),
    "branch": ("git-fork", "br", _text("按条件走其中一支", "One way, by conditions"), lambda: {"cases": [{"when": ""}, {"otherwise": None}]}),
    "parallel": ("arrows-split-2", "br", _text("几支同时走，都办完才继续", "All at once, until every one has finished"), lambda: {"branches": _approvals()}),
    "inclusive": ("git-branch", "br", _text("凡条件成立的几支都走", "Every way whose condition holds"), lambda: {"cases": [{"when": ""}, {"otherwise": None}]}),
    "wait": ("hourglass", "sys", _text("等一段时间、到一天，或等消息", "For a time, until a day, or for a message"), lambda: {"for": "1 working day"}),
    "set": ("variable", "sys", _text("由系统填字段", "The system fills in fields"), lambda: {"answers": {}}),
    "issue": ("rubber-stamp", "sys", _text("取一个不跳号的文号", "A number without gaps"), lambda: {"into": "", "number": "〔{date:%Y}〕{seq:1}号"}),
    "send": ("world", "sys", _text("告诉另一个系统，不等它", "Another system is told; nothing is waited for"), lambda: {"to": ""}),
    "call": ("sitemap", "sys", _text("发起另一个应用的申请", "Starts a case of another app"), lambda: {"app": ""}),
    "end": ("flag", "sys", _text("到这里就结束", "The case ends here"), dict),
}  # fmt: skip

#: in the order in which they are offered
ALL: dict[str, Kind] = {id: Kind(id, TITLES[id], icon, look, help, blank) for id, (icon, look, help, blank) in _SHOWN.items()}
assert set(ALL) == set(KINDS)

#: kinds that people act in
HUMAN = frozenset({"approve", "handle"})
#: kinds that hold parts: the key of their list
PARTS = {"branch": "cases", "inclusive": "cases", "parallel": "branches"}
