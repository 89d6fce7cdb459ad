"""Whatever a file holds, an import gives an app that compiles or says what is wrong; it never breaks."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support import digit, flowlong

from builder import compile
from builder.importing.written import Draft, put

FIXTURES = Path(__file__).parent / "fixtures"
PERMIT = json.loads((FIXTURES / "stall-permit.json").read_text("utf-8"))
LEASE = json.loads((FIXTURES / "stall-lease.json").read_text("utf-8"))

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=12)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10_000_000_000) | st.floats(-9, 9) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn, whole: Any) -> str:
    """A good file with some of its values taken away, or others put in their place."""
    copy = json.loads(json.dumps(whole))
    for _ in range(draw(st.integers(1, 4))):
        node: Any = copy
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = node[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
                node = inner
            elif draw(st.booleans()):
                node[key] = draw(anything)
                break
            else:
                del node[key]
                break
    return json.dumps(copy, ensure_ascii=False)


def compiles(draft: Draft) -> None:
    """The app has no error, but for people and apps that only the real place knows."""
    with TemporaryDirectory() as folder:
        put(draft.files(), Path(folder) / "apps" / "imported")
        found = compile.compile_workspace(Path(folder) / "apps" / "imported")
        assert [p.render("en") for p in found.problems if p.severity == "error" and p.code != "unknown-app"] == []


@settings(max_examples=150, deadline=None)
@given(damaged(PERMIT))
def test_a_damaged_machine_becomes_an_app_or_is_refused(text: str) -> None:
    """States, actions, roles and targets that are missing or something else."""
    found, problems = digit.imported(text)
    assert found or any(problem.severity == "error" for problem in problems)
    if found:
        compiles(found.draft)


@settings(max_examples=150, deadline=None)
@given(damaged(LEASE))
def test_a_damaged_tree_becomes_an_app_or_is_refused(text: str) -> None:
    """Nodes, people and conditions that are missing or something else."""
    draft, problems = flowlong.imported(text)
    assert draft or any(problem.severity == "error" for problem in problems)
    if draft:
        compiles(draft)


@settings(max_examples=100, deadline=None)
@given(anything)
def test_any_json_is_answered(value: Any) -> None:
    """Also what is nothing of the kind."""
    text = json.dumps(value, ensure_ascii=False)
    for imported in (digit.imported, flowlong.imported):
        found, problems = imported(text)
        assert found is None
        assert problems
