"""Steps of the flow and the parts of blocks: added, moved, copied, deleted, renamed."""

from collections.abc import Callable

from builder.designing import places
from builder.designing.command import Command, command
from builder.designing.flow import steps
from builder.designing.flow.kinds import ALL, PARTS
from builder.designing.places import StepPlace
from builder.designing.work import ENGLISH, FLOW, Work, quoted
from builder.designing.writing import Tall, is_list, is_mapping
from builder.nodes import Path
from builder.workspace import ID
from forms.texts import Text


def _said(work: Work, step: StepPlace, zh: str, en: str) -> Text:
    title = steps.titled(work, step)
    return {"zh": zh.format(quoted(title, "zh")), "en": en.format(quoted(title, "en"))}


@command("add-step")
class AddStep(Command):
    """A new step of a kind."""

    kind: str
    #: a place by name, see `builder.designing.flow.steps`
    where: str = "last"

    def run(self, work: Work) -> Text:
        if self.kind not in ALL:
            work.refuse(f"没有“{self.kind}”这种节点", f"There is no kind of step “{self.kind}”")
        step = steps.blank(work, self.kind)
        steps.insert(work, self.where, step)
        work.selected = f"step:{step[self.kind]}"
        title = ALL[self.kind].title
        return {"zh": f"添加节点{quoted(title, 'zh')}", "en": f"Step {quoted(title, 'en')} added"}


@command("delete-step")
class DeleteStep(Command):
    """A step goes, with all that is in it."""

    step: str

    def run(self, work: Work) -> Text:
        found = places.step(work, self.step)
        said = _said(work, found, "删除节点{}", "Step {} deleted")
        beside = _beside(work, found)
        steps.remove(work, found)
        work.selected = beside
        return said


def _beside(work: Work, step: StepPlace) -> str:
    """What is selected once ``step`` has gone: the one after it, before it, or the part around it."""
    block = [each for each in places.steps(work) if each.block == step.block]
    at = [each.id for each in block].index(step.id)
    near = block[at + 1 : at + 2] or block[at - 1 : at] if at or len(block) > 1 else []
    if near:
        return f"step:{near[0].id}"
    around = _around(work, step.block)
    return f"part:{around}" if around else "step:start"


def _around(work: Work, block: Path) -> str:
    """The part whose steps ``block`` is: "route.0"; "" for the flow itself."""
    if len(block) < 4:
        return ""
    holder = next(each for each in places.steps(work) if each.path == block[:-3])
    return f"{holder.id}.{block[-2]}"


@command("copy-step")
class CopyStep(Command):
    """A step once more, right behind itself or elsewhere; every step in it gets an id of its own."""

    step: str
    where: str = ""

    def run(self, work: Work) -> Text:
        found = places.step(work, self.step)
        said = _said(work, found, "复制节点{}", "Step {} copied")
        where = self.where or f"after:{self.step}"
        block, at = steps.resolve(work, where)
        if not work.data(FLOW, block):
            at = 0
        steps.transfer(work, found, where, copied=True)
        work.selected = f"step:{steps.renew(work, (*block, at))}"
        return said


@command("move-step")
class MoveStep(Command):
    """A step goes elsewhere: one up or down in its list and out of it at its ends, into the part to the left or right, or to a place."""

    step: str
    #: up, down, left, right; a place by name; or the number of a place in its list, from 1
    to: str

    def run(self, work: Work) -> Text:
        found = places.step(work, self.step)
        where = self._where(work, found)
        if not where or where in (f"before:{self.step}", f"after:{self.step}"):
            work.refuse("不能再往那边移", "It does not go any further")
        said = _said(work, found, "移动节点{}", "Step {} moved")
        steps.transfer(work, found, where)
        work.selected = f"step:{self.step}"
        return said

    def _where(self, work: Work, found: StepPlace) -> str:
        block = [each for each in places.steps(work) if each.block == found.block]
        at = [each.id for each in block].index(self.step)
        around = _around(work, found.block)
        outer, _, number = around.rpartition(".")
        match self.to:
            case "up":
                return f"before:{block[at - 1].id}" if at else f"before:{outer}" if around else ""
            case "down":
                return f"after:{block[at + 1].id}" if at + 1 < len(block) else f"after:{outer}" if around else ""
            case "left" | "right":
                count = len(steps.parts(work, places.step(work, outer))) if around else 0
                beside = int(number or 0) + (1 if self.to == "right" else -1)
                return f"end:{outer}.{beside}" if 0 <= beside < count else ""
            case number if number.isdigit():
                wanted = min(max(int(number), 1), len(block)) - 1
                return "" if wanted == at else f"before:{block[wanted].id}" if wanted < at else f"after:{block[wanted].id}"
            case place:
                return place


@command("rename-step")
class RenameStep(Command):
    """The id of a step, with everything in the flow that goes to it and its English."""

    step: str
    id: str

    def run(self, work: Work) -> Text:
        new, found = self.id.strip(), places.step(work, self.step)
        if new == self.step:
            work.refuse("标识没有变", "The id is the same")
        if not ID.match(new) or new in steps.RESERVED:
            work.refuse(
                f"“{new}”不能作标识：以小写字母开头，只用小写字母、数字和连字符",
                f"“{new}” is no id: it begins with a lower-case letter and has lower-case letters, digits and hyphens only",
            )
        if any(each.id == new for each in places.steps(work)):
            work.refuse(f"已经有节点“{new}”", f"There is a step “{new}” already")
        said = _said(work, found, "修改节点{}的标识", "Id of step {} changed")
        work.set(FLOW, (*found.path, found.kind), new)
        for path in _pointers(work, self.step):
            work.set(FLOW, path, new)
        if work.has(ENGLISH, ("flow", "steps", self.step)):
            work.rename(ENGLISH, ("flow", "steps", self.step), new)
        work.selected = f"step:{new}"
        return said


def _pointers(work: Work, step: str) -> list[Path]:
    """Where the flow says the id of a step as the place that it goes to."""
    found: list[Path] = [path for path in (("on_reject",), ("withdraw", "before"), ("promise", "by")) if work.data(FLOW, path) == step]
    for each in places.steps(work):
        actions = work.data(FLOW, (*each.path, "actions"))
        for name, action in actions.items() if is_mapping(actions) else ():
            if is_mapping(action) and action.get("go") == step:
                found.append((*each.path, "actions", name, "go"))
    return found


@command("add-part")
class AddPart(Command):
    """A case of a branch, before the one for all else; or a branch of a parallel block."""

    step: str

    def run(self, work: Work) -> Text:
        found = places.step(work, self.step)
        if found.kind not in PARTS:
            work.refuse("这个节点没有分支", "This step has no branches")
        there = steps.parts(work, found)
        last = bool(there) and is_mapping(there[-1]) and "otherwise" in there[-1]
        at = len(there) - last
        new: dict[str, object] = {"when": ""}
        if found.kind == "parallel":
            step = steps.blank(work, "approve")
            new = {"steps": Tall([step])}
        listed = work.data(ENGLISH, ("flow", "steps", self.step, "cases"))
        if is_list(listed) and len(listed) > at:
            # the titles behind it keep their English, which stands in a list
            new = {**({"when": ""} if "when" in new else {}), "title": "新的一支", **{k: v for k, v in new.items() if k == "steps"}}
            work.set(ENGLISH, ("flow", "steps", self.step, "cases"), [*listed[:at], "New branch", *listed[at:]])
        work.insert(FLOW, (*found.path, PARTS[found.kind]), new, at=at, spread=True)
        work.selected = f"part:{self.step}.{at}"
        return _said(work, found, "在{}添加一支", "A branch added to {}")


@command("delete-part")
class DeletePart(Command):
    """A case or branch goes, with its steps."""

    part: str

    def run(self, work: Work) -> Text:
        block, number = found = steps.part(work, self.part)
        if len(steps.parts(work, block)) == 1:
            work.refuse("只剩这一支：请删除整个分支", "This is the last one: delete the whole block")
        inner = [each.id for each in places.steps(work) if each.path[: len(found.path)] == found.path]
        work.remove(FLOW, found.path)
        for id in inner:
            steps.forget(work, id)
        _english(work, block.id, lambda listed: [*listed[:number], *listed[number + 1 :]])
        work.selected = f"step:{block.id}"
        return _said(work, block, "删除{}的一支", "A branch of {} deleted")


@command("copy-part")
class CopyPart(Command):
    """A case or branch once more, behind itself."""

    part: str

    def run(self, work: Work) -> Text:
        block, number = found = steps.part(work, self.part)
        if "otherwise" in (work.data(FLOW, found.path) or {}):
            work.refuse("“其他情况”只能有一支", "There is only one “otherwise”")
        work.copy(FLOW, found.path, found.path[:-1], at=number + 1)
        copied: Path = (*found.path[:-1], number + 1)
        steps.renew(work, copied)
        _english(work, block.id, lambda listed: [*listed[: number + 1], *listed[number : number + 1], *listed[number + 1 :]])
        work.selected = f"part:{block.id}.{number + 1}"
        return _said(work, block, "复制{}的一支", "A branch of {} copied")


@command("move-part")
class MovePart(Command):
    """A case changes its priority: left, right, or to a place from 1."""

    part: str
    to: str

    def run(self, work: Work) -> Text:
        block, number = found = steps.part(work, self.part)
        count = len(steps.parts(work, block))
        to = number - 1 if self.to == "left" else number + 1 if self.to == "right" else int(self.to) - 1 if self.to.isdigit() else number
        if not 0 <= to < count or to == number:
            work.refuse("不能再往那边移", "It does not go any further")
        work.move(FLOW, found.path, to)

        def moved(listed: list[str]) -> list[str]:
            if max(number, to) >= len(listed):
                return listed
            rest = [*listed[:number], *listed[number + 1 :]]
            return [*rest[:to], listed[number], *rest[to:]]

        _english(work, block.id, moved)
        work.selected = f"part:{block.id}.{to}"
        return _said(work, block, "调整{}各支的先后", "Branches of {} put in another order")


def _english(work: Work, step: str, change: Callable[[list[str]], list[str]]) -> None:
    """The English titles of the parts of a block move along."""
    path: Path = ("flow", "steps", step, "cases")
    listed = work.data(ENGLISH, path)
    if is_list(listed):
        new = change(listed)
        if new:
            work.set(ENGLISH, path, new)
        else:
            steps.say(work, step, ("cases",), None)
