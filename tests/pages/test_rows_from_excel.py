"""Rows of a table out of Excel: shown before they are taken, wrong by row and column, and hostile workbooks refused."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import python_calamine
import xlsxwriter
from support.city import APPLICANT, APPROVER, OUTSIDER
from support.house import House, app
from support.office import hidden, office, send
from support.trip import field
from support.web import Browser, Running

from forms.form import Option
from runtime.store.database import Database
from workflows.app import Approve

SORTS = (Option(value="a", title={"zh": "甲类", "en": "First"}), Option(value="b", title={"zh": "乙类", "en": "Second"}))
GOODS = field(
    "goods", "table", "物品",
    fields=(
        field("name", "text", "品名", required=True), field("count", "integer", "数量", minimum=1), field("price", "money", "单价"),
        field("day", "date", "日期"), field("sort", "choice", "类别", options=SORTS), field("who", "person", "经手人"),
    ),
)  # fmt: skip
SHOP = app("shop", Approve(id="head", title={"zh": "负责人", "en": "Head"}, who=f'user("{APPROVER}")'), fields=[GOODS])


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[House, Running]]:
    """What is in a workbook does not depend on the kind of database."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    with office(database, tmp_path, SHOP) as found:
        yield found
    database.close()


def workbook(*rows: list[Any]) -> bytes:
    into = io.BytesIO()
    book = xlsxwriter.Workbook(into, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return into.getvalue()


def begin(browser: Browser) -> str:
    """The page on which a workbook is sent, after something was typed."""
    page = browser.get("/apps/shop/new").text
    got = send(browser, "/import/begin", page, {"reason": "采购", "goods.0.name": "已有的", "_action": "goods"})
    assert got.status_code == 303, got.text
    return got.headers["location"]


def upload(browser: Browser, page: str, content: bytes, name: str = "物品.xlsx") -> httpx.Response:
    own = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', browser.get(page).text))
    headers = {"origin": browser.origin, "sec-fetch-site": "same-origin"}
    return browser.request("POST", "/import/rows", data=own, files={"file": (name, content)}, headers=headers)


def test_rows_are_shown_and_then_appended(served: tuple[House, Running]) -> None:
    """Columns by their headings in any order, options and people by what they are called, wrong cells by row and column."""
    _, running = served
    browser = running.as_(APPLICANT)
    page = begin(browser)
    sent = workbook(
        ["单价", "品名*", "数量", "日期", "类别", "经手人", "备注"],
        [25.5, "纸", 3, "2026/12/1", "甲类", "周建国", "x"],
        ["十元", "笔", 0.5, "2026-13-01", "丙类", "", ""],
        [1, "", 1, "", "", "", ""],
        ["1,200.00", "桌子", 2, "", "b", "", ""],
    )
    shown = upload(browser, page, sent)
    assert shown.status_code == 200, shown.text
    assert "没有用到的列：备注" in shown.text
    wrong = re.findall(r"<tr><td>(\d+)</td><td>([^<]*)</td>", shown.text)
    assert wrong == [("3", "数量"), ("3", "单价"), ("3", "日期"), ("3", "类别"), ("4", "品名")]
    own = {name: text.replace("&#34;", '"') for name, text in re.findall(r'name="(at|table|rows)" value="([^"]*)"', shown.text)}
    taken = browser.post("/import/accepted", own, token=hidden(shown.text)["_csrf"])
    assert taken.status_code == 303
    form = browser.get(taken.headers["location"]).text
    values = dict(re.findall(r'name="(goods\.\d\.\w+)"[^>]*? value="([^"]*)"', form))
    assert values["goods.0.name"] == "已有的"
    assert (values["goods.1.name"], values["goods.1.price"], values["goods.1.count"]) == ("纸", "25.5", "3")
    assert values["goods.2.name"] == "桌子"
    assert "goods.3.name" not in values
    assert 'value="a" selected' in form
    assert 'value="zhou-jianguo" checked' in form


def test_the_template_has_the_headings(served: tuple[House, Running]) -> None:
    """What must be filled in has a star; a form of somebody else's does not exist."""
    _, running = served
    browser = running.as_(APPLICANT)
    page = begin(browser)
    got = browser.get(page.replace("/rows", "/template"))
    (head,) = python_calamine.load_workbook(io.BytesIO(got.content)).get_sheet_by_index(0).to_python()
    assert head == ["品名*", "数量", "单价", "日期", "类别", "经手人"]
    assert running.as_(OUTSIDER).get(page).status_code == 404
    assert browser.get(page.replace("table=goods", "table=reason")).status_code == 404


def bomb() -> bytes:
    """A sheet that unpacks to a thousand times its size."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["品名"], ["纸"]))) as book, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in book.infolist():
            data = book.read(entry)
            out.writestr(entry.filename, data + b" " * 60_000_000 if entry.filename.endswith("sheet1.xml") else data)
    return into.getvalue()


def entities() -> bytes:
    """A sheet with entities that stand for entities."""
    into = io.BytesIO()
    laugh = (
        '<!DOCTYPE x [<!ENTITY a "'
        + "ha" * 100
        + '">'
        + "".join(f'<!ENTITY b{n} "{"&b" + str(n - 1) + ";" if n else "&a;"}{"&a;" * 50}">' for n in range(9))
        + "]>"
    )
    with zipfile.ZipFile(io.BytesIO(workbook(["品名"], ["纸"]))) as book, zipfile.ZipFile(into, "w") as out:
        for entry in book.infolist():
            data = book.read(entry)
            if entry.filename.endswith("sharedStrings.xml"):
                data = data.replace(b"<sst", laugh.encode() + b"<sst", 1).replace("纸".encode(), b"&b8;")
            out.writestr(entry.filename, data)
    return into.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", bomb(), b"PK\x03\x04 broken", workbook(*[["品名"]] * 600), workbook(["别的"], ["x"])],
    ids=["empty", "csv", "bomb", "broken", "many rows", "no heading"],
)  # fmt: skip
def test_what_is_no_such_workbook_is_refused(served: tuple[House, Running], content: bytes) -> None:
    """By words, and the page is still there."""
    _, running = served
    browser = running.as_(APPLICANT)
    got = upload(browser, begin(browser), content)
    assert got.status_code == 422
    assert 'role="alert"' in got.text


def test_entities_of_entities_come_to_nothing(served: tuple[House, Running]) -> None:
    """They are no text of a cell, however the reader takes them."""
    _, running = served
    browser = running.as_(APPLICANT)
    got = upload(browser, begin(browser), entities())
    assert got.status_code in (200, 422)
    assert "haha" not in got.text


@pytest.mark.parametrize("rows", ["", "{", "[1]", '{"a": 1}', "null"])
def test_rows_that_no_page_of_ours_sent_are_refused(served: tuple[House, Running], rows: str) -> None:
    """400, and nothing is appended."""
    _, running = served
    browser = running.as_(APPLICANT)
    page = begin(browser)
    at = page.partition("at=")[2].partition("&")[0]
    assert browser.post("/import/accepted", {"at": at, "table": "goods", "rows": rows}).status_code == 400
