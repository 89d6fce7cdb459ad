"""Reads form.yaml: first a draft of what is there, in the end the Form that the runtime reads."""

from collections.abc import Iterator
from typing import Any, cast

import msgspec

from builder import answers_schema, fields, materials, shape
from builder.draft import AppDraft, FieldDraft, FormDraft
from builder.english import English
from builder.nodes import Mapping, Node, items, mapping, words
from forms.form import Across, Field, Form, Section


def draft(root: Node, into: AppDraft) -> FormDraft | None:
    """What form.yaml says, with the problems of its shape and of each field said."""
    broken = shape.check(root, "form", into.problems)
    if not isinstance(root, Mapping) or shape.HOPELESS in broken:
        return None
    form = FormDraft(root, broken)
    form.fields = _declared(root)
    form.required = frozenset(name for node in items(root.get("required")) if (name := words(node)))
    english = English(into.english)
    misshapen = {path[:2] for path in broken}
    for name, field in form.fields.items():
        if ("properties", name) not in misshapen:
            field.field = fields.read(into, field, name in form.required, english, "form", "fields", name)
    return form


def _declared(holder: Mapping | None) -> dict[str, FieldDraft]:
    """The fields under ``properties``, each with those it holds."""
    declared = mapping(holder.get("properties")) if holder else None
    found: dict[str, FieldDraft] = {}
    for name, entry in declared.entries.items() if declared else ():
        found[name] = field = FieldDraft(name, entry.key, entry.value)
        field.columns = _declared(field.inner)
    return found


def build(form: FormDraft, english: English) -> Form:
    """The Form of a draft without problems."""
    sections = _sections(form, english)
    order = [name for section in sections for name in section.fields]
    by_name: dict[str, Field] = {field.name: field for field in form.whole()}
    ordered = [by_name[name] for name in order] + [field for name, field in by_name.items() if name not in order]
    promised, rules = materials.promises(form, ordered)
    whole = [item for field in ordered for item in (field, promised.get(field.name)) if item]
    return Form(
        fields=tuple(whole),
        sections=tuple(_with(section, promised) for section in sections),
        checks=(*fields.checks(form.root, english, "form"), *rules),
        across=tuple(_across(form, english)),
        schema=_schema(whole),
    )


def _with(section: Section, promised: dict[str, Field]) -> Section:
    """The days that are promised stand beside what they are promised for."""
    names = [item for name in section.fields for item in (name, promised[name].name if name in promised else "") if item]
    return msgspec.structs.replace(section, fields=tuple(names))


def _across(form: FormDraft, english: English) -> Iterator[Across]:
    """The rules across cases."""
    for number, node in enumerate(items(form.root.get("x-across"))):
        rule = mapping(node)
        kind = next((kind for kind in ("unique", "no_overlap", "sum") if rule and kind in rule.entries), None)
        message = english.text(rule.get("message"), "form", "across", number) if rule else None
        if rule and kind and message:
            of, same = (tuple(name for item in items(rule.get(key)) or [rule.get(key)] if (name := words(item))) for key in (kind, "same"))
            yield Across(
                rule=cast(Any, kind),
                of=of,
                same=same,
                days=fields.whole(rule.get("days")),
                at_most=fields.number(rule.get("at_most")),
                message=message,
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
            columns = 2 if fields.whole(section.get("columns")) == 2 else 1
            found.append(Section(title=title, fields=names, columns=columns, visible=words(section.get("x-visible"))))
    return tuple(found)


def _schema(whole: list[Field]) -> dict[str, Any]:
    """The JSON Schema of complete answers."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": answers_schema.properties(whole),
    }
