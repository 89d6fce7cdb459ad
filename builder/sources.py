"""Reads sources/*.yaml: systems outside that answers may be taken from, as definitions know them: what is asked and what is said."""

from typing import NamedTuple, cast

from builder import fixes, shape, source
from builder.nodes import Mapping, mapping, words
from builder.problems import Problems
from builder.registry import Registry
from builder.texts import text
from builder.workspace import Workspace
from forms.form import Kind
from forms.texts import Text


class Source(NamedTuple):
    """A system outside. Its address is a setting of the server."""

    title: Text
    #: parameter to the kind of answer it takes
    takes: dict[str, Kind]
    #: part to its kind, and where it stands in what the system says (JSON Pointer)
    gives: dict[str, tuple[Kind, str]]


def read(workspace: Workspace, problems: Problems) -> dict[str, Source]:
    """The sources by id."""
    ids = Registry({"zh": "外部系统", "en": "source"}, "unknown-source")
    found: dict[str, Source] = {}
    for name, content in workspace.below("sources").items():
        root = source.load(content, workspace.shown(f"sources/{name}"), problems)
        if root is None or shape.check(root, "source", problems) or not isinstance(root, Mapping):
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
        takes, gives = mapping(root.get("takes")), mapping(root.get("gives"))
        found[id] = Source(
            text(root.get("title")) or {"zh": id},
            {key: cast(Kind, words(kind)) for key, kind in takes.items()} if takes else {},
            {key: _part(part) for key, part in gives.items()} if gives else {},
        )
    return found


def _part(node: object) -> tuple[Kind, str]:
    assert isinstance(node, Mapping)
    return cast(Kind, words(node.get("kind"))), words(node.get("at")) or ""


def known(workspace: Workspace) -> dict[str, Source]:
    """The same, read once; what is wrong with a source is said where sources are looked at."""
    key = ("sources", "")
    if key not in workspace.read_before:
        workspace.read_before[key] = read(workspace, Problems())
    return workspace.read_before[key]
