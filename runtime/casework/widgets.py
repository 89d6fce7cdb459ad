"""The controls of fields that hold no others, each compiled into constant text and a writer of what changes."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from markupsafe import escape

from forms.form import Field, Image, Option
from forms.formats import CODES
from forms.texts import say
from forms.typed import OTHER
from runtime.casework import skeleton_files
from runtime.casework.parts import MOST_SHOWN, STAR, Frame, State, Write, frame_of, wrong
from runtime.casework.words import Words
from templates.environment import icon

YES_NO: Final = (Option(value="true", title={"zh": "是", "en": "Yes"}), Option(value="false", title={"zh": "否", "en": "No"}))


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
    capitals = f"{path}.capitals" if field.widget == "capitals" else ""

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
        out.append(start)
        out.append(escape(state.texts.get(path, "")))
        out.append('"' + frame.told(required, problem))
        out.append(end)
        if capitals and (said := state.said.get(capitals)):
            out.append(f'<p class="hint">{said}</p>')
        frame.foot(out, problem)

    return write


def _affixes(field: Field, words: Words) -> tuple[str, str]:
    unit = f"<span>{escape(say(field.unit, words.language))}</span>" if field.unit else ""
    sign = '<span aria-hidden="true">¥</span>' if field.kind == "money" else ""
    return (f'<div class="affix">{sign}', f"{unit}</div>") if unit or sign else ("", "")


#: a browser has a picker of its own for them
PICKED: Final = ("date", "datetime", "time", "month")
ATTRIBUTES: Final = {
    "text": ' autocomplete="off"',
    "integer": ' inputmode="numeric" autocomplete="off"',
    "number": ' inputmode="decimal" autocomplete="off"',
    "money": ' inputmode="decimal" autocomplete="off"',
} | {kind: f" {code.attributes}" + ("" if kind in PICKED else ' autocomplete="off"') for kind, code in CODES.items()}


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
    if field.widget == "search":
        return _seek(field, words, prefix)
    if field.widget == "select" or (field.widget != "radio" and (len(field.options) > MOST_SHOWN or prefix)):
        return _select(field, words, prefix)
    return _picks(field, words, prefix, "radio")


def _select(field: Field, words: Words, prefix: str) -> Write:
    frame = frame_of(field, words, prefix, group=False)
    path = frame.path
    start = f'</label><select class="in" id="{path}" name="{path}"'
    options = [(option.value, _option(option.value, say(option.title, words.language))) for option in field.options]
    if field.other:
        options.append((OTHER, _option(OTHER, words.other)))
    none = f'<option value="">{words.choose}</option>'
    named = _named(field, words, path)

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
        chosen, withheld = state.texts.get(path, ""), state.withheld.get(path, ())
        out.append(f"{start}{frame.told(required, problem)}>")
        out.append(none)
        out.extend(on if value == chosen else off for value, (off, on) in options if value not in withheld)
        out.append("</select>")
        if named is not None:
            named(out, state)
        frame.foot(out, problem)

    return write


def _named(field: Field, words: Words, path: str) -> Write | None:
    """Where something else than the options is named: seen once that is chosen, or where it is chosen without JavaScript."""
    if not field.other:
        return None
    at = f"{path}.{OTHER}"
    start = f'<input class="in" id="{at}" name="{at}" autocomplete="off" maxlength="100" aria-label="{words.name_it}" placeholder="{words.name_it}" value="'

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(at)
        chosen = OTHER in state.texts.get(path, "").split("\n")
        out.append(f'<div class="other"{"" if chosen else " data-other"}>{start}{escape(state.texts.get(at, ""))}"')
        out.append(f' aria-invalid="true" aria-describedby="{at}-error">' if problem is not None else ">")
        if problem is not None:
            out.append(f'<p class="err" id="{at}-error">{escape(problem)}</p>')
        out.append("</div>")

    return write


def _option(value: str, title: str) -> tuple[str, str]:
    return f'<option value="{escape(value)}">{escape(title)}</option>', f'<option value="{escape(value)}" selected>{escape(title)}</option>'


def _picks(field: Field, words: Words, prefix: str, type: str) -> Write:
    """Radio buttons or check boxes, all in sight."""
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    options: list[tuple[str, str, str]] = []
    titles = [(option.value, say(option.title, words.language)) for option in field.options]
    for number, (value, title) in enumerate([*titles, *([(OTHER, words.other)] if field.other else [])]):
        start = f'<label><input type="{type}" id="{path}-{number}" name="{path}" value="{escape(value)}"'
        end = f">{escape(title)}</label>"
        options.append((value, start + end, f"{start} checked{end}"))
    named = _named(field, words, path)

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state)
        chosen, withheld = state.texts.get(path, "").split("\n"), state.withheld.get(path, ())
        out.append(f'</legend><div class="pick"{wrong(frame, problem)}>')
        out.extend(on if value in chosen else off for value, off, on in options if value not in withheld)
        out.append("</div>")
        if named is not None:
            named(out, state)
        frame.foot(out, problem)

    return write


def _rating(field: Field, words: Words, prefix: str) -> Write:
    """So many of so many: radio buttons that look like stars, and are read as numbers."""
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    least, most = int(field.minimum or 1), int(field.maximum or 5)
    star = icon("star")
    options = [
        (
            str(number),
            f'<label><input type="radio" id="{path}-{number}" name="{path}" value="{number}"',
            f'>{star}<span class="sr">{number}/{most}</span></label>',
        )
        for number in range(least, most + 1)
    ]

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state)
        chosen = state.texts.get(path, "")
        out.append(f'</legend><div class="rating"{wrong(frame, problem)}>')
        out.extend(f"{start}{' checked' if value == chosen else ''}{end}" for value, start, end in options)
        out.append("</div>")
        frame.foot(out, problem)

    return write


def _integer(field: Field, words: Words, prefix: str) -> Write:
    return (_rating if field.widget == "rating" else _line)(field, words, prefix)


def _rich(field: Field, words: Words, prefix: str) -> Write:
    """Formatted text. Without JavaScript it is typed as plain text, of which paragraphs are made."""
    area = _area(field, words, prefix)
    bar = "".join(
        f'<button type="button" class="btn sm" data-format="{command}" aria-label="{title}">{sign}</button>'
        for command, sign, title in words.formats
    )

    def write(out: list[str], state: State) -> None:
        inner: list[str] = []
        area(inner, state)
        out.append("".join(inner).replace("<textarea ", f'<div class="formats" hidden role="toolbar">{bar}</div><textarea data-rich ', 1))

    return write


def _note(field: Field, words: Words, prefix: str) -> Write:
    """Words for whoever fills in the form."""
    path = prefix + field.name
    lines = say(field.help, words.language).split("\n") if field.help else []
    text = "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip()) + (_image(field.image, words) if field.image else "")
    whole = f'<div class="field note span2" id="{path}" tabindex="-1"><p class="label">{escape(say(field.title, words.language))}</p>{text}'

    def write(out: list[str], state: State) -> None:
        out.append(whole)
        if (problem := state.problems.get(path)) is not None:
            out.append(f'<p class="err" id="{path}-error">{escape(problem)}</p>')
        out.append("</div>")

    return write


def _image(image: Image, words: Words) -> str:
    return (
        f'<p><img class="still" src="/apps/{image.app}/pictures/{image.digest}" width="{image.width}" height="{image.height}"'
        f' alt="{escape(say(image.alt, words.language))}" loading="lazy"></p>'
    )


def _nothing(*_: object) -> Write:
    """What is never filled in."""

    def nothing(*_: object) -> None:
        return None

    return nothing


def _files(field: Field, words: Words, prefix: str) -> Write:
    return skeleton_files.writer(field, words, frame_of(field, words, prefix, group=True))


def _choices(field: Field, words: Words, prefix: str) -> Write:
    return _picks(field, words, prefix, "checkbox")


def _boolean(field: Field, words: Words, prefix: str) -> Write:
    if field.widget == "radio" and not field.promise:
        # neither is chosen until somebody chooses
        return _picks(msgspec.structs.replace(field, options=YES_NO), words, prefix, "radio")
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


SEEKS: Final = {"person": "user-search", "region": "map-pin", "case": "file-text"}


def _seek(field: Field, words: Words, prefix: str) -> Write:
    """A person, a region, a case or one of many options: looked for by name, then chosen from what was found. Works as two submits without
    JavaScript.
    """
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    picture = icon(SEEKS.get(field.kind, "search"))
    asks = {"person": words.seek_person, "region": words.seek_region, "case": words.seek_case}
    ask = asks.get(field.kind, words.seek_option)

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        required = frame.head(out, state)
        chosen = state.texts.get(path, "")
        if field.kind == "case" and chosen not in state.names:
            # what the reader may not see is not there; not sent, it stays as it is
            chosen = ""
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
    **dict.fromkeys(CODES, _line),
    "text": _line,
    "textarea": _area,
    "integer": _integer,
    "rich-text": _rich,
    "note": _note,
    "opinion": _nothing,
    "number": _line,
    "money": _line,
    "date-range": _range,
    "half-day-range": _range,
    "choice": _choice,
    "choices": _choices,
    "boolean": _boolean,
    "region": _seek,
    "person": _seek,
    "case": _seek,
    "department": _department,
    "attachment": _files,
    "photo": _files,
}
