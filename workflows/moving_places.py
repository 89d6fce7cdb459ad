"""Where a running case stands under the flow of another release: its open steps, the parallels around them, what lies behind it; a part
of workflows.moving.

A marking is sound if every block holds one place, and a parallel one in each lane that has not finished. Only such a marking can go
on; which lanes have finished is known by the steps they share with the lanes of before.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from forms.texts import Text, say
from workflows import timing
from workflows.app import Approve, Branch, Call, Handle, Inclusive, Parallel, Step, Wait, walk
from workflows.case import Case, Still, Visit
from workflows.effects import Timer
from workflows.moving_plan import NO_STEP, Code, Plan, Reason, StepPlan
from workflows.program import START, Block, Program

Chosen = dict[str, tuple[int, ...]]


class Places(NamedTuple):
    """What becomes of the places, by the ids of now but for ``leaves`` and ``unreturned``."""

    #: where the case stands from now on, those in ``enters`` among it
    here: frozenset[str]
    leaves: tuple[str, ...]
    enters: tuple[str, ...]
    executed: tuple[str, ...]
    taken: dict[str, int | None]
    chosen: Chosen
    lanes: Chosen
    timers: tuple[Timer, ...] | None
    #: steps from which the case does not go straight back any more
    unreturned: tuple[str, ...]
    reasons: tuple[Reason, ...]
    #: the plan keeps such a case where it is
    stays: bool


class Unsound(Exception):
    """The places do not make a marking: ``block`` is where, ``held`` are those in it."""

    def __init__(self, block: str, held: frozenset[str]) -> None:
        super().__init__(block)
        self.block = block
        self.held = held


def places(case: Case, old: Program, new: Program, plan: Plan, names: Mapping[str, str], *, ask: bool) -> Places:
    """The places of ``case``. ``names``: steps that have another id now. ``ask``: all is left, and the applicant corrects the form."""
    kept: dict[str, str] = {}
    leaves: list[str] = []
    enters: dict[str, None] = {}
    reasons: list[Reason] = []
    stays = False
    for id, place in {**case.visits, **case.still}.items():
        entry = StepPlan(go=START) if ask and id != START else _entry(old, plan, id)
        now = names.get(id, id)
        if entry.stay:
            stays = True
        elif entry.go is not None:
            leaves.append(id)
            enters[entry.go] = None
        elif id == START or (reason := _unfit(old.steps[id], new.steps.get(now), place)) is None:
            kept[id] = now
        else:
            reasons.append(reason)
    here = frozenset({*kept.values(), *enters})
    lanes: Chosen = {}
    chosen = {
        now: _lanes_now(id, now, taken, old, new, names)
        for id, taken in case.chosen.items()
        if isinstance(new.steps.get(now := names.get(id, id)), Inclusive)
    }
    corrected = here == frozenset({START})
    if not reasons and not stays and not corrected:
        try:
            _token(new.flow, here, Shape(case, old, new, names, lanes, chosen))
        except Unsound as unsound:
            reasons.append(_unsound(unsound, case, old, {now: id for id, now in kept.items()}, names))
    back = {id: names.get(to.step, to.step) for id, to in case.returns.items() if id in kept}
    unreturned = tuple([id for id, to in back.items() if not isinstance(new.steps.get(to), Approve | Handle)])
    direct = {kept[id] for id in back if id not in unreturned}
    afresh = corrected and START not in direct
    return Places(
        here=here,
        leaves=tuple(leaves),
        enters=tuple(enters),
        executed=() if afresh else _executed(case, new, names, here, direct, lanes),
        taken={} if afresh else _taken(case, old, new, names, here),
        chosen={} if afresh else chosen,
        lanes=lanes,
        timers=_timers(case, old, new, names),
        unreturned=unreturned,
        reasons=tuple(reasons),
        stays=stays,
    )


def _entry(old: Program, plan: Plan, id: str) -> StepPlan:
    """The plan's word on who stands at ``id``: that on the outermost parallel around it goes before."""
    around = [lane.around.step.id for lane in old.lanes.get(id, ()) if lane.around]
    for block in around:
        entry = plan.steps.get(block, NO_STEP)
        if entry.stay or entry.go is not None:
            return entry
    return plan.steps.get(id, NO_STEP)


# --- one place ---


def _unfit(was: Step, step: Step | None, place: Visit | Still) -> Reason | None:
    """Why nobody can stay at ``step`` who came to it as ``was``."""
    title = was.title
    zh, en = f"“{title['zh']}”", f"“{say(title, 'en')}”"
    if step is None:
        return _reason(
            "step-removed", was, f"新版本没有{zh}，还有人等在这里", f"The new release has no {en}, and the case waits there", "now"
        )
    if isinstance(was, Approve | Handle):
        if not isinstance(step, Approve | Handle):
            return _reason("step-kind", was, f"{zh}不再由人办理", f"{en} is no longer decided by people")
        if was.decide != step.decide and isinstance(place, Visit) and len(place.candidates) > 1:
            return _reason(
                "step-people",
                was,
                f"{zh}几个人怎么决定变了，这一轮已经开始",
                f"How several people decide {en} has changed, and this round has begun",
            )
    elif isinstance(was, Wait | Call) and not _waits_alike(was, step):
        return _reason("step-waits", was, f"{zh}等待的内容变了", f"What {en} waits for has changed")
    return None


def _waits_alike(was: Wait | Call, step: Step) -> bool:
    if isinstance(was, Wait) and isinstance(step, Wait):
        return (was.message, was.until, was.span) == (step.message, step.until, step.span)
    return isinstance(was, Call) and isinstance(step, Call) and (was.app, was.each, was.waits) == (step.app, step.each, step.waits)


def _reason(code: Code, was: Step, zh: str, en: str, *more: str) -> Reason:
    return Reason(code=code, about="steps", of=was.id, message={"zh": zh, "en": en}, choices=(*more, "go", "stay"))


def _unsound(unsound: Unsound, case: Case, old: Program, before: Mapping[str, str], names: Mapping[str, str]) -> Reason:
    """Said of the parallel of before that is under way there; of the step itself where there was none."""
    block = next((id for id in case.lanes if names.get(id, id) == unsound.block), None)
    places = sorted(before[id] for id in unsound.held if id in before)
    around = [lane.around.step.id for id in places for lane in old.lanes[id] if lane.around]
    of = block or next(iter(around), None) or next(iter(places), None) or unsound.block
    title: Text = old.steps[of].title if of in old.steps else {"zh": of}
    return Reason(
        code="parallel-changed",
        about="steps",
        of=of,
        message={
            "zh": f"“{title['zh']}”内外同时进行的各路变了，说不清哪一路已经办完",
            "en": f"The lanes in or around “{say(title, 'en')}” have changed: it cannot be said which have finished",
        },
        choices=("go", "stay"),
    )


# --- the marking ---


class Shape(NamedTuple):
    """What reading a marking needs, and where it writes the lanes under way."""

    case: Case
    old: Program
    new: Program
    names: Mapping[str, str]
    lanes: Chosen
    chosen: Chosen


def _token(block: Block, wanted: frozenset[str], shape: Shape) -> None:
    """``block`` holds exactly the places ``wanted``. Raises Unsound."""
    inside = [(step, held) for step in block.steps if (held := frozenset(part.id for part in walk((step,))) & wanted)]
    if len(inside) != 1:
        raise Unsound(block.around.step.id if block.around else "", wanted)
    step, held = inside[0]
    if step.id in held:
        if len(held) > 1:
            raise Unsound(step.id, wanted)
        return
    parts = {number: _held(shape.new.blocks[step.id, number], held) for number in range(_width(step))}
    under_way = tuple([number for number, places in parts.items() if places])
    if isinstance(step, Branch):
        if len(under_way) != 1:
            raise Unsound(step.id, wanted)
    else:
        if not _lanes(step, under_way, shape):
            raise Unsound(step.id, wanted)
        shape.lanes[step.id] = under_way
    for number in under_way:
        _token(shape.new.blocks[step.id, number], parts[number], shape)


def _lanes(step: Step, under_way: tuple[int, ...], shape: Shape) -> bool:
    """Whether every lane of ``step`` that nothing stands in has finished."""
    before = next((id for id in shape.case.lanes if shape.names.get(id, id) == step.id), None)
    if before is None:
        return False
    if isinstance(step, Inclusive):
        # which cases hold was decided when the block began; those that were added since have not begun
        shape.chosen[step.id] = tuple(sorted({*shape.chosen.get(step.id, ()), *under_way}))
        return True
    finished = set(range(_width(shape.old.steps[before]))) - set(shape.case.lanes[before])
    done = _lanes_now(before, step.id, tuple(sorted(finished)), shape.old, shape.new, shape.names)
    return {*done, *under_way} == set(range(_width(step)))


def _lanes_now(before: str, now: str, numbers: tuple[int, ...], old: Program, new: Program, names: Mapping[str, str]) -> tuple[int, ...]:
    """The lanes of ``now`` that are the lanes ``numbers`` of ``before``: they share a step, or both are empty at the same place."""
    found: set[int] = set()
    for number in numbers:
        ids = {names.get(step.id, step.id) for step in walk(old.blocks[before, number].steps)}
        for other in range(_width(new.steps[now])):
            theirs = {step.id for step in walk(new.blocks[now, other].steps)}
            if ids & theirs or (number == other and not ids and not theirs):
                found.add(other)
    return tuple(sorted(found))


def _held(block: Block, wanted: frozenset[str]) -> frozenset[str]:
    return frozenset(step.id for step in walk(block.steps)) & wanted


def _width(step: Step) -> int:
    if isinstance(step, Branch | Inclusive):
        return len(step.cases)
    return len(step.branches) if isinstance(step, Parallel) else 0


# --- what lies behind ---


def _executed(case: Case, new: Program, names: Mapping[str, str], here: frozenset[str], direct: set[str], lanes: Chosen) -> tuple[str, ...]:
    """What the case has been through and need not go through again. ``direct``: steps from which it goes straight back."""
    again = frozenset[str]().union(*(new.onward[id] for id in here if id not in direct and id != START)) | here
    passed = dict.fromkeys(names.get(id, id) for id in case.executed)
    return tuple([id for id in passed if id in new.steps and id not in again and id not in lanes])


def _taken(case: Case, old: Program, new: Program, names: Mapping[str, str], here: frozenset[str]) -> dict[str, int | None]:
    """Which case of each branch the case took: the one it stands in, or the one that shares steps or its condition with that of before."""
    found: dict[str, int | None] = {}
    for id, number in case.taken.items():
        was, now = old.steps.get(id), new.steps.get(names.get(id, id))
        if not isinstance(was, Branch) or not isinstance(now, Branch):
            continue
        if number is None:
            found[now.id] = None
        elif (same := _alike(was, number, now, names)) is not None:
            found[now.id] = same
    for place in here - {START}:
        found |= dict(_branches(new.places[place].block))
    return found


def _alike(was: Branch, number: int, now: Branch, names: Mapping[str, str]) -> int | None:
    ids = {names.get(step.id, step.id) for step in walk(was.cases[number].steps)}
    for other, case in enumerate(now.cases):
        if ids & {step.id for step in walk(case.steps)}:
            return other
    return next((other for other, case in enumerate(now.cases) if case.when == was.cases[number].when), None)


def _branches(block: Block) -> Iterator[tuple[str, int]]:
    """The branches around ``block``, with the case that it stands in."""
    if block.around:
        if block.kind == "case":
            yield block.around.step.id, block.number
        yield from _branches(block.around.block)


def _timers(case: Case, old: Program, new: Program, names: Mapping[str, str]) -> tuple[Timer, ...] | None:
    """The rings that are still waited for: limits go on as they were given, for each overdue entry that is still written so."""
    rings = case.timers or case.held
    found: list[Timer] = []
    for timer in rings.values():
        ring = timing.read(timer.id)
        if ring.field:
            found.append(timer)
            continue
        if ring.task is None:
            now = names.get(ring.step, ring.step)
            found.append(Timer(id=timing.wait_id(now, ring.round), at=timer.at, uncertain=timer.uncertain))
            continue
        step = case.tasks[ring.task].step
        was, now = old.steps.get(step), new.steps.get(names.get(step, step))
        entry = was.overdue[ring.entry] if isinstance(was, Approve | Handle) else None
        entries = now.overdue if isinstance(now, Approve | Handle) else ()
        if now is None:
            # its task is left in this migration, and the ring with it
            found.append(timer)
        elif entry in entries:
            id = timing.ring_id(ring.task, entries.index(entry), ring.times)
            found.append(Timer(id=id, at=timer.at, uncertain=timer.uncertain))
    return None if found == list(rings.values()) else tuple(found)
