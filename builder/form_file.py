"""Reads form.yaml: first a draft of what is there, in the end the Form that the runtime reads."""

from typing import Any

from builder import answers_schema, fields, shape
from builder.draft import AppDraft, FieldDraft, FormDraft
from builder.english import English
from builder.nodes import Mapping, Node, items, mapping, words
from forms.form import Check, Field, Form, Section


def draft(root: Node, into: AppDraft) -> FormDraft | None:
    """What form.yaml says, with the problems of its shape and of each field said."""
    broken = shape.check(root, "form", into.problems)
    if not isinstance(root, Mapping) or shape.HOPELESS in broken:
        return None
    form = FormDraft(root, broken)
    declared = mapping(root.get("properties"))
    for name, entry in declared.entries.items() if declared else ():
        form.fields[name] = FieldDraft(name, entry.key, entry.value, columns=_columns(entry.value))
    form.required = frozenset(name for node in items(root.get("required")) if (name := words(node)))
    english = English(into.english)
    misshapen = {path[:2] for path in broken}
    for name, field in form.fields.items():
        if ("properties", name) not in misshapen:
            field.field = fields.read(into, field, name in form.required, english, "form", "fields", name)
    return form


def _columns(node: Node) -> dict[str, FieldDraft]:
    inner = mapping(node.get("items")) if isinstance(node, Mapping) else None
    declared = mapping(inner.get("properties")) if inner else None
    return {name: FieldDraft(name, entry.key, entry.value) for name, entry in declared.entries.items()} if declared else {}


def build(form: FormDraft, english: English) -> Form:
    """The Form of a draft without problems."""
    sections = _sections(form, english)
    order = [name for section in sections for name in section.fields]
    by_name: dict[str, Field] = {field.name: field for field in form.whole()}
    ordered = [by_name[name] for name in order] + [field for name, field in by_name.items() if name not in order]
    return Form(
        fields=tuple(ordered),
        sections=sections,
        checks=tuple(_checks(form, english)),
        schema=_schema(form),
    )


def _sections(form: FormDraft, english: English) -> tuple[Section, ...]:
    """The sections as written; without x-layout one section of everything."""
    written = items(form.root.get("x-layout"))
    if not written:
        return (Section(title={"zh": "填写内容", "en": "Details"}, fields=tuple(form.fields)),)
    found: list[Section] = []
    for number, node in enumerate(written):
        section = mapping(node)
        if section:
            title = english.text(section.get("section"), "form", "sections", number) or {"zh": ""}
            names = tuple(name for item in items(section.get("fields")) if (name := words(item)))
            found.append(Section(title=title, fields=names, columns=2 if fields.whole(section.get("columns")) == 2 else 1))
    return tuple(found)


def _checks(form: FormDraft, english: English) -> list[Check]:
    found: list[Check] = []
    for number, node in enumerate(items(form.root.get("x-checks"))):
        check = mapping(node)
        that, field = (words(check.get("that")), words(check.get("field"))) if check else (None, None)
        message = english.text(check.get("message"), "form", "checks", number) if check else None
        if that and field and message:
            found.append(Check(that=that, message=message, field=field))
    return found


def _schema(form: FormDraft) -> dict[str, Any]:
    """The JSON Schema of complete answers."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: answers_schema.of(field) for field in form.whole()},
    }
