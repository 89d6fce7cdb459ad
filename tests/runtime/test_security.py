"""What stands before every page and every form."""

from collections.abc import Iterator

import httpx
import pytest
from support.web import APPLICANT, ORIGIN, Clock, Running, city, running

from runtime.store.database import Database

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock, apps=False)
    with running(database, clock, demo=True, body_limit=20_000, fields_limit=50) as server:
        yield server


def test_every_answer_carries_the_headers_failures_included(served: Running) -> None:
    """A strict policy without any unsafe part, and nothing kept on shared machines."""
    browser = served.as_(APPLICANT)
    for answer in (
        browser.get("/settings"),
        browser.get("/nothing-here"),
        browser.get("/api/v1/nothing-here"),
        browser.request("POST", "/settings", content=b"x" * 30_000, headers=FORM),
        served.browser().get("/tasks"),
        browser.get("/settings", headers={"host": "evil.example"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def test_a_form_without_the_token_of_the_session_does_nothing(served: Running) -> None:
    """Nor with the token of another session."""
    browser, other = served.as_(APPLICANT), served.as_(APPLICANT)
    for token in ("", "guess", other.token()):
        assert browser.post("/sign-out", token=token).status_code == 403
    assert browser.get("/settings").status_code == 200


def test_forms_of_other_sites_are_refused(served: Running) -> None:
    """By Sec-Fetch-Site where browsers send it, else by Origin; even with the token."""
    browser = served.as_(APPLICANT)
    token = browser.token()
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
        {"sec-fetch-site": "", "origin": "null"},
        {"sec-fetch-site": "", "origin": "http://127.0.0.1:9000"},
    ):
        assert browser.post("/sign-out", token=token, headers=headers).status_code == 403
    assert browser.get("/settings").status_code == 200
    assert browser.post("/sign-out", token=token, headers={"sec-fetch-site": "", "origin": ORIGIN}).status_code == 303


def test_reading_changes_nothing(served: Running) -> None:
    """What changes something does not answer to GET."""
    browser = served.as_(APPLICANT)
    for path in ("/sign-out", "/sign-in/demo"):
        assert browser.get(path).status_code == 405
    assert browser.get("/settings").status_code == 200


def test_bodies_are_capped_whatever_they_claim_to_be(served: Running) -> None:
    """With an honest length, without one, and for each type of content."""
    browser = served.as_(APPLICANT)

    async def endless():
        for _ in range(40):
            yield b"a" * 1000

    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "text/plain"):
        for path in ("/sign-out", "/api/v1/sessions"):
            for content in (b"a" * 40_000, endless()):
                answer = browser.request("POST", path, content=content, headers={"content-type": kind})
                # what is no multipart at all is refused at its first byte
                assert answer.status_code in ((400, 413, 415) if "multipart" in kind else (413, 415)), (kind, path)


def test_forms_are_capped_in_fields_and_take_no_files(served: Running) -> None:
    """Urlencoded and multipart alike."""
    browser = served.as_(APPLICANT)
    token = browser.token()
    many = "&".join(f"f{n}=" for n in range(60))
    assert browser.request("POST", "/sign-out", content=f"_csrf={token}&{many}", headers=FORM).status_code == 413
    parts = {f"f{n}": (None, "x") for n in range(60)}
    assert browser.request("POST", "/sign-out", files={"_csrf": (None, token), **parts}).status_code in (400, 413)
    assert browser.request("POST", "/sign-out", files={"_csrf": (None, token), "f": ("a.txt", b"x")}).status_code == 400
    for body in (f"_csrf={token}&x=%00", f"_csrf={token}&x=%ff", "_csrf=\xff"):
        assert browser.request("POST", "/sign-out", content=body.encode("latin-1"), headers=FORM).status_code == 400
    assert browser.request("POST", "/sign-out", content=b"{}", headers={"content-type": "application/json"}).status_code == 415
    assert browser.get("/settings").status_code == 200


def test_a_name_of_somebody_else_is_not_answered(served: Running) -> None:
    """It might lead here by DNS rebinding; addresses and local names are fine."""
    browser = served.browser()
    for host, status in {
        "evil.example": 400,
        "127.0.0.1:8000": 200,
        "[::1]:8000": 200,
        "localhost": 200,
        "intranet": 200,
        "a@b.c": 400,
    }.items():
        assert browser.get("/sign-in", headers={"host": host}).status_code == status, host


def test_outside_of_a_demo_the_published_names_are_answered(database: Database) -> None:
    """Any name as long as none is published."""
    for settings, status in (
        ({}, 303),
        ({"public_url": "https://oa.example.gov.cn"}, 400),
        ({"hosts": ("other.example",)}, 303),
    ):
        with running(database, Clock(), **settings) as served:
            assert served.browser().get("/", headers={"host": "other.example"}).status_code == status


def test_static_files_are_kept_by_their_digest_and_nothing_else_is_served(served: Running) -> None:
    """Compressed where asked for; no path leads out of the folder."""
    browser = served.browser()
    page = browser.get("/sign-in").text
    address = page[page.index("/static/app.css?v=") :].partition('"')[0]
    for url, cache in ((address, "public, max-age=31536000, immutable"), ("/static/app.css", "no-cache")):
        answer = browser.get(url, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == cache
        assert answer.headers["content-encoding"] == "gzip"
    again = browser.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    for path in ("/static/", "/static/nothing.css", "/static/..%2f__init__.py", "/static/%2e%2e/base.html", "/static/%00"):
        assert browser.get(path).status_code in (303, 404), path


def test_a_fragment_without_a_session_sends_the_whole_page_to_sign_in(served: Running) -> None:
    """And an autosave only hears that it failed, so that what was typed stays."""
    browser = served.browser()
    reading = browser.get("/tasks", headers={"hx-request": "true"})
    assert (reading.status_code, reading.headers["hx-redirect"]) == (401, "/sign-in?next=/tasks")
    saving = browser.post("/apps/leave/new", {"x": "y"}, headers={"hx-request": "true"})
    assert saving.status_code == 401
    assert "hx-redirect" not in saving.headers


def test_an_unexpected_error_is_a_page_and_a_log_line_without_what_was_typed(served: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """The message of an exception may quote answers; its type and place suffice."""

    async def broken(request: object) -> None:
        raise ValueError("身份证 330102199001011234")

    served.app.router.add_route("/broken", broken)
    answer = served.as_(APPLICANT).get("/broken")
    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    printed = capsys.readouterr()
    assert "ValueError" in printed.out + printed.err
    assert "330102" not in printed.out + printed.err + answer.text


def test_cookies_of_neighbours_do_not_confuse(served: Running) -> None:
    """A cookie whose name ends like ours is another one."""
    browser = served.as_(APPLICANT)
    mine = browser.client.cookies["dabashou"]

    def get(cookie: str) -> httpx.Response:
        return served.browser().get("/settings", headers={"cookie": cookie.encode("latin-1")})

    assert get(f"xdabashou=1; dabashou={mine}; y=2").status_code == 200
    assert get(f"a=dabashou=1;dabashou={mine}").status_code == 200
    assert get(f"xdabashou={mine}").status_code == 303
    assert get("dabashou=").status_code == 303
    assert get('\xff"; dabashou=\xfe').status_code == 303
