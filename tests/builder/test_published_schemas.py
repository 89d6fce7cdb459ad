"""The JSON Schemas that editors use: valid themselves, true of the examples, and free of anything to fetch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

from builder import source
from builder.nodes import data
from builder.problems import Problems

ROOT = Path(__file__).parents[2]
SCHEMAS = sorted((ROOT / "builder/schema").glob("*.json"))
#: the files of the examples by the schema they follow
FOLLOWS = {"app": "apps/*/app.yaml", "form": "apps/*/form.yaml", "flow": "apps/*/flow.yaml", "i18n": "apps/*/i18n/*.yaml",
           "scenario": "apps/*/tests/*.yaml", "org": "org/*.yaml", "calendar": "calendar/*.yaml", "dictionary": "dictionaries/*.yaml"}  # fmt: skip


def keywords(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        yield from schema.items()
        for value in schema.values():
            yield from keywords(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from keywords(item)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_a_schema_is_valid_and_refers_only_to_itself(path: Path) -> None:
    """Draft 2020-12, a title and words in both languages, every $ref within the file."""
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert schema["description"]
    assert all(str(value).startswith("#/") for key, value in keywords(schema) if key == "$ref" and isinstance(value, str))


@pytest.mark.parametrize("name", FOLLOWS)
def test_the_examples_follow_their_schema(name: str) -> None:
    """What an editor would underline is nothing."""
    schema = json.loads((ROOT / f"builder/schema/{name}.json").read_text("utf-8"))
    validator = Draft202012Validator(schema, registry=Registry[Any]())
    files = sorted((ROOT / "examples").glob(FOLLOWS[name]))
    assert files
    for file in files:
        root = source.load(file.read_bytes(), file.name, Problems())
        assert root is not None
        assert list(validator.iter_errors(data(root))) == [], file
