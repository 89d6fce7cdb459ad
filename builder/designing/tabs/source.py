"""The files themselves, with what the compiler says beside their lines."""

import json
from typing import Any

from builder.designing import places
from builder.designing.tab import tab
from builder.designing.view import View
from builder.designing.work import APP, FLOW, FORM
from forms.functions import FUNCTIONS


@tab("source", "源码", "Source", "code", 90)
def context(view: View) -> dict[str, Any]:
    """One file at a time; ``marks`` and ``names`` are what the editor underlines and completes."""
    texts = view.work.texts
    order = {APP: 0, FORM: 1, FLOW: 2}
    files = sorted(texts, key=lambda file: (order.get(file, 3), file))
    asked = view.selected.removeprefix("file:")
    file = view.asked.get("file") or (asked if asked in texts else "") or FORM
    if file not in texts:
        file = files[0] if files else FORM
    here = [each for each in view.findings.problems if each.file == file]
    marks = [
        {
            "line": each.problem.place.line,
            "column": each.problem.place.column,
            "length": each.problem.length,
            "severity": each.problem.severity,
            "message": view.say(each),
        }
        for each in here
    ]
    return {
        "files": files,
        "file": file,
        "text": texts.get(file, ""),
        "here": here,
        "marks": json.dumps(marks, ensure_ascii=False),
        "names": json.dumps(_names(view), ensure_ascii=False),
        "counts": {each.file: True for each in view.findings.errors()},
    }


def _names(view: View) -> list[dict[str, str]]:
    """What can be completed: fields, steps, roles, departments and functions."""
    found: list[dict[str, str]] = []
    if view.readable(FORM):
        found += [{"label": field.name, "type": "property"} for field in places.fields(view.work)]
    if view.readable(FLOW):
        found += [{"label": step.id, "type": "class"} for step in places.steps(view.work)]
    people = view.studio.people()
    if people is not None:
        found += [{"label": role.id, "type": "constant", "detail": role.title.get(view.language, "")} for role in people.roles]
        found += [{"label": each.id, "type": "namespace", "detail": each.title.get(view.language, "")} for each in people.departments]
    return found + [{"label": name, "type": "function"} for name in sorted(each.name for each in FUNCTIONS)]
