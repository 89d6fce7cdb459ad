"""`dabashou import formio|json-schema|xgov`: forms of another product become app folders, and everything that could not be carried over is said."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

from builder import workspace
from builder.compile import compile_workspace
from builder.importing import formio, json_schema, written, xgov
from builder.importing.commands import Out, organisation_around, owner_of
from builder.importing.formio import Imported
from forms.texts import say

Kind = Literal["formio", "json-schema", "xgov"]
READERS: dict[Kind, Callable[[dict[str, Any], str, str], Imported]] = {
    "formio": formio.read,
    "json-schema": json_schema.read,
    "xgov": xgov.read,
}
CALLED: dict[Kind, str] = {"formio": "form.io", "json-schema": "JSON Schema", "xgov": "XGov"}


def run(
    kind: Kind, place: Path, folder: Path, *, owner: str | None = None, english: bool = False, out: Out = print, ui: Path | None = None
) -> int:
    """Imports the form in the file ``place`` into the app folder ``folder``, or each of a folder into a folder of its own in there.

    0: all became apps that compile; 1: some did not; 2: nothing was tried.
    """
    jobs = [(file, folder / app_id(file.stem)) for file in sorted(place.glob("*.json"))] if place.is_dir() else [(place, folder)]
    if not jobs:
        out(f"{place}: no *.json file in there" if english else f"{place}：里面没有 *.json 文件")
        return 2
    for _, into in jobs:
        if not workspace.ID.match(into.resolve().name) or (into.exists() and (not into.is_dir() or any(into.iterdir()))):
            out(
                f"{into}: name a new folder by the id of the app (lower-case letters, digits, hyphens)"
                if english
                else f"{into}：请给一个新文件夹，名称就是应用的标识（小写字母、数字和连字符）"
            )
            return 2
    return max(one(kind, file, into, owner, english, out, ui) for file, into in jobs)


def one(kind: Kind, file: Path, folder: Path, owner: str | None, english: bool, out: Out, ui: Path | None = None) -> int:
    """One form; 1 where it is none, or what was written does not compile."""
    language = "en" if english else "zh"
    organisation = organisation_around(folder)
    try:
        root, id, whose = sound(file.read_bytes()), folder.resolve().name, owner or owner_of(organisation)
        found = json_schema.read(root, id, whose, sound(ui.read_bytes())) if ui else READERS[kind](root, id, whose)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        out(f"{file}: this is no form of {CALLED[kind]} ({error})" if english else f"{file}：不是 {CALLED[kind]} 的表单（{error}）")
        return 1
    written.put(found.draft.files(), folder)
    for loss in found.losses:
        out(f"{file}: {loss.where}: {'not carried over: ' if english else ''}{say(loss.what, language)}")
    errors = [problem for problem in compile_workspace(folder, organisation).problems if problem.severity == "error"]
    for problem in errors:
        out(problem.render(language))
    out(
        f"Written: {folder}; {found.inputs_kept} of {found.inputs} fields, {found.conditions_kept} of {found.conditions} conditions"
        if english
        else f"已写出 {folder}：字段 {found.inputs_kept}/{found.inputs}，条件 {found.conditions_kept}/{found.conditions}"
    )
    return 1 if errors else 0


def sound(content: bytes) -> dict[str, Any]:
    """The form in ``content``. Raises ValueError where it is no JSON object."""
    root: Any = json.loads(content)
    if not isinstance(root, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - what is wrong is the text, not a type of ours
    return cast(dict[str, Any], root)


def app_id(name: str) -> str:
    """An id like ``name``."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return plain if plain[:1].isalpha() else f"form-{plain}"
