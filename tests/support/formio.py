"""Random answers to imported forms of form.io, in its shape and in ours; and the truth of its own scripts, told by node."""

import json
import random
import shutil
import subprocess
from typing import Any

from builder.compile import compile_files
from builder.importing.formio import Imported
from builder.importing.forms import Item
from builder.workspace import Workspace
from forms import expressions
from forms.expressions import Expression
from forms.form import Field, Form
from forms.reads import field_at
from forms.scope import Scope

NODE = shutil.which("node")
#: evaluates each condition as form.io does: a script, or the value under `when` compared as text
PROGRAM = """
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const lodash = { some: (rows, f) => (rows || []).some(f), every: (rows, f) => (rows || []).every(f) };
const instance = { isSubmissionDigital: () => true };
function at(holder, path) { return path.split(".").reduce((value, key) => value === undefined || value === null ? undefined : value[key], holder); }
function one(job) {
  if (job.script) {
    const found = new Function("data", "row", "instance", "_", "let show; " + job.script + "; return show;");
    try { return !!found(job.data, job.row, instance, lodash); } catch (error) { return null; }
  }
  // as form.io's getRow: a path that begins with what holds the row means this row
  let value = job.parent && job.when.startsWith(job.parent + ".") ? at(job.row, job.when.slice(job.parent.length + 1)) : at(job.row, job.when);
  if (value === undefined) value = at(job.data, job.when);
  const equal = value !== null && typeof value === "object" && !Array.isArray(value) ? !!value[job.eq] : String(value) === String(job.eq);
  return job.show ? equal : !equal;
}
process.stdout.write(JSON.stringify(jobs.map(one)));
"""


def truths(jobs: list[dict[str, Any]]) -> list[bool | None]:
    """What node makes of each; None where the script failed."""
    assert NODE is not None
    done = subprocess.run([NODE, "-e", PROGRAM], input=json.dumps(jobs), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def compiled(found: Imported, id: str) -> tuple[Form | None, list[str]]:
    """The form as it is published, or what is wrong with it."""
    files = {f"apps/{id}/{name}": text.encode() for name, text in found.draft.files().items()}
    result = compile_files(Workspace("", files))
    errors = [f"{p.code}: {p.message['en']}" for p in result.problems if p.severity == "error"]
    return (result.apps[id].form if id in result.apps else None), errors


def answers(items: list[Item], chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same random answers as form.io and as we write them down."""
    theirs: dict[str, Any] = {}
    ours: dict[str, Any] = {}
    for key in dict.fromkeys(item.key for item in items):
        # of several fields with one key only one is seen at a time
        item = chance.choice([item for item in items if item.key == key])
        theirs_value, ours_value = _value(item, chance)
        if theirs_value is not None:
            theirs[key] = theirs_value
        if ours_value is not None:
            ours[item.name] = ours_value
    return theirs, ours


def _value(item: Item, chance: random.Random) -> tuple[Any, Any]:
    match item.kind:
        case "group":
            return answers(item.children, chance)
        case "table":
            rows = [answers(item.children, chance) for _ in range(chance.randrange(3))]
            return ([row[0] for row in rows], [row[1] for row in rows]) if rows else (None, None)
        case "note":
            return None, None
        case "boolean":
            # a box of form.io that nobody has ticked is false
            value = chance.random() < 0.5
            return value, value
        case _ if chance.random() < 0.25:
            return None, None
        case "choice":
            value = chance.choice(item.options)
            return value, value
        case "choices":
            chosen = {option: chance.random() < 0.5 for option in item.options}
            return chosen, [option for option, on in chosen.items() if on] or None
        case "number":
            number = chance.choice((0, 1, 3, 40, -2))
            return number, number
        case _:
            return "x", "x"


def expression(form: Form, text: str, holder: Item | None) -> Expression:
    """A condition of ``holder``'s fields."""
    scope = Scope.of_form(form)
    table = next((item for item in reversed(holder.chain()) if item.kind == "table"), None) if holder else None
    if table is not None:
        scope = scope.with_row(".".join(item.name for item in table.chain()))
    found = expressions.compile(text, scope, "bool")
    assert isinstance(found, Expression), found
    return found


def held(holder: Item | None, data: dict[str, Any], ours: bool, *, table: bool = False) -> dict[str, Any]:
    """What the fields of ``holder`` are a part of: the group, or the first row; for ``table`` the row alone."""
    at: Any = data
    for item in holder.chain() if holder else ():
        at = at.get(item.name if ours else item.key) or {}
        if item.kind == "table":
            at = at[0] if at else {}
            if table and not any(below.kind == "table" for below in _below(item, holder)):
                return at
    return at


def _below(item: Item, holder: Item | None) -> list[Item]:
    chain = holder.chain() if holder else []
    return chain[chain.index(item) + 1 :]


def valid(fields: tuple[Field, ...], chance: random.Random) -> dict[str, Any]:
    """An answer to every field."""
    return {field.name: value for field in fields if (value := _fits(field, chance)) is not None and not field.compute}


def _fits(field: Field, chance: random.Random) -> Any:
    match field.kind:
        case "group":
            return valid(field.fields, chance)
        case "table":
            return [valid(field.fields, chance) for _ in range(max(1, field.min_items or 1))]
        case "choice":
            return chance.choice(field.options).value
        case "choices":
            return [chance.choice(field.options).value]
        case "boolean":
            return True if field.promise else chance.random() < 0.5
        case "number":
            low = field.minimum if field.minimum is not None else min(0, field.maximum or 0)
            return max(low, min(low + chance.randrange(9), field.maximum if field.maximum is not None else low + 9))
        case "date":
            return "2026-12-01"
        case "month":
            return "2026-12"
        case "time":
            return "09:30"
        case "datetime":
            return "2026-12-01T09:30"
        case "email":
            return "name@example.no"
        case "link":
            return "https://example.no/"
        case "note" | "opinion" | "attachment" | "photo":
            return None
        case "integer":
            return int(max(field.minimum or 0, min(3, field.maximum if field.maximum is not None else 3)))
        case _:
            return "x" * max(1, min(field.min_length or 1, field.max_length or 1)) if not field.min_length else "x" * field.min_length


def broken(field: Field) -> Any:
    """Something that is no answer to ``field``."""
    return {
        "text": 5,
        "textarea": 5,
        "choice": "no such option",
        "choices": ["no such option"],
        "boolean": "yes",
        "number": "many",
        "integer": "many",
        "attachment": ["no such file"],
        "table": {"0": 1},
        "group": "x",
    }.get(field.kind, "no such day")


def at(form: Form, path: str) -> Field | None:
    return field_at({field.name: field for field in form.fields}, path)
