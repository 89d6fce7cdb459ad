"""A workspace of a thousand apps: the examples again and again, each copy with an id, a title and a form of its own."""

import re
import shutil
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
#: what is the same for all: people, calendars and lists that apps share
SHARED = ("org", "calendar", "dictionaries")


def lay_out(into: Path, count: int) -> list[str]:
    """Writes ``count`` apps to ``into``; their ids. The first copy of each example keeps its id, since others call it by that."""
    for name in SHARED:
        shutil.copytree(EXAMPLES / name, into / name)
    originals = sorted(folder for folder in (EXAMPLES / "apps").iterdir() if folder.is_dir())
    ids: list[str] = []
    for number in range(count):
        original = originals[number % len(originals)]
        id = original.name if number < len(originals) else f"{original.name}-{number:04}"
        for file in sorted(original.rglob("*.yaml")):
            target = into / "apps" / id / file.relative_to(original)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_own(file.name, file.read_text("utf-8"), original.name, id, number), "utf-8")
        ids.append(id)
    return ids


def _own(name: str, text: str, original: str, id: str, number: int) -> str:
    """The same file of another app. Every form has a field more, so that nothing remembered of one serves another."""
    field = f"copy_{number:04}"
    if name == "app.yaml":
        return text.replace(f"id: {original}\n", f"id: {id}\n")
    if name == "form.yaml":
        text = re.sub(
            r"^properties:\n", f"properties:\n  {field}: {{title: 副本 {number:04}, type: string}}\n", text, count=1, flags=re.MULTILINE
        )
        return re.sub(r"(x-layout:\n.*?fields: \[)", rf"\g<1>{field}, ", text, count=1, flags=re.DOTALL)
    if name == "flow.yaml":
        return re.sub(r"^(start:(?:[^\n]|\n )*?\bedit: \[)", rf"\g<1>{field}, ", text, count=1, flags=re.MULTILINE)
    if name == "en.yaml":
        return re.sub(r"^  fields:\n", f"  fields:\n    {field}: Copy {number:04}\n", text, count=1, flags=re.MULTILINE)
    return text
