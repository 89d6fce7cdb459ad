"""Getting in, being kept out, and getting out."""

from collections.abc import Iterator

import pytest
from support.web import APPLICANT, APPROVER, PASSWORD, Clock, Running, city, give_passwords, running

from runtime.people import passwords, signing_in
from runtime.store import tables
from runtime.store.database import Database


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock, apps=False)
    give_passwords(database, clock, APPLICANT, APPROVER, "mo-ran")
    with running(database, clock) as server:
        yield server


def test_a_person_signs_in_with_account_and_password(served: Running) -> None:
    """Afterwards pages answer, in a session whose cookie scripts cannot read."""
    browser = served.browser()
    response = browser.sign_in(APPLICANT)
    assert response.status_code == 303
    assert response.headers["location"] == "/"
    cookie = next(value for value in response.headers.get_list("set-cookie") if value.startswith("dabashou="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert browser.get("/password").status_code == 200


def test_without_a_session_every_page_leads_to_sign_in(served: Running) -> None:
    """And back to where one wanted to go; a foreign address is not followed."""
    browser = served.browser()
    assert browser.get("/tasks?app=leave").headers["location"] == "/sign-in?next=/tasks%3Fapp%3Dleave"
    token = browser.token()
    going = browser.post("/sign-in", {"account": APPLICANT, "password": PASSWORD, "next": "/tasks?app=leave"}, token=token)
    assert going.headers["location"] == "/tasks?app=leave"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\tx"):
        again = served.browser()
        answer = again.post("/sign-in", {"account": APPLICANT, "password": PASSWORD, "next": elsewhere})
        assert answer.headers["location"] == "/"


def test_known_and_unknown_people_get_the_same_answer(served: Running) -> None:
    """Only what was typed differs."""
    known = served.browser().sign_in(APPLICANT, "wrong-Password-1")
    unknown = served.browser().sign_in("nobody-here", "wrong-Password-1")
    without = served.browser().sign_in("bai-lu", "wrong-Password-1")
    assert known.status_code == unknown.status_code == without.status_code == 401
    plain = [_constant(answer.text, account) for answer, account in ((known, APPLICANT), (unknown, "nobody-here"), (without, "bai-lu"))]
    assert plain[0] == plain[1] == plain[2]


def _constant(page: str, account: str) -> str:
    start = page.index('name="_csrf" value="')
    end = page.index('"', start + 20)
    return (page[:start] + page[end:]).replace(account, "…").replace(page[start + 20 : end], "…")


def test_wrong_passwords_lock_the_account_for_a_while(served: Running) -> None:
    """The right password does not help then; later it does. Unknown accounts are locked the same way."""
    for account in (APPLICANT, "nobody-here"):
        browser = served.browser()
        assert [browser.sign_in(account, f"wrong-Password-{n}").status_code for n in range(6)] == [401] * 5 + [429]
    refused = served.browser().sign_in(APPLICANT)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    served.clock.forward(minutes=16)
    assert served.browser().sign_in(APPLICANT).status_code == 303


def test_the_right_password_forgives_the_wrong_ones_before(served: Running) -> None:
    """Otherwise four slips a day would add up."""
    for _ in range(2):
        for n in range(4):
            assert served.browser().sign_in(APPLICANT, f"wrong-Password-{n}").status_code == 401
        assert served.browser().sign_in(APPLICANT).status_code == 303


def test_one_address_is_throttled_over_all_accounts(database: Database) -> None:
    """A list of accounts with one password each is the other way to guess."""
    clock = Clock()
    city(database, clock, apps=False)
    give_passwords(database, clock, APPLICANT, "mo-ran")
    with running(database, clock, sign_in_failures_address=3) as served:
        for n in range(3):
            assert served.browser("10.0.0.9").sign_in(f"account-{n}", "x").status_code == 401
        assert served.browser("10.0.0.9").sign_in(APPLICANT).status_code == 429
        assert served.browser("10.0.0.10").sign_in(APPLICANT).status_code == 303


def test_what_is_typed_as_account_is_not_stored(served: Running) -> None:
    """People type their password there."""
    served.browser().sign_in("My-Secret-Password-1", "x")
    rows = served.database.read_now(lambda conn: conn.execute(tables.sign_in_failure.select()).all())
    logged = served.database.read_now(lambda conn: conn.execute(tables.access_log.select()).all())
    assert "secret" not in repr((rows, logged)).lower()


def test_a_session_ends_when_idle_and_after_a_day_of_work(served: Running) -> None:
    """Idle for half an hour; twelve hours in any case."""
    browser = served.as_(APPLICANT)
    served.clock.forward(minutes=31)
    served.site.sessions.forget(person=APPLICANT)
    assert browser.get("/password").status_code == 303
    busy = served.as_(APPLICANT)
    for _ in range(26):
        served.clock.forward(minutes=28)
        served.site.sessions.forget(person=APPLICANT)
        last = busy.get("/password").status_code
        served.call(served.site.sessions.settle)
    assert last == 303


def test_signing_in_again_gives_a_new_session_and_ends_the_old(served: Running) -> None:
    """A session id that somebody planted or saw is worth nothing."""
    browser = served.as_(APPLICANT)
    before = browser.client.cookies["dabashou"]
    token = browser.token()
    assert browser.post("/sign-in", {"account": APPLICANT, "password": PASSWORD}, token=token).status_code in (303, 403)
    planted = served.browser()
    planted.client.cookies.set("dabashou", "chosen-by-somebody-else", domain="127.0.0.1")
    planted.sign_in(APPLICANT)
    assert "chosen-by-somebody-else" not in [
        cookie.value for cookie in planted.client.cookies.jar if cookie.path == "/" and cookie.domain == ""
    ]
    assert before


def test_only_a_digest_of_the_token_is_stored(served: Running) -> None:
    """Who reads the table cannot sign in with it."""
    browser = served.as_(APPLICANT)
    token = browser.client.cookies["dabashou"]
    rows = served.database.read_now(lambda conn: conn.execute(tables.session.select()).all())
    assert len(rows) == 1
    assert token not in repr(rows)


def test_signing_out_ends_the_session_at_once(served: Running) -> None:
    """The cookie that was copied meanwhile is worth nothing."""
    browser, thief = served.as_(APPLICANT), served.browser()
    thief.client.cookies.set("dabashou", browser.client.cookies["dabashou"], domain="127.0.0.1")
    assert thief.get("/password").status_code == 200
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    assert thief.get("/password").status_code == 303
    assert browser.get("/password").status_code == 303


def test_a_password_set_by_somebody_else_must_be_changed_first(served: Running) -> None:
    """No page answers before; afterwards the old password and other sessions are gone."""
    hashed = _hash("temporary-Pass-1")
    served.database.write_now(_store(APPLICANT, hashed, served.clock))
    browser = served.browser()
    assert browser.sign_in(APPLICANT, "temporary-Pass-1").headers["location"] == "/password"
    assert browser.get("/tasks").headers["location"] == "/password"
    wrong = {"current": "temporary-Pass-1", "password": "short", "again": "short"}
    assert browser.post("/password", wrong).status_code == 422
    same = {"current": "temporary-Pass-1", "password": "temporary-Pass-1", "again": "temporary-Pass-1"}
    assert browser.post("/password", same).status_code == 422
    good = {"current": "temporary-Pass-1", "password": "my-Own-word-77", "again": "my-Own-word-77"}
    assert browser.post("/password", good).headers["location"] == "/"
    assert browser.get("/password").status_code == 200
    assert served.browser().sign_in(APPLICANT, "temporary-Pass-1").status_code == 401
    assert served.browser().sign_in(APPLICANT, "my-Own-word-77").status_code == 303


def _hash(password: str) -> str:
    return passwords.hash_now(password)


def _store(person: str, hashed: str, clock: Clock):
    return lambda conn: signing_in.store_password(conn, person, hashed, by="mo-ran", address="", temporary=True, now=clock())


def test_a_form_that_outlived_its_session_is_sent_on_after_signing_in(served: Running) -> None:
    """Nothing that was typed is lost; somebody else does not get it."""
    browser = served.as_(APPLICANT)
    old = browser.token()
    served.clock.forward(hours=13)
    served.site.sessions.forget(person=APPLICANT)
    page = browser.post("/tasks/abc/decision", [("opinion", "同意\n但请注意 <b>"), ("action", "approve")], token=old)
    assert page.status_code == 401
    parked = _field(page.text, "parked")
    token = _field(page.text, "_csrf")
    back = browser.post("/sign-in", {"account": APPLICANT, "password": PASSWORD, "next": "/", "parked": parked}, token=token)
    assert back.status_code == 200
    assert 'action="/tasks/abc/decision"' in back.text
    assert "但请注意 &lt;b&gt;" in back.text
    other = served.browser()
    token = other.token()
    away = other.post("/sign-in", {"account": APPROVER, "password": PASSWORD, "next": "/", "parked": parked}, token=token)
    assert away.headers["location"] == "/"


def _field(page: str, name: str) -> str:
    import html

    start = page.index(f'name="{name}" value="') + len(name) + 15
    return html.unescape(page[start : page.index('"', start)])


def test_choosing_a_person_exists_in_a_demo_only(served: Running, database: Database) -> None:
    """Outside of it there is no such route."""
    browser = served.browser()
    assert browser.post("/sign-in/demo", {"person": APPLICANT}).status_code == 404
    assert "dabashou" not in browser.client.cookies


def test_in_a_demo_one_chooses_who_to_be(database: Database) -> None:
    """By one click, without a password."""
    clock = Clock()
    city(database, clock, apps=False)
    with running(database, clock, demo=True) as served:
        page = served.browser().get("/sign-in")
        assert "陈晓琳" in page.text
        browser = served.as_(APPLICANT)
        assert browser.get("/sign-in").status_code == 303
        assert served.browser().post("/sign-in/demo", {"person": "lu-ming"}).status_code == 401
        assert served.browser().post("/sign-in/demo", {"person": "nobody"}).status_code == 401


def test_nothing_works_before_the_first_administrator_has_a_password(database: Database) -> None:
    """The page needs the secret of the console, which is worth nothing afterwards."""
    from runtime.people import first_run

    secret = database.write_now(first_run.prepare)
    with running(database) as served:
        browser = served.browser()
        for path in ("/", "/sign-in", "/tasks", "/admin"):
            assert browser.get(path).headers["location"] == "/setup"
        assert browser.get("/api/v1/apps").status_code in (401, 503)
        token = _field(browser.get("/setup").text, "_csrf")
        new = {"password": "first-Admin-word-1", "again": "first-Admin-word-1"}
        assert browser.post("/setup", {"secret": "guess", **new}, token=token).status_code == 422
        assert browser.post("/setup", {"secret": secret, "password": "weak", "again": "weak"}, token=token).status_code == 422
        assert browser.post("/setup", {"secret": secret, **new}, token=token).headers["location"] == "/sign-in"
        assert browser.get("/setup").status_code == 404
        assert browser.post("/setup", {"secret": secret, **new}, token=token).status_code == 404
        assert browser.sign_in("admin", "first-Admin-word-1").headers["location"] == "/"


def test_with_https_the_cookie_goes_over_it_only(database: Database) -> None:
    """And its name forbids neighbours to set it."""
    clock = Clock()
    city(database, clock, apps=False)
    give_passwords(database, clock, APPLICANT, "mo-ran")
    with running(database, clock, public_url="https://oa.example.gov.cn") as served:
        browser = served.browser(origin="https://oa.example.gov.cn")
        response = browser.sign_in(APPLICANT)
        cookie = next(value for value in response.headers.get_list("set-cookie") if value.startswith("__Host-dabashou="))
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "strict-transport-security" in response.headers


def test_a_disabled_person_is_out_at_once(served: Running) -> None:
    """The next click fails, and signing in, too."""
    browser = served.as_(APPLICANT)
    assert browser.get("/password").status_code == 200
    admin = served.as_("mo-ran")
    assert admin.post(f"/admin/people/{APPLICANT}/disabling").status_code == 303
    assert browser.get("/password").status_code == 303
    assert served.browser().sign_in(APPLICANT).status_code == 401
