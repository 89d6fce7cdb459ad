"""A form as HTML, compiled once for a release and a language into constant text, so that a page only escapes what was typed.

Everything is in the page without a rule of its own: which fields are seen, required or wrong comes with the state. What a rule
hides goes along in hidden inputs, so that it comes back when the rule changes its mind.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup, escape

from forms.form import Field, Form, Section
from forms.texts import say
from runtime.casework.words import Words
from templates.environment import icon


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
    visible: Collection[str]
    required: Collection[str]
    #: path ("field", "field.start", "table.0.column") to what is wrong
    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    #: calculated fields in words
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    #: ids of people and codes of regions to their names
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    #: browser name of a search to what it found
    found: Mapping[str, Sequence[Found]] = field(default_factory=dict[str, Sequence[Found]])
    departments: Sequence[Found] = ()
    #: the table row that has just been added: its first input takes the focus
    fresh: str = ""


Write = Callable[[list[str], State], None]
#: a field: its name, its writer, its browser names, whether its text is several choices
_Part = tuple[str, Write, tuple[str, ...], bool]
STAR: Final = '<span class="req" aria-hidden="true">*</span>'
WIDE: Final = frozenset({"textarea", "table", "choices", "half-day-range"})
#: most choices that are all shown at once
MOST_SHOWN: Final = 6


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
            for name, write, names, several in chosen:
                if name in state.visible:
                    write(out, state)
                else:
                    _keep(out, name, names, several, state)
            out.append(foot if seen else "</div>")
        return Markup("".join(out))  # noqa: S704 - every value was escaped when it was written

    def _section(self, form: Form, number: int, section: Section) -> tuple[str, str, list[_Part]]:
        title = escape(say(section.title, self._words.language))
        grid = "grid2" if section.columns == 2 else "grid1"
        head = f'<section class="sec" aria-labelledby="s-{number}"><h2 id="s-{number}">{title}</h2><div class="{grid}">'
        parts = [_part(form.field(name), self._words) for name in section.fields]
        return head, "</div></section>", parts


HIDDEN: Final = "<div hidden>"


def _part(field: Field, words: Words) -> _Part:
    return field.name, compile_field(field, words), _names(field), field.kind == "choices"


def _names(field: Field) -> tuple[str, ...]:
    """The browser names that start with the field's."""
    if field.kind == "date-range":
        return (f"{field.name}.start", f"{field.name}.end")
    if field.kind == "half-day-range":
        return tuple(f"{field.name}.{part}" for part in ("start", "start_half", "end", "end_half"))
    return (field.name,)


def _keep(out: list[str], name: str, names: Sequence[str], several: bool, state: State) -> None:
    """A field that a rule hides: what was typed stays in the page."""
    kept: list[str] = []
    rows = [typed for typed in state.texts if typed.startswith(f"{name}.") and typed[len(name) + 1 : len(name) + 2].isdigit()]
    for typed in (*names, *rows):
        text = state.texts.get(typed, "")
        values = text.split("\n") if several else [text]
        kept.extend(f'<input type="hidden" name="{escape(typed)}" value="{escape(value)}">' for value in values if value)
    out.append(f'<div id="f-{name}" hidden>{"".join(kept)}</div>')


def compile_field(field: Field, words: Words, prefix: str = "") -> Write:
    """The writer of one field; ``prefix`` is "table.0." in a row."""
    if field.compute is not None:
        return _fixed(field, words, prefix)
    return COMPILERS[field.kind](field, words, prefix)


# --- pieces that fields share ---


@dataclass(frozen=True, slots=True)
class _Frame:
    """The constant text around a control."""

    path: str
    open: str
    help: str
    help_id: str
    group: bool

    def head(self, out: list[str], state: State, name: str) -> bool:
        """Opens the field; tells whether it is required."""
        required = name in state.required
        out.append(self.open)
        if required:
            out.append(STAR)
        return required

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


def _frame(field: Field, words: Words, prefix: str, *, group: bool) -> _Frame:
    path = prefix + field.name
    label = escape(say(field.title, words.language))
    wide = " span2" if not prefix and _wide(field) else ""
    help = say(field.help, words.language) if field.help else ""
    help_id = f"{path}-help" if help else ""
    hint = f'<p class="hint" id="{help_id}">{escape(help)}</p>' if help else ""
    if group:
        opened = f'<fieldset class="field{wide}" id="{path}" tabindex="-1"><legend class="label">{label}'
    else:
        opened = f'<div class="field{wide}" id="f-{path}"><label for="{path}">{label}'
    return _Frame(path, opened, hint, help_id, group)


def _wide(field: Field) -> bool:
    """Whether half a page is too narrow."""
    crowded = (
        field.kind == "choice" and len(field.options) <= MOST_SHOWN and sum(len(option.title["zh"]) + 4 for option in field.options) > 24
    )
    return field.kind in WIDE or (crowded and field.widget != "select")


def _line(field: Field, words: Words, prefix: str) -> Write:
    """One line of text: most kinds."""
    frame = _frame(field, words, prefix, group=False)
    path, name = frame.path, field.name
    attributes = ATTRIBUTES.get(field.kind, "")
    if field.max_length and field.kind == "text":
        attributes += f' maxlength="{field.max_length}"'
    if field.placeholder:
        attributes += f' placeholder="{escape(say(field.placeholder, words.language))}"'
    before, after = _affixes(field, words)
    start = f'</label>{before}<input class="in" id="{path}" name="{path}"{attributes} value="'
    end = f">{after}"

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state, name)
        out.append(start)
        out.append(escape(state.texts.get(path, "")))
        out.append('"' + frame.told(required, problem))
        if state.fresh == path:
            out.append(" data-focus")
        out.append(end)
        frame.foot(out, problem)

    return write


def _affixes(field: Field, words: Words) -> tuple[str, str]:
    unit = f"<span>{escape(say(field.unit, words.language))}</span>" if field.unit else ""
    sign = '<span aria-hidden="true">¥</span>' if field.kind == "money" else ""
    return (f'<div class="affix">{sign}', f"{unit}</div>") if unit or sign else ("", "")


ATTRIBUTES: Final = {
    "text": ' autocomplete="off"',
    "integer": ' inputmode="numeric" autocomplete="off"',
    "number": ' inputmode="decimal" autocomplete="off"',
    "money": ' inputmode="decimal" autocomplete="off"',
    "date": ' type="date"',
    "datetime": ' type="datetime-local"',
    "phone": ' type="tel" autocomplete="off" maxlength="20"',
    "email": ' type="email" autocomplete="off" maxlength="254"',
    "id-card": ' autocomplete="off" maxlength="24" spellcheck="false"',
    "credit-code": ' autocomplete="off" maxlength="24" spellcheck="false"',
    "plate": ' autocomplete="off" maxlength="12" spellcheck="false"',
}


def _area(field: Field, words: Words, prefix: str) -> Write:
    frame = _frame(field, words, prefix, group=False)
    path, name = frame.path, field.name
    attributes = f' maxlength="{field.max_length}"' if field.max_length else ""
    if field.placeholder:
        attributes += f' placeholder="{escape(say(field.placeholder, words.language))}"'
    start = f'</label><textarea class="in" id="{path}" name="{path}" rows="3"{attributes}'

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state, name)
        # a parser drops the first line break of a textarea
        out.append(f"{start}{frame.told(required, problem)}>\n")
        out.append(escape(state.texts.get(path, "")))
        out.append("</textarea>")
        frame.foot(out, problem)

    return write


def _choice(field: Field, words: Words, prefix: str) -> Write:
    if field.widget == "select" or (field.widget != "radio" and (len(field.options) > MOST_SHOWN or prefix)):
        return _select(field, words, prefix)
    return _picks(field, words, prefix, "radio")


def _select(field: Field, words: Words, prefix: str) -> Write:
    frame = _frame(field, words, prefix, group=False)
    path, name = frame.path, field.name
    start = f'</label><select class="in" id="{path}" name="{path}"'
    options = [(option.value, _option(option.value, say(option.title, words.language))) for option in field.options]
    none = f'<option value="">{words.choose}</option>'

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state, name)
        chosen = state.texts.get(path, "")
        out.append(f"{start}{frame.told(required, problem)}>")
        out.append(none)
        out.extend(on if value == chosen else off for value, (off, on) in options)
        out.append("</select>")
        frame.foot(out, problem)

    return write


def _option(value: str, title: str) -> tuple[str, str]:
    return f'<option value="{escape(value)}">{escape(title)}</option>', f'<option value="{escape(value)}" selected>{escape(title)}</option>'


def _picks(field: Field, words: Words, prefix: str, type: str) -> Write:
    """Radio buttons or check boxes, all in sight."""
    frame = _frame(field, words, prefix, group=True)
    path, name = frame.path, field.name
    options: list[tuple[str, str, str]] = []
    for number, option in enumerate(field.options):
        start = f'<label><input type="{type}" id="{path}-{number}" name="{path}" value="{escape(option.value)}"'
        end = f">{escape(say(option.title, words.language))}</label>"
        options.append((option.value, start + end, f"{start} checked{end}"))

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state, name)
        chosen = state.texts.get(path, "").split("\n")
        out.append(f'</legend><div class="pick"{_wrong(frame, problem)}>')
        out.extend(on if value in chosen else off for value, off, on in options)
        out.append("</div>")
        frame.foot(out, problem)

    return write


def _wrong(frame: _Frame, problem: str | None) -> str:
    """What a group of controls says about its problem: on a role that may carry it."""
    ids = " ".join(filter(None, (frame.help_id, f"{frame.path}-error" if problem is not None else "")))
    return f' role="group" aria-describedby="{ids}"' if ids else ""


def _choices(field: Field, words: Words, prefix: str) -> Write:
    return _picks(field, words, prefix, "checkbox")


def _boolean(field: Field, words: Words, prefix: str) -> Write:
    path, name = prefix + field.name, field.name
    label = escape(say(field.title, words.language))
    help = say(field.help, words.language) if field.help else ""
    hint = f'<p class="hint" id="{path}-help">{escape(help)}</p>' if help else ""
    frame = _Frame(path, f'<div class="field" id="f-{path}">', hint, f"{path}-help" if help else "", group=False)

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = name in state.required
        checked = " checked" if state.texts.get(path, "") in TRUE else ""
        star = STAR if required else ""
        out.append(frame.open)
        out.append(
            f'<input type="hidden" name="{path}" value="false"><label class="check"><input type="checkbox" id="{path}" name="{path}" value="true"{checked}'
        )
        out.append(f"{frame.told(False, problem)}><span>{label}{star}</span></label>")
        frame.foot(out, problem)

    return write


TRUE: Final = frozenset({"true", "on", "1"})


def _range(field: Field, words: Words, prefix: str) -> Write:
    """Two dates, with half days where the kind has them."""
    frame = _frame(field, words, prefix, group=True)
    path, name = frame.path, field.name
    halves = field.kind == "half-day-range"

    def write(out: list[str], state: State) -> None:
        frame.head(out, state, name)
        out.append('</legend><div class="pair wrap">' if halves else '</legend><div class="pair">')
        whole = state.problems.get(path)
        problem = whole
        for part, label in (("start", words.start), ("end", words.end)):
            wrong = state.problems.get(f"{path}.{part}")
            problem = problem or wrong
            if halves:
                out.append('<div class="half">')
            elif part == "end":
                out.append('<span aria-hidden="true">—</span>')
            text = escape(state.texts.get(f"{path}.{part}", ""))
            told = frame.told(name in state.required, whole or wrong)
            out.append(f'<input class="in" type="date" id="{path}.{part}" name="{path}.{part}" value="{text}" aria-label="{label}"{told}>')
            if halves:
                half = state.texts.get(f"{path}.{part}_half") or ("am" if part == "start" else "pm")
                out.append(f'<select class="in" id="{path}.{part}_half" name="{path}.{part}_half" aria-label="{label} {words.half}">')
                out.extend(on if half == value else off for value, (off, on) in words.halves)
                out.append("</select></div>")
        out.append("</div>")
        frame.foot(out, problem)

    return write


def _seek(field: Field, words: Words, prefix: str) -> Write:
    """A person or a region: looked for by name, then chosen from what was found. Works as two submits without JavaScript."""
    frame = _frame(field, words, prefix, group=True)
    path, name = frame.path, field.name
    picture = icon("user-search" if field.kind == "person" else "map-pin")
    ask = words.seek_person if field.kind == "person" else words.seek_region

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state, name)
        chosen = state.texts.get(path, "")
        query = state.texts.get(f"{path}.find", "")
        found = state.found.get(path, ())
        out.append('</legend><div class="seek">')
        if chosen or found:
            out.append('<div class="pick">')
            if chosen and all(item.id != chosen for item in found):
                out.append(_pick(path, chosen, state.names.get(chosen, chosen), "", chosen))
            out.extend(_pick(path, item.id, item.name, item.place, chosen) for item in found)
            out.append("</div>")
        elif query:
            out.append(f'<p class="hint">{words.nothing_found}</p>')
        told = frame.told(required and not chosen, problem)
        out.append(
            f'<div class="row"><div class="find grow">{picture}<input type="search" id="{path}.find" name="{path}.find" value="{escape(query)}"'
            f' autocomplete="off" placeholder="{words.change if chosen else ask}" aria-label="{ask}"{told}></div>'
            f'<noscript><button class="btn" formaction="/drafts" name="_action" value="refresh">{words.find}</button></noscript></div></div>'
        )
        frame.foot(out, problem)

    return write


def _pick(path: str, id: str, name: str, place: str, chosen: str) -> str:
    small = f'<span class="muted small">{escape(place)}</span>' if place else ""
    checked = " checked" if id == chosen else ""
    key = escape(f"{path}-{id}")
    return f'<label><input type="radio" id="{key}" name="{path}" value="{escape(id)}"{checked}>{escape(name)}{small}</label>'


def _department(field: Field, words: Words, prefix: str) -> Write:
    frame = _frame(field, words, prefix, group=False)
    path, name = frame.path, field.name

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state, name)
        chosen = state.texts.get(path, "")
        out.append(f'</label><select class="in" id="{path}" name="{path}"{frame.told(required, problem)}>')
        out.append(f'<option value="">{words.choose}</option>')
        out.extend(_option(item.id, item.name)[item.id == chosen] for item in state.departments)
        out.append("</select>")
        frame.foot(out, problem)

    return write


def _fixed(field: Field, words: Words, prefix: str) -> Write:
    """A calculated field: shown, never sent."""
    path = prefix + field.name
    label = escape(say(field.title, words.language))
    help = say(field.help, words.language) if field.help else words.calculated
    start = f'<div class="field" id="f-{path}"><span class="label" id="{path}-label">{label}</span><output class="fixed" id="{path}" tabindex="-1" aria-labelledby="{path}-label">'
    picture = icon("calculator")
    end = f'</output><p class="hint">{escape(help)}</p>'

    def write(out: list[str], state: State) -> None:
        value = state.said.get(path, "")
        problem = state.problems.get(path)
        out.append(start)
        out.append(f"<span>{escape(value)}</span>" if value else '<span class="muted">—</span>')
        out.append(picture)
        out.append(end)
        if problem is not None:
            out.append(f'<p class="err" id="{path}-error">{escape(problem)}</p>')
        out.append("</div>")

    return write


def _table(field: Field, words: Words, prefix: str) -> Write:
    frame = _frame(field, words, prefix, group=True)
    path, name = frame.path, field.name
    title = escape(say(field.title, words.language))
    most = field.max_items or MOST_ROWS
    button = 'hx-post="/drafts" hx-target="#fields" hx-swap="morph:outerHTML" formaction="/drafts" name="_action"'
    add = f'<div><button class="btn sm" {button} value="{path}.+">{icon("plus")}{words.add_row}<span class="sr"> {title}</span></button></div>'
    rows: list[tuple[str, list[Write], str]] = []

    def row(number: int) -> tuple[str, list[Write], str]:
        while len(rows) <= number:
            index = len(rows)
            columns = [compile_field(column, words, f"{path}.{index}.") for column in field.fields]
            head = f'<li class="line" id="{path}.{index}"><div role="group" aria-label="{title} {index + 1}">'
            drop = f'<button class="btn sm icon" {button} value="{path}.{index}.-" aria-label="{words.drop_row} {title} {index + 1}">{icon("trash")}</button>'
            rows.append((head, columns, f"</div>{drop}</li>"))
        return rows[number]

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state, name)
        out.append("</legend>")
        count = row_count(state.texts, path)
        if count:
            out.append('<ol class="lines">')
            inner = State(
                texts=state.texts,
                visible=state.visible,
                required={column.name for column in field.fields if column.required},
                problems=state.problems,
                said=state.said,
                names=state.names,
                found=state.found,
                departments=state.departments,
                fresh=f"{state.fresh}.{field.fields[0].name}" if state.fresh.startswith(f"{path}.") else "",
            )
            for number in range(min(count, MOST_ROWS)):
                head, columns, foot = row(number)
                out.append(head)
                for column in columns:
                    column(out, inner)
                out.append(foot)
            out.append("</ol>")
        else:
            out.append(f'<p class="hint">{words.no_rows}</p>')
        if count < most:
            out.append(add)
        frame.foot(out, problem)

    return write


#: rows of one table that a page shows
MOST_ROWS: Final = 100


def row_count(texts: Mapping[str, str], table: str) -> int:
    """How many rows of ``table`` the browser has sent: a row without any text counts, it was added on purpose."""
    start = f"{table}."
    numbers = [int(part) for name in texts if name.startswith(start) and (part := name[len(start) :].split(".", 1)[0]).isdecimal()]
    return max(numbers, default=-1) + 1


COMPILERS: Final[Mapping[str, Callable[[Field, Words, str], Write]]] = {
    "text": _line,
    "textarea": _area,
    "integer": _line,
    "number": _line,
    "money": _line,
    "date": _line,
    "datetime": _line,
    "date-range": _range,
    "half-day-range": _range,
    "choice": _choice,
    "choices": _choices,
    "boolean": _boolean,
    "region": _seek,
    "phone": _line,
    "email": _line,
    "id-card": _line,
    "credit-code": _line,
    "plate": _line,
    "person": _seek,
    "department": _department,
    "table": _table,
}
