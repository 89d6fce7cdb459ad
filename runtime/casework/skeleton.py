"""A form as HTML, compiled once for a release and a language into constant text, so that a page only escapes what was typed.

Everything is in the page without a rule of its own: which fields are seen, required, locked or wrong comes with the state. What
a rule hides goes along in hidden inputs, so that it comes back when the rule changes its mind.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from markupsafe import Markup, escape

from forms.form import Field, Form, Section
from forms.texts import say
from runtime.casework import holders
from runtime.casework.holders import row_count
from runtime.casework.parts import Found, State, Write, keep
from runtime.casework.widgets import WIDGETS, Compiler, fixed
from runtime.casework.words import Words

__all__ = ["COMPILERS", "Found", "Skeleton", "State", "row_count"]


class Skeleton:
    """The form in one language."""

    def __init__(self, form: Form, language: str) -> None:
        self._words = Words(language)
        self._sections = [self._section(form, number, section) for number, section in enumerate(form.sections, start=1)]

    def render(self, state: State, only: Collection[str] | None = None) -> Markup:
        """The sections with their fields; ``only``: nothing but these."""
        out: list[str] = []
        for head, foot, fields in self._sections:
            chosen = fields if only is None else [item for item in fields if item[0] in only]
            if not chosen:
                continue
            seen = any(item[0] in state.visible for item in chosen)
            out.append(head if seen else HIDDEN)
            for name, write, away in chosen:
                (write if name in state.visible else away)(out, state)
            out.append(foot if seen else "</div>")
        return Markup("".join(out))  # noqa: S704 - every value was escaped when it was written

    def _section(self, form: Form, number: int, section: Section) -> tuple[str, str, list[tuple[str, Write, Write]]]:
        title = escape(say(section.title, self._words.language))
        grid = "grid2" if section.columns == 2 else "grid1"
        head = f'<section class="sec" aria-labelledby="s-{number}"><h2 id="s-{number}">{title}</h2><div class="{grid}">'
        fields = [form.field(name) for name in section.fields]
        return head, "</div></section>", [(field.name, compile_field(field, self._words), _away(field, field.name)) for field in fields]


HIDDEN: Final = "<div hidden>"


def compile_field(field: Field, words: Words, prefix: str = "") -> Write:
    """The writer of one field; ``prefix`` is "table.0." in a row."""
    path = prefix + field.name
    if field.compute is not None:
        write = fixed(field, words, prefix)
    else:
        write = COMPILERS[field.kind](field, words, prefix)
        if field.lookup is not None and field.lookup.by:
            write = _noted(path, write)
        if field.readonly is not None:
            write = _either(path, fixed(field, words, prefix, keep(field, path)), write)
    return _shown(path, write, _away(field, path)) if prefix and field.visible is not None else write


def _away(field: Field, path: str) -> Write:
    """What stands in for a field that a rule hides."""
    kept = keep(field, path)

    def write(out: list[str], state: State) -> None:
        out.append(f'<div id="f-{path}" hidden>{kept(state)}</div>')

    return write


def _noted(path: str, write: Write) -> Write:
    """With what is said about where its answer comes from, before the field is closed."""

    def noted(out: list[str], state: State) -> None:
        write(out, state)
        if (note := state.notes.get(path)) is not None:
            closing = out.pop()
            out.append(f'<p class="hint" role="status" id="{path}-from">{escape(note)}</p>{closing}')

    return noted


def _shown(path: str, write: Write, away: Write) -> Write:
    return lambda out, state: (write if path in state.visible else away)(out, state)


def _either(path: str, locked: Write, free: Write) -> Write:
    return lambda out, state: (locked if path in state.readonly else free)(out, state)


COMPILERS: Final[Mapping[str, Compiler]] = {
    **WIDGETS,
    "table": partial(holders.table, compile=compile_field),
    "group": partial(holders.group, compile=compile_field),
}
