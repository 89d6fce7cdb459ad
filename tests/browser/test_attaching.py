"""Attaching files in a real browser: with the script they go by themselves, and the page lists them."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support import papers, served

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [served.WIDE, served.PHONE], ids=["wide", "phone"])
def test_chosen_files_go_up_and_are_listed(chromium: Browser, city: str, tmp_path: Path, size: dict[str, int]) -> None:
    """Two at once, one of them in several parts; another kind is refused with the reason, and one is taken off again."""
    page = served.enter(served.context(chromium, city, size), "chen-xiaolin")
    page.goto("/apps/travel-expense/new")
    chooser = page.locator('input[type=file][id="receipts.file"]')
    large = papers.PDF + b"%" + b"x" * 1_300_000
    chooser.set_input_files(
        [
            {"name": "发票.png", "mimeType": "image/png", "buffer": papers.picture()},
            {"name": "行程单.pdf", "mimeType": "application/pdf", "buffer": large},
        ]
    )
    listed = page.locator('[id="receipts-kept"]')
    expect(listed.get_by_text("发票.png")).to_be_visible(timeout=20_000)
    expect(listed.get_by_text("行程单.pdf")).to_be_visible(timeout=20_000)
    page.locator('input[type=file][id="receipts.file"]').set_input_files(
        [{"name": "表.pdf", "mimeType": "application/pdf", "buffer": papers.office()}]
    )
    expect(page.get_by_role("alert")).to_contain_text("PDF、OFD、图片", timeout=20_000)
    page.locator('[id="receipts"]').screenshot(path=tmp_path / "attached.png")
    page.get_by_role("button", name="删除 发票.png").click()
    expect(page.get_by_text("发票.png")).to_have_count(0, timeout=20_000)
    expect(listed.get_by_text("行程单.pdf")).to_be_visible()
