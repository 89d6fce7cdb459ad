"""Reads words that may be given in one language or in several, and adds translations to them."""

from builder.nodes import Mapping, Node, words
from forms.texts import Text


def text(node: Node | None) -> Text | None:
    """``出差`` or ``{zh: 出差, en: Trip}`` as a Text; None when it is neither."""
    if isinstance(node, Mapping):
        found = {language: said for language in ("zh", "en") if (said := words(node.get(language)))}
        return found if "zh" in found else None
    said = words(node)
    return {"zh": said} if said else None


def with_english(zh: str, en: str | None) -> Text:
    return {"zh": zh, "en": en} if en else {"zh": zh}
