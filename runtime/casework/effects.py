"""What a decision wants done later or elsewhere, as rows written with it: timers, messages to people, letters in the outbox."""

from datetime import datetime
from typing import Any

import msgspec

from runtime.store import outbox, statements, timers
from runtime.store import tables as t
from runtime.store.statements import Together
from workflows import effects as wanted
from workflows.engine import Decision

#: the kind of a letter, by what it carries
KINDS: dict[type[Any], str] = {
    wanted.Message: "mail",
    wanted.Webhook: "webhook",
    wanted.StartCase: "start",
    wanted.CancelCase: "cancel",
    wanted.ChildEnded: "ended",
}


#: messages that a list says already, with its own count: nobody wants to be told twice; by mail they go out all the same
IN_LISTS = frozenset({"task", "copied"})


def keep(writes: Together, decision: Decision, organisation: str, now: datetime, *, mails: bool) -> datetime | None:
    """Adds the rows of a decision's timers and effects to ``writes``; when the workers have to look at them, None: never.

    ``mails``: messages go out as e-mail too. A decision that wants nothing asks nothing of the database.
    """
    case = decision.case.id
    if decision.dropped:
        timers.drop(writes, case, decision.dropped)
    if decision.timers:
        timers.put(writes, case, organisation, decision.timers)
    letters = _effects(writes, decision, organisation, now, mails=mails) if decision.effects else 0
    if letters:
        return now
    return min(timer.at for timer in decision.timers) if decision.timers else None


def _effects(writes: Together, decision: Decision, organisation: str, now: datetime, *, mails: bool) -> int:
    """Messages and letters; how many letters."""
    own = {"organisation": organisation, "case": decision.case.id}
    messages: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []
    for effect in decision.effects:
        body = effect.body
        if isinstance(body, wanted.Message):
            said = {"person": body.person, "kind": body.kind, "step": body.step, "task": body.task, "text": body.text}
            if body.kind not in IN_LISTS:
                messages.append({**own, **said, "id": effect.id, "at": now, "read_at": None})
            if not mails:
                continue
        letters.append({**own, "id": _name(effect), "kind": KINDS[type(body)], "body": msgspec.json.encode(body).decode()})
    writes.add(_NEW_MESSAGE, messages)
    outbox.put(writes, letters, now)
    return len(letters)


def _name(effect: wanted.Effect) -> str:
    """The id of a letter: the effect's own; that of a case to be started is the case's, so that cancelling it finds the letter."""
    return start_name(effect.body.case) if isinstance(effect.body, wanted.StartCase) else effect.id


def start_name(case: str) -> str:
    return f"start~{case}"


_NEW_MESSAGE = statements.insert(t.message)
