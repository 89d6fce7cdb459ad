"""Changes of steps and of the parts of blocks: places by name, keys in the order of the language, English that moves along.

A place is "first", "last", "before:ID", "after:ID", or "in:ID.N" and "end:ID.N": the beginning and the end of part N of a block.
A part is "ID.N": case or branch N of the block ID.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from builder import shape
from builder.designing import places
from builder.designing.flow.kinds import ALL, PARTS
from builder.designing.places import StepPlace
from builder.designing.work import ENGLISH, FLOW, Work
from builder.designing.writing import Tall, is_list, is_mapping
from builder.flow_file import TITLES
from builder.nodes import Path
from forms.texts import Text

#: ids that mean something else
RESERVED = frozenset({"start", "end"})


class PartPlace(NamedTuple):
    """A case or a branch of a block."""

    block: StepPlace
    number: int

    @property
    def path(self) -> Path:
        return (*self.block.path, PARTS[self.block.kind], self.number)


def part(work: Work, name: str) -> PartPlace:
    """The part called "route.0". Raises Refused."""
    id, _, number = name.rpartition(".")
    block = places.step(work, id)
    count = len(parts(work, block))
    if not number.isdigit() or int(number) >= count or block.kind not in PARTS:
        work.refuse(f"“{id}”没有第 {number} 支，可能刚被改动", f"“{id}” has no part {number}: it may have been changed just now")
    return PartPlace(block, int(number))


def parts(work: Work, block: StepPlace) -> list[Any]:
    """What the parts of a block say."""
    found = work.data(FLOW, (*block.path, PARTS[block.kind])) if block.kind in PARTS else None
    return found if is_list(found) else []


@cache
def order(what: str) -> tuple[str, ...]:
    """The keys of a kind of step, of "case", "lane", "start" or "flow", in the order in which the language names them."""
    schema = shape.schema("flow")
    if what == "flow":
        return tuple(schema["properties"])
    if what == "start":
        return tuple(schema["properties"]["start"]["properties"])
    if what == "case":
        return ("when", "otherwise", "title", "steps")
    if what == "lane":
        return ("title", "steps")
    return tuple(schema["$defs"][what]["properties"])


def put(work: Work, path: Path, key: str, value: Any, keys: Sequence[str]) -> None:
    """``key`` of the mapping at ``path`` says ``value``; a new key comes where ``keys`` has it; None takes it away.
    Of lists and mappings only what differs is changed.
    """
    if value is None and key != "otherwise":
        work.clear(FLOW, (*path, key))
    elif work.has(FLOW, (*path, key)):
        merge(work, (*path, key), value)
    else:
        there = list(work.data(FLOW, path) or ())
        rank = keys.index(key) if key in keys else len(keys)
        before = [n for n, name in enumerate(there) if name in keys and keys.index(name) < rank]
        work.insert(FLOW, path, value, at=max(before, default=-1) + 1, key=key)


def merge(work: Work, path: Path, value: Any) -> None:
    """What stands at ``path`` says ``value``: parts that say it already are left as they are written."""
    there = work.data(FLOW, path)
    if is_mapping(value) and is_mapping(there) and there and value:
        for key in [key for key in there if key not in value]:
            work.remove(FLOW, (*path, key))
        for place, (key, item) in enumerate(value.items()):
            if key in there:
                merge(work, (*path, key), item)
            else:
                work.insert(FLOW, path, item, at=place, key=key)
        if list(work.data(FLOW, path)) != list(value):
            work.set(FLOW, path, value)
    elif is_list(value) and is_list(there) and there and value and all(is_mapping(item) for item in value):
        for number in range(len(there) - 1, len(value) - 1, -1):
            work.remove(FLOW, (*path, number))
        for number, item in enumerate(value):
            if number < len(there):
                merge(work, (*path, number), item)
            else:
                work.insert(FLOW, path, item, at=number)
    else:
        work.set(FLOW, path, value)


def put_step(work: Work, step: str, key: str, value: Any) -> None:
    """``key`` of a step, of "start" or of the flow ("") says ``value``."""
    if step == "start":
        if not isinstance(work.data(FLOW, ("start",)), dict):
            work.set(FLOW, ("start",), {"who": "everyone"})
        put(work, ("start",), key, value, order("start"))
    elif not step:
        put(work, (), key, value, order("flow"))
    else:
        found = places.step(work, step)
        put(work, found.path, key, value, order(found.kind))


def get(work: Work, step: str, key: str) -> Any:
    """What `put_step` would change."""
    path = ("start", key) if step == "start" else (key,) if not step else (*places.step(work, step).path, key)
    return work.data(FLOW, path)


def fresh(work: Work, kind: str, taken: Iterable[str] = ()) -> str:
    """An id that no step has: approve, approve-2."""
    there = {step.id for step in places.steps(work)} | RESERVED | set(taken)
    base = "finish" if kind == "end" else kind
    number = 1
    while (found := base if number == 1 else f"{base}-{number}") in there:
        number += 1
    return found


def blank(work: Work, kind: str, taken: tuple[str, ...] = ()) -> dict[str, Any]:
    """A new step, whose blocks and steps stand below each other."""
    id = fresh(work, kind, taken)
    step: dict[str, Any] = {kind: id, **ALL[kind].blank()}
    for key in ("cases", "branches"):
        if key in step:
            named: list[str] = [*taken, id]
            for item in step[key]:
                for inner in item.get("steps", ()):
                    inner["approve"] = fresh(work, "approve", named)
                    named.append(inner["approve"])
                if "steps" in item:
                    item["steps"] = Tall(item["steps"])
            step[key] = Tall(step[key])
    return step


def resolve(work: Work, where: str) -> tuple[Path, int]:
    """The list of steps and the place in it that ``where`` means. Raises Refused."""
    how, _, name = where.partition(":")
    if how in ("before", "after"):
        step = places.step(work, name)
        at = step.path[-1]
        assert isinstance(at, int)
        return step.block, at + (how == "after")
    block: Path = (*part(work, name).path, "steps") if how in ("in", "end") else ("steps",)
    there = work.data(FLOW, block)
    return block, len(there) if how in ("end", "last") and is_list(there) else 0


def insert(work: Work, where: str, step: dict[str, Any]) -> None:
    """``step`` comes to ``where``."""
    block, at = resolve(work, where)
    if work.data(FLOW, block):
        work.insert(FLOW, block, step, at=at, spread=True)
    else:
        _begin(work, block, step)


def _begin(work: Work, block: Path, step: dict[str, Any]) -> None:
    """The first step of a list that is empty or not there."""
    if work.has(FLOW, block):
        work.set(FLOW, block, Tall([step]))
    else:
        put(work, block[:-1], "steps", Tall([step]), order("case"))


def transfer(work: Work, step: StepPlace, where: str, *, copied: bool = False) -> None:
    """``step``, or a copy of it, comes to ``where`` with its comments. The copy's ids are those of the original. Raises Refused."""
    block, at = resolve(work, where)
    if block[: len(step.path)] == step.path:
        work.refuse("不能移到自己里面", "Nothing moves into itself")
    empty = not work.data(FLOW, block)
    if empty:
        _begin(work, block, {"end": "x"})
        at = 0
    if copied:
        work.copy(FLOW, step.path, block, at=at)
    else:
        work.transfer(FLOW, step.path, block, at)
        # the list may have moved up by the step that went away
        block = _after(block, step.path)
    if empty:
        work.remove(FLOW, (*block, 1))
    if not copied:
        tidy(work, step.block, step.path)


def _after(block: Path, gone: Path) -> Path:
    depth = len(gone) - 1
    last = gone[-1]
    if len(block) > depth and block[:depth] == gone[:-1] and isinstance(at := block[depth], int) and isinstance(last, int) and at > last:
        return (*block[:depth], at - 1, *block[depth + 1 :])
    return block


def remove(work: Work, step: StepPlace) -> None:
    """``step`` goes, and what is in it, and their English."""
    inner = [each.id for each in places.steps(work) if each.path[: len(step.path)] == step.path]
    work.remove(FLOW, step.path)
    tidy(work, step.block, step.path)
    for id in inner:
        forget(work, id)


def tidy(work: Work, block: Path, gone: Path) -> None:
    """A case in which nothing is done any more says nothing of steps."""
    del gone
    if len(block) > 1 and block[-3:-2] == ("cases",) and work.has(FLOW, block) and not work.data(FLOW, block):
        work.remove(FLOW, block)


def renew(work: Work, path: Path) -> str:
    """The ids of a copied step at ``path``, and of those in it, become new ones, their English with them; gives that of the step."""
    found = [each for each in places.steps(work) if each.path[: len(path)] == path]
    first = ""
    for each in found:
        id = fresh(work, each.id.rstrip("0123456789").rstrip("-") or each.kind)
        work.set(FLOW, (*each.path, each.kind), id)
        if work.has(ENGLISH, ("flow", "steps", each.id)):
            say(work, id, (), work.data(ENGLISH, ("flow", "steps", each.id)))
        first = first or id
    return first


# --- English ---


def english(work: Work, step: str, *path: str | int) -> str:
    """The English of a step's ``path``: ("title",), ("actions", "booked"), ("cases", 0); "" where there is none."""
    own: Path = ("flow", "steps", step)
    found = (
        work.data(ENGLISH, own) if path == ("title",) and isinstance(work.data(ENGLISH, own), str) else work.data(ENGLISH, (*own, *path))
    )
    return found if isinstance(found, str) else ""


def say(work: Work, step: str, path: Path, value: Any) -> None:
    """``path`` of the English of a step says ``value``; None takes it away. What is short stays short: `finance: Finance`."""
    own: Path = ("flow", "steps", step)
    there = work.data(ENGLISH, own)
    if value is None:
        if path == ("title",) and isinstance(there, str):
            work.clear(ENGLISH, own)
        else:
            work.clear(ENGLISH, (*own, *path))
            for depth in range(len(path) - 1, -1, -1):
                if work.data(ENGLISH, (*own, *path[:depth])) in ({}, []):
                    work.remove(ENGLISH, (*own, *path[:depth]))
        return
    if not path or (path == ("title",) and (there is None or isinstance(there, str))):
        _say_whole(work, step, value)
        return
    if there is None or isinstance(there, str):
        whole: Any = value
        for key in reversed(path):
            whole = [whole] if key == 0 else {key: whole}
        _say_whole(work, step, {"title": there, **whole} if there else whole)
    elif isinstance(path[-1], int):
        listed = work.data(ENGLISH, (*own, *path[:-1]))
        before: list[Any] = listed if is_list(listed) else []
        filled = [*before, *(["…"] * (path[-1] - len(before)))]
        filled[path[-1] : path[-1] + 1] = [value]
        work.set(ENGLISH, (*own, *path[:-1]), filled)
    else:
        work.set(ENGLISH, (*own, *path), value)


def _say_whole(work: Work, step: str, value: Any) -> None:
    """The English of a step, in the order of the flow."""
    if ENGLISH not in work.texts:
        work.create(ENGLISH, "{}\n")
    path: Path = ("flow", "steps")
    there = work.data(ENGLISH, path)
    if not is_mapping(there) or step in there or not there:
        work.set(ENGLISH, (*path, step), value)
        return
    ids = [each.id for each in places.steps(work)]
    rank = ids.index(step) if step in ids else len(ids)
    before = [n for n, name in enumerate(there) if name in ids and ids.index(name) < rank]
    work.insert(ENGLISH, path, value, at=max(before, default=-1) + 1, key=step)


def forget(work: Work, step: str) -> None:
    """There is no step ``step`` any more."""
    work.clear(ENGLISH, ("flow", "steps", step))
    for path in (("flow", "steps"), ("flow",)):
        if work.data(ENGLISH, path) == {}:
            work.remove(ENGLISH, path)


def titled(work: Work, step: StepPlace) -> Text:
    """A step by its title; by its kind where it has none."""
    found = work.data(FLOW, (*step.path, "title"))
    if not isinstance(found, str) or not found:
        return TITLES[step.kind]
    return {"zh": found, "en": english(work, step.id, "title") or found}


def titles(work: Work) -> Mapping[str, Text]:
    """Of every step by its id."""
    return {step.id: titled(work, step) for step in places.steps(work)}
