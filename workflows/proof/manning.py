"""Held against the people there are: roles, posts and departments that nobody is in, and actions for people who are not in the step."""

from collections.abc import Iterator

from forms import syntax
from forms.syntax import Call, Literal_, Node
from forms.texts import Text, say
from workflows.app import Approve, Handle, Notify
from workflows.app import Call as CallStep
from workflows.people import Department, Organisation
from workflows.program import START
from workflows.proof.facts import Facts
from workflows.proof.verdict import Finding, Part, Place

KINDS: dict[str, Text] = {
    "role": {"zh": "角色", "en": "role"},
    "post": {"zh": "岗位", "en": "post"},
    "department": {"zh": "部门", "en": "department"},
    "head_of": {"zh": "负责人：部门", "en": "head of the department"},
    "deputy_of": {"zh": "副职：部门", "en": "deputies of the department"},
    "user": {"zh": "人员", "en": "person"},
}


def named(who: Node, organisation: Organisation) -> frozenset[str] | None:
    """The people that ``who`` names whatever was answered, nobody disabled; None: that depends."""
    active = {person.id: person for person in organisation.people if not person.disabled}
    match who:
        case Call(function="_+_", args=(left, right)):
            one, other = named(left, organisation), named(right, organisation)
            return None if one is None or other is None else one | other
        case Call(function="user", args=(Literal_(value=id),)):
            return frozenset({id}) & active.keys()
        case Call(function="role", args=(Literal_(value=id),)):
            return frozenset(m.person for role in organisation.roles if role.id == id for m in role.members) & active.keys()
        case Call(function="role", args=(Literal_(value=id), Literal_(value=department))):
            above = {unit.id for unit in _up(str(department), organisation)}
            members = [member for role in organisation.roles if role.id == id for member in role.members]
            return frozenset(m.person for m in members if not m.departments or above & {*m.departments}) & active.keys()
        case Call(function="post", args=(Literal_(value=id), *rest)):
            place = rest[0].value if rest and isinstance(rest[0], Literal_) else None
            if rest and place is None:
                return None
            return frozenset(p.id for p in active.values() if any(h.post == id and place in (None, h.department) for h in p.holdings))
        case Call(function="department", args=(Literal_(value=id),)):
            return frozenset(p.id for p in active.values() if any(held.department == id for held in p.holdings))
        case Call(function="deputy_of", args=(Literal_(value=id),)):
            return frozenset(deputy for unit in organisation.departments if unit.id == id for deputy in unit.deputies) & active.keys()
        case Call(function="head_of", args=(Literal_(value=id),)):
            return frozenset([unit.head for unit in _up(str(id), organisation) if unit.head in active][:1])
        case _:
            return None


def _up(department: str, organisation: Organisation) -> list[Department]:
    """A department and those above it."""
    units = {unit.id: unit for unit in organisation.departments}
    found: list[Department] = []
    at: str | None = department
    while at in units and units[at] not in found:
        found.append(units[at])
        at = units[at].parent
    return found


def check(facts: Facts, organisation: Organisation) -> Iterator[Finding]:
    """Whoever a step that is come to names, and nobody is."""
    for step, part, text in _texts(facts):
        for node in syntax.walk(facts.subject.expressions[text].tree):
            if isinstance(node, Call) and node.function in KINDS and named(node, organisation) == frozenset():
                id = next(argument.value for argument in node.args if isinstance(argument, Literal_))
                kind = KINDS[node.function]
                yield Finding(
                    "nobody-in-role",
                    Place(step, part),
                    {
                        "zh": f"{kind['zh']}“{id}”现在没有人，找不到人时按 nobody 处理",
                        "en": f"Nobody is there for the {kind['en']} “{id}”: what nobody says is done",
                    },
                )
    yield from _strangers(facts, organisation)


def _strangers(facts: Facts, organisation: Organisation) -> Iterator[Finding]:
    """Own actions that nobody of the step's people may use."""
    for step in facts.subject.steps.values():
        if not isinstance(step, Approve | Handle) or step.id not in facts.entering:
            continue
        people = named(facts.subject.expressions[step.who].tree, organisation)
        for action in step.actions:
            may = named(facts.subject.expressions[action.who].tree, organisation) if action.who is not None else None
            if people and may is not None and not people & may:
                yield Finding(
                    "action-nobody",
                    Place(step.id, ("actions", action.id, "who")),
                    {
                        "zh": f"办理这一步的人都不能用“{say(action.title, 'zh')}”",
                        "en": f"None of the people of this step may use “{say(action.title, 'en')}”",
                    },
                )


def _texts(facts: Facts) -> Iterator[tuple[str | None, Part, str]]:
    """Every expression that names people, with where it stands."""
    flow = facts.subject.app.flow
    if flow.start.who is not None:
        yield START, ("who",), flow.start.who
    if flow.nobody is not None:
        yield None, ("nobody", "give_to"), flow.nobody
    for step in facts.subject.steps.values():
        if step.id not in facts.entering:
            continue
        who = step.who if isinstance(step, Approve | Handle | Notify | CallStep) else None
        if who is not None:
            yield step.id, ("who",), who
        if isinstance(step, Approve | Handle):
            for number, entry in enumerate(step.overdue):
                for key, text in (("escalate", entry.escalate), ("transfer", entry.transfer)):
                    if text is not None:
                        yield step.id, ("overdue", number, key), text
            for action in step.actions:
                if action.who is not None:
                    yield step.id, ("actions", action.id, "who"), action.who
