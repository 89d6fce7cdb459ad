"""What a change does to cases under way: how many stand where, which go on under the new version, and what somebody has to decide first."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from builder.meaning.version import Version
from builder.publishing import Console
from forms.texts import LANGUAGES, Text, say
from runtime.casework import moving
from runtime.casework.moving import Trial
from workflows.app import walk
from workflows.moving import Moved
from workflows.moving_plan import NOTHING, Plan

#: case numbers that are named; the rest is counted
NAMED = 5


def tried(new: Version, console: Console, plans: Mapping[str, Plan]) -> dict[str, Trial]:
    """Every app of ``new`` with open cases on another release, each of them tried under the new one. Changes nothing."""
    found = {
        app: console.database.read_now(moving.try_out, console, new.program(app), plans.get(app, NOTHING)) for app in new.compiled.apps
    }
    return {app: trial for app, trial in found.items() if trial.cases}


def lines(old: Version, new: Version, trials: Mapping[str, Trial], language: str) -> list[str]:
    """For people: each app with its cases, what keeps some of them, and what others are past already."""
    zh = language == "zh"
    shown = ["【在办申请】" if zh else "[running cases]"]
    if not trials:
        shown.append("  没有受影响的在办申请" if zh else "  none is affected")
    for app, trial in trials.items():
        titles = {id: f"“{say(title, language)}”" for id, title in _steps(old, new, app).items()}
        at = [f"{titles.get(step, step)} {number} 件" if zh else f"{titles.get(step, step)} {number}" for step, number in _at(trial)]
        where = "、".join(at) if zh else ", ".join(at)
        shown.append(
            f"  {app} · 在办 {len(trial.cases)} 件（{where}）：{trial.move} 件可以随新版本办下去，{trial.stay} 件不能自动换"
            if zh
            else f"  {app} · {len(trial.cases)} open ({where}): {trial.move} can go on under the new version, {trial.stay} cannot by themselves"
        )
        for reason, number in trial.reasons():
            choices = f"  → {reason.about}.{reason.of}: {' | '.join(reason.choices)}" if reason.choices else ""
            numbers = _numbers(trial, reason.code, reason.of)
            shown.append(
                f"      需要决定：{say(reason.message, language)}（{number} 件：{numbers}）{choices}"
                if zh
                else f"      to decide: {say(reason.message, language)} ({number}: {numbers}){choices}"
            )
        for step, number in _passed(trial):
            title = titles.get(step, step)
            shown.append(
                f"      {number} 件已经走过，不会再经过新的{title}"
                if zh
                else f"      {number} are past the new {title} and will not go through it"
            )
    return shown


def data(old: Version, new: Version, trials: Mapping[str, Trial]) -> dict[str, Any]:
    """For tools."""
    return {
        app: {
            "open": len(trial.cases),
            "at": {step: {"cases": number, "title": _both(old, new, app, step)} for step, number in _at(trial)},
            "move": trial.move,
            "stay": trial.stay,
            "decide": [
                {
                    "about": reason.about,
                    "of": reason.of,
                    "code": reason.code,
                    "message": dict(reason.message),
                    "choices": list(reason.choices),
                    "cases": [case.number for case in _kept(trial, reason.code, reason.of)],
                }
                for reason, _ in trial.reasons()
            ],
            "past": dict(_passed(trial)),
        }
        for app, trial in trials.items()
    }


def _at(trial: Trial) -> list[tuple[str, int]]:
    return sorted(trial.at().items(), key=lambda item: (-item[1], item[0]))


def _kept(trial: Trial, code: str, of: str) -> list[moving.Tried]:
    """The cases that wait for one decision."""
    return [
        case
        for case in trial.cases
        if not isinstance(case.result, Moved) and any((reason.code, reason.of) == (code, of) for reason in case.result.reasons)
    ]


def _numbers(trial: Trial, code: str, of: str) -> str:
    kept = [case.number for case in _kept(trial, code, of)]
    return ", ".join(kept[:NAMED]) + (" …" if len(kept) > NAMED else "")


def _passed(trial: Trial) -> list[tuple[str, int]]:
    """New steps that lie behind cases already."""
    return Counter(step for case in trial.cases if isinstance(case.result, Moved) for step in case.result.passes_by).most_common()


def _steps(old: Version, new: Version, app: str) -> dict[str, Text]:
    """Steps as people know them: in the words of before where they were there."""
    found: dict[str, Text] = {"start": {"zh": "申请人", "en": "the applicant"}}
    for version in (new, old):
        if app in version.compiled.apps:
            found |= {step.id: step.title for step in walk(version.compiled.apps[app].flow.steps)}
    return found


def _both(old: Version, new: Version, app: str, step: str) -> dict[str, str] | None:
    title = _steps(old, new, app).get(step)
    return {language: say(title, language) for language in LANGUAGES} if title else None
