"""Who is really meant by a who: the people behind it in each version, over applicants of every office and the answers it reads."""

from typing import Any, NamedTuple

from builder.meaning import examples
from builder.meaning.change import Effect, Example, text
from builder.meaning.pair import Pair
from builder.meaning.version import Version
from forms.expressions import Expression, Fault
from forms.texts import Text
from workflows import candidates
from workflows.candidates import Facts
from workflows.events import Applicant

#: what is said of people who are in it in only one version
DECIDES = (text("现在还可以由{}办理", "{} may now act too"), text("不再由{}办理", "{} may no longer act"))
STARTS = (text("现在{}也可以发起", "{} may now apply too"), text("{}不能再发起", "{} may no longer apply"))
COPIED = (text("现在还会抄送给{}", "{} now receive a copy"), text("不再抄送给{}", "{} no longer receive a copy"))
USES = (text("现在{}也可以用", "{} may now use it"), text("{}不能再用", "{} may no longer use it"))
RECEIVES = (text("现在还可能交给{}", "it may now go to {}"), text("不再交给{}", "it no longer goes to {}"))


class Found(NamedTuple):
    """How the people of a who differ."""

    effect: Effect
    example: Example | None

    @property
    def differs(self) -> bool:
        return bool(self.effect.gained or self.effect.lost or self.example)


def compare(pair: Pair, who: tuple[str | None, str | None], words: tuple[Text, Text]) -> Found | None:
    """The people behind ``who`` (None: everyone) in the old and in the new version. None: without an organisation nobody is known."""
    old, new, tellers, names = pair.old, pair.new, pair.tellers, pair.names
    if old.roster is None or new.roster is None:
        return None
    expressions: list[Expression | None] = [teller.compile(source) for teller, source in zip(tellers, who, strict=True)]
    read = [expression for expression in expressions if expression]
    people: tuple[set[str], set[str]] = (set(), set())
    first: tuple[dict[str, Any], frozenset[str], frozenset[str]] | None = None
    for binding in examples.bindings(pair.fields, read, pair.around):
        before, after = (_named(version, pair.app, source, binding) for version, source in zip((old, new), who, strict=True))
        people[0].update(before)
        people[1].update(after)
        if before != after and first is None:
            first = binding, before, after
    effect = Effect(_people(people[1] - people[0], names), _people(people[0] - people[1], names), *words)
    example = None
    if first and any(expression.reads for expression in read):
        binding, before, after = first
        reads = sorted({name for expression in read for name in expression.reads})
        said = [examples.said(binding, teller.fields, reads, names) for teller in tellers]
        shown = {name: value for name, value in binding.items() if name in reads}
        example = Example(said[0], said[1], _who(before, names), _who(after, names), shown)
    return Found(effect, example)


def _named(version: Version, app: str, who: str | None, binding: dict[str, Any]) -> frozenset[str]:
    assert version.roster is not None
    if who is None:
        return frozenset(person.id for person in version.roster.organisation.people if not person.disabled)
    of = binding["applicant"]
    applicant = Applicant(id=of["id"], name=of["name"], department=of["department"], department_title="", post=of["post"])
    answers = {name: value for name, value in binding.items() if name not in ("today", "applicant")}
    try:
        found, _ = candidates.gather(version.program(app), who, Facts(applicant, answers, binding["today"]), version.roster)
    except Fault:
        return frozenset()
    return frozenset(item.person.id for item in found)


def _people(ids: set[str] | frozenset[str], names: dict[str, str]) -> tuple[Text, ...]:
    return tuple(text(names.get(id, id), names.get(id, id)) for id in sorted(ids))


def _who(ids: frozenset[str], names: dict[str, str]) -> Text:
    if not ids:
        return text("没有人", "nobody")
    shown = [names.get(id, id) for id in sorted(ids)][:4]
    more = len(ids) > 4
    return text("是" + "、".join(shown) + ("等" if more else ""), ", ".join(shown) + (" and others" if more else ""))
