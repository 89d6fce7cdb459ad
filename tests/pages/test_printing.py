"""A case on paper: what is on it, who gets it, and what may never be: code in what people typed."""

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from support import web
from support.web import APPLICANT, APPROVER, OUTSIDER, Browser, Clock, Running

from runtime.output import paper, typeset
from runtime.output.typeset import NoFont
from workflows.app import release
from workflows.program import load

MASKED, PLAIN = "138****1234", "13800001234"
#: what would read a file, call a function, leave the text or break the program if it were Typst
HOSTILE = '#read("/etc/passwd") #panic("x") $x$ ] } ) \\ "quoted" <label> @ref // /* = 标题 {case.number} `raw` #{ 1 + 1 }'
TRIP = {
    "trip_type": "cross",
    "destination": "110000",
    "period.start": "2026-12-01",
    "period.end": "2026-12-03",
    "budget": "6280",
    "companions.0.name": "李四",
    "companions.0.phone": PLAIN,
    "reason": "参加省数据局组织的培训班学习",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The example city, shared: each test files its own case."""
    folder = tmp_path_factory.mktemp("printing")
    with web.opened(f"sqlite:///{folder / 'printing.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=folder) as served:
            yield served


def send(browser: Browser, path: str, page: str, fields: dict[str, str]) -> Any:
    sent = {**dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', page)), **fields}
    return browser.post(path, [pair for pair in sent.items() if pair[0] != "_csrf"], token=sent["_csrf"])


def file(browser: Browser, **more: str) -> str:
    """Hands in a trip; the id of its case."""
    answer = send(browser, "/apps/business-trip/new", browser.get("/apps/business-trip/new").text, {**TRIP, **more, "_action": "submit"})
    assert answer.status_code == 303, re.findall(r'<li><a href="#.*?</li>', answer.text)
    return answer.headers["location"].split("/")[2]


def read(pdf: bytes) -> str:
    """The text of a PDF, without blanks and breaks: Chinese beside figures is set apart by a narrow space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r", "").replace("\n", "").replace(" ", "")
    finally:
        document.close()


@pytest.fixture
def applicant(office: Running) -> Browser:
    return office.as_(APPLICANT)


@pytest.mark.approval("export-pdf")
def test_the_applicant_keeps_the_case_as_pdf(applicant: Browser) -> None:
    """The page leads to it; answers, amounts and the number are on it, personal numbers are masked."""
    case = file(applicant)
    assert f'href="/cases/{case}/papers/approval?download"' in applicant.get(f"/cases/{case}").text
    answer = applicant.get(f"/cases/{case}/papers/approval?download")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-disposition"].endswith(".pdf")
    text = read(answer.content)
    for words in ("因公出差审批单", "北京市", "¥6,280.00", "李四", MASKED, "参加省数据局", "CC-20261124-"):
        assert words in text, (words, text)
    assert PLAIN not in text


@pytest.mark.approval("print-templates")
def test_an_app_has_several_papers_each_its_own_file(applicant: Browser) -> None:
    """A letter with placeholders beside the approval sheet: an amount in capital figures, the range in words."""
    case = file(applicant)
    text = read(applicant.get(f"/cases/{case}/papers/letter").content)
    assert "关于陈晓琳同志出差的通知" in text
    assert "人民币陆仟贰佰捌拾元整" in text
    assert "2026年11月24日" in text
    assert "清溪市" in text
    assert applicant.get(f"/cases/{case}/papers/none").status_code == 404


def test_the_paper_of_an_app_without_templates_is_its_form(applicant: Browser) -> None:
    fields = {"leave_type": "annual", "period.start": "2026-12-01", "period.start_half": "am", "period.end": "2026-12-01"}
    fields |= {"period.end_half": "pm", "deputy": "xu-tao", "phone": PLAIN, "leaves_city": "false", "_action": "submit"}
    answer = send(applicant, "/apps/leave/new", applicant.get("/apps/leave/new").text, fields)
    case = answer.headers["location"].split("/")[2]
    text = read(applicant.get(f"/cases/{case}/papers/case").content)
    assert MASKED in text
    assert PLAIN not in text


def test_the_outsider_finds_no_paper(office: Running, applicant: Browser) -> None:
    case = file(applicant)
    assert office.as_(OUTSIDER).get(f"/cases/{case}/papers/approval").status_code == 404
    assert office.browser().get(f"/cases/{case}/papers/approval").status_code == 303


def test_opinions_stand_on_it_with_who_and_when(office: Running, applicant: Browser) -> None:
    case = file(applicant)
    head = office.as_(APPROVER)
    listed = head.get("/tasks").text
    path = next(path for path in re.findall(r'class="it[^"]*" href="(/tasks/[^"]+)"', listed) if f"/cases/{case}/" in head.get(path).text)
    answer = send(head, f"{path}/decision", head.get(path).text, {"_action": "approve", "_opinion": "同意出差，注意安全。"})
    assert answer.status_code == 303
    text = read(applicant.get(f"/cases/{case}/papers/approval").content)
    assert "同意出差，注意安全。" in text
    assert "周建国" in text


def test_what_people_type_is_text_and_never_code(applicant: Browser) -> None:
    """Every sign that means something to Typst, to templates or to PDF comes out as it was typed."""
    case = file(applicant, reason=HOSTILE, **{"companions.0.name": '#strong("x")'})
    for name in ("approval", "letter"):
        text = read(applicant.get(f"/cases/{case}/papers/{name}").content)
        assert '#read("/etc/passwd")' in text, text
        assert "{case.number}" in text
        assert "root:" not in text
    assert '#strong("x")' in read(applicant.get(f"/cases/{case}/papers/approval").content)


def test_a_long_table_goes_on_and_every_page_has_its_number(applicant: Browser) -> None:
    rows = {f"companions.{number}.name": f"同行{number:02}" for number in range(20)}
    case = file(applicant, **rows, reason="很长的事由。" * 80)
    pdf = applicant.get(f"/cases/{case}/papers/approval").content
    assert "第2页，共2页" in read(pdf)


def test_without_a_chinese_font_it_says_what_to_install() -> None:
    """Neither the wheel, nor the machine: the words name both ways."""
    with pytest.raises(NoFont) as none:
        typeset.fonts(system=False, wheel=False)
    assert "pylopdf-fonts-zh-cn" in none.value.words["zh"]
    assert "fonts-noto-cjk" in none.value.words["en"]


def test_the_wheel_alone_has_every_character_of_the_forms() -> None:
    """On a machine without fonts, nothing comes out as a box: what comes along is enough."""
    assert {"Noto Serif SC", "Noto Sans SC"} <= set(typeset.fonts(system=False).families())


@pytest.mark.parametrize("strokes", ['M1 1L2 2"/><image href="file:///etc/passwd"/>', "M1 1L2", "", "<svg>", "M1 1L99999 2"])
def test_strokes_of_a_signature_are_nothing_else(strokes: str) -> None:
    assert paper.STROKES.match(strokes) is None


def test_papers_are_part_of_the_release() -> None:
    """They are read back as they were published."""
    app = web._compiled().apps["business-trip"]
    made = release(app)
    assert [print.id for print in load(made).app.prints] == ["approval", "letter"]
