"""The transition systems of a BusinessService, straight from its JSON, and of the app made of it, by the real compiler and engine."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.lts import Lts

from builder import compile, source
from builder.importing import digit
from builder.importing.digit import Imported
from builder.importing.written import put
from builder.problems import Problems
from forms.calendar import WorkCalendar, Year
from forms.diagnostics import Diagnostic
from workflows import acting, engine, program
from workflows.app import App, Handle, release
from workflows.case import Case
from workflows.commands import Act, Submit
from workflows.engine import Decision
from workflows.events import Applicant
from workflows.people import Department, Member, Organisation, Person, Role
from workflows.roster import Roster

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
#: someone who has no role
NOBODY = "nobody"


def imported(text: str) -> tuple[Imported | None, list[Diagnostic]]:
    """What becomes of a BusinessService."""
    problems = Problems()
    root = source.load(text, "service.json", problems)
    found = digit.read(root, "imported", "office", problems) if root else None
    return found, problems.in_order()


def compiled(found: Imported, folder: Path) -> App:
    """The app, out of the files that the import writes."""
    put(found.draft.files(), folder / "apps" / "imported")
    result = compile.compile_workspace(folder, people(found))
    assert [problem.render("en") for problem in result.problems] == []
    return result.apps["imported"]


def people(found: Imported) -> Organisation:
    """One person for each role, called by the role as the machine calls it; and one who has none."""
    return Organisation(
        id="city",
        title={"zh": "城"},
        calendar=WorkCalendar(time_zone="Asia/Shanghai", hours=(("08:30", "17:30"),), years={2026: Year(year=2026, holidays=())}),
        departments=(Department(id="office", title={"zh": "办公室"}),),
        people=tuple(Person(id=name, name=name) for name in (*found.draft.roles.values(), NOBODY)),
        roles=tuple(Role(id=id, title={"zh": name}, members=(Member(person=name),)) for id, name in found.draft.roles.items()),
    )


def of_service(text: str, found: Imported) -> Lts:
    """As the machine says: an action of a state by each of its roles. Where the app lets the applicant choose the first action in a
    step, opening the application comes before, by whoever may do one of them, and leaves the actions of that role.
    """
    service: dict[str, Any] = json.loads(text)
    states: dict[str | None, dict[str, Any]] = {state["state"]: state for state in service["states"]}
    lts = Lts("new")
    for name, state in states.items():
        if state["isTerminateState"]:
            lts.marks[name] = f"ended {name}"
            lts.ways.setdefault(name, set())
        for action in state["actions"] or ():
            for role in action["roles"]:
                if name is not None:
                    lts.add(name, (action["action"], role), action["nextState"])
                elif found.begins:
                    lts.add("new", ("open", role), ("begun", role))
                    lts.add(("begun", role), (action["action"], role), action["nextState"])
                else:
                    lts.add("new", (action["action"], role), action["nextState"])
    return lts


def of_app(app: App, found: Imported) -> Lts:
    """As the engine decides: from every state that a case comes to, everything that anybody tries: the own actions, and all that
    people can do with a task elsewhere.
    """
    loaded, roster = program.load(release(app)), Roster(people(found))
    lts = Lts("new")
    cases: list[Case] = []
    known: set[object] = set()

    def come(state: object, label: object, case: Case) -> None:
        key = where(case, found)
        lts.add(state, label, key)
        if case.status == "ended":
            lts.marks[key] = f"ended {found.outcomes[case.outcome or '']}"
        elif key not in known:
            known.add(key)
            cases.append(case)

    everyone = (*found.draft.roles.values(), NOBODY)
    first = "open" if found.begins else found.machine.start.transitions[0].action
    for person in everyone:
        applicant = Applicant(id=person, name=person, department="office", department_title="", post="")
        decision = engine.decide(loaded, None, Submit(id="s", applicant=applicant, number="1", answers={}), NOW, roster)
        if isinstance(decision, Decision):
            come("new", (first, person), decision.case)
    commands = 0
    while cases:
        case = cases.pop()
        for visit in case.visits.values():
            step = loaded.steps[visit.step]
            assert isinstance(step, Handle)
            for person in everyone:
                task = next((task.id for task in case.open_tasks() if task.person == person), case.open_tasks()[0].id)
                for action in (*(action.id for action in step.actions), *acting.TITLES):
                    commands += 1
                    # to everybody else and back to the start: whatever the action would need
                    to = "start" if action == "return" else next(other for other in everyone if other != person)
                    act = Act(id=f"c{commands}", actor=person, task=task, action=action, opinion="好", to=to, people=(to,))
                    decision = engine.decide(loaded, case, act, NOW, roster)
                    if isinstance(decision, Decision):
                        come(where(case, found), (found.actions.get((step.id, action), action), person), decision.case)
    return lts


def where(case: Case, found: Imported) -> object:
    """What a case can do from here on depends on this alone: the open step and who has it."""
    if case.status == "ended":
        return ("ended", case.outcome)
    return frozenset((task.step, task.person) for task in case.open_tasks())
