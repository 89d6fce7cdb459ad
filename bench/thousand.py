"""A workspace of a thousand apps: the examples again and again, each copy with ids, fields, numbers and words of its own."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
#: what is the same in each copy: people, calendars and lists that all apps share
SHARED = ("org", "calendar", "dictionaries")
#: a field of a form, at the depth where the examples have them
FIELD = re.compile(r"^  ([a-z][a-z0-9_]*):", re.MULTILINE)


def lay_out(into: Path, count: int) -> list[str]:
    """Writes ``count`` apps to ``into``; their ids."""
    for name in SHARED:
        shutil.copytree(EXAMPLES / name, into / name)
    originals = sorted(folder for folder in (EXAMPLES / "apps").iterdir() if folder.is_dir())
    # an app that another calls must be copied under the id that is called
    called = {found for folder in originals for found in re.findall(r"\bapp: ([a-z0-9-]+)", (folder / "flow.yaml").read_text("utf-8"))}
    ids: list[str] = []
    for number in range(count):
        original = originals[number % len(originals)]
        id = f"{original.name}-{number:04}" if original.name not in called or number >= len(originals) else original.name
        _copy(original, into / "apps" / id, id, number)
        ids.append(id)
    return ids


def _copy(original: Path, to: Path, id: str, number: int) -> None:
    """One app, with other names for its fields, so that no two forms are alike to anything that remembers what it compiled."""
    fields = set(FIELD.findall((original / "form.yaml").read_text("utf-8")))
    # a called app answers to its caller by the names of its fields
    renamed = re.compile(rf"(?<![\w:\"'-])({'|'.join(sorted(fields, key=len, reverse=True))})(?![\w-])") if id != original.name else None
    for file in sorted(original.rglob("*.yaml")):
        text = file.read_text("utf-8")
        if file.name == "app.yaml":
            text = text.replace(f"id: {original.name}\n", f"id: {id}\n").replace("title: ", f"title: {number:04} ", 1)
        del renamed
        renamed = None
        target = to / file.relative_to(original)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
