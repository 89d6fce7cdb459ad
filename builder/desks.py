"""Reads what the people of a step see and what is asked of them: hide, read, buttons, phrases, signature, and who chooses them."""

from typing import Any, cast

from builder.english import English
from builder.fields import whole
from builder.nodes import Mapping, Node, Scalar, items, mapping, words
from forms.texts import Text
from workflows.app import Chosen, Desk


def chosen(node: Mapping) -> Chosen | None:
    """Who chooses the people of the step, if anybody does."""
    by = words(node.get("chosen_by"))
    return Chosen(by=cast(Any, by), most=whole(node.get("choose")) or 1) if by else None


def desk(node: Mapping, step: str, english: English) -> Desk:
    """The Desk of a step."""
    path = ("flow", "steps", step)
    found = mapping(node.get("buttons"))
    given = dict(found.items()) if found else {}
    texts: dict[str, Text] = {id: text for id, word in given.items() if (text := english.text(word, *path, "buttons", id))}
    phrases = [english.text(item, *path, "phrases", number) for number, item in enumerate(items(node.get("phrases")))]
    return Desk(
        hide=_names(node.get("hide")),
        read=_names(node.get("read")) if "read" in node.entries else None,
        buttons=texts,
        without=tuple([id for id, word in given.items() if isinstance(word, Scalar) and word.value is False]),
        phrases=tuple([text for text in phrases if text]),
        signature=cast(Any, words(node.get("signature")) or "none"),
    )


def _names(node: Node | None) -> tuple[str, ...]:
    return tuple([name for item in items(node) if (name := words(item))])
