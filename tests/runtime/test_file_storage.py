"""The same files in a folder and in a bucket of an S3 server, over HTTP; and uploads on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio.from_thread
import pytest
from moto.server import ThreadedMotoServer
from support import papers, web
from support.databases import BOTH
from support.web import APPLICANT, Clock

from forms.form import Field
from runtime.files import uploads
from runtime.files.storage import Storage
from runtime.files.uploads import Place
from runtime.settings import Settings
from runtime.store.database import Database


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, Any]]:
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys).create_bucket(Bucket="files")
    yield {"storage_bucket": "files", "storage_endpoint": url, "storage_key": "key", "storage_secret": "secret"}
    server.stop()


@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_what_is_put_there_is_read_again_and_taken_away(tmp_path: Path, request: pytest.FixtureRequest, where: str) -> None:
    settings = request.getfixturevalue("bucket") if where == "bucket" else {}
    storage = Storage(Settings(data=tmp_path, **settings))
    large = tmp_path / "large"
    large.write_bytes(b"x" * 12_000_000)

    async def go() -> None:
        await storage.put("whole/ab/small", b"small")
        await storage.put("whole/ab/large", large)
        assert await storage.has("whole/ab/small")
        assert b"".join([piece async for piece in await storage.read("whole/ab/large")]) == large.read_bytes()
        await storage.remove("whole/ab/small", "whole/ab/never")
        assert not await storage.has("whole/ab/small")
        with pytest.raises(FileNotFoundError):
            await storage.read("whole/ab/small")

    # in a thread of its own: where a browser is driven, this one has a loop already
    with anyio.from_thread.start_blocking_portal() as portal:
        portal.call(go)


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_an_upload_is_kept_and_tidied_on_either_database(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    web.city(database, clock, apps=False)
    field = Field(name="receipts", kind="attachment", title={"zh": "票据"})
    with web.running(database, clock, demo=True, data=tmp_path) as office:
        site, place = office.site, Place(APPLICANT, "travel-expense", field, "d" * 32)
        file = office.call(uploads.begin, site, place, "a.pdf", len(papers.PDF), clock())
        file = office.call(uploads.append, site, file, 0, papers.PDF, clock())
        kept = office.call(uploads.assemble, site, file, field, clock())
        assert (kept.state, kept.sort, kept.pages) == ("kept", "pdf", 1)
        clock.forward(hours=25)
        assert office.call(uploads.tidy, site, clock()) == 1
        assert office.database.read_now(uploads.find, APPLICANT, kept.id) is None
