"""Words that a person reads, in each language they were written in: Chinese first, others beside it."""

from collections.abc import Mapping

#: Language tag ("zh", "en") to words. "zh" is always there; other languages are there when translated.
Text = Mapping[str, str]

LANGUAGES = ("zh", "en")


def say(text: Text, language: str) -> str:
    """The words in ``language``, or in Chinese where they have not been translated."""
    return text.get(language) or text["zh"]
