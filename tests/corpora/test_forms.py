"""Forms that governments published, imported: `make corpora` prints what became of each collection."""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support import formio as support
from support.stories import CALENDAR

from builder.importing import formio, json_schema, xgov
from builder.importing.bring import app_id
from builder.importing.formio import Imported
from forms import answers
from forms.form import FILES
from forms.form import walk as form_walk
from forms.rules import Facts, FormRules
from runtime.casework.skeleton import Skeleton, State

FORMS = Path(__file__).parents[3] / "shared" / "corpora" / "forms"
ABSENT = (
    "没有公共数据：项目旁边缺少 shared/corpora/forms。 The public data are absent: there is no shared/corpora/forms beside the project."
)
pytestmark = pytest.mark.corpora
FACTS = Facts(CALENDAR, date(2026, 11, 23), {"id": "he-lei", "name": "何磊", "department": "office", "post": "clerk"})
#: random answers for each condition, and fields of each form that are given something that is no answer
DRAWS, BROKEN = 12, 8


def test_norwegian_forms_are_carried_over_and_their_conditions_agree(capsys: pytest.CaptureFixture[str]) -> None:
    """form.io, 88 live forms of the labour and welfare office."""
    files = sorted((FORMS / "no-nav/forms").glob("*.json"))
    if not files:
        pytest.skip(ABSENT)
    if support.NODE is None:
        pytest.skip("没有 node，原来的脚本没有办法运行。 There is no node to run the original scripts.")
    count: Counter[str] = Counter()
    jobs: list[dict[str, object]] = []
    ours: list[tuple[str, str, bool]] = []
    for path in files:
        chance = random.Random(path.stem)
        original, id = json.loads(path.read_text("utf-8")), app_id(path.stem)
        found = formio.read(original, id, "office")
        count.update(
            forms=1, lossless=not found.losses, inputs=found.inputs, inputs_kept=found.inputs_kept,
            conditions=found.conditions, conditions_kept=found.conditions_kept,
        )  # fmt: skip
        form, errors = support.compiled(found, id)
        assert form is not None, (path.name, errors)
        count["compiled"] += 1
        rules = FormRules(form)
        given = support.valid(form.fields, chance)
        checked = answers.check(rules, given, FACTS)
        assert checked.problems == {}, (path.name, checked.problems)
        count["accepted"] += 1
        asked = [field for field in form.fields if field.name in checked.answers and not field.compute]
        for field in chance.sample(asked, min(BROKEN, len(asked))):
            assert answers.check(rules, {**given, field.name: support.broken(field)}, FACTS).problems, (path.name, field.name)
            count["refused"] += 1
        settled = rules.settle(given, FACTS)
        for language in ("zh", "en"):
            state = State(texts={}, visible=settled.visible, required=settled.required)
            assert str(Skeleton(form, language).render(state)).count("<section") >= 1
        count["rendered"] += 1
        for component, text, holder in found.translated:
            if text in ("true", "false"):
                continue
            expression = support.expression(form, text, holder)
            for _ in range(DRAWS):
                theirs, mine = support.answers(found.items, chance)
                if holder is not None and not support.held(holder, theirs, False):
                    # without a row there is nothing to be seen in it
                    continue
                binding = {**FACTS.binding(mine), "row": support.held(holder, mine, True, table=True)}
                script, simple = str(component.get("customConditional") or "").strip(), component.get("conditional") or {}
                jobs.append(
                    {
                        "script": script,
                        "data": theirs,
                        "row": support.held(holder, theirs, False),
                        "parent": ".".join(item.key for item in holder.chain()) if holder else "",
                    }
                    | ({} if script else {"when": simple["when"], "eq": simple["eq"], "show": str(simple["show"]).lower() == "true"})
                )
                ours.append((path.stem, text, expression.value(binding, CALENDAR) is True))
    told = support.truths(jobs)
    compared = [(mine, theirs) for mine, theirs in zip(ours, told, strict=True) if theirs is not None]
    differ = [(name, text) for (name, text, mine), theirs in compared if mine != theirs]
    with capsys.disabled():
        shares = {
            name: f"{count[f'{name}_kept']}/{count[name]} ({count[f'{name}_kept'] / count[name]:.1%})" for name in ("inputs", "conditions")
        }
        sys.stdout.write(
            f"\nno-nav: {count['forms']} forms, {count['lossless']} without any loss; inputs {shares['inputs']}, conditions {shares['conditions']}; "
            f"compiled {count['compiled']}, rendered {count['rendered']}, valid answers accepted {count['accepted']}, "
            f"invalid ones refused {count['refused']}; truth values compared {len(compared)}, of which differ {len(differ)}\n"
        )
    assert differ == []
    assert count["compiled"] == count["rendered"] == count["accepted"] == count["forms"]
    assert count["inputs_kept"] >= 0.95 * count["inputs"]
    assert count["conditions_kept"] >= 0.95 * count["conditions"]


@pytest.mark.parametrize(
    ("name", "files", "reader"),
    [("us-va", "us-va/*-schema.json", json_schema.read), ("uk-grants", "uk-grants/**/*.json", xgov.read)],
    ids=["us-va", "uk-grants"],
)
def test_other_forms_are_carried_over(
    name: str, files: str, reader: Callable[[dict[str, Any], str, str], Imported], capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON Schemas of US veterans' forms and sections of English grants: compiled, rendered, valid answers taken and others refused."""
    found_files = sorted(FORMS.glob(files))
    if not found_files:
        pytest.skip(ABSENT)
    count: Counter[str] = Counter()
    for path in found_files:
        chance, id = random.Random(path.stem), app_id(path.stem)[:60].rstrip("-")
        found = reader(json.loads(path.read_text("utf-8")), id, "office")
        count.update(
            forms=1, lossless=not found.losses, inputs=found.inputs, inputs_kept=found.inputs_kept,
            conditions=found.conditions, conditions_kept=found.conditions_kept,
        )  # fmt: skip
        form, errors = support.compiled(found, id)
        assert form is not None, (path.name, errors)
        rules = FormRules(form)
        given = support.valid(form.fields, chance)
        settled = rules.settle(given, FACTS)
        assert "<section" in str(Skeleton(form, "zh").render(State(texts={}, visible=settled.visible, required=settled.required)))
        count["rendered"] += 1
        # texts for patterns and files are not made up here
        patterned = {field.name for field in form.fields if any(part.pattern or part.kind in FILES for part in form_walk((field,)))}
        wrong = {place for place in answers.check(rules, given, FACTS).problems if place.partition(".")[0] not in patterned}
        assert wrong == set(), (path.name, wrong)
        asked = [field for field in form.fields if field.name in settled.answers and not field.compute]
        for field in chance.sample(asked, min(BROKEN, len(asked))):
            assert answers.check(rules, {**given, field.name: support.broken(field)}, FACTS).problems, (path.name, field.name)
            count["refused"] += 1
    with capsys.disabled():
        sys.stdout.write(
            f"\n{name}: {count['forms']} forms, {count['lossless']} without any loss; inputs {count['inputs_kept']}/{count['inputs']}, "
            f"ways between pages {count['conditions_kept']}/{count['conditions']}; rendered {count['rendered']}, invalid answers refused {count['refused']}\n"
        )
    assert count["inputs_kept"] >= 0.95 * count["inputs"]
    assert count["conditions_kept"] >= 0.95 * count["conditions"]
