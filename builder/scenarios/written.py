"""A scenario as text: in one line what is short, as definitions write it."""

import json
import re
from typing import Any, cast

#: text that stands without quotes in a flow collection and is read as text
PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff·、，。；（）“”《》/.-]*(?: [\w\u4e00-\u9fff·、，。；（）“”《》/.-]+)*\Z")
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2})?\Z")
WIDE = 150


def in_line(value: Any) -> str:
    """A value in one line, as definitions write it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {in_line(part)}" for key, part in cast("dict[str, Any]", value).items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(in_line(part) for part in cast("list[Any]", value)) + "]"
    if isinstance(value, str):
        plain = DAY.match(value) or (PLAIN.match(value) and value.lower() not in WORDS and not value.endswith(":"))
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def item(entry: dict[str, Any], indent: str) -> list[str]:
    """An item of a list: in one line where that is short, else a line for each key."""
    flow = in_line(entry)
    if len(indent) + len(flow) < WIDE:
        return [f"{indent}- {flow}"]
    return [f"{indent}{'  ' if number else '- '}{key}: {in_line(value)}" for number, (key, value) in enumerate(entry.items())]


def scenario(entry: dict[str, Any]) -> str:
    lines = [f"{'  ' if number else '- '}{key}: {in_line(value)}" for number, (key, value) in enumerate(entry.items()) if key != "then"]
    if "then" in entry:
        lines += ["  then:", *(line for act in entry["then"] for line in item(act, "    "))]
    return "\n".join(lines) + "\n"
