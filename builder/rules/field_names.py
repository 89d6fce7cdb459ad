"""reserved-name: a field is a variable in expressions, so it may not be called like a word of CEL or one of our own variables."""

from builder.draft import AppDraft

#: the CEL specification: keywords, reserved identifiers, and the names of types
CEL = frozenset(
    "true false null in as break const continue else for function if import let loop package namespace return var void while "
    "int uint double bool string bytes list map null_type type dyn google".split()
)
OURS = frozenset(("applicant", "answered", "everyone", "today"))


def check(draft: AppDraft) -> None:
    for field in draft.form.fields.values() if draft.form else ():
        if field.name in CEL | OURS:
            draft.problems.add(
                field.key,
                "reserved-name",
                f"字段不能叫“{field.name}”，它在表达式里另有含义",
                f"A field cannot be called “{field.name}”: the name means something else in expressions",
            )
