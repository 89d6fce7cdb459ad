"""Commands that fit any file: one value at a path, for settings and for whatever has no control of its own."""

import json
from typing import Any, Literal

from builder.designing.command import Command, command
from builder.designing.work import Work
from builder.nodes import Path
from forms.texts import Text


@command("set-property")
class SetProperty(Command):
    """One value; an empty one takes the key away."""

    file: str
    #: keys and places from the root, as JSON: ["properties", "budget", "title"]
    path: str
    value: str = ""
    kind: Literal["text", "number", "flag", "lines", "json"] = "text"
    #: how the property is called to people, for the history
    label: str = ""

    def run(self, work: Work) -> Text:
        path = read_path(work, self.path)
        work.put(self.file, path, read_value(work, self.value, self.kind))
        return said(self.label or str(path[-1]))


def read_path(work: Work, written: str) -> Path:
    """A path that a page wrote. Raises Refused."""
    try:
        found: Any = json.loads(written)
    except ValueError:
        found = None
    if not isinstance(found, list) or not found or not all(isinstance(part, str | int) for part in found):  # pyright: ignore[reportUnknownVariableType] -- JSON
        work.refuse("页面发来的位置不对，请刷新", "The page sent no place: reload it")
    return tuple(found)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- JSON


def read_value(work: Work, text: str, kind: str) -> Any:
    """What a control says; None for nothing. Raises Refused."""
    stripped = text.strip()
    if not stripped:
        return None
    match kind:
        case "number":
            try:
                return int(stripped)
            except ValueError:
                pass
            try:
                return float(stripped)
            except ValueError:
                work.refuse(f"“{stripped}”不是数字", f"“{stripped}” is not a number")
        case "flag":
            return True if stripped in ("true", "on", "1") else None
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "json":
            return json.loads(stripped)
        case _:
            return text.replace("\r\n", "\n")


def said(label: str) -> Text:
    return {"zh": f"修改“{label}”", "en": f"“{label}” changed"}
