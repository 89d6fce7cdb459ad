"""unknown-app, unknown-view, unknown-source, unknown-part, different-kind, missing-key, sensitive-calculation: where answers are taken
from, held against what is there.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Names
from typing import Any

import msgspec

from builder import calls, sources
from builder.draft import AppDraft, FieldDraft, FormDraft
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from builder.rules import different_kind, fields_named
from builder.texts import text
from builder.workspace import Workspace
from forms import typed
from forms.form import HOLDERS, Field, Form, Kind, Option

KEYWORD = "x-from"
#: what is said of the applicant and of their department, and the kinds that take it
PERSON: dict[str, tuple[Kind, ...]] = {
    "id": ("person",), "name": ("text",), "phone": ("phone",), "email": ("email",), "post": ("text",),
}  # fmt: skip
DEPARTMENT: dict[str, tuple[Kind, ...]] = {"id": ("department",), "title": ("text",), "head": ("person",), "parent": ("department",)}
#: kinds that one case takes over from another
ALIKE: dict[Kind, Kind] = {"textarea": "text", "integer": "number"}
#: what no other case may have: files belong to one
NEVER: tuple[Kind, ...] = ("attachment", "photo", "note", "opinion")
#: kinds that cases are looked up by
KEYS: tuple[Kind, ...] = ("text", "choice", "phone", "id-card", "credit-code", "plate", "disability-card", "bank-card", "person", "department",
                          "region", "email", "postcode", "month", "date", "link")  # fmt: skip


def check(draft: AppDraft, files: Workspace, shared: dict[str, tuple[Option, ...]]) -> None:
    """Says what is wrong with each `x-from`, and completes those that are right."""
    form = draft.form
    _views(draft)
    for path, field in form.walk() if form else ():
        node = mapping(field.get(KEYWORD))
        if form and node and field.field and field.field.lookup:
            above = path.rpartition(".")[0]
            beside = dict(form.walk())[above].columns if above else form.fields
            _One(draft, files, shared, field, field.field, node, beside, path).run()
    _around(form.fields.values() if form else ())


def _around(found: Iterable[FieldDraft]) -> None:
    """What holds a field that was completed holds it as it is now."""
    for field in found:
        if field.columns and field.field:
            _around(field.columns.values())
            inner = tuple(column.field for column in field.columns.values() if column.field)
            field.field = msgspec.structs.replace(field.field, fields=inner)


class _One:
    """One lookup."""

    def __init__(
        self,
        draft: AppDraft,
        files: Workspace,
        shared: dict[str, tuple[Option, ...]],
        place: FieldDraft,
        field: Field,
        node: Mapping,
        beside: dict[str, FieldDraft],
        path: str,
    ) -> None:
        self.draft, self.files, self.shared = draft, files, shared
        self.place, self.field, self.node, self.beside, self.path = place, field, node, beside, path
        self.problems = draft.problems
        assert field.lookup is not None
        self.lookup = field.lookup

    def run(self) -> None:
        """Says what is wrong with it."""
        for other in ("x-compute", "x-default", "default"):
            if self.place.get(other) is not None and isinstance(self.place.node, Mapping):
                zh, en = f"写了 x-from，就不能再写 {other}", f"With x-from there is no {other}"
                self.problems.add(self.place.node.key(other), "keyword-does-not-fit", zh, en)
        if self.lookup.of in ("person", "department", "mine") and "." in self.path:
            zh = "明细和组里的字段不能从申请人或以前的申请带出"
            en = "A field within a row or a group cannot be taken from the applicant or an earlier case"
            self.problems.add(self.node, "keyword-does-not-fit", zh, en)
            return
        of = getattr(self, f"of_{self.lookup.of}")
        of()

    def of_person(self) -> None:
        self.takes(PERSON[self.lookup.take])

    def of_department(self) -> None:
        self.takes(DEPARTMENT[self.lookup.take])

    def takes(self, kinds: tuple[Kind, ...]) -> None:
        if self.field.kind not in kinds:
            different_kind.said(self.problems, self.node, kinds[0], self.field.kind)

    def of_mine(self) -> None:
        at = self.node.get("mine")
        there = self.app(at, self.lookup.name)
        field = self.part(there.fields, "take") if there else None
        if field is not None:
            self.same(field, self.node.get("take"))

    def of_view(self) -> None:
        at, (app, _, name) = self.node.get("view"), self.lookup.name.partition("/")
        there = self.app(at, app)
        if there is None or at is None:
            return
        root = calls.root(app, "app.yaml", self.files)
        declared = mapping(root.get("views")) if root else None
        view = mapping(declared.get(name)) if declared else None
        if view is None:
            known = [f"{app}/{id}" for id in declared.entries] if declared else []
            self.problems.add(
                at, "unknown-view", f"应用“{app}”没有公开“{name}”", f"The app “{app}” publishes no view “{name}”", among=known
            )
            return
        given = [name for item in items(view.get("gives")) if (name := words(item))]
        field = self.part({name: there.fields[name] for name in given if name in there.fields}, "take")
        key = there.fields.get(words(view.get("key")) or "")
        if key and key.field:
            self.by({"": key.field.kind})
        if field is not None:
            self.same(field, self.node.get("take"))

    def of_dictionary(self) -> None:
        at = self.node.get("dictionary")
        name = self.lookup.name
        if name not in self.shared:
            if at is not None:
                self.problems.add(at, "unknown-dictionary", f"没有共用选项“{name}”", f"There is no dictionary “{name}”", among=self.shared)
            return
        chosen = self.by({"": "choice"})
        if chosen and chosen.options != self.shared[name]:
            here = self.node.get("by") or self.node
            zh, en = f"“{chosen.name}”的选项不是“{name}”", f"The options of “{chosen.name}” are not those of “{name}”"
            self.problems.add(here, "different-kind", zh, en)
        parts = dict.fromkeys(part for option in self.shared[name] for part in option.gives)
        take, there = self.node.get("take"), self.lookup.take
        if take is not None and there not in parts:
            zh, en = f"“{name}”的选项没有“{there}”", f"The options of “{name}” have no “{there}”"
            self.problems.add(take, "unknown-part", zh, en, among=parts)
            return
        whole = Form(fields=(self.field,), sections=())
        for option in self.shared[name]:
            value = option.gives.get(there)
            if value is not None and (wrong := typed.read(whole, [(self.field.name, said(value))]).problems):
                words_ = next(iter(wrong.values()))
                zh = f"选项“{option.value}”的“{there}”填不进这个字段：{words_['zh']}"
                en = f"“{there}” of the option “{option.value}” is no answer to this field: {words_.get('en', '')}"
                self.problems.add(take or self.node, "different-kind", zh, en)
                return

    def of_source(self) -> None:
        at, known = self.node.get("source"), sources.known(self.files)
        found = known.get(self.lookup.name)
        if found is None:
            if at is not None:
                zh, en = f"没有外部系统“{self.lookup.name}”", f"There is no source “{self.lookup.name}”"
                self.problems.add(at, "unknown-source", zh, en, among=known)
            return
        self.by(found.takes)
        take = self.node.get("take")
        part = found.gives.get(self.lookup.take)
        if part is None:
            if take is not None:
                zh, en = f"“{self.lookup.name}”不提供“{self.lookup.take}”", f"“{self.lookup.name}” does not give “{self.lookup.take}”"
                self.problems.add(take, "unknown-part", zh, en, among=found.gives)
            return
        self.like(part[0], take)
        self.complete(take=part[1], title=found.title)

    def app(self, at: Node | None, app: str) -> FormDraft | None:
        """The form of ``app``; when there is none, that is said."""
        known = self.files.there()
        if app not in known:
            if at is not None:
                self.problems.add(at, "unknown-app", f"没有应用“{app}”", f"There is no app “{app}”", among=known)
            return None
        root = calls.root(app, "app.yaml", self.files)
        self.complete(title=(text(root.get("title")) if root else None) or {"zh": app})
        return self.draft.form if app == self.draft.id else calls.form(app, self.files, self.draft, self.shared)

    def part(self, there: Names[str, FieldDraft], key: str) -> Field | None:
        node = self.node.get(key)
        if not isinstance(node, Scalar):
            return None
        if node.text not in there:
            fields_named.unknown(node.text, node, list(there), self.problems)
            return None
        return there[node.text].field

    def same(self, other: Field, at: Node | None) -> None:
        """What one form holds goes into a field of another."""
        if other.kind in NEVER:
            self.problems.add(
                at or self.node,
                "different-kind",
                "附件和说明属于一份申请，不能带出",
                "Files and notes belong to one case: they are not taken",
            )
        else:
            self.like(other.kind, at)
        masked = any(part.sensitive for part in (other, *other.fields))
        if masked and not self.field.sensitive and self.field.kind not in HOLDERS:
            self.problems.add(
                at or self.node,
                "sensitive-calculation",
                f"“{other.name}”是敏感信息，“{self.field.name}”也要写 x-sensitive",
                f"“{other.name}” is sensitive: “{self.field.name}” needs x-sensitive too",
            )

    def like(self, kind: Kind, at: Node | None) -> None:
        mine = self.field.kind
        plain = {ALIKE.get(kind, kind), kind}
        if mine not in plain and ALIKE.get(mine, mine) not in plain and not (mine == "choice" and kind == "text"):
            different_kind.said(self.problems, at or self.node, kind, mine)

    def by(self, takes: Names[str, Kind]) -> Field | None:
        """The fields by which it is looked up: beside this one, of the right kinds, and every one that is asked for."""
        node, chosen = self.node.get("by"), None
        pairs: list[tuple[str, Node]] = list(node.items()) if isinstance(node, Mapping) else [("", node)] if node else []
        wanted = dict(takes)
        if len(takes) == 1 and pairs and pairs[0][0] == "":
            # with one parameter its name need not be written
            only = next(iter(takes))
            pairs = [(only, pairs[0][1])]
            self.complete(by={only: words(pairs[0][1]) or ""})
        for parameter, value in pairs:
            if parameter not in takes:
                where = node.key(parameter) if isinstance(node, Mapping) else value
                zh, en = f"没有参数“{parameter}”", f"There is no parameter “{parameter}”"
                self.problems.add(where, "unknown-part", zh, en, among=takes)
                continue
            wanted.pop(parameter)
            name = words(value) or ""
            other = self.beside.get(name)
            if other is None or other is self.place:
                fields_named.unknown(name, value, [known for known in self.beside if known != self.place.name], self.problems)
            elif other.field is not None:
                chosen = other.field
                kind = takes[parameter]
                if other.field.kind != kind and not (kind == "text" and other.field.kind == "choice"):
                    different_kind.said(self.problems, value, other.field.kind, kind)
        if wanted:
            missing = "、".join(wanted)
            zh, en = f"by 里缺少参数：{missing}", f"by needs the parameter {', '.join(wanted)}"
            self.problems.add(node or self.node, "missing-key", zh, en)
        return chosen

    def complete(self, **more: Any) -> None:
        """Writes what was found into the field."""
        self.lookup = msgspec.structs.replace(self.lookup, **more)
        self.field = self.place.field = msgspec.structs.replace(self.field, lookup=self.lookup)


def said(value: str | float | bool) -> str:
    """A value as somebody would type it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _views(draft: AppDraft) -> None:
    """What an app publishes is there, can be looked up by, and is not sensitive."""
    declared = mapping(draft.app.get("views")) if draft.app else None
    for _, node in declared.items() if declared else ():
        view = mapping(node)
        if view is None or draft.form is None:
            continue
        key = view.get("key")
        field = fields_named.find(draft, key) if key is not None else None
        if key is not None and field and field.field and field.field.kind not in KEYS:
            different_kind.said(draft.problems, key, field.field.kind, "text")
        for item in items(view.get("gives")):
            found = fields_named.find(draft, item)
            if found and found.field and (found.field.sensitive or any(part.sensitive for part in found.field.fields)):
                zh = f"“{found.name}”是敏感信息，不能公开给别的应用"
                en = f"“{found.name}” is sensitive: it cannot be published to other apps"
                draft.problems.add(item, "sensitive-view", zh, en)
            elif found and found.field and found.field.kind in NEVER:
                zh, en = "附件和说明不能公开给别的应用", "Files and notes cannot be published to other apps"
                draft.problems.add(item, "different-kind", zh, en)
