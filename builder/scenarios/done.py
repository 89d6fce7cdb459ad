"""What was done in a real case, act by act, read from its events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows import events as facts
from workflows import unattended
from workflows.case import Case
from workflows.events import Event
from workflows.fold import NOT_BY_ITS_PERSON, fold

#: what an act says before it says what it is
WRITTEN = (facts.Changed, facts.Picked, facts.Added)


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done in a case, with the events that belong to it."""

    trigger: Event
    beside: tuple[Event, ...]
    #: the case afterwards
    after: Case


def acts(events: Sequence[Event], app: str) -> Iterator[Done]:
    """What was done, one after the other; a ring of a timer is done by nobody, and happens again when its time comes."""
    triggers = [number for number, event in enumerate(events) if _is_trigger(event)]
    for place, number in enumerate(triggers):
        before = triggers[place - 1] if place else -1
        until = triggers[place + 1] if place + 1 < len(triggers) else len(events)
        trigger = events[number]
        beside = [
            event
            for event in (*events[before + 1 : number], *events[number + 1 : until])
            if event.at == trigger.at
            and (event.actor == trigger.actor or isinstance(trigger.fact, unattended.Delivered | unattended.Answered))
        ]
        # what follows at its own time, a ring or the end of a called case, is not of this act
        last = next((n for n in range(number + 1, until) if events[n].at > trigger.at), until)
        if last == until < len(events):
            # nor is what the next act says before the fact that it is known by
            while last > number + 1 and events[last - 1].at == events[until].at and _before(events[last - 1], events[until]):
                last -= 1
        yield Done(trigger, tuple(beside), fold(events[:last], "case", app))


def _before(event: Event, trigger: Event) -> bool:
    """Whether ``event`` may belong to the act that ``trigger`` stands for, which comes after it."""
    fact = event.fact
    if isinstance(trigger.fact, facts.Ended):
        return isinstance(fact, facts.Closed | facts.Left) and fact.how == "cancelled"
    return isinstance(fact, WRITTEN) or (isinstance(fact, facts.Closed) and fact.how == "submit")


def _is_trigger(event: Event) -> bool:
    fact = event.fact
    match fact:
        case (
            facts.Submitted()
            | facts.Claimed()
            | facts.Recalled()
            | facts.Reminded()
            | facts.Suspended()
            | facts.Resumed()
            | facts.Commented()
        ):
            return True
        case facts.Closed():
            by_person = event.actor is not None and not fact.automatic and fact.how != "submit"
            return by_person and (fact.how not in NOT_BY_ITS_PERSON or fact.how in ("removed", "hand-over"))
        case facts.Added(where="beside"):
            return True
        case facts.Ended(outcome="withdrawn" | "terminated"):
            return event.actor is not None
        case unattended.Delivered() | unattended.Answered():
            return True
        case _:
            return False
