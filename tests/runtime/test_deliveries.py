"""What leaves the system reaches the other side: mail over SMTP, signed calls over HTTP; and what must not leave does not."""

import asyncio
import base64
import hashlib
import hmac
import json
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from support.city import APPLICANT, APPROVER, OUTSIDER, SHORT, City, Clock, found
from support.databases import written
from support.receivers import MailServer, Receiver, mail_server, receiver, silent_port

from runtime import outgoing
from runtime.casework import cases
from runtime.casework.releases import Catalogue
from runtime.settings import Settings, WebhookTarget
from runtime.site import Site
from runtime.store import outbox
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.unattended import webhooks
from runtime.unattended.work import Work
from workflows import effects

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = ("127.0.0.0/8", "::1/128")
TEXT = {"zh": "您有一件待办：\n请假申请", "en": "A task for you: leave request"}


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """The way out does not depend on the kind of database."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close()


class House:
    """A site with one case, and what it sends."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database = database
        self.site = Site(Settings(**settings), database, Catalogue(), Clock())
        city, done = asyncio.run(self._begin(database))
        self.city: City = city
        self.case = done.case.id
        database.write_now(lambda conn: [conn.execute(sa.delete(table)) for table in (t.timer, t.outbox)])

    @staticmethod
    async def _begin(database: Database) -> tuple[City, cases.Done]:
        city = await found(database)
        done = await cases.submit(city, APPLICANT, "leave", SHORT, "k")
        assert isinstance(done, cases.Done)
        return city, done

    def put(self, id: str, kind: str, body: effects.Body) -> None:
        row = {"id": id, "organisation": "qingxi", "kind": kind, "case": self.case, "body": msgspec.json.encode(body).decode()}
        self.database.write_now(written, outbox.put, [row], self.site.clock())

    def work(self) -> None:
        async def settle() -> None:
            await Work(self.site).settle()

        asyncio.run(settle())

    def letters(self) -> list[tuple[str, str, str]]:
        columns = (t.outbox.c.id, t.outbox.c.state, t.outbox.c.error)
        return self.database.read_now(lambda conn: [tuple(row) for row in conn.execute(sa.select(*columns).order_by(t.outbox.c.id))])

    def person(self, person: str, **columns: Any) -> None:
        self.database.write_now(lambda conn: conn.execute(sa.update(t.person).where(t.person.c.id == person).values(**columns)))


# --- mail ---


@pytest.fixture
def mails() -> Iterator[tuple[MailServer, int]]:
    with mail_server() as running:
        yield running


def message(person: str, task: str | None = None) -> effects.Message:
    return effects.Message(person=person, kind="task", step="head", task=task, text=TEXT)


def test_a_message_becomes_a_mail_with_a_link(database: Database, mails: tuple[MailServer, int]) -> None:
    """In the reader's language, on one line, with an id by which a repetition is known."""
    server, port = mails
    house = House(
        database, mail_server="127.0.0.1", mail_port=port, mail_from="搭把手 <oa@qingxi.example>", public_url="https://oa.qingxi.example"
    )
    house.person(APPROVER, email="zhou@qingxi.example")
    house.put("e1", "mail", message(APPROVER, "task-1"))
    house.work()
    (letter,) = server.letters
    assert letter.to == ["zhou@qingxi.example"]
    assert letter.mail["subject"] == "陈晓琳 · 回乡探亲：您有一件待办： 请假申请"
    assert letter.mail["from"] == "搭把手 <oa@qingxi.example>"
    assert letter.mail["message-id"] == "<e1@oa.qingxi.example>"
    assert letter.mail["auto-submitted"] == "auto-generated"
    assert "https://oa.qingxi.example/tasks/task-1" in letter.mail.get_content()
    assert "请假申请 · QJ-20261123-0001 · 陈晓琳 · 回乡探亲" in letter.mail.get_content()
    assert house.letters() == []


def test_who_has_no_address_or_may_not_sign_in_gets_no_mail(database: Database, mails: tuple[MailServer, int]) -> None:
    """The message in the system is enough."""
    server, port = mails
    house = House(database, mail_server="127.0.0.1", mail_port=port)
    house.person(OUTSIDER, email="wu@qingxi.example", disabled=True)
    house.put("e1", "mail", message(APPROVER))
    house.put("e2", "mail", message(OUTSIDER))
    house.put("e3", "mail", message("nobody"))
    house.work()
    assert server.letters == []
    assert house.letters() == []


def test_an_address_that_the_server_refuses_for_good_makes_a_dead_letter(database: Database, mails: tuple[MailServer, int]) -> None:
    """One that it refuses for now is tried again."""
    server, port = mails
    server.answers = {"a@qingxi.example": "550 no such user", "b@qingxi.example": "451 later"}
    house = House(database, mail_server="127.0.0.1", mail_port=port)
    house.person(APPROVER, email="a@qingxi.example")
    house.person(APPLICANT, email="b@qingxi.example")
    house.put("e1", "mail", message(APPROVER))
    house.put("e2", "mail", message(APPLICANT))
    house.work()
    assert house.letters() == [
        ("e1", "dead", "the mail server refused the address: 550"),
        ("e2", "waiting", "the mail server refused the address: 451"),
    ]
    server.answers.clear()
    house.site.clock.forward(seconds=6)  # type: ignore[attr-defined]
    house.work()
    assert [letter.to for letter in server.letters] == [["b@qingxi.example"]]


def test_a_mail_server_that_is_away_is_waited_for(database: Database) -> None:
    """Nothing is lost."""
    with silent_port() as port:
        pass
    house = House(database, mail_server="127.0.0.1", mail_port=port)
    house.person(APPROVER, email="zhou@qingxi.example")
    house.put("e1", "mail", message(APPROVER))
    house.work()
    assert [(id, state) for id, state, _ in house.letters()] == [("e1", "waiting")]


def test_a_decision_writes_a_message_and_a_letter_only_where_mail_is_set_up(database: Database) -> None:
    """Without a mail server the outbox stays empty."""
    house = House(database)
    assert not house.site.mails
    assert house.letters() == []


# --- webhooks ---


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def target(url: str, *networks: str) -> dict[str, Any]:
    return {"url": url, "secret": SECRET, "networks": networks}


def call(name: str = "archive") -> effects.Webhook:
    return effects.Webhook(name=name, payload={"number": "QJ-1", "标题": "请假"})


def test_signatures_are_those_of_standard_webhooks() -> None:
    """The example of the specification."""
    signed = webhooks.sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.approval("step-send")
def test_a_call_reaches_its_target_with_a_signature_that_holds(database: Database, hook: Receiver) -> None:
    """As a receiver checks it: over id, moment and body, with the shared key."""
    house = House(database, webhooks={"archive": target(f"http://127.0.0.1:{hook.port}/in?x=1", *LOOPBACK)})
    house.put("e1", "webhook", call())
    house.work()
    (got,) = hook.calls
    assert got.path == "/in?x=1"
    assert json.loads(got.body) == {"number": "QJ-1", "标题": "请假"}
    assert got.headers["webhook-id"] == "e1"
    assert int(got.headers["webhook-timestamp"]) == int(house.site.clock().timestamp())
    signed = f"e1.{got.headers['webhook-timestamp']}.".encode() + got.body
    own = hmac.digest(base64.b64decode(SECRET.removeprefix("whsec_")), signed, hashlib.sha256)
    assert got.headers["webhook-signature"] == "v1," + base64.b64encode(own).decode()
    assert house.letters() == []


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (500, "waiting", "answered 500"),
        (404, "waiting", "answered 404"),
        (302, "waiting", "answered 302"),
        (410, "dead", "answered 410: the receiver wants no more of these"),
    ],
)
def test_what_a_target_does_not_take_is_tried_again(database: Database, hook: Receiver, status: int, state: str, error: str) -> None:
    """Redirections are not followed: they could lead anywhere."""
    hook.status, hook.headers = status, {"location": f"http://127.0.0.1:{hook.port}/elsewhere"}
    house = House(database, webhooks={"archive": target(f"http://localhost:{hook.port}/", *LOOPBACK)})
    house.put("e1", "webhook", call())
    house.work()
    assert house.letters() == [("e1", state, error)]
    assert [got.path for got in hook.calls] == ["/"]


def test_a_repetition_has_the_same_id(database: Database, hook: Receiver) -> None:
    """By it the receiver knows that it has had this one."""
    hook.status = 503
    house = House(database, webhooks={"archive": target(f"http://127.0.0.1:{hook.port}/", *LOOPBACK)})
    house.put("e1", "webhook", call())
    house.work()
    hook.status = 200
    house.site.clock.forward(seconds=6)  # type: ignore[attr-defined]
    house.work()
    assert [got.headers["webhook-id"] for got in hook.calls] == ["e1", "e1"]
    assert len({got.headers["webhook-timestamp"] for got in hook.calls}) == 2
    assert house.letters() == []


def test_a_name_that_is_not_declared_makes_a_dead_letter(database: Database) -> None:
    """A definition may name any; which there are administrators say."""
    house = House(database)
    house.put("e1", "webhook", call("unknown"))
    house.work()
    assert house.letters() == [("e1", "dead", "no webhook target unknown is declared")]


def test_private_addresses_are_refused_after_the_name_was_resolved(database: Database, hook: Receiver) -> None:
    """`localhost` is a name like any other that leads inside."""
    house = House(database, webhooks={"archive": target(f"http://localhost:{hook.port}/")})
    house.put("e1", "webhook", call())
    house.work()
    ((_, state, error),) = house.letters()
    assert state == "dead"
    assert error.endswith("is not allowed for this target")
    assert hook.calls == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_no_way_leads_inside(address: str) -> None:
    """Loopback, private, link-local, shared, multicast and reserved addresses, and those that IPv6 wraps them in."""
    assert not outgoing.allowed(address, (), secure=True)


def test_public_addresses_are_called_over_tls_and_allowed_networks_anyhow() -> None:
    """Without TLS anybody on the way could read along."""
    plain, inside = (), WebhookTarget(**target("http://x.example", "10.2.0.0/16", "fd00::/8")).networks
    assert outgoing.allowed("1.1.1.1", plain, secure=True)
    assert outgoing.allowed("2606:4700::1111", plain, secure=True)
    assert not outgoing.allowed("1.1.1.1", plain, secure=False)
    assert outgoing.allowed("10.2.3.4", inside, secure=False)
    assert outgoing.allowed("::ffff:10.2.3.4", inside, secure=False)
    assert outgoing.allowed("fd00::1", inside, secure=False)
    assert not outgoing.allowed("10.3.0.1", inside, secure=True)


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "https:///x", "https://u:p@x.example/", "https://x.example:99999/", "https://x.example/a\r\nb", "x.example"]
)
def test_what_is_no_address_of_the_web_makes_a_dead_letter(database: Database, url: str) -> None:
    """A typing mistake of an administrator's."""
    house = House(database, webhooks={"archive": target(url, *LOOPBACK)})
    house.put("e1", "webhook", call())
    house.work()
    assert house.letters() == [("e1", "dead", "the target's URL is not one")]


def test_a_target_that_says_nothing_is_given_up_for_now(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call must not hold a worker for ever."""
    monkeypatch.setattr(webhooks, "PATIENCE", 0.2)
    with silent_port() as port:
        house = House(database, webhooks={"archive": target(f"http://127.0.0.1:{port}/", *LOOPBACK)})
        house.put("e1", "webhook", call())
        house.work()
    assert house.letters() == [("e1", "waiting", "no answer within 0 s")]


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    names = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"), "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", *names]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    return context


def test_a_certificate_that_nobody_has_signed_gets_nothing(database: Database, self_signed: ssl.SSLContext) -> None:
    """Anybody could have made it."""
    with receiver(self_signed) as hook:
        house = House(database, webhooks={"archive": target(f"https://127.0.0.1:{hook.port}/", *LOOPBACK)})
        house.put("e1", "webhook", call())
        house.work()
        assert hook.calls == []
    assert house.letters() == [("e1", "waiting", "no secure connection: CERTIFICATE_VERIFY_FAILED")]


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="])
def test_a_weak_secret_is_no_setting(secret: str) -> None:
    """The server says so and does not start."""
    with pytest.raises(ValueError, match="whsec_ and base64"):
        WebhookTarget(url="https://x.example", secret=secret)  # type: ignore[arg-type]
