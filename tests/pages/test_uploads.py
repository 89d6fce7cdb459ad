"""Files as the applicant, the approver and the outsider meet them: sent in parts or with the page, seen by those who see the field."""

import itertools
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy as sa
from support import clamd, papers, stand_ins, web
from support.web import APPLICANT, APPROVER, OUTSIDER, Browser, Clock, Running

from runtime.files import uploads
from runtime.store import tables as t

APP = "travel-expense"
EXPENSE = {
    "period.start": "2026-11-16",
    "period.end": "2026-11-18",
    "journeys.0.day": "2026-11-16",
    "journeys.0.from_place": "清溪",
    "journeys.0.to_place": "杭州",
    "transport": "320",
    "lodging": "700",
    "allowance": "300",
    "grade": "other",
    "standard": "800",
    "invoices.0.amount": "700",
    "official_card": "true",
}
#: no two claims may have the same
_invoices = itertools.count(26332000000012345678)
#: the trip that all of them are about
TRIPS: list[str] = []


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The example city, shared: each test files its own case."""
    folder = tmp_path_factory.mktemp("uploads")
    with web.opened(f"sqlite:///{folder / 'uploads.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=folder) as served:
            TRIPS[:] = [stand_ins.trip(served, APPLICANT)]
            yield served


@pytest.fixture
def applicant(office: Running) -> Browser:
    return office.as_(APPLICANT)


def page(browser: Browser, path: str = f"/apps/{APP}/new") -> tuple[str, dict[str, str]]:
    text = browser.get(path).text
    return text, dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', text))


def begin(browser: Browser, hidden: dict[str, str], name: str, size: int, field: str = "receipts", **more: str) -> httpx.Response:
    form = {**{key: value for key, value in hidden.items() if key != "_csrf"}, "field": field, "name": name, "size": str(size), **more}
    return browser.post("/uploads", form, token=hidden["_csrf"])


def part(browser: Browser, hidden: dict[str, str], id: str, offset: int, piece: bytes) -> httpx.Response:
    headers = {"origin": browser.origin, "sec-fetch-site": "same-origin", "upload-offset": str(offset), "x-csrf-token": hidden["_csrf"]}
    return browser.request("PATCH", f"/uploads/{id}", content=piece, headers=headers)


def upload(
    browser: Browser, hidden: dict[str, str], name: str, body: bytes, step: int = 400_000, field: str = "receipts"
) -> httpx.Response:
    """As the script of the page does it; the last answer."""
    answer = begin(browser, hidden, name, len(body), field)
    if answer.status_code != 201:
        return answer
    id = answer.json()["id"]
    for offset in range(0, len(body), step):
        answer = part(browser, hidden, id, offset, body[offset : offset + step])
    return answer


def hand_in(browser: Browser, hidden: dict[str, str], *files: str, **more: str) -> httpx.Response:
    own = {"trip": TRIPS[0], "invoices.0.code": f"{next(_invoices):020}"}
    pairs = [*hidden.items(), *EXPENSE.items(), *own.items(), *more.items(), *(("receipts", id) for id in files), ("_action", "submit")]
    return browser.post(f"/apps/{APP}/new", [pair for pair in pairs if pair[0] != "_csrf"], token=hidden["_csrf"])


def filed(browser: Browser, *bodies: tuple[str, bytes]) -> tuple[str, list[str]]:
    """A case with these files; its id and theirs."""
    _, hidden = page(browser)
    ids = [upload(browser, hidden, name, body).json()["id"] for name, body in bodies]
    answer = hand_in(browser, hidden, *ids)
    assert answer.status_code == 303, re.findall(r'<li><a href="#.*?</li>', answer.text)
    return answer.headers["location"].split("/")[2], ids


def with_page(browser: Browser, hidden: dict[str, str], *files: tuple[str, bytes], field: str = "receipts", **more: str) -> httpx.Response:
    """As the button of a page without a script does it."""
    headers = {"origin": browser.origin, "sec-fetch-site": "same-origin"}
    sent = [(f"{field}.file", (name, body, "application/octet-stream")) for name, body in files]
    return browser.request("POST", "/drafts/files", data={**hidden, **more, "_action": "files"}, files=sent, headers=headers)


def test_a_file_goes_up_in_parts_and_comes_down_as_it_was(applicant: Browser) -> None:
    """Served to be kept and not shown, sandboxed, under the name it had."""
    body = papers.picture("PNG", (300, 200)) + b""
    case, (id,) = filed(applicant, ("发票 1.png", body))
    text = applicant.get(f"/cases/{case}").text
    assert "发票 1.png" in text
    answer = applicant.get(f"/cases/{case}/files/{id}")
    assert answer.content == body
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert any("sandbox" in value for value in answer.headers.get_list("content-security-policy"))


def test_an_upload_goes_on_after_a_break(applicant: Browser) -> None:
    """A part that came twice is told where to go on; nothing is there twice."""
    _, hidden = page(applicant)
    body = papers.PDF + b"%" + b"x" * 900_000
    id = begin(applicant, hidden, "scan.pdf", len(body)).json()["id"]
    assert part(applicant, hidden, id, 0, body[:300_000]).status_code == 204
    again = part(applicant, hidden, id, 0, body[:300_000])
    assert again.status_code == 409
    assert again.headers["upload-offset"] == "300000"
    assert applicant.request("HEAD", f"/uploads/{id}").headers["upload-offset"] == "300000"
    assert part(applicant, hidden, id, 300_000, body[300_000:600_000]).status_code == 204
    done = part(applicant, hidden, id, 600_000, body[600_000:])
    assert done.status_code == 200
    assert applicant.get(f"/uploads/{id}").content == body


def test_pictures_and_pages_are_looked_at_as_pictures(applicant: Browser) -> None:
    """Small ones in the list, pages to read; the file itself is not shown."""
    case, ids = filed(applicant, ("a.jpg", papers.picture("JPEG", (900, 700))), ("a.pdf", papers.PDF))
    for id in ids:
        small = applicant.get(f"/cases/{case}/files/{id}/picture")
        assert small.headers["content-type"] == "image/webp"
        assert small.content[:4] == b"RIFF"
        assert f"/cases/{case}/files/{id}/pages/1" in applicant.get(f"/cases/{case}/files/{id}/view").text
        assert applicant.get(f"/cases/{case}/files/{id}/pages/1").content[:4] == b"RIFF"
        assert applicant.get(f"/cases/{case}/files/{id}/pages/2").status_code == 404


def test_the_approver_sees_the_files_and_the_outsider_finds_nothing(office: Running, applicant: Browser) -> None:
    case, (id,) = filed(applicant, ("a.pdf", papers.PDF))
    assert office.as_(APPROVER).get(f"/cases/{case}/files/{id}").status_code == 200
    outsider = office.as_(OUTSIDER)
    for path in ("", "/picture", "/pages/1", "/view"):
        assert outsider.get(f"/cases/{case}/files/{id}{path}").status_code == 404
    assert office.as_(APPROVER).get(f"/uploads/{id}").status_code == 404


def test_nobody_hands_in_the_file_of_somebody_else(office: Running, applicant: Browser) -> None:
    """Not by naming its id: what was typed stays, the field says what is wrong, no case exists."""
    _, hidden = page(applicant)
    id = upload(applicant, hidden, "mine.pdf", papers.PDF).json()["id"]
    thief = office.as_(APPROVER)
    _, other = page(thief)
    answer = hand_in(thief, other, id)
    assert answer.status_code == 422
    assert "mine.pdf" not in answer.text
    assert hand_in(applicant, hidden, "0" * 32).status_code == 422


def test_a_file_for_a_field_that_is_not_ones_own_is_refused(office: Running, applicant: Browser) -> None:
    _, hidden = page(applicant)
    assert begin(applicant, hidden, "a.pdf", 10, field="trip").status_code == 404
    assert begin(applicant, hidden, "a.pdf", 10, field="nothing").status_code == 404
    assert begin(applicant, {**hidden, "_app": "food-licence"}, "a.pdf", 10, field="plan").status_code == 404


def test_what_the_field_does_not_take_is_said(applicant: Browser) -> None:
    """Its kinds and its size; whatever the file is called."""
    _, hidden = page(applicant)
    answer = upload(applicant, hidden, "发票.pdf", papers.office())
    assert answer.status_code == 422
    assert "PDF、OFD、图片" in answer.json()["words"]
    answer = begin(applicant, hidden, "a.pdf", 21 * 1024 * 1024)
    assert answer.status_code == 422
    assert "20 MB" in answer.json()["words"]


def test_without_a_script_a_button_sends_the_files_and_keeps_the_page(applicant: Browser) -> None:
    """The draft has what was typed and the files; what is not taken is said and loses nothing else."""
    _, hidden = page(applicant)
    answer = with_page(applicant, hidden, ("a.pdf", papers.PDF), ("b.png", papers.picture()), **EXPENSE)
    assert answer.status_code == 303
    text = applicant.get(answer.headers["location"]).text
    assert "a.pdf" in text
    assert "b.png" in text
    assert 'value="杭州"' in text
    answer = with_page(applicant, hidden, ("c.exe", b"MZ" + b"\0" * 100), **EXPENSE)
    assert answer.status_code == 422
    assert "c.exe" in answer.text


def test_a_chosen_file_that_was_not_sent_is_not_forgotten_in_silence(applicant: Browser) -> None:
    _, hidden = page(applicant)
    answer = hand_in(applicant, hidden, **{"receipts.file": "a.pdf"})
    assert answer.status_code == 422
    assert "还没有上传" in answer.text


def test_a_file_is_taken_off_the_page_by_a_button(applicant: Browser) -> None:
    _, hidden = page(applicant)
    id = upload(applicant, hidden, "a.pdf", papers.PDF).json()["id"]
    pairs = [*hidden.items(), *EXPENSE.items(), ("receipts", id)]
    plain = [pair for pair in pairs if pair[0] != "_csrf"]
    answer = applicant.post("/drafts", [*plain, ("_action", "refresh")], token=hidden["_csrf"])
    assert "a.pdf" in applicant.get(answer.headers["location"].partition("#")[0]).text
    answer = applicant.post("/drafts", [*plain, ("_action", f"receipts.x.{id}")], token=hidden["_csrf"])
    assert "a.pdf" not in applicant.get(answer.headers["location"].partition("#")[0]).text


def test_equal_files_lie_there_once(office: Running, applicant: Browser) -> None:
    body = papers.picture("PNG", (77, 77))
    first, second = filed(applicant, ("a.png", body)), filed(applicant, ("b.png", body))
    assert (
        applicant.get(f"/cases/{first[0]}/files/{first[1][0]}").content == applicant.get(f"/cases/{second[0]}/files/{second[1][0]}").content
    )
    folder: Path = office.site.settings.data / "files" / "whole"
    assert sum(path.read_bytes() == body for path in folder.rglob("*") if path.is_file()) == 1


def test_the_paper_lists_the_files(applicant: Browser) -> None:
    import pypdfium2

    case, _ = filed(applicant, ("发票原件.pdf", papers.PDF))
    document = pypdfium2.PdfDocument(applicant.get(f"/cases/{case}/papers/voucher").content)
    text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    assert "发票原件.pdf" in text.replace(" ", "")


def test_a_form_token_guards_every_part(applicant: Browser) -> None:
    _, hidden = page(applicant)
    id = begin(applicant, hidden, "a.pdf", len(papers.PDF)).json()["id"]
    assert part(applicant, {"_csrf": "x"}, id, 0, papers.PDF).status_code == 403
    assert begin(applicant, {**hidden, "_csrf": "x"}, "a.pdf", 10).status_code == 403


def test_nobody_without_a_session_sends_anything(office: Running) -> None:
    stranger = office.browser()
    headers = {"origin": stranger.origin, "sec-fetch-site": "same-origin"}
    answer = stranger.request("PATCH", "/uploads/x", content=b"x", headers=headers)
    assert answer.status_code == 401
    answer = stranger.request("POST", "/drafts/files", files={"a.file": ("a", b"x" * 2_000_000)}, headers=headers)
    assert answer.status_code in (401, 413)


@pytest.fixture
def scanned(tmp_path: Path) -> Iterator[tuple[Running, list[int]]]:
    with clamd.serving() as (address, seen), web.opened(f"sqlite:///{tmp_path / 'scanned.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=tmp_path, clamd=address) as served:
            yield served, seen


def test_a_virus_is_not_taken_in(scanned: tuple[Running, list[int]]) -> None:
    """The scanner gets every byte; what it finds leaves nothing behind."""
    office, seen = scanned
    browser = office.as_(APPLICANT)
    _, hidden = page(browser)
    assert upload(browser, hidden, "clean.pdf", papers.PDF).status_code == 200
    assert seen == [len(papers.PDF)]
    infected = papers.PDF + b"%" + clamd.EICAR
    answer = upload(browser, hidden, "bad.pdf", infected)
    assert answer.status_code == 422
    assert "病毒" in answer.json()["words"]
    rows = office.database.read_now(lambda conn: conn.execute(sa.select(t.attachment.c.name)).scalars().all())
    assert rows == ["clean.pdf"]


def test_while_the_scanner_is_away_nothing_is_taken_and_nothing_is_lost(tmp_path: Path) -> None:
    """503; once it is back, the same upload is finished without sending it again."""
    with web.opened(f"sqlite:///{tmp_path / 'away.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=tmp_path, clamd="tcp://127.0.0.1:1") as office:
            browser = office.as_(APPLICANT)
            _, hidden = page(browser)
            id = begin(browser, hidden, "a.pdf", len(papers.PDF)).json()["id"]
            assert part(browser, hidden, id, 0, papers.PDF).status_code == 503
            with clamd.serving() as (address, _):
                office.site.settings = office.site.settings.model_copy(update={"clamd": address})
                assert part(browser, hidden, id, len(papers.PDF), b"").status_code == 200


def test_files_of_no_draft_are_tidied_and_those_of_cases_stay(office: Running, applicant: Browser) -> None:
    """After a day; with their bytes, unless a case has the same."""
    case, (kept,) = filed(applicant, ("kept.png", papers.picture("PNG", (51, 51))))
    _, hidden = page(applicant)
    gone = upload(applicant, hidden, "gone.png", papers.picture("PNG", (52, 52))).json()["id"]
    same = upload(applicant, hidden, "same.png", papers.picture("PNG", (51, 51))).json()["id"]
    half = begin(applicant, hidden, "half.pdf", 100).json()["id"]
    part(applicant, hidden, half, 0, b"%PDF-")
    office.call(uploads.tidy, office.site, office.clock() + timedelta(hours=25))
    left = office.database.read_now(lambda conn: set(conn.execute(sa.select(t.attachment.c.id)).scalars()))
    assert kept in left
    assert left.isdisjoint({gone, same, half})
    assert applicant.get(f"/cases/{case}/files/{kept}").status_code == 200
    folder: Path = office.site.settings.data / "files"
    assert not any(path.is_file() and path.read_bytes() == papers.picture("PNG", (52, 52)) for path in (folder / "whole").rglob("*"))
    assert not (folder / "parts" / half).exists()


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[Browser]:
    with web.opened(f"sqlite:///{tmp_path / 'tight.sqlite3'}") as database:
        clock = Clock()
        web.city(database, clock)
        with web.running(database, clock, demo=True, data=tmp_path, place_files=2, person_bytes=5000) as served:
            yield served.as_(APPLICANT)


def test_quotas_hold_for_a_form_and_for_a_person(tight: Browser) -> None:
    _, hidden = page(tight)
    assert upload(tight, hidden, "1.pdf", papers.PDF).status_code == 200
    assert begin(tight, hidden, "2.pdf", 6000).status_code == 422
    assert upload(tight, hidden, "2.pdf", papers.PDF).status_code == 200
    assert begin(tight, hidden, "3.pdf", 10).status_code == 422


# --- F1 ---

ZIP_BOMB, XLSX_BOMB = papers.zip_bomb(600), papers.xlsx_bomb(300)


def refused(browser: Browser) -> dict[str, Any]:
    """What no server should swallow, and how it is sent."""
    _, hidden = page(browser)
    headers = {"origin": browser.origin, "sec-fetch-site": "same-origin"}
    boundary = "xxxx"
    parts = b"".join(f'--{boundary}\r\nContent-Disposition: form-data; name="p{n}"\r\n\r\nx\r\n'.encode() for n in range(10_000))
    many = parts + f"--{boundary}--\r\n".encode()

    async def endless() -> Any:
        for _ in range(100):
            yield b"a=" + b"x" * (1 << 20) + b"&"

    form = {**headers, "content-type": "application/x-www-form-urlencoded"}
    multipart = {**headers, "content-type": f"multipart/form-data; boundary={boundary}"}
    return {
        "zip bomb": lambda: with_page(browser, hidden, ("bomb.zip", ZIP_BOMB)),
        "xlsx bomb": lambda: with_page(browser, hidden, ("bomb.xlsx", XLSX_BOMB)),
        "png bomb": lambda: with_page(browser, hidden, ("bomb.png", papers.png_claiming(60_000, 60_000))),
        "polyglot": lambda: with_page(browser, hidden, ("a.gif", papers.POLYGLOTS["picture.gif"])),
        "10,000 parts": lambda: browser.request("POST", "/drafts/files", content=many, headers=multipart),
        "10,000 parts elsewhere": lambda: browser.request("POST", f"/apps/{APP}/new", content=many, headers=multipart),
        "100 MB urlencoded": lambda: browser.request("POST", "/drafts", content=endless(), headers=form),
        "100 MB to where files go": lambda: browser.request("POST", "/drafts/files", content=endless(), headers=multipart),
        "a part too large": lambda: part(browser, hidden, "x", 0, b"x" * (2 << 20)),
    }


@pytest.mark.parametrize("what", ["zip bomb", "xlsx bomb", "png bomb", "polyglot", "10,000 parts", "10,000 parts elsewhere", "100 MB urlencoded", "100 MB to where files go", "a part too large"])  # fmt: skip
def test_no_upload_takes_the_server_down(office: Running, applicant: Browser, what: str) -> None:
    """Refused with 4xx; memory grows by less than 100 MB meanwhile, and others are served within 500 ms (of the work of this process)."""
    send = refused(applicant)[what]
    other = office.as_(APPROVER)
    other.get("/tasks")
    process = psutil.Process()
    before, peak, slowest, served = process.memory_info().rss, 0, 0.0, 0
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send)
        while not sent.done():
            begun = time.perf_counter()
            assert other.get("/tasks").status_code == 200
            slowest, served = max(slowest, time.perf_counter() - begun), served + 1
            peak = max(peak, process.memory_info().rss)
    assert 400 <= sent.result().status_code < 500
    assert peak - before < 100_000_000
    assert served == 0 or slowest < 0.5, slowest
