"""reserved-name: a field is a variable in expressions, so it may not be called like a word of CEL or one of our own variables."""

from builder.draft import AppDraft
from forms import scope

#: types of CEL, which are names in expressions too, and what a flow calls all people
OURS = frozenset(("int", "uint", "double", "bool", "string", "bytes", "list", "map", "type", "dyn", "google", "everyone"))


def check(draft: AppDraft) -> None:
    for field in draft.form.fields.values() if draft.form else ():
        if field.name in scope.RESERVED | OURS:
            draft.problems.add(
                field.key,
                "reserved-name",
                f"字段不能叫“{field.name}”，它在表达式里另有含义",
                f"A field cannot be called “{field.name}”: the name means something else in expressions",
            )
