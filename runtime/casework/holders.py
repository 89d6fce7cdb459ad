"""Fields that hold others: a table with its rows, and a group."""

from collections.abc import Mapping
from typing import Final

from markupsafe import escape

from forms.form import Field
from forms.leaves import columns
from forms.texts import say
from runtime.casework.parts import State, Write, frame_of
from runtime.casework.widgets import Compiler
from runtime.casework.words import Words
from templates.environment import icon

#: rows of one table that a page shows
MOST_ROWS: Final = 100

BUTTON: Final = 'hx-post="/drafts" hx-target="#fields" hx-swap="morph:outerHTML" formaction="/drafts" name="_action"'


def table(field: Field, words: Words, prefix: str, compile: Compiler) -> Write:
    """Rows that are added and dropped; each is a group of its columns, so that it fits a phone."""
    frame = frame_of(field, words, prefix, group=True)
    path = frame.path
    title = escape(say(field.title, words.language))
    most = min(field.max_items or MOST_ROWS, MOST_ROWS)
    sums = [
        (f"{path}.{'.'.join(column.path)}.total", escape(say(column.title, words.language)))
        for column in columns(field)
        if column.field.total
    ]
    rows: list[tuple[str, list[Write], str]] = []

    excel = (
        f'<button class="btn sm ghost" formaction="/import/begin" name="_action" value="{path}">{icon("file-text")}{words.from_excel}'
        f'<span class="sr"> {title}</span></button>'
        if not prefix
        else ""
    )

    def row(number: int) -> tuple[str, list[Write], str]:
        while len(rows) <= number:
            at, place = f"{path}.{len(rows)}", f"{title} {len(rows) + 1}"
            cells = [compile(column, words, f"{at}.") for column in field.fields]
            head = f'<li class="line" id="{at}"><div class="cells" role="group" aria-label="{place}">'
            copy = f'<button class="btn sm icon" {BUTTON} value="{at}.=" aria-label="{words.copy_row} {place}" data-row="copy">{icon("copy")}</button>'
            drop = f'<button class="btn sm icon" {BUTTON} value="{at}.-" aria-label="{words.drop_row} {place}" data-row="drop">{icon("trash")}</button>'
            rows.append((head, cells, f'</div><div class="row tight">{copy}{drop}</div></li>'))
        return rows[number]

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state)
        out.append("</legend>")
        count = min(row_count(state.texts, path), MOST_ROWS)
        if count:
            out.append('<ol class="lines">')
            for number in range(count):
                head, cells, foot = row(number)
                out.append(head.replace(' id="', ' data-focus id="', 1) if state.fresh == f"{path}.{number}" else head)
                for cell in cells:
                    cell(out, state)
                out.append(foot)
            out.append("</ol>")
        else:
            out.append(f'<p class="hint">{words.no_rows}</p>')
        said = [(label, state.said[name]) for name, label in sums if state.said.get(name)]
        if said:
            pairs = "".join(f"<div><dt>{words.total.format(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in said)
            out.append(f'<dl class="sums">{pairs}</dl>')
        if count < most:
            focus = " data-focus" if state.fresh == path else ""
            out.append(f'<div><button class="btn sm"{focus} {BUTTON} value="{path}.+" data-row="add">{icon("plus")}{words.add_row}')
            out.append(f'<span class="sr"> {title}</span></button> {excel}</div>')
        frame.foot(out, problem)

    return write


def group(field: Field, words: Words, prefix: str, compile: Compiler) -> Write:
    """Fields under a title of their own."""
    frame = frame_of(field, words, prefix, group=True)
    cells = [compile(part, words, f"{frame.path}.") for part in field.fields]

    def write(out: list[str], state: State) -> None:
        frame.head(out, state)
        out.append('</legend><div class="grid2 within">')
        for cell in cells:
            cell(out, state)
        out.append("</div>")
        frame.foot(out, state.problems.get(frame.path))

    return write


def row_count(texts: Mapping[str, str], table: str) -> int:
    """How many rows of ``table`` the browser has sent: a row without any text counts, it was added on purpose."""
    start = f"{table}."
    numbers = [int(part) for name in texts if name.startswith(start) and (part := name[len(start) :].split(".", 1)[0]).isdecimal()]
    return max(numbers, default=-1) + 1
