"""Process trees read, written and compiled as the command does it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builder import compile, source
from builder.compile import Compiled
from builder.importing import flowlong
from builder.importing.flowlong_conditions import plain
from builder.importing.written import Draft, put
from builder.nodes import Mapping, Node, items, mapping
from builder.problems import Problems
from forms.calendar import WorkCalendar, Year
from forms.diagnostics import Diagnostic
from workflows import engine, offers, picking, program
from workflows.app import App, release
from workflows.candidates import Facts
from workflows.case import Case
from workflows.commands import Act, ChildEnded, Fire, Submit
from workflows.engine import Decision
from workflows.events import Applicant
from workflows.people import Department, Holding, Member, Organisation, Person, Post, Role
from workflows.roster import Roster

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def imported(text: str, id: str = "imported") -> tuple[Draft | None, list[Diagnostic]]:
    """What becomes of a tree."""
    problems = Problems()
    root = source.load(text, "tree.json", problems)
    found = flowlong.read(root, id, "office", problems) if root else None
    return found, problems.in_order()


def compiled(draft: Draft, folder: Path, beside: Draft | None = None) -> Compiled:
    """The files of the app, compiled where nobody knows its people; ``beside`` is an app that it may call."""
    put(draft.files(), folder / "apps" / "imported")
    if beside:
        put(beside.files(), folder / "apps" / beside.app["id"])
    return compile.compile_workspace(folder)


def played(app: App, draft: Draft) -> str:
    """Hands the app in and lets everybody do the first thing that is offered to them, until the case has ended: its outcome. Time goes by
    while it waits, and what it calls is approved.
    """
    loaded, roster = program.load(release(app)), Roster(_office(draft))
    answers = {field.name: _answer(field.kind) for field in app.form.fields if field.required}
    number, applicant = 0, next(iter(draft.people), "applicant") if app.flow.start.who else "applicant"
    who = Applicant(id=applicant, name=applicant, department="office", department_title="", post="")
    case: Case | None = None
    picks = offers.picks(loaded, picking.by_applicant(loaded), Facts(who, answers), roster)
    picked = {pick.step: tuple(person.person for person in pick.people[: pick.most]) for pick in picks}
    now, command = NOW, Submit(id="c0", applicant=who, number="1", answers=answers, picked=picked)
    while True:
        decision = engine.decide(loaded, case, command, now, roster)
        assert isinstance(decision, Decision), decision
        case, number = decision.case, number + 1
        if case.status == "ended":
            return case.outcome or ""
        assert number < 200, "it does not come to an end"
        if tasks := case.open_tasks():
            first = offers.offers(loaded, case, tasks[0], roster, now)[0]
            command = Act(id=f"c{number}", actor=tasks[0].person, task=tasks[0].id, action=first.id, opinion="好")
        elif case.timers:
            timer = min(case.timers.values(), key=lambda timer: timer.at)
            now, command = max(now, timer.at), Fire(id=f"c{number}", timer=timer.id)
        else:
            still = next(iter(case.still.values()))
            command = ChildEnded(id=f"c{number}", case=still.children[0], step=still.step, index=0, outcome="approved")


def _answer(kind: str) -> Any:
    return {"number": 1.0, "person": "applicant"}.get(kind, "1")


def _office(draft: Draft) -> Organisation:
    """Everybody whom the app names, under one head; each role has somebody of its own."""
    roles = {role: f"{role}-holder" for role in (*draft.roles, "flow-admin")}
    people = dict.fromkeys(("applicant", "head", *draft.people, *roles.values()))
    return Organisation(
        id="city",
        title={"zh": "城"},
        calendar=WorkCalendar(time_zone="Asia/Shanghai", hours=(("08:30", "17:30"),), years={2026: Year(year=2026, holidays=())}),
        departments=(Department(id="office", title={"zh": "办公室"}, head="head"),),
        people=tuple(Person(id=id, name=id, holdings=(Holding(department="office", post="clerk"),)) for id in people),
        posts=(Post(id="clerk", title={"zh": "科员"}),),
        roles=tuple(Role(id=role, title={"zh": role}, members=(Member(person=holder),)) for role, holder in roles.items()),
    )


def unaccounted(text: str, draft: Draft, problems: list[Diagnostic]) -> list[str]:
    """The nodes of a tree that became no step and that no report points at."""
    root = source.load(text, "tree.json", Problems())
    titles = {line.partition("title: ")[2].partition(",")[0].strip("' }") for line in draft.files()["flow.yaml"].splitlines()}
    places = {(problem.place.line, problem.place.column) for problem in problems}
    return [
        plain(node, "nodeName") or ""
        for node in _nodes(mapping(root.get("nodeConfig") if isinstance(root, Mapping) else None))
        if plain(node, "type") not in ("0", "3", "-1") and plain(node, "nodeName") not in titles and not places & _own(node)
    ]


def _own(node: Mapping) -> set[tuple[int, int]]:
    """Where the keys of a node stand, and of the jumps it makes; its children's not among them."""
    entries = [
        *node.entries.values(),
        *(entry for part in items(node.get("routeNodes")) if (jump := mapping(part)) for entry in jump.entries.values()),
    ]
    found = [node.source.place(entry.key.start) for entry in entries]
    return {(place.line, place.column) for place in found}


def _nodes(node: Node | None) -> list[Mapping]:
    found = mapping(node)
    if found is None:
        return []
    inner = [part for key in ("conditionNodes", "parallelNodes", "inclusiveNodes") for part in items(found.get(key))]
    return [found, *(below for part in [*inner, found.get("childNode")] for below in _nodes(part))]
