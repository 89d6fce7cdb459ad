"""unknown-department: an app belongs to a department of the organisation."""

from builder.draft import AppDraft
from builder.nodes import words


def check(draft: AppDraft) -> None:
    node = draft.app.get("owner") if draft.app else None
    name = words(node)
    if node is None or name is None or draft.organisation is None:
        return
    departments = {department.id for department in draft.organisation.departments}
    if name not in departments:
        draft.problems.add(node, "unknown-department", f"没有部门“{name}”", f"There is no department “{name}”", among=sorted(departments))
