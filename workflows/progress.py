"""How far a case is: each human step of its way, behind it and before it, with the people of each."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from forms.expressions import Fault
from forms.form import Struct
from forms.texts import Text
from workflows import candidates
from workflows.app import Approve, Branch, Call, Handle, Inclusive, Parallel, Wait
from workflows.case import Case, Task
from workflows.events import Candidate
from workflows.fold import NOT_A_DECISION
from workflows.people import Directory
from workflows.program import START, Block, Program

State = Literal["done", "now", "next", "skipped", "returned", "stopped"]


class Mark(Struct):
    """One step on the way. ``stopped``: the case ended here by a rejection or an own action."""

    step: str
    title: Text
    state: State
    #: who acted, who is to act, or who it would be given to
    people: tuple[Candidate, ...] = ()


def progress(program: Program, case: Case, directory: Directory, now: datetime | None = None) -> list[Mark]:
    """The way of ``case`` from top to bottom. A branch that was taken shows the steps of its other cases as skipped; one that is
    still ahead shows the case that would be taken now. A step without anyone to act on it (stuck) is ``now`` without people.
    """
    way = Way(program, case, directory, candidates.facts_of(case, directory, now))
    return [_start(case), *way.marks(program.flow, ahead=True)]


def _start(case: Case) -> Mark:
    applicant = case.applicant
    who = Candidate(person=applicant.id, name=applicant.name, department=applicant.department)
    return Mark(step=START, title={"zh": "发起", "en": "Application"}, state="now" if START in case.visits else "done", people=(who,))


class Way:
    """The walk over the flow of one case."""

    def __init__(self, program: Program, case: Case, directory: Directory, facts: candidates.Facts) -> None:
        self.program = program
        self.case = case
        self.directory = directory
        self.facts = facts

    def marks(self, block: Block, *, ahead: bool) -> Iterator[Mark]:
        """``ahead`` False: the block was not taken."""
        for step in block.steps:
            if isinstance(step, Approve | Handle):
                if mark := self.mark(step, ahead=ahead):
                    yield mark
            elif isinstance(step, Branch):
                decided = step.id in self.case.taken
                taken = self.case.taken[step.id] if decided else self.would_take(step) if ahead else None
                for number in range(len(step.cases)):
                    if number == taken or decided:
                        yield from self.marks(self.program.blocks[step.id, number], ahead=ahead and number == taken)
            elif isinstance(step, Inclusive):
                lanes = self.chosen(step) if step.id in self.case.chosen or ahead else ()
                for number in range(len(step.cases)):
                    if number in lanes or step.id in self.case.chosen:
                        yield from self.marks(self.program.blocks[step.id, number], ahead=ahead and number in lanes)
            elif isinstance(step, Wait | Call):
                if state := self.stands(step, ahead=ahead):
                    yield Mark(step=step.id, title=step.title, state=state)
            elif isinstance(step, Parallel):
                for lane in range(len(step.branches)):
                    yield from self.marks(self.program.blocks[step.id, lane], ahead=ahead)

    def chosen(self, block: Inclusive) -> tuple[int, ...]:
        """The cases that were taken, or would be now."""
        if block.id in self.case.chosen:
            return self.case.chosen[block.id]
        try:
            return candidates.choose_all(self.program, block, self.facts, self.directory)
        except Fault:
            return ()

    def stands(self, step: Wait | Call, *, ahead: bool) -> State | None:
        """Where the case is with a step at which nobody acts; one that nothing was waited for at is left out."""
        case = self.case
        if step.id in case.still:
            return "now"
        if step.id in case.executed:
            return "done"
        behind = (self.program.onward[step.id] - {step.id}) & {*case.visits, *case.still, *case.executed}
        return "next" if ahead and case.status == "open" and not behind else None

    def mark(self, step: Approve | Handle, *, ahead: bool) -> Mark | None:
        case = self.case
        if step.id in case.visits:
            waiting = [task for task in case.tasks.values() if task.step == step.id and task.state == "open"]
            return Mark(step=step.id, title=step.title, state="now", people=_people(waiting))
        acted = _acted(case, step.id)
        if step.id in case.executed:
            return Mark(step=step.id, title=step.title, state="done", people=_people(acted))
        last = acted[-1] if acted else None
        if last and case.status == "ended" and last.closed_at == case.ended_at:
            return Mark(step=step.id, title=step.title, state="stopped", people=_people([last]))
        if last and case.status == "open" and (last.how == "return" or _leads_back(step, last)):
            return Mark(step=step.id, title=step.title, state="returned", people=_people([last]))
        if not ahead:
            return Mark(step=step.id, title=step.title, state="skipped")
        return None if case.status == "ended" else Mark(step=step.id, title=step.title, state="next", people=self.people(step))

    def people(self, step: Approve | Handle) -> tuple[Candidate, ...]:
        try:
            return candidates.resolve(self.program, step, self.facts, self.directory).candidates
        except Fault:
            return ()

    def would_take(self, branch: Branch) -> int | None:
        try:
            return candidates.choose(self.program, branch, self.facts, self.directory) if self.case.status == "open" else None
        except Fault:
            return None


def _acted(case: Case, step: str) -> list[Task]:
    """The tasks of the latest round of ``step`` that somebody decided, in the order of deciding."""
    round = case.rounds.get(step)
    done = [t for t in case.tasks.values() if t.step == step and t.round == round and t.state == "done" and t.how not in NOT_A_DECISION]
    return sorted(done, key=lambda task: task.closed_at or task.opened_at)


def _leads_back(step: Approve | Handle, task: Task) -> bool:
    return any(action.id == task.how and action.go is not None for action in step.actions)


def _people(tasks: list[Task]) -> tuple[Candidate, ...]:
    return tuple({task.person: Candidate(person=task.person, name=task.name, why=task.why) for task in tasks}.values())
