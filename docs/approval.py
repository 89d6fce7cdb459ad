"""Writes docs/reference/approval.md: every line of docs/approval.yaml with the tests that prove it: `python -m docs.approval`.

A test proves a line by `@pytest.mark.approval("id", …)`. Marks are read from the source, so that nothing has to run; lines that are proven lose their `open: true`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
SOURCE = FOLDER / "approval.yaml"
TARGET = FOLDER / "reference/approval.md"
ABOVE = """# 审批语义 · Approval semantics

<!-- Written by `python -m docs.approval` from docs/approval.yaml and the marks on the tests; a test keeps it so. -->

引擎承诺的每一条，和证明它的测试。Every line that the engine promises, with the tests that prove it.
"""


class Proof(NamedTuple):
    """A test that proves a line."""

    file: str
    test: str
    says: str


def lines() -> list[dict[str, Any]]:
    """Every line of the semantics, in order."""
    return [line for section in _sections() for line in section["lines"]]


@cache
def proofs() -> dict[str, list[Proof]]:
    """The tests that are marked with each id."""
    found: dict[str, list[Proof]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text("utf-8")
        if "mark.approval" in source:
            for id, proof in _marked(ast.parse(source), str(path.relative_to(ROOT))):
                found.setdefault(id, []).append(proof)
    return found


def text() -> str:
    """The whole page."""
    parts = [ABOVE]
    for section in _sections():
        parts.append(f"\n## {section['zh']} · {section['en']}\n")
        for line in section["lines"]:
            parts.append(f"\n**{line['id']}** {line['zh']}。{line['en']}.\n")
            parts += [
                f"- [{proof.test[5:].replace('_', ' ')}](../../{proof.file}){': ' + proof.says if proof.says else ''}\n"
                for proof in proofs().get(line["id"], [])
            ]
            if line.get("open"):
                parts.append("- 尚无测试证明。No test proves this yet.\n")
    return "".join(parts)


def _sections() -> list[dict[str, Any]]:
    found = yaml.safe_load(SOURCE.read_text("utf-8"))
    return [{**item["section"], "lines": item["lines"]} for item in found]


def _marked(tree: ast.Module, file: str) -> Iterator[tuple[str, Proof]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            says = " ".join((ast.get_docstring(node) or "").split())
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.approval":
                    for arg in decorator.args:
                        yield ast.literal_eval(arg), Proof(file, node.name, says)


def settle() -> None:
    """Takes `open: true` away from every line that a test proves."""
    written = SOURCE.read_text("utf-8").splitlines(keepends=True)
    found = [re.match(r" *- \{id: ([a-z0-9-]+),", line) for line in written]
    kept = [line.replace(", open: true}", "}") if id and id[1] in proofs() else line for line, id in zip(written, found, strict=True)]
    SOURCE.write_text("".join(kept), "utf-8")


if __name__ == "__main__":
    settle()
    TARGET.write_text(text(), "utf-8")
    sys.stdout.write(f"{TARGET}\n")
