"""A form compiled to constant text: every kind of field, what is typed, hidden, required and wrong."""

import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment

from forms.form import Field, Form, Option, Section
from runtime.casework.skeleton import COMPILERS, Found, Skeleton, State, row_count

NASTY = "<b>\"'&\n${x}{{ x }}"


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words.upper()}


def field(name: str, kind: Any, **more: Any) -> Field:
    return Field(name=name, kind=kind, title=text(name), **more)


def form(*fields: Field) -> Form:
    return Form(fields=fields, sections=(Section(title=text("section"), fields=tuple(f.name for f in fields), columns=2),))


OPTIONS = tuple(Option(value=str(n), title=text(f"option {n}")) for n in range(3))


def one(kind: Any) -> Field:
    options = OPTIONS if kind in ("choice", "choices") else ()
    columns = (field("name", "text", required=True), field("cost", "money")) if kind in ("table", "group") else ()
    return field("it", kind, options=options, fields=columns, help=text("help"))


class Checker(HTMLParser):
    """Collects ids, labels and what refers to them; checks that tags are balanced."""

    VOID = frozenset({"input", "br", "use"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        self.refers += [*str(found.get("aria-describedby", "")).split(), *([str(found["for"])] if "for" in found else [])]
        self.refers += str(found.get("aria-labelledby", "")).split()
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids)), "an id stands twice"
    assert set(checker.refers) <= set(checker.ids)
    return checker


def test_an_opinion_is_no_field_of_the_form() -> None:
    """Deciding its step fills it in: whoever fills in the form has nothing to see."""
    assert "it" not in check(str(Skeleton(form(one("opinion")), "zh").render(State(texts={}, visible={"it"}, required=set())))).ids


@pytest.mark.parametrize("kind", sorted(COMPILERS.keys() - {"opinion"}))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_well_formed_and_escapes(kind: str, language: str) -> None:
    """Labels and descriptions lead to elements that are there; what was typed cannot leave its place."""
    chosen = one(kind)
    names = ("it", "it.start", "it.end", "it.find", "it.0.name", "it.0.cost")
    state = State(
        texts=dict.fromkeys(names, NASTY),
        visible={"it"},
        required={"it"},
        problems={"it": NASTY, "it.0.name": NASTY},
        names={NASTY: NASTY},
        found={"it": [Found("x", NASTY, NASTY)]},
        departments=[Found(NASTY, NASTY)],
    )
    html = str(Skeleton(form(chosen), language).render(state))
    checker = check(html)
    assert "<b>" not in html
    assert "it" in checker.ids, "the summary of problems leads to the field"
    assert ('<span class="req"' in html) == (kind != "note"), "nobody is asked for a note"
    assert "it-error" in html


@pytest.mark.parametrize("kind", sorted(set(COMPILERS) - {"table", "group", "choices", "boolean", "department"}))
def test_what_a_rule_hides_stays_in_the_page(kind: str) -> None:
    """Hidden inputs keep it, so that it comes back with the rule."""
    suffix = ".start" if kind.endswith("range") else ""
    state = State(texts={f"it{suffix}": "kept"}, visible=set(), required=set())
    html = str(Skeleton(form(one(kind)), "zh").render(state))
    assert f'<input type="hidden" name="it{suffix}" value="kept">' in html
    assert "hidden" in html.split(">", 1)[0], "a section without a visible field is no section"


def test_several_choices_and_rows_are_kept_too() -> None:
    state = State(texts={"it": "1\n2"}, visible=set(), required=set())
    html = str(Skeleton(form(one("choices")), "zh").render(state))
    assert re.findall(r'value="(\d)"', html) == ["1", "2"]
    state = State(texts={"it.0.name": "何磊"}, visible=set(), required=set())
    assert 'name="it.0.name" value="何磊"' in Skeleton(form(one("table")), "zh").render(state)


def test_calculated_fields_are_shown_and_never_sent() -> None:
    chosen = field("days", "integer", compute="1", unit=text("天"))
    html = str(Skeleton(form(chosen), "zh").render(State(texts={"days": "7"}, visible={"days"}, required=set(), said={"days": "3天"})))
    check(html)
    assert "3天" in html
    assert "name=" not in html


def test_only_some_fields_of_a_form_are_shown_to_a_step() -> None:
    both = form(field("a", "text"), field("b", "text"))
    html = str(Skeleton(both, "zh").render(State(texts={}, visible={"a", "b"}, required=set()), only={"b"}))
    assert 'name="b"' in html
    assert 'name="a"' not in html


def test_rows_are_counted_by_what_the_browser_sent() -> None:
    assert row_count({"it.0.name": "", "it.3.cost": "", "item.9.name": "", "it.x": ""}, "it") == 4
    assert row_count({}, "it") == 0


def test_a_form_of_25_fields_renders_faster_than_a_bare_list_page() -> None:
    """The measure of the design: constant text and escaped values beat a Jinja page of twenty rows."""
    kinds = ["text", "money", "date", "choice", "phone", "integer", "date-range", "email", "textarea", "boolean"]
    fields = [field(f"f{n}", kinds[n % len(kinds)], options=OPTIONS if kinds[n % len(kinds)] == "choice" else ()) for n in range(25)]
    skeleton = Skeleton(form(*fields), "zh")
    names = {f.name for f in fields}
    state = State(texts=dict.fromkeys(names, "2026-12-01"), visible=names, required=names)
    page = Environment(autoescape=True).from_string(
        "<table>{% for r in rows %}<tr><td>{{ r.number }}</td><td>{{ r.title }}</td><td><b class='{{ r.status }}'>{{ r.status }}</b></td>"
        "<td>{{ r.assignee }}</td><td>{{ r.created }}</td><td><a href='/t/{{ r.id }}' hx-get='/t/{{ r.id }}'>Open</a></td></tr>{% endfor %}</table>"
    )
    rows = [{"id": i, "number": f"C{i}", "title": f"A <{i}>", "status": "open", "assignee": 7, "created": "2026-01-02"} for i in range(20)]

    def best(call: Any) -> float:
        spent: list[float] = []
        for _ in range(30):
            began = time.perf_counter()
            for _ in range(10):
                call()
            spent.append(time.perf_counter() - began)
        return min(spent)

    ratio = best(lambda: page.render(rows=rows)) / best(lambda: skeleton.render(state))
    assert ratio > 1, f"{ratio:.2f} of the bare page"
