"""Reads org/ and calendar/ into an Organisation: who works where as what, and when."""

from zoneinfo import ZoneInfo

from builder import calendars, shape, source
from builder.nodes import Mapping, Mark, Node, Source, items, mapping, words
from builder.problems import Problems
from builder.registry import Registry
from builder.texts import text
from builder.workspace import Workspace
from workflows.people import Department, Holding, Member, Organisation, Person, Post, Role

#: the role that gets what finds nobody; the product cannot do without it
FLOW_ADMIN = "flow-admin"


def read_organisation(workspace: Workspace, problems: Problems) -> Organisation | None:
    """The organisation of ``workspace``: what could be read of it, the rest being problems; None when there is no org/."""
    files = workspace.below("org")
    if not files:
        return None
    reading = Reading(problems)
    for name, content in files.items():
        root = source.load(content, workspace.shown(f"org/{name}"), problems)
        if root is not None and shape.HOPELESS not in shape.check(root, "org", problems):
            reading.file(root)
    calendar = calendars.read(workspace.below("calendar"), workspace, reading.time_zone(), problems)
    whole = Mark(Source(workspace.shown("org"), ""), 0, 1)
    return reading.finish(whole, calendar)


class Reading:
    """Declarations of all files first, so that any file may refer to any other."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.heads: list[Mapping] = []
        self.found: dict[str, list[tuple[str, Mapping]]] = {"departments": [], "posts": [], "people": [], "roles": []}
        self.ids = {
            "departments": Registry({"zh": "部门", "en": "department"}, "unknown-department"),
            "posts": Registry({"zh": "岗位", "en": "post"}, "unknown-post"),
            "people": Registry({"zh": "人员", "en": "person"}, "unknown-person"),
            "roles": Registry({"zh": "角色", "en": "role"}, "unknown-role"),
        }

    def file(self, root: Node) -> None:
        if not isinstance(root, Mapping):
            return
        head = mapping(root.get("organisation"))
        if head:
            if self.heads:
                self.problems.add(
                    root.key("organisation"),
                    "duplicate-id",
                    "organisation 只能写一次",
                    "organisation is written once only",
                    related=[(self.heads[0], {"zh": "第一次写在这里", "en": "first written here"})],
                )
            self.heads.append(head)
        for kind, into in self.found.items():
            for item in items(root.get(kind)):
                if isinstance(item, Mapping) and (name := self.ids[kind].declare(item.get("id"), self.problems)):
                    into.append((name, item))

    def time_zone(self) -> str:
        """The zone as written; what is not one is a problem, and Shanghai's stands in to read on."""
        node = self.heads[0].get("time_zone") if self.heads else None
        name = words(node)
        if node is None or name is None:
            return "Asia/Shanghai"
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            self.problems.add(
                node,
                "unknown-time-zone",
                f"没有时区“{name[:60]}”，应当像 Asia/Shanghai",
                f"There is no time zone “{name[:60]}”; write one such as Asia/Shanghai",
            )
            return "Asia/Shanghai"
        return name

    def finish(self, whole: Mark, calendar: calendars.WorkCalendar) -> Organisation:
        head = self.heads[0] if self.heads else None
        if head is None:
            self.problems.add(whole, "missing-key", "org/ 里缺少 organisation", "organisation is missing in org/")
        admins = next((item for name, item in self.found["roles"] if name == FLOW_ADMIN), None)
        if admins is None or not items(admins.get("members")):
            self.problems.add(
                admins or head or whole,
                "missing-flow-admin",
                "每个组织都要有角色 flow-admin（流程管理员），其中要有人：找不到人的环节交给他们",
                "Every organisation needs the role flow-admin with somebody in it, who gets steps that find nobody",
            )
        departments = tuple(self.department(name, item) for name, item in self.found["departments"])
        self.no_cycle(departments)
        return Organisation(
            id=(words(head.get("id")) if head else None) or "default",
            title=(text(head.get("title")) if head else None) or {"zh": "未命名"},
            calendar=calendar,
            departments=departments,
            posts=tuple(Post(id=name, title=text(item.get("title")) or {"zh": name}) for name, item in self.found["posts"]),
            people=tuple(self.person(name, item) for name, item in self.found["people"]),
            roles=tuple(self.role(name, item) for name, item in self.found["roles"]),
        )

    def department(self, name: str, item: Mapping) -> Department:
        return Department(
            id=name,
            title=text(item.get("title")) or {"zh": name},
            parent=self.refer("departments", item.get("parent")),
            head=self.refer("people", item.get("head")),
            deputies=tuple(found for node in items(item.get("deputies")) if (found := self.refer("people", node))),
        )

    def person(self, name: str, item: Mapping) -> Person:
        holdings: list[Holding] = []
        for node in items(item.get("posts")):
            held = mapping(node)
            department = self.refer("departments", held.get("department")) if held else None
            post = self.refer("posts", held.get("post")) if held else None
            if department and post:
                holdings.append(Holding(department=department, post=post))
        disabled = item.get("disabled")
        return Person(
            id=name,
            name=words(item.get("name")) or name,
            holdings=tuple(holdings),
            disabled=getattr(disabled, "value", False) is True,
            phone=words(item.get("phone")),
            email=words(item.get("email")),
        )

    def role(self, name: str, item: Mapping) -> Role:
        members: list[Member] = []
        for node in items(item.get("members")):
            person = self.refer("people", node.get("person") if isinstance(node, Mapping) else node)
            scope = [self.refer("departments", d) for d in items(node.get("departments"))] if isinstance(node, Mapping) else []
            if person:
                members.append(Member(person=person, departments=tuple(d for d in scope if d)))
        return Role(id=name, title=text(item.get("title")) or {"zh": name}, members=tuple(members))

    def refer(self, kind: str, node: Node | None) -> str | None:
        return self.ids[kind].refer(node, self.problems) if node else None

    def no_cycle(self, departments: tuple[Department, ...]) -> None:
        """Going up from any department ends at the top."""
        parents = {department.id: department.parent for department in departments}
        for name, item in self.found["departments"]:
            above, at = [name], parents.get(name)
            while at and at not in above:
                above.append(at)
                at = parents.get(at)
            if at == name:
                round_trip = " → ".join([*above, name])
                node = item.get("parent") or item
                self.problems.add(
                    node, "department-cycle", f"上级部门绕成了圈：{round_trip}", f"The departments above form a circle: {round_trip}"
                )
                return
