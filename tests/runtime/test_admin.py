"""Administering the installation: accounts, the organisation and how it stands; and nothing of what cases say."""

from collections.abc import Iterator

import pytest
from support.web import ADMINISTRATOR, APPLICANT, APPROVER, OUTSIDER, PASSWORD, Clock, Running, city, give_passwords, running

from runtime.store import tables
from runtime.store.database import Database

PAGES = ["/admin", "/admin/people", "/admin/organisation", f"/admin/people/{APPLICANT}"]
ACTS = [f"/admin/people/{APPLICANT}/{act}" for act in ("password", "disabling", "enabling")]


@pytest.fixture
def served(database: Database) -> Iterator[Running]:
    clock = Clock()
    city(database, clock)
    give_passwords(database, clock, APPLICANT, APPROVER, OUTSIDER, ADMINISTRATOR)
    with running(database, clock) as server:
        yield server


def test_an_administrator_sees_how_the_installation_stands(served: Running) -> None:
    """Apps with their releases, the years of the calendar, and who is left without anybody."""
    page = served.as_(ADMINISTRATOR).get("/admin").text
    assert "因公出差审批" in page
    assert "2026" in page
    assert "没有。每件在办的申请都有人办理。" in page


def test_for_everybody_else_administration_does_not_exist(served: Running) -> None:
    """Neither the pages nor the acts, and the acts do nothing."""
    for person in (APPLICANT, OUTSIDER):
        browser = served.as_(person)
        token = browser.token()
        assert [browser.get(path).status_code for path in PAGES] == [404] * len(PAGES)
        assert [browser.post(path, {"password": "another-Word-88"}, token=token).status_code for path in ACTS] == [404] * len(ACTS)
    assert served.browser().sign_in(APPLICANT).status_code == 303


def test_people_are_found_by_name_spelling_account_and_department(served: Running) -> None:
    """As they are remembered."""
    browser = served.as_(ADMINISTRATOR)
    for text in ("陈晓", "chenxiao", "cxl", "chen-x", "平台建设"):
        assert "陈晓琳" in browser.get("/admin/people", params={"q": text}).text
    assert "陈晓琳" not in browser.get("/admin/people", params={"q": "周建国"}).text
    assert "没有找到" in browser.get("/admin/people", params={"q": "100%_\\"}).text
    assert browser.get("/admin/people", params={"after": "x~y"}).status_code == 200


def test_disabling_and_enabling_an_account(served: Running) -> None:
    """Sessions of browsers and programs end at once; afterwards the person can sign in again."""
    browser, admin = served.as_(APPLICANT), served.as_(ADMINISTRATOR)
    program = served.browser()
    token = program.request("POST", "/api/v1/sessions", json={"user": APPLICANT, "password": PASSWORD}).json()["token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert program.get("/api/v1/tasks", headers=bearer).status_code == 200
    assert admin.post(f"/admin/people/{APPLICANT}/disabling").headers["location"] == f"/admin/people/{APPLICANT}"
    assert browser.get("/password").status_code == 303
    assert program.get("/api/v1/tasks", headers=bearer).status_code == 401
    assert served.browser().sign_in(APPLICANT).status_code == 401
    assert "已停用" in admin.get(f"/admin/people/{APPLICANT}").text
    assert admin.post(f"/admin/people/{APPLICANT}/enabling").status_code == 303
    assert served.browser().sign_in(APPLICANT).status_code == 303


def test_nobody_locks_out_oneself(served: Running) -> None:
    """There might be nobody left to undo it."""
    admin = served.as_(ADMINISTRATOR)
    assert admin.post(f"/admin/people/{ADMINISTRATOR}/disabling").status_code == 403
    assert admin.get("/admin").status_code == 200


def test_a_password_set_by_an_administrator_ends_sessions_and_must_be_changed(served: Running) -> None:
    """So that the administrator does not go on knowing it."""
    browser, admin = served.as_(APPLICANT), served.as_(ADMINISTRATOR)
    weak = admin.post(f"/admin/people/{APPLICANT}/password", {"password": "short"})
    assert weak.status_code == 422
    assert "至少 12 位" in weak.text
    assert admin.post(f"/admin/people/{APPLICANT}/password", {"password": "given-By-admin-5"}).status_code == 303
    assert browser.get("/password").status_code == 303
    again = served.browser()
    assert again.sign_in(APPLICANT, "given-By-admin-5").headers["location"] == "/password"
    bearer = served.browser().request("POST", "/api/v1/sessions", json={"user": APPLICANT, "password": "given-By-admin-5"}).json()
    refused = served.browser().get("/api/v1/tasks", headers={"authorization": f"Bearer {bearer['token']}"})
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("password-expired")


def test_what_administrators_do_is_recorded(served: Running) -> None:
    """Who, when, what, to whom; no password."""
    admin = served.as_(ADMINISTRATOR)
    admin.post(f"/admin/people/{APPLICANT}/password", {"password": "given-By-admin-5"})
    admin.post(f"/admin/people/{APPLICANT}/disabling")
    rows = served.database.read_now(lambda conn: conn.execute(tables.access_log.select()).all())
    assert {(row.person, row.action, row.object) for row in rows} >= {
        (ADMINISTRATOR, "password", APPLICANT),
        (ADMINISTRATOR, "disable", APPLICANT),
    }
    assert "given-By-admin" not in repr(rows)


def test_unknown_people_are_not_there(served: Running) -> None:
    """Whatever the address says."""
    admin = served.as_(ADMINISTRATOR)
    for path in ("/admin/people/nobody", "/admin/people/%00", "/admin/people/" + "x" * 500):
        assert admin.get(path).status_code == 404
    assert admin.post("/admin/people/nobody/disabling").status_code == 404
    assert admin.post("/admin/people/nobody/password", {"password": "given-By-admin-5"}).status_code == 404


def test_the_organisation_is_shown_with_heads_roles_and_posts(served: Running) -> None:
    """As it was imported."""
    page = served.as_(ADMINISTRATOR).get("/admin/organisation").text
    for words in ("平台建设处", "负责人 周建国", "流程管理员", "袁静", "科员"):
        assert words in page


@pytest.mark.approval("edge-organisation-changes", "edge-stuck")
def test_a_case_of_a_disabled_person_is_listed_without_its_content(served: Running) -> None:
    """Administrators see that it stands still, not what it says."""
    bearer = _bearer(served, APPLICANT)
    answers = {
        "trip_type": "city",
        "destination": "330100",
        "period": {"start": "2026-12-01", "end": "2026-12-03"},
        "reason": "参加省数据局组织的绝密培训",
    }
    started = served.browser().request(
        "POST", "/api/v1/apps/business-trip/cases", json={"answers": answers}, headers={**bearer, "idempotency-key": "one"}
    )
    assert started.status_code == 201, started.text
    admin = served.as_(ADMINISTRATOR)
    case = started.json()
    assert case["number"] not in admin.get("/admin").text
    assert admin.post(f"/admin/people/{APPROVER}/disabling").status_code == 303
    page = admin.get("/admin").text
    assert case["number"] in page
    assert "绝密" not in page
    assert admin.get(f"/cases/{case['id']}").status_code == 404


def _bearer(served: Running, person: str) -> dict[str, str]:
    got = served.browser().request("POST", "/api/v1/sessions", json={"user": person, "password": PASSWORD})
    return {"authorization": f"Bearer {got.json()['token']}"}


def test_the_first_administrator_can_look_around_before_anything_is_imported(database: Database) -> None:
    """No organisation, no apps, no calendar: there is administration, and all else leads there."""
    from runtime.people import first_run, passwords

    secret = database.write_now(first_run.prepare)
    clock = Clock()
    database.write_now(first_run.finish, passwords.hash_now(PASSWORD), secret, "test", clock())
    with running(database, clock) as served:
        admin = served.as_("admin")
        for path in ("/settings", "/admin", "/admin/people", "/admin/organisation", "/admin/people/admin"):
            assert admin.get(path).status_code == 200, path
        for path in ("/", "/apps", "/tasks", "/mine", "/drafts", "/copied"):
            assert admin.get(path).headers["location"] == "/admin", path
        assert "还没有导入组织机构" in admin.get("/admin").text


def test_an_import_leaves_the_first_administrator_alone(database: Database) -> None:
    """The files of the organisation do not name this account."""
    from runtime.people import first_run, passwords

    clock = Clock()
    database.write_now(first_run.finish, passwords.hash_now(PASSWORD), None, "test", clock())
    city(database, clock, apps=False)
    with running(database, clock) as served:
        assert served.as_("admin").get("/admin").status_code == 200
