"""Folding a migration, and its undoing; a part of workflows.fold."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from workflows import unattended
from workflows.case import Kept, Migration, Past
from workflows.fact import Fact
from workflows.migration import Migrated, MovedBack

if TYPE_CHECKING:
    from workflows.events import Event
    from workflows.fold import Marking

T = TypeVar("T")

#: what has happened to a case without anybody, and cannot be undone with its migration
HAPPENED = (unattended.Rang, unattended.Delivered, unattended.Answered, unattended.Issued, unattended.Sent, unattended.Called)
#: what somebody does that leaves the case as it is
QUIET = frozenset({"commented", "reminded", "migrated", "moved-back"})


def settle(m: "Marking", event: "Event") -> None:
    """Once somebody has acted, a migration stays."""
    fact = event.fact
    acted = event.actor is not None and fact.__struct_config__.tag not in QUIET
    if (acted or isinstance(fact, HAPPENED)) and m.migration is not None:
        m.migration = msgspec.structs.replace(m.migration, kept=None)


def _migrated(m: "Marking", fact: Migrated, event: "Event") -> None:
    names = fact.steps
    tasks = {id: task.step for id, task in m.tasks.items() if task.step in names}
    m.migration = Migration(seq=event.seq, before=fact.before, after=fact.after, steps=names, kept=_kept(m, tasks))
    m.release = fact.after
    for id in tasks:
        m.tasks[id] = msgspec.structs.replace(m.tasks[id], step=names[m.tasks[id].step])
    m.returns = {id: back for id, back in m.returns.items() if id not in fact.unreturned}
    # what it had been through is told by the steps of before
    m.past = {id: msgspec.structs.replace(past, stood=None) for id, past in m.past.items()}
    if names:
        _rename(m, names)
    m.executed = list(fact.executed) if fact.executed is not None else m.executed
    m.taken = dict(fact.taken) if fact.taken is not None else m.taken
    m.chosen = dict(fact.chosen) if fact.chosen is not None else m.chosen
    m.lanes = dict(fact.lanes) if fact.lanes is not None else m.lanes
    if fact.timers is not None:
        rings = {timer.id: timer for timer in fact.timers}
        m.timers, m.held = ({}, rings) if m.stopped else (rings, {})
    m.answers = {name: value for name, value in m.answers.items() if name not in fact.dropped} | fact.given
    if fact.dropped or fact.given:
        # nobody has seen these answers so
        m.approved = []
    m.issued = {fact.fields.get(name, name): number for name, number in m.issued.items()}
    m.bygone = {**m.bygone, **fact.bygone}
    m.dropped = tuple(dict.fromkeys((*m.dropped, *fact.dropped)))


def _kept(m: "Marking", steps: dict[str, str]) -> Kept:
    return Kept(
        answers=dict(m.answers),
        visits=dict(m.visits),
        rounds=dict(m.rounds),
        lanes=dict(m.lanes),
        taken=dict(m.taken),
        executed=tuple(m.executed),
        returns=dict(m.returns),
        steps=steps,
        past=dict(m.past),
        picked=dict(m.picked),
        approved=tuple(m.approved),
        timers=dict(m.timers),
        held=dict(m.held),
        still=dict(m.still),
        chosen=dict(m.chosen),
        issued=dict(m.issued),
        lasting=tuple(m.lasting),
    )


def _rename(m: "Marking", names: Mapping[str, str]) -> None:
    """Everything that is kept by the ids of steps, by those of now."""
    replace = msgspec.structs.replace
    m.rounds = _by(m.rounds, names)
    m.picked = _by(m.picked, names)
    m.visits = {id: replace(visit, step=id) for id, visit in _by(m.visits, names).items()}
    m.still = {id: replace(still, step=id) for id, still in _by(m.still, names).items()}
    m.past = {id: _past(past, id, names) for id, past in _by(m.past, names).items()}
    m.returns = {id: replace(back, step=names.get(back.step, back.step)) for id, back in _by(m.returns, names).items()}
    m.approved = [(person, names.get(step, step)) for person, step in m.approved]
    m.lasting = [replace(item, step=names.get(item.step, item.step)) for item in m.lasting]


def _past(past: Past, id: str, names: Mapping[str, str]) -> Past:
    back = past.back and msgspec.structs.replace(past.back, step=names.get(past.back.step, past.back.step))
    return msgspec.structs.replace(past, visit=msgspec.structs.replace(past.visit, step=id), back=back)


def _by(found: Mapping[str, T], names: Mapping[str, str]) -> dict[str, T]:
    return {names.get(id, id): value for id, value in found.items()}


def _moved_back(m: "Marking", fact: MovedBack, _event: "Event") -> None:
    assert m.migration is not None
    kept = m.migration.kept
    assert kept is not None
    for id, step in kept.steps.items():
        m.tasks[id] = msgspec.structs.replace(m.tasks[id], step=step)
    m.answers, m.visits = dict(kept.answers), dict(kept.visits)
    # no round is counted twice
    m.rounds = {**m.rounds, **{id: max(round, m.rounds.get(id, 0)) for id, round in kept.rounds.items()}}
    m.lanes, m.taken, m.executed = dict(kept.lanes), dict(kept.taken), list(kept.executed)
    m.returns, m.past, m.picked = dict(kept.returns), dict(kept.past), dict(kept.picked)
    m.approved, m.still, m.chosen = list(kept.approved), dict(kept.still), dict(kept.chosen)
    m.issued, m.lasting = dict(kept.issued), list(kept.lasting)
    # tasks that were left are given anew, with rings of their own
    over = {id for id, task in m.tasks.items() if task.state != "open"}
    m.timers = {id: timer for id, timer in kept.timers.items() if id.partition("~")[0] not in over}
    m.held = {id: timer for id, timer in kept.held.items() if id.partition("~")[0] not in over}
    m.bygone = {**m.bygone, **fact.bygone}
    m.release, m.migration = fact.after, None


APPLY: dict[type[Fact], Callable[["Marking", Any, "Event"], None]] = {Migrated: _migrated, MovedBack: _moved_back}
