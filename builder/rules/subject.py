"""bad-subject, unknown-field, sensitive-subject: the title of a case is made of paths that exist and that anyone may read."""

import re

from builder import words as phrases
from builder.draft import AppDraft
from builder.nodes import Mark, Scalar, words
from builder.rules import fields_named
from builder.scalars import mark_within
from forms.form import Field

PART = re.compile(r"\{([^{}]*)\}|[{}]")
APPLICANT = ("applicant.name", "applicant.department", "applicant.post")
ENDS = {"date-range": ("start", "end"), "half-day-range": ("start", "start_half", "end", "end_half")}


def check(draft: AppDraft) -> None:
    node = draft.app.get("subject") if draft.app else None
    text = words(node)
    if not isinstance(node, Scalar) or text is None:
        return
    for part in PART.finditer(text):
        line = text.count("\n", 0, part.start()) + 1
        column = part.start() - (text.rfind("\n", 0, part.start()) + 1) + 1
        path(draft, part[1], mark_within(node, line, column, part.end() - part.start()))


def path(draft: AppDraft, written: str | None, at: Mark) -> None:
    """One pair of braces."""
    if written in APPLICANT:
        return
    name, dot, end = (written or "").partition(".")
    if not name or name == "applicant":
        draft.problems.add(
            at,
            "bad-subject",
            f"花括号里写一个字段，或 {phrases.listed(APPLICANT, 'zh')}",
            f"Write a field in braces, or {phrases.listed(APPLICANT, 'en')}",
        )
    elif draft.form is not None and name not in draft.form.fields:
        fields_named.unknown(name, at, list(draft.form.fields), draft.problems)
    elif draft.form is not None and (field := draft.form.fields[name].field):
        readable(draft, field, end if dot else None, at)


def readable(draft: AppDraft, field: Field, end: str | None, at: Mark) -> None:
    if field.sensitive:
        draft.problems.add(
            at,
            "sensitive-subject",
            f"“{field.name}”是敏感信息，不能出现在标题里",
            f"“{field.name}” is sensitive and may not appear in a subject",
        )
    elif field.kind == "case":
        draft.problems.add(
            at,
            "bad-subject",
            f"“{field.name}”关联的申请不是人人可见，不能出现在标题里",
            f"Not everybody may see the case that “{field.name}” refers to: it cannot stand in a subject",
        )
    elif field.kind == "table":
        draft.problems.add(at, "bad-subject", "标题里不能放明细", "A table cannot stand in a subject")
    elif end is not None and end not in ENDS.get(field.kind, ()):
        draft.problems.add(at, "bad-subject", f"“{field.name}”没有“{end}”", f"“{field.name}” has no “{end}”")
