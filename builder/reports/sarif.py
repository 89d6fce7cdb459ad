"""For tools that collect results of many analysers: SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (the numbers below are its sections)
"""

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from builder.codes import CODES
from builder.reports import Found
from forms.diagnostics import Diagnostic, Edit, Fix, Place
from forms.texts import Text, say

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
TAGS = {"zh": "zh-CN", "en": "en-US"}


def write(found: Found, language: str, out: Callable[[str], object]) -> None:
    out(json.dumps(log(found, language), ensure_ascii=False, indent=1))


def log(found: Found, language: str) -> dict[str, Any]:
    """The whole log: one run, with the rules that it names."""
    rules = sorted({problem.code for problem in found.problems}, key=list(CODES).index)
    driver = {
        "name": "dabashou",
        "semanticVersion": version("dabashou"),
        "language": TAGS[language],
        "rules": [rule(code, language) for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "language": TAGS[language],
        # 3.14.17: the columns of this run
        "columnKind": "unicodeCodePoints",
        "results": [result(problem, rules, language) for problem in found.problems],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def rule(code: str, language: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": text(CODES[code], language)}


def result(of: Diagnostic, rules: list[str], language: str) -> dict[str, Any]:
    """3.27: a problem."""
    found: dict[str, Any] = {
        "ruleId": of.code,
        "ruleIndex": rules.index(of.code),
        "level": of.severity,
        "message": text(of.message, language),
        "locations": [location(of.place, of.length, of.line_text)],
        "properties": {"found": of.found, "allowed": list(of.allowed), **({"meant": of.meant} if of.meant else {})},
    }
    if of.related:
        found["relatedLocations"] = [
            {**location(other.place, other.length, other.line_text), "id": number, "message": text(other.note, language)}
            for number, other in enumerate(of.related, 1)
        ]
    if of.witness:
        steps = [{"location": {"message": text(step, language)}} for step in of.witness]
        found["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    # 3.56: a change is one of text; what a file is called is none
    if of.fix and of.fix.edits:
        found["fixes"] = [fix(of.fix, language)]
    return found


def location(at: Place, length: int, line: str) -> dict[str, Any]:
    """3.28: a place."""
    region: dict[str, Any] = {"startLine": at.line, "startColumn": at.column, "endColumn": at.column + length}
    if line:
        region["snippet"] = {"text": line[at.column - 1 : at.column - 1 + length]}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(at.file)}, "region": region}}


def fix(of: Fix, language: str) -> dict[str, Any]:
    """3.55: what puts it right."""
    changes: dict[str, list[Edit]] = {}
    for edit in of.edits:
        changes.setdefault(edit.start.file, []).append(edit)
    return {
        "description": text(of.words, language),
        "artifactChanges": [
            {"artifactLocation": {"uri": uri(file)}, "replacements": [replacement(edit) for edit in edits]}
            for file, edits in changes.items()
        ],
    }


def replacement(edit: Edit) -> dict[str, Any]:
    region = {
        "startLine": edit.start.line,
        "startColumn": edit.start.column,
        "endLine": edit.end.line,
        "endColumn": edit.end.column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def text(of: Text, language: str) -> dict[str, str]:
    return {"text": say(of, language)}


def uri(file: str) -> str:
    """3.4.3: a path is a relative reference, an absolute one a ``file:`` URI."""
    return f"file://{quote(file)}" if file.startswith("/") else quote(file)
