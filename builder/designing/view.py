"""What a page of the designer shows: a draft, what the compiler says of it, and what is selected."""

from dataclasses import dataclass, field
from typing import Any

from builder.designing.drafts import Draft
from builder.designing.layout import Unreadable
from builder.designing.places import Located
from builder.designing.studio import Base, Findings, Studio
from builder.designing.work import APP, ENGLISH, FLOW, FORM, Work
from forms.texts import say
from runtime.people.designers import Rights


@dataclass(slots=True)
class Said:
    """What became of the last command, told above the canvas."""

    words: str
    #: bad, conflict, ok
    kind: str = "bad"
    #: of a conflict: who else, and both versions
    by: str = ""
    theirs: str = ""
    mine: str = ""
    #: what would be sent again to insist
    again: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(slots=True)
class View:
    """One page as one person sees it."""

    draft: Draft
    work: Work
    base: Base
    findings: Findings
    rights: Rights
    #: zh or en, of the person
    language: str
    tab: str
    #: "field:budget", "step:finance"; "" for the app as a whole
    selected: str
    csrf: str
    studio: Studio
    #: what the address says behind the question mark
    asked: dict[str, str]
    can_undo: bool = False
    can_redo: bool = False
    others: list[Any] = field(default_factory=list[Any])
    said: Said | None = None

    @property
    def app(self) -> str:
        return self.draft.app

    @property
    def title(self) -> str:
        """As the draft says it; its id where it says nothing."""
        found = self.work.data(APP, ("title",)) if self.readable(APP) else None
        return found if isinstance(found, str) and found else self.draft.app

    def readable(self, file: str) -> bool:
        """Whether the file can be shown as a tree; if not, the source tab is where it is put right."""
        if file not in self.work.texts:
            return False
        try:
            self.work.layout(file)
        except Unreadable:
            return False
        return True

    def problems(self, selected: str | None = None) -> list[Located]:
        return self.findings.about(self.selected if selected is None else selected)

    def say(self, problem: Located) -> str:
        return say(problem.problem.message, self.language)

    def tab_of(self, problem: Located) -> str:
        """Where it is put right."""
        tabs = {FORM: "form", FLOW: "flow", APP: "settings", ENGLISH: "translation"}
        if problem.file.startswith("print/"):
            return "print"
        return tabs.get(problem.file, "source") if self.readable(problem.file) else "source"
