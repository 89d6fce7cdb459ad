"""The meaning of a change: every sentence about two versions of a workspace."""

from typing import Any

import msgspec

from builder.meaning import flow, form, layout, people
from builder.meaning.change import Change, Effect, Grade, Risk, in_order, text
from builder.meaning.pair import Pair
from builder.meaning.values import quoted
from builder.meaning.version import Version
from builder.nodes import Mapping, data, items, mapping, words
from builder.problems import place_of
from forms.diagnostics import Place
from forms.texts import Text, say
from workflows.papers import Block, Fields, Rows

#: property of an app: in words, what there is to fear of it, and how much
PROPERTIES: dict[str, tuple[Text, Risk, Grade]] = {
    "description": (text("说明", "the description"), "text", "low"),
    "category": (text("分类", "the category"), "text", "low"),
    "owner": (text("归口部门", "the department that owns it"), "people", "medium"),
    "icon": (text("图标", "the icon"), "text", "low"),
    "number": (text("编号格式", "the pattern of its numbers"), "form", "medium"),
    "subject": (text("标题格式", "the subject"), "visible", "medium"),
    "summary": (text("列表里显示的字段", "the fields in lists"), "visible", "medium"),
    "retention_years": (text("保存年限", "how long it is kept"), "course", "medium"),
}
TEXTS = frozenset({"description", "category"})
APART = frozenset({"id", "title", "form", "flow", "language", "prints"})


def difference(old: Version, new: Version) -> list[Change]:
    """What ``new`` means against ``old``, the riskiest first. Apps that do not compile in one of them are not compared."""
    found = people.Compared(old, new).run()
    before, after = old.compiled.apps, new.compiled.apps
    for id in dict.fromkeys((*before, *after)):
        if id in before and id in after:
            found += app(Pair(old, new, id))
        elif id not in (old if id in after else new).files.apps():
            found.append(_whole_app(old, new, id))
    return in_order([*found, *_scenarios(old, new)])


def app(pair: Pair) -> list[Change]:
    """What changed in one app, or in what its flow makes of the people there are."""
    old, new = pair.apps
    if old == new and pair.same_people:
        return []
    what = (_app(old.title), _app(new.title))
    flow.title(pair, "app", what, (old.title, new.title), _places(pair, "title"))
    for prop, (called, risk, grade) in PROPERTIES.items():
        a, b = getattr(old, prop), getattr(new, prop)
        if a == b:
            continue
        if prop in TEXTS:
            flow.title(pair, "app", what, (a, b), _places(pair, prop), called)
            continue
        said = [_said(pair, side, prop, value) for side, value in enumerate((a, b))]
        pair.add("changed", risk, grade, "app", what, prop=prop, words=called, before=said[0], after=said[1], places=_places(pair, prop))
    _prints(pair)
    for prop in new.__struct_fields__:
        if prop not in PROPERTIES and prop not in APART and getattr(old, prop) != getattr(new, prop):
            said = [pair.tellers[side].value(getattr(one, prop)) for side, one in enumerate((old, new))]
            called = text(prop, prop)
            pair.add(
                "changed",
                "course",
                "medium",
                "app",
                what,
                prop=prop,
                words=called,
                before=said[0],
                after=said[1],
                places=_places(pair, prop),
            )
    form.compare(pair)
    layout.compare(pair)
    flow.compare(pair)
    return pair.found


def _prints(pair: Pair) -> None:
    """Print templates, by id; what shows answers on paper shows them to whoever holds it."""
    before, after = ({paper.id: paper for paper in of.prints} for of in pair.apps)
    for id in dict.fromkeys((*before, *after)):
        a, b = before.get(id), after.get(id)
        if a == b:
            continue
        what = tuple(text(f"打印模板“{say(p.title, 'zh')}”", f"print template “{say(p.title, 'en')}”") if p else None for p in (a, b))
        path = f"apps/{pair.app}/print/{id}.yaml"
        places = tuple(version.file_place(path) if paper else None for version, paper in ((pair.old, a), (pair.new, b)))
        if a is None or b is None:
            pair.add("added" if b else "removed", "visible", "medium", f"print:{id}", (what[0], what[1]), places=(places[0], places[1]))
            continue
        assert what[0]
        assert what[1]
        flow.title(pair, f"print:{id}", (what[0], what[1]), (a.title, b.title), places)
        fields = [{name for block in paper.blocks for name in _printed(block)} for paper in (a, b)]
        effect = Effect(
            pair.tellers[1].titles(sorted(fields[1] - fields[0])), pair.tellers[1].titles(sorted(fields[0] - fields[1])), *PRINTS
        )
        rest = msgspec.structs.replace(a, title=b.title) != b
        if effect.gained or effect.lost or rest:
            grade = "medium" if effect.gained else "low"
            note = None if effect.gained or effect.lost else text("版面改了", "its layout changed")
            pair.add(
                "effect", "visible" if effect.gained else "text", grade, f"print:{id}", (what[0], what[1]),
                prop="blocks", effects=(effect,), note=note, places=(places[0], places[1]),
            )  # fmt: skip


PRINTS = (text("现在印出{}", "{} now printed"), text("不再印出{}", "{} no longer printed"))


def _printed(block: Block) -> tuple[str, ...]:
    """The fields a block prints."""
    if isinstance(block, Fields):
        return block.names
    return (block.name,) if isinstance(block, Rows) else ()


def _app(title: Text) -> Text:
    return text(f"应用“{say(title, 'zh')}”", f"app “{say(title, 'en')}”")


def _places(pair: Pair, prop: str) -> tuple[Place | None, Place | None]:
    return pair.old.app_place(pair.app, prop), pair.new.app_place(pair.app, prop)


def _said(pair: Pair, side: int, prop: str, value: Any) -> Text | None:
    if prop == "retention_years":
        return text(f"{value} 年", f"{value} years") if value is not None else text("永久", "for ever")
    if prop == "owner":
        return pair.tellers[side].speaker.department(value)
    if prop == "summary":
        titles = pair.tellers[side].titles(value)
        return text("、".join(say(t, "zh") for t in titles), ", ".join(say(t, "en") for t in titles)) if titles else None
    return quoted({"zh": value}) if isinstance(value, str) else pair.tellers[side].value(value)


def _whole_app(old: Version, new: Version, id: str) -> Change:
    there = new if id in new.compiled.apps else old
    what, more = _app(there.compiled.apps[id].title), there is new
    start = there.compiled.apps[id].flow.start.who
    steps = len(there.program(id).steps)
    note = text(f"{steps} 个步骤", f"{steps} steps")
    place = there.app_place(id)
    kind, grade = ("added", "medium") if more else ("removed", "high")
    effect = note if start else text(f"所有人可以发起，{steps} 个步骤", f"anybody may apply, {steps} steps")
    return Change(
        kind, "course", grade, id, "app", None if more else what, what if more else None,
        before=None if more else effect, after=effect if more else None, old=None if more else place, new=place if more else None,
    )  # fmt: skip


def _scenarios(old: Version, new: Version) -> list[Change]:
    """Tests that came, went or say something else: who takes one away takes a promise away."""
    found: list[Change] = []
    for id in sorted({*old.compiled.scenarios, *new.compiled.scenarios}):
        before, after = (dict(_titled(version, id)) for version in (old, new))
        for title in dict.fromkeys((*before, *after)):
            a, b = before.get(title), after.get(title)
            what = tuple(text(f"场景“{title}”", f"scenario “{title}”") if node else None for node in (a, b))
            places = tuple(place_of(node) if node else None for node in (a, b))
            subject = f"scenario:{title}"
            if a is None or b is None:
                kind, grade = ("added", "low") if b else ("removed", "medium")
                found.append(Change(kind, "test", grade, id, subject, what[0], what[1], old=places[0], new=places[1]))
            elif a is not b and data(a) != data(b):
                keys = [key for key in dict.fromkeys((*a.entries, *b.entries)) if _plain(a, key) != _plain(b, key)]
                said = ", ".join(sorted(keys))
                note = text(f"不同之处：{said}", f"in {said}")
                found.append(
                    Change("effect", "test", "low", id, subject, what[0], what[1], prop="scenario", note=note, old=places[0], new=places[1])
                )
    return found


def _plain(node: Mapping, key: str) -> Any:
    value = node.get(key)
    return data(value) if value is not None else None


def _titled(version: Version, app: str) -> list[tuple[str, Mapping]]:
    nodes = [node for root in version.compiled.scenarios.get(app, {}).values() for item in items(root) if (node := mapping(item))]
    return [(words(node.get("scenario")) or "", node) for node in nodes]
