"""Holds the names in tests/*.yaml against the app and the organisation, so that a scenario fails for what it tests and not for a slip."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from builder.draft import AppDraft
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from forms.texts import Text

PERSON: Text = {"zh": "人员", "en": "person"}
DEPARTMENT: Text = {"zh": "部门", "en": "department"}
POST: Text = {"zh": "岗位", "en": "post"}
FIELD: Text = {"zh": "字段", "en": "field"}
STEP: Text = {"zh": "步骤", "en": "step"}
CALL: Text = {"zh": "子流程步骤", "en": "step that calls another app"}


class Names(NamedTuple):
    """What a scenario may name of an app. None: that could not be read."""

    fields: set[str] | None
    #: the applicant's own step among them, which has no place in the file
    steps: set[str] | None
    #: steps that call another app: to its id
    calls: dict[str, str]


def names(draft: AppDraft) -> Names:
    """The names of the app of ``draft``."""
    steps = draft.flow.steps if draft.flow else []
    calls = {step.id: app for step in steps if step.kind == "call" and (app := words(step.node.get("app")))}
    return Names(set(draft.form.fields) if draft.form else None, {"start", *(step.id for step in steps)} if draft.flow else None, calls)


def check(draft: AppDraft, root: Node, beside: Callable[[str], Names]) -> None:
    """Says what is wrong with the scenarios in ``root``, which has its shape. ``beside``: the names of other apps."""
    for node in items(root):
        if isinstance(node, Mapping):
            Reading(draft, beside).scenario(node)


class Reading:
    """One scenario."""

    def __init__(self, draft: AppDraft, beside: Callable[[str], Names]) -> None:
        of = draft.organisation
        self.problems = draft.problems
        self.people = {person.id for person in of.people} if of else None
        self.departments = {department.id for department in of.departments} if of else None
        self.posts = {post.id for post in of.posts} if of else None
        self.own, self.beside = names(draft), beside
        self.look(self.own)

    def look(self, names: Names) -> None:
        """What follows is about the app with these ``names``."""
        self.fields, self.steps = names.fields, names.steps

    def scenario(self, node: Mapping) -> None:
        held = mapping(node.get("post"))
        self.known(node.get("as"), self.people, "unknown-person", PERSON)
        self.known(held.get("department") if held else None, self.departments, "unknown-department", DEPARTMENT)
        self.known(held.get("post") if held else None, self.posts, "unknown-post", POST)
        self.moment(node.get("at"))
        self.chosen(node)
        self.answers(node.get("submit"), node.get("expect"))
        self.expect(node.get("expect"))
        for step in items(node.get("then")):
            if isinstance(step, Mapping):
                self.act(step)

    def chosen(self, node: Mapping) -> None:
        """Whom somebody chooses for which step."""
        found = mapping(node.get("choose"))
        for name in found.entries if found else ():
            self.known(found.key(name) if found else None, self.steps, "unknown-target", STEP)
            for person in items(found.get(name) if found else None):
                self.known(person, self.people, "unknown-person", PERSON)

    def act(self, node: Mapping) -> None:
        self.look(self.case(node.get("in")))
        self.done(node)
        self.look(self.own)

    def case(self, path: Node | None) -> Names:
        """The names of the app whose case an act is in."""
        found = self.own
        for part in [path] if isinstance(path, Scalar) else items(path):
            if (step := words(part)) is not None:
                self.known(part, found.calls or None, "unknown-target", CALL)
                found = self.beside(found.calls[step]) if step in found.calls else Names(None, None, {})
        return found

    def done(self, node: Mapping) -> None:
        self.chosen(node)
        self.known(node.get("as"), self.people, "unknown-person", PERSON)
        for key in ("on", "called"):
            self.known(node.get(key), self.steps, "unknown-target", STEP)
        self.moment(node.get("at"))
        to = {"previous"} | (self.steps if words(node.get("do")) == "return" else self.people) if self.steps and self.people else None
        what = ("unknown-target", STEP) if words(node.get("do")) == "return" else ("unknown-person", PERSON)
        self.known(node.get("to"), to, *what)
        for person in items(node.get("people")):
            self.known(person, self.people, "unknown-person", PERSON)
        if "called" not in node.entries:
            self.answers(node.get("answers"), node.get("expect"))
        self.expect(node.get("expect"))

    def answers(self, node: Node | None, expect: Node | None) -> None:
        """Fields that are filled in; one that does not exist may be filled in to see that it is refused."""
        wanted = mapping(expect)
        if isinstance(node, Mapping) and not (wanted and "refused" in wanted.entries):
            for name in node.entries:
                self.known(node.key(name), self.fields, "unknown-field", FIELD)

    def expect(self, node: Node | None) -> None:
        wanted = mapping(node)
        if wanted is None:
            return
        opened, due, answers = mapping(wanted.get("open")), wanted.get("due"), mapping(wanted.get("answers"))
        for name in opened.entries if opened else ():
            self.known(opened.key(name) if opened else None, self.steps, "unknown-target", STEP)
            for person in items(opened.get(name) if opened else None):
                self.known(person, self.people, "unknown-person", PERSON)
        called, told = mapping(wanted.get("called")), mapping(wanted.get("told"))
        for name, starters in called.items() if called else ():
            self.known(called.key(name) if called else None, self.steps, "unknown-target", STEP)
            for person in items(starters):
                self.known(person, self.people, "unknown-person", PERSON)
        for name in told.entries if told else ():
            self.known(told.key(name) if told else None, self.people, "unknown-person", PERSON)
        for step in items(wanted.get("waiting")):
            self.known(step, self.steps, "unknown-target", STEP)
        if isinstance(due, Mapping):
            for name, moment in due.items():
                self.known(due.key(name), self.steps, "unknown-target", STEP)
                self.moment(moment)
        else:
            self.moment(due)
        for name in answers.entries if answers else ():
            self.known(answers.key(name) if answers else None, self.fields, "unknown-field", FIELD)
        for field in items(wanted.get("visible")):
            self.known(field, self.fields, "unknown-field", FIELD)
        for key in ("visible", "editable", "actions"):
            by_person = mapping(wanted.get(key))
            for name, fields in by_person.items() if by_person else ():
                self.known(by_person.key(name) if by_person else None, self.people, "unknown-person", PERSON)
                for field in items(fields) if key != "actions" else ():
                    self.known(field, self.fields, "unknown-field", FIELD)
        for got in items(wanted.get("copied")):
            both = self.steps | self.people if self.steps is not None and self.people is not None else None
            self.known(got, both, "unknown-target", {"zh": "步骤或人员", "en": "step or person"})

    def known(self, node: Node | None, among: Iterable[str] | None, code: str, kind: Text) -> None:
        name = words(node)
        if node is None or name is None or among is None or name in set(among):
            return
        self.problems.add(node, code, f"没有{kind['zh']}“{name}”", f"There is no {kind['en']} “{name}”", among=sorted(among))

    def moment(self, node: Node | None) -> None:
        text = words(node)
        if node is None or text is None:
            return
        try:
            datetime.fromisoformat(text)
        except ValueError:
            self.problems.add(node, "bad-date", f"没有 {text} 这个时间", f"There is no such time as {text}")
