"""The sentences of a change as a reviewer reads them, and as tools do."""

from collections.abc import Sequence
from typing import Any

from builder.meaning.change import GRADES, RISKS, Change, Effect
from forms.diagnostics import Place
from forms.texts import LANGUAGES, Text, say

#: of the JSON; it grows by new keys, and counts up when an old one changes
FORMAT = 1
NOTHING: Text = {"zh": "含义没有变化", "en": "Nothing changed in meaning"}


def lines(changes: Sequence[Change], language: str) -> list[str]:
    """The riskiest first, each with its places in both versions."""
    if not changes:
        return [say(NOTHING, language)]
    shown: list[str] = []
    grade = None
    for change in changes:
        if change.grade != grade:
            grade = change.grade
            shown.append(f"【{say(GRADES[grade], language)}】" if language == "zh" else f"[{say(GRADES[grade], language)}]")
        about = f"{change.app} · " if change.app else ""
        risk = say(RISKS[change.risk], language)
        shown.append(f"  {about}{say(change.words, language)}" + (f"（{risk}）" if language == "zh" else f" ({risk})"))
        places = " → ".join(_place(place) for place in (change.old, change.new) if place)
        if places:
            shown.append(f"      {places}")
    shown.append(summary(changes, language))
    return shown


def summary(changes: Sequence[Change], language: str) -> str:
    counts = {grade: sum(change.grade == grade for change in changes) for grade in GRADES}
    parts = [f"{say(words, language)} {counts[grade]}" for grade, words in GRADES.items() if counts[grade]]
    return f"共 {len(changes)} 处：{'，'.join(parts)}" if language == "zh" else f"{len(changes)} in all: {', '.join(parts)}"


def data(changes: Sequence[Change]) -> dict[str, Any]:
    """For tools: every sentence with what it is made of."""
    return {
        "format": FORMAT,
        "counts": {grade: sum(change.grade == grade for change in changes) for grade in GRADES},
        "changes": [_change(change) for change in changes],
    }


def _change(change: Change) -> dict[str, Any]:
    found: dict[str, Any] = {
        "grade": change.grade,
        "risk": change.risk,
        "kind": change.kind,
        "app": change.app,
        "subject": change.subject,
        "property": change.prop or None,
        "sentence": dict(change.words),
        "before": dict(change.before) if change.before else None,
        "after": dict(change.after) if change.after else None,
        "gained": _names(change.effects, "gained"),
        "lost": _names(change.effects, "lost"),
        "example": None,
        "old": _at(change.old),
        "new": _at(change.new),
    }
    if change.example:
        e = change.example
        found["example"] = {"answers": e.answers, "before": dict(e.before), "after": dict(e.after)}
    return found


def _names(effects: Sequence[Effect], side: str) -> list[dict[str, str]]:
    return [{language: say(name, language) for language in LANGUAGES} for effect in effects for name in getattr(effect, side)]


def _at(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line, "column": place.column} if place else None


def _place(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"
