"""Random steps at which nobody acts, late tasks, and the clock, the messages and the cases of other apps that go with them."""

from typing import Any

from hypothesis import strategies as st
from support.stories import Story, text

from workflows.app import Call, Issue, Overdue, Send, Set, Span, Step, Wait
from workflows.commands import ChildEnded, Deliver, Fire
from workflows.effects import StartCase
from workflows.engine import Decision
from workflows.unattended import Rang, Restarted, Scheduled

KINDS = ("wait", "set", "issue", "send", "call")
SPANS = st.builds(Span, amount=st.integers(0, 3), unit=st.sampled_from(("minutes", "hours", "days", "working hours", "working days")))


def step(draw: Any, kind: str, id: str) -> Step:
    match kind:
        case "wait":
            message = draw(st.sampled_from((None, "paid", "seen")))
            return Wait(id=id, title=text(id), message=message, span=draw(SPANS) if message is None or draw(st.booleans()) else None)
        case "set":
            return Set(
                id=id,
                title=text(id),
                answers={"granted": draw(st.sampled_from(("yuan(1)", "yuan(3)", "has(answered.budget) ? budget : yuan(2)")))},
            )
        case "issue":
            return Issue(id=id, title=text(id), into="document", pattern=f"{id}-{{seq:2}}")
        case "send":
            return Send(id=id, title=text(id), to="archive", answers=("trip", "days"))
        case _:
            return Call(
                id=id,
                title=text(id),
                app="other",
                who=draw(st.sampled_from((None, 'role("money")', 'role("empty")'))),
                nobody=draw(st.sampled_from(("flow-admin", "applicant", "skip"))),
                outputs=draw(st.sampled_from(({}, {"note": "said"}))),
                outcome=draw(st.sampled_from((None, "note"))),
                waits=draw(st.sampled_from((True, True, False))),
            )


def overdue(draw: Any, kind: str) -> tuple[Overdue, ...]:
    """One to three entries, or none."""
    who = st.sampled_from(('deputy_of("bureau")', 'role("money")', 'role("empty")', "applicant"))
    entry = st.one_of(
        st.builds(Overdue, after=SPANS, remind=SPANS.filter(lambda span: span.amount), at_most=st.integers(1, 3)),
        st.builds(Overdue, after=SPANS, escalate=who),
        st.builds(Overdue, after=SPANS, transfer=who),
        st.builds(Overdue, after=SPANS, automatically=st.sampled_from(("approve", "reject") if kind == "approve" else ("complete",))),
    )
    return tuple(draw(st.lists(entry, max_size=3)))


def happens(data: Any, story: Story) -> None:
    """Time goes by, or something comes from outside: wanted, unwanted, early or twice."""
    case = story.case
    rung = [event.fact.timer for event in story.events if isinstance(event.fact, Rang)]
    kind = data.draw(st.sampled_from(("time", "time", "time", "again", "message", "child")))
    if kind == "time" and case.timers:
        timer = data.draw(st.sampled_from(sorted(case.timers.values(), key=lambda timer: timer.id)))
        if timer.at > story.now and data.draw(st.booleans()):
            story.now = min(timer.at, story.now + (timer.at - story.now) * data.draw(st.floats(0, 0.9)))
            story.tell(Fire(id=story.id(), timer=timer.id))
            if story.now < timer.at:
                assert story.refusal == "early"
                assert story.case is case
                return
        else:
            story.now = max(story.now, timer.at)
            story.tell(Fire(id=story.id(), timer=timer.id))
        assert isinstance(story.last, Decision), story.last
        assert timer.id not in story.case.timers, "a timer is waited for after it rang"
    elif kind == "again" and rung:
        story.tell(Fire(id=story.id(), timer=data.draw(st.sampled_from(rung))))
        assert story.refusal == "gone"
    elif kind == "message":
        name = data.draw(st.sampled_from(("paid", "seen")))
        wanted = any(still.message == name for still in case.still.values())
        story.tell(Deliver(id=story.id(), name=name))
        assert isinstance(story.last, Decision) == (wanted and case.status == "open")
    elif kind == "child" and (called := [body for body in story.effects if isinstance(body, StartCase)]):
        start = data.draw(st.sampled_from(called))
        waited = start.step in case.still and start.case in case.still[start.step].children
        outcome = data.draw(st.sampled_from(("approved", "approved", "rejected", "withdrawn")))
        story.tell(ChildEnded(id=story.id(), case=start.case, step=start.step, index=0, outcome=outcome, answers={"said": "好"}))
        assert isinstance(story.last, Decision) == waited


def kept_time(story: Story) -> None:
    """Every timer rang once at most, and none before its time."""
    set_for: dict[str, Any] = {}
    rung: set[str] = set()
    for event in story.events:
        fact = event.fact
        if isinstance(fact, Scheduled | Restarted):
            set_for |= {timer.id: timer.at for timer in fact.timers}
        elif isinstance(fact, Rang):
            assert fact.timer not in rung, "a timer rang twice"
            rung.add(fact.timer)
            assert event.at >= set_for[fact.timer], "a timer rang early"
