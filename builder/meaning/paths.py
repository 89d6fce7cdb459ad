"""Ways through a flow that pass nobody's approval, or not a certain one: what a reviewer must never find out afterwards."""

from collections.abc import Callable
from typing import NamedTuple

from forms.texts import LANGUAGES, Text, say
from workflows.app import Approve, Branch, End, Handle, Inclusive, Parallel, Step
from workflows.program import START, Block, Place, Program

#: turns on a way: which case of which branch, which own action, whose silence
Turns = tuple[Text, ...]


class Way(NamedTuple):
    """How a stretch of the flow is left: "on" below it, "end" with approval, or at a step by an own action; and the turns up to there."""

    to: str
    turns: Turns


def bare(program: Program, skips: Callable[[Step], bool]) -> Turns | None:
    """The turns of a way from the start to an approved end that passes no step for which ``skips`` holds; None: there is none."""
    seen: set[str] = set()
    ahead: list[tuple[Place, Turns]] = [(Place(program.flow, 0), ())]
    while ahead:
        place, turns = ahead.pop(0)
        for way in _from(program, place, skips):
            if way.to in ("on", "end"):
                return (*turns, *way.turns)
            if way.to not in seen and way.to != START:
                seen.add(way.to)
                ahead.append((program.places[way.to], (*turns, *way.turns)))
    return None


def without_approval(program: Program) -> Turns | None:
    """A way on which nobody approves."""
    return bare(program, lambda step: isinstance(step, Approve))


def without(program: Program, step: str) -> Turns | None:
    """A way that does not pass ``step``."""
    return bare(program, lambda other: other.id == step)


def _from(program: Program, place: Place, skips: Callable[[Step], bool]) -> list[Way]:
    """The ways from ``place`` out of all blocks around it."""
    ways = _through(program, place.block, skips, place.at)
    around = place.block.around
    if around is None:
        return ways
    found: list[Way] = []
    for way in ways:
        if way.to != "on":
            found.append(way)
        else:
            found += [Way(on.to, (*way.turns, *on.turns)) for on in _from(program, around.after(), skips)]
    return found


def _through(program: Program, block: Block, skips: Callable[[Step], bool], at: int = 0) -> list[Way]:
    """The ways through ``block``; of those that end alike only the first."""
    on: Turns | None = ()
    found: dict[str, Way] = {}
    for step in block.steps[at:]:
        assert on is not None
        ways = _step(program, step, skips)
        for way in ways:
            if way.to != "on":
                found.setdefault(way.to, Way(way.to, (*on, *way.turns)))
        further = next((way for way in ways if way.to == "on"), None)
        on = (*on, *further.turns) if further else None
        if on is None:
            break
    if on is not None:
        found.setdefault("on", Way("on", on))
    return list(found.values())


def _step(program: Program, step: Step, skips: Callable[[Step], bool]) -> list[Way]:
    match step:
        case Approve() | Handle():
            silent = next((entry for entry in step.overdue if entry.automatically in ("approve", "complete")), None)
            if skips(step):
                return [Way("on", (_silence(step),))] if silent and isinstance(step, Approve) else []
            return _acts(step)
        case Branch() | Inclusive():
            ways = [
                Way(way.to, (_case(step, number), *way.turns))
                for number in range(len(step.cases))
                for way in _through(program, program.blocks[step.id, number], skips)
            ]
            if all(case.when is not None for case in step.cases):
                ways.append(Way("on", (_no_case(step),)))
            return ways
        case Parallel():
            lanes = [_through(program, program.blocks[step.id, number], skips) for number in range(len(step.branches))]
            ways = [way for lane in lanes for way in lane if way.to != "on"]
            through = [next((way for way in lane if way.to == "on"), None) for lane in lanes]
            if all(through):
                ways.append(Way("on", tuple(turn for way in through if way for turn in way.turns)))
            return ways
        case End():
            return [Way("end", ())] if step.outcome not in ("rejected", "withdrawn") else []
        case _:
            return [Way("on", ())]


def _acts(step: Approve | Handle) -> list[Way]:
    """How the people of a step let the case go on."""
    ways: list[Way] = []
    plain = [action for action in step.actions if action.go is None and action.end is None]
    if isinstance(step, Approve) or not step.actions or plain:
        ways.append(Way("on", ()))
    for action in step.actions:
        turn = {language: _by_action(step, say(action.title, language), language) for language in LANGUAGES}
        if action.go is not None:
            ways.append(Way(action.go, (turn,)))
        elif action.end is not None and action.end not in ("rejected", "withdrawn"):
            ways.append(Way("end", (turn,)))
    return ways


def _by_action(step: Approve | Handle, action: str, language: str) -> str:
    title = say(step.title, language)
    return f"“{title}”选“{action}”" if language == "zh" else f"“{action}” at “{title}”"


def _silence(step: Approve | Handle) -> Text:
    return {"zh": f"“{say(step.title, 'zh')}”超时自动同意", "en": f"“{say(step.title, 'en')}” approves by itself when it is late"}


def _case(step: Branch | Inclusive, number: int) -> Text:
    case = step.cases[number]
    title = case.title or ({"zh": "其他", "en": "otherwise"} if case.when is None else {"zh": case.when})
    return {
        "zh": f"“{say(step.title, 'zh')}”走“{say(title, 'zh')}”",
        "en": f"“{say(title, 'en')}” at “{say(step.title, 'en')}”",
    }


def _no_case(step: Branch | Inclusive) -> Text:
    return {"zh": f"“{say(step.title, 'zh')}”各种情形都不符合", "en": f"no case of “{say(step.title, 'en')}” holds"}


def said(turns: Turns) -> Text:
    """A way in words."""
    if not turns:
        return {"zh": "每一份申请", "en": "every case"}
    return {"zh": " → ".join(say(turn, "zh") for turn in turns), "en": " → ".join(say(turn, "en") for turn in turns)}
