"""How a form is laid out: its groups, which field stands in which, and in which order all is read."""

from builder.meaning import flow, form
from builder.meaning.change import text
from builder.meaning.pair import Pair, displaced, matches
from forms.form import Section
from forms.texts import say


def compare(pair: Pair) -> None:
    """Groups have no ids: which group a field stands in, what groups are called, and in which order all is read."""
    old, new = (app.form.sections for app in pair.apps)
    if old == new:
        return
    homes = [{name: section.title["zh"] for section in sections for name in section.fields} for sections in (old, new)]
    places = pair.old.form_place(pair.app, "x-layout"), pair.new.form_place(pair.app, "x-layout")
    fields = [{name for section in sections for name in section.fields} for sections in (old, new)]
    match = matches(old, new, SECTION_KEYS)
    called = {old[a].title["zh"]: new[b].title["zh"] for a, b in match.items()}
    for a, b in match.items():
        before, after = old[a], new[b]
        what = tuple(text(f"分组“{say(s.title, 'zh')}”", f"section “{say(s.title, 'en')}”") for s in (before, after))
        flow.title(pair, f"section:{b}", (what[0], what[1]), (before.title, after.title), places)
        if before.columns != after.columns:
            said = [text(f"{s.columns} 栏", f"{s.columns} column{'s' * (s.columns > 1)}") for s in (before, after)]
            words = text("版式", "its layout")
            pair.add(
                "changed",
                "text",
                "low",
                f"section:{b}",
                (what[0], what[1]),
                prop="columns",
                words=words,
                before=said[0],
                after=said[1],
                places=places,
            )
        if before.visible != after.visible:
            rules = [teller.expression(s.visible, "form") for teller, s in zip(pair.tellers, (before, after), strict=True)]
            example = form.rule(pair, "visible", before.visible, after.visible)
            shown = example is not None and example.after == form.SHOWN[True]
            pair.add(
                "changed", "visible" if shown else "condition", "high" if shown else "medium" if example else "low",
                f"section:{b}", (what[0], what[1]), prop="visible", words=form.PROPERTIES["visible"][0], before=rules[0], after=rules[1],
                example=example, places=places,
            )  # fmt: skip
    for number, section in enumerate(old):
        if number not in match:
            what = text(f"分组“{say(section.title, 'zh')}”", f"section “{say(section.title, 'en')}”")
            pair.add("removed", "text", "low", f"section:{number}", (what, None), places=(places[0], None))
    for number, section in enumerate(new):
        if number not in match.values():
            what = text(f"分组“{say(section.title, 'zh')}”", f"section “{say(section.title, 'en')}”")
            pair.add("added", "text", "low", f"section:{number}", (None, what), places=(None, places[1]))
    common = fields[0] & fields[1]
    for name in sorted(common):
        if called.get(homes[0][name], homes[0][name]) != homes[1][name]:
            said = [text(f"分组“{home[name]}”", f"section “{home[name]}”") for home in homes]
            what = (pair.tellers[0].field(name), pair.tellers[1].field(name))
            pair.add("moved", "text", "low", f"field:{name}", what, before=said[0], after=said[1], places=places)
    orders = [[name for section in sections for name in section.fields if name in common] for sections in (old, new)]
    for name in displaced(*orders):
        spots = [text(f"第 {order.index(name) + 1} 个", f"place {order.index(name) + 1}") for order in orders]
        what = (pair.tellers[0].field(name), pair.tellers[1].field(name))
        pair.add("moved", "text", "low", f"field:{name}", what, prop="order", before=spots[0], after=spots[1], places=places)


def _called(section: Section) -> object:
    return section.title["zh"]


def _holds(section: Section) -> object:
    return section.fields


#: what groups are recognised by, the surest first
SECTION_KEYS = (_called, _holds)
