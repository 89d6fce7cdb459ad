"""Answers against the JSON Schema of their form, in linear time, with each finding in words that say what is allowed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from forms import formats, words
from forms.expressions import Fault
from forms.form import FILES, HOLDERS, Field, Form, Kind
from forms.texts import Text, say

if TYPE_CHECKING:
    import jsonschema_rs


class Finding(NamedTuple):
    """Something that does not fit. ``path``: "field", "period.end", "table.0.column"."""

    path: str
    message: Text


#: kinds whose answer is one of several, so that a problem within stands at the field
_WHOLE: tuple[Kind, ...] = ("choice", "choices", "attachment", "photo")
_SHAPES: dict[Kind, Text] = {
    "text": {"zh": "要填文字", "en": "This must be text"},
    "textarea": {"zh": "要填文字", "en": "This must be text"},
    "integer": {"zh": "要填整数，例如 3", "en": "This must be a whole number, such as 3"},
    "number": {"zh": "要填数字，例如 12.5", "en": "This must be a number, such as 12.5"},
    "money": {"zh": "金额要填数字，到分为止", "en": "This must be an amount, in whole cents"},
    "boolean": {"zh": "只能选是或否", "en": "This is yes or no"},
    "choices": {"zh": "可以选几项，要写成列表", "en": "Several can be chosen: this must be a list"},
    "attachment": {"zh": "附件要用上传后得到的编号", "en": "Files are named by the ids that uploading gave"},
    "photo": {"zh": "照片要用上传后得到的编号", "en": "Pictures are named by the ids that uploading gave"},
    "table": {"zh": "明细要一行一行地填", "en": "This must be a list of rows"},
    "group": {"zh": "这里面有几项，要一项一项地填", "en": "This holds several answers, each by its name"},
    "date": {"zh": "日期要像 2026-12-01 这样", "en": "A date looks like 2026-12-01"},
    "datetime": {"zh": "日期和时间要像 2026-12-01T09:00 这样", "en": "A date and time look like 2026-12-01T09:00"},
    "date-range": {"zh": "要填开始日期和结束日期", "en": "This must have a first and a last day"},
    "half-day-range": {"zh": "要填开始和结束的日期，以及上午或下午", "en": "This must have a first and a last day, each with am or pm"},
    "person": {"zh": "请从名单里选一个人", "en": "Choose a person of the list"},
    "case": {"zh": "请从查找结果里选一份申请", "en": "Choose a case of those found"},
    "department": {"zh": "请从名单里选一个部门", "en": "Choose a department of the list"},
}
_TEXT: Text = {"zh": "要填文字", "en": "This must be text"}


class Validator:
    """The schema of one form, compiled. Raises Fault where it is none, or a pattern in it cannot be matched in linear time."""

    def __init__(self, form: Form) -> None:
        import jsonschema_rs  # 3 MiB that a worker has no need of until somebody fills in a form

        self._fields: Mapping[str, Field] = {field.name: field for field in form.fields}
        try:
            self._schema = jsonschema_rs.Draft202012Validator(
                form.schema or {"type": "object"},
                formats=formats.FORMATS,
                validate_formats=True,
                # the other engine backtracks, which a pattern can be made to do for years
                pattern_options=jsonschema_rs.RegexOptions(),
                offline=True,
            )
        except (jsonschema_rs.ValidationError, ValueError) as error:
            raise Fault("schema", str(error)) from error

    def findings(self, answers: Mapping[str, Any]) -> Iterator[Finding]:
        """What does not fit, the first of each place only."""
        if self._schema.is_valid(answers):
            return
        seen: set[str] = set()
        for error in self._schema.iter_errors(answers):
            found = self._finding(error)
            if found.path not in seen:
                seen.add(found.path)
                yield found

    def _finding(self, error: "jsonschema_rs.ValidationError") -> Finding:
        at = [str(part) for part in error.instance_path]
        field = self._fields.get(at[0]) if at else None
        if field is None:
            return Finding(at[0] if at else "", {"zh": "表单里没有这一项", "en": "The form has no such field"})
        return _located(field, at[0], at[1:], error)


def _located(field: Field, path: str, rest: list[str], error: "jsonschema_rs.ValidationError") -> Finding:
    """The finding at the field that it is about: ``rest`` leads from ``field``, which stands at ``path``, to it."""
    if field.kind == "table" and rest:
        path, rest = f"{path}.{rest[0]}", rest[1:]
    if field.kind in HOLDERS and rest:
        path, column = f"{path}.{rest[0]}", next((part for part in field.fields if part.name == rest[0]), None)
        if column is None:
            return Finding(path, {"zh": "没有这一列", "en": "There is no such column"})
        return _located(column, path, rest[1:], error)
    if rest and field.kind in ("date-range", "half-day-range"):
        half = rest[0].endswith("_half")
        return Finding(f"{path}.{rest[0]}", {"zh": "只能选上午或下午", "en": "This is am or pm"} if half else _SHAPES["date"])
    return Finding(path if field.kind in _WHOLE else ".".join((path, *rest)), _message(field, error))


def _message(field: Field, error: "jsonschema_rs.ValidationError") -> Text:
    """What is wrong with an answer to ``field``."""
    facts = error.kind.as_dict()
    value: Any = error.instance
    limit: Any = facts.get("limit")
    match error.kind.name:
        case "minLength":
            return _of("至少填 {} 个字，现在 {} 个字", "At least {} characters; this has {}", limit, len(value))
        case "maxLength":
            return _of("最多填 {} 个字，现在 {} 个字", "At most {} characters; this has {}", limit, len(value))
        case "minimum" if limit == 0:
            return {"zh": "金额不能为负" if field.kind == "money" else "不能是负数", "en": "This cannot be negative"}
        case "minimum" | "maximum":
            return _range(field, error.kind.name)
        case "minItems":
            unit = "行" if field.kind == "table" else "个文件" if field.kind in FILES else "项"
            return _of(f"至少要 {{}} {unit}，现在 {{}} {unit}", "At least {} of them; there are {}", limit, len(value))
        case "maxItems":
            unit = "行" if field.kind == "table" else "个文件" if field.kind in FILES else "项"
            return _of(f"最多 {{}} {unit}，现在 {{}} {unit}", "At most {} of them; there are {}", limit, len(value))
        case "uniqueItems":
            return {"zh": "同一项选了两次", "en": "The same is chosen twice"}
        case "const" if field.promise:
            return {"zh": "请阅读后勾选", "en": "Read it, then tick the box"}
        case "enum":
            options = [option.title for option in field.options[:12]]
            some = "、".join(say(title, "zh") for title in options), ", ".join(say(title, "en") for title in options)
            return {"zh": f"请从这些里选：{some[0]}", "en": f"Choose one of: {some[1]}"}
        case "format":
            return formats.problem(field.kind, value) or _shape(field)
        case "pattern" if field.kind not in ("person", "department", "case", "attachment", "photo"):
            helped = {language: f"：{say(field.help, language)}" if field.help else "" for language in ("zh", "en")}
            return {"zh": f"格式不对{helped['zh']}", "en": f"This has another form than it should{helped['en']}"}
        case "additionalProperties":
            return {"zh": "有表单里没有的内容", "en": "It holds something that the form does not have"}
        case _:
            return _shape(field)


def _shape(field: Field) -> Text:
    return _SHAPES.get(field.kind, _TEXT)


def _of(zh: str, en: str, limit: Any, found: int) -> Text:
    return {"zh": zh.format(limit, found), "en": en.format(limit, found)}


def _range(field: Field, which: str) -> Text:
    """Which numbers are allowed: both limits where there are two."""
    low, high = (None if limit is None else _figure(field, limit) for limit in (field.minimum, field.maximum))
    if low is not None and high is not None:
        return {
            language: form.format(low[language], high[language])
            for language, form in (("zh", "要在 {} 和 {} 之间"), ("en", "This must be between {} and {}"))
        }
    if which == "minimum" and low is not None:
        return {"zh": f"不能小于 {low['zh']}", "en": f"This cannot be less than {low['en']}"}
    if high is not None:
        return {"zh": f"不能大于 {high['zh']}", "en": f"This cannot be more than {high['en']}"}
    return {"zh": "数太大或太小了", "en": "This number is out of range"}


def _figure(field: Field, limit: float) -> Text:
    if field.kind == "money":
        return dict.fromkeys(("zh", "en"), words.money(int(limit)))
    number = f"{Decimal(repr(limit)).normalize():,f}"
    if field.unit is None:
        return dict.fromkeys(("zh", "en"), number)
    return {"zh": f"{number}{say(field.unit, 'zh')}", "en": f"{number} {say(field.unit, 'en')}"}
