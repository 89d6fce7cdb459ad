"""Reads dictionaries/*.yaml: lists of options that several apps share."""

from typing import Any

from builder import fixes, shape, source
from builder.nodes import Mapping, data, items, words
from builder.problems import Problems
from builder.registry import Registry
from builder.texts import text
from builder.workspace import Workspace
from forms.form import Option


def read(workspace: Workspace, problems: Problems) -> dict[str, tuple[Option, ...]]:
    """The options of each dictionary by its id."""
    ids = Registry({"zh": "共用选项", "en": "dictionary"}, "unknown-dictionary")
    found: dict[str, tuple[Option, ...]] = {}
    for name, content in workspace.below("dictionaries").items():
        root = source.load(content, workspace.shown(f"dictionaries/{name}"), problems)
        if root is None:
            continue
        if shape.HOPELESS in shape.check(root, "dictionary", problems) or not isinstance(root, Mapping):
            continue
        id = ids.declare(root.get("id"), problems)
        if id is None:
            continue
        if name != f"{id}.yaml":
            problems.add(
                root.entries["id"].value,
                "file-name",
                f"文件名应当是 {id}.yaml",
                f"The file must be named {id}.yaml",
                fix=fixes.rename(f"{id}.yaml", sure=False),
            )
        values = Registry({"zh": "选项", "en": "option"}, "unknown-option")
        options = [item for item in items(root.get("options")) if isinstance(item, Mapping)]
        found[id] = tuple(
            Option(value=value, title=text(item.get("title")) or {"zh": value}, parent=words(item.get("parent")), gives=_gives(item))
            for item in options
            if (value := values.declare(item.get("value"), problems))
        )
    return found


def _gives(item: Mapping) -> dict[str, Any]:
    """What choosing an option brings along."""
    given = item.get("gives")
    return data(given) if given is not None else {}
