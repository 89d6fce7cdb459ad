"""What is wrong with a body or parameter, in the reader's language: pydantic's own words are for programmers."""

from collections.abc import Mapping
from typing import Any

from forms.texts import Text, say

#: pydantic's type of error to words; {…} is what the error knows
WORDS: dict[str, Text] = {
    "missing": {"zh": "必须提供", "en": "is required"},
    "extra_forbidden": {"zh": "不认识这一项", "en": "is not known here"},
    "string_type": {"zh": "须是字符串", "en": "must be a string"},
    "string_too_short": {"zh": "至少 {min_length} 个字符", "en": "has at least {min_length} character(s)"},
    "string_too_long": {"zh": "最多 {max_length} 个字符", "en": "has at most {max_length} characters"},
    "string_pattern_mismatch": {"zh": "只能含可见的 ASCII 字符", "en": "holds visible ASCII characters only"},
    "string_unicode": {"zh": "须是合法的 Unicode", "en": "must be valid Unicode"},
    "int_type": {"zh": "须是整数", "en": "must be an integer"},
    "int_parsing": {"zh": "须是整数", "en": "must be an integer"},
    "greater_than_equal": {"zh": "不小于 {ge}", "en": "is at least {ge}"},
    "less_than_equal": {"zh": "不大于 {le}", "en": "is at most {le}"},
    "literal_error": {"zh": "只能是 {expected}", "en": "is one of {expected}"},
    "dict_type": {"zh": "须是对象", "en": "must be an object"},
    "model_type": {"zh": "须是对象", "en": "must be an object"},
    "model_attributes_type": {"zh": "须是对象", "en": "must be an object"},
    "value_error": {"zh": "含有不能保存的字符", "en": "holds a character that cannot be kept"},
}
OTHERWISE: Text = {"zh": "不符合接口说明", "en": "is not as the documentation says"}


def words(error: Mapping[str, Any], language: str) -> str:
    """One of pydantic's errors, said."""
    text = say(WORDS.get(error["type"], OTHERWISE), language)
    known: Mapping[str, Any] = error.get("ctx") or {}
    try:
        return text.format(**known)
    except (KeyError, IndexError):
        return say(OTHERWISE, language)
