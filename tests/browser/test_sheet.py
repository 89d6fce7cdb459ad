"""The approval sheet on paper: nothing of the screen on it, everything of the case, and one page where one is enough."""

import re
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from support.days import APPLICANT, HEAD, Person, trip, weekday

pytestmark = pytest.mark.browser
#: between the margins of A4, in CSS pixels
A4 = {"width": 688, "height": 1009}


@pytest.fixture
def sheet(city: str, chromium: Browser) -> Page:
    """The sheet of a case that its first approver has passed on, as paper shows it."""
    today = date(2026, 11, 24)
    chen, zhou = (Person(chromium.new_context(locale="zh-CN"), city, id) for id in (APPLICANT, HEAD))
    case = chen.apply("business-trip", trip(weekday(today, 5), weekday(today, 7), "320100", "6280", "到南京参加审批单打印对接会"))
    zhou.decide("approve", "南京", _opinion="请提前对接。")
    page = chen.context.new_page()
    page.goto(f"{city}{case.removesuffix('/receipt')}/sheet")
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    return page


def test_paper_shows_the_case_and_nothing_of_the_screen(sheet: Page) -> None:
    """Facts, answers and trail, with full dates; no bar, no buttons, in black on white."""
    expect(sheet.get_by_role("heading", level=1)).to_have_text("因公出差审批单")
    for words in ("清溪市", "陈晓琳", "平台建设处", "江苏省 · 南京市", "¥6,280.00", "请提前对接。", "尚未办理"):
        expect(sheet.get_by_role("main").get_by_text(words).first).to_be_visible()
    assert re.search(r"编号 CC-\d{8}-\d{4}", sheet.inner_text("main"))
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", sheet.inner_text("main"))
    assert "今天" not in sheet.inner_text("main")
    expect(sheet.get_by_role("button")).to_have_count(0)
    expect(sheet.get_by_role("link")).to_have_count(0)
    assert sheet.evaluate("getComputedStyle(document.querySelector('main')).color") == "rgb(0, 0, 0)"
    assert sheet.evaluate("document.documentElement.scrollWidth") <= A4["width"]


def test_a_short_case_fits_one_page(sheet: Page) -> None:
    """As PDF, by the browser's own printing."""
    paper = sheet.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1


def test_labels_stand_in_a_narrow_column(sheet: Page) -> None:
    """The answers get the room."""
    widths = sheet.evaluate("[...document.querySelectorAll('section .pt:not(.grid) th')].map(cell => cell.offsetWidth)")
    assert max(widths) < A4["width"] / 4


def test_others_have_no_sheet(sheet: Page, city: str, chromium: Browser) -> None:
    """Who may not see the case finds nothing."""
    outsider = Person(chromium.new_context(), city, "bai-lu")
    assert outsider.context.request.get(sheet.url).status == 404
