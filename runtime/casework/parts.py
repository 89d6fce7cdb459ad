"""What the pieces of a compiled form share: what changes from page to page, and the text around a control."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import escape

from forms.form import HOLDERS, LISTS, Field
from forms.texts import say
from forms.typed import OTHER
from runtime.casework.words import Words
from runtime.files.cards import Card


@dataclass(frozen=True, slots=True)
class Found:
    """Someone or some place that may be chosen."""

    id: str
    name: str
    #: the small words beside the name
    place: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What changes from page to page."""

    #: browser name to the text typed under it, as `forms.typed` has it: several choices are joined by line breaks
    texts: Mapping[str, str]
    #: as `forms.rules.Settled` has them, and `readonly` below too
    visible: Collection[str]
    required: Collection[str]
    #: path ("field", "field.start", "table.0.column") to what is wrong
    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    #: path to words: what is calculated or locked, and the sums of columns ("items.price.total")
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    #: ids of people and codes of regions to their names
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    #: browser name of a search to what it found
    found: Mapping[str, Sequence[Found]] = field(default_factory=dict[str, Sequence[Found]])
    departments: Sequence[Found] = ()
    #: the row that has just been added, whose first input takes the focus, or the table that has just lost one
    fresh: str = ""
    readonly: Collection[str] = ()
    #: by path, the options that are not offered now
    withheld: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    #: path to what is said beside a field about where its answer comes from
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    #: ids of files to how they are shown
    files: Mapping[str, Card] = field(default_factory=dict[str, Card])


Write = Callable[[list[str], State], None]
STAR: Final = '<span class="req" aria-hidden="true">*</span>'
WIDE: Final = frozenset({"textarea", "rich-text", "note", "table", "group", "choices", "half-day-range", "attachment", "photo"})
#: most choices that are all shown at once
MOST_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """The constant text around a control."""

    path: str
    open: str
    help: str
    help_id: str
    group: bool
    #: required wherever it is seen; of the fields at the top the state says so
    always: bool = False

    def head(self, out: list[str], state: State) -> bool:
        """Opens the field; tells whether it is required."""
        required = self.required(state)
        out.append(self.open)
        if required:
            out.append(STAR)
        return required

    def required(self, state: State) -> bool:
        return self.always or self.path in state.required

    def foot(self, out: list[str], problem: str | None) -> None:
        out.append(self.help)
        if problem is not None:
            out.append(f'<p class="err" id="{self.path}-error">{escape(problem)}</p>')
        out.append("</fieldset>" if self.group else "</div>")

    def told(self, required: bool, problem: str | None) -> str:
        """Attributes of the control that say what stands beside it."""
        if problem is None:
            return (' aria-required="true"' if required else "") + (f' aria-describedby="{self.help_id}"' if self.help_id else "")
        ids = f"{self.help_id} {self.path}-error".strip()
        return f'{" aria-required=" + chr(34) + "true" + chr(34) if required else ""} aria-invalid="true" aria-describedby="{ids}"'


def frame_of(field: Field, words: Words, prefix: str, *, group: bool) -> Frame:
    path = prefix + field.name
    label = escape(say(field.title, words.language))
    wide = " span2" if wide_of(field) else ""
    help = say(field.help, words.language) if field.help else ""
    help_id = f"{path}-help" if help else ""
    hint = f'<p class="hint" id="{help_id}">{escape(help)}</p>' if help else ""
    if group:
        opened = f'<fieldset class="field{wide}" id="{path}" tabindex="-1"><legend class="label">{label}'
    else:
        opened = f'<div class="field{wide}" id="f-{path}"><label for="{path}">{label}'
    return Frame(path, opened, hint, help_id, group, bool(prefix) and field.required)


def wide_of(field: Field) -> bool:
    """Whether half a page is too narrow."""
    crowded = (
        field.kind == "choice" and len(field.options) <= MOST_SHOWN and sum(len(option.title["zh"]) + 4 for option in field.options) > 24
    )
    return field.kind in WIDE or (crowded and field.widget != "select")


def wrong(frame: Frame, problem: str | None) -> str:
    """What a group of controls says about its problem: on a role that may carry it."""
    ids = " ".join(filter(None, (frame.help_id, f"{frame.path}-error" if problem is not None else "")))
    return f' role="group" aria-describedby="{ids}"' if ids else ""


def names_of(field: Field, path: str) -> tuple[str, ...]:
    """The browser names of a field that holds no others."""
    if field.kind == "date-range":
        return (f"{path}.start", f"{path}.end")
    if field.kind == "half-day-range":
        return tuple(f"{path}.{part}" for part in ("start", "start_half", "end", "end_half"))
    return (path,)


def keep(field: Field, path: str) -> Callable[[State], str]:
    """Writes what was typed in a field that is not shown as hidden inputs, so that it stays in the page."""
    if field.kind in HOLDERS:
        several = frozenset(_several(field, path))

        def inside(state: State) -> str:
            start = f"{path}."
            found = ((name, text) for name, text in state.texts.items() if name.startswith(start) and not name.endswith(".find"))
            return "".join(_hidden(name, text, "".join(p for p in name.split(".") if not p.isdecimal()) in several) for name, text in found)

        return inside
    names, many = names_of(field, path), field.kind in LISTS
    if field.other:
        names = (*names, f"{path}.{OTHER}")
    return lambda state: "".join(_hidden(name, state.texts.get(name, ""), many) for name in names)


def _several(field: Field, path: str) -> list[str]:
    """The places within ``field`` where several may be chosen, without points and numbers of rows."""
    plain = "".join(part for part in path.split(".") if not part.isdecimal())
    found: list[str] = [plain] if field.kind in LISTS else []
    return found + [place for part in field.fields for place in _several(part, f"{path}.{part.name}")]


def _hidden(name: str, text: str, several: bool) -> str:
    values = text.split("\n") if several else [text]
    return "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for value in values if value)
