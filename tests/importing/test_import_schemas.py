"""JSON Schemas and XGov forms become apps; what has no equal here is said, never dropped in silence."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support import formio as support
from support.stories import CALENDAR

from builder.importing import bring, json_schema, xgov
from forms import answers
from forms.form import Form
from forms.rules import Facts, FormRules

FACTS = Facts(CALENDAR, date(2026, 11, 23), {"id": "he-lei", "name": "何磊", "department": "office", "post": "clerk"})
SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "title": "Education benefits",
    "type": "object",
    "additionalProperties": False,
    "definitions": {"date": {"type": "string", "format": "date"}, "loop": {"$ref": "#/definitions/loop"}},
    "required": ["fullName"],
    "properties": {
        "fullName": {"type": "object", "properties": {"first": {"type": "string", "maxLength": 30}, "last": {"type": "string", "maxLength": 30}}, "required": ["last"]},
        "born": {"$ref": "#/definitions/date"},
        "zip": {"type": "string", "pattern": "^\\d{5}$"},
        "odd": {"type": "string", "pattern": "^(?!0)\\d+$"},
        "branch": {"type": "string", "enum": ["army", "navy"], "enumNames": ["The army", "The navy"]},
        "courses": {"type": "array", "maxItems": 3, "items": {"type": "object", "properties": {"name": {"type": "string"}, "hours": {"type": "integer", "minimum": 1}}}},
        "langs": {"type": "array", "items": {"type": "string", "enum": ["en", "es"]}},
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "away": {"$ref": "https://example.gov/other.json"},
        "circle": {"$ref": "#/definitions/loop"},
        "agreed": {"type": "boolean"},
    },
}  # fmt: skip


def compiled(found: Any) -> Form:
    form, errors = support.compiled(found, "imported")
    assert form is not None, errors
    return form


def test_a_schema_becomes_fields_and_says_what_it_loses() -> None:
    """References within the file are followed, nothing is fetched, and everything without an equal is named."""
    found = json_schema.read(SCHEMA, "imported", "office")
    form = compiled(found)
    assert {field.name: field.kind for field in form.fields} == {
        "full_name": "group", "born": "date", "zip": "text", "odd": "text", "branch": "choice", "courses": "table", "langs": "choices", "agreed": "boolean",
    }  # fmt: skip
    assert form.field("branch").options[1].title["zh"] == "The navy"
    assert {loss.where for loss in found.losses} == {"odd", "either", "away", "circle"}
    assert (found.inputs, found.inputs_kept) == (15, 12)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"full_name": {"last": "Doe"}, "zip": "12345"}, ""), ({"full_name": {"first": "Jo"}}, "full_name.last"),
        ({"full_name": {"last": "Doe"}, "zip": "1"}, "zip"), ({"full_name": {"last": "Doe"}, "branch": "police"}, "branch"),
        ({"full_name": {"last": "Doe"}, "courses": [{"hours": 0}]}, "courses.0.hours"),
    ],
)  # fmt: skip
def test_it_takes_and_refuses_what_the_schema_does(given: dict[str, Any], problem: str) -> None:
    """Limits, patterns, options and required parts hold as they were written."""
    rules = FormRules(compiled(json_schema.read(SCHEMA, "imported", "office")))
    assert list(answers.check(rules, given, FACTS).problems) == ([problem] if problem else [])


def test_a_ui_schema_gives_titles_order_and_widgets() -> None:
    """And what it says that has no equal is said."""
    ui = {
        "ui:order": ["agreed", "born"],
        "agreed": {"ui:title": "I agree"},
        "zip": {"ui:widget": "textarea"},
        "born": {"ui:options": {"x": 1}},
    }
    found = json_schema.read(SCHEMA, "imported", "office", ui)
    form = compiled(found)
    assert [field.name for field in form.fields][:2] == ["agreed", "born"]
    assert form.field("agreed").title["zh"] == "I agree"
    assert form.field("zip").kind == "textarea"
    assert "born" in {loss.where for loss in found.losses}


def page(path: str, *components: dict[str, Any], next: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"path": path, "title": path.strip("/"), "components": list(components), "next": next or []}


def asked(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "title": name.capitalize(), "options": {}, "schema": {}, **more}


GRANT: dict[str, Any] = {
    "startPage": "/first",
    "name": "Grant",
    "sections": [],
    "lists": [{"name": "kinds", "items": [{"text": "Charity", "value": "charity"}, {"text": "Other", "value": "it's other"}]}],
    "conditions": [
        {"name": "yes", "value": {"conditions": [{"field": {"name": "named"}, "operator": "is", "value": {"value": "true"}}]}},
        {"name": "no", "value": {"conditions": [{"field": {"name": "named"}, "operator": "is", "value": {"value": "false"}}]}},
        {"name": "other", "value": {"conditions": [{"field": {"name": "kind"}, "operator": "is", "value": {"value": "it's other"}}]}},
        {"name": "odd", "value": {"conditions": [{"field": {"name": "kind"}, "operator": "matches", "value": {"value": "x"}}]}},
    ],
    "pages": [
        page("/first", asked("YesNoField", "named"), next=[{"path": "/names", "condition": "yes"}, {"path": "/kind"}]),
        page("/names", asked("TextField", "alias", options={"required": False, "maxWords": "5"}), next=[{"path": "/kind"}]),
        page("/kind", asked("RadiosField", "kind", list="kinds"), next=[{"path": "/which", "condition": "other"}, {"path": "/odd", "condition": "odd"}, {"path": "/end"}]),
        page("/which", asked("MultilineTextField", "which", schema={"max": "200"}), next=[{"path": "/end"}]),
        page("/odd", asked("NumberField", "odd"), next=[{"path": "/end"}]),
        page("/end", asked("MagicField", "magic"), asked("ClientSideFileUploadField", "proof", options={"required": False}), asked("Para", "", content="<p>Thanks</p>")),
    ],
}  # fmt: skip


def test_pages_are_seen_as_the_ways_between_them_say() -> None:
    """A page that every way leads over is always seen; one behind a condition while it holds; an unknown operator is said."""
    found = xgov.read(GRANT, "imported", "office")
    form = compiled(found)
    shown = {section.title["zh"]: section.visible for section in form.sections}
    assert shown["kind"] is None
    assert shown["end"] is None
    rules = FormRules(form)
    assert "alias" in rules.settle({"named": True}, FACTS).visible
    assert "alias" not in rules.settle({"named": False}, FACTS).visible
    assert "which" in rules.settle({"kind": "it's other"}, FACTS).visible
    assert "which" not in rules.settle({"kind": "charity"}, FACTS).visible
    assert {loss.where for loss in found.losses} == {"alias", "/odd", "magic"}
    assert form.field("proof").kind == "attachment"


@pytest.mark.parametrize("kind", ["json-schema", "xgov"])
@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"pages": 1}', '{"properties": []}', '{"pages": [1]}', "{" * 5000])
def test_what_is_no_form_is_refused(tmp_path: Path, kind: Any, text: str) -> None:
    """One line, and nothing is written."""
    file = tmp_path / "form.json"
    file.write_text(text)
    said: list[str] = []
    assert bring.run(kind, file, tmp_path / "apps/imported", out=said.append) == 1
    assert len(said) == 1
    assert not (tmp_path / "apps/imported").exists()


def test_the_command_writes_an_app_folder(tmp_path: Path) -> None:
    """With its losses, one a line."""
    file = tmp_path / "form.json"
    file.write_text(json.dumps(GRANT))
    said: list[str] = []
    assert bring.run("xgov", file, tmp_path / "apps/imported", english=True, out=said.append) == 0
    assert any("magic: not carried over" in line for line in said)
    assert (tmp_path / "apps/imported/form.yaml").exists()
