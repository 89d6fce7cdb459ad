"""Edits of definitions: only what was meant changes, and undoing gives the bytes back."""

import copy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import nodes
from builder.designing import text as texts
from builder.designing.changes import Copy, Insert, Move, Remove, Rename, Set
from builder.designing.layout import Refused

EXAMPLES = sorted((Path(__file__).parent.parent.parent / "examples").rglob("*.yaml"))
WRITTEN = {str(path): path.read_bytes().decode() for path in EXAMPLES}

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-99, 10**6),
        st.sampled_from(
            [
                "标题",
                "8 working hours",
                "a: b",
                "# no",
                "- x",
                "",
                " lead",
                "{x}",
                "[y]",
                "no",
                "0123",
                "it's",
                'say "x"',
                "a\nb\n",
                "a\nb",
                "\n",
                "x,y",
                "1:30",
                "2026-12-01",
                "a\\b\"'",
                "trip == 'a' && b > 3",
            ]
        ),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co")), max_size=12),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["title", "a", "b-c", "键", "on"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def collections(data: Any, path: tuple = ()) -> list[tuple]:
    found = [path] if isinstance(data, dict | list) else []
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return found + [each for key, value in pairs for each in collections(value, (*path, key))]


def at(data: Any, path: tuple) -> Any:
    for part in path:
        data = data[part]
    return data


def random_change(draw: Any, data: Any) -> Any:
    path = draw(st.sampled_from(collections(data)))
    around = at(data, path)
    keys = list(around) if isinstance(around, dict) else list(range(len(around)))
    kind = draw(st.sampled_from(["set", "insert", "remove", "move", "copy", "rename"]))
    new_key = draw(st.sampled_from(["new", "新", "x-more"])) if isinstance(around, dict) else None
    place = draw(st.integers(0, len(keys)))
    if kind == "insert" or not keys:
        return Insert(path, place, draw(VALUES), new_key, spread=draw(st.booleans()))
    one = (*path, draw(st.sampled_from(keys)))
    if kind == "set":
        return Set(one, draw(VALUES))
    if kind == "remove":
        return Remove(one)
    if kind == "move":
        return Move(one, min(place, len(keys) - 1))
    if kind == "rename":
        return Rename(one, "renamed") if isinstance(around, dict) else Move(one, 0)
    others = [each for each in collections(data) if type(at(data, each)) is type(around) and each[: len(one)] != one]
    return Copy(one, draw(st.sampled_from(others)), 0, new_key)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_edits_say_what_was_meant_and_undo_gives_the_bytes_back(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(WRITTEN)))
    before = text = WRITTEN[file]
    trail: list[list[texts.Patch]] = []
    for _ in range(data.draw(st.integers(1, 5))):
        change = random_change(data.draw, nodes.data(texts.layout(text, "f").root))
        expected = change.on(copy.deepcopy(nodes.data(texts.layout(text, "f").root)))
        try:
            text, patches = texts.changed("f", text, change)
        except Refused:
            continue
        assert repr(nodes.data(texts.layout(text, "f").root)) == repr(expected)
        trail.append(patches)
    after = {"f": text}
    for patches in reversed(trail):
        after = texts.applied(after, texts.inverse(patches))
    assert after["f"] == before
