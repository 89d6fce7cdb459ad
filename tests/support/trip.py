"""A form with a field of every kind that rules treat differently, and helpers to read expressions over it. For tests of forms."""

from datetime import date
from typing import Any

from forms.calendar import WorkCalendar, Year
from forms.expressions import Expression, Problem, Scope, compile
from forms.form import Check, Field, Form, Kind, Option
from forms.rules import Facts, FormRules

#: as published for 2026, in part: New Year with its make-up day, and National Day with both of its
CALENDAR = WorkCalendar(
    time_zone="Asia/Shanghai",
    hours=(("08:30", "12:00"), ("13:30", "17:30")),
    years={
        2026: Year(
            year=2026,
            holidays=("2026-01-01", "2026-01-02", "2026-01-03", *(f"2026-10-{day:02}" for day in range(1, 8))),
            workdays=("2026-01-04", "2026-09-20", "2026-10-10"),
        )
    },
)
APPLICANT = {"id": "chen-xiaolin", "name": "陈晓琳", "department": "office", "post": "clerk"}
FACTS = Facts(CALENDAR, date(2026, 11, 24), APPLICANT)

_SCHEMAS: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "money": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "region": {"type": "string", "format": "region-code"},
    "phone": {"type": "string", "format": "cn-mobile"},
    "email": {"type": "string", "format": "email"},
    "id-card": {"type": "string", "format": "cn-id"},
    "credit-code": {"type": "string", "format": "cn-credit-code"},
    "plate": {"type": "string", "format": "cn-plate"},
}
_DAY = {"type": "string", "format": "date"}
_HALF = {"enum": ["am", "pm"]}


def field(name: str, kind: Kind, zh: str = "", **more: Any) -> Field:
    return Field(name=name, kind=kind, title={"zh": zh or name, "en": name}, **more)


def options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value=value, title={"zh": f"选项{value}", "en": value.title()}) for value in values)


def schema_of(field: Field) -> dict[str, Any]:
    """The JSON Schema that the builder would write."""
    match field.kind:
        case "choice":
            return {"enum": [option.value for option in field.options]}
        case "choices":
            found: dict[str, Any] = {"type": "array", "items": {"enum": [option.value for option in field.options]}, "uniqueItems": True}
        case "table":
            row = {
                "type": "object",
                "additionalProperties": False,
                "properties": {column.name: schema_of(column) for column in field.fields},
            }
            found = {"type": "array", "items": row}
        case "date-range":
            return {"type": "object", "additionalProperties": False, "properties": {"start": _DAY, "end": _DAY}}
        case "half-day-range":
            parts = {"start": _DAY, "start_half": _HALF, "end": _DAY, "end_half": _HALF}
            return {"type": "object", "additionalProperties": False, "properties": parts}
        case _:
            found = dict(_SCHEMAS.get(field.kind, {"type": "string"}))
    limits = {
        "minimum": field.minimum, "maximum": field.maximum, "minLength": field.min_length, "maxLength": field.max_length,
        "pattern": field.pattern, "minItems": field.min_items, "maxItems": field.max_items,
    }  # fmt: skip
    return found | {name: limit for name, limit in limits.items() if limit is not None}


def form(*fields: Field, checks: tuple[Check, ...] = ()) -> Form:
    schema = {"type": "object", "additionalProperties": False, "properties": {field.name: schema_of(field) for field in fields}}
    return Form(fields=fields, sections=(), checks=checks, schema=schema)


TRIP = form(
    field("trip_type", "choice", "出差类型", options=options("city", "province", "cross"), required=True),
    field("destination", "region", "目的地"),
    field("period", "date-range", "起止日期", required=True),
    field("days", "integer", "工作日天数", compute="workdays(period.start, period.end)", unit={"zh": "天", "en": "days"}),
    field("budget", "money", "预算金额", visible="trip_type == 'cross' || days > 3", required_if="trip_type == 'cross'", minimum=0),
    field("advance", "money", "预支", compute="round(budget * 0.8)"),
    field("leave", "half-day-range", "顺便休假"),
    field("equipment", "choices", "设备", options=options("laptop", "camera", "phone"), max_items=2),
    field("overnight", "boolean", "过夜"),
    field("area", "number", "面积"),
    field("deputy", "person", "代理人"),
    field(
        "companions",
        "table",
        "同行人员",
        fields=(
            field("name", "text", "姓名", required=True),
            field("phone", "phone", "手机", sensitive="phone"),
            field("fare", "money", "车费"),
            field("nights", "integer", "晚数"),
            field("who", "person", "人员"),
        ),
    ),
    field("reason", "textarea", "出差事由", required=True, min_length=10, max_length=300),
    checks=(
        Check(that="budget <= yuan(50000)", message={"zh": "预算不能超过五万元", "en": "No more than 50,000"}, field="budget"),
        Check(that="deputy != applicant.id", message={"zh": "代理人不能是自己", "en": "Not yourself"}, field="deputy"),
    ),
)
RULES = FormRules(TRIP)
FORM_SCOPE, FLOW_SCOPE = Scope.of_form(TRIP), Scope.of_flow(TRIP)

#: a submission without fault
COMPLETE = {
    "trip_type": "cross",
    "period": {"start": "2026-12-01", "end": "2026-12-07"},
    "budget": 628_000,
    "reason": "参加省数据局举办的培训班",
}
ANSWERS = COMPLETE | {
    "days": 5,
    "leave": {"start": "2026-12-07", "start_half": "pm", "end": "2026-12-08", "end_half": "pm"},
    "equipment": ["laptop"],
    "overnight": True,
    "area": 12.5,
    "deputy": "sun-li",
    "companions": [{"name": "孙丽", "fare": 5_050, "nights": 2, "who": "sun-li"}, {"name": "钱一", "fare": 4_950, "nights": 1, "who": "qian-yi"}],
}  # fmt: skip


def expression(text: str, want: str = "any") -> Expression:
    """A flow expression that must compile."""
    found = compile(text, FLOW_SCOPE, want)
    assert isinstance(found, Expression), found
    return found


def problems(text: str, want: str = "any", scope: Scope = FLOW_SCOPE) -> list[Problem]:
    """What is wrong with an expression that must not compile."""
    found = compile(text, scope, want)
    assert isinstance(found, list), found
    return found


def value(text: str, answers: Any = ANSWERS, want: str = "any") -> Any:
    """What a flow expression is over ``answers``."""
    return expression(text, want).value(FACTS.binding(answers), CALENDAR)
