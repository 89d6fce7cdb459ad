"""One Jinja environment for each language, in which what never changes (words, icons, addresses of files) is settled when a template is compiled.

A page then only escapes its values: a translated word costs nothing when it is shown.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
LOCALE = FOLDER / "locale"


@cache
def environment(language: str) -> Environment:
    """The environment that speaks ``language``: "zh" (as the templates are written) or "en"."""
    return Settled(language)


@cache
def messages(language: str) -> dict[str, str]:
    """Chinese words to those of ``language``; empty for Chinese itself."""
    file = LOCALE / f"{language}.po"
    if not file.exists():
        return {}
    from babel.messages.pofile import read_po  # not in a process that only ever speaks Chinese

    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def escape_all(texts: Iterable[str]) -> list[str]:
    """Each of ``texts`` as HTML, in one go: one by one takes many times as long. None of them may hold U+0000."""
    return str(escape("\0".join(texts))).split("\0")


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


@cache
def icon(name: str) -> Markup:
    """A picture that says nothing by itself; a sheet of paper where the sprite does not have ``name``."""
    known = name if name in icons() else "file-text"
    return Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>').format(asset("icons.svg"), known)


@cache
def icons() -> frozenset[str]:
    """The names in the sprite."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))


class Settled(Environment):
    """An environment that settles calls of `_`, `icon` and `asset` with constant arguments while compiling."""

    def __init__(self, language: str) -> None:
        super().__init__(
            loader=PackageLoader("templates", ""),
            autoescape=True,
            trim_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
            cache_size=-1,
        )
        words = messages(language)

        def said(text: str) -> str:
            return words.get(text, text)

        self.constant: dict[str, Callable[..., Any]] = {"_": said, "icon": icon, "asset": asset}
        self.globals.update(self.constant)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary instead of a chain of two, which every rendering would walk in Python. The globals are settled by now."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Settle(self.constant).visit(tree)
        return tree


class _Settle(NodeTransformer):
    def __init__(self, constant: dict[str, Callable[..., Any]]) -> None:
        self.constant = constant

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor finds methods by the class of the node
        self.generic_visit(node)
        called = node.node
        if isinstance(called, nodes.Name) and called.name in self.constant and all(isinstance(a, nodes.Const) for a in node.args):
            arguments = [a.value for a in node.args if isinstance(a, nodes.Const)]
            return nodes.Const(self.constant[called.name](*arguments), lineno=node.lineno)
        return node
