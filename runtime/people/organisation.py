"""The organisation in the database: imported from its files, asked by the engine, searched by people."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from forms.calendar import WorkCalendar, Year
from forms.texts import Text, say
from runtime.people import standing_in
from runtime.people.pinyin import spell
from runtime.store import tables as t
from runtime.store.ids import new_id
from runtime.store.statements import Statement
from workflows.events import Applicant
from workflows.people import Department, Directory, Holding, Member, Organisation, Person, Post, Role

# --- importing ---


class Change(NamedTuple):
    """One thing that an import changes."""

    kind: Literal["organisation", "calendar", "department", "post", "person", "role"]
    id: str
    #: its name or title in Chinese
    name: str
    #: removed: a department is retired, a person disabled, because records name them
    what: Literal["added", "changed", "removed"]
    #: names of what differs, for changed
    fields: tuple[str, ...] = ()


def compare(conn: sa.Connection, organisation: Organisation) -> list[Change]:
    """What importing ``organisation`` would change, in the order of kinds and of the files. Nothing for the same one again."""
    before = stored(conn) or Organisation(id="", title={"zh": ""}, calendar=WorkCalendar(time_zone="", hours=(), years={}))
    barred = set(conn.scalars(sa.select(t.person.c.id).where(t.person.c.barred)))
    elsewhere = set(conn.scalars(sa.select(t.person.c.id).where(t.person.c.source != "files")))
    changes: list[Change] = []
    if (before.id, before.title) != (organisation.id, organisation.title):
        what = "changed" if before.id else "added"
        changes.append(Change("organisation", organisation.id, organisation.title["zh"], what))
    if before.calendar != organisation.calendar:
        fields = _differing(before.calendar, organisation.calendar)
        changes.append(Change("calendar", organisation.id, organisation.calendar.time_zone, "changed" if before.id else "added", fields))
    people = [_as_kept(person, barred) for person in organisation.people]
    changes += _changes("department", before.departments, organisation.departments, lambda item: item.title["zh"])
    changes += _changes("post", before.posts, organisation.posts, lambda item: item.title["zh"])
    changes += _changes("person", [person for person in before.people if person.id not in elsewhere], people, lambda item: item.name)
    changes += _changes("role", before.roles, organisation.roles, lambda item: item.title["zh"])
    return changes


def import_organisation(conn: sa.Connection, organisation: Organisation, now: datetime) -> list[Change]:
    """Make the database say what ``organisation`` says; what that changed, as `compare` foretells it.

    People and departments it no longer names stay, disabled and retired. Who becomes disabled is signed out at once.
    """
    changes = compare(conn, organisation)
    if not changes:
        return []
    known = stored(conn)
    if known and known.id != organisation.id:
        raise ValueError(f"this installation belongs to {known.id}, not to {organisation.id}")
    own = {"organisation": organisation.id}
    _replace(conn, t.organisation, [_organisation_row(organisation, now)])
    _replace(
        conn,
        t.calendar_year,
        [{**own, "year": y.year, "holidays": y.holidays, "workdays": y.workdays} for y in organisation.calendar.years.values()],
    )
    _import_departments(conn, organisation.departments, own)
    _replace(conn, t.post, [{**own, "id": post.id, "title": post.title, "position": n} for n, post in enumerate(organisation.posts)])
    _import_people(conn, organisation.people, own)
    _replace(conn, t.role, [{**own, "id": role.id, "title": role.title, "position": n} for n, role in enumerate(organisation.roles)])
    _replace(conn, t.member, [row for role in organisation.roles for row in _member_rows(role, own)])
    return changes


def _organisation_row(organisation: Organisation, now: datetime) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "title": organisation.title,
        "time_zone": organisation.calendar.time_zone,
        "hours": organisation.calendar.hours,
        "imported_at": now,
        "version": new_id(),
    }


def _import_departments(conn: sa.Connection, departments: Sequence[Department], own: Mapping[str, str]) -> None:
    by_id = {department.id: department for department in departments}
    kept = [{**row, "retired": True} for row in conn.execute(sa.select(t.department)).mappings() if row["id"] not in by_id]
    rows = [
        {**own, "retired": False, "position": n, **{name: getattr(item, name) for name in ("id", "title", "parent", "head", "deputies")}}
        for n, item in enumerate(departments)
    ]
    _replace(conn, t.department, [*rows, *kept])
    _replace(conn, t.department_above, [{**own, "department": id, "above": above} for id in by_id for above in _up(id, by_id)])


def _up(department: str | None, by_id: Mapping[str, Department]) -> list[str]:
    """``department`` and everything above it; a cycle ends the walk."""
    chain: list[str] = []
    while department and department in by_id and department not in chain:
        chain.append(department)
        department = by_id[department].parent
    return chain


def _import_people(conn: sa.Connection, people: Sequence[Person], own: Mapping[str, str]) -> None:
    """Rows of people are changed in place: sessions and passwords hang on them."""
    known: dict[str, bool] = {row.id: row.barred for row in conn.execute(sa.select(t.person.c.id, t.person.c.barred))}
    barred = {id for id, is_barred in known.items() if is_barred}
    rows = [_person_row(_as_kept(person, barred), n, own) for n, person in enumerate(people)]
    _many(conn, sa.insert(t.person), [{**row, "barred": False} for row in rows if row["id"] not in known])
    _many(
        conn,
        sa.update(t.person).where(t.person.c.id == given("key")),
        [{"key": row["id"], **{name: value for name, value in row.items() if name != "id"}} for row in rows if row["id"] in known],
    )
    named = {row["id"] for row in rows}
    _many(
        conn,
        sa.update(t.person).where(t.person.c.id == given("key"), t.person.c.source == "files").values(disabled=True, source="gone"),
        [{"key": id} for id in known if id not in named],
    )
    _replace(
        conn,
        t.holding,
        [
            {**own, "person": person.id, "position": n, "department": holding.department, "post": holding.post}
            for person in people
            for n, holding in enumerate(person.holdings)
        ],
    )
    _sign_out_disabled(conn)


def _person_row(person: Person, position: int, own: Mapping[str, str]) -> dict[str, Any]:
    pinyin, initials = spell(person.name)
    return {
        **own,
        "id": person.id,
        "name": person.name,
        "pinyin": pinyin,
        "initials": initials,
        "phone": person.phone,
        "email": person.email,
        "disabled": person.disabled,
        "source": "files",
        "position": position,
    }


def _member_rows(role: Role, own: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for position, member in enumerate(role.members):
        for department in member.departments or ("",):
            yield {**own, "role": role.id, "position": position, "person": member.person, "department": department}


def _as_kept(person: Person, barred: Collection[str]) -> Person:
    return msgspec.structs.replace(person, disabled=True) if person.id in barred else person


def _changes(kind: Any, before: Sequence[Any], after: Sequence[Any], name: Callable[[Any], str]) -> list[Change]:
    old, new = {item.id: item for item in before}, {item.id: item for item in after}
    changes: list[Change] = []
    for id, item in new.items():
        if id not in old:
            changes.append(Change(kind, id, name(item), "added"))
        elif item != old[id]:
            changes.append(Change(kind, id, name(item), "changed", _differing(old[id], item)))
    return changes + [Change(kind, id, name(item), "removed") for id, item in old.items() if id not in new]


def _differing(before: Any, after: Any) -> tuple[str, ...]:
    return tuple(field for field in after.__struct_fields__ if getattr(before, field) != getattr(after, field))


def _replace(conn: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    conn.execute(sa.delete(table))
    _many(conn, sa.insert(table), rows)


def _many(conn: sa.Connection, statement: sa.Insert | sa.Update, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        conn.execute(statement, [dict(row) for row in rows])


def stored(conn: sa.Connection) -> Organisation | None:
    """The organisation as it stands, whole: for administration, not for requests. People whom the files do not name stand last."""
    row = conn.execute(sa.select(t.organisation)).first()
    if row is None:
        return None
    live = sa.select(t.department).where(~t.department.c.retired).order_by(t.department.c.position)
    return Organisation(
        id=row.id,
        title=row.title,
        calendar=_calendar(conn, row.id),
        departments=tuple(_department(found) for found in conn.execute(live)),
        posts=tuple(Post(id=p.id, title=p.title) for p in conn.execute(sa.select(t.post).order_by(t.post.c.position))),
        people=tuple(_people(conn.execute(PEOPLE.order_by(t.person.c.source != "files", *IN_ORDER)))),
        roles=tuple(_roles(conn)),
    )


def version(conn: sa.Connection) -> tuple[str, str] | None:
    """The id and the version of the organisation as this transaction sees it; None: none has been imported."""
    found = _VERSION.first(conn, {})
    return (found[0], found[1]) if found else None


def imported(conn: sa.Connection) -> bool:
    """Whether there is an organisation."""
    return version(conn) is not None


def _roles(conn: sa.Connection) -> list[Role]:
    members: dict[str, dict[int, tuple[str, list[str]]]] = {}
    for row in conn.execute(sa.select(t.member).order_by(t.member.c.position, t.member.c.department)):
        _, departments = members.setdefault(row.role, {}).setdefault(row.position, (row.person, []))
        if row.department:
            departments.append(row.department)
    return [
        Role(
            id=row.id,
            title=row.title,
            members=tuple(Member(person=person, departments=tuple(within)) for person, within in members.get(row.id, {}).values()),
        )
        for row in conn.execute(sa.select(t.role).order_by(t.role.c.position))
    ]


# --- one person ---


def disable(conn: sa.Connection, person: str) -> bool:
    """Bar ``person`` from signing in and end their sessions at once; False when there is no such person."""
    changed(conn)
    found = conn.execute(sa.update(t.person).where(t.person.c.id == person).values(disabled=True, barred=True)).rowcount
    _sign_out_disabled(conn)
    return bool(found)


def enable(conn: sa.Connection, person: str) -> bool:
    """Lift what `disable` did. Someone the files no longer name stays disabled: False."""
    changed(conn)
    change = sa.update(t.person).where(t.person.c.id == person, t.person.c.source != "gone").values(disabled=False, barred=False)
    return bool(conn.execute(change).rowcount)


def changed(conn: sa.Connection) -> None:
    """Marks the organisation as another one, so that nothing remembered of it is believed any more. Whoever changes a row of it
    says so in the same transaction, before anything else is read there.
    """
    conn.execute(sa.update(t.organisation).values(version=new_id()))


def _sign_out_disabled(conn: sa.Connection) -> None:
    conn.execute(sa.delete(t.session).where(t.session.c.person.in_(sa.select(t.person.c.id).where(t.person.c.disabled))))


def applicant(conn: sa.Connection, person: str, post: Holding | None = None) -> Applicant | None:
    """``person`` as they apply, by their main post or by ``post``. None: unknown, disabled, or they do not hold that post."""
    return applying(DatabaseDirectory(conn), person, post)


def applying(directory: Directory, person: str, post: Holding | None = None) -> Applicant | None:
    """As `applicant`, asking a directory that will be asked more."""
    found = directory.person(person)
    if found is None or found.disabled or (post and post not in found.holdings):
        return None
    chosen = post or (found.holdings[0] if found.holdings else Holding(department="", post=""))
    department = directory.department(chosen.department)
    return Applicant(
        id=found.id,
        name=found.name,
        department=chosen.department,
        department_title=department.title["zh"] if department else "",
        post=chosen.post,
    )


# --- asking ---

PEOPLE = sa.select(
    t.person.c.id, t.person.c.name, t.person.c.disabled, t.person.c.phone, t.person.c.email, t.holding.c.department, t.holding.c.post
).select_from(t.person.outerjoin(t.holding, t.holding.c.person == t.person.c.id))
IN_ORDER = (t.person.c.position, t.holding.c.position)

_among = t.holding.alias("among")
_PERSON = PEOPLE.where(t.person.c.id == given("person")).order_by(*IN_ORDER)
_MEMBERS = PEOPLE.where(t.person.c.id.in_(sa.select(_among.c.person).where(_among.c.department == given("department")))).order_by(*IN_ORDER)
_POST = PEOPLE.where(t.person.c.id.in_(sa.select(_among.c.person).where(_among.c.post == given("post")))).order_by(*IN_ORDER)
_POST_IN = PEOPLE.where(
    t.person.c.id.in_(sa.select(_among.c.person).where(_among.c.post == given("post"), _among.c.department == given("department")))
).order_by(*IN_ORDER)
_ROLE = (
    PEOPLE.join(t.member, t.member.c.person == t.person.c.id)
    .where(t.member.c.role == given("role"))
    .order_by(t.member.c.position, t.member.c.department, t.holding.c.position)
)
_BUSY = (
    sa.select(t.task.c.person, sa.func.count())
    .where(t.task.c.state == t.OPEN, t.task.c.person.in_(given("people", expanding=True)))
    .group_by(t.task.c.person)
)
_ROLE_IN = _ROLE.where(
    sa.or_(
        t.member.c.department == "",
        t.member.c.department.in_(sa.select(t.department_above.c.above).where(t.department_above.c.department == given("within"))),
    )
)
_DEPARTMENT = sa.select(t.department).where(t.department.c.id == given("department"), ~t.department.c.retired)
_POST_TITLE = sa.select(t.post.c.title).where(t.post.c.id == given("post"))
_ROLE_TITLE = sa.select(t.role.c.title).where(t.role.c.id == given("role"))
_VERSION = Statement(sa.select(t.organisation.c.id, t.organisation.c.version))


class _Remembered:
    """What was asked of one version of the organisation; nothing of it can have changed as long as that is the version."""

    def __init__(self) -> None:
        self.calendar: WorkCalendar | None = None
        self.persons: dict[str, Person] = {}
        self.departments: dict[str, Department] = {}
        self.stand_ins: standing_in.StandIns | None = None
        #: titles and people, by the statement that finds them and what it is given
        self.found: dict[tuple[object, ...], Any] = {}


class DatabaseDirectory:
    """Implements workflows.people.Directory: each answer is one indexed query, and people and departments are asked for once in the
    life of a version, which is read anew. Make one for each command or page, in its transaction.
    """

    def __init__(self, conn: sa.Connection, version: tuple[str, str] | None = None) -> None:
        """``version``: what `version` would find, if it has been read already."""
        self._conn = conn
        self._version = version
        self._known: _Remembered | None = None

    @property
    def organisation(self) -> str:
        """Its id. Raises LookupError when none has been imported."""
        return self._imported()[0]

    @property
    def calendar(self) -> WorkCalendar:
        """The working time. Raises LookupError when no organisation has been imported."""
        known = self._remembered()
        if known.calendar is None:
            known.calendar = _calendar(self._conn, self._imported()[0])
        return known.calendar

    def _imported(self) -> tuple[str, str]:
        if self._version is None:
            row = version(self._conn)
            if row is None:
                raise LookupError("no organisation has been imported: dabashou org import FOLDER")
            self._version = row
        return self._version

    def _remembered(self) -> _Remembered:
        """Of the version that this transaction sees."""
        if self._known is None:
            row = self._version = self._version or version(self._conn)
            self._known = _remember(row[1]) if row else _Remembered()
        return self._known

    def person(self, person: str) -> Person | None:
        persons = self._remembered().persons
        if person not in persons:
            found = next(iter(self._people(_PERSON, {"person": person})), None)
            if found is None:
                return None
            persons[person] = found
        return persons[person]

    def department(self, department: str) -> Department | None:
        departments = self._remembered().departments
        if department not in departments:
            row = self._conn.execute(_DEPARTMENT, {"department": department}).first()
            if row is None:
                return None
            departments[department] = _department(row)
        return departments[department]

    def post_title(self, post: str) -> Text:
        return self._title(_POST_TITLE, "post", post)

    def role_title(self, role: str) -> Text:
        return self._title(_ROLE_TITLE, "role", role)

    def members(self, department: str) -> Sequence[Person]:
        return self._people(_MEMBERS, {"department": department})

    def post_holders(self, post: str, department: str | None = None) -> Sequence[Person]:
        return self._people(_POST_IN, {"post": post, "department": department}) if department else self._people(_POST, {"post": post})

    def successor(self, person: str) -> str | None:
        return self._stand_ins().successors.get(person)

    def deputy(self, person: str, app: str, day: str) -> str | None:
        return next((item.deputy for item in self._stand_ins().absences.get(person, ()) if item.covers(app, day)), None)

    def _stand_ins(self) -> standing_in.StandIns:
        known = self._remembered()
        if known.stand_ins is None:
            known.stand_ins = standing_in.read(self._conn)
        return known.stand_ins

    def busy(self, people: Sequence[str]) -> Mapping[str, int]:
        return dict(self._conn.execute(_BUSY, {"people": list(people)}).tuples().all())

    def role_holders(self, role: str, department: str | None = None) -> Sequence[Person]:
        return self._people(_ROLE_IN, {"role": role, "within": department}) if department else self._people(_ROLE, {"role": role})

    def _title(self, statement: sa.Select[Any], name: str, id: str) -> Text:
        known = self._remembered().found
        if (statement, id) not in known:
            known[statement, id] = self._conn.scalar(statement, {name: id}) or {"zh": id}
        return known[statement, id]

    def _people(self, statement: sa.Executable, values: dict[str, str]) -> list[Person]:
        known, asked = self._remembered(), (statement, *values.values())
        if asked not in known.found:
            found = known.found[asked] = tuple(_people(self._conn.execute(statement, values)))
            known.persons.update({person.id: person for person in found})
        return list(known.found[asked])


def _people(rows: Iterable[Any]) -> list[Person]:
    """Rows of PEOPLE, one for each holding, as people, each once, in the order of the rows."""
    first: dict[str, Any] = {}
    holdings: dict[str, dict[Holding, None]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        held = holdings.setdefault(row.id, {})
        if row.department is not None:
            held[Holding(department=row.department, post=row.post)] = None
    return [
        Person(id=id, name=row.name, holdings=tuple(holdings[id]), disabled=row.disabled, phone=row.phone, email=row.email)
        for id, row in first.items()
    ]


def _department(row: Any) -> Department:
    return Department(id=row.id, title=row.title, parent=row.parent, head=row.head, deputies=tuple(row.deputies))


def _calendar(conn: sa.Connection, organisation: str) -> WorkCalendar:
    row = conn.execute(sa.select(t.organisation).where(t.organisation.c.id == organisation)).one()
    years = conn.execute(sa.select(t.calendar_year).where(t.calendar_year.c.organisation == organisation).order_by(t.calendar_year.c.year))
    return WorkCalendar(
        time_zone=row.time_zone,
        hours=tuple((start, end) for start, end in row.hours),
        years={y.year: Year(year=y.year, holidays=tuple(y.holidays), workdays=tuple(y.workdays)) for y in years},
    )


#: by version; the last few
_memory: dict[str, _Remembered] = {}
#: people remembered of one version at most
MOST_REMEMBERED = 20_000


def _remember(version: str) -> _Remembered:
    known = _memory.get(version)
    if known is None or len(known.persons) + len(known.found) > MOST_REMEMBERED:
        if len(_memory) >= 4:
            _memory.clear()
        known = _memory[version] = _Remembered()
    return known


# --- searching ---


def names(conn: sa.Connection, people: Collection[str], departments: Collection[str], language: str = "zh") -> dict[str, str]:
    """The names behind ids, people and departments alike, also of those that are gone. Unknown ids are left out."""
    found: dict[str, str] = {}
    if departments:
        for row in conn.execute(_DEPARTMENT_NAMES, {"ids": list(departments)}):
            found[row.id] = say(row.title, language)
    if people:
        found.update({row.id: row.name for row in conn.execute(_PERSON_NAMES, {"ids": list(people)})})
    return found


_PERSON_NAMES = sa.select(t.person.c.id, t.person.c.name).where(t.person.c.id.in_(given("ids", expanding=True)))
_DEPARTMENT_NAMES = sa.select(t.department.c.id, t.department.c.title).where(t.department.c.id.in_(given("ids", expanding=True)))


def find_people(conn: sa.Connection, text: str, limit: int = 10) -> list[Person]:
    """People who can act and whose name holds ``text``, or whose id, spelling or initials begin with it."""
    typed = "".join(text.lower().split())
    if not typed:
        return []
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    ids = conn.scalars(_FIND, {"inside": f"%{escaped}%", "start": f"{escaped}%", "limit": limit}).all()
    return _people(conn.execute(_THESE, {"ids": ids})) if ids else []


_FIND = (
    sa.select(t.person.c.id)
    .where(
        ~t.person.c.disabled,
        sa.or_(
            t.person.c.name.like(given("inside"), escape="\\"),
            *(column.like(given("start"), escape="\\") for column in (t.person.c.id, t.person.c.pinyin, t.person.c.initials)),
        ),
    )
    .order_by(t.person.c.position)
    .limit(given("limit", type_=sa.Integer))
)
_THESE = PEOPLE.where(t.person.c.id.in_(given("ids", expanding=True))).order_by(*IN_ORDER)
