"""The decision panel: what a person may do with a task, what they have typed so far, and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from forms.form import Struct
from forms.texts import say
from workflows.commands import Refusal
from workflows.offers import Offer

ICONS = {"approve": "check", "reject": "x", "return": "arrow-back-up", "transfer": "arrows-exchange", "complete": "check"}

#: heading of the sheet, label of its opinion, words of its button
WORDS = {
    "reject": {
        "zh": ("不同意这份申请", "不同意的理由", "确认不同意"),
        "en": ("Reject this application", "Reason", "Reject"),
    },
    "return": {
        "zh": ("退回申请", "退回原因", "确认退回"),
        "en": ("Return the application", "Reason", "Return"),
    },
    "transfer": {
        "zh": ("转办给别人", "转办说明", "确认转办"),
        "en": ("Transfer to someone else", "Note", "Transfer"),
    },
}
OWN = {"zh": ("意见", "确认"), "en": ("Opinion", "Confirm")}


class Typed(Struct):
    """What the person has typed in the panel; kept when the decision is refused and when the session has expired."""

    action: str = ""
    opinion: str = ""
    #: action to the opinion in its own sheet
    opinions: dict[str, str] = {}
    to: str = ""
    resume: str = ""
    person: str = ""
    #: what is being looked for to transfer to
    who: str = ""
    #: browser names to the texts of the fields that the step may edit
    fields: list[tuple[str, str]] = []

    @classmethod
    def read(cls, pairs: Sequence[tuple[str, str]]) -> "Typed":
        """From the fields of the decision form."""
        form = dict(pairs)
        return cls(
            action=form.get("_action", ""),
            opinion=form.get("_opinion", "").strip(),
            opinions={name[9:]: words.strip() for name, words in pairs if name.startswith("_opinion.") and words.strip()},
            to=form.get("_to", ""),
            resume=form.get("_resume", ""),
            person=form.get("_person", ""),
            who=form.get("_who", "").strip(),
            fields=[(name, words) for name, words in pairs if not name.startswith("_")],
        )

    def said(self, action: str) -> str:
        """The opinion that goes with ``action``: of its sheet, or else of the bar."""
        return self.opinions.get(action) or self.opinion

    def target(self, action: str) -> str | None:
        chosen = {"return": self.to, "transfer": self.person}.get(action)
        return chosen or None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done, as the panel shows it: a button, or a button that opens a sheet."""

    id: str
    title: str
    icon: str
    #: primary, danger, plain or default
    look: str
    sheet: bool
    open: bool = False
    heading: str = ""
    reason: str = ""
    confirm: str = ""
    required: bool = False
    words: str = ""
    error: str = ""
    targets: tuple[tuple[str, str], ...] = ()
    to: str = ""
    to_error: str = ""
    resume: str = ""
    query: str = ""
    people: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """The opinion beside the buttons."""

    shown: bool
    required: bool
    placeholder: str
    words: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """All of it."""

    choices: list[Choice] = field(default_factory=list[Choice])
    bar: Bar = Bar(False, False, "", "")


def panel(
    offers: Sequence[Offer],
    typed: Typed,
    language: str,
    refusal: Refusal | None = None,
    people: Sequence[tuple[str, str, str]] = (),
    resume: str = "rerun",
) -> Panel:
    """The panel for ``offers``, the main action last, with what was typed and what was wrong with it."""
    ordered = sorted(offers, key=lambda offer: ({"default": 0, "danger": 1, "primary": 2}[offer.style], ORDER.get(offer.id, 1)))
    choices = [_choice(offer, typed, language, refusal, people, resume) for offer in ordered]
    direct = [offer for offer, choice in zip(ordered, choices, strict=True) if not choice.sheet and offer.opinion != "none"]
    required = bool(direct) and all(offer.opinion == "required" for offer in direct)
    missing = refusal is not None and refusal.code == "opinion-required" and any(offer.id == typed.action for offer in direct)
    placeholder = {
        True: {"zh": "审批意见（必填）", "en": "Opinion (required)"},
        False: {"zh": "意见（可不填）", "en": "Opinion (optional)"},
    }[required][language]
    error = say(refusal.message, language) if missing and refusal else ""
    return Panel(choices, Bar(bool(direct), required, placeholder, typed.opinion, error))


#: among offers of one style: what is used least stands furthest from the thumb
ORDER = {"transfer": 0, "return": 2}


def _choice(
    offer: Offer, typed: Typed, language: str, refusal: Refusal | None, people: Sequence[tuple[str, str, str]], resume: str
) -> Choice:
    title = say(offer.title, language)
    sheet = offer.id in WORDS or (offer.opinion == "required" and offer.id not in ("approve", "complete"))
    look = "plain" if offer.id in ("return", "transfer") else offer.style
    if not sheet:
        return Choice(offer.id, title, ICONS.get(offer.id, "check" if offer.style == "primary" else "arrow-forward-up"), look, False)
    reason, confirm = OWN[language]
    heading, reason, confirm = WORDS[offer.id][language] if offer.id in WORDS else (title, reason, confirm)
    chosen = typed.action == offer.id or (typed.action == "find" and offer.id == "transfer")
    wrong = refusal if chosen else None
    message = say(wrong.message, language) if wrong else ""
    return Choice(
        id=offer.id,
        title=title,
        icon=ICONS.get(offer.id, "arrow-forward-up"),
        look=look,
        sheet=True,
        open=(chosen and typed.action == "find") or wrong is not None,
        heading=heading,
        reason=reason,
        confirm=confirm,
        required=offer.opinion == "required",
        words=typed.opinions.get(offer.id, ""),
        error=message if wrong and wrong.code == "opinion-required" else "",
        targets=tuple((id, say(words, language)) for id, words in offer.targets),
        to=typed.target(offer.id) or (offer.targets[0][0] if offer.targets else ""),
        to_error=message if wrong and wrong.code in ("bad-target", "self-approval", "already-there") else "",
        resume=typed.resume or resume,
        query=typed.who if offer.id == "transfer" else "",
        people=tuple(people) if offer.id == "transfer" else (),
    )


def summary(refusal: Refusal | None, labels: Mapping[str, str], language: str) -> list[tuple[str, str, str]]:
    """The wrong fields for the summary on top: id of the input, label, what is wrong."""
    if refusal is None:
        return []
    return [(path, labels.get(path.split(".")[0], path), say(words, language)) for path, words in refusal.fields.items()]
