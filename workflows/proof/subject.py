"""What is proved: an app with its expressions as trees, and what follows from its form alone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from forms.form import Field
from forms.form import walk as walk_fields
from forms.syntax import Node
from forms.texts import Text, say
from workflows.app import App, Approve, Branch, Handle, Inclusive, Parallel, Step, walk
from workflows.program import START, Program, fills, written

APPLICANT: Text = {"zh": "申请人", "en": "the applicant"}
#: names that are not fields
AROUND = frozenset(("today", "applicant", "row", "answered"))


class Expression(Protocol):
    """As much as a proof needs of `forms.expressions.Expression`."""

    @property
    def tree(self) -> Node: ...

    @property
    def reads(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Subject:
    """An app and its compiled expressions by their text."""

    app: App
    expressions: Mapping[str, Expression]

    @classmethod
    def of(cls, program: Program) -> "Subject":
        """The release that ``program`` runs."""
        return cls(program.app, program.expressions)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        return {step.id: step for step in walk(self.app.flow.steps)}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.app.form.fields}

    @cached_property
    def fills(self) -> frozenset[str]:
        """The fields that the applicant fills in."""
        return fills(self.app)

    def reads(self, text: str | None) -> frozenset[str]:
        """What the expression ``text`` reads: fields, ``today`` and ``applicant``."""
        found = self.expressions.get(text) if text is not None else None
        return found.reads if found else frozenset()

    @cached_property
    def inputs(self) -> Mapping[str, frozenset[str]]:
        """What the answer of each calculated or conditional field depends on, directly or through others."""
        direct: dict[str, frozenset[str]] = {}
        for field in self.app.form.fields:
            texts = [*self.shown(field), *(text for part in walk_fields([field]) for text in (part.compute, part.visible))]
            reads = frozenset[str]().union(*(self.reads(text) for text in texts))
            if any(texts):
                direct[field.name] = reads - {field.name}
        found: dict[str, frozenset[str]] = {}
        for name, reads in direct.items():
            reached: set[str] = set()
            ahead = list(reads)
            while ahead:
                read = ahead.pop()
                if read not in reached:
                    reached.add(read)
                    ahead.extend(direct.get(read, ()))
            found[name] = frozenset(reached)
        return found

    def shown(self, field: Field) -> tuple[str, ...]:
        """What must hold for ``field``, one of the form's own, to be asked for: its rule, and that of its section."""
        return tuple(text for text in (field.visible, self._sections.get(field.name)) if text is not None)

    @cached_property
    def _sections(self) -> Mapping[str, str]:
        return {name: section.visible for section in self.app.form.sections if section.visible for name in section.fields}

    def touched(self, fields: frozenset[str]) -> frozenset[str]:
        """``fields`` and all that depend on them."""
        return fields | {name for name, reads in self.inputs.items() if reads & fields}

    @cached_property
    def writes(self) -> Mapping[str, frozenset[str]]:
        """The fields whose answers may change at each step, those that depend on others included."""
        found = {START: self.touched(self.fills)}
        for step in self.steps.values():
            if own := frozenset(written(step)):
                found[step.id] = self.touched(own)
        return found

    def gives(self, step: str) -> frozenset[str]:
        """The fields that ``step`` fills in, and what is calculated from them."""
        own = self.fills if step == START else frozenset(written(self.steps[step]))
        return own | {name for name in self.touched(own) if self.fields[name].compute} if own else own

    @cached_property
    def later(self) -> frozenset[str]:
        """The fields that some step writes."""
        return frozenset(name for step in self.steps.values() for name in written(step))

    @cached_property
    def unattended(self) -> frozenset[str]:
        """The fields that the flow writes by itself, without holding them against the checks of the form."""
        steps = [step for step in self.steps.values() if not isinstance(step, Approve | Handle)]
        return self.touched(frozenset(name for step in steps for name in written(step)))

    @cached_property
    def sure(self) -> frozenset[str]:
        """The fields that are answered in every case: the applicant must, and what is calculated from such fields only."""
        found = {f.name for f in self.app.form.fields if self._asked(f) and not f.compute and f.name in self.fills}
        computed = {f.name: self.reads(f.compute) for f in self.app.form.fields if f.compute and not self.shown(f)}
        while ready := {name for name, reads in computed.items() if name not in found and reads - AROUND <= found}:
            found |= ready
        return frozenset(found)

    def _asked(self, field: Field) -> bool:
        """Whether ``field`` is required whatever was answered. A group is there where something in it was."""
        return field.required and not self.shown(field) and field.kind != "group"

    def title(self, step: str) -> Text:
        """The words of a step, the applicant's own included; with its id where another has the same."""
        if step not in self.steps:
            return APPLICANT
        title = self.steps[step].title
        if self._titles[title["zh"]] == 1:
            return title
        return {"zh": f"{title['zh']} {step}", "en": f"{say(title, 'en')} {step}"}

    @cached_property
    def _titles(self) -> Counter[str]:
        return Counter(step.title["zh"] for step in self.steps.values())

    def human(self, step: str) -> bool:
        return isinstance(self.steps.get(step), Approve | Handle)


def held(step: Step) -> tuple[tuple[Step, ...], ...]:
    """The lists of steps that ``step`` holds."""
    if isinstance(step, Branch | Inclusive):
        return tuple(case.steps for case in step.cases)
    return tuple(lane.steps for lane in step.branches) if isinstance(step, Parallel) else ()
