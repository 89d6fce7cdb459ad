"""A leave request from the phone of the applicant to the desk of the head and back, as people do it."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from support.served import PHONE, WIDE, context, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

APPLICANT, HEAD, HR, OUTSIDER = "chen-xiaolin", "zhou-jianguo", "tang-wei", "bai-lu"


def number_of(page: Page) -> str:
    """Of the case whose receipt is shown."""
    return page.get_by_text(re.compile(r"QJ-2026-\d{5}")).first.inner_text()


def file_leave(page: Page, day: str) -> str:
    """Fills in and submits; the id of the case."""
    page.goto("/apps/leave/new")
    page.get_by_label("年假").check()
    page.locator("[id='period.start']").fill(day)
    page.locator("[id='period.end']").fill(day)
    page.locator("[id='deputy.find']").fill("徐")
    page.get_by_label("徐涛").check()
    page.get_by_label("休假期间电话").fill("138 0000 1234")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/receipt")
    return page.url.split("/")[-2]


def open_task(page: Page, number: str) -> None:
    """From the to-do list to the task; other tests leave tasks of the same app in the same city."""
    page.goto("/tasks")
    page.get_by_role("link", name=number).first.click()
    page.wait_for_url(re.compile("/tasks/[0-9a-f]"))


def test_leave_is_filed_on_a_phone_returned_corrected_and_approved(chromium: Browser, city: str) -> None:
    """The whole way, with JavaScript, and nobody else sees it."""
    applicant = enter(context(chromium, city, PHONE), APPLICANT)
    case = file_leave(applicant, "2026-12-01")
    number = number_of(applicant)

    head = enter(context(chromium, city, WIDE), HEAD)
    open_task(head, number)
    head.get_by_text("退回", exact=True).click()
    head.get_by_label("退回原因").fill("请写明事由")
    head.get_by_role("button", name="确认退回").click()
    head.wait_for_url(f"**/cases/{case}")

    open_task(applicant, number)
    expect(applicant.get_by_text("请写明事由")).to_be_visible()
    applicant.get_by_label("事由").fill("回老家探望父母")
    applicant.get_by_role("button", name="重新提交").click()
    applicant.wait_for_url("**/receipt")

    open_task(head, number)
    head.get_by_role("button", name="同意。", exact=True).click()
    head.get_by_role("button", name="同意", exact=True).click()
    head.wait_for_url(f"**/cases/{case}")
    expect(head.locator(".tl")).to_contain_text("周建国（您）")

    applicant.goto(f"/cases/{case}")
    expect(applicant.locator(".tl")).to_contain_text("同意")
    expect(applicant.get_by_text("138****1234")).to_be_visible()
    expect(applicant.get_by_text("13800001234")).to_have_count(0)

    outsider = enter(context(chromium, city), OUTSIDER)
    for path in (f"/cases/{case}", f"/cases/{case}/receipt", f"/api/v1/cases/{case}"):
        answer = outsider.request.get(city + path)
        assert answer.status in ((404,) if "/api/" not in path else (401, 404)), path


def test_typing_shows_asks_and_calculates_at_once_and_loses_nothing(chromium: Browser, city: str) -> None:
    """A change swaps the fields that follow from it; focus and what is being typed stay."""
    page = enter(context(chromium, city, PHONE), APPLICANT)
    page.goto("/apps/leave/new")
    expect(page.locator("[id='certificate']")).to_have_count(0)
    page.get_by_label("婚假").check()
    expect(page.locator("[id='certificate']")).to_be_visible()
    page.locator("[id='period.start']").fill("2026-12-01")
    page.locator("[id='period.end']").fill("2026-12-03")
    reason = page.get_by_label("事由")
    last = quote("办酒席")
    with page.expect_response(lambda answer: answer.url.endswith("/drafts") and last in (answer.request.post_data or "")):
        reason.press_sequentially("登记结婚，回家办酒席", delay=20)
    expect(page.locator("#days")).to_contain_text("3天")
    expect(reason).to_have_value("登记结婚，回家办酒席")
    expect(reason).to_be_focused()
    expect(page.locator("#forecast")).to_contain_text("周建国")
    expect(page.locator("#forecast")).to_contain_text("罗成毅")
    expect(page.locator("#saved")).to_contain_text("已保存为草稿")
    assert "/drafts/" in page.url
    page.reload()
    expect(page.get_by_label("事由")).to_have_value("登记结婚，回家办酒席")
    expect(page.get_by_label("婚假")).to_be_checked()


def test_rows_of_a_table_come_and_go(chromium: Browser, city: str) -> None:
    """Adding puts the focus into the new row; removing keeps the others."""
    page = enter(context(chromium, city), APPLICANT)
    page.goto("/apps/business-trip/new")
    page.get_by_role("button", name=re.compile("添加一行")).click()
    first = page.locator("[id='companions.0.name']")
    expect(first).to_be_focused()
    first.fill("何磊")
    page.get_by_role("button", name=re.compile("添加一行")).click()
    page.locator("[id='companions.1.name']").fill("马超")
    page.get_by_role("button", name=re.compile("删除.*1")).first.click()
    expect(page.locator("[id='companions.0.name']")).to_have_value("马超")
    expect(page.locator("[id='companions.1.name']")).to_have_count(0)


def test_a_wrong_form_leads_from_the_summary_to_the_field(chromium: Browser, city: str) -> None:
    """The summary takes the focus and links to each field, which says what is wrong."""
    page = enter(context(chromium, city, PHONE), APPLICANT)
    page.goto("/apps/leave/new")
    page.get_by_label("年假").check()
    page.get_by_label("休假期间电话").fill("12345")
    page.get_by_role("button", name="提交", exact=True).click()
    summary = page.locator("#problems")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="休假期间电话").click()
    phone = page.get_by_label("休假期间电话")
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_value("12345")


def test_everything_works_without_javascript(chromium: Browser, city: str) -> None:
    """The same way by plain submits: searching, updating, saving, deciding, switching the language."""
    applicant = enter(context(chromium, city, PHONE, java_script_enabled=False), APPLICANT)
    applicant.goto("/apps/leave/new")
    applicant.get_by_label("婚假").check()
    applicant.get_by_role("button", name="更新").click()
    expect(applicant.locator("[id='certificate']")).to_be_visible()
    applicant.get_by_label("年假").check()
    applicant.locator("[id='period.start']").fill("2026-12-08")
    applicant.locator("[id='period.end']").fill("2026-12-08")
    applicant.locator("[id='deputy.find']").fill("xutao")
    applicant.get_by_role("button", name="查找", exact=True).first.click()
    expect(applicant.locator("#days")).to_contain_text("1天")
    applicant.get_by_label("徐涛").check()
    applicant.get_by_label("休假期间电话").fill("13800001234")
    applicant.get_by_role("button", name="提交", exact=True).click()
    applicant.wait_for_url("**/receipt")
    case, number = applicant.url.split("/")[-2], number_of(applicant)

    head = enter(context(chromium, city, PHONE, java_script_enabled=False), HEAD)
    open_task(head, number)
    head.get_by_text("退回", exact=True).click()
    head.get_by_role("button", name="确认退回").click()
    expect(head.locator("#problems")).to_contain_text("需要填写意见")
    head.get_by_label("退回原因").fill("请写明事由")
    head.get_by_role("button", name="确认退回").click()

    open_task(applicant, number)
    applicant.get_by_label("事由").fill("带孩子看病")
    applicant.get_by_role("button", name="重新提交").click()
    open_task(head, number)
    head.get_by_role("button", name="同意", exact=True).click()
    head.wait_for_url(f"**/cases/{case}")
    head.goto("/settings")
    head.get_by_role("button", name="English").first.click()
    expect(head.get_by_role("heading", level=1)).to_have_text("Settings")
    head.get_by_role("button", name="中文").first.click()
    expect(head.get_by_role("heading", level=1)).to_have_text("设置")


def test_theme_and_care_change_without_a_new_page_and_stay(chromium: Browser, city: str) -> None:
    """The switches of the top bar keep what is being typed, and the next page looks the same."""
    page = enter(context(chromium, city), HR)
    page.goto("/apps/leave/new")
    page.get_by_label("事由").fill("还在写")
    with page.expect_response("**/settings"):
        page.get_by_role("button", name="关怀版").click()
    expect(page.locator("html")).to_have_attribute("data-care", "on")
    expect(page.get_by_label("事由")).to_have_value("还在写")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-care", "on")
    with page.expect_response("**/settings"):
        page.get_by_role("button", name="关怀版").click()
    expect(page.locator("html")).to_have_attribute("data-care", "off")
