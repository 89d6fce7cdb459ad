"""What changed in the organisation and its calendar: who has which role, who heads which office, on which days work is done."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from builder.meaning.change import Change, Effect, Grade, Kind, Risk, text
from builder.meaning.examples import names_of
from builder.meaning.values import quoted
from builder.meaning.version import Version
from forms.diagnostics import Place
from forms.texts import Text, say
from workflows.people import Department, Member, Organisation, Person, Role

#: the lists of an organisation: how a thing in it is called
LISTS: dict[str, Text] = {
    "roles": text("角色", "role"),
    "departments": text("部门", "department"),
    "posts": text("岗位", "post"),
    "people": text("人员", "person"),
}
RISKS: dict[str, Risk] = {"roles": "decide", "departments": "decide", "posts": "people", "people": "people"}
#: property: in words, what there is to fear of it, and how much
PROPERTIES: dict[str, tuple[Text, Risk, Grade]] = {
    "title": (text("名称", "title"), "text", "low"),
    "name": (text("姓名", "name"), "text", "low"),
    "head": (text("负责人", "head"), "decide", "high"),
    "deputies": (text("副职（分管领导）", "deputy heads"), "decide", "high"),
    "parent": (text("上级部门", "the office above"), "decide", "high"),
    "holdings": (text("岗位", "posts"), "decide", "high"),
    "disabled": (text("停用", "whether disabled"), "decide", "medium"),
    "phone": (text("电话", "phone"), "people", "low"),
    "email": (text("电子邮箱", "e-mail"), "people", "low"),
}
MEMBERS = (text("增加{}", "now with {}"), text("去掉{}", "without {}"))
EVERYWHERE = text("全部部门", "everywhere")


class Compared:
    """One comparison of two organisations."""

    def __init__(self, old: Version, new: Version) -> None:
        self.versions = old, new
        self.found: list[Change] = []
        self.names = names_of(old.compiled.organisation) | names_of(new.compiled.organisation)

    def run(self) -> list[Change]:
        old, new = (version.compiled.organisation for version in self.versions)
        if old is None or new is None or old == new:
            return []
        self.whole(old, new)
        for list in LISTS:
            before, after = ({item.id: item for item in getattr(of, list)} for of in (old, new))
            for id in dict.fromkeys((*before, *after)):
                self.item(list, id, before.get(id), after.get(id))
        self.calendar(old, new)
        return self.found

    def add(
        self, kind: Kind, risk: Risk, grade: Grade, subject: str, what: tuple[Text | None, Text | None], *, prop: str = "",
        words: Text | None = None, before: Text | None = None, after: Text | None = None, effects: Iterable[Effect] = (),
        places: tuple[Place | None, Place | None] = (None, None),
    ) -> None:  # fmt: skip
        kept = tuple(effect for effect in effects if effect.gained or effect.lost)
        self.found.append(
            Change(kind, risk, grade, None, subject, what[0], what[1], prop, words, before, after, kept, old=places[0], new=places[1])
        )

    def whole(self, old: Organisation, new: Organisation) -> None:
        name = text("组织", "the organisation")
        what = (name, name)
        for prop, a, b in (("title", quoted(old.title), quoted(new.title)), ("id", quoted({"zh": old.id}), quoted({"zh": new.id}))):
            if a != b:
                words = text("名称", "title") if prop == "title" else text("标识", "id")
                self.add(
                    "changed",
                    "people",
                    "low" if prop == "title" else "high",
                    "organisation",
                    what,
                    prop=prop,
                    words=words,
                    before=a,
                    after=b,
                )

    def item(self, list: str, id: str, old: Any, new: Any) -> None:
        if old == new:
            return
        subject = f"{LISTS[list]['en']}:{id}"
        places = tuple(v.organisation_place(list, id) if item else None for v, item in zip(self.versions, (old, new), strict=True))
        what = tuple(self.named(list, item) if item else None for item in (old, new))
        if old is None or new is None:
            item = new or old
            effects: tuple[Effect, ...] = ()
            if isinstance(item, Role):
                members = tuple(self.member(member) for member in item.members)
                effects = (Effect(members if new else (), () if new else members, *MEMBERS),)
            said = self.standing(item)
            risk = "decide" if list in ("people", "roles") else RISKS[list]
            self.add(
                "added" if new else "removed", risk, "medium", subject, (what[0], what[1]),
                before=None if new else said, after=said if new else None, effects=effects, places=(places[0], places[1]),
            )  # fmt: skip
            return
        for prop in new.__struct_fields__:
            a, b = getattr(old, prop), getattr(new, prop)
            if a == b:
                continue
            if prop == "members":
                self.members(subject, what, a, b, places)
                continue
            words, risk, grade = PROPERTIES.get(prop, (text(prop, prop), "people", "medium"))
            before, after = self.value(prop, a), self.value(prop, b)
            if prop == "title" and a["zh"] == b["zh"]:
                before, after = (quoted({"zh": t["en"]}) if "en" in t else None for t in (a, b))
                words = text("英文名称", "English title")
            self.add(
                "changed", risk, grade, subject, (what[0], what[1]), prop=prop, words=words, before=before, after=after, places=(places[0], places[1])
            )  # fmt: skip

    def members(self, subject: str, what: Any, old: tuple[Member, ...], new: tuple[Member, ...], places: Any) -> None:
        before, after = ({say(self.member(member), "zh"): self.member(member) for member in members} for members in (old, new))
        gained, lost = [after[key] for key in after if key not in before], [before[key] for key in before if key not in after]
        if gained or lost:
            effect = Effect(tuple(gained), tuple(lost), *MEMBERS)
            self.add("effect", "decide", "high" if gained else "medium", subject, what, prop="members", effects=[effect], places=places)
        else:
            said = [
                text("、".join(say(m, "zh") for m in side.values()), ", ".join(say(m, "en") for m in side.values()))
                for side in (before, after)
            ]
            words = text("成员的先后", "the order of its members")
            self.add(
                "changed", "decide", "medium", subject, what, prop="members", words=words, before=said[0], after=said[1], places=places
            )

    def member(self, member: Member) -> Text:
        name = self.names.get(member.person, member.person)
        where = "、".join(self.names.get(unit, unit) for unit in member.departments)
        return text(f"{name}（管 {where}）", f"{name} (for {where})") if where else text(name, name)

    def standing(self, item: Any) -> Text | None:
        if isinstance(item, Person):
            return self.value("holdings", item.holdings)
        if isinstance(item, Department) and item.head:
            return text(f"负责人{self.names.get(item.head, item.head)}", f"headed by {self.names.get(item.head, item.head)}")
        return None

    def value(self, prop: str, value: Any) -> Text | None:
        if value is None or value == ():
            return None
        if isinstance(value, bool):
            return text("是", "yes") if value else text("否", "no")
        if isinstance(value, str):
            return text(self.names.get(value, value), self.names.get(value, value))
        if prop == "holdings":
            old, new = (version.compiled.organisation for version in self.versions)
            posts = {post.id: say(post.title, "zh") for of in (old, new) if of for post in of.posts}
            said = "、".join(f"{self.names.get(h.department, h.department)}{posts.get(h.post, h.post)}" for h in value)
            return text(said, said)
        if isinstance(value, tuple):
            said = "、".join(self.names.get(str(item), str(item)) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - ids
            return text(said, said)
        return quoted(cast(Text, value)) if isinstance(value, Mapping) else text(str(value), str(value))

    def named(self, list: str, item: Any) -> Text:
        words, title = LISTS[list], str(item.name) if list == "people" else ""
        zh, en = (title, title) if title else (say(item.title, "zh"), say(item.title, "en"))
        return text(f"{say(words, 'zh')}“{zh}”", f"{say(words, 'en')} “{en}”")

    def calendar(self, old: Organisation, new: Organisation) -> None:
        a, b = old.calendar, new.calendar
        name = text("工作日历", "the calendar")
        what = (name, name)
        for prop, words in (("time_zone", text("时区", "the time zone")), ("hours", text("工作时间", "office hours"))):
            if getattr(a, prop) != getattr(b, prop):
                said = [self.hours(getattr(calendar, prop)) for calendar in (a, b)]
                self.add("changed", "limit", "medium", "calendar", what, prop=prop, words=words, before=said[0], after=said[1])
        for year in sorted({*a.years, *b.years}):
            before, after = a.years.get(year), b.years.get(year)
            subject = f"calendar:{year}"
            places = tuple(v.file_place(f"calendar/{year}.yaml") for v in self.versions)
            if before is None or after is None:
                name = text(f"{year} 年的工作日历", f"the calendar of {year}")
                self.add(
                    "added" if after else "removed",
                    "limit",
                    "medium",
                    subject,
                    (None, name) if after else (name, None),
                    places=(places[0], places[1]),
                )
                continue
            days: list[Effect] = []
            for prop, words in DAYS.items():
                x, y = set(getattr(before, prop)), set(getattr(after, prop))
                days.append(Effect(_days(y - x), _days(x - y), *words))
            if any(effect.gained or effect.lost for effect in days):
                name = text(f"{year} 年的工作日历", f"the calendar of {year}")
                self.add("effect", "limit", "medium", subject, (name, name), prop="days", effects=days, places=(places[0], places[1]))

    def hours(self, value: Any) -> Text:
        if isinstance(value, str):
            return text(value, value)
        said = "、".join(f"{begins}–{ends}" for begins, ends in value)
        return text(said, said)


DAYS = {
    "holidays": (text("{}改为放假", "{} off"), text("{}不再放假", "{} no longer off")),
    "workdays": (text("{}调休上班", "{} worked"), text("{}不再调休上班", "{} no longer worked")),
}


def _days(days: set[str]) -> tuple[Text, ...]:
    return tuple(text(day, day) for day in sorted(days))
