"""Reads print/*.yaml: how a case looks on paper."""

import re
from typing import Any, cast

from builder import fields, shape, source
from builder.draft import AppDraft
from builder.english import English
from builder.nodes import Mapping, Node, items, mapping, words
from builder.workspace import Workspace, said
from forms.texts import Text
from workflows import papers
from workflows.papers import Block, Print

FOLDER = "print/"
ID = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
#: the keys that say what a block is; each block has one of them
KINDS = ("fields", "table", "opinions", "text", "record", "attachments", "qr")
#: what a block of each kind may say besides
FITS: dict[str, frozenset[str]] = {
    "fields": frozenset({"heading", "across"}),
    "table": frozenset({"heading", "columns"}),
    "opinions": frozenset({"heading"}),
    "text": frozenset({"align", "indent"}),
    "record": frozenset(),
    "attachments": frozenset(),
    "qr": frozenset(),
}


def draft(own: dict[str, bytes], files: Workspace, into: AppDraft) -> None:
    """Every print template that has its shape, with the problems of those that have not."""
    for name in sorted(own):
        if not name.startswith(FOLDER):
            continue
        shown, id = files.shown(f"apps/{into.id}/{name}"), name.removeprefix(FOLDER).removesuffix(".yaml")
        if not ID.match(id):
            said(
                into.problems,
                shown,
                "file-name",
                "打印模板的文件名就是它的标识：以小写字母开头，只用小写字母、数字和连字符",
                "The file of a print template is named by its id: lower-case letters, digits and hyphens",
            )
            continue
        root = source.load(own[name], shown, into.problems)
        if root is not None and not shape.check(root, "print", into.problems) and isinstance(root, Mapping):
            into.prints[id] = root
        else:
            into.prints_broken = True


def kind_of(block: Mapping) -> str | None:
    """The first key that says what ``block`` is."""
    return next((key for key in block.entries if key in KINDS), None)


def build(prints: dict[str, Mapping], english: English) -> tuple[Print, ...]:
    """The templates of a draft without problems."""
    return tuple(_print(id, root, english) for id, root in prints.items())


def _print(id: str, root: Mapping, english: English) -> Print:
    size, _, turned = (words(root.get("paper")) or "A4").partition(" ")
    blocks = [_block(node, english, "print", id, "blocks", number) for number, node in enumerate(items(root.get("blocks")))]
    return Print(
        id=id,
        title=english.text(root.get("title"), "print", id, "title") or {"zh": id},
        blocks=tuple(block for block in blocks if block),
        paper=cast(Any, size),
        landscape=turned == "landscape",
        look=cast(Any, words(root.get("look")) or "form"),
    )


def _block(node: Node, english: English, *path: str | int) -> Block | None:
    block = mapping(node)
    kind = kind_of(block) if block else None
    if block is None or kind is None:
        return None
    value = block.get(kind)
    heading = english.text(block.get("heading"), *path, "heading")
    say: Text = english.text(value, *path, kind) or {"zh": ""}
    match kind:
        case "fields":
            return papers.Fields(names=_names(value), across=cast(Any, fields.whole(block.get("across")) or 2), heading=heading)
        case "table":
            return papers.Rows(name=words(value) or "", columns=_names(block.get("columns")), heading=heading)
        case "opinions":
            return papers.Opinions(steps=_names(value), heading=heading)
        case "text":
            align = cast(Any, words(block.get("align")) or "left")
            return papers.Words(text=say, align=align, indent=getattr(block.get("indent"), "value", False) is True)
        case "record":
            return papers.Record(heading=say)
        case "attachments":
            return papers.Files(heading=say)
        case _:
            return papers.Code(caption=say)


def _names(node: Node | None) -> tuple[str, ...]:
    return tuple(name for item in items(node) if (name := words(item)))
