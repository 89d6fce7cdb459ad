"""different-kind: what several rules say when an answer does not go into a field of another kind."""

from builder.nodes import Node
from builder.problems import Problems
from forms.texts import Text

#: the kinds of fields and the types of expressions in words; a kind that is not here is called as it is written
WORDS: dict[str, Text] = {
    "text": {"zh": "文字", "en": "text"}, "string": {"zh": "文字", "en": "text"}, "textarea": {"zh": "多行文字", "en": "text of several lines"},
    "integer": {"zh": "整数", "en": "a whole number"}, "int": {"zh": "整数", "en": "a whole number"}, "number": {"zh": "数字", "en": "a number"},
    "double": {"zh": "数字", "en": "a number"}, "money": {"zh": "金额", "en": "an amount of money"}, "boolean": {"zh": "是否", "en": "yes or no"},
    "bool": {"zh": "是否", "en": "yes or no"}, "date": {"zh": "日期", "en": "a date"}, "date-time": {"zh": "日期和时间", "en": "a date and time"},
    "date-range": {"zh": "起止日期", "en": "a range of dates"}, "half-day-range": {"zh": "以半天计的起止日期", "en": "a range of half days"},
    "range": {"zh": "起止日期", "en": "a range of dates"}, "halfdays": {"zh": "以半天计的起止日期", "en": "a range of half days"},
    "choice": {"zh": "单选", "en": "a choice"}, "choices": {"zh": "多选", "en": "several choices"}, "list(string)": {"zh": "多选", "en": "several choices"},
    "person": {"zh": "人员", "en": "a person"}, "department": {"zh": "部门", "en": "a department"}, "table": {"zh": "明细", "en": "rows"},
    "people": {"zh": "人员", "en": "people"},
}  # fmt: skip


def said(problems: Problems, at: Node, found: str, wanted: str) -> None:
    want, got = WORDS.get(wanted, {"zh": wanted, "en": wanted}), WORDS.get(found, {"zh": found, "en": found})
    problems.add(at, "different-kind", f"这里要{want['zh']}，现在是{got['zh']}", f"This takes {want['en']}, but is {got['en']}")
