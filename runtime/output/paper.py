"""What stands on the paper of a case: the blocks of a print template filled with what its reader may see, masked as on the page."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import segno

from forms import capitals
from forms.form import Field
from forms.texts import Text, say
from runtime.casework import record, sheet, telling
from runtime.casework.cases import Found
from runtime.casework.entries import Teller, outcome
from workflows import events as facts
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
        "blocks": [made for block in print.blocks if (made := writer.block(block)) is not None],
        "app": program.app.id,
    }


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

    def block(self, block: Block) -> dict[str, Any] | None:
        """The data of one block; None where a reader sees nothing of it."""
        match block:
            case papers.Fields():
                return self._of_fields(block, self._heading(block.heading))
            case papers.Rows():
                return self._rows(block, self._heading(block.heading))
            case papers.Opinions():
                return {"kind": "opinions", "heading": self._heading(block.heading), "steps": [self._step(step) for step in block.steps]}
            case papers.Words():
                text = self.filled(say(block.text, self._language))
                return {"kind": "text", "heading": "", "words": text, "align": block.align, "indent": block.indent}
            case papers.Record():
                return self._record(say(block.heading, self._language))
            case papers.Files():
                return self._files(say(block.heading, self._language))
            case papers.Code():
                return self._code(say(block.caption, self._language))

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
            return capitals.amount(value) if isinstance(value, int) else ""
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

    def _of_fields(self, block: papers.Fields, heading: str) -> dict[str, Any] | None:
        seen = [name for name in block.names if name in self._fields and name not in self._of.teller.hidden]
        if not seen:
            return None
        pairs: list[tuple[str, str, int]] = []
        used = 0
        for place, name in enumerate(seen):
            field = self._fields[name]
            words = sheet.said(field, self._shown.get(name), self._reader)
            wide = block.across > 1 and (field.kind in sheet.WIDE or len(words) > 60 // block.across)
            following = place + 1 < len(seen) and self._wide(seen[place + 1], block.across)
            # a wide answer has a line of its own, and whatever ends a line fills it
            if wide and used:
                label, before, span = pairs[-1]
                pairs[-1] = (label, before, span + 2 * (block.across - used))
                used = 0
            last = wide or used + 1 == block.across or place + 1 == len(seen) or following
            span = 1 + 2 * (block.across - used - 1) if last else 1
            pairs.append((say(field.title, self._language), words, span))
            used = 0 if last else used + 1
        return {"kind": "fields", "heading": heading, "across": block.across, "pairs": pairs}

    def _wide(self, name: str, across: int) -> bool:
        field = self._fields[name]
        return field.kind in sheet.WIDE or len(sheet.said(field, self._shown.get(name), self._reader)) > 60 // across

    def _rows(self, block: papers.Rows, heading: str) -> dict[str, Any] | None:
        field = self._fields.get(block.name)
        if field is None or field.name in self._of.teller.hidden:
            return None
        columns = [next(column for column in field.fields if column.name == name) for name in block.columns] or list(field.fields)
        rows: list[Mapping[str, Any]] = self._shown.get(block.name) or []
        return {
            "kind": "table",
            "heading": heading,
            "number": "序号" if self._language == "zh" else "No.",
            "head": [say(column.title, self._language) for column in columns],
            "figures": [column.kind in FIGURES for column in columns],
            "rows": [[sheet.said(column, row.get(column.name), self._reader) for column in columns] for row in rows],
            "totals": [],
        }

    def _step(self, step: str) -> dict[str, Any]:
        """The decisions of the last round of ``step`` that stand: what was taken back is no opinion."""
        program, teller = self._of.found.program, self._of.teller
        made = [
            (event, fact)
            for event in self._of.found.events
            if isinstance(fact := event.fact, facts.Closed) and fact.step == step and self._stands(fact)
        ]
        last = max((fact.round for _, fact in made), default=0)
        entries: list[dict[str, str]] = []
        for event, fact in made:
            if fact.round != last:
                continue
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

    def _stands(self, fact: facts.Closed) -> bool:
        task = self._case.tasks.get(fact.task)
        return task is not None and task.state == "done" and task.how == fact.how and fact.how not in ("removed", "hand-over", "unclaim")

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

    def _files(self, heading: str) -> dict[str, Any] | None:
        if not self._of.attached and not any(field.kind in ("attachment", "photo") for field in self._fields.values()):
            return None
        zh = self._language == "zh"
        return {
            "kind": "attachments",
            "heading": heading,
            "head": ["序号", "文件", "大小", "SHA-256（前 16 位）"] if zh else ["No.", "File", "Size", "SHA-256 (first 16)"],
            "rows": [list(file) for file in self._of.attached],
            "none": "无" if zh else "None",
        }

    def _code(self, caption: str) -> dict[str, Any]:
        picture = segno.make(self._of.address, error="m", micro=False).svg_inline(border=2, scale=4)
        return {"kind": "qr", "heading": "", "picture": picture, "caption": caption, "address": self._of.address}


FIGURES = ("money", "integer", "number")


def signature(strokes: str) -> str:
    """Strokes of the hand on a field of 600 × 200 as SVG. They have been held against STROKES: nothing else can be in there."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200"><path d="'
        + strokes
        + '" fill="none" stroke="#000" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
