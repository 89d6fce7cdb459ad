"""What a person may do with a task, in words and in the order of use; the engine refuses whatever is not offered."""

from datetime import datetime
from typing import Literal

from forms.expressions import Fault
from forms.form import Struct
from forms.texts import Text
from workflows import acting, candidates, engine, picking, returning
from workflows.app import Action, Approve, Handle, Opinion
from workflows.case import Case, Task
from workflows.events import Candidate
from workflows.people import Directory
from workflows.program import START, Program

Style = Literal["primary", "danger", "default"]


class Offer(Struct):
    """One thing that may be done."""

    #: what Act.action takes
    id: str
    title: Text
    style: Style
    opinion: Opinion
    #: return: where to, with words, the most usual first
    targets: tuple[tuple[str, Text], ...] = ()
    #: whom to choose for what follows
    picks: tuple["Pick", ...] = ()
    #: what the step asks to be signed with
    signature: Literal["none", "typed", "handwritten"] = "none"


class Pick(Struct):
    """A step whose people the actor chooses, if the case comes to it."""

    step: str
    title: Text
    people: tuple[Candidate, ...]
    most: int


def offers(program: Program, case: Case, task: Task, directory: Directory, now: datetime | None = None) -> tuple[Offer, ...]:
    """What the person of ``task`` may do; nothing when it is over or their account is disabled."""
    person = directory.person(task.person)
    if case.status != "open" or task.state != "open" or person is None or person.disabled:
        return ()
    if task.step == START:
        facts = candidates.facts_of(case, directory, now)
        steps = (*picking.by_applicant(program), *picking.ahead(program, START))
        found = picks(program, steps, facts, directory)
        return (Offer(id="submit", title=acting.TITLES["submit"], style="primary", opinion="optional", picks=found),)
    step = program.steps[task.step]
    assert isinstance(step, Approve | Handle)
    facts = candidates.facts_of(case, directory, now)
    own = [
        action
        for action in step.actions
        if action.who is None or any(_named(program, action.who, id, facts, directory) for id in (person.id, task.principal) if id)
    ]
    mine = {action.id: action for action in own}
    theirs = {action.id for action in step.actions}
    chosen = picks(program, picking.ahead(program, step.id), facts, directory)
    return tuple(
        [
            _own(step, mine[id], chosen) if id in mine else _offer(program, case, step, id, chosen)
            for id in acting.actions(program, case, task)
            if id in mine or id not in theirs
        ]
    )


def may_withdraw(program: Program, case: Case, person: str) -> bool:
    """Whether ``person`` may take the case back now."""
    return person == case.applicant.id and case.status == "open" and engine.withdrawable(program.app.flow.withdraw, case)


def _named(program: Program, who: str, person: str, facts: candidates.Facts, directory: Directory) -> bool:
    try:
        return candidates.among(program, who, person, facts, directory)
    except Fault:
        return False


#: of what is neither the main thing to do nor asks for nothing
STYLES: dict[str, Style] = {"approve": "primary", "complete": "primary", "claim": "primary", "answer": "primary", "reject": "danger"}
OPINIONS: dict[str, Opinion] = {"reject": "required", "return": "required", "answer": "required", "claim": "none", "unclaim": "none"}


#: what goes on with the case, or may
PASSES = frozenset({"approve", "complete", "add-after"})
SIGNED = PASSES | {"reject", "abstain"}


def _offer(program: Program, case: Case, step: Approve | Handle, id: str, chosen: tuple[Pick, ...]) -> Offer:
    opinion = OPINIONS.get(id, "optional")
    if id in PASSES:
        opinion = "optional" if step.opinion == "on-reject" else step.opinion
    elif id in ("reject", "return") and step.opinion == "optional":
        opinion = "optional"
    return Offer(
        id=id,
        title=step.desk.buttons.get(id) or acting.TITLES[id],
        style=STYLES.get(id, "default"),
        opinion=opinion,
        targets=tuple(_targets(program, case, step.id)) if id == "return" else (),
        picks=chosen if id in PASSES else (),
        signature=step.desk.signature if id in SIGNED else "none",
    )


def picks(program: Program, steps: tuple[Approve | Handle, ...], facts: candidates.Facts, directory: Directory) -> tuple[Pick, ...]:
    """What the people of a task, or the applicant, may choose for ``steps``."""
    found: list[Pick] = []
    for step in steps:
        try:
            gathered = candidates.resolve(program, step, facts._replace(picked={}), directory).candidates
        except Fault:
            gathered = ()
        found.append(Pick(step=step.id, title=step.title, people=gathered, most=step.chosen.most if step.chosen else 1))
    return tuple(found)


def _own(step: Approve | Handle, action: Action, chosen: tuple[Pick, ...]) -> Offer:
    on = action.go is None and action.end is None
    return Offer(
        id=action.id,
        title=action.title,
        style=_style(step, action),
        opinion=action.opinion,
        picks=chosen if on else (),
        signature=step.desk.signature if on else "none",
    )


def _style(step: Approve | Handle, action: Action) -> Style:
    if action.end == "rejected":
        return "danger"
    return "primary" if isinstance(step, Handle) and action.go is None and action.end is None else "default"


def _targets(program: Program, case: Case, step: str) -> list[tuple[str, Text]]:
    return [(id, acting.title(program, id)) for id in returning.targets(program, case, step)]
