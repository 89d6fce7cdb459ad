"""The files and cases that the answers of a scenario speak of, made in a served city: a scenario itself knows neither."""

from typing import Any

from support import papers
from support.web import Running

from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.files import uploads
from runtime.files.uploads import Place
from workflows.app import App

TRIP = {
    "trip_type": "city",
    "destination": "330100",
    "period": {"start": "2026-11-16", "end": "2026-11-18"},
    "reason": "参加省数据局组织的培训班",
}


def trip(office: Running, person: str) -> str:
    """The id of a business trip of ``person``."""
    done = office.call(cases.submit, office.site, person, "business-trip", TRIP, "a-trip-to-refer-to")
    assert isinstance(done, Done), done
    return done.case.id


def real(office: Running, person: str, app: App, answers: dict[str, Any]) -> dict[str, Any]:
    """``answers`` with files and cases that there are."""
    kinds = {field.name: field for field in app.form.fields}
    found = dict(answers)
    for name in answers:
        field = kinds[name]
        if field.kind == "case":
            found[name] = trip(office, person)
        elif field.kind in ("attachment", "photo"):
            place = Place(person, app.id, field, "d" * 32)
            file = office.call(uploads.begin, office.site, place, "文件.pdf", len(papers.PDF), office.clock())
            office.call(uploads.append, office.site, file, 0, papers.PDF, office.clock())
            found[name] = [office.call(uploads.assemble, office.site, file, field, office.clock()).id]
    return found
