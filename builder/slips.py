"""What people write for what the language wants: words of other tools, of everyday Chinese, and dates and lengths as one says them.

Only what is meant is found here; whether it fits is for the schema to say.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

#: keys and values as they are meant, by how they are written: in Chinese, or as other form and flow tools call them
MEANT: dict[str, tuple[str, ...]] = {
    "标题": ("title",), "名称": ("title", "name"), "姓名": ("name",), "label": ("title",), "name": ("title",), "caption": ("title",),
    "类型": ("type",), "kind": ("type",), "说明": ("description",), "desc": ("description",), "help": ("description",),
    "必填": ("required", "x-required"), "required": ("x-required",), "mandatory": ("required", "x-required"),
    "选项": ("oneOf",), "options": ("oneOf", "x-options"), "choices": ("oneOf",), "values": ("enum",),
    "字段": ("fields", "properties"), "fields": ("properties",), "默认值": ("default",), "defaultValue": ("default",), "value": ("default",),
    "min": ("minimum", "minLength"), "max": ("maximum", "maxLength"), "max_length": ("maxLength",), "min_length": ("minLength",),
    "regex": ("pattern",), "regexp": ("pattern",), "visible": ("x-visible",), "visibleIf": ("x-visible",), "hidden": ("x-visible",),
    "compute": ("x-compute",), "formula": ("x-compute",), "公式": ("x-compute",), "widget": ("x-widget",), "sensitive": ("x-sensitive",),
    "layout": ("x-layout",), "checks": ("x-checks",), "布局": ("x-layout",),
    "审批": ("approve",), "审批人": ("who",), "办理人": ("who",), "办理": ("handle",), "抄送": ("notify",), "approver": ("who",),
    "approvers": ("who",), "assignee": ("who",), "assignees": ("who",), "by": ("who",), "role": ("who",), "user": ("who",),
    "时限": ("due",), "deadline": ("due",), "timeout": ("due",), "sla": ("due",), "逾期": ("overdue",), "escalation": ("overdue",),
    "条件": ("when",), "condition": ("when",), "if": ("when",), "else": ("otherwise",), "default": ("otherwise",), "否则": ("otherwise",),
    "步骤": ("steps",), "节点": ("steps",), "nodes": ("steps",), "开始": ("start",), "发起人": ("start",), "分支": ("branch", "cases"),
    "branches": ("cases",), "goto": ("go",), "next": ("go",), "editable": ("edit",), "readonly": ("edit",), "mode": ("decide",),
    "归口部门": ("owner",), "部门": ("owner", "department"), "分类": ("category",), "图标": ("icon",), "编号": ("number",), "摘要": ("summary",),
    "版本": ("language",), "version": ("language",), "保存期限": ("retention",),
    # how several people decide: approval terms of DingTalk and of offices
    "会签": ("all",), "或签": ("any-decision",), "依次": ("in-order",), "依次审批": ("in-order",), "认领": ("claim",), "抢办": ("claim",),
    "and": ("all",), "or": ("any-decision",), "any": ("any-decision",), "sequential": ("in-order",), "everyone": ("all",),
    # types
    "文字": ("string",), "文本": ("string",), "text": ("string",), "str": ("string",), "整数": ("integer",), "int": ("integer",),
    "数字": ("number",), "float": ("number",), "decimal": ("number",), "是否": ("boolean",), "bool": ("boolean",), "列表": ("array",),
    "list": ("array",), "对象": ("object",), "email": ("email",), "phone": ("cn-mobile",), "mobile": ("cn-mobile",), "手机": ("cn-mobile",),
}  # fmt: skip

UNITS = {
    "工作小时": "working hour", "个工作小时": "working hour", "小时": "hour", "个小时": "hour", "时": "hour", "h": "hour", "工作分钟": "working minute",
    "分钟": "minute", "分": "minute", "m": "minute", "min": "minute", "mins": "minute", "个工作日": "working day", "工作日": "working day",
    "工作天": "working day", "天": "day", "日": "day", "d": "day", "年": "year", "y": "year", "hr": "hour", "hrs": "hour", "周": "week", "个星期": "week",
}  # fmt: skip
#: units that the language has not, and what they are
LONGER = {"week": (7, "day")}
NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
LENGTH = re.compile(r"(?P<every>每隔?|every )?\s*(?P<number>\d+|[一二两三四五六七八九十])\s*(?P<unit>[^\d\s].*?)\s*\Z")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
CLOCK = re.compile(r"(\d{1,2})[:.点](\d{2})分?\s*[-~—–至到]+\s*(\d{1,2})[:.点](\d{2})分?\Z")


def word(written: str, known: Iterable[str]) -> str | None:
    """Which of ``known`` is meant by ``written``, a word of another tool or of everyday Chinese."""
    free = set(known)
    return next((meant for meant in MEANT.get(written.strip(), ()) if meant in free), None)


def forms(written: str) -> Iterator[tuple[str, bool]]:
    """How ``written`` may have to be written instead, each with whether it can only mean that."""
    text = unicodedata.normalize("NFKC", written).strip()
    yield text, True
    if match := LENGTH.match(text):
        yield from ((length, True) for length in _length(match))
    if match := DATE.match(text):
        yield f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}", True
    if match := CLOCK.match(text):
        yield f"{int(match[1]):02}:{match[2]}-{int(match[3]):02}:{match[4]}", True
    if text in ("永久", "长期", "forever"):
        yield "permanent", True
    # an id is named elsewhere too
    yield re.sub(r"[\s_]+", "-", text.lower()), False
    yield re.sub(r"[\s-]+", "_", text.lower()), False


def _length(match: re.Match[str]) -> Iterator[str]:
    """``8 working hours`` out of 8个工作小时, ``every 4 hours`` out of 每4小时."""
    number = NUMERALS.get(match["number"]) or int(match["number"])
    unit = UNITS.get(match["unit"], match["unit"].removesuffix("s"))
    if unit in LONGER:
        number, unit = number * LONGER[unit][0], LONGER[unit][1]
    yield f"{'every ' if match['every'] else ''}{number} {unit}{'' if number == 1 else 's'}"
    yield f"{'every ' if match['every'] else ''}{number} {unit}s"
