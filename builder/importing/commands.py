"""`dabashou import`: reads a flow of another product, writes an app folder, and says what it could not bring along."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from builder import source, workspace
from builder.compile import compile_workspace
from builder.importing import digit, flowlong, written
from builder.importing.written import Draft
from builder.nodes import Node
from builder.organisation import read_organisation
from builder.problems import Problems
from workflows.people import Organisation

Out = Callable[[str], object]
Kind = Literal["digit", "flowlong"]


def run(kind: Kind, file: Path, folder: Path, *, owner: str | None = None, english: bool = False, out: Out = print) -> int:
    """Imports ``file`` into the app folder ``folder``, whose name becomes the app's id; 1, and nothing written, if it has defects."""
    language = "en" if english else "zh"
    problems = Problems()
    if not workspace.ID.match(folder.resolve().name) or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        out(
            f"{folder}: name a new folder by the id of the app (lower-case letters, digits, hyphens), such as apps/trade-licence"
            if english
            else f"{folder}：请给一个新文件夹，名称就是应用的标识（小写字母、数字和连字符），如 apps/trade-licence"
        )
        return 2
    organisation = organisation_around(folder)
    root = source.load(file.read_bytes(), str(file), problems)
    draft = _draft(kind, root, folder.resolve().name, owner or owner_of(organisation), problems) if root else None
    for problem in problems.in_order():
        out(problem.render(language))
    if draft is None:
        out("Nothing was written." if english else "没有写出任何文件。")
        return 1
    written.put(draft.files(), folder)
    _needs(draft, organisation, english, out)
    compiled = compile_workspace(folder, organisation)
    for problem in compiled.problems:
        out(problem.render(language))
    out(f"Written: {folder}" if english else f"已写出 {folder}")
    return 0


def _draft(kind: Kind, root: Node, id: str, owner: str, problems: Problems) -> Draft | None:
    if kind == "digit":
        found = digit.read(root, id, owner, problems)
        return found.draft if found else None
    return flowlong.read(root, id, owner, problems)


def organisation_around(folder: Path) -> Organisation | None:
    """The people of the workspace that the app comes into, if there is one."""
    around = folder.resolve().parent.parent
    return read_organisation(workspace.read(around, Problems()), Problems()) if (around / "org").is_dir() else None


def owner_of(organisation: Organisation | None) -> str:
    """The department on top, until somebody says otherwise."""
    return (
        next((department.id for department in organisation.departments if department.parent is None), "office")
        if organisation
        else "office"
    )


def _needs(draft: Draft, organisation: Organisation | None, english: bool, out: Out) -> None:
    """The roles and people that the organisation has to know before the app can be published."""
    for what, needed, there in (
        ({"zh": "角色", "en": "Roles"}, draft.roles, {role.id for role in organisation.roles} if organisation else set[str]()),
        ({"zh": "人员", "en": "People"}, draft.people, {person.id for person in organisation.people} if organisation else set[str]()),
    ):
        missing = {id: name for id, name in needed.items() if id not in there}
        if missing:
            listed = ", ".join(f"{id} ({name})" for id, name in missing.items())
            out(f"{what['en']} that org/ has to have: {listed}" if english else f"org/ 里要有的{what['zh']}：{listed}")
