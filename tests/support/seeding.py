"""Defects seeded into the example apps: each operator of docs/reference/proof.md changes a flow or a form in one place."""

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

Definition = dict[str, Any]
#: the files of an app and of the people, as data
Files = dict[str, Definition]
#: a defect in one place: changes the files
Seed = Callable[[Files], None]

#: an operator: all places at which it can seed its defect
OPERATORS: dict[str, Callable[[Files], Iterator[Seed]]] = {}
HUMAN = ("approve", "handle")


def read(folder: Path, org: Path) -> Files:
    """An app folder and the people."""
    found = {name: _data(folder / name) for name in ("app.yaml", "flow.yaml", "form.yaml")}
    return found | {"roles": _data(org / "roles.yaml")}


def _data(file: Path) -> Definition:
    return yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)


def operator(name: str) -> Callable[[Callable[[Files], Iterator[Seed]]], Callable[[Files], Iterator[Seed]]]:
    def register(places: Callable[[Files], Iterator[Seed]]) -> Callable[[Files], Iterator[Seed]]:
        OPERATORS[name] = places
        return places

    return register


def seeded(files: Files, seed: Seed) -> Files:
    changed = copy.deepcopy(files)
    seed(changed)
    return changed


def blocks(steps: list[Definition], path: tuple[Any, ...] = ("steps",)) -> Iterator[tuple[tuple[Any, ...], list[Definition]]]:
    """Every list of steps with the path to it."""
    yield path, steps
    for index, step in enumerate(steps):
        for key in ("cases", "branches"):
            for number, part in enumerate(step.get(key, ())):
                if part.get("steps"):
                    yield from blocks(part["steps"], (*path, index, key, number, "steps"))


def at(root: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        root = root[key]
    return root


def kind(step: Definition) -> str:
    return next(
        iter(
            key
            for key in step
            if key in (*HUMAN, "notify", "branch", "parallel", "inclusive", "wait", "set", "issue", "send", "call", "end")
        )
    )


def id_of(step: Definition) -> str:
    return step[kind(step)]


def top(path: tuple[Any, ...]) -> bool:
    return path == ("steps",)


def in_lane(flow: Definition, path: tuple[Any, ...]) -> bool:
    return any(key == "branches" or (key == "cases" and "inclusive" in at(flow, path[:n])) for n, key in enumerate(path))


def humans(flow: Definition, kinds: tuple[str, ...] = HUMAN) -> Iterator[tuple[tuple[Any, ...], int, Definition]]:
    for path, steps in blocks(flow["steps"]):
        for index, step in enumerate(steps):
            if kind(step) in kinds:
                yield path, index, step


def choices(flow: Definition, kinds: tuple[str, ...] = ("branch", "inclusive")) -> Iterator[tuple[tuple[Any, ...], int, Definition]]:
    yield from humans(flow, kinds)


def whens(flow: Definition) -> Iterator[tuple[tuple[Any, ...], int, int, str]]:
    """Every condition: path to the block, the step, the case."""
    for path, index, step in choices(flow, ("branch",)):
        for number, case in enumerate(step["cases"]):
            if "when" in case:
                yield path, index, number, case["when"]


def approval(id: str = "seeded") -> Definition:
    return {"approve": id, "who": 'head_of("data-bureau")'}


def action(title: str = "试", **parts: Any) -> Definition:
    return {"title": title, **parts}


def completes(step: Definition) -> bool:
    return all("go" in item or "end" in item for item in step.get("actions", {}).values())


# ---- control -------------------------------------------------------------------------------------------------------------------


@operator("only-back-to-itself")
def _(files: Files) -> Iterator[Seed]:
    for path, index, step in humans(files["flow.yaml"], ("handle",)):

        def seed(changed: Files, path: Any = path, index: int = index, id: str = id_of(step)) -> None:
            at(changed["flow.yaml"], path)[index]["actions"] = {"again": action(go=id), "more": action(go=id)}

        # a lane beside which another may end the case is no dead end
        if not in_lane(files["flow.yaml"], path) or not _sibling_ends(files["flow.yaml"], path):
            yield seed


def _sibling_ends(flow: Definition, path: tuple[Any, ...]) -> bool:
    for n, key in enumerate(path):
        if key in ("branches", "cases") and kind(at(flow, path[:n])) in ("parallel", "inclusive"):
            return kind(at(flow, path[:n])) == "parallel" and any(
                "approve" in step or any("end" in item for item in step.get("actions", {}).values())
                for other, part in enumerate(at(flow, path[:n])[key])
                if other != path[n + 1]
                for _, steps in blocks(part.get("steps") or [])
                for step in steps
            )
    return False


@operator("only-back-to-start")
def _(files: Files) -> Iterator[Seed]:
    steps = files["flow.yaml"]["steps"]
    for index, step in enumerate(steps):
        # only where nothing before it could end the case otherwise
        if kind(step) == "handle" and not any(
            kind(other) in ("approve", "call", "parallel", "branch", "inclusive") or _ends(other) for other in steps[:index]
        ):

            def seed(changed: Files, index: int = index) -> None:
                changed["flow.yaml"]["steps"][index]["actions"] = {"again": action(go="start")}

            yield seed


def _ends(step: Definition) -> bool:
    return any("end" in item for item in step.get("actions", {}).values())


@operator("circle-of-two")
def _(files: Files) -> Iterator[Seed]:
    for path, steps in blocks(files["flow.yaml"]["steps"]):
        if in_lane(files["flow.yaml"], path) and _sibling_ends(files["flow.yaml"], path):
            continue
        for index, step in enumerate(steps):
            if kind(step) == "handle":

                def seed(changed: Files, path: Any = path, index: int = index, id: str = id_of(step)) -> None:
                    here = at(changed["flow.yaml"], path)
                    here[index]["actions"] = {"on": action(go="seeded-other")}
                    here.insert(
                        index + 1,
                        {"handle": "seeded-other", "who": here[index]["who"], "decide": "any-decision", "actions": {"back": action(go=id)}},
                    )

                yield seed


@operator("end-before-a-step")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    targets = {item["go"] for _, _, step in humans(flow) for item in step.get("actions", {}).values() if "go" in item} | {
        flow.get("on_reject")
    }
    for path, steps in blocks(flow["steps"]):
        for index, step in enumerate(steps):
            if index and not any(id_of(s) in targets for _, inner in blocks([step]) for s in inner):

                def seed(changed: Files, path: Any = path, index: int = index) -> None:
                    at(changed["flow.yaml"], path).insert(index, {"end": "seeded-end", "outcome": "rejected"})

                yield seed


@operator("jump-over-a-step")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    targets = {item["go"] for _, _, step in humans(flow) for item in step.get("actions", {}).values() if "go" in item} | {
        flow.get("on_reject")
    }
    for path, steps in blocks(flow["steps"]):
        for index in range(len(steps) - 2):
            if kind(steps[index]) == "handle" and id_of(steps[index + 1]) not in targets:

                def seed(changed: Files, path: Any = path, index: int = index, to: str = id_of(steps[index + 2])) -> None:
                    at(changed["flow.yaml"], path)[index]["actions"] = {"jump": action(go=to)}

                yield seed


@operator("every-case-ends")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    targets = {item["go"] for _, _, step in humans(flow) for item in step.get("actions", {}).values() if "go" in item} | {
        flow.get("on_reject")
    }
    for path, index, _ in choices(flow, ("branch",)):
        behind = at(flow, path)[index + 1 :]
        if behind and not any(id_of(s) in targets for _, inner in blocks(behind) for s in inner) and not _jumped(flow, path, index):

            def seed(changed: Files, path: Any = path, index: int = index) -> None:
                for number, case in enumerate(at(changed["flow.yaml"], path)[index]["cases"]):
                    case["steps"] = [*(case.get("steps") or []), {"end": f"seeded-end-{number}", "outcome": "rejected"}]

            yield seed


def _jumped(flow: Definition, path: tuple[Any, ...], index: int) -> bool:
    return any(
        "go" in item
        for _, inner in blocks([at(flow, path)[index]])
        for s in inner
        for item in s.get("actions", {}).values()
        if item.get("go") != "start"
    )


def lanes(flow: Definition) -> Iterator[tuple[tuple[Any, ...], int, str, int]]:
    for path, steps in blocks(flow["steps"]):
        for index, step in enumerate(steps):
            key = {"parallel": "branches", "inclusive": "cases"}.get(kind(step))
            for number, part in enumerate(step[key] if key else ()):
                if part.get("steps") and "otherwise" not in part:
                    yield path, index, key, number


def parallels(files: Files) -> Iterator[tuple[Files, Callable[[Files], list[list[Definition]]]]]:
    """Every flow can have its first two steps side by side: the example apps have few parallels of their own."""
    flow = files["flow.yaml"]
    for index in range(len(flow["steps"]) + 1):

        def put(changed: Files, index: int = index) -> list[list[Definition]]:
            one = [approval("seeded-one")]
            two = [{"handle": "seeded-two", "who": 'head_of("data-bureau")'}]
            changed["flow.yaml"]["steps"].insert(index, {"parallel": "seeded-both", "branches": [{"steps": one}, {"steps": two}]})
            return [one, two]

        yield files, put


@operator("lane-always-ends")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    for index, (_, put) in enumerate(parallels(files)):
        targets = {item["go"] for _, _, step in humans(flow) for item in step.get("actions", {}).values() if "go" in item} | {
            flow.get("on_reject")
        }
        behind = flow["steps"][index:]
        if behind and not any(id_of(s) in targets for _, inner in blocks(behind) for s in inner):

            def seed(changed: Files, put: Any = put) -> None:
                put(changed)[1].append({"end": "seeded-end", "outcome": "rejected"})

            yield seed


@operator("approved-in-a-lane")
def _(files: Files) -> Iterator[Seed]:
    for _, put in parallels(files):

        def seed(changed: Files, put: Any = put) -> None:
            put(changed)[1].append({"end": "seeded-end", "outcome": "approved"})

        yield seed


@operator("action-approves-in-a-lane")
def _(files: Files) -> Iterator[Seed]:
    for _, put in parallels(files):

        def seed(changed: Files, put: Any = put) -> None:
            put(changed)[1][0]["actions"] = {"done": action(), "enough": action(end="approved")}

        yield seed


@operator("loop-by-itself")
def _(files: Files) -> Iterator[Seed]:
    for path, index, step in humans(files["flow.yaml"], ("approve",)):
        if top(path):

            def seed(changed: Files, index: int = index, id: str = id_of(step)) -> None:
                changed["flow.yaml"]["on_reject"] = id
                here = changed["flow.yaml"]["steps"][index]
                here |= {"due": "1 day", "overdue": [{"after": "1 day", "automatically": "reject"}]}

            yield seed


# ---- conditions ----------------------------------------------------------------------------------------------------------------


def asked(files: Files) -> Iterator[tuple[str, Definition]]:
    """The fields that every applicant answers."""
    flow, form = files["flow.yaml"], files["form.yaml"]
    later = {name for _, _, step in humans(flow) for name in step.get("edit", ())}
    start = flow["start"].get("edit")
    for name in form.get("required", ()):
        field = form["properties"][name]
        if "x-visible" not in field and (name in start if start is not None else name not in later):
            yield name, field


def conditions(files: Files) -> Iterator[tuple[str, str]]:
    """A condition over such a field, and another of which neither contains the other's opposite: two regions of one domain."""
    checks = " ".join(check["that"] for check in files["form.yaml"].get("x-checks", ()))
    for name, field in asked(files):
        if name in checks:
            continue
        options = [option["const"] for option in field.get("oneOf", ())] if field.get("type") == "string" else []
        if len(options) > 2:
            yield f"{name} == '{options[0]}'", f"{name} == '{options[1]}'"
        elif field.get("type") == "boolean":
            yield name, f"!{name}"
        elif field.get("type") == "integer":
            yield f"{name} > {bound(field)}", f"{name} < {bound(field)}"


def places(files: Files) -> Iterator[int]:
    """Where a branch can stand on top: not in front of a target of a jump, which a jump back would pass by."""
    yield from range(len(files["flow.yaml"]["steps"]) + 1)


def put_branch(changed: Files, index: int, *cases: Definition, kind: str = "branch") -> None:
    changed["flow.yaml"]["steps"].insert(index, {kind: "seeded-branch", "cases": list(cases)})


def case(when: str | None, number: int = 1) -> Definition:
    steps = [approval(f"seeded-{number}")]
    return {"otherwise": None} if when is None else {"when": when, "steps": steps}


def new_branch(name: str, make: Callable[[str, str], list[Definition]], kind: str = "branch") -> None:
    """An operator that puts a branch of these cases anywhere on top, over any field that everybody answers."""

    def found(files: Files) -> Iterator[Seed]:
        for one, other in conditions(files):
            for index in places(files):

                def seed(changed: Files, one: str = one, other: str = other, index: int = index) -> None:
                    put_branch(changed, index, *make(one, other), kind=kind)

                yield seed

    OPERATORS[name] = found


@operator("otherwise-removed")
def _(files: Files) -> Iterator[Seed]:
    for path, index, step in choices(files["flow.yaml"], ("branch",)):
        if "otherwise" in step["cases"][-1]:

            def seed(changed: Files, path: Any = path, index: int = index) -> None:
                at(changed["flow.yaml"], path)[index]["cases"].pop()

            yield seed


def _inclusive_gap(one: str, other: str) -> list[Definition]:
    """Two cases that leave something out."""
    return [case(one), case(one if other.startswith("!") else other, 2)]


new_branch("inclusive-otherwise-removed", _inclusive_gap, kind="inclusive")
new_branch("contradiction", lambda one, _: [case(f"{one} && !({one})"), case(None)])
new_branch("always-true", lambda one, _: [case(f"{one} || !({one})")])
new_branch(
    "superfluous-otherwise",
    lambda one, _: [case(one), case(f"!({one})", 2), {"otherwise": None, "steps": [approval("seeded-3")]}],
)
new_branch("case-twice", lambda one, _: [case(one), case(one, 2), case(None)])
new_branch(
    "wider-case-first",
    lambda one, other: (
        [case(f"{one} || {other}"), case(one, 2), case(None)]
        if other[0] != "!"
        else [case(one), case(f"{one} && !({other})", 2), case(None)]
    ),
)
new_branch(
    "inner-contradicts-outer",
    lambda one, _: [{"when": one, "steps": [{"branch": "seeded-inner", "cases": [case(f"!({one})"), case(None)]}]}, case(None)],
)
new_branch("inner-repeats-outer", lambda one, _: [{"when": one, "steps": [{"branch": "seeded-inner", "cases": [case(one)]}]}, case(None)])


@operator("gap-at-the-bound")
def _(files: Files) -> Iterator[Seed]:
    for name, field in numbers(files):
        for index in places(files):

            def seed(changed: Files, index: int = index, name: str = name, field: Definition = field) -> None:
                put_branch(changed, index, case(f"{name} > {bound(field)}"), case(f"{name} < {bound(field)}", 2))

            yield seed


@operator("overlap")
def _(files: Files) -> Iterator[Seed]:
    for name, field in numbers(files):
        for index in places(files):

            def seed(changed: Files, index: int = index, name: str = name, field: Definition = field) -> None:
                put_branch(changed, index, case(f"{name} >= {bound(field)}"), case(f"{name} <= {bound(field)}", 2))

            yield seed


def numbers(files: Files) -> Iterator[tuple[str, Definition]]:
    for name, field in asked(files):
        if field.get("type") == "integer" or field.get("$ref") == "std:money":
            yield name, field


def bound(field: Definition) -> str:
    """A number in the midst of the domain."""
    low = field.get("minimum", 0)
    middle = (low + field.get("maximum", low + 14)) // 2
    return f"yuan({middle + 7000})" if "$ref" in field else str(middle)


@operator("check-forbids")
def _(files: Files) -> Iterator[Seed]:
    for one, _ in conditions(files):
        name = one.split(" ")[0]

        def seed(changed: Files, one: str = one, name: str = name) -> None:
            changed["form.yaml"].setdefault("x-checks", []).append({"that": f"!({one})", "message": "不可以", "field": name})
            put_branch(changed, 0, case(one), case(None))

        yield seed


# ---- people and approvals ------------------------------------------------------------------------------------------------------


def _aimed(flow: Definition) -> set[str]:
    """Steps that something names."""
    withdraw = flow.get("withdraw")
    named = {item.get("go") for _, _, step in humans(flow) for item in step.get("actions", {}).values()}
    return named | {flow.get("on_reject"), withdraw["before"] if isinstance(withdraw, dict) else None}


@operator("approval-in-a-case")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    approving = [n for n, step in enumerate(flow["steps"]) if any(kind(s) == "approve" for _, inner in blocks([step]) for s in inner)]
    inside = {id_of(s) for n in approving for _, inner in blocks([flow["steps"][n]]) for s in inner}
    if not approving or flow.get("without_approval") or flow.get("on_reject", "end") != "end":
        return
    # the step until which a case may be withdrawn may stand anywhere
    if inside & (_aimed({key: value for key, value in flow.items() if key != "withdraw"}) - {"end"}):
        return
    for one, _ in conditions(files):

        def seed(changed: Files, one: str = one) -> None:
            steps = changed["flow.yaml"]["steps"]
            for index in approving:
                steps[index] = {"branch": f"seeded-{index}", "cases": [{"when": one, "steps": [steps[index]]}, {"otherwise": None}]}

        yield seed


@operator("jump-over-approvals")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    tops = [index for index, step in enumerate(flow["steps"]) if any(kind(s) == "approve" for _, inner in blocks([step]) for s in inner)]
    if not tops or tops[-1] + 1 >= len(flow["steps"]) or flow.get("without_approval"):
        return
    to = id_of(flow["steps"][tops[-1] + 1])
    for index in range(tops[0] + 1):

        def seed(changed: Files, index: int = index) -> None:
            step = {"handle": "seeded-triage", "who": 'head_of("data-bureau")', "actions": {"on": action(), "skip": action(go=to)}}
            changed["flow.yaml"]["steps"].insert(index, step)

        yield seed


@operator("approved-by-lapse")
def _(files: Files) -> Iterator[Seed]:
    flow = files["flow.yaml"]
    approvals = list(humans(flow, ("approve",)))
    if approvals and not flow.get("without_approval") and not any(step.get("opinion") == "required" for _, _, step in approvals):

        def seed(changed: Files) -> None:
            required = set(changed["form.yaml"].get("required", ()))
            for path, index, _ in approvals:
                step = at(changed["flow.yaml"], path)[index]
                step["edit"] = [name for name in step.get("edit", ()) if name not in required] or ["seeded"]
                step |= {"due": "1 day", "overdue": [{"after": "1 day", "automatically": "approve"}]}
            changed["form.yaml"]["properties"]["seeded"] = {"title": "试", "type": "string"}
            changed["form.yaml"]["x-layout"][0]["fields"].append("seeded")

        yield seed


@operator("applicant-approves")
def _(files: Files) -> Iterator[Seed]:
    approvals = list(humans(files["flow.yaml"], ("approve",)))
    if approvals and not files["flow.yaml"].get("without_approval"):

        def seed(changed: Files) -> None:
            changed["flow.yaml"]["self_approval"] = "self"
            for path, index, _ in approvals:
                step = at(changed["flow.yaml"], path)[index]
                step["who"] = "applicant"
                step.pop("decide", None)

        yield seed


@operator("role-emptied")
def _(files: Files) -> Iterator[Seed]:
    text = yaml.safe_dump(files["flow.yaml"], allow_unicode=True)
    for number, role in enumerate(files["roles"]["roles"]):
        if f'role("{role["id"]}")' in text:

            def seed(changed: Files, number: int = number) -> None:
                changed["roles"]["roles"][number]["members"] = []

            yield seed


@operator("action-of-strangers")
def _(files: Files) -> Iterator[Seed]:
    for path, index, step in humans(files["flow.yaml"]):
        if step["who"].startswith("role(") and "," not in step["who"] and 'role("gate")' not in step["who"]:

            def seed(changed: Files, path: Any = path, index: int = index) -> None:
                own = at(changed["flow.yaml"], path)[index].setdefault("actions", {"completed": action()})
                own["seeded"] = action(end="rejected", who='role("gate")')

            yield seed


# ---- fields --------------------------------------------------------------------------------------------------------------------


def later(files: Files) -> Iterator[tuple[str, int]]:
    """A field that people of a step on top fill in, nobody before, and where that step stands."""
    flow = files["flow.yaml"]
    start = set(flow["start"].get("edit", ()))
    seen: set[str] = set(start)
    for index, step in enumerate(flow["steps"]):
        for _, inner in blocks([step]):
            for other in inner:
                for name in (
                    *other.get("edit", ()),
                    *other.get("answers", {}),
                    *([other["into"]] if isinstance(other.get("into"), str) else ()),
                ):
                    if name not in seen:
                        seen.add(name)
                        yield name, index


@operator("read-in-a-branch")
def _(files: Files) -> Iterator[Seed]:
    for name, index in later(files):
        for place in range(index + 1):

            def seed(changed: Files, name: str = name, place: int = place) -> None:
                put_branch(changed, place, case(f"has(answered.{name})"), case(None))

            if not _back(files, place, index):
                yield seed


@operator("read-in-who")
def _(files: Files) -> Iterator[Seed]:
    for name, index in later(files):
        for place in range(index + 1):

            def seed(changed: Files, name: str = name, place: int = place) -> None:
                who = f'has(answered.{name}) ? head_of("data-bureau") : head_of("office")'
                changed["flow.yaml"]["steps"].insert(place, approval() | {"who": who})

            if not _back(files, place, index):
                yield seed


@operator("sent-too-early")
def _(files: Files) -> Iterator[Seed]:
    for name, index in later(files):
        for place in range(index + 1):

            def seed(changed: Files, name: str = name, place: int = place) -> None:
                changed["flow.yaml"]["steps"].insert(place, {"send": "seeded-send", "to": "archive", "answers": [name]})

            if not _back(files, place, index) and files["form.yaml"]["properties"][name].get("type") != "array":
                yield seed


def _back(files: Files, place: int, index: int) -> bool:
    """Whether something leads from ``index`` or behind back to before ``place``."""
    flow = files["flow.yaml"]
    order = {id_of(step): number for number, step in enumerate(flow["steps"])}
    targets = [item["go"] for _, _, step in humans(flow) for item in step.get("actions", {}).values() if "go" in item]
    targets += [flow.get("on_reject", "end")]
    return any(target == "start" or order.get(target, index + 1) <= place for target in targets)


@operator("required-in-a-case")
def _(files: Files) -> Iterator[Seed]:
    for one, _ in conditions(files):
        for index in places(files):

            def seed(changed: Files, one: str = one, index: int = index) -> None:
                _required(changed)
                step = {"handle": "seeded-fill", "who": 'head_of("data-bureau")', "edit": ["seeded"]}
                put_branch(changed, index, {"when": one, "steps": [step]}, case(None))

            yield seed


def _required(changed: Files, **parts: Any) -> None:
    """A new field that is required."""
    changed["form.yaml"]["properties"]["seeded"] = {"title": "试", "type": "string", **parts}
    changed["form.yaml"]["x-layout"][0]["fields"].append("seeded")
    if "x-required" not in parts:
        changed["form.yaml"].setdefault("required", []).append("seeded")
    if "edit" in changed["flow.yaml"]["start"] and parts.get("x-required"):
        changed["flow.yaml"]["start"]["edit"].append("seeded")


@operator("required-behind-an-end")
def _(files: Files) -> Iterator[Seed]:
    for index in places(files):

        def seed(changed: Files, index: int = index) -> None:
            _required(changed)
            who = 'head_of("data-bureau")'
            triage = {"handle": "seeded-triage", "who": who, "actions": {"on": action(), "skip": action(go="seeded-after")}}
            fill = {"handle": "seeded-fill", "who": who, "edit": ["seeded"]}
            changed["flow.yaml"]["steps"][index:index] = [triage, fill, {"handle": "seeded-after", "who": who}]

        yield seed


@operator("required-and-hidden")
def _(files: Files) -> Iterator[Seed]:
    app = files["app.yaml"]
    listed = {*app.get("summary", ()), *app["subject"].replace("{", " ").replace("}", " ").replace(".", " ").split()}
    for name, _ in asked(files):
        # where the applicant's fields are listed, such a one is edited and hidden, which is said as that
        if name not in listed and "edit" not in files["flow.yaml"]["start"]:

            def seed(changed: Files, name: str = name) -> None:
                changed["flow.yaml"]["start"]["hide"] = [name]

            yield seed


@operator("required-only-when-hidden")
def _(files: Files) -> Iterator[Seed]:
    for one, _ in conditions(files):

        def seed(changed: Files, one: str = one) -> None:
            _required(changed, **{"x-visible": one, "x-required": f"!({one})"})

        yield seed


# ---- rules and limits ----------------------------------------------------------------------------------------------------------


@operator("repeat-and-signature")
def _(files: Files) -> Iterator[Seed]:
    seen = False
    for path, index, _ in humans(files["flow.yaml"], ("approve",)):
        if seen and top(path):

            def seed(changed: Files, path: Any = path, index: int = index) -> None:
                changed["flow.yaml"]["same_person"] = "all"
                at(changed["flow.yaml"], path)[index]["signature"] = "typed"

            yield seed
        seen = seen or top(path)


@operator("reject-in-a-lane")
def _(files: Files) -> Iterator[Seed]:
    human = next((id_of(step) for step in files["flow.yaml"]["steps"] if kind(step) in HUMAN), None)
    for _, put in parallels(files):

        def seed(changed: Files, put: Any = put) -> None:
            put(changed)
            changed["flow.yaml"]["on_reject"] = human

        if human:
            yield seed


@operator("return-repeats-a-send")
def _(files: Files) -> Iterator[Seed]:
    for _, put in parallels(files):

        def seed(changed: Files, put: Any = put) -> None:
            put(changed)[1].insert(0, {"send": "seeded-send", "to": "archive"})

        yield seed


UNITS = {
    "working day": 1.0,
    "working days": 1.0,
    "working hours": 1 / 8,
    "day": 5 / 7,
    "days": 5 / 7,
    "hours": 5 / 168,
    "hour": 5 / 168,
    "working hour": 1 / 8,
}


def limit(step: Definition) -> float:
    due = step.get("due") or step.get("for")
    if not isinstance(due, str):
        return 0
    amount, _, unit = due.partition(" ")
    return int(amount) * UNITS[unit]


@operator("promise-too-short")
def _(files: Files) -> Iterator[Seed]:
    steps = files["flow.yaml"]["steps"]
    total = sum(limit(step) for step in steps)
    for promised in sorted({1, max(1, int(total / 2)), max(1, int(total) - 1)}):
        # a way through every step on top takes that long at least
        through = all(not step.get("actions") or not completes(step) for step in steps)
        if total > promised and through:

            def seed(changed: Files, promised: int = promised) -> None:
                changed["flow.yaml"]["promise"] = f"{promised} working days"

            yield seed


@operator("step-without-limit")
def _(files: Files) -> Iterator[Seed]:
    for path, index, step in humans(files["flow.yaml"]):
        if "overdue" not in step:

            def seed(changed: Files, path: Any = path, index: int = index) -> None:
                at(changed["flow.yaml"], path)[index].pop("due", None)
                changed["flow.yaml"]["promise"] = "9000 working days"

            yield seed


@operator("dangling-target")
def _(files: Files) -> Iterator[Seed]:
    for path, index, _ in humans(files["flow.yaml"]):

        def seed(changed: Files, path: Any = path, index: int = index) -> None:
            at(changed["flow.yaml"], path)[index].setdefault("actions", {"completed": action()})["seeded"] = action(go="nowhere")

        yield seed


@operator("jump-into-a-lane")
def _(files: Files) -> Iterator[Seed]:
    for path, _, step in humans(files["flow.yaml"]):
        if top(path):
            for _, put in parallels(files):

                def seed(changed: Files, put: Any = put, id: str = id_of(step)) -> None:
                    put(changed)
                    here = next(s for s in changed["flow.yaml"]["steps"] if id_of(s) == id)
                    here.setdefault("actions", {"completed": action()})["seeded"] = action(go="seeded-two")

                yield seed


def sample(files: Files, operator: str, most: int, rng: random.Random) -> list[Seed]:
    """Up to ``most`` of the places of an operator."""
    found = list(OPERATORS[operator](files))
    return rng.sample(found, min(most, len(found)))
