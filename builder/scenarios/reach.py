"""Which steps, cases of branches and actions of a flow its scenarios have reached: what none of them tries nobody has tried."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from builder.meaning.version import Version
from builder.scenarios.running import Run
from forms.diagnostics import Place, shown
from forms.texts import Text, say
from workflows.app import App, Approve, Branch, End, Handle, Inclusive, walk
from workflows.events import Changed, Closed, Copied, Entered, Event, Forked, Took
from workflows.unattended import Called, Issued, Sent, Waiting

#: step, kind ("step", "case", "action"), and which case or action
Point = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the scenarios of the workspace reach of one app."""

    app: str
    points: tuple[Point, ...]
    missed: tuple[Point, ...]
    #: in words, and where it stands
    words: dict[Point, Text]
    places: dict[Point, Place]

    @property
    def percent(self) -> float:
        return 100.0 if not self.points else 100 * (1 - len(self.missed) / len(self.points))

    def counted(self, kind: str) -> tuple[int, int]:
        """Of this kind: reached, and there are."""
        points = [point for point in self.points if point[1] == kind]
        return len(points) - sum(point[1] == kind for point in self.missed), len(points)

    def data(self) -> dict[str, Any]:
        """For tools."""
        return {
            "app": self.app,
            "percent": round(self.percent, 1),
            "missed": [
                {"step": step, "kind": kind, "name": name, "place": shown(self.places[step, kind, name]) if (step, kind, name) in self.places else None}
                for step, kind, name in self.missed
            ],
        }  # fmt: skip


def measure(version: Version, runs: Sequence[Run]) -> list[Coverage]:
    """The coverage of every app of the workspace that compiled; in their order."""
    events: dict[str, list[Event]] = {}
    for run in runs:
        for app, facts in run.cases:
            events.setdefault(app, []).extend(facts)
    return [_of(version, app, events.get(app, [])) for app in version.compiled.apps]


def _of(version: Version, app: str, events: Iterable[Event]) -> Coverage:
    named = points(version.compiled.apps[app])
    reached = set(_reached(events))
    missed = tuple(point for point in named if point not in reached)
    places = {point: place for point in missed if (place := _place(version, app, point))}
    return Coverage(app, tuple(named), missed, named, places)


def _place(version: Version, app: str, point: Point) -> Place | None:
    step, kind, name = point
    if kind == "case":
        return version.step_place(app, step, "cases", int(name))
    return version.step_place(app, step, *(("actions", name) if kind == "action" else ()))


def points(app: App) -> dict[Point, Text]:
    """All there is to reach, in words."""
    found: dict[Point, Text] = {}
    for step in walk(app.flow.steps):
        zh, en = f"“{say(step.title, 'zh')}”", f"“{say(step.title, 'en')}”"
        if not isinstance(step, Branch | End):
            found[step.id, "step", ""] = {"zh": f"步骤{zh}", "en": f"step {en}"}
        if isinstance(step, Branch | Inclusive):
            for number, case in enumerate(step.cases):
                title = case.title or {"zh": case.when or "其他", "en": case.when or "otherwise"}
                found[step.id, "case", str(number)] = {
                    "zh": f"{zh}的情形“{say(title, 'zh')}”",
                    "en": f"case “{say(title, 'en')}” of {en}",
                }
        if isinstance(step, Approve | Handle):
            for action in step.actions:
                found[step.id, "action", action.id] = {
                    "zh": f"{zh}的操作“{say(action.title, 'zh')}”",
                    "en": f"action “{say(action.title, 'en')}” of {en}",
                }
    return found


def _reached(events: Iterable[Event]) -> Iterable[Point]:
    for event in events:
        match event.fact:
            case Entered(step=step) | Copied(step=step) | Waiting(step=step) | Called(step=step) | Issued(step=step) | Sent(step=step):
                yield step, "step", ""
            case Changed(step=step):
                yield step, "step", ""
            case Took(branch=branch, case=case) if case is not None:
                yield branch, "case", str(case)
            case Forked(parallel=parallel, taken=taken):
                yield parallel, "step", ""
                yield from ((parallel, "case", str(number)) for number in taken or ())
            case Closed(step=step, how=how):
                yield step, "action", how
            case _:
                pass


def lines(found: Sequence[Coverage], language: str) -> list[str]:
    """A line for each app, and below it what no scenario reaches, with its place."""
    zh = language == "zh"
    rows: list[str] = []
    for coverage in found:
        counts = [coverage.counted(kind) for kind in ("step", "case", "action")]
        words = ("步骤", "分支", "操作") if zh else ("steps", "cases", "actions")
        parts = [f"{word} {got}/{there}" for word, (got, there) in zip(words, counts, strict=True) if there]
        rows.append(f"{coverage.percent:5.1f}%  {coverage.app}  {'  '.join(parts)}")
        for point in coverage.missed:
            place = f"{shown(coverage.places[point])}: " if point in coverage.places else ""
            rows.append(f"        {place}{'没有场景走到' if zh else 'no scenario reaches '}{say(coverage.words[point], language)}")
    return rows
