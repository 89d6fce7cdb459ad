"""id-differs: an app is found by the name of its folder, so both must be the same."""

from builder import fixes
from builder.draft import AppDraft
from builder.nodes import Scalar, words


def check(draft: AppDraft) -> None:
    node = draft.app.get("id") if draft.app else None
    name = words(node)
    if isinstance(node, Scalar) and name and name != draft.id:
        draft.problems.add(
            node,
            "id-differs",
            f"id 要与文件夹同名：文件夹是“{draft.id}”，这里是“{name}”",
            f"The id must be the name of the folder: “{draft.id}”, not “{name}”",
            fix=fixes.replace(node, fixes.scalar(draft.id, node.style), f"写成 {draft.id}", f"write {draft.id}"),
        )
