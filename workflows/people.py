"""The people a flow can name, and how the engine asks for them. The answers come from outside: a test's roster or the database."""

from collections.abc import Sequence
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


class Directory(Protocol):
    """What the engine may ask about people. Every answer is by id; lists hold each person once, in a stable order,
    disabled people included (the engine leaves them out and knows why)."""

    @property
    def calendar(self) -> WorkCalendar:
        """The organisation's working time."""
        ...

    def person(self, person: str) -> Person | None: ...

    def department(self, department: str) -> Department | None: ...

    def members(self, department: str) -> Sequence[Person]:
        """Everyone with a post in ``department`` itself (not below it)."""
        ...

    def post_holders(self, post: str, department: str | None = None) -> Sequence[Person]:
        """Everyone who holds ``post``, in ``department`` or anywhere."""
        ...

    def role_holders(self, role: str, department: str | None = None) -> Sequence[Person]:
        """Everyone with ``role``; with ``department``, only those whose scope of it includes that department
        (no scope is everywhere; a scope covers the departments below it)."""
        ...
