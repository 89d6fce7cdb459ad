"""What a proof comes to: properties with their verdicts, and findings, each with the shortest way there in words."""

from typing import Literal, NamedTuple

from forms.texts import Text

Severity = Literal["error", "warning"]
#: where in a step a finding stands: ("cases", 0, "when"), ("actions", "done", "go"), ("who",)
Part = tuple[str | int, ...]
#: bounded: the bound was hit before it was decided
Outcome = Literal["holds", "fails", "bounded"]

#: every code that a proof can give, with how serious it is
CODES: dict[str, Severity] = {
    "proof-bound": "error",
    "never-completes": "error",
    "ends-over-others": "error",
    "unreachable-step": "error",
    "loop-without-people": "error",
    "missing-otherwise": "error",
    "condition-never": "error",
    "condition-always": "warning",
    "case-covered": "error",
    "otherwise-never": "warning",
    "cases-overlap": "warning",
    "nobody-approves": "warning",
    "applicant-alone": "warning",
    "read-before-written": "error",
    "required-never-asked": "warning",
    "required-hidden": "error",
    "repeat-and-signature": "warning",
    "reject-in-parallel": "warning",
    "return-out-of-parallel": "warning",
    "nobody-in-role": "warning",
    "action-nobody": "warning",
    "promise-exceeded": "error",
    "promise-unlimited": "warning",
}


class Place(NamedTuple):
    """Somewhere in a flow: a step and a part of it; "start": the applicant's own; None: the flow itself. ``field``: a field of the form."""

    step: str | None = None
    part: Part = ()
    field: str | None = None


class Finding(NamedTuple):
    """Something that is wrong with a flow."""

    code: str
    at: Place
    message: Text
    #: the shortest way there: what happens one after the other
    witness: tuple[Text, ...] = ()
    #: the steps at which these happen, as long as ``witness``; empty where they are not known
    way: tuple[str, ...] = ()
    #: other places of it, each with what is there
    related: tuple[tuple[Place, Text], ...] = ()

    @property
    def severity(self) -> Severity:
        return CODES[self.code]


class Property(NamedTuple):
    """Something that was to be proved."""

    id: str
    title: Text
    outcome: Outcome
    #: the codes of findings that deny it
    denials: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """The whole of a proof."""

    findings: tuple[Finding, ...]
    properties: tuple[Property, ...]
    #: markings that were looked at
    states: int
    #: regions of answers that were looked at
    regions: int

    @property
    def bounded(self) -> bool:
        """Whether something is not proved because a bound was hit."""
        return any(property.outcome == "bounded" for property in self.properties)
