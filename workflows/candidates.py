"""Who a step is given to, and which way a branch goes: one resolver for the engine and for the forecast, so that neither says what
the other does not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from forms import expressions
from forms.expressions import UNKNOWN, Fault, Reference
from forms.texts import Text
from workflows import voting
from workflows.app import Approve, AtLeast, Branch, Handle, Inclusive, Notify
from workflows.case import Case
from workflows.events import Applicant, Candidate
from workflows.people import Department, Directory, Person
from workflows.program import Program

#: who gets what nobody else can be given to
FLOW_ADMIN = "flow-admin"
#: how far up an organisation is searched for a head
LEVELS = 20


class Facts(NamedTuple):
    """What an expression of the flow may read of a case."""

    applicant: Applicant
    answers: Mapping[str, Any]
    #: "2026-11-23" on the wall of the organisation; None: not known, and so is what reads it
    today: str | None = None
    #: whom people have chosen, by step
    picked: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Resolution(NamedTuple):
    """The people of a step, each once, in the order in which the step names them."""

    candidates: tuple[Candidate, ...]
    #: why these are not the people the step names: "nobody", "self-approval"; None: they are
    instead: str | None = None
    #: what administrators should hear of
    warnings: tuple[Text, ...] = ()
    #: the expression reads answers that are not there yet; only a forecast meets that
    unknown: bool = False


class Found(NamedTuple):
    """A person by one authority."""

    person: Person
    department: str
    why: Text
    #: the department whose head decides instead, if this is the applicant
    above: str


def resolve(program: Program, step: Approve | Handle | Notify, facts: Facts, directory: Directory) -> Resolution:
    """The people ``step`` is given to. An applicant never approves their own application: the next head above does. Nobody:
    whom the flow's ``nobody`` names, then the flow administrators; without any, no candidates, and the step is stuck.
    Raises forms.expressions.Fault.
    """
    gathered, unknown = gather(program, step.who, facts, directory)
    if isinstance(step, Notify):
        warnings = () if gathered else (_nobody(step, "跳过", "skipped"),)
        return Resolution(_merged(gathered), "nobody" if not gathered else None, warnings, unknown)
    instead = None
    if step.chosen and (picked := facts.picked.get(step.id)):
        gathered = [found for id in picked for found in gathered if found.person.id == id]
    if (
        isinstance(step, Approve)
        and program.app.flow.self_approval != "self"
        and any(found.person.id == facts.applicant.id for found in gathered)
    ):
        instead = "self-approval"
        others = [found for found in gathered if found.person.id != facts.applicant.id]
        skips = program.app.flow.self_approval == "skip" and bool(others)
        gathered = others if skips else [other for found in gathered for other in _not_oneself(found, facts.applicant, directory)]
    people = weighed(program, step, _merged(gathered), facts, directory)
    if people and not voting.too_few(step, people):
        return Resolution(deputised(program, people, facts, directory), instead, (), unknown)
    barred = facts.applicant.id if isinstance(step, Approve) else None
    gathered = _last_resort(program, facts, directory, barred)
    warnings = (
        _nobody(step, "已改派", "given to others instead")
        if gathered
        else _nobody(step, "停在这里，等管理员处置", "it waits here for the administrators"),
    )
    last = deputised(program, _merged(gathered), facts, directory)
    return Resolution(last, "nobody" if people else instead or "nobody", warnings, unknown)


def deputised(program: Program, people: tuple[Candidate, ...], facts: Facts, directory: Directory) -> tuple[Candidate, ...]:
    """``people``, with their deputies in the place of those who are away. One hop only: a deputy who is away too, applies, or is there
    already leaves it with the principal.
    """
    app, day = program.app.id, facts.today
    if day is None:
        return people
    found: list[Candidate] = []
    there = {to.person for to in people}
    for to in people:
        id = directory.deputy(to.person, app, day)
        deputy = directory.person(id) if id else None
        if deputy is None or deputy.disabled or deputy.id in there | {facts.applicant.id} or directory.deputy(deputy.id, app, day):
            found.append(to)
            continue
        there.add(deputy.id)
        why = {"zh": f"外出委托：代 {to.name}", "en": f"Stands in for {to.name}"}
        place = candidate(deputy, (why, *to.why))
        found.append(msgspec.structs.replace(place, name=f"{deputy.name}（代 {to.name}）", principal=to.person, weight=to.weight))
    return tuple(found)


def weighed(
    program: Program, step: Approve | Handle, people: tuple[Candidate, ...], facts: Facts, directory: Directory
) -> tuple[Candidate, ...]:
    """``people`` with the weights of their votes."""
    if not isinstance(step.decide, AtLeast) or not step.decide.weights:
        return people
    named = [({item.person.id for item in gather(program, w.who, facts, directory)[0]}, w.weight) for w in step.decide.weights]
    return tuple([msgspec.structs.replace(to, weight=next((weight for ids, weight in named if to.person in ids), 1)) for to in people])


def may_start(program: Program, applicant: Applicant, directory: Directory, now: datetime | None = None) -> bool:
    """Whether ``applicant`` may start a case of this app; nobody may when that cannot be worked out."""
    person = directory.person(applicant.id)
    if person is None or person.disabled:
        return False
    who = program.app.flow.start.who
    try:
        return who is None or among(program, who, applicant.id, Facts(applicant, {}, today(now, directory) if now else None), directory)
    except Fault:
        return False


def among(program: Program, who: str, person: str, facts: Facts, directory: Directory) -> bool:
    """Whether ``person`` is one of those that ``who`` names."""
    return any(found.person.id == person for found in gather(program, who, facts, directory)[0])


def gather(program: Program, who: str, facts: Facts, directory: Directory) -> tuple[list[Found], bool]:
    """Everyone whom ``who`` names, nobody disabled, one entry for each authority; and whether that is not yet known."""
    value = program.people(who).value(binding(facts), directory.calendar)
    if value is UNKNOWN:
        return [], True
    return behind(expressions.references(value), facts, directory), False


def behind(references: Sequence[Reference], facts: Facts, directory: Directory) -> list[Found]:
    """Everyone behind ``references``, nobody disabled."""
    found = [person for reference in references for person in _behind(reference, facts, directory)]
    return [item for one in found if not (item := _succeeded(one, directory)).person.disabled]


def _succeeded(found: Found, directory: Directory) -> Found:
    """Whoever has taken over from someone who left has what would be theirs."""
    person = _current(found.person, directory)
    return found if person is found.person else found._replace(person=person)


def _current(person: Person, directory: Directory) -> Person:
    seen = {person.id}
    while (id := directory.successor(person.id)) and id not in seen and (new := directory.person(id)):
        seen.add(id)
        person = new
    return person


def choose(program: Program, branch: Branch, facts: Facts, directory: Directory) -> int | None:
    """The case of ``branch`` that is taken: the first that holds, else `otherwise`, else None. What is not yet known does not hold.
    Raises forms.expressions.Fault.
    """
    bound = binding(facts)
    otherwise: int | None = None
    for number, case in enumerate(branch.cases):
        if case.when is None:
            otherwise = number
        elif program.condition(case.when).value(bound, directory.calendar) is True:
            return number
    return otherwise


def choose_all(program: Program, block: Inclusive, facts: Facts, directory: Directory) -> tuple[int, ...]:
    """The cases of ``block`` that are taken: every one that holds; if none does, `otherwise`. Raises forms.expressions.Fault."""
    bound = binding(facts)
    holding = [
        number
        for number, case in enumerate(block.cases)
        if case.when is not None and program.condition(case.when).value(bound, directory.calendar) is True
    ]
    return tuple(holding or [number for number, case in enumerate(block.cases) if case.when is None])


def facts_of(case: Case, directory: Directory, now: datetime | None) -> Facts:
    """The facts of a case as it stands."""
    return Facts(case.applicant, case.answers, today(now, directory) if now else None, case.picked)


def binding(facts: Facts) -> dict[str, Any]:
    """The variables of an expression of the flow."""
    applicant = facts.applicant
    return {
        **facts.answers,
        "today": facts.today,
        "applicant": {"id": applicant.id, "name": applicant.name, "department": applicant.department, "post": applicant.post},
    }


def today(now: datetime, directory: Directory) -> str:
    """The date of ``now`` on the wall of the organisation."""
    return now.astimezone(ZoneInfo(directory.calendar.time_zone)).date().isoformat()


def flow_admins(directory: Directory, department: str) -> list[Found]:
    """The administrators of flows who look after ``department``."""
    why: Text = {"zh": "流程管理员", "en": "Flow administrator"}
    people = directory.role_holders(FLOW_ADMIN, department)
    return [Found(person, main_department(person), why, department) for person in people if not person.disabled]


def candidate(person: Person, why: tuple[dict[str, str], ...], department: str | None = None) -> Candidate:
    """``person`` with their post in ``department``, or with their main one."""
    held = next((held for held in person.holdings if department in (None, held.department)), None)
    at = (department or "") if held is None else held.department
    return Candidate(person=person.id, name=person.name, department=at, post=held.post if held else "", why=why)


def main_department(person: Person) -> str:
    return person.holdings[0].department if person.holdings else ""


def _behind(reference: Reference, facts: Facts, directory: Directory) -> list[Found]:
    """The people behind one reference, each with why."""
    home = facts.applicant.department
    kind, id, department = reference
    if kind == "user":
        person = directory.person(id)
        why: Text = {"zh": "申请人", "en": "Applicant"} if id == facts.applicant.id else {"zh": "指定人员", "en": "Named person"}
        return [Found(person, main_department(person), why, home)] if person else []
    if kind == "head_of":
        head = _head(id, directory)
        return [head] if head else []
    if kind == "heads_of":
        return _chain(id, department or "1", directory)
    if kind == "role":
        title = directory.role_title(id)
        why = {"zh": f"角色：{title['zh']}", "en": f"Role: {title.get('en') or title['zh']}"}
        return [Found(person, main_department(person), why, home) for person in directory.role_holders(id, department)]
    if kind == "post":
        title = directory.post_title(id)
        why = {"zh": f"岗位：{title['zh']}", "en": f"Post: {title.get('en') or title['zh']}"}
        return [Found(person, _holds(person, id, department), why, home) for person in directory.post_holders(id, department)]
    unit = directory.department(id)
    if unit is None:
        return []
    if kind == "department":
        why = {"zh": f"{unit.title['zh']}成员", "en": f"Member of {_english(unit)}"}
        return [Found(person, id, why, home) for person in directory.members(id)]
    why = {"zh": f"{unit.title['zh']}副职", "en": f"Deputy head of {_english(unit)}"}
    deputies = [person for deputy in unit.deputies if (person := directory.person(deputy))]
    return [Found(person, id, why, home) for person in deputies]


def _holds(person: Person, post: str, department: str | None) -> str:
    """The department in which ``person`` holds ``post``."""
    return next((h.department for h in person.holdings if h.post == post and department in (None, h.department)), main_department(person))


def _head(department: str, directory: Directory, barred: str | None = None) -> Found | None:
    """The head of ``department``, or of the nearest one above whose head is there; ``barred`` is passed over."""
    current: str | None = department
    for _ in range(LEVELS):
        unit = directory.department(current) if current else None
        if unit is None:
            return None
        person = directory.person(unit.head) if unit.head else None
        person = _current(person, directory) if person else None
        if person and not person.disabled and person.id != barred:
            return Found(person, unit.id, {"zh": f"{unit.title['zh']}负责人", "en": f"Head of {_english(unit)}"}, unit.id)
        current = unit.parent
    return None


def _chain(department: str, to: str, directory: Directory) -> list[Found]:
    """The heads from ``department`` upwards: of so many levels, or up to the first who has the role ``to``. Levels without a head who
    is there are passed over.
    """
    found: list[Found] = []
    current: str | None = department
    ends = frozenset[str]() if to.isdigit() else {person.id for person in directory.role_holders(to)}
    for _ in range(min(int(to), LEVELS) if to.isdigit() else LEVELS):
        unit = directory.department(current) if current else None
        if unit is None:
            break
        person = directory.person(unit.head) if unit.head else None
        person = _current(person, directory) if person else None
        if person and not person.disabled:
            found.append(Found(person, unit.id, {"zh": f"{unit.title['zh']}负责人", "en": f"Head of {_english(unit)}"}, unit.id))
            if person.id in ends:
                break
        current = unit.parent
    return found


def _not_oneself(found: Found, applicant: Applicant, directory: Directory) -> list[Found]:
    """``found``, or the people who decide instead of the applicant."""
    if found.person.id != applicant.id:
        return [found]
    head = _head(found.above, directory, barred=applicant.id)
    return [head] if head else [admin for admin in flow_admins(directory, applicant.department) if admin.person.id != applicant.id]


def _last_resort(program: Program, facts: Facts, directory: Directory, barred: str | None) -> list[Found]:
    """Whoever gets what nobody was found for."""
    nobody = program.app.flow.nobody
    if program.app.flow.nobody_does == "stop":
        return []
    given = gather(program, nobody, facts, directory)[0] if nobody is not None else []
    if program.app.flow.nobody_does == "step-up" and (head := _head(facts.applicant.department, directory, barred)):
        given = [head]
    given = [found for found in given if found.person.id != barred]
    return given or [found for found in flow_admins(directory, facts.applicant.department) if found.person.id != barred]


def _merged(found: Sequence[Found]) -> tuple[Candidate, ...]:
    """One person, one candidate, with all authorities."""
    people: dict[str, tuple[Found, list[dict[str, str]]]] = {}
    for item in found:
        _, why = people.setdefault(item.person.id, (item, []))
        if item.why not in why:
            why.append(dict(item.why))
    return tuple([candidate(item.person, tuple(why), item.department) for item, why in people.values()])


def _nobody(step: Approve | Handle | Notify, zh: str, en: str) -> Text:
    title = step.title
    return {"zh": f"“{title['zh']}”没有找到合适的人，{zh}", "en": f"Nobody was found for “{title.get('en') or title['zh']}”: {en}"}


def _english(unit: Department) -> str:
    return unit.title.get("en") or unit.title["zh"]
