"""`dabashou prove`: what was proved of each app, in words: the properties with their verdicts, how much was looked at, how long it took."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from builder import proof
from builder.compile import Compiled, compile_workspace
from builder.draft import AppDraft
from forms.diagnostics import width
from forms.texts import Text, say
from workflows.app import App
from workflows.proof import Finding, Property, Verdict

Out = Callable[[str], object]
SIGNS = {"holds": "✓", "fails": "✗", "bounded": "?"}
OUTCOMES: dict[str, Text] = {
    "holds": {"zh": "成立", "en": "holds"},
    "fails": {"zh": "不成立", "en": "does not hold"},
    "bounded": {"zh": "到上限仍没有结论", "en": "not decided within the bound"},
}


class Proved(NamedTuple):
    """What a proof came to, and how long it took."""

    app: App
    verdict: Verdict
    #: seconds
    took: float


def run(path: str | Path, *, english: bool = False, out: Out = print) -> int:
    """Prints what is proved of the apps at ``path``; 1 if something does not hold, or an app is not right otherwise."""
    language = "en" if english else "zh"
    proved, compiled = prove(path)
    for item in proved.values():
        for line in lines(item, language):
            out(line)
    others = [problem for problem in compiled.problems if problem.severity == "error" and problem.code not in proof.codes()]
    if others:
        out(f"{len(others)} problem(s) besides: see dabashou check" if english else f"另有 {len(others)} 个错误，请看 dabashou check")
    whole = sum(all(property.outcome == "holds" for property in item.verdict.properties) for item in proved.values())
    took = sum(item.took for item in proved.values()) * 1000
    if english:
        out(f"{len(proved)} app(s) proved in {took:.1f} ms, {whole} without a remark")
    else:
        out(f"证明了 {len(proved)} 个应用，用时 {took:.1f} 毫秒，其中 {whole} 个没有任何问题")
    return 1 if compiled.errors else 0


def prove(path: str | Path) -> tuple[dict[str, Proved], Compiled]:
    """Every app at ``path`` that is right otherwise, with its verdict, by id."""
    found: dict[str, Proved] = {}

    def timed(draft: AppDraft, app: App) -> Verdict:
        began = perf_counter()
        verdict = proof.check(draft, app)
        found[app.id] = Proved(app, verdict, perf_counter() - began)
        return verdict

    return found, compile_workspace(path, prove=timed)


def lines(proved: Proved, language: str) -> list[str]:
    """A table of the properties of one app, with the findings that deny each."""
    app, verdict, took = proved
    counts = (
        f"{verdict.states} states, {verdict.regions} regions of answers, {took * 1000:.1f} ms"
        if language == "en"
        else f"{verdict.states} 个状态，{verdict.regions} 个取值区域，{took * 1000:.1f} 毫秒"
    )
    found = [f"{say(app.title, language)} ({app.id})  {counts}"]
    wide = max(width(say(property.title, language)) for property in verdict.properties)
    for property in verdict.properties:
        title = say(property.title, language)
        found.append(f"  {SIGNS[property.outcome]} {title}{' ' * (wide - width(title))}  {say(OUTCOMES[property.outcome], language)}")
        found += [row for finding in verdict.findings if denies(finding, property) for row in _said(finding, language)]
    return [*found, ""]


def denies(finding: Finding, property: Property) -> bool:
    return finding.code in property.denials or (finding.code == "proof-bound" and property.outcome == "bounded")


def _said(finding: Finding, language: str) -> list[str]:
    where = f"{finding.at.step or finding.at.field or ''}: ".removeprefix(": ")
    way = [f"        {number}. {say(words, language)}" for number, words in enumerate(finding.witness, 1)]
    return [f"      {where}{say(finding.message, language)} [{finding.code}]", *way]
