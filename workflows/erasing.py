"""Erasing answers for good, once a case has ended: what the law lets people ask for, without breaking the record of what happened."""

from workflows import refusals
from workflows.commands import Erase, Refusal
from workflows.course import Course
from workflows.events import Erased


def erase(course: Course, command: Erase) -> Refusal | None:
    """The case says that it no longer has them; taking them out of earlier events is for whoever keeps these. May be asked again, for
    what was erased before a backup that has been restored.
    """
    if course.open:
        return refusals.refuse(
            "not-allowed", "申请还在办理，办结以后才能删除内容", "The case is still open: answers can be erased once it has ended"
        )
    if not refusals.plain(command.reason):
        return refusals.refuse("opinion-required", "请写明删除的理由", "Say why they are erased")
    fields = {field.name for field in course.program.app.form.fields} | {*course.marking.dropped}
    if strange := [name for name in command.fields if name not in fields]:
        known = ", ".join(sorted(fields))
        return refusals.refuse(
            "not-editable", f"没有字段 {', '.join(strange)}；有：{known}", f"There is no field {', '.join(strange)}; there are: {known}"
        )
    if not command.fields:
        return refusals.refuse("not-editable", "请写明删除哪些字段", "Say which fields to erase")
    course.say(Erased(fields=command.fields, reason=refusals.plain(command.reason), by=command.by))
    return None
