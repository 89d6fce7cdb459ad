"""The record: whatever is changed, cut off or put in shows, answers can be erased without breaking it, and old rows go when told to."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from support.city import APPLICANT, APPROVER
from support.house import House, app

from forms.form import Field
from runtime.casework import cases, erasing, verify
from runtime.casework.cases import Done
from runtime.store import chain, seals
from runtime.store import tables as t
from runtime.store.database import Database
from runtime.unattended import keeping
from workflows.app import Approve
from workflows.commands import Refusal

SECRET = "330102199001011233"


def house(database: Database, **settings: Any) -> House:
    number = Field(name="id_number", kind="text", title={"zh": "证件号", "en": "Id"})
    approve = Approve(id="head", title={"zh": "负责人", "en": "Head"}, who=f'user("{APPROVER}")')
    return House(database, app("visit", approve, fields=[number]), **settings)


def closed(house: House, key: str = "k") -> str:
    """A case with the secret in it that has ended."""
    case = house.submit("visit", key=key, id_number=SECRET)
    assert isinstance(house.act(APPROVER, case.open_tasks()[0].id), Done)
    return case.id


def first_bad(house: House, anchor: Path | None = None) -> str:
    wrong = house.database.read_now(verify.first_bad, anchor)
    return wrong["zh"] if wrong else ""


def everything(house: House) -> str:
    """All that the database holds, as text."""

    def read(conn: sa.Connection) -> str:
        return "\n".join(str(row) for table in t.metadata.sorted_tables for row in conn.execute(sa.select(table)))

    return house.database.read_now(read)


@pytest.mark.approval("edge-audit-chain")
def test_an_erased_answer_is_nowhere_and_the_chain_still_holds(database: Database) -> None:
    office = house(database)
    case, other = closed(office), closed(office, "k2")
    office.holds()
    done = office.run(erasing.erase, case, ("id_number",), "到期清除", "管理员")
    assert isinstance(done, Done)
    assert office.case(case).answers == {"reason": "事由"}
    assert office.case(other).answers["id_number"] == SECRET
    assert first_bad(office) == ""
    office.holds()
    events = office.rows(t.event, "case", "seq", "fact", "seal")
    assert not any(SECRET in str(row) for row in events if row[0] == case)
    assert everything(office).count(SECRET) == 2, "the row and the event of the other case"


@pytest.mark.approval("edge-audit-chain")
def test_a_digest_does_not_tell_what_was_erased(database: Database) -> None:
    """Without its salt nobody can try out what an answer was, and equal answers have different digests."""
    office = house(database)
    first, second = closed(office), closed(office, "k2")
    before = {row[0]: json.loads(row[2])["answers"]["id_number"] for row in office.rows(t.event, "case", "seq", "seal") if row[2]}
    for case in (first, second):
        office.run(erasing.erase, case, ("id_number",), "到期清除", "管理员")
    after = {row[0]: json.loads(row[2])["answers"]["id_number"] for row in office.rows(t.event, "case", "seq", "seal") if row[2]}
    assert before[first] != before[second]
    assert after[first] != after[second]
    assert not any(salt in everything(office) for salt in before.values())


def test_an_open_case_keeps_its_answers(database: Database) -> None:
    office = house(database)
    case = office.submit("visit", id_number=SECRET)
    refused = office.run(erasing.erase, case.number, ("id_number",), "到期清除", "管理员")
    assert isinstance(refused, Refusal)
    assert "办结以后" in refused.message["zh"]
    assert office.run(erasing.erase, "NO-9999", ("id_number",), "到期清除", "管理员") is None


@pytest.mark.parametrize(
    ("fields", "reason", "said"), [(("nothing",), "到期", "没有字段 nothing"), (("id_number",), " ", "理由"), ((), "到期", "哪些字段")]
)
def test_erasing_says_what_it_lacks(database: Database, fields: tuple[str, ...], reason: str, said: str) -> None:
    office = house(database)
    refused = office.run(erasing.erase, closed(office), fields, reason, "管理员")
    assert isinstance(refused, Refusal)
    assert said in refused.message["zh"]


def _fact(conn: sa.Connection, case: str) -> str:
    return str(conn.scalar(sa.select(t.event.c.fact).where(t.event.c.case == case, t.event.c.seq == 1)))


Forgery = Callable[[sa.Connection, str], None]


def _other_answer(conn: sa.Connection, case: str) -> None:
    fact = _fact(conn, case)
    conn.execute(sa.update(t.event).where(t.event.c.case == case, t.event.c.seq == 1).values(fact=fact.replace(SECRET, SECRET[::-1])))


def _hidden_erasure(conn: sa.Connection, case: str) -> None:
    """As `erase` does it, but without an event that says so."""
    assert chain.erase(conn, case, ["id_number"])


def _left_out(conn: sa.Connection, case: str) -> None:
    """The answer is gone, and its salt still there."""
    fact = json.loads(_fact(conn, case))
    del fact["answers"]["id_number"]
    conn.execute(sa.update(t.event).where(t.event.c.case == case, t.event.c.seq == 1).values(fact=json.dumps(fact)))


def _other_salt(conn: sa.Connection, case: str) -> None:
    fact = _fact(conn, case)
    conn.execute(sa.update(t.event).where(t.event.c.case == case, t.event.c.seq == 1).values(seal=seals.new(fact)[0]))


def _no_seal(conn: sa.Connection, case: str) -> None:
    conn.execute(sa.update(t.event).where(t.event.c.case == case, t.event.c.seq == 1).values(seal=None))


def _rubbish(conn: sa.Connection, case: str) -> None:
    conn.execute(sa.update(t.event).where(t.event.c.case == case, t.event.c.seq == 1).values(fact="{", seal="["))


@pytest.mark.approval("edge-audit-chain")
@pytest.mark.parametrize("forge", [_other_answer, _hidden_erasure, _left_out, _other_salt, _no_seal, _rubbish])
def test_a_changed_row_is_named(database: Database, forge: Forgery) -> None:
    office = house(database)
    closed(office)
    case = closed(office, "k2")
    database.write_now(forge, case)
    assert "第 1 条事件" in first_bad(office)
    assert case in first_bad(office)


def _cut(conn: sa.Connection, case: str, keep: int) -> None:
    """The newest events are gone, and every row says so."""
    conn.execute(sa.delete(t.event).where(t.event.c.case == case, t.event.c.seq > keep))
    conn.execute(sa.update(t.case).where(t.case.c.id == case).values(rev=keep))


@pytest.mark.approval("edge-audit-chain")
def test_an_anchor_outside_finds_a_cut_tail(database: Database, tmp_path: Path) -> None:
    """Nothing in the database itself says that there was more."""
    path = tmp_path / "anchor" / "heads.jsonl"
    office = house(database, anchor=path)
    case = closed(office)
    events = office.case(case).events
    office.run(keeping.anchor)
    assert first_bad(office, path) == ""
    database.write_now(_cut, case, events - 2)
    assert first_bad(office) == ""
    assert f"第 {events - 1} 条事件" in first_bad(office, path)


@pytest.mark.approval("edge-audit-chain")
def test_an_anchor_outside_finds_a_case_that_is_gone(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    office = house(database, anchor=path)
    case = closed(office)
    office.run(keeping.anchor)
    database.write_now(_cut, case, 0)
    assert "第 1 条事件" in first_bad(office, path)


def test_a_line_says_only_what_has_changed_since(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    office = house(database, anchor=path, anchor_minutes=60)
    first = closed(office)
    office.run(keeping.anchor)
    office.clock.forward(minutes=59)
    second = closed(office, "k2")
    office.run(keeping.anchor)
    assert len(path.read_text().splitlines()) == 1, "not yet time"
    office.clock.forward(minutes=1)
    office.run(keeping.anchor)
    office.clock.forward(minutes=60)
    office.run(keeping.anchor)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [[head[0] for head in line["heads"]] for line in lines] == [[first], [second]], "and none where nothing has changed"
    assert first_bad(office, path) == ""


@pytest.mark.approval("edge-audit-chain")
def test_a_changed_line_of_the_anchor_shows(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    office = house(database, anchor=path)
    for key in ("k1", "k2", "k3"):
        closed(office, key)
        office.run(keeping.anchor)
        office.clock.forward(hours=2)
    text = path.read_text().splitlines(keepends=True)
    assert len(text) == 3
    path.write_text(text[0] + text[2])
    assert first_bad(office, path) == "锚定文件第 2 行被改动过"
    path.unlink()
    assert "不在了" in first_bad(office, path)


@pytest.mark.approval("edge-audit-chain")
def test_erasing_keeps_the_anchor(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    office = house(database, anchor=path)
    case = closed(office)
    office.run(keeping.anchor)
    office.run(erasing.erase, case, ("id_number",), "到期清除", "管理员")
    assert first_bad(office, path) == ""


def test_old_messages_and_keys_go_after_the_days_that_are_set(database: Database) -> None:
    office = house(database, message_days=30, key_days=7)
    closed(office, "old")
    office.clock.forward(days=6)
    closed(office, "new")
    assert office.rows(t.idempotency, "key")[0] == ("new",) or ("old",) in office.rows(t.idempotency, "key")
    office.clock.forward(days=2)
    office.run(keeping.tidy)
    keys = {key for (key,) in office.rows(t.idempotency, "key")}
    assert "new" in keys
    assert "old" not in keys
    messages = len(office.rows(t.message, "id"))
    assert messages
    office.clock.now += timedelta(days=23)
    office.run(keeping.tidy)
    assert 0 < len(office.rows(t.message, "id")) < messages
    again = office.run(cases.submit, APPLICANT, "visit", {"reason": "事由", "id_number": SECRET}, "old")
    assert isinstance(again, Done)
    assert not again.replayed
