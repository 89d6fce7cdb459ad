"""When a branch is taken: by rows, or as CEL."""

from builder.designing import conditions
from builder.designing.command import Command, command
from builder.designing.flow import known, steps
from builder.designing.work import FORM, Work
from forms.texts import Text


@command("set-when")
class SetWhen(Command):
    """The condition of a case. Rows come as lists of equal length; `cel` where it is written by hand."""

    part: str
    group: list[str] = []
    field: list[str] = []
    op: list[str] = []
    value: list[str] = []
    cel: str | None = None

    def run(self, work: Work) -> Text:
        found = steps.part(work, self.part)
        if self.cel is not None:
            text = self.cel.strip()
        else:
            fields = {field.name: field for field in known.readable(work.texts.get(FORM, ""))}
            try:
                text = conditions.write(conditions.posted(self.group, self.field, self.op, self.value, fields), fields, guarded=True)
            except ValueError as wrong:
                work.refuse(f"这个条件写不出来：{wrong}", f"This condition cannot be written: {wrong}")
        steps.put(work, found.path, "when", text, steps.order("case"))
        return {"zh": "修改分支条件", "en": "Condition of a branch changed"}
