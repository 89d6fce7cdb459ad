"""What surprises about returns and rejections in a parallel, and about approvals that are not repeated."""

from collections.abc import Iterator

from forms.texts import say
from workflows.app import Approve, Call, Handle, Send
from workflows.proof.facts import Facts
from workflows.proof.verdict import Finding, Place


def check(facts: Facts) -> Iterator[Finding]:
    yield from _rejections(facts)
    yield from _returns(facts)
    yield from _signatures(facts)


def _rejections(facts: Facts) -> Iterator[Finding]:
    """Within a parallel a rejection ends the case, whatever on_reject says."""
    flow = facts.subject.app.flow
    if flow.on_reject == "end":
        return
    for step in facts.subject.steps.values():
        if isinstance(step, Approve) and facts.graph.home[step.id].key is not None and "reject" not in step.desk.without:
            title = facts.subject.title(flow.on_reject)
            yield Finding(
                "reject-in-parallel",
                Place(step.id),
                {
                    "zh": f"这一步在并行里，不同意会结束整个申请，不会去“{say(title, 'zh')}”",
                    "en": f"This step stands in a parallel: a rejection ends the case and does not lead to “{say(title, 'en')}”",
                },
                related=((Place(None, ("on_reject",)), {"zh": "不同意之后写在这里", "en": "what a rejection leads to"}),),
            )


def _returns(facts: Facts) -> Iterator[Finding]:
    """A return out of a block cancels all of it, and all of it is done again: what has left for elsewhere leaves again."""
    graph, steps = facts.graph, facts.subject.steps
    for block in graph.lanes:
        if graph.home[block].key is not None or block not in facts.entering:
            continue
        inside = [steps[id] for id in graph.within(block) if id in facts.entering]
        back = next((step for step in inside if isinstance(step, Approve | Handle) and "return" not in step.desk.without), None)
        for step in inside:
            if back is not None and (isinstance(step, Send) or (isinstance(step, Call) and not step.waits)):
                title, what = facts.subject.title(back.id), facts.subject.title(step.id)
                yield Finding(
                    "return-out-of-parallel",
                    Place(step.id),
                    {
                        "zh": f"从“{say(title, 'zh')}”退回会取消整个并行并重新走一遍，“{say(what, 'zh')}”会再发一次",
                        "en": f"A return from “{say(title, 'en')}” cancels the whole parallel, which runs again: “{say(what, 'en')}” leaves twice",
                    },
                    related=(
                        (
                            Place(back.id),
                            {
                                "zh": "从这一步退回；不要时写 buttons: {return: false}",
                                "en": "returned from here; if not wanted, buttons: {return: false}",
                            },
                        ),
                    ),
                )


def _signatures(facts: Facts) -> Iterator[Finding]:
    """Whoever has approved need not again, but never where a signature is asked for."""
    flow = facts.subject.app.flow
    if flow.same_person == "none":
        return
    for step in facts.subject.steps.values():
        asks = isinstance(step, Approve) and step.desk.signature != "none" and step.id in facts.entering
        if asks and any(isinstance(facts.subject.steps[id], Approve) for id in facts.graph.before[step.id]):
            yield Finding(
                "repeat-and-signature",
                Place(step.id, ("signature",)),
                {
                    "zh": "这一步要签名，前面同意过的人在这里仍要再办一次，same_person 不起作用",
                    "en": "This step asks for a signature: whoever has approved before acts again here, and same_person has no effect",
                },
                related=((Place(None, ("same_person",)), {"zh": "写在这里", "en": "written here"}),),
            )
