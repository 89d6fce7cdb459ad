"""Makes the fixes that problems carry: small edits of the text as it is written, so that nothing else in the file changes."""

import json
import re

from builder.nodes import Mapping, Mark, Scalar, Sequence
from builder.scalars import value_of
from forms.diagnostics import Edit, Fix
from forms.texts import Text

#: text that stands for itself wherever a value may stand, in braces too
PLAIN = re.compile(r"(?:[A-Za-z_/.\u4e00-\u9fff]|\d+[ -])(?:[A-Za-z0-9_/.\u4e00-\u9fff -]*[A-Za-z0-9_/.\u4e00-\u9fff])?\Z")


def edit(mark: Mark, text: str) -> Edit:
    """``text`` in the place of ``mark``."""
    return Edit(mark.source.place(mark.start), mark.source.place(mark.end), text)


def replace(at: Scalar | Mark, text: str, zh: str, en: str, *, sure: bool = True) -> Fix:
    """``text``, as it is to be written, in the place of ``at``."""
    return Fix({"zh": zh, "en": en}, (edit(whole(at), text),), sure)


def remove(mark: Mark, zh: str, en: str, *, sure: bool = True) -> Fix:
    return Fix({"zh": zh, "en": en}, (edit(mark, ""),), sure)


def insert(mark: Mark, text: str, zh: str, en: str, *, sure: bool = True) -> Fix:
    """``text`` before ``mark``."""
    return Fix({"zh": zh, "en": en}, (edit(Mark(mark.source, mark.start, mark.start), text),), sure)


def several(edits: list[tuple[Mark, str]], zh: str, en: str, *, sure: bool = True) -> Fix:
    """A text for each of several places, none of which touches another."""
    return Fix({"zh": zh, "en": en}, tuple(edit(mark, text) for mark, text in edits), sure)


def rename(name: str, *, sure: bool = True) -> Fix:
    """The file of the problem is called ``name``."""
    return Fix({"zh": f"文件改名为 {name}", "en": f"rename the file to {name}"}, (), sure, name)


def instead(at: Scalar | Sequence | Mapping | Mark, meant: str) -> Fix | None:
    """The guess that ``meant`` was to stand at ``at``; of a collection there is none."""
    if isinstance(at, Sequence | Mapping):
        return None
    mark = whole(at)
    written = mark.source.text[mark.start : mark.end]
    if "\n" in written or "\\" in written or (isinstance(at, Scalar) and at.style in ("|", ">")):
        return None
    shown = written.strip("'\"")
    words: Text = {"zh": f"把“{shown}”改为“{meant}”", "en": f"write “{meant}” instead of “{shown}”"}
    return Fix(words, (edit(mark, scalar(meant, at.style) if isinstance(at, Scalar) else requoted(written, meant)),))


def within(around: Scalar, mark: Mark, text: str) -> Fix:
    """``text`` for a part of an expression; a quotation mark is the one that the YAML around it leaves free."""
    if text in ("'", '"'):
        text = "'" if around.style != "'" else '"'
    shown = mark.source.text[mark.start : mark.end]
    return replace(mark, text, f"把 {shown} 改为 {text}", f"write {text} instead of {shown}")


def scalar(text: str, style: str = "") -> str:
    """``text`` as a scalar in the style that stood there, if it can be, so that it is read as text again."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and PLAIN.match(text) and value_of(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)


def requoted(written: str, meant: str) -> str:
    """Within an expression: the quotes that stood around the old text stand around the new."""
    quote = written[:1] if written[:1] in "'\"" and written[:1] == written[-1:] and len(written) > 1 else ""
    return f"{quote}{meant}{quote}"


def whole(at: Scalar | Mark) -> Mark:
    return Mark(at.source, at.start, at.end) if isinstance(at, Scalar) else at
