"""The organisation: imported, asked as the engine asks, searched as people type."""

import asyncio
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from support import city
from support.city import APPLICANT, APPROVER, MONDAY, ORGANISATION, OUTSIDER, READER

from runtime.people import organisation
from runtime.people.organisation import DatabaseDirectory
from runtime.store import tables
from runtime.store.database import Database
from workflows.people import Department, Holding, Organisation, Person
from workflows.roster import Roster


@pytest.fixture
def office(database: Database) -> Database:
    database.write_now(organisation.import_organisation, ORGANISATION, MONDAY)
    return database


def without(person: str) -> Organisation:
    return msgspec.structs.replace(ORGANISATION, people=tuple(p for p in ORGANISATION.people if p.id != person))


def sign_in(database: Database, person: str) -> None:
    row = {"digest": person, "organisation": "qingxi", "person": person, "created_at": MONDAY, "seen_at": MONDAY}
    known: dict[str, Any] = {
        column.name: row.get(column.name, "") for column in tables.session.columns if column.name in row or not column.nullable
    }
    database.write_now(lambda conn: conn.execute(sa.insert(tables.session), known).rowcount)


def signed_in(database: Database) -> set[str]:
    return set(database.read_now(lambda conn: conn.scalars(sa.select(tables.session.c.person)).all()))


def test_what_was_imported_stands(office: Database) -> None:
    """And importing it again changes nothing."""
    assert office.read_now(organisation.stored) == ORGANISATION
    assert office.write_now(organisation.import_organisation, ORGANISATION, MONDAY) == []


def test_a_dry_run_foretells_the_import(office: Database) -> None:
    """One person moves, one leaves, a department is new."""
    moved = Person(id=OUTSIDER, name="吴刚", holdings=(Holding(department="archives", post="clerk"),))
    new = Department(id="press", title={"zh": "新闻科"}, parent="office")
    people = tuple(moved if p.id == OUTSIDER else p for p in without(READER).people)
    next = msgspec.structs.replace(ORGANISATION, people=people, departments=(*ORGANISATION.departments, new))
    foretold = office.read_now(organisation.compare, next)
    assert [(c.kind, c.id, c.what, c.fields) for c in foretold] == [
        ("department", "press", "added", ()),
        ("person", OUTSIDER, "changed", ("holdings",)),
        ("person", READER, "removed", ()),
    ]
    assert office.read_now(organisation.stored) == ORGANISATION
    assert office.write_now(organisation.import_organisation, next, MONDAY) == foretold


def test_who_has_left_is_signed_out_and_keeps_a_name(office: Database) -> None:
    """Records name them; coming back, they are themselves again."""
    sign_in(office, READER)
    office.write_now(organisation.import_organisation, without(READER), MONDAY)
    assert signed_in(office) == set()
    assert office.read_now(organisation.names, [READER], ["office"]) == {READER: "林芳", "office": "办公室"}
    left = office.read_now(lambda conn: DatabaseDirectory(conn).person(READER))
    assert left is not None
    assert left.disabled
    office.write_now(organisation.import_organisation, ORGANISATION, MONDAY)
    assert office.read_now(organisation.stored) == ORGANISATION


def test_disabling_ends_sessions_at_once_and_outlives_imports(office: Database) -> None:
    """Only an administrator lifts what an administrator did."""
    sign_in(office, APPLICANT)
    sign_in(office, APPROVER)
    assert office.write_now(organisation.disable, APPLICANT)
    assert signed_in(office) == {APPROVER}
    assert office.write_now(organisation.import_organisation, ORGANISATION, MONDAY) == []
    assert office.read_now(organisation.applicant, APPLICANT) is None
    assert office.write_now(organisation.enable, APPLICANT)
    assert office.read_now(organisation.applicant, APPLICANT)
    assert not office.write_now(organisation.disable, "nobody")


def test_the_directory_answers_as_the_roster(office: Database) -> None:
    """One engine over both: the same people in the same order."""
    roster = Roster(ORGANISATION)

    def compare(conn: sa.Connection) -> None:
        directory = DatabaseDirectory(conn)
        assert directory.calendar == roster.calendar
        for person in [*(p.id for p in ORGANISATION.people), "nobody"]:
            assert directory.person(person) == roster.person(person)
        for department in [*(d.id for d in ORGANISATION.departments), "nowhere"]:
            assert directory.department(department) == roster.department(department)
            assert directory.members(department) == roster.members(department)
            for role in ("finance-clerk", "flow-admin", "nothing"):
                assert directory.role_holders(role, department) == roster.role_holders(role, department), (role, department)
            for post in ("head", "clerk", "nothing"):
                assert directory.post_holders(post, department) == roster.post_holders(post, department)
        for role in ("finance-clerk", "flow-admin", "nothing"):
            assert directory.role_holders(role) == roster.role_holders(role)
            assert directory.role_title(role) == roster.role_title(role)
        for post in ("head", "clerk", "nothing"):
            assert directory.post_holders(post) == roster.post_holders(post)
            assert directory.post_title(post) == roster.post_title(post)

    office.read_now(compare)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("周", [APPROVER]),
        ("建国", [APPROVER]),
        ("zhoujian", [APPROVER]),
        ("ZJG", [APPROVER]),
        ("chen-xiao", [APPLICANT]),
        (" ", []),
        ("%", []),
        ("没有", []),
    ],
)
def test_people_are_found_by_what_is_typed(office: Database, typed: str, found: list[str]) -> None:
    """Part of the name, spelling, initials, id; wildcards mean themselves."""
    assert [person.id for person in office.read_now(organisation.find_people, typed)] == found


def test_the_disabled_are_not_found(office: Database) -> None:
    """Nothing can be given to them."""
    office.write_now(organisation.disable, APPROVER)
    assert office.read_now(organisation.find_people, "周") == []


def test_an_empty_database_says_what_to_do(database: Database) -> None:
    """The first thing an installation needs."""
    with pytest.raises(LookupError, match="org import"):
        database.read_now(lambda conn: DatabaseDirectory(conn).calendar)


def test_a_running_server_picks_a_release_up(database: Database) -> None:
    """And cases that began before keep theirs."""

    async def run() -> None:
        site = await city.found(database)
        before = site.catalogue.current("leave")
        assert before
        assert not await site.catalogue.refresh(database)
        changed = msgspec.structs.replace(city.LEAVE, title={"zh": "请假"})
        site.publish(changed)
        assert await site.catalogue.refresh(database)
        after = site.catalogue.current("leave")
        assert after
        assert after.app == changed
        assert site.catalogue.program(before.digest) is before
        assert [program.app.id for program in site.catalogue.apps()] == ["leave"]

    asyncio.run(run())
