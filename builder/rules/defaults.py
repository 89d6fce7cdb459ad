"""bad-default, unknown-person, unknown-department: what a field begins with must itself be an answer to it."""

import jsonschema_rs

from builder import answers_schema
from builder import words as phrases
from builder.draft import AppDraft, FieldDraft
from builder.nodes import Node, data, words
from builder.rules import names
from forms.formats import FORMATS


def check(draft: AppDraft) -> None:
    for _, field in draft.form.walk() if draft.form else ():
        one(draft, field)
    for formula in draft.formulas:
        if formula.purpose == "default" and formula.expression:
            for name in sorted(formula.expression.reads - {"applicant", "today"}):
                draft.problems.add(
                    formula.node,
                    "reads-too-early",
                    f"新表单里还没有“{name}”；x-default 只能用 applicant 和 today",
                    f"A new form has no “{name}” yet: x-default may use applicant and today only",
                )


def one(draft: AppDraft, field: FieldDraft) -> None:
    node = field.get("default")
    if node is None:
        return
    if field.computed:
        draft.problems.add(node, "bad-default", "计算出来的字段没有默认值", "A calculated field has no default")
    elif field.field is not None:
        value = data(node)
        schema = answers_schema.of(field.field)
        schema.pop("pattern", None)
        if not jsonschema_rs.Draft202012Validator(schema, validate_formats=True, formats=FORMATS).is_valid(value):
            there = phrases.found(value)
            allowed = [option.value for option in field.field.options]
            zh = f"。可以是：{phrases.listed(allowed, 'zh')}" if allowed else ""
            en = f". Allowed: {phrases.listed(allowed, 'en')}" if allowed else ""
            draft.problems.add(
                node,
                "bad-default",
                f"默认值不是这个字段的有效内容，{there['zh']}{zh}",
                f"The default is no valid answer to this field; {there['en']}{en}",
            )
        elif field.field.kind in ("person", "department"):
            named(draft, node, names.PERSON if field.field.kind == "person" else names.DEPARTMENT)


def named(draft: AppDraft, node: Node, kind: names.Kind) -> None:
    """The default names somebody."""
    known, name = names.organisation(draft, kind), words(node) or ""
    if known is not None and name not in known:
        draft.problems.add(
            node,
            kind.code,
            f"没有{kind.words['zh']}“{name}”",
            f"There is no {kind.words['en']} “{name}”",
            among=known,
        )
