"""What must come of an act in a scenario, held against what came: each difference with its place, and both sides of it."""

from collections.abc import Callable
from collections.abc import Mapping as Named
from dataclasses import dataclass
from typing import Any, cast

from builder.nodes import Mapping, Node, data, mapping, words
from builder.problems import Problems
from builder.scenarios.world import Outcome, Strand, World
from forms.diagnostics import Diagnostic
from forms.texts import LANGUAGES, Text, say
from workflows import commands, editing, offers, rights
from workflows import words as phrases
from workflows.app import Approve, Handle
from workflows.case import Case
from workflows.effects import Message
from workflows.events import Copied
from workflows.program import START
from workflows.unattended import Called, Sent


@dataclass(frozen=True, slots=True)
class Difference:
    """Something went otherwise than a scenario says."""

    diagnostic: Diagnostic
    #: which expectation: "open", "due"; "refused" for an act that was accepted or refused otherwise
    key: str
    #: each side by name (a step, a person, a field) where it has names; else under ""
    expected: dict[str, Text]
    actual: dict[str, Text]


class Expectations:
    """Holds what a scenario wants against what is there."""

    def __init__(self, world: World, title: str) -> None:
        self.world = world
        self.title = title
        self.found: list[Difference] = []
        #: the case that is looked at
        self.strand = world.root

    def check(self, node: Node | None, step: Mapping, strand: Strand, outcome: Outcome) -> bool:
        """Whether the scenario can go on: nothing was refused that should not have been."""
        self.strand = strand
        for app, refusal in self.world.undone:
            want: Text = {"zh": f"{app} 的申请照办", "en": f"the case of {app} goes along"}
            self.differs(step, "called", want, _refusal(refusal))
        wanted = mapping(node)
        refused = words(wanted.get("refused")) if wanted else None
        if isinstance(outcome, commands.Refusal):
            if refused is None:
                self.differs(step, "refused", {"zh": "接受", "en": "accepted"}, _refusal(outcome))
                return False
            if refused != outcome.code and wanted:
                self.differs(wanted.entries["refused"].value, "refused", refused, outcome.code)
        elif refused is not None and wanted:
            self.differs(wanted.entries["refused"].value, "refused", refused, {"zh": "没有拒绝", "en": "not refused"})
            return False
        for key, value in wanted.items() if wanted else ():
            self.one(key, value, outcome)
        return True

    def one(self, key: str, node: Node, outcome: Outcome) -> None:
        wanted, case = data(node), self.strand.case
        if key == "fields":
            fields = outcome.fields if isinstance(outcome, commands.Refusal) else {}
            self.compare(node, key, sorted(wanted), sorted(fields))
        elif case is None:
            if key != "refused":
                self.differs(node, key, wanted, {"zh": "还没有申请", "en": "no case"})
        elif key == "due":
            dues = {task.step: self.world.local(task.due).strftime("%Y-%m-%dT%H:%M") for task in case.open_tasks() if task.due}
            if isinstance(wanted, dict):
                self.compare(node, key, wanted, dues)
            else:
                self.compare(node, key, [wanted], sorted(set(dues.values())))
        elif key == "answers":
            for name, value in node.items() if isinstance(node, Mapping) else ():
                self.compare(value, name, data(value), case.answers.get(name))
        elif key == "copied":
            got = [*(event.fact.step for event in self.strand.events if isinstance(event.fact, Copied)), *case.copied]
            if not set(wanted) <= set(got):
                self.differs(node, key, wanted, got)
        elif isinstance(wanted, dict) and key in BY_PERSON:
            for name, value in node.items() if isinstance(node, Mapping) else ():
                self.compare(value, name, sorted(data(value)), sorted(BY_PERSON[key](self, case, name)))
        elif key in FOUND:
            self.compare(node, key, _sorted(wanted), _sorted(FOUND[key](self, case)))

    # what there is

    def open(self, case: Case) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for task in case.open_tasks():
            found.setdefault(task.step, []).append(task.person)
        return found

    def told(self, _case: Case) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for body in self.strand.effects:
            if isinstance(body, Message):
                found.setdefault(body.person, []).append(body.kind)
        return found

    def sent(self, _case: Case) -> list[str]:
        return [event.fact.to for event in self.strand.events if isinstance(event.fact, Sent)]

    def called(self, _case: Case) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for event in self.strand.events:
            if isinstance(event.fact, Called):
                found.setdefault(event.fact.step, []).append(event.fact.person or "")
        return found

    def ended(self, case: Case) -> Any:
        return case.outcome if case.status == "ended" else {"zh": "没有结束", "en": "not ended"}

    def subject(self, case: Case) -> str:
        of = self.world.roster.organisation
        names = {unit.id: unit.title["zh"] for unit in of.departments} | {person.id: person.name for person in of.people}
        return phrases.subject(self.strand.program, case.applicant, case.answers, "zh", names)

    def shown(self, case: Case) -> frozenset[str]:
        """The fields that the rules of the form show."""
        known = editing.facts(case.applicant, self.world.now, self.world.roster)
        visible = self.strand.program.rules.settle(case.answers, known).visible
        # what a table or a group holds has its place in there
        return frozenset(name for name in visible if "." not in name)

    def visible(self, case: Case, person: str) -> frozenset[str]:
        return self.shown(case) - rights.hidden(self.strand.program, case, person)

    def editable(self, case: Case, person: str) -> set[str]:
        """The fields that ``person`` may write now, at all the steps that wait for them."""
        program, shown = self.strand.program, self.shown(case)
        found: set[str] = set()
        for task in case.open_tasks():
            if task.person == person:
                step = program.steps.get(task.step)
                found |= program.fills if task.step == START else set(step.edit if isinstance(step, Approve | Handle) else ())
        return {name for name in found if name in shown}

    def actions(self, case: Case, person: str) -> set[str]:
        """What ``person`` may do with the tasks they have."""
        tasks = [task for task in case.open_tasks() if task.person == person]
        of = self.world
        return {offer.id for task in tasks for offer in offers.offers(self.strand.program, case, task, of.roster, of.now)}

    # differences

    def compare(self, node: Node, key: str, wanted: Any, found: Any) -> None:
        if wanted != found:
            self.differs(node, key, wanted, found)

    def differs(self, at: Node, key: str, wanted: Any, found: Any) -> None:
        """A dictionary of both languages is said as it is, anything else as a definition writes it."""
        problems = Problems()
        problems.add(
            at,
            "scenario-failed",
            f"场景“{self.title}”：应当是 {_said(wanted, 'zh')}，实际是 {_said(found, 'zh')}",
            f"Scenario “{self.title}”: expected {_said(wanted, 'en')}, got {_said(found, 'en')}",
        )
        self.found.append(Difference(problems.in_order()[0], key, sides(wanted), sides(found)))


FOUND: dict[str, Callable[[Expectations, Case], Any]] = {
    "open": Expectations.open,
    "told": Expectations.told,
    "sent": Expectations.sent,
    "called": Expectations.called,
    "ended": Expectations.ended,
    "subject": Expectations.subject,
    "visible": lambda self, case: list(self.shown(case)),
    "waiting": lambda _, case: list(case.still),
    "number": lambda _, case: case.number,
}
#: what differs from person to person
BY_PERSON: dict[str, Callable[[Expectations, Case, str], Any]] = {
    "visible": Expectations.visible,
    "editable": Expectations.editable,
    "actions": Expectations.actions,
}


def sides(value: Any) -> dict[str, Text]:
    """One side of a difference, taken apart by name where it has names."""
    if isinstance(value, dict) and not _texts(value):
        return {name: _both(part) for name, part in cast("dict[str, Any]", value).items()}
    return {"": _both(value)}


def _both(value: Any) -> Text:
    return {language: _said(value, language) for language in LANGUAGES}


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and cast("dict[str, Any]", value).keys() == set(LANGUAGES)


def _refusal(refusal: commands.Refusal) -> Text:
    def said(language: str) -> str:
        fields = "; ".join(f"{name}: {say(text, language)}" for name, text in refusal.fields.items())
        return f"{refusal.code}, {say(refusal.message, language)} {fields}".strip()

    return {language: said(language) for language in LANGUAGES}


def _said(value: Any, language: str) -> str:
    return cast(dict[str, str], value)[language] if _texts(value) else shown(value)


def _sorted(value: Any) -> Any:
    """Without an order where none is meant."""
    if isinstance(value, dict) and not _texts(value):
        found = cast(Named[str, list[str]], value)
        return {name: sorted(found[name]) for name in sorted(found)}
    return sorted(cast("list[str]", value)) if isinstance(value, list) else cast(Any, value)


def shown(value: Any) -> str:
    """A value as a definition writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in cast(list[Any], value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {shown(item)}' for key, item in cast(dict[str, Any], value).items())}}}"
    return str(value)
