"""What changed in the cases of a branch and the lanes of a parallel block, with answers that now take another way."""

from collections.abc import Mapping
from typing import Any

from builder.meaning import examples
from builder.meaning.change import Example, text
from builder.meaning.pair import Pair, displaced, match_parts, part_words, parts_of
from builder.meaning.values import quoted
from forms.expressions import Fault
from forms.texts import Text, say
from workflows import candidates
from workflows.app import Branch, Choice, Inclusive, Step, When
from workflows.candidates import Facts
from workflows.events import Applicant
from workflows.roster import Roster

CONDITION = text("条件", "the condition")
TITLE = text("名称", "title")


def compare(pair: Pair, old: Step, new: Step) -> None:
    """Parts that came, went, changed places or their condition."""
    before, after = parts_of(old), parts_of(new)
    if not before:
        return
    matched = match_parts(before, after)
    back = {b: a for a, b in matched.items()}
    steps = pair.step_words(new.id)

    def named(version: int, number: int) -> Text:
        return part_words(steps[version], (before, after)[version][number], number, pair.tellers[version])

    def places(a: int | None, b: int | None) -> tuple[Any, Any]:
        key = "cases" if isinstance(new, Branch | Inclusive) else "branches"
        return (
            pair.old.step_place(pair.app, old.id, key, a) if a is not None else None,
            pair.new.step_place(pair.app, new.id, key, b) if b is not None else None,
        )

    parted = _Parted(pair, old, new, matched) if isinstance(old, Choice) and isinstance(new, Choice) else None
    for number, part in enumerate(before):
        if number not in matched:
            example = parted.example(f"old {number}") if parted else None
            held = _held(pair, 0, part)
            pair.add(
                "removed", "condition", "medium", f"step:{new.id}", (named(0, number), None),
                prop="case", before=held, example=example, places=places(number, None),
            )  # fmt: skip
    for number, part in enumerate(after):
        if number not in back:
            example = parted.example(f"new {number}") if parted else None
            pair.add(
                "added", "condition", "medium", f"step:{new.id}", (None, named(1, number)),
                prop="case", after=_held(pair, 1, part), example=example, places=places(None, number),
            )  # fmt: skip
    moved = displaced([str(matched[n]) for n in range(len(before)) if n in matched], [str(n) for n in range(len(after)) if n in back])
    for a, b in matched.items():
        what = (named(0, a), named(1, b))
        if str(b) in moved:
            spots = [text(f"第 {n + 1} 位", f"place {n + 1}") for n in (a, b)]
            example = parted.example(str(b)) if parted else None
            pair.add(
                "moved", "condition", "medium" if example else "low", f"step:{new.id}", what,
                prop="order", before=spots[0], after=spots[1], example=example, places=places(a, b),
            )  # fmt: skip
        _part(pair, new, what, (before[a], after[b]), parted.example(str(b)) if parted else None, parted, places(a, b))


def _part(
    pair: Pair,
    step: Step,
    what: tuple[Text, Text],
    parts: tuple[Any, Any],
    example: Example | None,
    parted: Any,
    places: Any,
) -> None:
    old, new = parts
    if isinstance(old, When) and isinstance(new, When) and old.when != new.when:
        said = [t.expression(part.when) or text("其他情形", "otherwise") for t, part in zip(pair.tellers, parts, strict=True)]
        if said[0] == said[1]:
            said = [quoted({"zh": part.when or "otherwise"}) for part in parts]
        note = (
            None
            if example
            else text(f"试了 {parted.tried} 组填写，走法没有不同", f"{parted.tried} sets of answers were tried: none goes another way")
        )
        pair.add(
            "changed", "condition", "high" if example else "low", f"step:{step.id}", what,
            prop="when", words=CONDITION, before=said[0], after=said[1], example=example, note=note, places=places,
        )  # fmt: skip
    if old.title != new.title:
        shown = [quoted(part.title) if part.title else None for part in parts]
        if old.title and new.title and old.title["zh"] == new.title["zh"]:
            shown = [quoted({"zh": t["en"]}) if "en" in t else None for t in (old.title, new.title)]
        pair.add(
            "changed", "text", "low", f"step:{step.id}", what, prop="title", words=TITLE, before=shown[0], after=shown[1], places=places
        )


def _held(pair: Pair, version: int, part: Any) -> Text | None:
    """What stands in a part: its condition and its steps."""
    teller = pair.tellers[version]
    when = teller.expression(part.when) if isinstance(part, When) else None
    steps = [teller.step(step.id) for step in part.steps]
    zh = [f"条件是{say(when, 'zh')}"] if when else []
    en = [f"if {say(when, 'en')}"] if when else []
    zh.append("、".join(say(step, "zh") for step in steps) or "里面没有步骤")
    en.append(", ".join(say(step, "en") for step in steps) or "no steps in it")
    return text("，".join(zh), ", ".join(en))


class _Parted:
    """Which way answers take through the two versions of a branch."""

    def __init__(self, pair: Pair, old: Any, new: Any, matched: Mapping[int, int]) -> None:
        self.pair, self.steps, self.matched = pair, (old, new), matched
        self.tried = 0
        self.first: dict[str, tuple[dict[str, Any], frozenset[str], frozenset[str]]] = {}
        compiled = [
            teller.compile(case.when)
            for teller, step in zip(pair.tellers, self.steps, strict=True)
            for case in step.cases
            if case.when is not None
        ]
        self.read = [expression for expression in compiled if expression]
        if pair.old.roster is None or pair.new.roster is None:
            return
        for binding in examples.bindings(pair.fields, self.read, pair.around):
            self.tried += 1
            before, after = (self._ways(number, binding, roster) for number, roster in enumerate((pair.old.roster, pair.new.roster)))
            for key in before ^ after:
                self.first.setdefault(key, (binding, before, after))

    def _ways(self, version: int, binding: dict[str, Any], roster: Roster) -> frozenset[str]:
        step = self.steps[version]
        program = (self.pair.old, self.pair.new)[version].program(self.pair.app)
        of = binding["applicant"]
        applicant = Applicant(id=of["id"], name=of["name"], department=of["department"], department_title="", post=of["post"])
        answers = {name: value for name, value in binding.items() if name not in ("today", "applicant")}
        facts = Facts(applicant, answers, binding["today"])
        try:
            if isinstance(step, Inclusive):
                taken = candidates.choose_all(program, step, facts, roster)
            else:
                one = candidates.choose(program, step, facts, roster)
                taken = () if one is None else (one,)
        except Fault:
            return frozenset({"fault"})
        return frozenset(self._key(version, number) for number in taken) or frozenset({"none"})

    def _key(self, version: int, number: int) -> str:
        if version:
            return str(number) if number in self.matched.values() else f"new {number}"
        return str(self.matched[number]) if number in self.matched else f"old {number}"

    def example(self, key: str) -> Example | None:
        """Answers that take the part called ``key`` in only one version."""
        if key not in self.first:
            return None
        binding, before, after = self.first[key]
        reads = sorted({name for expression in self.read for name in expression.reads})
        said = [examples.said(binding, teller.fields, reads, self.pair.names) for teller in self.pair.tellers]
        shown = {name: value for name, value in binding.items() if name in reads}
        return Example(said[0], said[1], self._way(before, 0), self._way(after, 1), shown)

    def _way(self, keys: frozenset[str], version: int) -> Text:
        """The parts that are taken, in the words of their version."""
        if keys & {"none", "fault"}:
            return text("各种情形都不走", "no case") if "none" in keys else text("算不出来", "it cannot be calculated")
        back = {str(b): a for a, b in self.matched.items()}
        found: list[Text] = []
        for number in sorted(back[key] if key in back and not version else int(key.split(" ")[-1]) for key in keys):
            case = self.steps[version].cases[number]
            title = case.title or self.pair.tellers[version].expression(case.when) or text("其他", "otherwise")
            found.append(text(f"走“{say(title, 'zh')}”", f"“{say(title, 'en')}”"))
        return text("、".join(say(f, "zh") for f in found), ", ".join(say(f, "en") for f in found))
