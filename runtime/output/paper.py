"""What stands on the paper of a case: the blocks of a print template filled with what its reader may see, masked as on the page."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from forms.form import Field
from forms.texts import Text, say
from forms.words import capitals
from runtime.casework import opinions, record, sheet, telling
from runtime.casework.cases import Found
from runtime.casework.entries import Teller, outcome
from workflows import papers, rights, words
from workflows.papers import Block, Print
from workflows.program import PART

#: a stroke of a handwritten signature, as the page sends it
STROKES = re.compile(r"(?:[ML]\d{1,4} \d{1,4}){1,4000}\Z")


class Attached(NamedTuple):
    """A file of the case: its name, its size in words, the beginning of its digest."""

    name: str
    size: str
    digest: str


class Paper(NamedTuple):
    """What the paper is made of, besides the template."""

    found: Found
    person: str
    teller: Teller
    organisation: str
    #: where the QR code leads
    address: str
    #: "张三 打印于 …"
    footer: str
    attached: Sequence[Attached] = ()


def compose(print: Print, of: Paper) -> dict[str, Any]:
    """The data that the Typst program sets."""
    program, language = of.found.program, of.teller.reader.language
    writer = _Writer(of)
    return {
        "title": writer.filled(say(print.title, language)),
        "language": language,
        "organisation": of.organisation,
        "number": of.found.case.number,
        "heading": f"{'编号' if language == 'zh' else 'No.'} {of.found.case.number}",
        "paper": print.paper.lower(),
        "landscape": print.landscape,
        "look": print.look,
        "footer": of.footer,
        "blocks": [made for block in print.blocks for made in writer.block(block)],
        "app": program.app.id,
    }


class Cell(NamedTuple):
    """A label and what stands beside it. ``wide``: in a line of its own."""

    label: str
    words: str
    wide: bool


def lay(cells: Sequence[Cell], across: int) -> list[tuple[str, str, int]]:
    """Label, words and how many columns of the grid the words fill: a grid has two columns for each of ``across`` cells, every line is
    full, and long words have a line of their own.
    """
    lines: list[list[Cell]] = []
    for cell in cells:
        if _alone(cell, across) or not lines or len(lines[-1]) == across or (len(lines[-1]) == 1 and _alone(lines[-1][0], across)):
            lines.append([cell])
        else:
            lines[-1].append(cell)
    found: list[tuple[str, str, int]] = []
    for line in lines:
        found += [(cell.label, cell.words, 1) for cell in line[:-1]]
        found.append((line[-1].label, line[-1].words, 1 + 2 * (across - len(line))))
    return found


def _alone(cell: Cell, across: int) -> bool:
    return cell.wide or len(cell.words) > 60 // across


class _Writer:
    """Turns blocks into data for one reader."""

    def __init__(self, of: Paper) -> None:
        self._of = of
        self._case = of.found.case
        self._form = of.found.program.app.form
        self._fields: dict[str, Field] = {field.name: field for field in self._form.fields}
        self._shown: Mapping[str, Any] = rights.shown(of.found.program, self._case, of.person)
        self._reader = of.teller.reader
        self._language = of.teller.reader.language

    def block(self, block: Block) -> list[dict[str, Any]]:
        """The data of one block; none where a reader sees nothing of it."""
        match block:
            case papers.Fields():
                return self._of_fields(block, self._heading(block.heading))
            case papers.Rows():
                return self._rows(block, self._heading(block.heading))
            case papers.Opinions():
                return [{"kind": "opinions", "heading": self._heading(block.heading), "steps": [self._step(step) for step in block.steps]}]
            case papers.Words():
                text = self.filled(say(block.text, self._language))
                return [{"kind": "text", "heading": "", "words": text, "align": block.align, "indent": block.indent}]
            case papers.Record():
                return [self._record(say(block.heading, self._language))]
            case papers.Files():
                return self._files(say(block.heading, self._language))
            case papers.Code():
                return [self._code(say(block.caption, self._language))]

    def _heading(self, text: Text | None) -> str:
        return say(text, self._language) if text else ""

    def filled(self, text: str) -> str:
        """``text`` with what its braces name."""
        return PART.sub(lambda part: self._named(part[1]), text)

    def _named(self, name: str) -> str:
        if name in papers.FACTS:
            return self._fact(name)
        field_name, _, end = name.partition(".")
        field, value = self._fields.get(field_name), self._shown.get(field_name)
        if field is None or value in (None, "", [], {}):
            return ""
        if end == "upper":
            return f"人民币{capitals(value)}" if isinstance(value, int) else ""
        if end:
            return words.end(field, value, end, self._language)
        return sheet.said(field, value, self._reader)

    def _fact(self, name: str) -> str:
        case, teller = self._case, self._of.teller
        match name:
            case "case.number":
                return case.number
            case "case.subject":
                return words.subject(self._of.found.program, case.applicant, self._shown, self._language, self._reader.names)
            case "case.submitted":
                return self._day(case.created_at)
            case "case.ended":
                return self._day(case.ended_at) if case.ended_at else ""
            case "case.outcome":
                return outcome(teller.outcomes, case.outcome, self._language)[0]
            case "case.organisation":
                return self._of.organisation
            case "case.today":
                return self._day(teller.now)
            case "applicant.name":
                return case.applicant.name
            case "applicant.department":
                return case.applicant.department_title
            case _:
                return case.applicant.post

    def _day(self, at: datetime) -> str:
        local = at.astimezone(self._of.teller.zone)
        return f"{local.year}年{local.month}月{local.day}日" if self._language == "zh" else f"{local:%Y-%m-%d}"

    def _of_fields(self, block: papers.Fields, heading: str) -> list[dict[str, Any]]:
        seen = [name for name in block.names if name in self._fields and name not in self._of.teller.hidden]
        cells: list[Cell] = []
        later: list[dict[str, Any]] = []
        for name in seen:
            field, value = self._fields[name], self._shown.get(name)
            if field.kind == "opinion" and field.step:
                later.append(
                    {"kind": "opinions", "heading": "", "steps": [{**self._step(field.step), "title": say(field.title, self._language)}]}
                )
            elif field.kind == "group":
                self._of_group(sheet.part(say(field.title, self._language), field.fields, value or {}, self._reader), cells, later)
            else:
                words = sheet.said(field, value, self._reader)
                cells.append(Cell(say(field.title, self._language), words, field.kind in sheet.WIDE))
        first = {"kind": "fields", "heading": heading, "across": block.across, "pairs": lay(cells, block.across)}
        return [first, *later] if cells else later

    def _of_group(self, part: sheet.Part | None, cells: list[Cell], later: list[dict[str, Any]]) -> None:
        """The answers of a group among the others, each after the group's title; its tables after them."""
        if part is None:
            return
        cells += [Cell(f"{part.title} · {line.label}", line.words, line.wide) for line in part.lines]
        later += [self._table(f"{part.title} · {grid.label}", grid) for grid in part.grids]
        for inner in part.groups:
            self._of_group(inner._replace(title=f"{part.title} · {inner.title}"), cells, later)

    def _rows(self, block: papers.Rows, heading: str) -> list[dict[str, Any]]:
        field = self._fields.get(block.name)
        if field is None or field.name in self._of.teller.hidden:
            return []
        return [self._table(heading, sheet.grid("", field, self._shown.get(block.name) or [], self._reader, block.columns))]

    def _table(self, heading: str, grid: sheet.Grid) -> dict[str, Any]:
        zh = self._language == "zh"
        return {
            "kind": "table",
            "heading": heading,
            "number": "序号" if zh else "No.",
            "head": [title for title, _ in grid.columns],
            "figures": [figure for _, figure in grid.columns],
            "rows": [[cell.words for cell in row] for row in grid.rows],
            "totals": ["合计" if zh else "Total", *(words for words, _ in grid.totals)] if grid.totals else [],
        }

    def _step(self, step: str) -> dict[str, Any]:
        """The decisions of the last round of ``step`` that stand: what was taken back is no opinion."""
        program, teller = self._of.found.program, self._of.teller
        entries: list[dict[str, str]] = []
        for event, fact in opinions.last(self._case, self._of.found.events, step):
            entry = telling.closed(fact, event, None, teller)
            strokes = STROKES.match(fact.signature) is not None
            entries.append(
                {
                    "who": fact.name or entry.who,
                    "how": entry.chip,
                    "opinion": fact.opinion,
                    "signed": "" if strokes else fact.signature,
                    "strokes": signature(fact.signature) if strokes else "",
                    "at": self._day(event.at),
                }
            )
        return {"title": say(program.steps[step].title, self._language), "entries": entries}

    def _record(self, heading: str) -> dict[str, Any]:
        teller = self._of.teller
        zh = self._language == "zh"
        rows: list[list[str]] = []
        for entry in record.tell(self._of.found.events, teller):
            if entry.quiet and not entry.changes:
                continue
            changed = [f"{change.label}：{change.before} → {change.after}" for change in entry.changes]
            rows.append([entry.who, entry.chip, "\n".join(filter(None, (entry.quote, *changed))), entry.meta])
        rows += [[entry.who, "尚未办理" if zh else "Not yet", "", entry.meta] for entry in record.waiting(self._case, teller)]
        head = ["办理人", "结果", "意见", "环节与时间"] if zh else ["Who", "Result", "Opinion", "Step and time"]
        return {"kind": "record", "heading": heading, "head": head, "rows": rows}

    def _files(self, heading: str) -> list[dict[str, Any]]:
        if not self._of.attached and not any(field.kind in ("attachment", "photo") for field in self._fields.values()):
            return []
        zh = self._language == "zh"
        return [
            {
                "kind": "attachments",
                "heading": heading,
                "head": ["序号", "文件", "大小", "SHA-256（前 16 位）"] if zh else ["No.", "File", "Size", "SHA-256 (first 16)"],
                "rows": [list(file) for file in self._of.attached],
                "none": "无" if zh else "None",
            }
        ]

    def _code(self, caption: str) -> dict[str, Any]:
        import segno  # a code is drawn on paper only

        picture = segno.make(self._of.address, error="m", micro=False).svg_inline(border=2, scale=4)
        return {"kind": "qr", "heading": "", "picture": picture, "caption": caption, "address": self._of.address}


def signature(strokes: str) -> str:
    """Strokes of the hand on a field of 600 × 200 as SVG. They have been held against STROKES: nothing else can be in there."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200"><path d="'
        + strokes
        + '" fill="none" stroke="#000" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
