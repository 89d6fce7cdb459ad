"""A Directory over an Organisation in memory: scenario tests, the forecast of a draft, the tests of the engine."""

from collections.abc import Mapping, Sequence

from forms.calendar import WorkCalendar
from forms.texts import Text
from workflows.people import Absence, Department, Organisation, Person, Post, Role


class Roster:
    """Implements workflows.people.Directory."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        #: open tasks by person, where a test tells of them
        self.tasks: dict[str, int] = {}
        self.successors: dict[str, str] = {}
        self.absences: list[Absence] = []
        self._people: dict[str, Person] = {person.id: person for person in organisation.people}
        self._departments: dict[str, Department] = {item.id: item for item in organisation.departments}
        self._posts: dict[str, Post] = {post.id: post for post in organisation.posts}
        self._roles: dict[str, Role] = {role.id: role for role in organisation.roles}

    @property
    def calendar(self) -> WorkCalendar:
        return self.organisation.calendar

    def person(self, person: str) -> Person | None:
        return self._people.get(person)

    def department(self, department: str) -> Department | None:
        return self._departments.get(department)

    def post_title(self, post: str) -> Text:
        found = self._posts.get(post)
        return found.title if found else {"zh": post}

    def role_title(self, role: str) -> Text:
        found = self._roles.get(role)
        return found.title if found else {"zh": role}

    def members(self, department: str) -> Sequence[Person]:
        return [p for p in self._people.values() if any(h.department == department for h in p.holdings)]

    def post_holders(self, post: str, department: str | None = None) -> Sequence[Person]:
        return [p for p in self._people.values() if any(h.post == post and department in (None, h.department) for h in p.holdings)]

    def role_holders(self, role: str, department: str | None = None) -> Sequence[Person]:
        found = self._roles.get(role)
        if found is None:
            return []
        above = set(self._up(department)) if department else set[str]()
        return [
            self._people[m.person]
            for m in found.members
            if m.person in self._people and (not department or not m.departments or above & set(m.departments))
        ]

    def busy(self, people: Sequence[str]) -> Mapping[str, int]:
        return {person: self.tasks[person] for person in people if person in self.tasks}

    def successor(self, person: str) -> str | None:
        return self.successors.get(person)

    def deputy(self, person: str, app: str, day: str) -> str | None:
        return next((item.deputy for item in self.absences if item.person == person and item.covers(app, day)), None)

    def _up(self, department: str | None) -> list[str]:
        """``department`` and everything above it; a cycle in the data ends the walk."""
        chain: list[str] = []
        while department and department not in chain:
            chain.append(department)
            found = self._departments.get(department)
            department = found.parent if found else None
        return chain
