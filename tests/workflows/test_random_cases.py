"""Whatever people do with whatever flow, a case is never left without someone to act on it, and its events tell all of it."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import unattended
from support.proved import Foreseen
from support.stories import FIELDS, LIN, Story, form, office, program, text

from forms.form import Field
from workflows import acting
from workflows.app import (
    Action,
    Approve,
    AtLeast,
    Branch,
    End,
    Handle,
    Inclusive,
    Lane,
    Notify,
    OneOf,
    Parallel,
    Span,
    Start,
    Step,
    Weight,
    When,
    Withdraw,
    walk,
)
from workflows.case import Case, Task
from workflows.commands import Act, Recall, Refusal, Remove, Resume, Suspend, Terminate
from workflows.engine import Decision
from workflows.events import Applicant, Event
from workflows.forecast import forecast
from workflows.offers import may_withdraw, offers
from workflows.program import START, Program
from workflows.progress import progress
from workflows.unattended import Waiting

PEOPLE = ("lin", "zhou", "wang", "du", "ma", "fang", "fei", "feng", "guan", "ou")
WHO = (
    "head_of(applicant.department)",
    'role("money")',
    'role("empty")',
    'department("finance")',
    'deputy_of("bureau")',
    "applicant",
    'user("zhou") + user("wang")',
    'has(answered.deputy) ? user(deputy) : role("money")',
    'user("ou") + role("money")',
)
WAYS = (
    "any-decision",
    "all",
    "in-order",
    "any-approval",
    "all-voted",
    "claim",
    AtLeast(needed=2),
    AtLeast(needed=1, of=2, abstain=True),
    AtLeast(needed=2, of=3, weights=(Weight(who='user("fei")', weight=2),)),
    OneOf(by="random"),
    OneOf(by="round-robin"),
    OneOf(by="least-busy"),
)
WHEN = (
    "trip == 'far'",
    "has(answered.days) && days > 3",
    "has(answered.budget) && budget > yuan(50)",
    "has(answered.granted) && granted > yuan(1)",
)
APPLICANTS = (
    LIN,
    Applicant(id="zhou", name="周建国", department="section", department_title="数据处", post="head"),
    Applicant(id="fei", name="费会计", department="finance", department_title="财务处", post="clerk"),
    Applicant(id="guan", name="管理员", department="city", department_title="市政府", post="clerk"),
)


@st.composite
def flows(draw) -> Program:
    """A small flow of nested blocks; every jump stays within its block or those around, never across a parallel."""
    count = 0

    def block(depth: int, reach: tuple[str, ...]) -> tuple[Step, ...]:
        """``reach``: steps that an own action here may go to."""
        nonlocal count
        found: list[Step] = []
        for _ in range(draw(st.integers(0 if depth else 1, 3))):
            count += 1
            id = f"s{count}"
            kind = draw(
                st.sampled_from(
                    ("approve", "approve", "handle", "notify", "branch", "parallel", "inclusive", "unattended", "unattended", "end")
                    if depth < 2
                    else ("approve", "handle", "notify", "unattended")
                )
            )
            if kind in ("approve", "handle"):
                found.append(human(kind, id, (*reach, id)))
                reach = (*reach, id)
            elif kind == "notify":
                found.append(Notify(id=id, title=text(id), who=draw(st.sampled_from(WHO))))
            elif kind == "end":
                if draw(st.booleans()):
                    found.append(End(id=id, title=text(id), outcome=draw(st.sampled_from(("approved", "void")))))
            elif kind == "branch":
                whens = draw(st.lists(st.sampled_from(WHEN), max_size=2))
                cases = [When(when=when, steps=block(depth + 1, reach)) for when in whens]
                if draw(st.booleans()) or not cases:
                    cases.append(When(when=None, steps=block(depth + 1, reach)))
                found.append(Branch(id=id, title=text(id), cases=tuple(cases)))
            elif kind == "unattended":
                found.append(unattended.step(draw, draw(st.sampled_from(unattended.KINDS)), id))
            elif kind == "inclusive":
                cases = [When(when=when, steps=block(depth + 1, ())) for when in draw(st.lists(st.sampled_from(WHEN), max_size=3))]
                if draw(st.booleans()) or not cases:
                    cases.append(When(when=None, steps=block(depth + 1, ())))
                found.append(Inclusive(id=id, title=text(id), cases=tuple(cases)))
            else:
                lanes = [Lane(steps=block(depth + 1, ())) for _ in range(draw(st.integers(1, 3)))]
                found.append(Parallel(id=id, title=text(id), branches=tuple(lanes)))
        return tuple(found)

    def human(kind: str, id: str, reach: tuple[str, ...]) -> Step:
        own = draw(st.lists(st.sampled_from(("done", "ask", "void", "jump", "seen")), unique=True, max_size=2))
        made = {
            "done": lambda: Action(id="done", title=text("done")),
            "ask": lambda: Action(id="ask", title=text("ask"), go=START, opinion="required"),
            "void": lambda: Action(id="void", title=text("void"), end="void", who=draw(st.sampled_from((None, 'role("money")')))),
            "seen": lambda: Action(id="seen", title=text("seen"), vote=True),
            "jump": lambda: Action(id="jump", title=text("jump"), go=draw(st.sampled_from(reach))),
        }
        return (Approve if kind == "approve" else Handle)(
            id=id,
            title=text(id),
            who=draw(st.sampled_from(WHO)),
            decide=draw(st.sampled_from(WAYS)),
            due=draw(st.sampled_from((None, Span(amount=8, unit="working hours"), Span(amount=2, unit="days")))),
            overdue=unattended.overdue(draw, kind),
            edit=draw(st.sampled_from(((), ("granted",), ("granted", "days")))),
            opinion=draw(st.sampled_from(("none", "optional", "required"))),
            actions=tuple(made[name]() for name in own),
        )

    steps = block(0, ())
    tops = [step.id for step in steps if isinstance(step, Approve | Handle)]
    humans = [step.id for step in walk(steps) if isinstance(step, Approve | Handle)]
    return program(
        *steps,
        of=FORM,
        start=Start(edit=("trip", "days", "budget", "deputy")),
        on_reject=draw(st.sampled_from(["end", *tops])),
        resume=draw(st.sampled_from(("rerun", "direct"))),
        nobody_does=draw(st.sampled_from(("give", "give", "step-up", "stop"))),
        self_approval=draw(st.sampled_from(("head", "skip", "self"))),
        same_person=draw(st.sampled_from(("none", "consecutive", "all"))),
        nobody=draw(st.sampled_from((None, 'user("wang")', 'role("empty")'))),
        withdraw=draw(st.sampled_from([Withdraw(), Withdraw(until="never"), *(Withdraw(until="before", before=id) for id in humans)])),
        outcomes={"void": text("作废")},
    )


FORM = form(*FIELDS, Field(name="document", kind="text", title=text("文号")), Field(name="note", kind="text", title=text("备注")))
ANSWERS = st.fixed_dictionaries(
    {"trip": st.sampled_from(("near", "far"))},
    optional={"days": st.integers(0, 9), "budget": st.sampled_from((100, 9_900)), "deputy": st.sampled_from(PEOPLE)},
)
EDITS = {"granted": st.sampled_from((1, 500)), "days": st.integers(0, 9)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data())
def test_random_acts_never_strand_a_case(data):
    """Each decision is checked by the story: folding the events gives the case; an open case has open tasks, or a stuck step that is
    listed; closed tasks stay closed. What is offered is accepted, what is refused changes nothing, and no task is decided twice."""
    play(data, data.draw(flows()), steps=15)


def play(data, flow: Program, steps: int) -> None:
    story = Story(flow, office=data.draw(st.sampled_from((office(), office(heads={"section": None}), office(without_admin=True)))))
    applicant, answers = data.draw(st.sampled_from(APPLICANTS)), data.draw(ANSWERS)
    proof = Foreseen(flow)
    foreseen = {
        stop.step: {person.person for person in stop.people}
        for stop in forecast(flow, applicant, answers, story.now, story.office)
        if stop.certain
    }
    story.submit(applicant, **answers)
    assert isinstance(story.last, Decision), story.last
    for step, people in story.open.items():
        if step in foreseen and (flow.steps[step].decide == "in-order" or isinstance(flow.steps[step].decide, OneOf)):
            assert set(people) <= foreseen[step], "the forecast named others"
        elif step in foreseen:
            assert set(people) == foreseen[step], "the forecast named others"
    for _ in range(steps):
        if story.case.status != "open":
            break
        if data.draw(st.integers(0, 9)) == 0:
            gone = data.draw(st.sampled_from(((), ("zhou",), ("fei", "wang"))))
            story.office = office(disabled=gone)
        proof.holds(story)
        before = story.case
        if data.draw(st.integers(0, 2)) == 0:
            unattended.happens(data, story)
        else:
            act(data, story)
        progress(flow, story.case, story.office)
        if isinstance(story.last, Refusal):
            assert story.case is before
    proof.holds(story)
    unattended.kept_time(story)
    stored = msgspec.json.decode(msgspec.json.encode(story.events), type=list[Event])
    assert stored == story.events
    decisions = [event.fact.task for event in story.events if type(event.fact).__name__ == "Closed"]
    assert len(decisions) == len(set(decisions)), "a task was closed twice"


def act(data, story: Story) -> None:
    kinds = ("offer",) * 9 + ("slip",) * 4 + ("junk", "withdraw", "comment", "stale", "recall", "recall", "supervise")
    kind = data.draw(st.sampled_from(kinds))
    if kind == "withdraw":
        allowed = may_withdraw(story.program, story.case, "lin") and not story.office.person("lin").disabled
        assert isinstance(story.withdraw().last, Decision) == allowed
    elif kind == "comment":
        story.comment(data.draw(st.sampled_from(PEOPLE)), "好")
    elif kind == "recall":
        done = [task for task in story.case.tasks.values() if task.state == "done"]
        if done:
            task = data.draw(st.sampled_from(done))
            story.tell(Recall(id=story.id(), actor=task.person, task=task.id))
            assert isinstance(story.last, Decision) or story.code in ("too-late", "not-allowed", "not-yours", "cannot-undo")
    elif kind == "supervise":
        supervise(data, story)
    elif kind == "junk":
        tasks = [*story.case.tasks, "nothing"]
        story.tell(
            Act(
                id=story.id(),
                actor=data.draw(st.sampled_from(PEOPLE)),
                task=data.draw(st.sampled_from(tasks)),
                action=data.draw(st.sampled_from(("approve", "reject", "return", "complete", "submit", "transfer", "done", "jump", ""))),
                opinion=data.draw(st.sampled_from(("", "意见"))),
                to=data.draw(st.sampled_from((None, "start", "previous", "s1", "s2", "lin", "zhou"))),
                answers=data.draw(st.sampled_from(({}, {"granted": 5}, {"trip": "near"}, {"days": "x"}))),
            )
        )
    elif kind == "stale":
        closed = [task for task in story.case.tasks.values() if task.state != "open"]
        if closed:
            task = data.draw(st.sampled_from(closed))
            assert story.tell(Act(id=story.id(), actor=task.person, task=task.id, action="approve")).code == "lost-race"
    elif story.case.open_tasks():
        before, commands = story.case, story.commands
        task = follow_an_offer(data, story)
        if kind == "slip" and task and story.commands > commands and isinstance(story.last, Decision):
            slip(story, before, task)


def slip(story: Story, before: Case, task: Task) -> None:
    """What was just done is taken back at once: if it can be, everything is where it was, but for the answers."""
    decided = story.last
    story.tell(Recall(id=story.id(), actor=task.person, task=task.id))
    if isinstance(story.last, Refusal):
        assert story.code in ("too-late", "not-allowed", "not-yours", "cannot-undo", "lost-race")
        story.last = decided
        return
    if len(story.facts(Waiting)) == len([event for event in story.events[: before.events] if isinstance(event.fact, Waiting)]):
        assert standing(story.case) == standing(before)


def standing(case: Case) -> tuple[object, ...]:
    """What a recall must bring back."""
    open = sorted((task.step, task.round, task.person, task.part, task.weight) for task in case.open_tasks())
    lanes = {id: sorted(open_lanes) for id, open_lanes in case.lanes.items()}
    return open, case.executed, case.taken, case.chosen, lanes, case.returns.keys(), case.visits.keys(), case.still.keys(), case.status


def supervise(data, story: Story) -> None:
    """A flow administrator at work; a suspended case is let go on at once, since nobody can do anything with it."""
    what = data.draw(st.sampled_from(("suspend", "suspend", "remove", "remove", "hand-over", "hand-over", "terminate")))
    if what == "suspend":
        if isinstance(story.supervise(Suspend).last, Decision):
            open_tasks = story.case.open_tasks()
            if open_tasks:
                story.act(open_tasks[0].person, "approve")
                assert story.code == "suspended"
            story.supervise(Resume)
            assert isinstance(story.last, Decision)
    elif what == "terminate":
        story.supervise(Terminate)
    elif what == "hand-over":
        story.hand_over(data.draw(st.sampled_from(PEOPLE)), data.draw(st.sampled_from(PEOPLE)))
    elif story.case.open_tasks():
        task = data.draw(st.sampled_from(story.case.open_tasks()))
        story.tell(Remove(id=story.id(), actor=data.draw(st.sampled_from(PEOPLE)), task=task.id))


def follow_an_offer(data, story: Story) -> Task | None:
    """One of the things that a page offers; the task it was done with."""
    task = data.draw(st.sampled_from(story.case.open_tasks()))
    found = offers(story.program, story.case, task, story.office)
    if not found:
        assert story.office.person(task.person).disabled
        return None
    offer = data.draw(st.sampled_from(found))
    answers, to = {}, None
    if offer.id == "submit":
        answers = data.draw(ANSWERS)
    elif offer.id not in acting.WITHOUT_ANSWERS | {"ask"} and task.part in ("vote", "beside"):
        answers = {name: data.draw(EDITS[name]) for name in story.program.steps[task.step].edit if data.draw(st.booleans())}
    if offer.id == "return":
        to = data.draw(st.sampled_from([id for id, _ in offer.targets]))
    people = ()
    if offer.id in ("transfer", "delegate"):
        to = data.draw(st.sampled_from(PEOPLE))
    if offer.id.startswith("add-"):
        people = tuple(data.draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2)))
    story.tell(
        Act(
            id=story.id(),
            actor=task.person,
            task=task.id,
            action=offer.id,
            opinion="意见",
            to=to,
            people=people,
            answers=answers,
            resume=data.draw(st.sampled_from((None, "rerun", "direct"))),
        )
    )
    if isinstance(story.last, Refusal):
        if story.code == "invalid-answers":
            assert list(story.last.fields) == ["deputy"]
            assert story.office.person(answers["deputy"]).disabled
            return None
        assert offer.id in ("transfer", "delegate") or offer.id.startswith("add-"), f"{offer.id} was offered and refused: {story.last}"
        assert story.code in ("self-approval", "already-there", "bad-target")
    return task
