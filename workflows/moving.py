"""Whether a running case can go on under another release of its app, and how: pure, so that it can be tried before anything is published.

Nothing is guessed. A step is the same if its id is, an answer if its name and kind are; for everything else a person decides, in a
migration plan, or the case keeps its release.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from forms.form import Struct
from workflows import moving_answers, moving_places
from workflows.case import Case
from workflows.migration import Bygone, Migrated, MovedBack
from workflows.moving_plan import NO_FIELD, NOTHING, Plan, Reason, check
from workflows.program import START, Program


class Stuck(Struct):
    """The case keeps its release. Without reasons: the plan says so."""

    reasons: tuple[Reason, ...] = ()


class Moved(Struct):
    """How the case goes on: what a Migrate carries to `engine.decide`."""

    fact: Migrated
    #: steps of now that begin, in place of those the case leaves
    enters: tuple[str, ...] = ()
    #: steps of now with people that lie behind the case, though it has never been through them: it will not be
    passes_by: tuple[str, ...] = ()


def move(case: Case, old: Program, new: Program, plan: Plan = NOTHING) -> Moved | Stuck:
    """How ``case``, which is open and runs on ``old``, goes on under ``new``; or every reason why it does not. Raises ValueError for
    a case that has ended.
    """
    if case.status != "open":
        raise ValueError(f"case {case.id} has ended: it keeps its release for good")
    if case.number in plan.stay:
        return Stuck()
    if strange := tuple(check(old, new, plan)):
        return Stuck(reasons=strange)
    names = {id: entry.now for id, entry in plan.steps.items() if entry.now is not None and entry.now != id and id in old.steps}
    answers = moving_answers.answers(case, old, new, plan)
    places = moving_places.places(case, old, new, plan, names, ask=False)
    ahead = frozenset[str]().union(*(_ahead(new, id) for id in places.here))
    lacking = moving_answers.lacking(answers.after, new, ahead) if START not in places.here else []
    entries = {field.name: plan.fields.get(field.name, NO_FIELD) for field in lacking}
    if any(entry.ask for entry in entries.values()):
        places = moving_places.places(case, old, new, plan, names, ask=True)
    if places.stays or answers.stays or any(entry.stay for entry in entries.values()):
        return Stuck()
    unanswered = [moving_answers.missing(field) for field in lacking if not (entries[field.name].ask or entries[field.name].accept)]
    if reasons := (*places.reasons, *answers.reasons, *unanswered):
        return Stuck(reasons=tuple({(reason.code, reason.of): reason for reason in reasons}.values()))
    known = {names.get(id, id) for id in old.steps}
    fact = Migrated(
        before=old.digest,
        after=new.digest,
        steps=names,
        fields={name: entry.now for name, entry in plan.fields.items() if entry.now is not None and entry.now != name},
        leaves=places.leaves,
        executed=_changed(places.executed, case.executed),
        taken=_changed(places.taken, case.taken),
        chosen=_changed(places.chosen, case.chosen),
        lanes=_changed(places.lanes, case.lanes),
        timers=places.timers,
        unreturned=places.unreturned,
        dropped=answers.dropped,
        given=answers.given,
        bygone=dict(_bygone(case, old, new, names)),
    )
    behind = [] if START in places.here else [id for id in new.veiled if id != START and id not in known and id not in ahead]
    return Moved(fact=fact, enters=places.enters, passes_by=tuple(behind))


def back(case: Case, old: Program, new: Program) -> MovedBack:
    """What undoes the last migration of ``case``, from ``old`` to ``new``."""
    return MovedBack(before=new.digest, after=old.digest, bygone=dict(_bygone(case, new, old, {})))


def _changed(now: Any, before: Any) -> Any:
    return None if now == before else now


def _ahead(new: Program, step: str) -> frozenset[str]:
    return frozenset(new.steps) if step == START else new.onward[step]


def _bygone(case: Case, old: Program, new: Program, names: Mapping[str, str]) -> Iterator[tuple[str, Bygone]]:
    """Steps that the record of this case speaks of, and that ``new`` does not have by that id."""
    spoken = {*case.rounds, *case.executed, *case.lanes, *case.taken, *(task.step for task in case.tasks.values())}
    for id in sorted(spoken - {START}):
        if id in old.steps and (id not in new.steps or id in names):
            yield id, Bygone(title=old.steps[id].title, veil=tuple(sorted(old.veiled.get(id, ()))))
