"""For programs: one JSON object. Lines and columns count from 1, columns in code points; an end is one past the last.

    {"version": 1, "errors": 1, "warnings": 0, "apps": ["leave"], "problems": [{
        "code", "severity", "message": {"zh", "en"}, "file", "line", "column", "end_column", "line_text", "found", "allowed": [], "meant",
        "related": [{"file", "line", "column", "end_column", "line_text", "note": {"zh", "en"}}], "witness": [{"zh", "en"}],
        "fix": {"words": {"zh", "en"}, "sure", "edits": [{"file", "line", "column", "end_line", "end_column", "text"}], "rename"} or null}]}

A new key may come without a new version.
"""

import json
from collections.abc import Callable
from typing import Any

from builder.reports import Found
from forms.diagnostics import Diagnostic, Fix, Place

#: code points; of a longer line only the place is given
LONGEST = 2_000


def write(found: Found, language: str, out: Callable[[str], object]) -> None:  # noqa: ARG001 - both languages are in it
    whole = {
        "version": 1,
        "errors": found.errors,
        "warnings": found.warnings,
        "apps": list(found.apps),
        "problems": [problem(one) for one in found.problems],
    }
    out(json.dumps(whole, ensure_ascii=False, indent=1))


def problem(of: Diagnostic) -> dict[str, Any]:
    """One problem with everything that is known of it."""
    return {
        "code": of.code,
        "severity": of.severity,
        "message": dict(of.message),
        **place(of.place, of.length, of.line_text),
        "found": of.found,
        "allowed": list(of.allowed),
        "meant": of.meant,
        "related": [{**place(other.place, other.length, other.line_text), "note": dict(other.note)} for other in of.related],
        "witness": [dict(step) for step in of.witness],
        "fix": fix(of.fix) if of.fix else None,
    }


def place(at: Place, length: int, line: str) -> dict[str, Any]:
    shown = line if len(line) <= LONGEST else ""
    return {"file": at.file, "line": at.line, "column": at.column, "end_column": at.column + length, "line_text": shown}


def fix(of: Fix) -> dict[str, Any]:
    edits = [
        {
            "file": edit.start.file,
            "line": edit.start.line,
            "column": edit.start.column,
            "end_line": edit.end.line,
            "end_column": edit.end.column,
            "text": edit.text,
        }
        for edit in of.edits
    ]
    return {"words": dict(of.words), "sure": of.sure, "edits": edits, "rename": of.name or None}
