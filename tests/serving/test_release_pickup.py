"""A running server takes a release up within a second, and no request fails meanwhile."""

import time

import msgspec
from support.web import Clock, city, opened, running

from runtime.casework import releases
from runtime.store.database import Database
from workflows.app import release


def test_a_running_server_takes_a_release_up_within_a_second(database: Database, database_url: str) -> None:
    """Published by another process: pages are asked for all the time, and each is answered."""
    clock = Clock()
    city(database, clock)
    with running(database, clock, demo=True) as served, opened(database_url) as elsewhere:
        browser = served.as_("chen-xiaolin")
        current = elsewhere.read_now(releases.current)["leave"]
        kept = elsewhere.read_now(releases.find, current)
        assert kept is not None
        renamed = release(msgspec.structs.replace(kept.app, title={"zh": "请假（新版）", "en": "Leave, new"}))
        assert "请假（新版）" not in browser.get("/apps").text
        elsewhere.write_now(releases.store, renamed, "test", clock())
        published = time.monotonic()
        while "请假（新版）" not in (page := browser.get("/apps")).text:
            assert page.status_code == 200
            assert time.monotonic() - published < 1.0, "not taken up within a second"
        elsewhere.write_now(releases.retire, "leave", "test", clock())
        while (page := browser.get("/apps/leave/new")).status_code == 200:
            assert time.monotonic() - published < 3.0
        assert page.status_code == 410
        assert "不再受理新的申请" in page.text
