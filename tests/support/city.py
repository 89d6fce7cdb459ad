"""A small office: an applicant, those who approve, an outsider, and an app they use. For tests that need people and no files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from forms.calendar import WorkCalendar, Year
from forms.form import Field, Form, Section
from runtime.casework import releases
from runtime.casework.releases import Catalogue
from runtime.people import organisation
from runtime.store.database import Database
from workflows.app import App, Approve, Branch, Flow, Notify, Release, Span, Start, When, release
from workflows.people import Department, Holding, Member, Organisation, Person, Post, Role

APPLICANT = "chen-xiaolin"
APPROVER = "zhou-jianguo"
#: both may decide the finance step
FINANCE = ("sun-li", "qian-yi")
READER = "lin-fang"
FLOW_ADMIN = "gao-ming"
OUTSIDER = "wu-gang"

#: Monday morning, 09:00 on the wall
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def person(id: str, name: str, department: str, post: str = "clerk", **more: Any) -> Person:
    return Person(id=id, name=name, holdings=(Holding(department=department, post=post),), **more)


ORGANISATION = Organisation(
    id="qingxi",
    title={"zh": "清溪市人民政府", "en": "Qingxi City"},
    calendar=WorkCalendar(
        time_zone="Asia/Shanghai",
        hours=(("08:30", "12:00"), ("13:30", "17:30")),
        years={2026: Year(year=2026, holidays=("2026-10-01",), workdays=("2026-10-10",))},
    ),
    departments=(
        Department(id="city", title={"zh": "清溪市", "en": "Qingxi"}),
        Department(id="office", title={"zh": "办公室", "en": "Office"}, parent="city", head=APPROVER, deputies=(READER,)),
        Department(id="archives", title={"zh": "档案科", "en": "Archives"}, parent="office"),
        Department(id="finance", title={"zh": "财政局", "en": "Finance"}, parent="city", head="sun-li"),
    ),
    posts=(Post(id="head", title={"zh": "主任", "en": "Head"}), Post(id="clerk", title={"zh": "科员", "en": "Clerk"})),
    people=(
        person(APPLICANT, "陈晓琳", "office"),
        person(APPROVER, "周建国", "office", "head"),
        person("sun-li", "孙丽", "finance", "head"),
        person("qian-yi", "钱一", "finance"),
        person(READER, "林芳", "archives", phone="13800001234"),
        person(FLOW_ADMIN, "高明", "city"),
        person(OUTSIDER, "吴刚", "finance"),
    ),
    roles=(
        Role(id="finance-clerk", title={"zh": "财务经办", "en": "Finance clerk"}, members=tuple(Member(person=id) for id in FINANCE)),
        Role(
            id="flow-admin",
            title={"zh": "流程管理员", "en": "Flow administrator"},
            members=(Member(person=FLOW_ADMIN, departments=("office",)),),
        ),
    ),
)

LEAVE = App(
    id="leave",
    title={"zh": "请假申请", "en": "Leave request"},
    owner="office",
    category={"zh": "人事", "en": "Personnel"},
    icon="calendar",
    number="QJ-{date:%Y%m%d}-{seq:4}",
    subject="{applicant.name} · {reason}",
    summary=("days",),
    form=Form(
        fields=(
            Field(name="days", kind="integer", title={"zh": "天数", "en": "Days"}, required=True, minimum=1, maximum=30),
            Field(name="reason", kind="textarea", title={"zh": "事由", "en": "Reason"}, required=True),
        ),
        sections=(Section(title={"zh": "请假", "en": "Leave"}, fields=("days", "reason")),),
        schema={
            "type": "object",
            "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 30}, "reason": {"type": "string"}},
        },
    ),
    flow=Flow(
        start=Start(),
        steps=(
            Approve(
                id="head",
                title={"zh": "负责人审批", "en": "Head"},
                who="head_of(applicant.department)",
                due=Span(amount=8, unit="working hours"),
            ),
            Branch(
                id="long",
                title={"zh": "天数", "en": "Days"},
                cases=(
                    When(
                        when="days > 3",
                        steps=(Approve(id="finance", title={"zh": "财务审批", "en": "Finance"}, who='role("finance-clerk")'),),
                    ),
                    When(when=None),
                ),
            ),
            Notify(id="copy", title={"zh": "抄送", "en": "Copies"}, who=f'user("{READER}")'),
        ),
    ),
)

SHORT = {"days": 2, "reason": "回乡探亲"}
LONG = {"days": 5, "reason": "参加培训"}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class City:
    """The office in a database, with its app published: what runtime.casework.cases needs of a site."""

    database: Database
    catalogue: Catalogue = field(default_factory=Catalogue)
    clock: Callable[[], datetime] = field(default_factory=Clock)
    mails: bool = False

    def publish(self, *apps: App) -> list[Release]:
        made = [release(app) for app in apps]
        for one in made:
            self.database.write_now(releases.store, one, APPROVER, self.clock())
        return made


async def found(database: Database, *apps: App) -> City:
    """The office in an empty ``database``; ``apps`` instead of its own one."""
    city = City(database)
    await database.write(organisation.import_organisation, ORGANISATION, city.clock())
    city.publish(*(apps or (LEAVE,)))
    await city.catalogue.refresh(database)
    return city
