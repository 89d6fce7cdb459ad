"""Which fields the people of each step see and may write, in one version and in the other."""

from builder.meaning.change import Effect, text
from builder.meaning.pair import Pair
from forms.texts import Text
from workflows.app import Approve, Handle, Notify, Step
from workflows.program import START

#: properties that are told by what follows from them
APART = frozenset({"hide", "read", "edit"})

SEES = (text("现在看得到{}", "{} can now be seen"), text("不再看得到{}", "{} can no longer be seen"))
WRITES = (text("现在可以填写或修改{}", "{} can now be written"), text("不再可以填写{}", "{} can no longer be written"))
SHOWS = text("写明看得到哪些字段的方式", "how it is written which fields are seen")


def compare(pair: Pair) -> None:
    """Every step that is in both versions, and the applicant's own; a field that is new or gone is told of where fields are."""
    programs = pair.old.program(pair.app), pair.new.program(pair.app)
    common = pair.tellers[0].fields.keys() & pair.tellers[1].fields.keys()
    for id in (START, *(id for id in pair.steps[1] if id in pair.steps[0])):
        if not all(id in program.veiled for program in programs):
            continue
        what = (text("申请人", "the applicant"),) * 2 if id == START else pair.step_words(id)
        veiled, written = (
            [program.veiled[id] & common for program in programs],
            [_written(pair, version, id) & common for version in (0, 1)],
        )
        subject = f"step:{id}"
        if veiled[0] != veiled[1]:
            effect = _effect(pair, veiled[0] - veiled[1], veiled[1] - veiled[0], SEES)
            places = pair.step_places(id, "read" if _reads(pair, id) else "hide")
            grade = "high" if effect.gained else "medium"
            pair.add("effect", "visible", grade, subject, (what[0], what[1]), prop="visible", effects=(effect,), places=places)
        if written[0] != written[1]:
            effect = _effect(pair, written[1] - written[0], written[0] - written[1], WRITES)
            grade = "high" if effect.gained else "medium"
            places = pair.step_places(id, "edit")
            pair.add("effect", "visible", grade, subject, (what[0], what[1]), prop="edit", effects=(effect,), places=places)


def _effect(pair: Pair, gained: frozenset[str], lost: frozenset[str], words: tuple[Text, Text]) -> Effect:
    order = [field.name for field in pair.apps[1].form.fields]
    more, fewer = ([name for name in order if name in names] for names in (gained, lost))
    return Effect(_titles(pair, 1, sorted(more)), _titles(pair, 1, sorted(fewer)), *words)


def _titles(pair: Pair, version: int, names: list[str]) -> tuple[Text, ...]:
    return pair.tellers[version].titles(names)


def _reads(pair: Pair, id: str) -> bool:
    found = [pair.apps[1].flow.start if id == START else pair.steps[1][id], pair.apps[0].flow.start if id == START else pair.steps[0][id]]
    return any(getattr(step, "desk").read is not None for step in found)  # noqa: B009 - which kinds of step have one, veiled has sorted out


def _written(pair: Pair, version: int, id: str) -> frozenset[str]:
    if id == START:
        return (pair.old, pair.new)[version].program(pair.app).fills
    step = pair.steps[version][id]
    return frozenset(step.edit) if isinstance(step, Approve | Handle) else frozenset()


def seen(pair: Pair, step: Step, *, new: bool) -> tuple[Text, ...]:
    """The fields that the people of a step see, sensitive ones first."""
    if not isinstance(step, Approve | Handle | Notify):
        return ()
    app, program = pair.apps[new], (pair.old, pair.new)[new].program(pair.app)
    fields = [field for field in app.form.fields if field.name not in program.veiled[step.id]]
    masked = {field.name for field in fields if field.sensitive or any(column.sensitive for column in field.fields)}
    return pair.tellers[new].titles([field.name for field in sorted(fields, key=lambda field: field.name not in masked)])
