"""Lists as files: what is in them, for whom, and what may never be: a formula, or what the page hides."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from support import web
from support.web import APPLICANT, APPROVER, OUTSIDER, Browser, Clock, Running

from runtime.output import cells, exporting, workbook
from runtime.output.cells import Amount
from workflows import rights

MASKED, PLAIN = "138****1234", "13800001234"
TRIP = {
    "trip_type": "cross",
    "destination": "110000",
    "period.start": "2026-12-01",
    "period.end": "2026-12-03",
    "budget": "6280",
    "companions.0.name": "李四",
    "companions.0.phone": PLAIN,
    "companions.1.name": '=HYPERLINK("http://evil")',
    "reason": "=cmd|' /C calc'!A0 参加培训班学习",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("exports")
    with web.opened(f"sqlite:///{folder / 'exports.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=folder) as served:
            browser = served.as_(APPLICANT)
            for _ in range(3):
                file(browser)
            yield served


def send(browser: Browser, path: str, page: str, fields: dict[str, str]) -> Any:
    sent = {**dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', page)), **fields}
    return browser.post(path, [pair for pair in sent.items() if pair[0] != "_csrf"], token=sent["_csrf"])


def file(browser: Browser, **more: str) -> str:
    answer = send(browser, "/apps/business-trip/new", browser.get("/apps/business-trip/new").text, {**TRIP, **more, "_action": "submit"})
    assert answer.status_code == 303, re.findall(r'<li><a href="#.*?</li>', answer.text)
    return answer.headers["location"].split("/")[2]


def export(office: Running, person: str, **form: str) -> tuple[str, bytes]:
    """Asks for a list and lets the workers make it; its address and content."""
    browser = office.as_(person)
    answer = browser.post("/exports", {"list": "mine", "app": "", "format": "xlsx", **form})
    assert answer.status_code == 303
    office.call(office.app.state.work.settle)
    href = re.findall(r'href="(/exports/[0-9a-f]{32})"', browser.get("/exports").text)[0]
    return href, browser.get(href).content


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_ones_own_cases_come_as_excel_with_every_field_and_the_rows_of_tables(office: Running) -> None:
    """Amounts are figures; personal numbers are masked; each table has a sheet of its own."""
    _, content = export(office, APPLICANT, app="business-trip")
    found = sheets(content)
    first = found["我发起的"]
    assert first[0][:2] == ["编号", "标题"]
    assert "预算金额" in first[0]
    assert first[1][first[0].index("预算金额")] == 6280
    assert len(first) >= 4
    rows = found["同行人员"]
    assert rows[1][:4] == [first[1][0], 1, "李四", MASKED]
    assert PLAIN not in str(found)


def test_nothing_that_was_typed_is_a_formula(office: Running) -> None:
    """In Excel a text with an apostrophe before it; in CSV the same."""
    _, content = export(office, APPLICANT, app="business-trip")
    assert "'=cmd" in str(sheets(content))
    assert "'=HYPERLINK" in str(sheets(content))
    _, content = export(office, APPLICANT, app="business-trip", format="csv")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[1][lines[0].index("出差事由")].startswith("'=cmd")
    assert lines[1][lines[0].index("预算金额")] == "6280.00"
    assert content.startswith(b"\xef\xbb\xbf")


def test_nobody_exports_what_they_do_not_see(office: Running) -> None:
    """Neither another's list, nor an app's cases without looking after them, nor another's file."""
    href, _ = export(office, APPLICANT)
    outsider = office.as_(OUTSIDER)
    assert outsider.get(href).status_code == 404
    _, content = export(office, OUTSIDER, list="overseen", app="business-trip")
    assert len(sheets(content)["我负责管理的全部申请"]) == 1
    _, content = export(office, APPROVER, list="todo", app="business-trip")
    assert len(sheets(content)["待办"]) >= 4


def test_a_field_that_a_step_hides_is_not_in_the_file(office: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same right as on the page: what `rights.shown` leaves out is empty."""
    case = file(office.as_(APPLICANT))
    found = office.call(_shown, office, case)
    line = office.database.read_now(
        exporting._lines,
        office.site,
        exporting.Export("x", APPLICANT, "mine", "business-trip", "csv", "zh", "waiting", 0, 0, 0, office.clock(), None),
        cells.Fields([("budget", found["budget"])], []),
        [case],
    )[0]
    assert line.cells[-1] == Amount(628000)
    monkeypatch.setattr(rights, "shown", lambda *_: {})
    line = office.database.read_now(
        exporting._lines,
        office.site,
        exporting.Export("x", APPLICANT, "mine", "business-trip", "csv", "zh", "waiting", 0, 0, 0, office.clock(), None),
        cells.Fields([("budget", found["budget"])], []),
        [case],
    )[0]
    assert line.cells[-1] == ""


async def _shown(office: Running, case: str) -> dict[str, Any]:
    program = office.site.catalogue.current("business-trip")
    return {field.name: field for field in program.app.form.fields}


def test_the_page_tells_how_far_it_is_and_takes_a_file_away(office: Running) -> None:
    browser = office.as_(APPLICANT)
    assert 'href="/exports?list=mine"' in browser.get("/mine").text
    assert browser.post("/exports", {"list": "mine", "app": "", "format": "csv"}).status_code == 303
    assert "<progress" in browser.get("/exports").text or "下载" in browser.get("/exports").text
    office.call(office.app.state.work.settle)
    href = re.findall(r'href="(/exports/[0-9a-f]{32})"', browser.get("/exports").text)[0]
    assert browser.get(href).headers["content-disposition"].startswith("attachment; ")
    assert browser.post(f"{href}/discarding").status_code == 303
    assert browser.get(href).status_code == 404


def test_what_cannot_be_exported_is_said(office: Running) -> None:
    browser = office.as_(APPLICANT)
    assert browser.post("/exports", {"list": "everything", "app": "", "format": "csv"}).status_code == 404
    assert browser.post("/exports", {"list": "mine", "app": "", "format": "exe"}).status_code == 404
    answer = browser.post("/exports", {"list": "overseen", "app": "", "format": "csv"})
    assert answer.status_code == 422
    assert "要选一个应用" in answer.text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\n=x", " =1", "＝1", "\u3000@x", "﹣"])
def test_a_text_that_a_spreadsheet_would_calculate_is_made_plain(text: str) -> None:
    assert cells.safe(text).startswith("'") == (text != "﹣")


def test_names_of_sheets_are_such_as_excel_takes() -> None:
    taken: set[str] = set()
    for name in ("明细[1]:/", "'x'", "", "a" * 40, "A" * 40):
        found = workbook._sheet_name(name, taken)
        assert found
        assert len(found) <= 31
        assert not set(found) & set("[]:*?/\\")
        assert found.lower() not in taken
        taken.add(found.lower())
