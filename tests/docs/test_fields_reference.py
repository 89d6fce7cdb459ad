"""docs/reference/fields.md is complete: each kind, format, standard type and widget has an example that works all the way."""

import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from builder import answers_schema, fields
from docs import fields as page
from forms import answers, typed
from forms.form import Form, Kind, Section
from forms.formats import FORMATS
from forms.rules import Facts, FormRules
from runtime.casework.skeleton import Skeleton, State
from tests.support.stories import CALENDAR

SCHEMA = json.loads((Path(fields.__file__).parent / "schema/form.json").read_text("utf-8"))
FACTS = Facts(CALENDAR, date(2026, 11, 23), {"id": "he-lei", "name": "何磊", "department": "office", "post": "clerk"})


@pytest.fixture(scope="module")
def whole() -> Form:
    return page.form()


def test_the_page_is_what_its_examples_make() -> None:
    assert page.TARGET.read_text("utf-8") == page.text(), "run python -m docs.fields"


def test_every_kind_format_type_and_widget_has_an_example(whole: Form) -> None:
    assert {field.kind for field in whole.walk()} == set(get_args(Kind))
    written = " ".join(example.written for example in page.EXAMPLES)
    simple = SCHEMA["$defs"]["simple"]["properties"]
    wanted = [f"format: {name}" for name in simple["format"]["enum"]]
    wanted += [f'$ref: "{name}"' for name in simple["$ref"]["enum"]]
    wanted += [f"x-widget: {name}" for name in simple["x-widget"]["enum"] if name != "checkbox"]
    wanted += [f"{name}:" for name in simple if name.startswith("x-") and name not in NO_FIELD]
    assert [name for name in wanted if name not in written] == []


#: what any field may say besides, which makes it no other field
NO_FIELD = ("x-visible", "x-required", "x-sensitive", "x-options")


@pytest.mark.parametrize("example", [e for e in page.EXAMPLES if e.answer is not None], ids=lambda example: example.name)
def test_an_example_is_read_as_it_is_written(whole: Form, example: page.Example) -> None:
    field = whole.field(example.name)
    assert jsonschema_rs.Draft202012Validator(answers_schema.of(field), validate_formats=True, formats=FORMATS).is_valid(example.answer)
    alone = Form(fields=(field,), sections=())
    read = typed.read(
        alone, [(name, part) for name, text in typed.write(alone, {example.name: example.answer}).items() for part in parts(name, text)]
    )
    assert read.problems == {}
    assert read.answers.get(example.name) == given(field, example.answer)
    assert answers.show(field, example.answer, "en", page.NAMES)


def parts(name: str, text: str) -> list[str]:
    return text.split("\n") if name == "devices" else [text]


def given(field: Any, value: Any) -> Any:
    """``value`` without what the server calculates."""
    if field.compute:
        return None
    if field.kind == "table":
        return [{part.name: row[part.name] for part in field.fields if part.name in row and not part.compute} for row in value]
    return value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_example_has_a_control_with_a_name(whole: Form, language: str) -> None:
    rules = FormRules(whole)
    values = {
        example.name: example.answer for example in page.EXAMPLES if example.answer is not None and not whole.field(example.name).compute
    }
    assert answers.check(rules, values, FACTS).problems == {}
    settled = rules.settle(values, FACTS)
    laid_out = Form(fields=whole.fields, sections=(Section(title={"zh": "全部"}, fields=tuple(f.name for f in whole.fields)),))
    state = State(texts=typed.write(whole, values), visible=settled.visible, required=settled.required, withheld=settled.withheld)
    html = str(Skeleton(laid_out, language).render(state))
    for field in whole.fields:
        if field.kind == "opinion":
            assert field.name not in html  # nobody types it
            continue
        assert f'id="{field.name}' in html
        assert field.compute or field.kind == "note" or f'name="{field.name}' in html


GOOD = {"person": {"first": "周"}}


def test_what_a_promise_a_rating_and_a_cascade_refuse(whole: Form) -> None:
    rules = FormRules(whole)
    for given, path in (
        ({"promise": False}, "promise"),
        ({"stars": 6}, "stars"),
        ({"kind": "b", "city": "x"}, "city"),
        ({"kind": "b", "way": "desk"}, "way"),
        ({"kind_other": ""}, None),
        ({"kind": "c"}, "kind"),
        ({"clock": "25:00"}, "clock"),
        ({"month": "2026-13"}, "month"),
        ({"bank": "6222021234567890127"}, "bank"),
        ({"disability": "11010519491231002X93"}, "disability"),
        ({"hint": "x"}, ""),
    ):
        found = answers.check(rules, {**GOOD, **given}, FACTS).problems
        assert list(found) == ([path] if path is not None else [])


def test_a_new_form_begins_with_what_is_known_of_the_applicant(whole: Form) -> None:
    assert FormRules(whole).begin(FACTS) == {"section": "office"}


def test_formatted_text_keeps_nothing_that_runs(whole: Form) -> None:
    nasty = '<p onclick="x()">好<script>x()</script><img src=x onerror=x()><a href="javascript:x()">a</a></p>'
    found = answers.check(FormRules(whole), {"body": nasty}, FACTS).answers["body"]
    assert found == '<p>好<a rel="noopener noreferrer">a</a></p>'
    assert typed.read(whole, [("body", "第一段\n\n第二段")]).answers["body"] == "<p>第一段</p><p>第二段</p>"
