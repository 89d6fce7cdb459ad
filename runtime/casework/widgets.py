"""The controls of fields that hold no others, each compiled into constant text and a writer of what changes."""

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import escape

from forms.form import Field
from forms.texts import say
from runtime.casework.parts import MOST_SHOWN, STAR, Frame, State, Write, frame_of, wrong
from runtime.casework.words import Words
from templates.environment import icon


def _line(field: Field, words: Words, prefix: str) -> Write:
    """One line of text: most kinds."""
    frame = frame_of(field, words, prefix, group=False)
    path = frame.path
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
        required = frame.head(out, state)
        out.append(start)
        out.append(escape(state.texts.get(path, "")))
        out.append('"' + frame.told(required, problem))
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
    frame = frame_of(field, words, prefix, group=False)
    path = frame.path
    attributes = f' maxlength="{field.max_length}"' if field.max_length else ""
    if field.placeholder:
        attributes += f' placeholder="{escape(say(field.placeholder, words.language))}"'
    start = f'</label><textarea class="in" id="{path}" name="{path}" rows="3"{attributes}'

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
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
    frame = frame_of(field, words, prefix, group=False)
    path = frame.path
    start = f'</label><select class="in" id="{path}" name="{path}"'
    options = [(option.value, _option(option.value, say(option.title, words.language))) for option in field.options]
    none = f'<option value="">{words.choose}</option>'

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
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
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    options: list[tuple[str, str, str]] = []
    for number, option in enumerate(field.options):
        start = f'<label><input type="{type}" id="{path}-{number}" name="{path}" value="{escape(option.value)}"'
        end = f">{escape(say(option.title, words.language))}</label>"
        options.append((option.value, start + end, f"{start} checked{end}"))

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state)
        chosen = state.texts.get(path, "").split("\n")
        out.append(f'</legend><div class="pick"{wrong(frame, problem)}>')
        out.extend(on if value in chosen else off for value, off, on in options)
        out.append("</div>")
        frame.foot(out, problem)

    return write


def _choices(field: Field, words: Words, prefix: str) -> Write:
    return _picks(field, words, prefix, "checkbox")


def _boolean(field: Field, words: Words, prefix: str) -> Write:
    path = prefix + field.name
    label = escape(say(field.title, words.language))
    help = say(field.help, words.language) if field.help else ""
    hint = f'<p class="hint" id="{path}-help">{escape(help)}</p>' if help else ""
    frame = Frame(
        path,
        f'<div class="field" id="f-{path}">',
        hint,
        f"{path}-help" if help else "",
        group=False,
        always=bool(prefix) and field.required,
    )

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.required(state)
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
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    halves = field.kind == "half-day-range"

    def write(out: list[str], state: State) -> None:
        frame.head(out, state)
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
            told = frame.told(frame.required(state), whole or wrong)
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
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    picture = icon("user-search" if field.kind == "person" else "map-pin")
    ask = words.seek_person if field.kind == "person" else words.seek_region

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
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
    frame = frame_of(field, words, prefix, group=False)
    path = frame.path

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
        chosen = state.texts.get(path, "")
        out.append(f'</label><select class="in" id="{path}" name="{path}"{frame.told(required, problem)}>')
        out.append(f'<option value="">{words.choose}</option>')
        out.extend(_option(item.id, item.name)[item.id == chosen] for item in state.departments)
        out.append("</select>")
        frame.foot(out, problem)

    return write


def fixed(field: Field, words: Words, prefix: str, sent: Callable[[State], str] | None = None) -> Write:
    """A calculated field: shown, never sent. ``sent``: one that is locked, which goes along as it is."""
    path = prefix + field.name
    label = escape(say(field.title, words.language))
    # in a row its picture says it
    plain = words.locked if sent else "" if prefix else words.calculated
    help = say(field.help, words.language) if field.help else plain
    start = f'<div class="field" id="f-{path}"><span class="label" id="{path}-label">{label}</span><output class="fixed" id="{path}" tabindex="-1" aria-labelledby="{path}-label">'
    picture = icon("lock" if sent else "calculator")
    end = "</output>" + (f'<p class="hint">{escape(help)}</p>' if help else "")

    def write(out: list[str], state: State) -> None:
        value = state.said.get(path, "")
        problem = state.problems.get(path)
        out.append(start)
        out.append(f"<span>{escape(value)}</span>" if value else '<span class="muted">—</span>')
        out.append(picture)
        out.append(end)
        if problem is not None:
            out.append(f'<p class="err" id="{path}-error">{escape(problem)}</p>')
        if sent is not None:
            out.append(sent(state))
        out.append("</div>")

    return write


#: compiles a field: the words of its language, and what stands before its name ("items.0.")
Compiler = Callable[[Field, Words, str], Write]

WIDGETS: Final[Mapping[str, Compiler]] = {
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
}
