"""The files that a new app begins with: nothing but a title, or those of another app under a new name."""

from collections.abc import Iterable
from pathlib import Path

from builder.designing.text import Texts
from builder.designing.work import APP, ENGLISH, FLOW, FORM, Work
from builder.designing.writing import scalar
from builder.importing.names import Names
from builder.nodes import Mapping
from builder.workspace_git import examples

#: as in the published schema
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def fresh_id(title: str, taken: Iterable[str]) -> str:
    """An id that can be read aloud and that no app has."""
    return Names(taken, prefix="app").of(title.strip() or "app")[:60].rstrip("-")


def blank(id: str, title: str, owner: str, category: str = "综合办公") -> Texts:
    """An app that asks nothing yet and that nobody decides on."""
    letters = "".join(part[0] for part in id.split("-") if part).upper()[:4] or "A"
    return {
        APP: (
            f"language: 1\nid: {id}\ntitle: {scalar(title)}\nowner: {scalar(owner)}\ncategory: {scalar(category)}\nicon: file-text\n"
            f'number: "{letters}-{{date:%Y%m%d}}-{{seq:4}}"\nsubject: {scalar("{applicant.name} · " + title, chr(34))}\n'
        ),
        FORM: f"$schema: {SCHEMA}\ntype: object\nproperties: {{}}\nx-layout:\n  - {{section: 基本信息, columns: 2, fields: []}}\n",
        FLOW: "start: {who: everyone}\nsteps: []\non_reject: end\non_return: {resume: rerun}\nnobody: {give_to: flow-admin}\n",
    }


def copied(texts: Texts, id: str, title: str) -> Texts:
    """The files of another app under a new id and title; its scenarios stay behind, since they speak of its cases."""
    work = Work({file: text for file, text in texts.items() if not file.startswith("tests/")})
    work.set(APP, ("id",), id)
    work.set(APP, ("title",), title)
    if work.has(ENGLISH, ("title",)):
        # the English of another title says something else
        work.remove(ENGLISH, ("title",))
        if ENGLISH in work.texts and isinstance(root := work.root(ENGLISH), Mapping) and not root.entries:
            work.delete(ENGLISH)
    return work.texts


def gallery() -> dict[str, Texts]:
    """The example apps that come along, by id."""
    found: dict[str, Texts] = {}
    for app in sorted((examples() / "apps").iterdir()):
        if (app / APP).is_file():
            found[app.name] = read(app)
    return found


def read(folder: Path) -> Texts:
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in sorted(folder.rglob("*.yaml"))}
