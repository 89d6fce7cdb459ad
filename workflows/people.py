"""The people a flow can name, and how the engine asks for them. The answers come from outside: a test's roster or the database."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from forms.calendar import WorkCalendar
from forms.form import Struct
from forms.texts import Text


class Holding(Struct):
    """A post that a person holds in a department."""

    department: str
    post: str


class Person(Struct):
    """Someone of the organisation; the first holding is the main one."""

    id: str
    name: str
    holdings: tuple[Holding, ...] = ()
    disabled: bool = False
    phone: str | None = None
    email: str | None = None


class Department(Struct):
    """A unit of the organisation; ``parent`` None is the top."""

    id: str
    title: Text
    parent: str | None = None
    head: str | None = None
    deputies: tuple[str, ...] = ()


class Post(Struct):
    """A position that people hold in departments: 处长, 科员."""

    id: str
    title: Text


class Member(Struct):
    """Someone with a role; ``departments`` bounds it to those and all below them, empty is everywhere."""

    person: str
    departments: tuple[str, ...] = ()


class Role(Struct):
    """A duty that people have whatever their post: 财务经办."""

    id: str
    title: Text
    members: tuple[Member, ...] = ()


class Absence(Struct):
    """Someone is away, both days included, and another stands in for them; ``apps`` empty: in everything."""

    person: str
    deputy: str
    begins: str
    ends: str
    apps: tuple[str, ...] = ()

    def covers(self, app: str, day: str) -> bool:
        return self.begins <= day <= self.ends and (not self.apps or app in self.apps)


class Organisation(Struct):
    """Everything ``org/`` and ``calendar/`` say, as of one moment. Lists are in the order of the files."""

    id: str
    title: Text
    calendar: WorkCalendar
    departments: tuple[Department, ...] = ()
    posts: tuple[Post, ...] = ()
    people: tuple[Person, ...] = ()
    roles: tuple[Role, ...] = ()


class Directory(Protocol):
    """What the engine may ask about people. Every answer is by id; lists hold each person once, in a stable order,
    disabled people included (the engine leaves them out and knows why).
    """

    @property
    def calendar(self) -> WorkCalendar:
        """The organisation's working time."""
        ...

    def person(self, person: str) -> Person | None: ...

    def department(self, department: str) -> Department | None: ...

    def post_title(self, post: str) -> Text:
        """The words of a post; its id when it is unknown."""
        ...

    def role_title(self, role: str) -> Text:
        """The words of a role; its id when it is unknown."""
        ...

    def members(self, department: str) -> Sequence[Person]:
        """Everyone with a post in ``department`` itself (not below it)."""
        ...

    def post_holders(self, post: str, department: str | None = None) -> Sequence[Person]:
        """Everyone who holds ``post``, in ``department`` or anywhere."""
        ...

    def busy(self, people: Sequence[str]) -> Mapping[str, int]:
        """How many open tasks each of ``people`` has; who has none may be left out."""
        ...

    def successor(self, person: str) -> str | None:
        """Who has taken over from ``person``, who has left; None: nobody."""
        ...

    def deputy(self, person: str, app: str, day: str) -> str | None:
        """Who stands in for ``person`` in cases of ``app`` on ``day`` ("2026-11-23"); None: they are there."""
        ...

    def role_holders(self, role: str, department: str | None = None) -> Sequence[Person]:
        """Everyone with ``role``; with ``department``, only those whose scope of it includes that department
        (no scope is everywhere; a scope covers the departments below it).
        """
        ...
