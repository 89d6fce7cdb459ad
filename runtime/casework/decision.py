"""The decision panel: what a person may do with a task, what they have typed so far, and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from forms.form import Struct
from forms.texts import Text, say
from workflows.commands import Refusal
from workflows.offers import Offer, Pick

ICONS = {
    "approve": "check",
    "reject": "x",
    "return": "arrow-back-up",
    "complete": "check",
    "claim": "user-check",
    "unclaim": "arrow-back-up",
    "abstain": "minus",
    "answer": "message",
    "others": "users",
}
#: what brings other people in: one sheet offers them all
OTHERS = ("transfer", "delegate", "add-before", "add-after", "add-beside")
#: what each of them means, in a few words
MEANS: dict[str, Text] = {
    "transfer": {"zh": "由对方决定，您不再办理", "en": "They decide; you are done"},
    "delegate": {"zh": "对方给出意见，再由您决定", "en": "They give an opinion, then you decide"},
    "add-before": {"zh": "对方先同意，再由您决定", "en": "They agree first, then you decide"},
    "add-after": {"zh": "您现在同意，再由对方同意", "en": "You approve now, then they do"},
    "add-beside": {"zh": "对方和您一起表决", "en": "They vote beside you"},
}

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
    "others": {
        "zh": ("请别人办", "说明", "确认"),
        "en": ("Bring someone in", "Note", "Confirm"),
    },
    "answer": {
        "zh": ("回复意见", "您的意见", "回复"),
        "en": ("Give an opinion", "Your opinion", "Send"),
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
    #: how others are brought in: one of OTHERS
    way: str = ""
    #: who is brought in
    people: tuple[str, ...] = ()
    #: what is being looked for
    who: str = ""
    #: whom the person chose for the next steps
    picked: dict[str, tuple[str, ...]] = {}
    signature: str = ""
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
            way=form.get("_way", ""),
            people=tuple(dict.fromkeys(words for name, words in pairs if name == "_person" and words)),
            who=form.get("_who", "").strip(),
            picked=picked(pairs),
            signature=form.get("_signature", "").strip()[:20_000],
            fields=[(name, words) for name, words in pairs if not name.startswith("_")],
        )

    def said(self, action: str) -> str:
        """The opinion that goes with ``action``: of its sheet, or else of the bar."""
        return self.opinions.get("others" if action in OTHERS else action) or self.opinion

    @property
    def act(self) -> str:
        """What Act.action takes."""
        return (self.way or "transfer") if self.action == "others" else self.action

    def target(self) -> str | None:
        """Where to return to; or the one person it is given to, if it is one."""
        if self.act == "return":
            return self.to or None
        return self.people[0] if self.act in OTHERS and len(self.people) == 1 else None


#: begins the browser's names of the people chosen for a step
PICK = "_pick."


def picked(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Whom the browser says was chosen, by step."""
    found: dict[str, dict[str, None]] = {}
    for name, person in pairs:
        if name.startswith(PICK) and person:
            found.setdefault(name.removeprefix(PICK), {})[person] = None
    return {step: tuple(people) for step, people in found.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """People to be chosen for a step that follows."""

    step: str
    title: str
    most: int
    #: id, name, whether chosen
    people: tuple[tuple[str, str, bool], ...]
    error: str = ""


def asked(picks: Sequence[Pick], chosen: Mapping[str, tuple[str, ...]], language: str, refusal: Refusal | None = None) -> list[Asked]:
    """What is to be chosen, with what has been."""
    wrong = refusal.fields if refusal and refusal.code == "choose-people" else {}
    return [
        Asked(
            pick.step,
            say(pick.title, language),
            pick.most,
            tuple([(person.person, person.name, person.person in chosen.get(pick.step, ())) for person in pick.people]),
            say(wrong[pick.step], language) if pick.step in wrong else "",
        )
        for pick in picks
    ]


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
    #: how others may be brought in: id, title, what it means
    ways: tuple[tuple[str, str, str], ...] = ()
    way: str = ""
    chosen: tuple[str, ...] = ()


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
    alone = [offer for offer in ordered if offer.id not in OTHERS]
    choices = [_choice(offer, typed, language, refusal, resume) for offer in alone]
    direct = [offer for offer, choice in zip(alone, choices, strict=True) if not choice.sheet and offer.opinion != "none"]
    if others := [offer for id in OTHERS for offer in offers if offer.id == id]:
        choices.insert(0, _others(others, typed, language, refusal, people))
    required = bool(direct) and all(offer.opinion == "required" for offer in direct)
    missing = refusal is not None and refusal.code == "opinion-required" and any(offer.id == typed.action for offer in direct)
    placeholder = {
        True: {"zh": "审批意见（必填）", "en": "Opinion (required)"},
        False: {"zh": "意见（可不填）", "en": "Opinion (optional)"},
    }[required][language]
    error = say(refusal.message, language) if missing and refusal else ""
    return Panel(choices, Bar(bool(direct), required, placeholder, typed.opinion, error))


#: among offers of one style: what is used least stands furthest from the thumb
ORDER = {"unclaim": 0, "return": 2}


def _others(
    offers: Sequence[Offer], typed: Typed, language: str, refusal: Refusal | None, people: Sequence[tuple[str, str, str]]
) -> Choice:
    """The sheet that brings other people in."""
    heading, reason, confirm = WORDS["others"][language]
    wrong = refusal if typed.act in OTHERS else None
    message = say(wrong.message, language) if wrong else ""
    return Choice(
        id="others",
        title=_brings(offers, language),
        icon=ICONS["others"],
        look="plain",
        sheet=True,
        open=typed.action == "find" or wrong is not None,
        heading=heading,
        reason=reason,
        confirm=confirm,
        required=False,
        words=typed.opinions.get("others", ""),
        error=message if wrong and wrong.code == "opinion-required" else "",
        to_error=message if wrong and wrong.code in ("bad-target", "self-approval", "already-there") else "",
        query=typed.who,
        people=tuple(people),
        ways=tuple((offer.id, say(offer.title, language), say(MEANS[offer.id], language)) for offer in offers),
        way=typed.way or offers[0].id,
        chosen=typed.people,
    )


def _brings(offers: Sequence[Offer], language: str) -> str:
    """The button of the sheet, short enough for a phone."""
    if language != "zh":
        return "Others"
    return "转办·加签" if any(offer.id.startswith("add-") for offer in offers) else "转办"


def _choice(offer: Offer, typed: Typed, language: str, refusal: Refusal | None, resume: str) -> Choice:
    title = say(offer.title, language)
    sheet = offer.id in WORDS or (offer.opinion == "required" and offer.id not in ("approve", "complete"))
    look = "plain" if offer.id in ("return", "unclaim") else offer.style
    if not sheet:
        return Choice(offer.id, title, ICONS.get(offer.id, "check" if offer.style == "primary" else "arrow-forward-up"), look, False)
    reason, confirm = OWN[language]
    heading, reason, confirm = WORDS[offer.id][language] if offer.id in WORDS else (title, reason, confirm)
    wrong = refusal if typed.action == offer.id else None
    message = say(wrong.message, language) if wrong else ""
    return Choice(
        id=offer.id,
        title=title,
        icon=ICONS.get(offer.id, "arrow-forward-up"),
        look=look,
        sheet=True,
        open=wrong is not None,
        heading=heading,
        reason=reason,
        confirm=confirm,
        required=offer.opinion == "required",
        words=typed.opinions.get(offer.id, ""),
        error=message if wrong and wrong.code == "opinion-required" else "",
        targets=tuple((id, say(words, language)) for id, words in offer.targets),
        to=typed.to or (offer.targets[0][0] if offer.targets else ""),
        to_error=message if wrong and wrong.code == "bad-target" else "",
        resume=typed.resume or resume,
    )


def summary(refusal: Refusal | None, labels: Mapping[str, str], language: str) -> list[tuple[str, str, str]]:
    """The wrong fields for the summary on top: id of the input, label, what is wrong."""
    if refusal is None:
        return []
    return [(path, labels.get(path.split(".")[0], path), say(words, language)) for path, words in refusal.fields.items()]
