"""The approval sheet 审批单 of a case: facts, answers and trail on white paper, for files that are kept in cabinets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import Text, say
from runtime import site as sites
from runtime.casework import cases, opinions, record, sheet
from runtime.casework.cases import Found
from runtime.casework.entries import Entry, Teller, outcome
from runtime.pages.page import desk, render, visitor, word
from runtime.pages.tasks import reading_of
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.store import tables
from workflows import rights
from workflows.case import Case


@dataclass(frozen=True, slots=True)
class Dated(Teller):
    """Tells with full dates: paper is read on another day."""

    def at(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the sheet shows."""

    organisation: str
    #: label and words
    facts: list[tuple[str, str]]
    parts: list[sheet.Part]
    trail: list[Entry]
    #: who is asked at the moment
    waiting: list[Entry]
    printed: str


async def show(request: Request) -> Response:
    """The sheet, to those who may see the case."""
    me, site = visitor(request), sites.of(request)
    found = await cases.find(site, me.person, request.path_params["case"])
    if found is None:
        raise HTTPException(404)
    paper = await site.database.read(_paper, site, me, found)
    title = say(found.program.app.title, me.language)
    return render(
        request,
        "cases/sheet.html",
        title=word(me.language, title + ("单" if title.endswith("审批") else "审批单"), f"{title}: approval sheet"),
        number=found.case.number,
        paper=paper,
        case_id=found.case.id,
    )


def _paper(conn: sa.Connection, site: Site, me: Visitor, found: Found) -> Paper:
    at = desk(conn, site, me.language)
    program, case = found.program, found.case
    reading = reading_of(conn, me, at, program, case, found.events)
    reader = sheet.Reader(me.language, reading.names)
    teller = Dated(
        steps=program.steps,
        form=program.app.form,
        outcomes=program.app.flow.outcomes,
        reader=reader,
        me="",
        now=at.now,
        zone=at.zone,
        hidden=rights.hidden(program, case, me.person),
    )
    title: Text | None = conn.scalar(sa.select(tables.organisation.c.title))
    return Paper(
        organisation=say(title, me.language) if title else "",
        facts=_facts(case, teller),
        parts=sheet.parts(program.app.form, opinions.shown(program, case, found.events, me.person, me.language, at.zone), reader),
        trail=[entry for entry in record.tell(found.events, teller) if not entry.quiet or entry.changes],
        waiting=record.waiting(case, teller),
        printed=teller.word(f"{me.name} 打印于 {teller.at(at.now)}", f"printed by {me.name}, {teller.at(at.now)}"),
    )


def _facts(case: Case, teller: Teller) -> list[tuple[str, str]]:
    words, _ = outcome(teller.outcomes, case.outcome, teller.reader.language)
    facts: list[tuple[Any, str]] = [
        (("申请人", "Applicant"), case.applicant.name),
        (("部门", "Department"), case.applicant.department_title),
        (("提交时间", "Submitted"), teller.at(case.created_at)),
        (("结果", "Result"), words),
    ]
    if case.ended_at:
        facts.append((("办结时间", "Closed"), teller.at(case.ended_at)))
    return [(teller.word(*label), said) for label, said in facts]


routes = [Route("/cases/{case}/sheet", show, methods=["GET"])]
