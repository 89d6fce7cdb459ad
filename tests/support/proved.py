"""What the proof says of a flow, held against what really happens in it: whatever people and clocks do, it was foreseen."""

from support.stories import Story

from workflows.app import Approve, Branch, Inclusive
from workflows.case import Case
from workflows.events import Took
from workflows.program import Program
from workflows.proof import Subject, approving, facts
from workflows.proof.exploring import explore
from workflows.proof.facts import Facts
from workflows.proof.graph import lower
from workflows.proof.proving import shared_messages
from workflows.proof.regions import Regions
from workflows.proof.strands import reduce
from workflows.proof.ways import Ways


class Foreseen:
    """The verdict on a flow, as far as a case can deny it."""

    def __init__(self, program: Program) -> None:
        subject = Subject.of(program)
        choices = [step for step in subject.steps.values() if isinstance(step, Branch | Inclusive)]
        regions = Regions(subject, [case.when for step in choices for case in step.cases if case.when is not None])
        self.facts: Facts = facts.find(subject, lower(subject.app.flow), regions)
        self.reached = explore(self.facts).reached if shared_messages(self.facts) else reduce(self.facts).reached
        self.unapproved = bool(list(approving.nobody(self.facts, Ways(self.facts))))

    def holds(self, story: Story) -> None:
        """No step was come to that nobody was to come to, no way taken that could not be; nothing passed without anybody's approval."""
        case = story.case
        assert case is not None
        here = {*case.executed, *case.visits, *case.still}
        assert here <= self.reached, here - self.reached
        for fact in story.facts(Took):
            taken = {edge.case for edge in self.facts.ways[fact.branch]}
            assert fact.case in taken, f"{fact.branch} went by {fact.case}"
        if case.outcome == "approved" and not self.unapproved and self.approvals():
            assert approved(case, story.program), "approved, and nobody approved"

    def approvals(self) -> bool:
        return any(isinstance(step, Approve) and step.id in self.facts.entering for step in self.facts.subject.steps.values())


def approved(case: Case, program: Program) -> bool:
    """Whether somebody, and not the clock, has decided for it at an approval at least once."""
    return any(isinstance(program.steps.get(task.step), Approve) and task.state == "done" for task in case.tasks.values())
