"""What the conditions of branches come to: uncovered, overlapping, constant and contradictory ones, and those that ask too early."""

from collections.abc import Iterator

from forms.texts import Text, say
from workflows.app import Branch, Inclusive
from workflows.proof.facts import Facts, Mask
from workflows.proof.regions import Beyond, Goal, Region
from workflows.proof.verdict import Finding, Place

NOBODY_YET = "read-before-written"


def check(facts: Facts) -> Iterator[Finding]:
    """Everything that is wrong with the conditions of branches that are come to."""
    for step in facts.subject.steps.values():
        if isinstance(step, Branch | Inclusive) and step.id in facts.entering:
            try:
                yield from _Choice(facts, step, facts.entering[step.id]).run()
            except Beyond:
                facts.beyond[step.id] = None


class _Choice:
    """One branch or inclusive block, with what is certain there."""

    def __init__(self, facts: Facts, step: Branch | Inclusive, mask: Mask) -> None:
        self.facts = facts
        self.step = step
        self.mask = mask
        self.whens = [(number, case.when) for number, case in enumerate(step.cases) if case.when is not None]

    def run(self) -> Iterator[Finding]:
        bad: set[int] = set()
        for number, when in self.whens:
            if found := self.hopeless(number, when):
                bad.add(number)
                yield found
        if not bad:
            yield from self.uncovered()
            yield from self.superfluous()
            yield from self.always()
            if isinstance(self.step, Branch):
                yield from self.overlapping()

    def find(self, *goals: Goal) -> Region | None:
        """Answers for which ``goals`` come out so here. Raises Beyond."""
        return self.facts.regions.find(*goals, *self.facts.given(self.mask, [goal.text for goal in goals]))

    def hopeless(self, number: int, when: str) -> Finding | None:
        """A case that is never taken."""
        regions, here = self.facts.regions, Place(self.step.id, ("cases", number, "when"))
        if regions.find(Goal(when, True)) is None:
            return Finding("condition-never", here, {"zh": "这个条件不可能成立", "en": "This condition can never hold"})
        if early := self.too_early(when):
            zh, en = titles(self.facts, early)
            return Finding(
                NOBODY_YET,
                here,
                {
                    "zh": f"走到这里时还没有人能填写{zh}，条件不会成立",
                    "en": f"Nobody can have filled in {en} by then: the condition does not hold",
                },
            )
        if self.find(Goal(when, True)) is None:
            given = self.facts.given(self.mask, [when])
            zh, en = "；".join(_told(goal) for goal in given), "; ".join(_told(goal, en=True) for goal in given)
            return Finding(
                "condition-never",
                here,
                {
                    "zh": f"这个条件在这里不可能成立：走到这里时已经知道 {zh}",
                    "en": f"This condition can never hold here, where it is known that {en}",
                },
            )
        if isinstance(self.step, Branch):
            before = [(other, text) for other, text in self.whens if other < number]
            if before and self.find(Goal(when, True), *(Goal(text, False) for _, text in before)) is None:
                first = next((b for b in before if self.find(Goal(when, True), Goal(b[1], False)) is None), None)
                by = [first] if first else before
                return Finding(
                    "case-covered",
                    here,
                    {
                        "zh": "这个情形轮不到：凡是它成立的，前面的情形都先成立了",
                        "en": "This case is never taken: whenever it holds, one before it holds first",
                    },
                    related=tuple(
                        (Place(self.step.id, ("cases", other, "when")), {"zh": "前面的情形", "en": "the case before it"}) for other, _ in by
                    ),
                )
        return None

    def too_early(self, when: str) -> list[str]:
        """The fields, not written by anybody so far, without which ``when`` never holds."""
        reads = self.facts.subject.reads(when)
        fields, there = self.facts.subject.fields, self.facts.written[self.step.id]
        empty = sorted(name for name in reads if name in fields and not fields[name].compute and name not in there)
        if not empty:
            return []
        regions = self.facts.regions
        asked = {regions.conditions.asked(name): False for name in empty}
        return empty if regions.without(when, asked) is None else []

    def uncovered(self) -> Iterator[Finding]:
        """Without `otherwise` the cases must cover everything."""
        if len(self.whens) < len(self.step.cases):
            return
        region = self.find(*(Goal(when, False) for _, when in self.whens))
        if region is not None:
            words = self.facts.regions.say(region, [when for _, when in self.whens])
            yield Finding(
                "missing-otherwise",
                Place(self.step.id),
                {
                    "zh": f"没有覆盖的情形：{words['zh']}。最后要有 otherwise：其他情形怎么走（可以什么也不做）",
                    "en": f"Not covered: {words['en']}. Write otherwise at the end: what happens in every other case (it may be nothing)",
                },
            )

    def superfluous(self) -> Iterator[Finding]:
        """Where the cases cover everything, what stands under `otherwise` is never done. An empty one does no harm."""
        for number, case in enumerate(self.step.cases):
            if case.when is None and case.steps and self.find(*(Goal(when, False) for _, when in self.whens)) is None:
                yield Finding(
                    "otherwise-never",
                    Place(self.step.id, ("cases", number)),
                    {
                        "zh": "上面的情形已经覆盖全部，otherwise 里的步骤轮不到",
                        "en": "The cases above cover everything: what stands under otherwise is never done",
                    },
                )

    def always(self) -> Iterator[Finding]:
        """A condition that holds whatever was answered, where that is asked."""
        for number, when in self.whens:
            if self.find(Goal(when, False)) is None:
                given = self.facts.given(self.mask, [when])
                known = {
                    "zh": f"：走到这里时已经知道 {'；'.join(_told(goal) for goal in given)}" if given else "",
                    "en": f", where it is known that {'; '.join(_told(goal, en=True) for goal in given)}" if given else "",
                }
                yield Finding(
                    "condition-always",
                    Place(self.step.id, ("cases", number, "when")),
                    {
                        "zh": f"这个条件恒成立，问了等于没问{known['zh']}",
                        "en": f"This condition always holds: nothing is asked{known['en']}",
                    },
                )

    def overlapping(self) -> Iterator[Finding]:
        """Two cases of which each may hold without the other, and both at once: then their order decides."""
        for place, (number, when) in enumerate(self.whens):
            for other, before in self.whens[:place]:
                both = self.find(Goal(when, True), Goal(before, True))
                if both is None or self.find(Goal(when, True), Goal(before, False)) is None:
                    continue
                if self.find(Goal(when, False), Goal(before, True)) is None:
                    continue
                words = self.facts.regions.say(both, [when, before])
                yield Finding(
                    "cases-overlap",
                    Place(self.step.id, ("cases", number, "when")),
                    {
                        "zh": f"两个情形会同时成立，走写在前面的那个：{words['zh']}",
                        "en": f"Two cases may hold at once, and the first is taken: {words['en']}",
                    },
                    related=((Place(self.step.id, ("cases", other, "when")), {"zh": "前面的情形", "en": "the case before it"}),),
                )


def _told(goal: Goal, *, en: bool = False) -> str:
    return goal.text if goal.wanted is True else f"{goal.text} {'does not hold' if en else '不成立'}"


def titles(facts: Facts, names: list[str]) -> tuple[str, str]:
    """Fields by their titles, in both languages."""
    found: list[Text] = [facts.subject.fields[name].title for name in names]
    return "、".join(f"“{say(title, 'zh')}”" for title in found), ", ".join(f"“{say(title, 'en')}”" for title in found)
