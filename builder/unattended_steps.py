"""Steps that no person does: reads them, and says which fields they write."""

from typing import Any, cast

from builder import spans
from builder.draft import StepDraft
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from forms.texts import Text
from workflows.app import Call, Issue, Send, Set, Wait


def build(kind: str, id: str, title: Text, node: Mapping) -> Wait | Set | Issue | Send | Call:
    """The step of a draft without problems."""
    match kind:
        case "wait":
            until, message = words(node.get("until")), words(node.get("message"))
            return Wait(id=id, title=title, span=spans.read(node.get("for")), until=until, message=message, into=_named(node.get("into")))
        case "set":
            return Set(id=id, title=title, answers=_named(node.get("answers")))
        case "issue":
            return Issue(id=id, title=title, into=words(node.get("into")) or "", pattern=words(node.get("number")) or "")
        case "send":
            answers = tuple(name for item in items(node.get("answers")) if (name := words(item)))
            return Send(id=id, title=title, to=words(node.get("to")) or "", answers=answers)
        case _:
            return Call(
                id=id,
                title=title,
                app=words(node.get("app")) or "",
                each=words(node.get("each")),
                who=words(node.get("who")),
                nobody=cast(Any, words(node.get("nobody")) or "flow-admin"),
                inputs=_named(node.get("inputs")),
                outputs=_named(node.get("outputs")),
                outcome=words(node.get("outcome")),
                waits=words(node.get("mode")) != "async",
            )


def _named(node: Node | None) -> dict[str, str]:
    found = mapping(node)
    return {name: text for name, value in found.items() if (text := words(value)) is not None} if found else {}


def written(step: StepDraft) -> list[Scalar]:
    """The names of the fields that the flow itself fills in at ``step``, where they stand. Columns of a call's rows are not among them."""
    node = step.node
    keys = {"wait": "into", "set": "answers", "call": "outputs"}.get(step.kind)
    found: list[Node | None] = []
    if keys is not None and "each" not in node.entries and (names := mapping(node.get(keys))):
        found += [names.key(name) for name in names.entries]
    if step.kind == "issue":
        found.append(node.get("into"))
    if step.kind == "call" and "each" not in node.entries:
        found.append(node.get("outcome"))
    return [item for item in found if isinstance(item, Scalar)]
