"""unknown-icon: the picture of an app is one that the pages have; without it a plain sheet of paper stands there."""

from builder.draft import AppDraft
from builder.nodes import words
from templates.environment import icons


def check(draft: AppDraft) -> None:
    node = draft.app.get("icon") if draft.app else None
    name = words(node)
    if node is None or name is None or name in icons():
        return
    draft.problems.add(
        node,
        "unknown-icon",
        f"没有图标“{name}”，将显示默认图标",
        f"There is no icon “{name}”: the default one is shown",
        among=sorted(icons()),
        severity="warning",
    )
