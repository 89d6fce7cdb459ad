"""Forms of form.io: what becomes of fields, conditions and calculations, and what is said of the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from builder.importing import bring, formio, script
from builder.importing.script import Place, Untranslatable

KINDS = {"a": "string", "b": "boolean", "n": "number", "c": "choice", "m": "choices", "t": "table"}


def find(path: tuple[str, ...]) -> list[Place]:
    if path[0] == "" and path[-1] == "col":
        return [Place("has(row.col)", "row.col", "string")]
    name = path[1] if len(path) > 1 else ""
    if name == "m" and len(path) > 2:
        return [Place("has(answered.m)", "m", "picked", (path[2],))]
    return [Place(f"has(answered.{name})", name, KINDS[name], ("x", "y"))] if name in KINDS else []


@pytest.mark.parametrize(
    ("written", "cel"),
    [
        ("show = data.c === 'x'", "(has(answered.c) && c == 'x')"),
        ("show = data.c !== 'x';", "!((has(answered.c) && c == 'x'))"),
        ("show = data.c === 'nothing'", "false"),
        ("show = data.gone === 'x' || data.b", "(has(answered.b) && b)"),
        ("show = data.b === false && data.n > 3", "((has(answered.b) && !b) && (has(answered.n) && n > 3.0))"),
        ("show = data.m.x === true", "(has(answered.m) && 'x' in m)"),
        ("show = !data['a'] // why", "!(has(answered.a))"),
        (
            "show = _.some(data.t, (row) => { return row.col === 'x'; })",
            "(has(answered.t) && t.exists(item, (has(item.col) && item.col == 'x')))",
        ),
        ("if (data.a === 'x') { show = true; } else { show = false; }", "(has(answered.a) && a == 'x')"),
        ("var hide = (data.b === true); show = !hide;", "!((has(answered.b) && b))"),
    ],
)
def test_a_condition_is_true_or_false_whatever_is_answered(written: str, cel: str) -> None:
    assert script.condition(script.parse(written, "show"), find) == cel


@pytest.mark.parametrize(
    "written", ["show = f(data.a)", "let x = 1; show = x", "show = data.a > 3", "show =", "show = data.a === data.c", "x" * 99]
)
def test_what_has_no_counterpart_is_no_condition(written: str) -> None:
    with pytest.raises(Untranslatable):
        script.condition(script.parse(written, "show"), find)


def test_a_calculation_counts_nothing_as_nought() -> None:
    written = "value = num(data.n) * 2 + num(data.n); function num(v) { return parseFloat(v || 0); }"
    there = "(has(answered.n) ? double(n) : 0.0)"
    assert script.amount(script.parse(written, "value"), find) == f"(({there} * 2.0) + {there})"


def component(type: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": type, "key": key, "label": key.title(), **more}


FORM = {
    "title": "Søknad <b>om</b> støtte",
    "components": [
        component(
            "panel", "p1", title="Om deg",
            components=[
                component("radiopanel", "harBarn", values=[{"value": "ja", "label": "Ja"}, {"value": "nei", "label": "Nei"}], validate={"required": True}),
                component(
                    "datagrid", "barn", conditional={"show": True, "when": "harBarn", "eq": "ja"},
                    components=[component("textfield", "navn"), component("number", "alder", customConditional="show = row.navn === 'x'")],
                ),
                component("textfield", "aldri", customConditional="show = false"),
                component("fnrfield", "fnr"),
                component("mystery", "gate"),
            ],
        ),
    ],
}  # fmt: skip


def test_a_form_becomes_an_app_and_what_is_lost_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "Skjema 1.json").write_text(json.dumps(FORM), "utf-8")
    assert bring.run("formio", tmp_path, tmp_path / "apps", english=True, out=said.append) == 0
    form = (tmp_path / "apps/skjema-1/form.yaml").read_text("utf-8")
    assert "x-visible: (has(answered.har_barn) && har_barn == 'ja')" in form
    assert "x-visible: (has(row.navn) && row.navn == 'x')" in form
    assert "aldri" not in form
    assert [line for line in said if "mystery" in line]
    assert [line for line in said if "check digit" in line]
    assert said[-1].endswith("6 of 7 fields, 3 of 3 conditions")
    assert bring.run("formio", tmp_path, tmp_path / "apps", out=said.append) == 2, "nothing is written over"


@pytest.mark.parametrize(
    "content",
    ["[]", "{", '{"components": [5]}', '{"components": {"a": 1}}', "[" * 5000, '{"components": [{"type": "textfield", "validate": 3}]}'],
)
def test_what_is_no_form_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    said: list[str] = []
    (tmp_path / "x.json").write_text(content, "utf-8")
    assert bring.run("formio", tmp_path / "x.json", tmp_path / "apps/x", out=said.append) == 1
    assert not (tmp_path / "apps/x").exists()


def test_inputs_are_counted_without_notes_and_groups() -> None:
    found = formio.read(FORM, "a", "office")
    assert (found.inputs, found.inputs_kept, found.conditions, found.conditions_kept) == (7, 6, 3, 3)
